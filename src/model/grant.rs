//! Which grants and requests count, and what became of the others.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::identity::record;
use super::restriction::{local, names};
use super::{Asked, Given, Group, Model};
use crate::RestrictionReason as R;
use crate::*;

/// R1, R11, R15: whether a revocation, lapse or reassignment, with its token, comes late enough to end a
/// grant.
pub(super) fn ends(ending: &Fact, view: &ViewToken, grant: &Fact) -> bool {
    grant.captured_at.is_none() || grant.at() <= ending.at() || view.covers(grant.position)
}

impl Model<'_> {
    /// R7, R13: the accepted grants of a cell, in any log.
    pub(super) fn grants(&self, cell: Cell) -> impl Iterator<Item = (&Fact, &Grant)> {
        let grants = self.facts.iter().filter_map(|fact| Some((fact, &**fact.kind.grant()?)));
        grants.filter(move |(_, own)| own.cell == cell && !own.attempted && self.knows(cell.channel))
    }

    /// R17, R39: the accepted grants of a cell that count for the person.
    pub(super) fn accepted(&self, purpose: &Purpose, cell: Cell) -> Vec<(&Fact, &Grant)> {
        let usable = |id| {
            let point = cell.point.filter(|_| self.has_kin());
            point.is_none_or(|point| self.may_use(id, point, purpose))
        };
        let own = |fact| record(fact).is_some_and(|id| self.subject.ids.contains(&id) && usable(id));
        self.grants(cell).filter(|(fact, _)| own(fact)).collect()
    }

    /// R19, R20, R39: the accepted grants that touch a cell and answer requests for it, also those of kin.
    pub(super) fn touching(&self, cell: Cell) -> Vec<&Fact> {
        let kin = self.kin();
        let all = self.grants(cell).map(|(fact, _)| fact);
        all.filter(|fact| record(fact).is_some_and(|id| kin.contains(&id))).collect()
    }

    /// R20, R39: whether anything touched a cell.
    pub(super) fn is_touched(&self, cell: Cell) -> bool {
        let kin = self.kin();
        let asked = |fact: &Fact| {
            let asks = matches!(&fact.kind, FactKind::Request(own) if own.cell == cell);
            asks && record(fact).is_some_and(|id| kin.contains(&id))
        };
        !self.touching(cell).is_empty()
            || self.facts.iter().any(asked)
            || self.covering(cell).next().is_some()
    }

    /// R13: of each log and strength, the accepted grant of the highest position.
    pub(super) fn counted(&self, purpose: &Purpose, cell: Cell) -> Vec<Given<'_>> {
        let mut last = BTreeMap::new();
        for (fact, grant) in self.accepted(purpose, cell) {
            last.insert((fact.position.log, grant.strength), (fact, grant));
        }
        let given = |(fact, grant): (_, _)| self.weigh(purpose, fact, grant);
        last.into_values().map(given).collect()
    }

    /// R14, and the orders of R18 and R22.
    pub(super) fn weigh<'m>(&self, purpose: &Purpose, fact: &'m Fact, grant: &'m Grant) -> Given<'m> {
        let need = purpose.evidence();
        let end = purpose.validity().map(|validity| fact.at().checked_add(validity).unwrap_or(fact.at()));
        let window = end.map_or(grant.window, |end| grant.window.ending_by(end));
        let endings = self.endings(grant.cell, fact, window.until());
        let reassigned = self.is_reassigned(grant.cell, fact);
        let lapsed = endings.iter().copied().flatten().min().map(|cause| match cause {
            LapseCause::GrantLapsed => ExpiryCause::GrantLapsed,
            LapseCause::Inactivity => ExpiryCause::Inactivity,
            LapseCause::NoticeSuperseded => ExpiryCause::NoticeSuperseded,
        });
        let shown =
            |need: NoticeNeed| grant.notice.is_some_and(|own| own.id == need.id && own.version >= need.since);
        let of_age = |least| grant.by == ActorKind::Guardian || grant.age.is_some_and(|age| age >= least);
        let flaws = [
            (!self.heads.includes(&grant.read), Reason::ViewIncomplete, None),
            (endings.contains(&None), Reason::ConsentRevoked, Some(ExpiryCause::Revoked)),
            (reassigned, Reason::ConsentRevoked, Some(ExpiryCause::Reassigned)),
            (lapsed.is_some(), Reason::ConsentExpired, lapsed),
            (!need.notice.is_none_or(shown), Reason::NoticeSuperseded, Some(ExpiryCause::NoticeSuperseded)),
            (
                grant.strength < need.strength,
                Reason::EvidenceInsufficient,
                Some(ExpiryCause::EvidenceSuperseded),
            ),
            (!need.minimum_age.is_none_or(of_age), Reason::Minor, Some(ExpiryCause::EvidenceSuperseded)),
        ];
        let flaw = flaws.into_iter().find(|(failed, ..)| *failed).map(|(_, reason, cause)| (reason, cause));
        Given { fact, grant, window, flaw }
    }

    /// R15, R17: the revocations and lapses that cover a cell.
    pub(super) fn covering(
        &self,
        cell: Cell,
    ) -> impl Iterator<Item = (&Fact, &Revocation, Option<LapseCause>)> {
        let all = self.facts.iter().filter_map(|fact| match &fact.kind {
            FactKind::Revocation(own) => Some((fact, own, None)),
            FactKind::Lapsed { cause, ended } => Some((fact, ended, Some(*cause))),
            _ => None,
        });
        all.filter(move |(fact, own, _)| {
            let there = local(own.scope, fact.position.log).point;
            there.is_none_or(|point| cell.point == Some(point))
                && self.inside(&Stated::cell(cell), fact.position.log, &own.scope)
                && self.counts(fact.position.log, &own.unmerges)
        })
    }

    /// R11: whether the old holder of a cell's contact point gave a grant or made a request before it went.
    pub(super) fn is_reassigned(&self, cell: Cell, given: &Fact) -> bool {
        cell.point.is_some_and(|point| {
            self.reassignments(point).any(|(by, own)| {
                Aggregate::Subject(own.from) == given.position.log.aggregate && ends(by, &own.view, given)
            })
        })
    }

    /// R15, R19: what ends a grant or request of a cell: [`None`] for a revocation, the cause for a lapse. Those of one
    /// scope and cause in one log, that knew of the same unmerges, count as one. What had run out by then is ended by nothing.
    pub(super) fn endings(
        &self,
        cell: Cell,
        ended: &Fact,
        until: Option<Timestamp>,
    ) -> Vec<Option<LapseCause>> {
        let mut joined: BTreeMap<_, (Timestamp, bool)> = BTreeMap::new();
        for (fact, own, cause) in self.covering(cell) {
            let key = (fact.position.log, local(own.scope, fact.position.log), cause, &own.unmerges);
            let (at, ends_it) = joined.entry(key).or_insert((fact.at(), false));
            *at = fact.at().max(*at);
            *ends_it |= ends(fact, &own.view, ended);
        }
        let in_time = |at: Timestamp| until.is_none_or(|until| at < until);
        let late = joined.into_iter().filter(|(_, (at, ends_it))| *ends_it && in_time(*at));
        late.map(|((.., cause, _), _)| cause).collect()
    }

    /// R19: the requests of a cell, in any log of the person.
    pub(super) fn requests(&self, cell: Cell) -> impl Iterator<Item = (&Fact, &Request)> {
        self.own().filter_map(move |fact| match &fact.kind {
            FactKind::Request(own) if own.cell == cell => Some((fact, &**own)),
            _ => None,
        })
    }

    /// R19: where the request of a cell stands, of those in view the one that counts.
    pub(super) fn asked(&self, cell: Cell, killers: &[Group], t: Timestamp) -> Asked {
        let last: BTreeMap<_, _> = self.requests(cell).map(|own| (own.0.position.log, own)).collect();
        let Some((fact, request)) = last.into_values().max_by_key(|(fact, _)| (fact.at(), fact.position))
        else {
            return Asked::Dead;
        };
        let endings = self.endings(cell, fact, Some(request.expires));
        let kills = |group: &Group| {
            matches!(group.named.key.reason, R::OptOut | R::Erasure | R::Invalidation)
                && !(names(&request.seen, &group.named) && fact.at() > group.at)
        };
        if self.touching(cell).iter().any(|grant| grant.at() >= fact.at()) {
            Asked::Dead
        } else if endings.iter().any(Option::is_some) {
            Asked::Lapsed
        } else if endings.contains(&None) || self.is_reassigned(cell, fact) || killers.iter().any(kills) {
            Asked::Dead
        } else if t < request.expires {
            Asked::Alive(PendingRequest { id: request.id, expires: request.expires })
        } else {
            Asked::Lapsed
        }
    }
}
