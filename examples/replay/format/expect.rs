use alloc::collections::BTreeMap;

use consent_engine::op::import::RowOutcome;
use consent_engine::{
    Channel, Duty, ExpiryCause, LawfulBasis, PurposeId, Reason, Remedy, Standing, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::format::StrictValue;
use crate::format::strict::{present, present_map, present_object};
use crate::label::Label;

/// What a step must come to. Each field that is present is one expectation; lists are compared as sets.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "expectations, an object")]
pub(crate) struct Expect {
    /// How a command ended, all parts taken together.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) outcome: Option<Ending>,
    /// Why nothing was written: the code, or the code with its details.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) rejection: Option<StrictValue>,
    /// How each part ended, in order.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) ends: Option<Vec<Ending>>,
    /// The conditions of naming that failed.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) still_bites: Option<Vec<String>>,
    /// How many facts were written.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) facts: Option<usize>,
    /// Which kinds of facts.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) kinds: Option<Vec<String>>,
    /// What the host must do.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) effects: Option<Vec<String>>,
    /// What was wrong with a payload, by the stable names.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) problems: Option<Vec<String>>,
    /// Why a payload means nothing new.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) noop: Option<Option<String>>,
    /// What somebody should know of.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) warnings: Option<Vec<String>>,
    /// Requests of the person that are no consent.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) requests: Option<Vec<String>>,
    /// What the host must do besides.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) follow_ups: Option<Vec<String>>,
    /// For whom commands were decided, in order of their names.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) targets: Option<Vec<Label>>,
    /// What the dry run of an import says.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present_object")]
    pub(crate) plan: Option<PlanExpect>,
    /// What became of each row of an import.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) rows: Option<Vec<RowEnd>>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) verdict: Option<VerdictName>,
    /// When to ask again.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) until: Option<Option<Timestamp>>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) standing: Option<Standing>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) basis: Option<Option<LawfulBasis>>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) reasons: Option<Vec<Reason>>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) remedies: Option<Vec<Remedy>>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) duties: Option<Vec<Duty>>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) valid_until: Option<Option<Timestamp>>,
    /// Every restriction in force on the cell, whether or not it bites.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) restrictions: Option<Vec<Reason>>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) state: Option<StateName>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) cause: Option<ExpiryCause>,
    /// Whether a request stands that can still be confirmed.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) pending: Option<bool>,
}

/// How a command, or a part of it, ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", expecting = "how a command ended")]
pub(crate) enum Ending {
    Accepted,
    Recorded,
    Refused,
    /// The parts ended differently.
    Mixed,
    /// Nobody said anything: a page is shown.
    Nothing,
}

/// What the dry run of an import says. Each field that is present is one expectation.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "what the dry run says, an object")]
pub(crate) struct PlanExpect {
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) applied: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) unchanged: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) rejected: Option<u64>,
    /// Why rows are rejected, in the words of the plan, and how many.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present_map")]
    pub(crate) because: Option<BTreeMap<String, u64>>,
    /// How many people become contactable.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) contactable: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(crate) conflicts: Option<Vec<Contradiction>>,
}

/// Two rows that say yes and no of the same.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a conflict, an object with `yes`, `no` and `purpose`")]
pub(crate) struct Contradiction {
    pub(crate) yes: u64,
    /// The import of that row, if the plans of several are joined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) yes_of: Option<String>,
    pub(crate) no: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) no_of: Option<String>,
    pub(crate) purpose: PurposeId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<Channel>,
}

/// How a row ended. Lists are empty if absent.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "how a row ended, an object with `row` and `outcome`")]
pub(crate) struct RowEnd {
    pub(crate) row: u64,
    pub(crate) outcome: RowOutcome,
    /// What cannot be read, in the words of the library.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) problems: Vec<String>,
    /// Why something was not taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) refused: Vec<StrictValue>,
    /// The conditions of naming that failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) still_bites: Vec<String>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", expecting = "`permit`, `defer` or `deny`")]
pub(crate) enum VerdictName {
    Permit,
    Defer,
    Deny,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", expecting = "the name of a state")]
pub(crate) enum StateName {
    Unknown,
    Pending,
    Granted,
    Denied,
    Withdrawn,
    Expired,
}
