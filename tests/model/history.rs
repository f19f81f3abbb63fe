use std::collections::BTreeMap;
use std::sync::Arc;

use consent_engine::model::{Answer, Attempt, Model};
use consent_engine::*;

use crate::words::{A, DAY, ME, at, grant, of, policy, s};

/// A history under construction; every fact goes to the end of its log.
#[derive(Clone, Default)]
pub(crate) struct History {
    pub(crate) facts: Vec<Fact>,
    pub(crate) heads: BTreeMap<LogId, u64>,
}

impl History {
    /// A person with the e-mail address A, attached before everything else.
    pub(crate) fn new() -> Self {
        let mut history = Self::default();
        history.attach(ME, A, -DAY);
        history
    }

    pub(crate) fn push(
        &mut self,
        log: LogId,
        actor: Actor,
        captured: Option<i64>,
        recorded: i64,
        kind: FactKind,
    ) -> Position {
        let head = self.heads.entry(log).or_default();
        *head += 1;
        let position = log.at(Seq::new(*head).unwrap());
        self.facts.push(Fact {
            v: Version::CURRENT,
            position,
            recorded_at: s(recorded),
            captured_at: captured.map(s),
            actor: actor.record(),
            command: None,
            evidence: None,
            kind,
        });
        position
    }

    pub(crate) fn add(&mut self, log: LogId, when: i64, kind: FactKind) -> Position {
        self.push(log, Actor::subject(), Some(when), when, kind)
    }

    pub(crate) fn attach(&mut self, subject: SubjectId, point: ContactPointId, when: i64) {
        self.add(at(point), when, FactKind::Attach { subject, point, point_kind: PointKind::Email });
    }

    pub(crate) fn restrict(
        &mut self,
        log: LogId,
        when: i64,
        reason: RestrictionReason,
        scope: Scope,
    ) -> Named {
        self.restrict_until(log, when, reason, scope, None)
    }

    pub(crate) fn restrict_until(
        &mut self,
        log: LogId,
        when: i64,
        reason: RestrictionReason,
        scope: Scope,
        until: Option<i64>,
    ) -> Named {
        let restriction = Restriction::new(reason, scope).until(until.map(s));
        let position = self.add(log, when, FactKind::Restriction(restriction));
        let scope = match log.aggregate {
            Aggregate::Point(home) => scope.at(home),
            Aggregate::Subject(_) => scope,
        };
        Named { log, key: RestrictionKey { reason, by: ActorKind::Subject, scope }, upto: position.seq }
    }

    pub(crate) fn grant(&mut self, when: i64, cell: Cell) -> Position {
        self.add(of(ME), when, FactKind::Grant(Arc::new(grant(when, cell))))
    }

    pub(crate) fn token(&self) -> ViewToken {
        self.heads.iter().map(|(log, head)| (Consulted::Log(*log), *head)).collect()
    }

    pub(crate) fn eval(&self, query: &Query, now: i64) -> Answer {
        self.eval_as(&Subject::new(ME), query, now)
    }

    pub(crate) fn eval_as(&self, subject: &Subject, query: &Query, now: i64) -> Answer {
        let (policy, now) = (policy(), s(now));
        let answer = Model::new(&policy, subject, self.facts.clone()).evaluate(query, now);
        let view = self.view(&policy, subject);
        let decision = evaluate(&view, query, &policy, now);
        let engine = Answer {
            verdict: decision.verdict(),
            standing: decision.standing(),
            basis: decision.basis(),
            reasons: decision.reasons(),
            valid_until: decision.valid_until(),
        };
        assert_eq!(engine, answer, "the engine against the model");
        assert_eq!(permits(&view, query, &policy, now), decision.is_permit());
        answer
    }

    pub(crate) fn view(&self, policy: &Policy, subject: &Subject) -> View {
        View::new(policy, subject.clone(), Projection::fold(&self.facts).0).unwrap()
    }

    pub(crate) fn state(&self, cell: Cell, now: i64) -> CellState {
        let (policy, now, me) = (policy(), s(now), Subject::new(ME));
        let state = Model::new(&policy, &me, self.facts.clone()).state(cell, now);
        let engine = cell_state(&self.view(&policy, &me), cell, &policy, now);
        assert_eq!(engine, state, "the engine against the model");
        state
    }

    pub(crate) fn lifts(&self, cell: Cell, attempt: &Attempt<'_>) -> Result<Vec<Named>, NotNamed> {
        Model::new(&policy(), &Subject::new(ME), self.facts.clone()).lifts(cell, attempt)
    }
}
