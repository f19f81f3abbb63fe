use alloc::vec::Vec;

use crate::consent::{Effect, Report};
use crate::id::{ContactPointId, LogId, Seq, SubjectId};
use crate::wire::StoredOutcome;

/// What a command came to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommandOutcome {
    /// Whose command it was; none if it was by an address, of everyone behind it.
    pub subject: Option<SubjectId>,
    /// The contact point that an address led to.
    pub point: Option<ContactPointId>,
    /// For each log that grew, its first and last new fact, in the order in which they were decided. They can be read back from
    /// [`HistoryCursor::at`](crate::op::HistoryCursor::at).
    pub facts: Vec<(LogId, Seq, Seq)>,
    /// What became of each part of the command.
    pub reports: Vec<Report>,
    /// What the host must do now.
    pub effects: Vec<Effect>,
    /// The command was carried out before: this is what it came to then.
    pub repeated: bool,
}

impl From<StoredOutcome> for CommandOutcome {
    fn from(stored: StoredOutcome) -> Self {
        let (StoredOutcome::Committed { subject, point, facts, reports, effects }
        | StoredOutcome::Row { subject, point, facts, reports, effects, .. }) = stored;
        Self { subject, point, facts, reports, effects, repeated: true }
    }
}
