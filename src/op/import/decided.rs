//! What a row comes to, on views of whom it names: pure, and without what is known already.

use alloc::vec::Vec;

use crate::consent::{Act, Captured, Command, Ctx, Decided, Effect, End, Rejection, Report, decide};
use crate::evidence::{Actor, Evidence};
use crate::fact::{
    Cell, Fact, FactKind, PurposeScope, Restriction, RestrictionKey, RestrictionReason, Scope, Stated,
};
use crate::id::{Aggregate, ContactPointId};
use crate::op::import::{Import, ImportRow, RowRefusal, RowStatement, Said};
use crate::purpose::PurposeClass;
use crate::view::{LogProjection, View};

/// The facts that a row makes, and why it makes no others.
#[derive(Clone)]
pub(super) struct RowDecisions<'a> {
    import: &'a Import,
    ctx: Ctx<'a>,
    pub(super) facts: Vec<Fact>,
    pub(super) reports: Vec<Report>,
    pub(super) effects: Vec<Effect>,
    pub(super) refused: Vec<RowRefusal>,
    /// Whether all facts restrict.
    pub(super) restricts_only: bool,
}

impl<'a> RowDecisions<'a> {
    pub(super) const fn new(import: &'a Import, ctx: Ctx<'a>) -> Self {
        Self {
            import,
            ctx,
            facts: Vec::new(),
            reports: Vec::new(),
            effects: Vec::new(),
            refused: Vec::new(),
            restricts_only: true,
        }
    }

    /// Takes what a row restricts: at each of some contact points or, if there are none, for the person of the view.
    pub(super) fn restrict(&mut self, view: &mut View, row: &ImportRow, points: &[ContactPointId]) {
        self.restrict_by(view, row, points, |_| true);
    }

    /// Takes what a row says that a person refused, for the person of the view; what else it says is of an address that is not theirs.
    pub(super) fn opt_out(&mut self, view: &mut View, row: &ImportRow) {
        self.restrict_by(view, row, &[], |reason| reason == RestrictionReason::OptOut);
    }

    fn restrict_by(
        &mut self,
        view: &mut View,
        row: &ImportRow,
        points: &[ContactPointId],
        counts: impl Fn(RestrictionReason) -> bool,
    ) {
        let everything = RowStatement::opted_out(PurposeScope::All);
        let too_many = row.statements.len() > ImportRow::MAX_STATEMENTS;
        let statements =
            if too_many { core::slice::from_ref(&everything) } else { row.statements.as_slice() };
        for statement in statements {
            let Some((reason, scope)) = restriction(statement).filter(|(reason, _)| counts(*reason)) else {
                continue;
            };
            if points.is_empty() {
                self.restrict_one(view, statement, reason, scope);
            }
            for point in points {
                self.restrict_one(view, statement, reason, scope.at(*point));
            }
        }
    }

    fn restrict_one(
        &mut self,
        view: &mut View,
        statement: &RowStatement,
        reason: RestrictionReason,
        scope: Scope,
    ) {
        let act = match reason {
            RestrictionReason::OptOut => Act::OptOut(Vec::from([scope])),
            _ => Act::Restrict { reason, scope, until: None },
        };
        let captured = Captured::At(statement.at.unwrap_or(self.import.as_of));
        match decide(view, &self.command(act, captured, statement.evidence.as_ref()), &self.ctx) {
            Ok(decided) if decided.facts.iter().all(|fact| is_known(view, fact)) => {}
            Ok(decided) => self.take(view, decided),
            Err(rejection) => self.refused.push(RowRefusal::Rejected(rejection)),
        }
    }

    /// Takes what a row grants to the person of the view, at its contact point. The cells that something was recorded of.
    pub(super) fn grant(
        &mut self,
        view: &mut View,
        row: &ImportRow,
        point: Option<ContactPointId>,
    ) -> Vec<Cell> {
        let mut cells = Vec::new();
        for statement in row.statements.iter().filter(|statement| statement.grants()) {
            match self.grant_one(view, statement, point) {
                Ok(cell) => cells.extend(cell),
                Err(refusal) => self.refused.push(refusal),
            }
        }
        cells
    }

    fn grant_one(
        &mut self,
        view: &mut View,
        statement: &RowStatement,
        point: Option<ContactPointId>,
    ) -> Result<Option<Cell>, RowRefusal> {
        let Some(cell) = self.cell(statement, point)? else { return Ok(None) };
        if self.has(view, cell, statement) {
            return Ok(None);
        }
        let captured = statement.at.map_or(Captured::Unknown, Captured::At);
        let act = Act::Grant { stated: Vec::from([Stated::cell(cell)]), window: None };
        let command = self.command(act, captured, statement.evidence.as_ref());
        let decided = decide(view, &command, &self.ctx).map_err(RowRefusal::Rejected)?;
        self.restricts_only = false;
        self.take(view, decided);
        Ok(Some(cell))
    }

