use alloc::sync::Arc;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::channel::PointKind;
use crate::fact::{Cell, Description, Grant, LapseCause, Request, RestrictionKey, Scope, ViewToken};
use crate::id::{ContactPointId, IndexKey, LogId, Seq, SubjectId, SystemId};
use crate::purpose::{LawfulBasis, PurposeId};
use crate::time::Timestamp;
use crate::view::sight::JoinedSight;

/// What decisions need of a set of logs, and no more: its size is bounded by scopes, reasons, kinds of actor and
/// logs, by nothing in the length of the history.
///
/// Everything kept is a maximum or a minimum, so the projection of a union is the join of projections. It is also
/// the snapshot: serialise it, and apply the facts that came later.
///
/// ```
/// use consent_engine::{Projection, ViewToken};
/// let empty = Projection::default();
/// assert_eq!(empty.heads(), ViewToken::NOTHING);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Projection {
    pub(crate) logs: Vec<LogProjection>,
}

/// The projection of one log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogProjection {
    pub(crate) log: LogId,
    pub(crate) head: u64,
    /// The latest instant at which a fact was recorded, and that fact.
    pub(crate) latest_recorded: Option<(Timestamp, Seq)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) groups: Vec<Group>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) grants: Vec<KeptGrant>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) spans: Vec<GrantSpan>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) requests: Vec<KeptRequest>,
    /// Of a contact point: when confirmations were asked for there, the latest few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) asked: Vec<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) endings: Vec<Ending>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) clears: Vec<Cleared>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) bases: Vec<KeptBasis>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) holds: Vec<KeptHold>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) releases: Vec<KeptRelease>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) attaches: Vec<KeptAttach>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) verifies: Vec<KeptVerify>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) replaces: Vec<KeptReplace>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) reassigns: Vec<KeptReassign>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) claims: Vec<KeptClaim>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) contests: Vec<KeptContest>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) merges: Vec<KeptMerge>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) unmerges: Vec<KeptUnmerge>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) descriptions: Vec<KeptDescription>,
    pub(crate) unsupported: Option<Seq>,
}

/// All restrictions of one key in one log that knew of the same unmerges, joined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub(crate) key: RestrictionKey,
    #[serde(default, skip_serializing_if = "ViewToken::is_empty")]
    pub(crate) unmerges: ViewToken,
    pub(crate) last: Seq,
    pub(crate) at: Timestamp,
    /// The fact that has the latest `at`.
    pub(crate) at_of: Seq,
    pub(crate) recorded: Timestamp,
    /// The latest end; none is the latest of all.
    pub(crate) until: Option<Timestamp>,
    /// The fact that has the latest end.
    pub(crate) until_of: Seq,
    pub(crate) reporters: Reporters,
}

/// The latest instants of what one name reaches: a name reaches all of its key in its log, up to its position.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NamedDates {
    pub(crate) at: Timestamp,
    pub(crate) recorded: Timestamp,
}

/// The systems that reported the restrictions of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Reporters {
    Nobody,
    One(SystemId),
    Several,
}

impl Reporters {
    pub(crate) fn join(self, other: Self) -> Self {
        match (self, other) {
            (one, another) if one == another => one,
            _ => Self::Several,
        }
    }
}

/// The accepted grant that counts for its cell and strength in its log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptGrant {
    pub(crate) grant: Arc<Grant>,
    pub(crate) seq: Seq,
    pub(crate) at: Timestamp,
    pub(crate) dated: bool,
}

/// The earliest and latest accepted grant of a cell in its log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GrantSpan {
    pub(crate) cell: Cell,
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
    /// The fact that has the latest.
    pub(crate) last_of: Seq,
}

/// The request that counts for its cell in its log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptRequest {
    pub(crate) request: Arc<Request>,
    pub(crate) seq: Seq,
    pub(crate) at: Timestamp,
    pub(crate) dated: bool,
}

/// Why grants ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum EndCause {
    Revoked,
    Lapsed(LapseCause),
}

/// The revocations or lapses of one scope and cause in one log that knew of the same unmerges, joined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ending {
    pub(crate) scope: Scope,
    pub(crate) cause: EndCause,
    #[serde(default, skip_serializing_if = "ViewToken::is_empty")]
    pub(crate) unmerges: ViewToken,
    pub(crate) at: Timestamp,
    /// The fact that has the latest `at`.
    pub(crate) at_of: Seq,
    pub(crate) view: JoinedSight,
    pub(crate) seq: Seq,
}

