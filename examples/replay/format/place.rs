use consent_engine::{Breadth, Channel, PurposeId, PurposeScope};
use serde::Deserialize;

use crate::label::Label;

/// What a restriction covers. Absent parts cover everything.
#[derive(Debug, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a scope, an object with `purpose`, `channel`, `point` or none of them"
)]
pub(crate) struct ScopeSpec {
    #[serde(default = "all")]
    pub(crate) purpose: PurposeScope,
    #[serde(default)]
    pub(crate) channel: Option<Channel>,
    #[serde(default)]
    pub(crate) point: Option<Label>,
}

const fn all() -> PurposeScope {
    PurposeScope::All
}

/// What somebody consents to. Absent parts mean "all of mine".
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a statement, an object with `purpose`")]
pub(crate) struct StatedSpec {
    pub(crate) purpose: Breadth,
    #[serde(default)]
    pub(crate) channel: Option<Channel>,
    #[serde(default)]
    pub(crate) point: Option<Label>,
}

/// One cell of one person, to ask the state of.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a cell, an object with `person` and `purpose`")]
pub(crate) struct CellSpec {
    pub(crate) person: Label,
    pub(crate) purpose: PurposeId,
    #[serde(default)]
    pub(crate) channel: Option<Channel>,
    #[serde(default)]
    pub(crate) point: Option<Label>,
}
