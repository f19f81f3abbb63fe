use consent_engine::{ChannelName, Limits, Purpose, Regime, Span, SystemId};
use serde::Deserialize;

use crate::format::strict::object;
use crate::format::{PersonSpec, RecordSpec};
use crate::label::Label;

/// The first line of a scenario: everything that is not a fact.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a scenario, an object with `name` and `catalogue`")]
pub(crate) struct Settings {
    pub(crate) name: Label,
    /// The story in plain words.
    #[serde(default)]
    pub(crate) note: Option<String>,
    pub(crate) catalogue: Vec<Purpose>,
    /// Channels beyond the standard ones.
    #[serde(default)]
    pub(crate) channels: Vec<ChannelName>,
    /// The regimes of every question that names none.
    #[serde(default)]
    pub(crate) regimes: Vec<Regime>,
    #[serde(default, deserialize_with = "object")]
    pub(crate) policy: PolicySpec,
    /// The first is the one that writes where a step names none.
    #[serde(default)]
    pub(crate) writers: Vec<Label>,
    /// Persons who are there from the start, known to the host from the first step on.
    #[serde(default)]
    pub(crate) people: Vec<PersonSpec>,
    /// Records of other systems that payloads may name.
    #[serde(default)]
    pub(crate) records: Vec<RecordSpec>,
}

/// The values of a policy; what is absent is the engine's default. Spans are in microseconds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "the values of a policy, an object")]
pub(crate) struct PolicySpec {
    pub(crate) conflict_window: Option<Span>,
    pub(crate) skew: Option<Span>,
    pub(crate) request_lifetime: Option<Span>,
    pub(crate) snapshot_age: Option<Span>,
    pub(crate) age_of_majority: Option<u8>,
    pub(crate) return_after_erasure: Option<bool>,
    pub(crate) lifting_systems: Option<Vec<SystemId>>,
    pub(crate) limits: Option<Limits>,
}

/// A new version of the policy: purposes are added, or replaced by those of the same id with a higher version.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a change of the policy, an object")]
pub(crate) struct PolicyChange {
    pub(crate) purposes: Vec<Purpose>,
    pub(crate) channels: Vec<ChannelName>,
    #[serde(deserialize_with = "object")]
    pub(crate) values: PolicySpec,
}

impl PolicySpec {
    /// These values where they are given, else those of `before`.
    pub(crate) fn or(self, before: Self) -> Self {
        Self {
            conflict_window: self.conflict_window.or(before.conflict_window),
            skew: self.skew.or(before.skew),
            request_lifetime: self.request_lifetime.or(before.request_lifetime),
            snapshot_age: self.snapshot_age.or(before.snapshot_age),
            age_of_majority: self.age_of_majority.or(before.age_of_majority),
            return_after_erasure: self.return_after_erasure.or(before.return_after_erasure),
            lifting_systems: self.lifting_systems.or(before.lifting_systems),
            limits: self.limits.or(before.limits),
        }
    }
}