    /// The one cell that an opt-in means.
    fn cell(
        &self,
        statement: &RowStatement,
        point: Option<ContactPointId>,
    ) -> Result<Option<Cell>, RowRefusal> {
        let Said::OptedIn(purpose) = statement.said else { return Ok(None) };
        let channel = statement.channel;
        let known = self.ctx.policy.catalogue().find(purpose);
        let class = known.ok_or(RowRefusal::Rejected(Rejection::UnknownPurpose))?.class();
        let point = match channel {
            Some(channel) if channel.needs_point() => Some(point.ok_or(RowRefusal::NoAddress)?),
            Some(_) => None,
            None if class == PurposeClass::Processing => None,
            None => return Err(RowRefusal::Rejected(Rejection::NothingStated)),
        };
        Ok(Some(Cell { purpose, channel, point }))
    }

    /// Whether somebody vouches for whom the rows name.
    pub(super) const fn registers(&self) -> bool {
        self.import.registrar.is_some()
    }

    /// Links the person to what the row names, by the authority of the registrar.
    pub(super) fn link(&mut self, view: &mut View, act: Act) -> Result<(), RowRefusal> {
        let registrar = self.import.registrar.ok_or(RowRefusal::UnknownPerson)?;
        let decided = decide(view, &Command::new(registrar, act), &self.ctx).map_err(RowRefusal::Rejected)?;
        self.restricts_only = false;
        // A link is how a statement was recorded, and not a statement.
        self.take(view, Decided { reports: Vec::new(), ..decided });
        Ok(())
    }

    fn command(&self, act: Act, captured: Captured, evidence: Option<&Evidence>) -> Command {
        let command = Command::new(Actor::importer(self.import.system), act).captured(captured);
        match evidence {
            Some(evidence) => command.with_evidence(evidence.clone()),
            None => command,
        }
    }

    fn take(&mut self, view: &mut View, decided: Decided) {
        for report in &decided.reports {
            if let End::Refused { rejection } = report.end {
                self.refused.push(RowRefusal::Rejected(rejection));
            }
        }
        // The facts are the next of their logs, and only such are made.
        let _ = view.apply(self.ctx.policy, &decided.facts);
        self.facts.extend(decided.facts);
        self.reports.extend(decided.reports);
        for effect in decided.effects {
            if !self.effects.contains(&effect) {
                self.effects.push(effect);
            }
        }
    }

    /// Whether the person's logs hold a grant of the cell that is at least as late and as strong.
    fn has(&self, view: &View, cell: Cell, statement: &RowStatement) -> bool {
        let evidence = statement.evidence.as_ref();
        let Some((strength, at)) = evidence.and_then(Evidence::strength).zip(statement.at) else {
            return false;
        };
        // Of two of one date the one with the later notice is the later one.
        let said = (at.min(self.ctx.now), evidence.and_then(Evidence::notice).copied());
        let own = |log: &&LogProjection| match log.log().aggregate {
            Aggregate::Subject(id) => view.subject().ids.contains(&id),
            Aggregate::Point(_) => false,
        };
        let kept = view.projection().logs().iter().filter(own).flat_map(|log| &log.grants);
        let mut of_cell = kept.filter(|kept| kept.dated && kept.grant.cell == cell);
        of_cell.any(|kept| strength <= kept.grant.strength && said <= (kept.at, kept.grant.notice))
    }
}

/// The restriction that a statement means.
const fn restriction(statement: &RowStatement) -> Option<(RestrictionReason, Scope)> {
    let everything = Scope { channel: statement.channel, ..Scope::EVERYTHING };
    Some(match statement.said {
        Said::OptedOut(purpose) => (RestrictionReason::OptOut, Scope { purpose, ..everything }),
        Said::Complained => (RestrictionReason::Complaint, everything),
        Said::Bounced => (RestrictionReason::Bounce, everything),
        Said::Cleaned => (RestrictionReason::InvalidAddress, everything),
        Said::OptedIn(_) | Said::Unknown => return None,
    })
}

/// Whether a log that was read holds the same restriction, by the same kind of actor, at least as late.
fn is_known(view: &View, fact: &Fact) -> bool {
    let FactKind::Restriction(restriction) = &fact.kind else { return false };
    let Restriction { reason, scope, .. } = *restriction;
    let key = RestrictionKey { reason, by: fact.actor.kind(), scope };
    let aggregate = fact.position.log.aggregate;
    let logs = view.projection().logs().iter().filter(|log| log.log().aggregate == aggregate);
    logs.flat_map(|log| &log.groups).any(|group| group.key == key && fact.at() <= group.at)
}
