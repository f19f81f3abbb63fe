use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Limited {
    /// Statements in a command.
    #[error("statements in a command")]
    Statements,
    /// Cells that a command covers.
    #[error("cells in a command")]
    Cells,
    /// Restrictions in a log.
    #[error("restrictions in a log")]
    Restrictions,
    /// Restrictions and grants in a view.
    #[error("restrictions and grants in a view")]
    Entries,
    /// Contact points in a view.
    #[error("contact points in a view")]
    ContactPoints,
    /// Logs in a view.
    #[error("logs in a view")]
    Logs,
    /// Records that a command would write.
    #[error("records of a command")]
    Writes,
    /// Bytes that a command would write.
    #[error("bytes of a command")]
    Bytes,
    /// Records that were ever merged into one person.
    #[error("merged records")]
    MergedRecords,
    /// Aliases of one person.
    #[error("aliases of a person")]
    Aliases,
    /// Rounds of reading for one operation.
    #[error("rounds of reading")]
    Rounds,
}

/// A limit was exceeded. Nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{which}: at most {max} are allowed; split the work or raise the limit in the policy")]
#[non_exhaustive]
pub struct LimitExceeded {
    /// What there is too much of.
    pub which: Limited,
    /// The limit.
    pub max: u64,
}

/// Named limits, checked before any work is done.
///
/// ```
/// use consent_engine::{Catalogue, Limits, Policy};
/// let limits = Limits { restrictions: 64, ..Limits::default() };
/// let policy = Policy::new(1, Catalogue::new([], [])?).with_limits(limits);
/// # let _ = policy;
/// # Ok::<(), consent_engine::CatalogueError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "meant to be written as a literal with ..Default")]
pub struct Limits {
    /// Statements in one command.
    pub statements: u32,
    /// Cells that one command may grant or request.
    pub cells: u32,
    /// Distinct restrictions in one log; beyond it a restriction is recorded with the next wider scope.
    pub restrictions: u32,
    /// Facts in one log; each beyond it asks the host to slow down whoever writes there
    /// ([`Effect::LimitRate`](crate::Effect::LimitRate)). Nothing is refused for it.
    pub facts: u32,
}

impl Limits {
    /// The most logs in one view.
    pub const MAX_LOGS: usize = 256;
    /// The most contact points in one view.
    pub const MAX_POINTS: usize = 62;
    /// The most records that were ever merged into one person.
    pub const MAX_MERGED: usize = 64;
    /// The most aliases of one person.
    pub const MAX_ALIASES: u32 = 1_000;
    /// The most requests for a confirmation that are counted at one contact point.
    pub const MAX_REQUESTS: usize = 16;
}

impl Default for Limits {
    fn default() -> Self {
        Self { statements: 256, cells: 1_024, restrictions: 256, facts: 10_000 }
    }
}
