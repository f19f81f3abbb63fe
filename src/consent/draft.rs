use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::consent::command::{Act, Captured, Command, Ctx};
use crate::consent::decide::{Decided, Effect, End, Report};
use crate::consent::lift;
use crate::consent::reject::Rejection;
use crate::evidence::{Actor, Evidence, Power, Role};
use crate::fact::{Breadth, Cell, Consulted, Fact, FactKind, Scope, Stated, Version, ViewToken};
use crate::id::{Aggregate, ContactPointId, LogId, Seq, SubjectId};
use crate::policy::Policy;
use crate::subject::Identity;
use crate::time::Timestamp;
use crate::view::{Context, View, places};

/// A command while it is decided: what it was given, and the facts made so far.
pub(crate) struct Draft<'a> {
    pub(crate) view: &'a View,
    pub(crate) command: &'a Command,
    pub(crate) ctx: &'a Ctx<'a>,
    subject: Option<SubjectId>,
    /// Effective now: when the facts are recorded.
    pub(crate) now: Timestamp,
    /// When the act was captured, if known.
    pub(crate) captured_at: Option<Timestamp>,
    facts: Vec<Fact>,
    reports: Vec<Report>,
    effects: Vec<Effect>,
}

impl<'a> Draft<'a> {
    /// Checks what every command must satisfy that does not restrict, before any work is done. Choices check it part by part.
    pub(crate) fn new(view: &'a View, command: &'a Command, ctx: &'a Ctx<'a>) -> Result<Self, Rejection> {
        if command.act.restricts() || matches!(command.act, Act::Choose(_)) {
            Ok(Self::restricting(view, command, ctx))
        } else {
            Self::permitting(view, command, ctx)
        }
    }

    /// A draft of what can only restrict: taken whatever the view, the clock or the token say.
    pub(crate) fn restricting(view: &'a View, command: &'a Command, ctx: &'a Ctx<'a>) -> Self {
        let subject = view.subject.ids.first().copied();
        let now = view.effective_now(ctx.policy, ctx.now);
        let captured_at = match command.captured {
            Captured::Now => Some(now),
            Captured::At(t) => Some(t),
            Captured::Unknown => None,
        };
        let (facts, reports, effects) = (Vec::new(), Vec::new(), Vec::new());
        Self { view, command, ctx, subject, now, captured_at, facts, reports, effects }
    }

    /// A draft of what may permit.
    pub(crate) fn permitting(
        view: &'a View,
        command: &'a Command,
        ctx: &'a Ctx<'a>,
    ) -> Result<Self, Rejection> {
        let draft = Self::restricting(view, command, ctx);
        let current = view.policy_version() == ctx.policy.version() && !view.compiled.incomplete;
        if view.subject.identity != Identity::Resolved || !current || view.compiled.unsupported.is_some() {
            return Err(Rejection::UnusableView);
        }
        let latest = ctx.now.saturating_add(ctx.policy.skew()).max(draft.now);
        if draft.captured_at.is_some_and(|at| at > latest) {
            return Err(Rejection::ClockJump);
        }
        if command.view.as_ref().is_some_and(|seen| !view.token().includes(seen)) {
            return Err(Rejection::ViewTokenAhead);
        }
        Ok(draft)
    }

