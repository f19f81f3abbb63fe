use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::channel::PointKind;
use crate::evidence::{Note, Notice};
use crate::fact::{Cell, Description, Grant, Interest, Named, Request, Restriction, Scope, ViewToken};
use crate::id::{ContactPointId, IndexKey, LogId, RequestId, Seq, SubjectId};
use crate::purpose::{LawfulBasis, PurposeId};

/// What happened. The list is closed.
///
/// Where a field `log` and a field `upto` stand together, the fact ends what stands in that log up to there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case", deny_unknown_fields)]
#[allow(clippy::exhaustive_enums, reason = "the closed list of the design; a new kind changes decisions")]
pub enum FactKind {
    /// The person agreed.
    Grant(Arc<Grant>),
    /// The person confirmed a request from the contact point itself.
    Confirm(Arc<Grant>),
    /// Something restricts: opt-out, objection, complaint, bounce, pause and so on.
    Restriction(Restriction),
    /// A restriction ended, up to a position.
    Clear(Named),
    /// The person ended a pause, up to a position.
    Resume(Named),
    /// A double opt-in was asked for.
    Request(Arc<Request>),
    /// In the log of a contact point: a message that asks for a confirmation was to go there. It decides nothing about consent;
    /// it is counted, so that no address gets too many.
    Asked(RequestId),
    /// The controller ended grants.
    Revocation(Revocation),
    /// Another system reports that grants ended.
    Lapsed {
        /// Why.
        cause: LapseCause,
        /// Which, as in a revocation.
        ended: Revocation,
    },
    /// The lawful basis of a purpose for this person was recorded.
    Basis {
        /// The purpose, and no other.
        purpose: PurposeId,
        /// The basis.
        basis: LawfulBasis,
    },
    /// A legal hold on a purpose began.
    Hold(Hold),
    /// A legal hold ended, up to a position.
    Release(Release),
    /// The person saw a notice. It decides nothing.
    NoticeSeen {
        /// The notice, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notice: Option<Notice>,
        /// For what, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scope: Option<Scope>,
    },
    /// The person said what interests them. It decides nothing.
    Preference {
        /// For what.
        purpose: PurposeId,
        /// Whether it is relevant to them.
        #[serde(default, skip_serializing_if = "Interest::is_unstated")]
        interest: Interest,
        /// In their words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Note>,
    },
    /// A purchase, a contract, an inquiry: regimes with implied consent look back at it.
    Relationship(RelationshipKind),
    /// An alias was claimed for the subject; the key is the hash of the alias.
    Claim(IndexKey),
    /// A contact point was given to the subject.
    Attach {
        /// Who.
        subject: SubjectId,
        /// Which address.
        point: ContactPointId,
        /// Its kind.
        point_kind: PointKind,
    },
    /// The subject proved to hold the contact point.
    Verify {
        /// Who.
        subject: SubjectId,
        /// Which address.
        point: ContactPointId,
    },
    /// The subject replaced one contact point by another: what bites at the old one bites at the new one.
    Replace {
        /// Who.
        subject: SubjectId,
        /// The address given up.
        old: ContactPointId,
        /// The address that takes its place.
        new: ContactPointId,
    },
    /// A contact point went from one holder to the next.
    Reassign(Reassign),
    /// Two subjects were found to be one person.
    Merge {
        /// The other subject.
        with: SubjectId,
    },
    /// A merge was found to be wrong.
    Unmerge {
        /// The other subject.
        with: SubjectId,
        /// The merges that it ends: one that it did not see goes on.
        #[serde(default)]
        ends: ViewToken,
    },
    /// A contested alias was given to one subject.
    ContestResolved {
        /// The alias.
        alias: IndexKey,
        /// Its owner.
        owner: SubjectId,
        /// The claims of others that it ends: one that it did not see goes on.
        #[serde(default)]
        ends: ViewToken,
    },
    /// Something is known of the person or of an address that is no act of consent.
    Described {
        /// What is known.
        what: Description,
        /// The earlier descriptions that it takes the place of: one that it did not see goes on.
        #[serde(default)]
        instead_of: ViewToken,
        /// The unmerges that were in view: it does not reach those whom they parted.
        #[serde(default, skip_serializing_if = "ViewToken::is_empty")]
        unmerges: ViewToken,
    },
    /// A fact that this version cannot read, kept verbatim. It denies.
    Unsupported(Unsupported),
}

/// Which grants the controller ended: all that `view` covers, and all that were given no later than this.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "plain stored data")]
pub struct Revocation {
    /// What is ended.
    pub scope: Scope,
    /// The positions that are ended whatever their time.
    #[serde(default)]
    pub view: ViewToken,
    /// The unmerges that were in view: it does not reach those whom they parted.
    #[serde(default, skip_serializing_if = "ViewToken::is_empty")]
    pub unmerges: ViewToken,
}

/// Why grants ended without an act of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "part of the state that callers match on")]
pub enum LapseCause {
    /// Its time ran out.
    GrantLapsed,
    /// The person was inactive for too long.
    Inactivity,
    /// The notice it was given under no longer counts.
    NoticeSuperseded,
}

/// A legal hold: it defers erasure and gives the purpose the basis LegalObligation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "plain stored data")]
pub struct Hold {
    /// The purpose, and no other; never Marketing or Relationship.
    pub purpose: PurposeId,
}

/// The end of legal holds on a purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "plain stored data")]
pub struct Release {
    /// The purpose.
    pub purpose: PurposeId,
    /// The log the holds stand in.
    pub log: LogId,
    /// The last of them.
    pub upto: Seq,
}

/// What happened between the person and the controller.
///
/// ```
/// use consent_engine::{FactKind, RelationshipKind};
/// let bought = FactKind::Relationship(RelationshipKind::Purchase);
/// assert_eq!(serde_json::to_string(&bought)?, r#"{"kind":"relationship","body":"purchase"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "regimes name these kinds")]
pub enum RelationshipKind {
    /// A purchase.
    Purchase,
    /// A contract.
    Contract,
    /// An inquiry.
    Inquiry,
}

/// A number or address that went to somebody else.
///
/// For the old holder it ends the grants there; for the next it ends the restrictions that `view` covers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "plain stored data")]
pub struct Reassign {
    /// The address.
    pub point: ContactPointId,
    /// The old holder.
    pub from: SubjectId,
    /// The next holder, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<SubjectId>,
    /// The positions it speaks of.
    #[serde(default)]
    pub view: ViewToken,
}

/// A fact that this version cannot read.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "plain stored data")]
pub struct Unsupported {
    /// The stored bytes, as they were.
    pub verbatim: Vec<u8>,
}

impl fmt::Debug for Unsupported {
    /// The length only: the bytes may hold personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unsupported({} bytes)", self.verbatim.len())
    }
}

impl FactKind {
    /// The grant, of a grant or a confirmation.
    #[must_use]
    pub fn grant(&self) -> Option<&Arc<Grant>> {
        match self {
            Self::Grant(grant) | Self::Confirm(grant) => Some(grant),
            _ => None,
        }
    }

    /// The cell that a grant, confirmation or request is about.
    #[must_use]
    pub fn cell(&self) -> Option<Cell> {
        match self {
            Self::Request(request) => Some(request.cell),
            other => other.grant().map(|grant| grant.cell),
        }
    }
}
