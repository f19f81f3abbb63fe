//! From facts to the projection: one step per fact, every step a maximum.

use alloc::sync::Arc;
use alloc::vec::Vec;

use thiserror::Error;

use crate::evidence::RecordedActor;
use crate::fact::{
    Description, Fact, FactKind, Grant, Named, Reassign, Request, Restriction, RestrictionKey,
    RestrictionReason, Revocation, Scope, ViewToken,
};
use crate::id::{Aggregate, ContactPointId, IndexKey, LogId, Position, Seq, SubjectId};
use crate::policy::Limits;
use crate::time::Timestamp;
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

/// Finds the item with `key` or makes it; items stay sorted by key.
fn slot<'a, T, K: Ord>(
    items: &'a mut Vec<T>,
    key: &K,
    of: impl Fn(&T) -> K,
    new: impl FnOnce() -> T,
) -> Option<&'a mut T> {
    let at = match items.binary_search_by(|item| of(item).cmp(key)) {
        Ok(at) => at,
        Err(at) => {
            items.insert(at, new());
            at
        }
    };
    items.get_mut(at)
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
    pub fn apply(&mut self, fact: &Fact) -> Result<Applied, FoldError> {
        let Position { log, seq } = fact.position;
        if self.log(log).is_none() && seq != Seq::FIRST {
            return Err(FoldError::GapDetected { expected: 1, found: seq.get() });
        }
        self.log_mut(log).map_or(Err(FoldError::OtherLog), |log| log.apply(fact))
    }

    pub(crate) fn log_mut(&mut self, id: LogId) -> Option<&mut LogProjection> {
        slot(&mut self.logs, &id, |log| log.log, || LogProjection::new(id))
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
        let at = fact.at();
        self.head = self.head.max(seq.get());
        self.latest_recorded = self.latest_recorded.max(Some((fact.recorded_at, seq)));
        match &fact.kind {
            FactKind::Grant(grant) | FactKind::Confirm(grant) => self.keep_grant(grant, fact),
            FactKind::Restriction(restriction) => self.keep_restriction(restriction, fact),
            FactKind::Clear(named) if named.log.aggregate == self.log.aggregate => {
                let reason = named.key.reason;
                let own_word = reason.is_consent_reason() && reason != RestrictionReason::Complaint;
                self.keep_clear(named, seq, !own_word);
            }
            FactKind::Resume(named) if named.log.aggregate == self.log.aggregate => {
                self.keep_clear(named, seq, named.key.reason == RestrictionReason::Pause)
            }
            FactKind::Request(request) => self.keep_request(request, fact),
            FactKind::Asked(_) => self.keep_asked(fact.recorded_at),
            FactKind::Revocation(revocation) => self.keep_ending(EndCause::Revoked, revocation, fact),
            FactKind::Lapsed { cause, ended } => self.keep_ending(EndCause::Lapsed(*cause), ended, fact),
            FactKind::Basis { purpose, basis } => {
                let kept = KeptBasis { purpose: *purpose, basis: *basis, seq };
                replace(&mut self.bases, purpose, |kept| kept.purpose, kept);
            }
            FactKind::Hold(hold) => {
                let kept = KeptHold { purpose: hold.purpose, seq };
                replace(&mut self.holds, &hold.purpose, |kept| kept.purpose, kept);
            }
            FactKind::Release(release) if release.log.aggregate == self.log.aggregate => {
                let kept = KeptRelease { log: release.log, purpose: release.purpose, upto: release.upto };
                let key = (release.log, release.purpose);
                if let Some(own) = slot(&mut self.releases, &key, |kept| (kept.log, kept.purpose), || kept) {
                    own.upto = own.upto.max(kept.upto);
                }
            }
            FactKind::Attach { subject, point, point_kind } if self.may_link(*subject, *point) => {
                let kept = KeptAttach {
                    subject: *subject,
                    point: *point,
                    kind: *point_kind,
                    first: (at, seq),
                    at,
                    seq,
                };
                let key = (*subject, *point);
                if let Some(own) = slot(&mut self.attaches, &key, |kept| (kept.subject, kept.point), || kept)
                {
                    let first = own.first.min((at, seq));
                    if own.at <= at {
                        *own = kept;
                    }
                    own.first = first;
                }
            }
            FactKind::Verify { subject, point } if self.may_link(*subject, *point) => {
                let kept = KeptVerify { subject: *subject, point: *point, at, seq };
                let key = (*subject, *point);
                if let Some(own) = slot(&mut self.verifies, &key, |kept| (kept.subject, kept.point), || kept)
                    && own.at <= at
                {
                    *own = kept;
                }
            }
            FactKind::Replace { subject, old, new } if self.log.aggregate == Aggregate::Subject(*subject) => {
                let kept = KeptReplace { subject: *subject, old: *old, new: *new, seq };
                replace(
                    &mut self.replaces,
                    &(*subject, *old, *new),
                    |kept| (kept.subject, kept.old, kept.new),
                    kept,
                );
            }
            FactKind::Reassign(reassign) if self.log.aggregate == Aggregate::Point(reassign.point) => {
                self.keep_reassign(reassign, at, seq);
            }
            FactKind::Claim(alias) if self.subject().is_some() => {
                let kept = KeptClaim { alias: *alias, seq };
                replace(&mut self.claims, alias, |kept| kept.alias, kept);
            }
            FactKind::ContestResolved { alias, owner, ends } => self.keep_contest(*alias, *owner, ends, seq),
            FactKind::Merge { with } if self.subject().is_some_and(|own| own != *with) => {
                let kept = KeptMerge { with: *with, seq };
                replace(&mut self.merges, with, |kept| kept.with, kept);
            }
            FactKind::Unmerge { with, ends } if self.subject().is_some_and(|own| own != *with) => {
                self.keep_unmerge(*with, ends, seq);
            }
            FactKind::Described { what, instead_of, unmerges } if self.is_described_by(*what) => {
                let (instead_of, unmerges) = (instead_of.clone(), unmerges.clone());
                self.keep_description(KeptDescription { what: *what, instead_of, unmerges, seq });
            }
            FactKind::Unsupported(_) => self.unsupported = self.unsupported.or(Some(seq)),
            FactKind::Clear(_)
            | FactKind::Resume(_)
            | FactKind::Release(_)
            | FactKind::Attach { .. }
            | FactKind::Verify { .. }
            | FactKind::Replace { .. }
            | FactKind::Reassign(_)
            | FactKind::NoticeSeen { .. }
            | FactKind::Preference { .. }
            | FactKind::Relationship(_)
            | FactKind::Claim(_)
            | FactKind::Merge { .. }
            | FactKind::Unmerge { .. }
            | FactKind::Described { .. } => {}
        }
    }

    /// The subject whose log it is.
    pub(crate) const fn subject(&self) -> Option<SubjectId> {
        match self.log.aggregate {
            Aggregate::Subject(id) => Some(id),
            Aggregate::Point(_) => None,
        }
    }

    /// Whether a description belongs here: of a person in their log, of an address in its own.
    fn is_described_by(&self, what: Description) -> bool {
        match self.log.aggregate {
            Aggregate::Subject(_) => what.point().is_none(),
            Aggregate::Point(point) => what.point() == Some(point),
        }
    }

    /// Whether this is a log in which a link between the two counts.
    fn may_link(&self, subject: SubjectId, point: ContactPointId) -> bool {
        [Aggregate::Subject(subject), Aggregate::Point(point)].contains(&self.log.aggregate)
    }

    /// A restriction in the log of a contact point covers that point and no other.
    fn own_scope(&self, scope: Scope) -> Scope {
        match self.log.aggregate {
            Aggregate::Point(point) => Scope { point: Some(point), ..scope },
            Aggregate::Subject(_) => scope,
        }
    }

    fn keep_restriction(&mut self, restriction: &Restriction, fact: &Fact) {
        let key = RestrictionKey {
            reason: restriction.reason,
            by: fact.actor.kind(),
            scope: self.own_scope(restriction.scope),
        };
        let new = group(key, restriction, fact, reporters(fact.actor));
        let place = |group: &Group| group.key.cmp(&key).then_with(|| group.unmerges.cmp(&new.unmerges));
        match self.groups.binary_search_by(place) {
            Err(at) => self.groups.insert(at, new),
            Ok(at) => {
                if let Some(own) = self.groups.get_mut(at) {
                    own.join(&new);
                }
            }
        }
    }

    fn keep_grant(&mut self, grant: &Arc<Grant>, fact: &Fact) {
        if grant.attempted {
            return;
        }
        let at = fact.at();
        let key = (grant.cell, grant.strength);
        let dated = fact.captured_at.is_some();
        let kept = KeptGrant { grant: Arc::clone(grant), seq: fact.position.seq, at, dated };
        replace(&mut self.grants, &key, |kept| (kept.grant.cell, kept.grant.strength), kept);
        let seq = fact.position.seq;
        let new = GrantSpan { cell: grant.cell, first: at, last: at, last_of: seq };
        if let Some(span) = slot(&mut self.spans, &grant.cell, |span| span.cell, || new) {
            span.first = span.first.min(at);
            (span.last, span.last_of) = (span.last, span.last_of).max((at, seq));
        }
    }

    fn keep_request(&mut self, request: &Arc<Request>, fact: &Fact) {
        let (seq, at, dated) = (fact.position.seq, fact.at(), fact.captured_at.is_some());
        let kept = KeptRequest { request: Arc::clone(request), seq, at, dated };
        replace(&mut self.requests, &request.cell, |kept| kept.request.cell, kept);
    }

    /// Keeps the latest of the instants at which a confirmation was asked for at this contact point.
    fn keep_asked(&mut self, recorded: Timestamp) {
        if matches!(self.log.aggregate, Aggregate::Subject(_)) {
            return;
        }
        let at = self.asked.partition_point(|own| *own <= recorded);
        self.asked.insert(at, recorded);
        if self.asked.len() > Limits::MAX_REQUESTS {
            self.asked.remove(0);
        }
    }

    fn keep_ending(&mut self, cause: EndCause, ended: &Revocation, fact: &Fact) {
        let scope = self.own_scope(ended.scope);
        let (at, seq) = (fact.at(), fact.position.seq);
        let key = (scope, cause, &ended.unmerges);
        let place = |own: &Ending| (own.scope, own.cause, &own.unmerges).cmp(&key);
        let found = self.endings.binary_search_by(place);
        if let Err(gap) = found {
            let (view, unmerges) = (JoinedSight::new(&ended.view, seq), ended.unmerges.clone());
            self.endings.insert(gap, Ending { scope, cause, unmerges, at, at_of: seq, view, seq });
        }
        if let Ok(own) = found
            && let Some(own) = self.endings.get_mut(own)
        {
            (own.at, own.at_of) = (own.at, own.at_of).max((at, seq));
            own.view.join(&ended.view, seq);
            own.seq = seq;
        }
    }

    fn keep_clear(&mut self, named: &Named, by: Seq, counts: bool) {
        if !counts {
            return;
        }
        let kept = Cleared { log: named.log, key: named.key, upto: named.upto, by };
        let key = (named.log, named.key);
        if let Some(own) = slot(&mut self.clears, &key, |kept| (kept.log, kept.key), || kept) {
            (own.upto, own.by) = (own.upto, own.by).max((named.upto, by));
        }
    }

    fn keep_contest(&mut self, alias: IndexKey, owner: SubjectId, ends: &ViewToken, by: Seq) {
        let new = || KeptContest { alias, owner, ends: JoinedSight::new(ends, by) };
        let key = (alias, owner);
        if let Some(own) = slot(&mut self.contests, &key, |kept| (kept.alias, kept.owner), new) {
            own.ends.join(ends, by);
        }
    }

    fn keep_unmerge(&mut self, with: SubjectId, ends: &ViewToken, seq: Seq) {
        let new = || KeptUnmerge { with, ends: JoinedSight::new(ends, seq), seq };
        if let Some(own) = slot(&mut self.unmerges, &with, |kept| kept.with, new) {
            own.ends.join(ends, seq);
            own.seq = seq;
        }
    }

    fn keep_description(&mut self, kept: KeptDescription) {
        let key = (kept.what.point(), kept.unmerges.clone());
        replace(&mut self.descriptions, &key, |kept| (kept.what.point(), kept.unmerges.clone()), kept);
    }

    fn keep_reassign(&mut self, fact: &Reassign, at: Timestamp, seq: Seq) {
        let Reassign { point, from, to, ref view } = *fact;
        let at = (at, seq);
        let new = || KeptReassign { point, from, to, first: at, at, view: JoinedSight::new(view, seq), seq };
        let key = (point, from, to);
        if let Some(own) = slot(&mut self.reassigns, &key, |kept| (kept.point, kept.from, kept.to), new) {
            own.first = own.first.min(at);
            own.at = own.at.max(at);
            own.view.join(view, seq);
            own.seq = seq;
        }
    }
}

