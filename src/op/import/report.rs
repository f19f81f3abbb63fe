use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::consent::{Effect, End, Report};
use crate::id::{ContactPointId, LogId, Seq, SubjectId};
use crate::op::import::{RowProblem, RowRefusal};

/// How a row ended. Each row ends once, in one of three ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "the three ends of a row")]
pub enum RowOutcome {
    /// Facts were recorded, if only an attempt without effect.
    Applied,
    /// Nothing in it was new.
    Unchanged,
    /// Nothing was recorded, and something in it was not taken.
    Rejected,
}

/// What became of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RowReport {
    /// The row's number.
    pub row: u64,
    /// How it ended.
    pub outcome: RowOutcome,
    /// For each log that grew, its first and last new fact. They can be read back from
    /// [`HistoryCursor::at`](crate::op::HistoryCursor::at).
    pub facts: Vec<(LogId, Seq, Seq)>,
    /// What of it can't be read.
    pub problems: Vec<RowProblem>,
    /// Why something that it says was not taken.
    pub refused: Vec<RowRefusal>,
    /// What became of each statement that was recorded. An opt-in over an opt-out is [`End::Recorded`], with what still bites.
    pub reports: Vec<Report>,
    /// What the host must do now.
    pub effects: Vec<Effect>,
    /// Whose log it is in, if it is in one of a person.
    pub subject: Option<SubjectId>,
    /// The contact point of its address.
    pub point: Option<ContactPointId>,
}

impl RowReport {
    /// A row without facts.
    pub(super) fn without_facts(row: u64, problems: &[RowProblem], refused: Vec<RowRefusal>) -> Self {
        let outcome = if refused.is_empty() && problems.is_empty() {
            RowOutcome::Unchanged
        } else {
            RowOutcome::Rejected
        };
        let (facts, reports, effects) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            row,
            outcome,
            facts,
            problems: problems.to_vec(),
            refused,
            reports,
            effects,
            subject: None,
            point: None,
        }
    }

    /// Whether an opt-in was recorded that has no effect, because something still bites.
    #[must_use]
    pub fn attempted(&self) -> bool {
        self.reports.iter().any(|report| matches!(report.end, End::Recorded { .. }))
    }
}
