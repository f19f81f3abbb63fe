use consent_engine::{
    Channel, Contacts, Direction, Foreign, Preferences, PurposeId, Regime, RegimeSet, Timestamp,
};
use serde::Deserialize;

use crate::label::Label;

/// May we contact this person, for this purpose, on this channel, at this address, now?
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a question, an object with `person` and `purpose`")]
pub(crate) struct Question {
    pub(crate) person: Label,
    pub(crate) purpose: PurposeId,
    #[serde(default)]
    pub(crate) channel: Option<Channel>,
    #[serde(default)]
    pub(crate) point: Option<Label>,
    /// Those of the scenario if absent.
    #[serde(default)]
    pub(crate) regimes: Option<Vec<Regime>>,
    #[serde(default)]
    pub(crate) direction: DirectionSpec,
    #[serde(default)]
    pub(crate) contacts: Option<ContactsSpec>,
    #[serde(default)]
    pub(crate) foreign: ForeignSpec,
    #[serde(default)]
    pub(crate) preferences: PreferencesSpec,
    #[serde(default)]
    pub(crate) snapshot: Option<Timestamp>,
    /// What was known, and held, right after this step.
    #[serde(default)]
    pub(crate) as_of: Option<Label>,
}

impl Question {
    pub(crate) fn regimes(&self, default: RegimeSet) -> RegimeSet {
        self.regimes.as_ref().map_or(default, |regimes| regimes.iter().copied().collect())
    }
}

/// Who starts the contact.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case", expecting = "`outbound` or `inbound`")]
pub(crate) enum DirectionSpec {
    #[default]
    Outbound,
    Inbound,
}

impl From<DirectionSpec> for Direction {
    fn from(spec: DirectionSpec) -> Self {
        match spec {
            DirectionSpec::Outbound => Self::Outbound,
            DirectionSpec::Inbound => Self::Inbound,
        }
    }
}

/// The contacts of late.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "the contacts of late, an object with `count`")]
pub(crate) struct ContactsSpec {
    count: u32,
    #[serde(default)]
    oldest: Option<Timestamp>,
    #[serde(default)]
    latest: Option<Timestamp>,
}

impl From<ContactsSpec> for Contacts {
    fn from(spec: ContactsSpec) -> Self {
        Self { count: spec.count, oldest: spec.oldest, latest: spec.latest }
    }
}

/// What another system holds.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case", expecting = "`agrees`, `more_restrictive` or `unknown_negative`")]
pub(crate) enum ForeignSpec {
    #[default]
    Agrees,
    MoreRestrictive,
    UnknownNegative,
}

impl From<ForeignSpec> for Foreign {
    fn from(spec: ForeignSpec) -> Self {
        match spec {
            ForeignSpec::Agrees => Self::Agrees,
            ForeignSpec::MoreRestrictive => Self::MoreRestrictive,
            ForeignSpec::UnknownNegative => Self::UnknownNegative,
        }
    }
}

/// Whether the preferences could be read.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case", expecting = "`read` or `unavailable`")]
pub(crate) enum PreferencesSpec {
    #[default]
    Read,
    Unavailable,
}

impl From<PreferencesSpec> for Preferences {
    fn from(spec: PreferencesSpec) -> Self {
        match spec {
            PreferencesSpec::Read => Self::Read,
            PreferencesSpec::Unavailable => Self::Unavailable,
        }
    }
}