/// Puts `item` in the place of the one with its key, or adds it.
fn replace<T, K: Ord>(items: &mut Vec<T>, key: &K, of: impl Fn(&T) -> K, item: T) {
    match items.binary_search_by(|own| of(own).cmp(key)) {
        Err(at) => items.insert(at, item),
        Ok(at) => {
            if let Some(own) = items.get_mut(at) {
                *own = item;
            }
        }
    }
}

fn reporters(actor: RecordedActor) -> Reporters {
    actor.system().map_or(Reporters::Nobody, Reporters::One)
}

fn group(key: RestrictionKey, restriction: &Restriction, fact: &Fact, reporters: Reporters) -> Group {
    Group {
        key,
        last: fact.position.seq,
        at: fact.at(),
        at_of: fact.position.seq,
        recorded: fact.recorded_at,
        unmerges: restriction.unmerges.clone(),
        until: restriction.until.filter(|_| key.reason.may_end()),
        until_of: fact.position.seq,
        reporters,
    }
}

impl Group {
    /// Takes in a later restriction of the same key and log.
    fn join(&mut self, later: &Self) {
        self.last = later.last;
        (self.at, self.at_of) = (self.at, self.at_of).max((later.at, later.at_of));
        self.recorded = self.recorded.max(later.recorded);
        self.reporters = self.reporters.join(later.reporters);
        let open = |until: Option<Timestamp>| until.map_or((1, Timestamp::MIN), |until| (0, until));
        if open(later.until) >= open(self.until) {
            self.until = later.until;
            self.until_of = later.until_of;
        }
    }
}
