use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::id::ImportId;
use crate::op::EngineError;
use crate::op::import::{Import, RowOutcome, RowReport};

/// How far an import has come: which rows are done, and how they ended.
///
/// The serde form is for the host to keep. A cursor that was lost, or is too old, does no harm: the rows after it are delivered again and
/// find their own outcomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportCursor {
    import: ImportId,
    /// The least number of a row that is not done.
    next: u64,
    counts: ImportCounts,
}

/// How many rows ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "the three ends of a row")]
pub struct ImportCounts {
    /// Facts were recorded.
    pub applied: u64,
    /// Nothing was new.
    pub unchanged: u64,
    /// Nothing was recorded, with a reason.
    pub rejected: u64,
}

/// What became of a page of rows, as far as it was done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Imported<E: core::error::Error + 'static> {
    /// What became of each row that is done, in their order. Rows that were done before the page began have none.
    pub reports: Vec<RowReport>,
    /// Where to go on.
    pub cursor: ImportCursor,
    /// Why the rest was not done, if it was not: repeat it from the cursor. No row is to blame.
    pub stopped: Option<EngineError<E>>,
}

/// Why a page of rows can't be imported. Nothing of it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The cursor is of another import.
    #[error("the cursor is of another import: each import has its own")]
    OtherImport,
    /// Row numbers must grow.
    #[error("row {row} does not come after the row before it: number rows as they stand in the file")]
    OutOfOrder {
        /// The row.
        row: u64,
    },
}

impl ImportCursor {
    /// Before the first row.
    #[must_use]
    pub const fn start(import: &Import) -> Self {
        Self { import: import.id, next: 0, counts: ImportCounts { applied: 0, unchanged: 0, rejected: 0 } }
    }

    /// Which import it is of.
    #[must_use]
    pub const fn import(&self) -> ImportId {
        self.import
    }

    /// Whether a row is done.
    #[must_use]
    pub const fn is_past(&self, row: u64) -> bool {
        row < self.next
    }

    /// How the rows that are done ended.
    #[must_use]
    pub const fn counts(&self) -> ImportCounts {
        self.counts
    }

    /// Takes in what became of the next row. Of a row that is done already, nothing.
    ///
    /// Only for a host that runs [`ApplyRow`](super::ApplyRow) itself: give it the outcomes in the order of the rows, for a row that was
    /// passed over is never asked for again.
    pub const fn advance(&mut self, report: &RowReport) {
        if self.is_past(report.row) {
            return;
        }
        self.next = report.row.saturating_add(1);
        self.counts.add(report.outcome);
    }
}

impl ImportCounts {
    /// All of them: as many as there were rows.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.applied.saturating_add(self.unchanged).saturating_add(self.rejected)
    }

    pub(super) const fn add(&mut self, outcome: RowOutcome) {
        let count = match outcome {
            RowOutcome::Applied => &mut self.applied,
            RowOutcome::Unchanged => &mut self.unchanged,
            RowOutcome::Rejected => &mut self.rejected,
        };
        *count = count.saturating_add(1);
    }

    pub(super) const fn join(self, other: Self) -> Self {
        Self {
            applied: self.applied.saturating_add(other.applied),
            unchanged: self.unchanged.saturating_add(other.unchanged),
            rejected: self.rejected.saturating_add(other.rejected),
        }
    }
}
