use serde::{Deserialize, Serialize};

use crate::fact::LapseCause;
use crate::id::RequestId;
use crate::time::Timestamp;

/// Why a consent is no longer there, without a word of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "part of the state that callers match on")]
pub enum ExpiryCause {
    /// The controller ended it (DPV: ConsentRevoked).
    Revoked,
    /// The contact point went to somebody else.
    Reassigned,
    /// The person was inactive for too long.
    Inactivity,
    /// The notice it was given under no longer counts.
    NoticeSuperseded,
    /// The purpose asks for better evidence than it has.
    EvidenceSuperseded,
    /// Its time ran out.
    GrantLapsed,
    /// A request was never confirmed in time.
    RequestLapsed,
}

impl From<LapseCause> for ExpiryCause {
    fn from(cause: LapseCause) -> Self {
        match cause {
            LapseCause::GrantLapsed => Self::GrantLapsed,
            LapseCause::Inactivity => Self::Inactivity,
            LapseCause::NoticeSuperseded => Self::NoticeSuperseded,
        }
    }
}

/// What a person would call the consent of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "state", content = "cause", rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "the six states of the design")]
pub enum State {
    /// Nothing was said.
    Unknown,
    /// Asked, not yet confirmed (DPV: ConsentRequested).
    Pending,
    /// Given (DPV: ConsentGiven).
    Granted,
    /// Refused, never given (DPV: ConsentRefused).
    Denied,
    /// Given before, taken back (DPV: ConsentWithdrawn).
    Withdrawn,
    /// Ended without a word of the person (DPV: ConsentExpired).
    Expired(ExpiryCause),
}

/// A request that can still be confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs, reason = "plain output")]
pub struct PendingRequest {
    /// The request.
    pub id: RequestId,
    /// The first instant at which it can no longer be confirmed.
    pub expires: Timestamp,
}

/// The state of one cell, and a request beside it if one is alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs, reason = "plain output")]
pub struct CellState {
    /// The state.
    #[serde(flatten)]
    pub state: State,
    /// The request, which may stand beside a refusal.
    pub pending: Option<PendingRequest>,
}