    pub(crate) const fn policy(&self) -> &'a Policy {
        self.ctx.policy
    }

    pub(crate) const fn actor(&self) -> Actor {
        self.command.actor
    }

    pub(crate) const fn context(&self) -> Context<'a> {
        self.view.context(self.ctx.policy)
    }

    /// When the actor acted, as far as their authority is asked about.
    pub(crate) fn acted_at(&self) -> Timestamp {
        self.captured_at.unwrap_or(self.now)
    }

    pub(crate) fn may(&self, power: Power) -> bool {
        self.actor().may(power, self.acted_at())
    }

    /// Whether the actor is the person, or somebody who may act for them.
    pub(crate) fn speaks_for_the_person(&self) -> bool {
        match self.actor().role() {
            Role::Subject => true,
            Role::Guardian | Role::Delegate => self.may(Power::Represent),
            Role::Operator | Role::Importer | Role::Partner | Role::System | Role::Unauthenticated => false,
        }
    }

    /// Whether the person asks for themselves, as far as anybody can tell.
    pub(crate) fn asks_in_person(&self) -> bool {
        let person = self.speaks_for_the_person() || self.actor().role() == Role::Unauthenticated;
        person && lift::is_trusted(self.actor(), self.policy())
    }

    pub(crate) fn require(&self, allowed: bool) -> Result<(), Rejection> {
        if allowed { Ok(()) } else { Err(Rejection::NotAuthorized) }
    }

    /// The person; an address may be all that is known of who opts out.
    pub(crate) fn person(&self) -> Result<SubjectId, Rejection> {
        self.subject.ok_or(Rejection::UnusableView)
    }

    /// The log of the subject that this writer appends to.
    pub(crate) fn own(&self) -> Result<Aggregate, Rejection> {
        self.person().map(Aggregate::Subject)
    }

    /// The record that speaks of a contact point: the one that holds it, so that after an unmerge it is still there.
    pub(crate) fn record_of(&self, point: Option<ContactPointId>) -> Result<SubjectId, Rejection> {
        let named = self.person()?;
        if self.view.compiled.records.is_one() {
            return Ok(named);
        }
        let held = point.and_then(|id| self.view.point(id)).map_or(0, |(_, state)| state.held);
        let holders = || places(held).filter_map(|at| self.view.subject.ids.get(at).copied());
        let first = holders().next().filter(|_| !holders().any(|holder| holder == named));
        Ok(first.unwrap_or(named))
    }

    /// The unmerges that a restriction or ending knew of, beside those of the same name. There are few, or a history of merges
    /// would grow without end: beyond that it knew of none, and reaches everyone.
    pub(crate) fn unmerges_beside<'t>(&self, alike: impl Iterator<Item = &'t ViewToken>) -> ViewToken {
        const KEPT_APART: usize = 16;
        let known = self.view.unmerges();
        if known.is_empty() {
            return known;
        }
        let alike: Vec<_> = alike.collect();
        if alike.len() < KEPT_APART || alike.contains(&&known) { known } else { ViewToken::NOTHING }
    }

    /// Appends a fact to a log of this writer.
    pub(crate) fn append(&mut self, aggregate: Aggregate, kind: FactKind) {
        self.push(aggregate, kind, self.command.evidence.clone().map(Box::new));
        self.effect(Effect::Propagate { aggregate });
    }

    /// Appends a fact that changes nothing for those who mirror the log, and says nothing of the person.
    pub(crate) fn note(&mut self, aggregate: Aggregate, kind: FactKind) {
        self.push(aggregate, kind, None);
    }

    fn push(&mut self, aggregate: Aggregate, kind: FactKind, evidence: Option<Box<Evidence>>) {
        let log = LogId::new(aggregate, self.ctx.writer);
        let made = self.facts.iter().filter(|fact| fact.position.log == log).count();
        let head = self.view.head(log).saturating_add(u64::try_from(made).unwrap_or(u64::MAX));
        if head >= u64::from(self.policy().limits().facts) {
            self.effect(Effect::LimitRate { aggregate });
        }
        self.facts.push(Fact {
            v: Version::CURRENT,
            position: log.at(Seq::after(head)),
            recorded_at: self.now,
            captured_at: self.captured_at,
            actor: self.actor().record(),
            command: Some(self.ctx.command),
            evidence,
            kind,
        });
    }

    pub(crate) fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// Asks the host to do something, once.
    pub(crate) fn effect(&mut self, effect: Effect) {
        if !self.effects.contains(&effect) {
            self.effects.push(effect);
        }
    }

    pub(crate) fn report(&mut self, report: Report) {
        self.reports.push(report);
    }

    pub(crate) fn refuse(&mut self, cell: Cell, rejection: Rejection) {
        self.report(Report::of_cell(cell, End::Refused { rejection }));
    }

    /// Refuses a statement that has no cells: the one that it names, if it names one.
    pub(crate) fn refuse_statement(&mut self, stated: &Stated, rejection: Rejection) {
        let Stated { channel, point, .. } = *stated;
        let end = End::Refused { rejection };
        self.report(match stated.purpose {
            Breadth::Exactly(purpose) => Report::of_cell(Cell { purpose, channel, point }, end),
            Breadth::All | Breadth::Subtree(_) => Report::of_part(end),
        });
    }

    /// Appends a fact to the log of one record that is a command's whole outcome.
    pub(crate) fn append_of(&mut self, record: SubjectId, kind: FactKind) -> Result<(), Rejection> {
        self.append(Aggregate::Subject(record), kind);
        self.report(Report::of_act());
        Ok(())
    }

    pub(crate) fn refuse_scope(&mut self, scope: Scope, rejection: Rejection) {
        self.report(Report::of_scope(scope, End::Refused { rejection }));
    }

    /// Appends a fact that is a command's whole outcome.
    pub(crate) fn append_only(&mut self, kind: FactKind) -> Result<(), Rejection> {
        self.append(self.own()?, kind);
        self.report(Report::of_act());
        Ok(())
    }

    /// What was read to decide a cell: the logs of the person, and of the points whose restrictions reach the cell.
    pub(crate) fn read_for(&self, cell: &Cell) -> ViewToken {
        let reaching = |point| cell.point.is_some_and(|to| self.view.reaches(point, to));
        let read = self.view.projection.logs().iter().filter(|log| match log.log().aggregate {
            Aggregate::Subject(_) => true,
            Aggregate::Point(point) => reaching(point),
        });
        read.map(|log| (Consulted::Log(log.log()), log.head())).collect()
    }

    /// The facts and reports, whatever they are.
    pub(crate) fn into_decided(self) -> Decided {
        Decided { facts: self.facts, reports: self.reports, effects: self.effects }
    }

    /// The facts and reports; a rejection if every part was refused.
    pub(crate) fn finish(self) -> Result<Decided, Rejection> {
        self.into_decided().checked()
    }
}

