//! The question, and the answer with its reasons.

mod absence;
mod answer;
mod collect;
mod consent;
mod due;
mod duty;
mod evaluate;
mod explain;
mod frequency;
mod outcome;
mod preview;
mod query;
mod reason;
mod remedy;
mod verdict;

pub use due::{Due, DueKind, due};
pub use duty::{Duty, DutySet};
pub use evaluate::{evaluate, permits};
pub use explain::Explanation;
pub use outcome::{DecidingFact, Decision, DecisionRecord, recheck};
pub use preview::{MergeChange, preview_merge};
pub use query::{Contacts, Direction, Foreign, Preferences, Query};
pub use reason::{Reason, ReasonSet};
pub use remedy::Remedy;
pub use verdict::{Standing, Verdict};
