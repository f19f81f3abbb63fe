//! From facts to the projection: one step per fact, every step a maximum.

use alloc::sync::Arc;
use alloc::vec::Vec;

use thiserror::Error;

use crate::fact::{Fact, FactKind, Grant, Reassign, Release, Restriction, RestrictionKey, Revocation, Scope};
use crate::id::{Aggregate, LogId, Position, Seq, SubjectId};
use crate::policy::Limits;
use crate::time::Timestamp;
use crate::view::counts::counts_in;
use crate::view::kept::keep;
use crate::view::projection::{
    Cleared, EndCause, Ending, GrantSpan, Group, KeptAttach, KeptBasis, KeptClaim, KeptContest,
    KeptDescription, KeptGrant, KeptHold, KeptMerge, KeptReassign, KeptRelease, KeptReplace, KeptRequest,
    KeptUnmerge, KeptVerify, LogProjection, Projection, Reporters,
};
use crate::view::sight::JoinedSight;

/// What applying a fact did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "applied or not: there is no third")]
pub enum Applied {
    /// The fact is new and counts.
    New,
    /// The fact was applied before. Nothing changed.
    Duplicate,
}

/// Why a fact cannot be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FoldError {
    /// Facts in between are missing.
    #[error("facts {expected} to {} of the log are missing: apply them first", found.saturating_sub(1))]
    GapDetected {
        /// The number that comes next.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// The fact belongs to another log.
    #[error("the fact belongs to another log")]
    OtherLog,
}

impl Projection {
    /// Folds facts in any order, with any repetition. Facts after a gap in their log do not count.
    ///
    /// The second value is the first gap found, if there is one.
    pub fn fold<'a>(facts: impl IntoIterator<Item = &'a Fact>) -> (Self, Option<FoldError>) {
        let mut facts: Vec<_> = facts.into_iter().collect();
        facts.sort_by_key(|fact| fact.position);
        let mut projection = Self::default();
        let mut gap = None;
        for fact in facts {
            if let Err(error) = projection.apply(fact) {
                gap = gap.or(Some(error));
            }
        }
        (projection, gap)
    }

    /// Applies the next fact of its log.
    ///
    /// # Errors
    ///
    /// [`FoldError::GapDetected`] if facts of the log are missing; nothing changes.
    ///
    /// ```
    /// # use consent_engine::*;
    /// # let news = PurposeId::new("news")?;
    /// # let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Web]);
    /// # let policy = Policy::new(1, Catalogue::new([purpose], []).unwrap());
    /// # let ada = Subject::new(SubjectId::from_u128(7));
    /// # let view = View::new(&policy, ada.clone(), Projection::default()).unwrap();
    /// # let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
    /// # let ctx = Ctx { now, writer: WriterId::from_u128(9), command: CommandId::from_u128(1), policy: &policy };
    /// let no = Command::new(Actor::subject(), Act::OptOut(vec![Scope::EVERYTHING]));
    /// let facts = decide(&view, &no, &ctx).unwrap().facts;
    /// let mut projection = Projection::default();
    /// assert_eq!(projection.apply(&facts[0]), Ok(Applied::New));
    ///
    /// let mut late = facts[0].clone();
    /// late.position.seq = Seq::after(5);
    /// assert_eq!(projection.apply(&late), Err(FoldError::GapDetected { expected: 2, found: 6 }));
    /// # Ok::<(), InvalidName>(())
    /// ```
    pub fn apply(&mut self, fact: &Fact) -> Result<Applied, FoldError> {
        let Position { log, seq } = fact.position;
        if self.log(log).is_none() && seq != Seq::FIRST {
            return Err(FoldError::GapDetected { expected: 1, found: seq.get() });
        }
        self.log_mut(log).map_or(Err(FoldError::OtherLog), |log| log.apply(fact))
    }

    pub(crate) fn log_mut(&mut self, id: LogId) -> Option<&mut LogProjection> {
        let at = match self.logs.binary_search_by(|log| log.log.cmp(&id)) {
            Ok(at) => at,
            Err(at) => {
                self.logs.insert(at, LogProjection::new(id));
                at
            }
        };
        self.logs.get_mut(at)
    }
}

impl LogProjection {
    /// Applies the next fact of this log.
    ///
    /// # Errors
    ///
    /// [`FoldError::GapDetected`] if facts are missing, [`FoldError::OtherLog`] for a fact of another log; nothing
    /// changes.
    pub fn apply(&mut self, fact: &Fact) -> Result<Applied, FoldError> {
        if fact.position.log != self.log {
            return Err(FoldError::OtherLog);
        }
        let found = fact.position.seq.get();
        let expected = self.head.saturating_add(1);
        if found <= self.head {
            return Ok(Applied::Duplicate);
        }
        if found != expected {
            return Err(FoldError::GapDetected { expected, found });
        }
        self.absorb(fact);
        Ok(Applied::New)
    }

    /// Takes in a fact beyond the head, whether or not facts in between were left out on purpose.
    pub(crate) fn absorb(&mut self, fact: &Fact) {
        let seq = fact.position.seq;
        self.head = self.head.max(seq.get());
        self.latest_recorded = self.latest_recorded.max(Some((fact.recorded_at, seq)));
        if counts_in(self.log, &fact.kind) {
            self.keep(fact);
        }
    }