impl Decided {
    /// Takes in what was decided next.
    pub(crate) fn join(&mut self, next: Self) {
        self.facts.extend(next.facts);
        self.reports.extend(next.reports);
        for effect in next.effects {
            if !self.effects.contains(&effect) {
                self.effects.push(effect);
            }
        }
    }

    /// A rejection if every part was refused.
    pub(crate) fn checked(self) -> Result<Self, Rejection> {
        let refused = |report: &Report| match report.end {
            End::Refused { rejection } => Some(rejection),
            End::Accepted | End::Recorded { .. } => None,
        };
        if self.facts.iter().any(|fact| fact.position.seq.get() == u64::MAX) {
            return Err(Rejection::LogFull);
        }
        match self.reports.iter().map(refused).collect::<Option<Vec<_>>>() {
            Some(rejections) => Err(rejections.first().copied().unwrap_or(Rejection::NothingStated)),
            None => Ok(self),
        }
    }
}

impl Act {
    /// Whether the act can only restrict: then it is taken whatever the view, the clock or the token say.
    pub(crate) const fn restricts(&self) -> bool {
        match self {
            Self::OptOut(_)
            | Self::Object(_)
            | Self::Revoke(_)
            | Self::Lapse { .. }
            | Self::Restrict { .. }
            | Self::Erase => true,
            Self::Choose(choices) => choices.only_restricts(),
            Self::Request(_)
            | Self::Confirm(_)
            | Self::Grant { .. }
            | Self::Renew { .. }
            | Self::Clear(_)
            | Self::Resume(_)
            | Self::RecordBasis { .. }
            | Self::Hold(_)
            | Self::Release { .. }
            | Self::NoticeSeen { .. }
            | Self::Preference { .. }
            | Self::Relationship(_)
            | Self::Claim(_)
            | Self::Attach { .. }
            | Self::Verify(_)
            | Self::Replace { .. }
            | Self::Reassign { .. }
            | Self::Merge(_)
            | Self::Unmerge(_)
            | Self::ResolveContest { .. }
            | Self::Describe(_) => false,
        }
    }
}
