use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::consent::{Effect, Report};
use crate::id::{ContactPointId, LogId, Seq, SubjectId};
use crate::time::Timestamp;
use crate::wire::RowRefusal;

/// A command that was carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommandRecord {
    /// The hash of what was asked, so that another command under the same id is noticed.
    pub(crate) fingerprint: [u8; 32],
    /// Until when the outcome is kept; for ever if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires: Option<Timestamp>,
    pub(crate) outcome: StoredOutcome,
}

/// What a command came to, as it is stored. Closed: a new kind is a new variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum StoredOutcome {
    Committed {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<SubjectId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        point: Option<ContactPointId>,
        /// For each log the first and the last fact.
        facts: Vec<(LogId, Seq, Seq)>,
        reports: Vec<Report>,
        effects: Vec<Effect>,
    },
    /// Of a row of an import: the same, with its number, and why a part of it was not taken.
    Row {
        row: u64,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        refused: Vec<RowRefusal>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<SubjectId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        point: Option<ContactPointId>,
        facts: Vec<(LogId, Seq, Seq)>,
        reports: Vec<Report>,
        effects: Vec<Effect>,
    },
}
