use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::evidence::{ActorKind, Notice, Strength};
use crate::fact::{Cell, Named, Stated, TokenHash, ViewToken};
use crate::id::{Position, RequestId};
use crate::time::{Interval, Timestamp};

/// A grant of one cell, closed: what it lifts was decided once and is written in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "plain stored data")]
pub struct Grant {
    /// What it permits.
    pub cell: Cell,
    /// The breadth in which it was stated.
    pub stated: Stated,
    /// When it holds.
    pub window: Interval,
    /// How strong its evidence is.
    pub strength: Strength,
    /// The notice that was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Notice>,
    /// The age in years that the person gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<u8>,
    /// Who gave it.
    pub by: ActorKind,
    /// The restrictions it lifts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifts: Vec<Named>,
    /// What had been read when it was decided. A reader who has seen less does not count the grant.
    #[serde(default)]
    pub read: ViewToken,
    /// It could not name everything that applies: kept for the record, without effect.
    #[serde(default)]
    pub attempted: bool,
    /// The request it confirms, if it is a confirmation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
    /// Where that request stands, with its own evidence: a double opt-in is proved by both records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Position>,
}

/// A request for a double opt-in, for one cell.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "plain stored data")]
pub struct Request {
    /// The id, one for all cells of one request.
    pub id: RequestId,
    /// What is asked for.
    pub cell: Cell,
    /// The breadth in which it was stated.
    pub stated: Stated,
    /// The notice that was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Notice>,
    /// The age in years that the person gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<u8>,
    /// The first instant at which it can no longer be confirmed.
    pub expires: Timestamp,
    /// The restrictions that whoever asked had seen: all a confirmation may name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<Named>,
    /// The hash of what a confirmation must bring, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<TokenHash>,
}
