use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// The answer, from the least to the most restrictive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "callers must handle every verdict")]
pub enum Verdict {
    /// Yes.
    Permit,
    /// Not now: every failing check ends by time alone.
    Defer {
        /// When to ask again.
        until: Timestamp,
    },
    /// No.
    Deny,
}

impl Verdict {
    /// Whether the answer is yes.
    #[must_use]
    pub const fn is_permit(self) -> bool {
        matches!(self, Self::Permit)
    }
}

/// What the answer rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "absence is a third value; callers must see it")]
pub enum Standing {
    /// A recorded fact decided.
    Explicit,
    /// A rule decided: the lawful basis, or what a regime makes of silence.
    Default,
    /// Nothing is known, and that denies.
    Unknown,
}
