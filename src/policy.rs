//! Policy: everything that is not a fact.

mod limits;
mod regime;
mod settings;

pub use limits::{LimitExceeded, Limited, Limits};
pub use regime::{Regime, RegimeSet};
pub use settings::{Policy, PolicyError};