    /// Keeps of a fact what decisions need.
    fn keep(&mut self, fact: &Fact) {
        let (seq, at) = (fact.position.seq, fact.at());
        match &fact.kind {
            FactKind::Grant(grant) | FactKind::Confirm(grant) => self.keep_grant(grant, fact),
            FactKind::Restriction(restriction) => self.keep_restriction(restriction, fact),
            FactKind::Clear(named) | FactKind::Resume(named) => {
                let (log, key, upto) = (named.log, named.key, named.upto);
                keep(&mut self.clears, Cleared { log, key, upto, by: seq });
            }
            FactKind::Request(request) => {
                let (request, dated) = (Arc::clone(request), fact.captured_at.is_some());
                keep(&mut self.requests, KeptRequest { request, seq, at, dated });
            }
            FactKind::Asked(_) => self.keep_asked(fact.recorded_at),
            FactKind::Revocation(revocation) => self.keep_ending(EndCause::Revoked, revocation, fact),
            FactKind::Lapsed { cause, ended } => self.keep_ending(EndCause::Lapsed(*cause), ended, fact),
            FactKind::Basis { purpose, basis } => {
                keep(&mut self.bases, KeptBasis { purpose: *purpose, basis: *basis, seq });
            }
            FactKind::Hold(hold) => keep(&mut self.holds, KeptHold { purpose: hold.purpose, seq }),
            FactKind::Release(Release { log, purpose, upto }) => {
                keep(&mut self.releases, KeptRelease { log: *log, purpose: *purpose, upto: *upto });
            }
            FactKind::Attach { subject, point, point_kind: kind } => {
                let (subject, point, kind, first) = (*subject, *point, *kind, (at, seq));
                keep(&mut self.attaches, KeptAttach { subject, point, kind, first, at, seq });
            }
            FactKind::Verify { subject, point } => {
                keep(&mut self.verifies, KeptVerify { subject: *subject, point: *point, at, seq });
            }
            FactKind::Replace { subject, old, new } => {
                keep(&mut self.replaces, KeptReplace { subject: *subject, old: *old, new: *new, seq });
            }
            FactKind::Reassign(reassign) => self.keep_reassign(reassign, (at, seq)),
            FactKind::Claim(alias) => keep(&mut self.claims, KeptClaim { alias: *alias, seq }),
            FactKind::ContestResolved { alias, owner, ends } => {
                let ends = JoinedSight::new(ends, seq);
                keep(&mut self.contests, KeptContest { alias: *alias, owner: *owner, ends });
            }
            FactKind::Merge { with } => keep(&mut self.merges, KeptMerge { with: *with, seq }),
            FactKind::Unmerge { with, ends } => {
                keep(&mut self.unmerges, KeptUnmerge { with: *with, ends: JoinedSight::new(ends, seq), seq });
            }
            FactKind::Described { what, instead_of, unmerges } => {
                let (what, instead_of, unmerges) = (*what, instead_of.clone(), unmerges.clone());
                keep(&mut self.descriptions, KeptDescription { what, instead_of, unmerges, seq });
            }
            FactKind::Unsupported(_) => self.unsupported = self.unsupported.or(Some(seq)),
            FactKind::NoticeSeen { .. } | FactKind::Preference { .. } | FactKind::Relationship(_) => {}
        }
    }

    /// The subject whose log it is.
    pub(crate) const fn subject(&self) -> Option<SubjectId> {
        match self.log.aggregate {
            Aggregate::Subject(id) => Some(id),
            Aggregate::Point(_) => None,
        }
    }

    fn keep_grant(&mut self, grant: &Arc<Grant>, fact: &Fact) {
        let (seq, at, dated) = (fact.position.seq, fact.at(), fact.captured_at.is_some());
        keep(&mut self.grants, KeptGrant { grant: Arc::clone(grant), seq, at, dated });
        keep(&mut self.spans, GrantSpan { cell: grant.cell, first: at, last: at, last_of: seq });
    }

    fn keep_restriction(&mut self, restriction: &Restriction, fact: &Fact) {
        let (reason, seq) = (restriction.reason, fact.position.seq);
        let group = Group {
            key: RestrictionKey { reason, by: fact.actor.kind(), scope: self.own_scope(restriction.scope) },
            last: seq,
            at: fact.at(),
            at_of: seq,
            recorded: fact.recorded_at,
            unmerges: restriction.unmerges.clone(),
            until: restriction.until.filter(|_| reason.may_end()),
            until_of: seq,
            reporters: fact.actor.system().map_or(Reporters::Nobody, Reporters::One),
        };
        keep(&mut self.groups, group);
    }

    fn keep_ending(&mut self, cause: EndCause, ended: &Revocation, fact: &Fact) {
        let (at, seq) = (fact.at(), fact.position.seq);
        let ending = Ending {
            scope: self.own_scope(ended.scope),
            cause,
            unmerges: ended.unmerges.clone(),
            at,
            at_of: seq,
            view: JoinedSight::new(&ended.view, seq),
            seq,
        };
        keep(&mut self.endings, ending);
    }

    fn keep_reassign(&mut self, reassign: &Reassign, at: (Timestamp, Seq)) {
        let Reassign { point, from, to, ref view } = *reassign;
        let (view, seq) = (JoinedSight::new(view, at.1), at.1);
        keep(&mut self.reassigns, KeptReassign { point, from, to, first: at, at, view, seq });
    }

    /// Keeps the latest of the instants at which a confirmation was asked for at this contact point.
    fn keep_asked(&mut self, recorded: Timestamp) {
        let at = self.asked.partition_point(|own| *own <= recorded);
        self.asked.insert(at, recorded);
        if self.asked.len() > Limits::MAX_REQUESTS {
            self.asked.remove(0);
        }
    }

    /// A restriction in the log of a contact point covers that point and no other.
    fn own_scope(&self, scope: Scope) -> Scope {
        match self.log.aggregate {
            Aggregate::Point(point) => Scope { point: Some(point), ..scope },
            Aggregate::Subject(_) => scope,
        }
    }
}
