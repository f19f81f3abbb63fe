use consent_engine::interop::salesforce::Action;
use consent_engine::{Pii, SystemId};
use serde::Deserialize;

use crate::format::strict::present;
use crate::format::{Seen, StrictValue};
use crate::label::Label;

/// What another system sent, as it sent it.
#[derive(Debug, Deserialize)]
#[serde(expecting = "a payload, an object with its kind as the only field")]
pub(crate) enum Payload {
    /// A Consent Write that Salesforce was sent, or that we take in its place.
    #[serde(rename = "salesforce.consent_write")]
    ConsentWrite(WriteCall),
    /// The answer to a Consent Read.
    #[serde(rename = "salesforce.consent_read")]
    ConsentRead(ReadAnswer),
}

/// `PATCH …/consent/action/<action>?<query>` with its body.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a Consent Write, an object with `system`, `action` and `query`")]
pub(crate) struct WriteCall {
    pub(crate) system: SystemId,
    pub(crate) action: String,
    pub(crate) query: Pii<String>,
    /// An empty object if absent.
    #[serde(default, deserialize_with = "present")]
    pub(crate) body: Option<StrictValue>,
    /// What the other system had last verified.
    #[serde(default)]
    pub(crate) view: Seen,
    /// What to call the person whom the call creates; `<system>.line-<number>` if absent.
    #[serde(default)]
    pub(crate) creates: Option<Label>,
}

/// What was asked, and what was answered.
#[derive(Debug, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a Consent Read, an object with `system`, `actions`, `ids` and `body`"
)]
pub(crate) struct ReadAnswer {
    pub(crate) system: SystemId,
    pub(crate) actions: Vec<Action>,
    pub(crate) ids: Vec<Pii<String>>,
    pub(crate) body: StrictValue,
}

/// A record of another system.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a record, an object with `system`, `object` and `id`")]
pub(crate) struct RecordSpec {
    pub(crate) system: SystemId,
    /// The kind of record, as the vendor spells it.
    pub(crate) object: String,
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) email: Option<Pii<String>>,
    /// The Individual it is linked to: the alias of a person.
    #[serde(default)]
    pub(crate) individual: Option<String>,
}
