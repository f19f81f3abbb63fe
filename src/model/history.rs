//! What the facts say, question by question: the clock, logs, addresses, restrictions, grants, requests.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::identity::{Records, record};
use super::{Asked, Case, Given, Group, Model};
use crate::RestrictionReason as R;
use crate::*;

/// The four reasons that a grant can name.
pub(super) fn is_consent_reason(reason: R) -> bool {
    matches!(reason, R::OptOut | R::Objection | R::Complaint | R::Erasure)
}

/// R5, R16: whether one of `list` has the log and key of a group, up to its last position at least.
pub(super) fn names(list: &[Named], group: &Named) -> bool {
    list.iter().any(|own| own.log == group.log && own.key == group.key && own.upto >= group.upto)
}

/// R1, R11, R15: whether a revocation, lapse or reassignment, with its token, comes late enough to end a
/// grant.
fn ends(ending: &Fact, view: &ViewToken, grant: &Fact) -> bool {
    grant.captured_at.is_none() || grant.at() <= ending.at() || view.covers(grant.position)
}

/// R6: a scope as it counts in a log: at a contact point, for that point and no other.
fn local(scope: Scope, log: LogId) -> Scope {
    match log.aggregate {
        Aggregate::Point(home) => Scope { point: Some(home), ..scope },
        Aggregate::Subject(_) => scope,
    }
}

