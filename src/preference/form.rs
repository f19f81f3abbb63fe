use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::fact::{Cell, Interest, ViewToken};
use crate::id::{SubjectId, TenantId};
use crate::preference::Choice;
use crate::time::Timestamp;

/// What a preference form had shown: it goes out with the form and comes back with what the person chose.
///
/// It is not signed. Keep it on the server, or let it travel with the form: whoever changes it gains nothing that the person whose form
/// it is could not choose anyway. A form of another tenant or person is refused; a token that claims more than was read, an instant
/// to come or a row that is missing costs the yes, and never the no. An error of reading it as JSON may repeat what was sent: keep it out of logs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "plain data that travels")]
pub struct PreferenceForm {
    /// By whom.
    pub tenant: TenantId,
    /// For whom.
    pub subject: SubjectId,
    /// When.
    pub at: Timestamp,
    /// What was read for it: what a yes may lift, and no more.
    pub token: ViewToken,
    /// What each row showed. Of two rows of one cell the first counts.
    pub rows: Vec<ShownRow>,
}

/// What one row had shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "plain data that travels")]
pub struct ShownRow {
    /// The row.
    pub cell: Cell,
    /// The version of the purpose that was described.
    pub version: u32,
    /// The choice.
    pub choice: Choice,
    /// Whether the purpose was relevant to the person.
    #[serde(default, skip_serializing_if = "Interest::is_unstated")]
    pub interest: Interest,
}
