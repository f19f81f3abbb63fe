use consent_engine::{Pii, PointKind, SubjectKind, SystemId};
use serde::Deserialize;

use crate::label::Label;

/// A person as the host knows them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a person, an object with `name`")]
pub(crate) struct PersonSpec {
    pub(crate) name: Label,
    #[serde(default)]
    pub(crate) kind: SubjectKind,
    #[serde(default)]
    pub(crate) aliases: Vec<AliasSpec>,
    #[serde(default)]
    pub(crate) points: Vec<PointSpec>,
}

/// An identifier of a person in some system.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an alias, an object with `system` and `value`")]
pub(crate) struct AliasSpec {
    pub(crate) system: SystemId,
    pub(crate) value: Pii<String>,
}

/// A contact point that a person gets. Persons who name the same one share it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a contact point, an object with `point` and `kind`")]
pub(crate) struct PointSpec {
    pub(crate) point: Label,
    pub(crate) kind: PointKind,
    #[serde(default)]
    pub(crate) address: Option<Pii<String>>,
    /// The person proved to hold it.
    #[serde(default)]
    pub(crate) verified: bool,
    /// It is a role address, such as `info@`.
    #[serde(default)]
    pub(crate) role_address: bool,
}