impl Model<'_> {
    /// R2: effective now, and the floor if the clock jumped.
    pub(super) fn clock(&self, now: Timestamp) -> (Timestamp, Option<Timestamp>) {
        match self.facts.iter().map(|fact| fact.recorded_at).max() {
            Some(floor) if !self.frozen && floor > now.saturating_add(self.policy.skew()) => {
                (now, Some(floor))
            }
            Some(floor) if !self.frozen => (now.max(floor), None),
            _ => (now, None),
        }
    }

    /// R17: the facts in the logs of the subjects of the view.
    fn own(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(|fact| record(fact).is_some_and(|id| self.subject.ids.contains(&id)))
    }

    /// R17: the facts in the logs of one record.
    fn of(&self, id: SubjectId) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(move |fact| record(fact) == Some(id))
    }

    /// R17: the facts that link a subject and a contact point, in a log of either.
    fn links(&self, point: ContactPointId) -> impl Iterator<Item = (&Fact, SubjectId)> {
        self.facts.iter().filter_map(move |fact| match fact.kind {
            FactKind::Attach { subject, point: at, .. } | FactKind::Verify { subject, point: at } => {
                let logs = [Aggregate::Subject(subject), Aggregate::Point(at)];
                (at == point && logs.contains(&fact.position.log.aggregate)).then_some((fact, subject))
            }
            _ => None,
        })
    }

    /// R17: the attaches of a contact point.
    fn attaches(&self, point: ContactPointId) -> impl Iterator<Item = (&Fact, SubjectId, PointKind)> {
        self.links(point).filter_map(|(fact, subject)| match fact.kind {
            FactKind::Attach { point_kind, .. } => Some((fact, subject, point_kind)),
            _ => None,
        })
    }

    /// R17: the facts in the logs of a contact point.
    fn there(&self, point: ContactPointId) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(move |fact| fact.position.log.aggregate == Aggregate::Point(point))
    }

    /// A purpose and its ancestors, nearest first; empty for an unknown purpose.
    pub(super) fn line(&self, id: PurposeId) -> Vec<&Purpose> {
        let (mut line, mut next) = (Vec::new(), self.policy.catalogue().find(id));
        while let Some(purpose) = next {
            line.push(purpose);
            next = purpose.parent().and_then(|above| self.policy.catalogue().find(above));
        }
        line
    }

    /// R7: whether the catalogue knows a channel.
    pub(super) fn knows(&self, channel: Option<Channel>) -> bool {
        match channel {
            Some(Channel::Other(name)) => self.policy.catalogue().other_channels().contains(&name),
            _ => true,
        }
    }

    /// R12, R39: a point, and every point it came to replace through any chain, for this person or their kin.
    fn origins(&self, point: ContactPointId) -> BTreeSet<ContactPointId> {
        let (mut found, kin) = (BTreeSet::from([point]), self.kin());
        for _ in &self.facts {
            for fact in &self.facts {
                if let FactKind::Replace { subject, old, new } = fact.kind
                    && record(fact) == Some(subject)
                    && kin.contains(&subject)
                    && found.contains(&new)
                {
                    found.insert(old);
                }
            }
        }
        found
    }

    /// R6, R7, R12: whether all that was stated lies inside `scope`, in `log`. A scope covers a cell if the
    /// statement of just that cell lies inside it.
    pub(super) fn inside(&self, stated: &Stated, log: LogId, scope: &Scope) -> bool {
        let purpose = match (scope.purpose, stated.purpose) {
            (PurposeScope::All, _) => true,
            (PurposeScope::Subtree(of), _) if self.policy.catalogue().find(of).is_none() => true,
            (PurposeScope::Subtree(_), Breadth::All) => false,
            (PurposeScope::Subtree(of), Breadth::Subtree(id) | Breadth::Exactly(id)) => {
                self.line(id).iter().any(|above| above.id() == of)
            }
        };
        let channel =
            scope.channel.is_none() || !self.knows(scope.channel) || scope.channel == stated.channel;
        let point = local(*scope, log)
            .point
            .is_none_or(|home| stated.point.is_some_and(|point| self.origins(point).contains(&home)));
        purpose && channel && point
    }

    /// R11: the reassignments of a point.
    fn reassignments(&self, point: ContactPointId) -> impl Iterator<Item = (&Fact, &Reassign)> {
        self.there(point).filter_map(move |fact| match &fact.kind {
            FactKind::Reassign(own) if own.point == point => Some((fact, own)),
            _ => None,
        })
    }

    /// R11: when a point last went from a subject to somebody else.
    fn left(&self, id: SubjectId, point: ContactPointId) -> Option<Timestamp> {
        self.reassignments(point).filter(|(_, own)| own.from == id).map(|(fact, _)| fact.at()).max()
    }

    /// R11: to whom a point was ever given, and when: attached or reassigned to them.
    fn given(&self, point: ContactPointId) -> Vec<(SubjectId, Timestamp)> {
        let attached = self.attaches(point).map(|(fact, subject, _)| (subject, fact.at()));
        let reassigned = self.reassignments(point).filter_map(|(fact, own)| Some((own.to?, fact.at())));
        attached.chain(reassigned).collect()
    }

    /// R11: whether a point belongs to the person.
    pub(super) fn holds(&self, point: ContactPointId) -> bool {
        self.records().into_iter().any(|id| self.record_holds(id, point))
    }

    /// R11: whether a point belongs to one record.
    fn record_holds(&self, id: SubjectId, point: ContactPointId) -> bool {
        self.given(point).iter().any(|(own, at)| *own == id && Some(*at) > self.left(id, point))
    }

    /// R39: whether a record holds a point, and proved it where the purpose asks for that.
    pub(super) fn may_use(&self, id: SubjectId, point: ContactPointId, purpose: &Purpose) -> bool {
        self.record_holds(id, point) && (!purpose.is_verified_only() || self.is_verified(id, point))
    }

    /// R11: whether somebody else holds a point, where a tie counts as holding.
    pub(super) fn is_shared(&self, point: ContactPointId) -> bool {
        let own = |id: &SubjectId| self.subject.ids.contains(id);
        self.given(point).iter().any(|(id, at)| !own(id) && Some(*at) >= self.left(*id, point))
    }

    /// Whether a record proved to hold a point, after it last went from it.
    fn is_verified(&self, id: SubjectId, point: ContactPointId) -> bool {
        self.links(point).any(|(fact, own)| {
            let verified = matches!(fact.kind, FactKind::Verify { .. }) && own == id;
            verified && Some(fact.at()) > self.left(id, point)
        })
    }

    /// R11, R39: whether the kind of a point serves a channel in every record: that of its own latest attach, or else
    /// of the latest in the log of the point.
    pub(super) fn serves(&self, point: ContactPointId, channel: Channel) -> bool {
        let known = |id| {
            let at_home = |fact: &Fact| fact.position.log.aggregate == Aggregate::Point(point);
            let all = self.attaches(point).filter(move |(fact, own, _)| *own == id || at_home(fact));
            all.max_by_key(|(fact, own, _)| (*own == id, fact.at(), fact.position))
        };
        self.kin().into_iter().all(|id| known(id).is_some_and(|(.., kind)| channel.is_served_by(kind)))
    }

    /// R4, R38: the groups that count for the person, in the order of log and key.
    fn groups(&self) -> Vec<Group> {
        let mut groups: BTreeMap<(LogId, RestrictionKey, &ViewToken), Group> = BTreeMap::new();
        for fact in &self.facts {
            let FactKind::Restriction(own) = &fact.kind else { continue };
            if !self.counts(fact.position.log, &own.unmerges) {
                continue;
            }
            let reached = self.reached(fact.position.log, &own.unmerges);
            let scope = local(own.scope, fact.position.log);
            let key = RestrictionKey { reason: own.reason, by: fact.actor.kind(), scope };
            let named = Named { log: fact.position.log, key, upto: fact.position.seq };
            let end = own.until.filter(|_| !is_consent_reason(own.reason));
            let first = Group { named, reached, at: fact.at(), end, recorded: fact.recorded_at };
            let group = groups.entry((named.log, key, &own.unmerges)).or_insert(first);
            group.named.upto = group.named.upto.max(named.upto);
            group.at = group.at.max(fact.at());
            group.end = group.end.zip(end).map(|(one, other)| one.max(other));
            group.recorded = group.recorded.max(fact.recorded_at);
        }
        groups.into_values().collect()
    }

    /// R4, R5, R11: whether a group stands at `t`: it has not ended, and nobody cleared, resumed or
    /// relieved it.
    fn stands(&self, group: &Group, t: Timestamp) -> bool {
        let key = group.named.key;
        let clears = key.reason == R::Complaint || !is_consent_reason(key.reason);
        let there = |fact: &&Fact| fact.position.log.aggregate == group.named.log.aggregate;
        let cleared = self.facts.iter().filter(there).any(|fact| match fact.kind {
            FactKind::Clear(own) => clears && names(&[own], &group.named),
            FactKind::Resume(own) => key.reason == R::Pause && names(&[own], &group.named),
            _ => false,
        });
        group.end.is_none_or(|end| t < end) && !cleared && !self.is_relieved(group)
    }

    /// R11, R39: whether reassignments relieve every record of the person, and their kin, of a group.
    fn is_relieved(&self, group: &Group) -> bool {
        let last = group.named.log.at(group.named.upto);
        let Aggregate::Point(point) = last.log.aggregate else { return false };
        let relieves = |id| {
            let mut all = self.reassignments(point);
            let had = |(holder, at): &(SubjectId, Timestamp)| *holder == id && *at <= group.at;
            let held_before = self.left(id, point).is_some() || self.given(point).iter().any(had);
            !held_before && all.any(|(_, own)| own.to == Some(id) && own.view.covers(last))
        };
        !self.subject.ids.is_empty() && self.kin().into_iter().all(relieves)
    }

    /// R8, R9, R10 and the table of the design: whether a restriction that covers a purpose applies to it.
    fn applies(
        &self,
        named: &Named,
        purpose: &Purpose,
        basis: LawfulBasis,
        held: bool,
        served: bool,
    ) -> bool {
        use LawfulBasis::{Consent, Contract, LegalObligation, LegitimateInterests, PublicTask, SoftOptIn};
        let class = purpose.class();
        let promotes = matches!(class, PurposeClass::Marketing | PurposeClass::Relationship);
        let at_point = matches!(named.log.aggregate, Aggregate::Point(_));
        let line = self.line(purpose.id());
        let of = line.iter().find(|above| named.key.scope.purpose == PurposeScope::Subtree(above.id()));
        match named.key.reason {
            R::OptOut if promotes => true,
            R::OptOut if held || served => false,
            R::OptOut if class == PurposeClass::Processing => basis == Consent,
            R::OptOut => match purpose.opt_out() {
                OptOutRule::Allowed => true,
                OptOutRule::ByName => of.is_some_and(|of| of.class() == class),
                OptOutRule::Refused => false,
            },
            R::Objection if class == PurposeClass::Marketing => true,
            R::Objection => matches!(basis, LegitimateInterests | PublicTask | SoftOptIn),
            R::Complaint | R::Register | R::Pause => promotes,
            R::Bounce | R::InvalidAddress => !served,
            R::Erasure if at_point && class == PurposeClass::Processing => {
                !matches!(basis, Contract | LegalObligation)
            }
            R::Erasure => promotes || !at_point,
            R::Legal | R::OperatorBlock | R::Invalidation => true,
            R::Interim => of.is_some() || class == PurposeClass::Marketing,
        }
    }

    /// R41: whether the person is of a kind, and if so, whether a fact says it.
    pub(super) fn is_a(&self, kind: SubjectKind) -> Option<bool> {
        let described = self.described_kind().unwrap_or_default();
        (kind == described.max(self.subject.kind)).then_some(kind == described)
    }

    /// R41: whether a point is a role address, and if so, whether a fact says it.
    pub(super) fn is_role(&self, point: ContactPointId) -> Option<bool> {
        let described = self.described_role(point);
        (described || self.subject.role_addresses.contains(&point)).then_some(described)
    }

    /// R21, R39: the basis of a purpose for one record, and whether a hold gives it.
    fn basis(&self, id: SubjectId, purpose: &Purpose) -> (LawfulBasis, bool) {
        let promotes = matches!(purpose.class(), PurposeClass::Marketing | PurposeClass::Relationship);
        if !promotes && self.is_held(id, purpose.id()) {
            return (LawfulBasis::LegalObligation, true);
        }
        (self.recorded_basis(id, purpose.id()).unwrap_or(purpose.basis()), false)
    }

    /// R39: the basis by which it is judged whether consent is asked.
    fn basis_of_case(&self, cell: Cell, purpose: &Purpose) -> LawfulBasis {
        let mut users = self.records();
        if let Some(point) = cell.point.filter(|_| self.has_kin()) {
            users.retain(|id| self.may_use(*id, point, purpose));
        }
        let all = if users.is_empty() { self.records() } else { users };
        let bases = all.into_iter().map(|id| self.basis(id, purpose).0);
        bases.max_by_key(|basis| basis.restrictiveness()).unwrap_or(purpose.basis())
    }

    /// R21: whether a hold on a purpose stands, in the log of a record.
    fn is_held(&self, record: SubjectId, id: PurposeId) -> bool {
        let released = |hold: &Fact| {
            self.facts.iter().any(|fact| match fact.kind {
                FactKind::Release(own) => {
                    let there = fact.position.log.aggregate == own.log.aggregate;
                    there
                        && own.purpose == id
                        && own.log == hold.position.log
                        && own.upto >= hold.position.seq
                }
                _ => false,
            })
        };
        self.of(record)
            .any(|fact| matches!(fact.kind, FactKind::Hold(own) if own.purpose == id) && !released(fact))
    }

    /// R21: the basis recorded for a record: the most restrictive of the last of each log.
    fn recorded_basis(&self, record: SubjectId, id: PurposeId) -> Option<LawfulBasis> {
        let mut last = BTreeMap::new();
        for fact in self.of(record) {
            match fact.kind {
                FactKind::Basis { purpose, basis } if purpose == id => last.insert(fact.position.log, basis),
                _ => None,
            };
        }
        last.into_values().min_by_key(|basis| basis.restrictiveness())
    }

    /// R7, R13: the accepted grants of a cell, in any log.
    fn grants(&self, cell: Cell) -> impl Iterator<Item = (&Fact, &Grant)> {
        let grants = self.facts.iter().filter_map(|fact| Some((fact, &**fact.kind.grant()?)));
        grants.filter(move |(_, own)| own.cell == cell && !own.attempted && self.knows(cell.channel))
    }

    /// R17, R39: the accepted grants of a cell that count for the person.
    fn accepted(&self, purpose: &Purpose, cell: Cell) -> Vec<(&Fact, &Grant)> {
        let usable = |id| {
            let point = cell.point.filter(|_| self.has_kin());
            point.is_none_or(|point| self.may_use(id, point, purpose))
        };
        let own = |fact| record(fact).is_some_and(|id| self.subject.ids.contains(&id) && usable(id));
        self.grants(cell).filter(|(fact, _)| own(fact)).collect()
    }

    /// R19, R20, R39: the accepted grants that touch a cell and answer requests for it, also those of kin.
    fn touching(&self, cell: Cell) -> Vec<&Fact> {
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
    fn counted(&self, purpose: &Purpose, cell: Cell) -> Vec<Given<'_>> {
        let mut last = BTreeMap::new();
        for (fact, grant) in self.accepted(purpose, cell) {
            last.insert((fact.position.log, grant.strength), (fact, grant));
        }
        let given = |(fact, grant): (_, _)| self.weigh(purpose, fact, grant);
        last.into_values().map(given).collect()
    }

    /// R14, and the orders of R18 and R22.
    fn weigh<'m>(&self, purpose: &Purpose, fact: &'m Fact, grant: &'m Grant) -> Given<'m> {
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
    fn is_reassigned(&self, cell: Cell, given: &Fact) -> bool {
        cell.point.is_some_and(|point| {
            self.reassignments(point).any(|(by, own)| {
                Aggregate::Subject(own.from) == given.position.log.aggregate && ends(by, &own.view, given)
            })
        })
    }

    /// R15, R19: what ends a grant or request of a cell: [`None`] for a revocation, the cause for a lapse. Those of one
    /// scope and cause in one log, that knew of the same unmerges, count as one. What had run out by then is ended by nothing.
    fn endings(&self, cell: Cell, ended: &Fact, until: Option<Timestamp>) -> Vec<Option<LapseCause>> {
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
    fn asked(&self, cell: Cell, killers: &[Group], t: Timestamp) -> Asked {
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

    /// Everything about a cell, for a purpose of the catalogue.
    pub(super) fn case(&self, cell: Cell, direction: Direction, now: Timestamp) -> Option<Case<'_>> {
        let purpose = self.policy.catalogue().find(cell.purpose)?;
        let (class, t) = (purpose.class(), self.clock(now).0);
        let promotes = matches!(class, PurposeClass::Marketing | PurposeClass::Relationship);
        let contact = !promotes && class != PurposeClass::Processing;
        let served = contact && direction == Direction::Inbound;
        let basis = self.basis_of_case(cell, purpose);
        let bases = |reached: &Records| match reached.is_empty() {
            true => alloc::vec![(purpose.basis(), false)],
            false => reached.iter().map(|id| self.basis(*id, purpose)).collect(),
        };
        let mut applying = self.groups();
        let reaches = |group: &Group, served| {
            let Named { log, key, .. } = group.named;
            let applies = |(basis, held)| self.applies(&group.named, purpose, basis, held, served);
            self.inside(&Stated::cell(cell), log, &key.scope)
                && bases(&group.reached).into_iter().any(applies)
        };
        let mut killers = applying.clone();
        killers.retain(|group| reaches(group, false) && !self.is_relieved(group));
        applying.retain(|group| self.stands(group, t) && reaches(group, served));
        let request = self.asked(cell, &killers, t);
        let (accepted, counted) = (self.accepted(purpose, cell), self.counted(purpose, cell));
        Some(Case { t, cell, purpose, promotes, served, basis, applying, accepted, counted, request })
    }
}
