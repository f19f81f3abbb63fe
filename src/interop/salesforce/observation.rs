use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::decision::Foreign;
use crate::evidence::Note;
use crate::interop::salesforce::{Action, Status};
use crate::interop::{ForeignId, Ingest, MapError};

/// What was read, kept so that reading it again is nothing new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Observation {
    /// About whom.
    pub id: ForeignId,
    /// About what.
    pub action: Action,
    /// For which purpose, by its name over there; flags know none.
    pub purpose: Option<Note>,
    /// The least permissive status that was found; `NotSeen` for a flag that stands on its default.
    pub status: Status,
}

impl Observation {
    pub(super) fn is_of(&self, action: Action, purpose: Option<&Note>) -> bool {
        self.action == action && self.purpose.as_ref() == purpose
    }
}

/// What the other system answers for one person and one action, as a question to the engine needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reading {
    /// About whom.
    pub id: ForeignId,
    /// About what.
    pub action: Action,
    /// Its answer.
    pub proceed: Option<bool>,
    /// What to put into [`Query::foreign`](crate::Query::foreign).
    pub foreign: Foreign,
}

/// What a Consent Read means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadIngest {
    /// The commands, and what to know and do besides.
    pub ingest: Ingest,
    /// An answer for each person and action that was asked about.
    pub readings: Vec<Reading>,
    /// What to hand to the next read, in place of what was handed to this one.
    pub observations: Vec<Observation>,
    /// The people whose answer could not be used, or not wholly, and why; with whom to block meanwhile.
    pub failures: Vec<(ForeignId, MapError)>,
}
