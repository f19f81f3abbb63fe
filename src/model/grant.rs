//! Which grants count, and what became of the others.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::Model;
use super::identity::record;
use super::scope::local;
use crate::*;

/// A counted grant: its window, cut (R14), and what else keeps it from being effective (R22), with the cause (R18).
pub(super) struct Given<'m> {
    pub(super) fact: &'m Fact,
    pub(super) grant: &'m Grant,
    pub(super) window: Interval,
    pub(super) flaw: Option<(Reason, Option<ExpiryCause>)>,
}

/// A revocation, or a lapse with its cause.
type Ending<'m> = (&'m Fact, &'m Revocation, Option<LapseCause>);

/// R1, R11, R15: whether a revocation, lapse or reassignment, with its token, comes late enough to end a grant.
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

    /// R13: of each log and strength, the accepted grant of the highest position.
    pub(super) fn counted(&self, purpose: &Purpose, cell: Cell) -> Vec<Given<'_>> {
        let mut last = BTreeMap::new();
        for (fact, grant) in self.accepted(purpose, cell) {
            last.insert((fact.position.log, grant.strength), (fact, grant));
        }
        last.into_values().map(|(fact, grant)| self.weigh(purpose, fact, grant)).collect()
    }

    /// R14, and the orders of R18 and R22.
    pub(super) fn weigh<'m>(&self, purpose: &Purpose, fact: &'m Fact, grant: &'m Grant) -> Given<'m> {
        use ExpiryCause::{EvidenceSuperseded, NoticeSuperseded, Reassigned, Revoked};
        let need = purpose.evidence();
        let end = purpose.validity().map(|validity| fact.at().checked_add(validity).unwrap_or(fact.at()));
        let window = end.map_or(grant.window, |end| grant.window.ending_by(end));
        let endings = self.endings(grant.cell, fact, window.until());
        let lapsed = endings.iter().copied().flatten().min().map(ExpiryCause::from);
        let shown =
            |need: NoticeNeed| grant.notice.is_some_and(|own| own.id == need.id && own.version >= need.since);
        let of_age = |least| grant.by == ActorKind::Guardian || grant.age.is_some_and(|age| age >= least);
        let flaws = [
            (!self.heads.includes(&grant.read), Reason::ViewIncomplete, None),
            (endings.contains(&None), Reason::ConsentRevoked, Some(Revoked)),
            (self.is_reassigned(grant.cell, fact), Reason::ConsentRevoked, Some(Reassigned)),
            (lapsed.is_some(), Reason::ConsentExpired, lapsed),
            (!need.notice.is_none_or(shown), Reason::NoticeSuperseded, Some(NoticeSuperseded)),
            (grant.strength < need.strength, Reason::EvidenceInsufficient, Some(EvidenceSuperseded)),
            (!need.minimum_age.is_none_or(of_age), Reason::Minor, Some(EvidenceSuperseded)),
        ];
        let flaw = flaws.into_iter().find(|(failed, ..)| *failed).map(|(_, reason, cause)| (reason, cause));
        Given { fact, grant, window, flaw }
    }

    /// R15, R17: the revocations and lapses that cover a cell.
    pub(super) fn covering(&self, cell: Cell) -> impl Iterator<Item = Ending<'_>> {
        let all = self.facts.iter().filter_map(|fact| match &fact.kind {
            FactKind::Revocation(own) => Some((fact, own, None)),
            FactKind::Lapsed { cause, ended } => Some((fact, ended, Some(*cause))),
            _ => None,
        });
        all.filter(move |(fact, own, _)| {
            let scope = local(own.scope, fact.position.log);
            scope.point.is_none_or(|point| cell.point == Some(point))
                && self.inside(&Stated::cell(cell), &scope)
                && self.counts(fact.position.log, &own.unmerges)
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
            let log = fact.position.log;
            let key = (log, local(own.scope, log), cause, &own.unmerges);
            let (at, ends_it) = joined.entry(key).or_insert((fact.at(), false));
            *at = fact.at().max(*at);
            *ends_it |= ends(fact, &own.view, ended);
        }
        let in_time = |at: Timestamp| until.is_none_or(|until| at < until);
        let late = joined.into_iter().filter(|(_, (at, ends_it))| *ends_it && in_time(*at));
        late.map(|((.., cause, _), _)| cause).collect()
    }
}