/// The last position of a restriction that was cleared or resumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cleared {
    pub(crate) log: LogId,
    pub(crate) key: RestrictionKey,
    pub(crate) upto: Seq,
    /// The fact that reached that far.
    pub(crate) by: Seq,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptBasis {
    pub(crate) purpose: PurposeId,
    pub(crate) basis: LawfulBasis,
    pub(crate) seq: Seq,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptHold {
    pub(crate) purpose: PurposeId,
    pub(crate) seq: Seq,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptRelease {
    pub(crate) log: LogId,
    pub(crate) purpose: PurposeId,
    pub(crate) upto: Seq,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptAttach {
    pub(crate) subject: SubjectId,
    pub(crate) point: ContactPointId,
    pub(crate) kind: PointKind,
    /// The earliest attach, and the fact it is.
    pub(crate) first: (Timestamp, Seq),
    /// The latest.
    pub(crate) at: Timestamp,
    pub(crate) seq: Seq,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptVerify {
    pub(crate) subject: SubjectId,
    pub(crate) point: ContactPointId,
    pub(crate) at: Timestamp,
    pub(crate) seq: Seq,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptReplace {
    pub(crate) subject: SubjectId,
    pub(crate) old: ContactPointId,
    pub(crate) new: ContactPointId,
    pub(crate) seq: Seq,
}

/// The reassignments of one point between the same two holders in one log, joined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptReassign {
    pub(crate) point: ContactPointId,
    pub(crate) from: SubjectId,
    pub(crate) to: Option<SubjectId>,
    /// The earliest and the latest of them, and the facts they are.
    pub(crate) first: (Timestamp, Seq),
    pub(crate) at: (Timestamp, Seq),
    pub(crate) view: JoinedSight,
    pub(crate) seq: Seq,
}

/// The last claim of an alias.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptClaim {
    pub(crate) alias: IndexKey,
    pub(crate) seq: Seq,
}

/// What settled who owns an alias, joined over one owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptContest {
    pub(crate) alias: IndexKey,
    pub(crate) owner: SubjectId,
    pub(crate) ends: JoinedSight,
}

/// The last merge with another record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptMerge {
    pub(crate) with: SubjectId,
    pub(crate) seq: Seq,
}

/// The unmerges from another record, joined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptUnmerge {
    pub(crate) with: SubjectId,
    pub(crate) ends: JoinedSight,
    /// The last of them.
    pub(crate) seq: Seq,
}

/// Of the descriptions of the person or of the address that knew of the same unmerges the last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptDescription {
    pub(crate) what: Description,
    pub(crate) instead_of: ViewToken,
    #[serde(default, skip_serializing_if = "ViewToken::is_empty")]
    pub(crate) unmerges: ViewToken,
    pub(crate) seq: Seq,
}

impl Ending {
    /// The facts without which it would end less.
    pub(crate) fn made_by(&self) -> impl Iterator<Item = Seq> + '_ {
        self.view.brought_by().chain([self.at_of, self.seq])
    }
}

impl KeptUnmerge {
    /// The facts without which it would end less.
    pub(crate) fn made_by(&self) -> impl Iterator<Item = Seq> + '_ {
        self.ends.brought_by().chain([self.seq])
    }
}

impl KeptAttach {
    /// The facts without which it would say less.
    pub(crate) fn made_by(&self) -> impl Iterator<Item = Seq> + use<> {
        [self.first.1, self.seq].into_iter()
    }
}

impl KeptReassign {
    /// The facts without which it would say less.
    pub(crate) fn made_by(&self) -> impl Iterator<Item = Seq> + '_ {
        self.view.brought_by().chain([self.first.1, self.at.1, self.seq])
    }
}

impl LogProjection {
    /// The projection of an empty log.
    #[must_use]
    pub const fn new(log: LogId) -> Self {
        Self {
            log,
            head: 0,
            latest_recorded: None,
            groups: Vec::new(),
            grants: Vec::new(),
            spans: Vec::new(),
            requests: Vec::new(),
            asked: Vec::new(),
            endings: Vec::new(),
            clears: Vec::new(),
            bases: Vec::new(),
            holds: Vec::new(),
            releases: Vec::new(),
            attaches: Vec::new(),
            verifies: Vec::new(),
            replaces: Vec::new(),
            reassigns: Vec::new(),
            claims: Vec::new(),
            contests: Vec::new(),
            merges: Vec::new(),
            unmerges: Vec::new(),
            descriptions: Vec::new(),
            unsupported: None,
        }
    }

    /// The dates of a group, and of those that knew of other unmerges and that whoever names it names with it.
    pub(crate) fn dates_of_name(&self, named: &Group) -> NamedDates {
        // The cheap comparison first: hardly anybody knew of an unmerge.
        let alike = self.groups.iter().filter(|own| own.unmerges != named.unmerges && own.key == named.key);
        let with_it = alike.filter(|own| own.last <= named.last);
        let own = NamedDates { at: named.at, recorded: named.recorded };
        with_it.fold(own, |latest, own| NamedDates {
            at: latest.at.max(own.at),
            recorded: latest.recorded.max(own.recorded),
        })
    }

    /// The log.
    #[must_use]
    pub const fn log(&self) -> LogId {
        self.log
    }

    /// The number of its last fact; 0 for an empty log.
    #[must_use]
    pub const fn head(&self) -> u64 {
        self.head
    }

    /// How many distinct restrictions it keeps.
    #[must_use]
    pub fn restrictions(&self) -> usize {
        self.groups.len()
    }
}
