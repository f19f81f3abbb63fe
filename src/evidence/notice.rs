use serde::{Deserialize, Serialize};

use crate::slug::name_type;

name_type! {
    /// The id of a privacy notice or consent text.
    NoticeId, 48
}

/// The notice a person was shown when they acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "plain data, meant to be written as a literal")]
pub struct Notice {
    /// Which notice.
    pub id: NoticeId,
    /// Which version of it.
    pub version: u32,
}
