//! Several people over one set of facts, each seen as a host would load them.

use std::collections::BTreeSet;

use consent_engine::*;

use crate::support::*;

pub(crate) const ADA: SubjectId = SubjectId::from_u128(0xa);
pub(crate) const BOB: SubjectId = SubjectId::from_u128(0xb);
pub(crate) const EVE: SubjectId = SubjectId::from_u128(0xe);

/// What a host loads for a person: their own logs, those of all that was ever merged with them through any chain, and
/// those of every contact point.
pub(crate) fn loaded(ids: &[SubjectId], facts: &[Fact]) -> Vec<Fact> {
    let mut kin: BTreeSet<_> = ids.iter().copied().collect();
    loop {
        let before = kin.len();
        for fact in facts {
            if let (Aggregate::Subject(own), FactKind::Merge { with }) =
                (fact.position.log.aggregate, &fact.kind)
                && (kin.contains(&own) || kin.contains(with))
            {
                kin.extend([own, *with]);
            }
        }
        if kin.len() == before {
            break;
        }
    }
    let known = |fact: &&Fact| match fact.position.log.aggregate {
        Aggregate::Subject(id) => kin.contains(&id),
        Aggregate::Point(_) => true,
    };
    facts.iter().filter(known).cloned().collect()
}

/// The facts so far, under a policy, with a clock.
#[derive(Clone)]
pub(crate) struct Town<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) facts: Vec<Fact>,
    pub(crate) now: Timestamp,
    pub(crate) writer: WriterId,
    commands: u128,
}

impl<'a> Town<'a> {
    pub(crate) fn new(policy: &'a Policy) -> Self {
        Self { policy, facts: Vec::new(), now: t(0), writer: WRITER, commands: 0 }
    }

    /// Ada has `EMAIL`, Bob has `SECOND_EMAIL`.
    pub(crate) fn of_two(policy: &'a Policy) -> Self {
        let mut town = Self::new(policy);
        town.attach(ADA, EMAIL);
        town.attach(BOB, SECOND_EMAIL);
        town
    }

    pub(crate) fn pass(&mut self, seconds: u64) {
        self.now = self.now.saturating_add(Span::seconds(seconds));
    }

    pub(crate) fn whole(&self) -> Projection {
        let (projection, gap) = Projection::fold(&self.facts);
        assert_eq!(gap, None);
        projection
    }

    /// Who is one person with `id`.
    pub(crate) fn person(&self, id: SubjectId) -> Subject {
        Subject::resolve(id, &self.whole()).unwrap()
    }

    pub(crate) fn view(&self, id: SubjectId) -> View {
        let subject = self.person(id);
        let facts = loaded(&subject.ids, &self.facts);
        View::new(self.policy, subject, Projection::fold(&facts).0).unwrap()
    }

    pub(crate) fn command(&mut self, id: SubjectId, command: &Command) -> Result<Decided, Rejection> {
        let subject = self.person(id);
        let mut to_load = subject.ids.clone();
        match command.act() {
            Act::Merge(with) => to_load.push(*with),
            Act::ResolveContest { .. } => to_load.extend([ADA, BOB, EVE]),
            _ => {}
        }
        let facts = loaded(&to_load, &self.facts);
        let view = View::new(self.policy, subject, Projection::fold(&facts).0).unwrap();
        self.commands += 1;
        let command_id = CommandId::from_u128(self.commands);
        let ctx = Ctx { now: self.now, writer: self.writer, command: command_id, policy: self.policy };
        let decided = decide(&view, command, &ctx)?;
        self.facts.extend(decided.facts.iter().cloned());
        self.pass(60);
        Ok(decided)
    }

    pub(crate) fn act(&mut self, id: SubjectId, actor: Actor, act: Act) -> Result<Decided, Rejection> {
        self.command(id, &Command::new(actor, act).with_evidence(explicit()))
    }

    pub(crate) fn attach(&mut self, id: SubjectId, point: ContactPointId) {
        let kind = if point == PHONE { PointKind::Phone } else { PointKind::Email };
        self.act(id, operator(), Act::Attach { point, kind }).unwrap();
    }

    pub(crate) fn merge(&mut self, one: SubjectId, other: SubjectId) {
        self.act(one, operator(), Act::Merge(other)).unwrap();
    }

    pub(crate) fn unmerge(&mut self, one: SubjectId, other: SubjectId) {
        self.act(one, operator(), Act::Unmerge(other)).unwrap();
    }

    pub(crate) fn describe(&mut self, id: SubjectId, what: Description) {
        self.act(id, operator(), Act::Describe(what)).unwrap();
    }

    pub(crate) fn opt_out(&mut self, id: SubjectId, scope: Scope) {
        self.act(id, Actor::subject(), Act::OptOut(vec![scope])).unwrap();
    }

    /// Grants as the person and says whether the grant counts.
    pub(crate) fn grant(&mut self, id: SubjectId, cell: Cell) -> bool {
        let decided = self.act(id, Actor::subject(), stated(cell));
        decided.is_ok_and(|decided| decided.reports.iter().all(|report| report.end == End::Accepted))
    }

    pub(crate) fn ask<T>(
        &self,
        id: SubjectId,
        cell: Cell,
        regimes: RegimeSet,
        of: impl Fn(&Decision<'_>) -> T,
    ) -> T {
        let view = self.view(id);
        let mut query = Query::new(self.policy.catalogue().index(cell.purpose).unwrap(), regimes);
        query.channel = cell.channel;
        query.point = cell.point;
        let decision = evaluate(&view, &query, self.policy, self.now);
        assert_eq!(decision.is_permit(), permits(&view, &query, self.policy, self.now), "permits = evaluate");
        of(&decision)
    }

    pub(crate) fn permits(&self, id: SubjectId, cell: Cell) -> bool {
        self.ask(id, cell, RegimeSet::OPT_IN, |decision| decision.is_permit())
    }

    pub(crate) fn reasons(&self, id: SubjectId, cell: Cell) -> Vec<Reason> {
        self.ask(id, cell, RegimeSet::OPT_IN, |decision| decision.reasons().iter().collect())
    }

    /// A raw fact at the end of a log, whether or not any command could make it.
    pub(crate) fn raw(&mut self, aggregate: Aggregate, kind: FactKind) -> Position {
        let log = LogId::new(aggregate, self.writer);
        let head = self.facts.iter().filter(|fact| fact.position.log == log).count();
        let position = log.at(Seq::after(u64::try_from(head).unwrap()));
        self.facts.push(Fact {
            v: Version::CURRENT,
            position,
            recorded_at: self.now,
            captured_at: Some(self.now),
            actor: operator().record(),
            command: None,
            evidence: None,
            kind,
        });
        position
    }
}

pub(crate) fn news(point: ContactPointId) -> Cell {
    cell("news", point)
}

pub(crate) fn opt_out_of_news() -> Scope {
    Scope::purpose(id("news"))
}

pub(crate) fn subject(n: u128) -> SubjectId {
    SubjectId::from_u128(n)
}
