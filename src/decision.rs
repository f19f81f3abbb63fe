//! The question, and the answer with its reasons.

mod query;
mod reason;
mod verdict;

pub use query::{Contacts, Direction, Foreign, Preferences, Query};
pub use reason::{Reason, ReasonSet};
pub use verdict::{Standing, Verdict};
