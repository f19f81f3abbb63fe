use alloc::collections::BTreeMap;
use core::num::NonZeroU8;

use consent_engine::op::import::{Meaning, Said};
use consent_engine::{Channel, Evidence, Pii, PointKind, PurposeId, PurposeScope, SystemId, Timestamp};
use serde::Deserialize;

use crate::format::strict::map;
use crate::label::Label;

/// Rows of an export of another system.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an import, an object with `system` and `rows`")]
pub(crate) struct ImportSpec {
    /// The system that exported them.
    pub(crate) system: SystemId,
    /// The import; the same name again is the same import, delivered again. The step's `id` if absent.
    #[serde(default)]
    pub(crate) name: Option<Label>,
    /// When they were exported; the instant of the step if absent.
    #[serde(default)]
    pub(crate) as_of: Option<Timestamp>,
    /// Whether it may make people known.
    #[serde(default)]
    pub(crate) registers: bool,
    /// How many rows are imported at a time; all if absent.
    #[serde(default)]
    pub(crate) page: Option<NonZeroU8>,
    /// Imports before with whose dry runs this one is joined, by their steps.
    #[serde(default)]
    pub(crate) with: Vec<Label>,
    /// What columns of its own mean.
    #[serde(default)]
    pub(crate) fields: Vec<FieldSpec>,
    /// Whether it ends with the dry run.
    #[serde(default)]
    pub(crate) dry_run: bool,
    pub(crate) rows: Vec<RowSpec>,
}

/// One row, with columns in the order of its fields: 1 is the address, 2 the alias, 3 and more the dates of what it says. Custom fields bring
/// their own columns.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a row, an object with its number as `row`")]
pub(crate) struct RowSpec {
    pub(crate) row: u64,
    #[serde(default = "email")]
    pub(crate) kind: PointKind,
    #[serde(default)]
    pub(crate) address: Option<Pii<String>>,
    /// Their identifier in the system of the import.
    #[serde(default)]
    pub(crate) alias: Option<Pii<String>>,
    #[serde(default)]
    pub(crate) says: Vec<SaySpec>,
    #[serde(default)]
    pub(crate) fields: Vec<ValueSpec>,
    /// Why a part of it cannot be read, beside what cannot be read in its fields.
    #[serde(default)]
    pub(crate) unreadable: Option<Unreadable>,
    /// What to call the person whom it makes known; their contact point is `<name>.mail` or `<name>.phone`.
    #[serde(default)]
    pub(crate) creates: Option<Label>,
}

const fn email() -> PointKind {
    PointKind::Email
}

/// One statement of a row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a statement of a row, an object with `said`")]
pub(crate) struct SaySpec {
    pub(crate) said: SaidSpec,
    #[serde(default)]
    pub(crate) channel: Option<Channel>,
    /// As it is written in the file: it may be no date.
    #[serde(default)]
    pub(crate) at: Option<Pii<String>>,
    #[serde(default)]
    pub(crate) evidence: Option<Evidence>,
}

/// A custom field of the system: what its values mean.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a custom field, an object with `column` and `purpose`")]
pub(crate) struct FieldSpec {
    pub(crate) column: u32,
    pub(crate) purpose: PurposeId,
    #[serde(default)]
    pub(crate) channel: Option<Channel>,
    #[serde(default, deserialize_with = "map")]
    pub(crate) meanings: BTreeMap<String, MeaningSpec>,
    /// What an agreement in it rests on; without it the field grants nothing.
    #[serde(default)]
    pub(crate) evidence: Option<Evidence>,
    /// Whether a value without a meaning makes the row malformed, instead of being read as a refusal.
    #[serde(default)]
    pub(crate) rejects_unknown: bool,
}

/// The value of a custom field in a row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "the value of a custom field, an object with `column` and `value`")]
pub(crate) struct ValueSpec {
    pub(crate) column: u32,
    pub(crate) value: Pii<String>,
    /// As it is written in the file: it may be no date.
    #[serde(default)]
    pub(crate) at: Option<Pii<String>>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case", expecting = "`opted_in`, `opted_out` or `nothing`")]
pub(crate) enum MeaningSpec {
    OptedIn,
    OptedOut,
    Nothing,
}

impl From<MeaningSpec> for Meaning {
    fn from(spec: MeaningSpec) -> Self {
        match spec {
            MeaningSpec::OptedIn => Self::OptedIn,
            MeaningSpec::OptedOut => Self::OptedOut,
            MeaningSpec::Nothing => Self::Nothing,
        }
    }
}

/// What a row says of a person.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(
    rename_all = "snake_case",
    expecting = "what a row says, such as `{\"opted_in\": …}` or `complained`"
)]
pub(crate) enum SaidSpec {
    OptedIn(PurposeId),
    OptedOut(PurposeScope),
    Complained,
    Bounced,
    Cleaned,
    Unknown,
}

impl From<SaidSpec> for Said {
    fn from(spec: SaidSpec) -> Self {
        match spec {
            SaidSpec::OptedIn(purpose) => Self::OptedIn(purpose),
            SaidSpec::OptedOut(purposes) => Self::OptedOut(purposes),
            SaidSpec::Complained => Self::Complained,
            SaidSpec::Bounced => Self::Bounced,
            SaidSpec::Cleaned => Self::Cleaned,
            SaidSpec::Unknown => Self::Unknown,
        }
    }
}

/// What a reader of files finds, that a line of JSON cannot hold.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case", expecting = "`encoding` or `syntax`")]
pub(crate) enum Unreadable {
    /// It is not UTF-8.
    Encoding,
    /// It is no row of the format.
    Syntax,
}
