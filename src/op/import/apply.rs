//! One row, one plan, one commit.

use alloc::vec::Vec;

use crate::consent::{Ctx, Rejection};
use crate::decision::{Query, permits};
use crate::fact::Cell;
use crate::id::{ImportId, IndexKey, SubjectId};
use crate::op::apply::Changes;
use crate::op::import::decided::RowDecisions;
use crate::op::import::found::{Found, Links};
use crate::op::import::ids::RowIds;
use crate::op::import::{Import, ImportRow, RowOutcome, RowRefusal, RowReport, RowStatement, Said};
use crate::op::load::{Whom, gather};
use crate::op::{Halt, Loaded, Operation, OperationError, Plan, Settings};
use crate::policy::Limited;
use crate::store::Row;
use crate::subject::Subject;
use crate::time::Timestamp;
use crate::view::View;
use crate::wire::{CommandRecord, StoredOutcome};

/// Applies one row of an import: one commit.
///
/// [`Engine::import`](crate::Engine::import) runs these for you, page by page. A host with a loop of its own runs them in the order of the
/// rows, skips those that [`ImportCursor::is_past`](super::ImportCursor::is_past), and [advances](super::ImportCursor::advance) the cursor by
/// each outcome. Rows of different people may be under way at once; the cursor takes their outcomes in order.
#[derive(Clone, Debug)]
pub struct ApplyRow {
    settings: Settings,
    import: Import,
    row: ImportRow,
    now: Timestamp,
    /// None without index secrets.
    ids: Option<RowIds>,
}

/// Says what applying a row would come to, for an [`ImportPlan`](super::ImportPlan).
///
/// [`Engine::plan_import`](crate::Engine::plan_import) runs these for you. A host with a loop of its own runs them one after the other, and
/// gives what they want to commit to an [`Overlay`](super::Overlay), never to the store.
#[derive(Clone, Debug)]
pub struct PlanRow(ApplyRow);

/// What a row would come to.
#[derive(Clone, Debug)]
pub struct PlannedRow {
    pub(super) import: ImportId,
    pub(super) row: ImportRow,
    /// Whom it names, as a key of the index.
    pub(super) person: Option<IndexKey>,
    pub(super) report: RowReport,
    /// What becomes permitted.
    pub(super) permitted: Vec<Cell>,
}

/// A row as weighed: what to write, and what becomes permitted.
struct Weighed {
    plan: Plan<RowReport>,
    permitted: Vec<Cell>,
}

/// A row as decided, before it is written.
struct Draft<'a> {
    decisions: RowDecisions<'a>,
    links: Links,
    subject: Option<SubjectId>,
    /// The last view that the row was decided on.
    view: Option<View>,
    permitted: Vec<Cell>,
}

impl ApplyRow {
    /// A row, at an instant.
    #[must_use]
    pub fn new(settings: Settings, import: Import, row: ImportRow, now: Timestamp) -> Self {
        let ids = RowIds::of(&settings, &import, &row);
        Self { settings, import, row, now, ids }
    }

    /// The keys of whom the row names.
    pub(super) fn names(&self) -> impl Iterator<Item = IndexKey> + '_ {
        self.ids.iter().flat_map(RowIds::names)
    }

    fn weighed(&self, see: &Loaded) -> Result<Weighed, Halt> {
        let (settings, row) = (&self.settings, &self.row);
        if row.address.is_none() && row.alias.is_none() {
            return Ok(self.without_facts(Vec::from([RowRefusal::Nobody])));
        }
        if row.statements.iter().all(|statement| statement.said == Said::Unknown) {
            return Ok(self.without_facts(Vec::new()));
        }
        let ids = self.ids.as_ref().ok_or(OperationError::SecretsMissing)?;
        for doubted in see.doubted() {
            if let Some(done) = self.earlier(see, doubted, ids)? {
                return Ok(done);
            }
        }
        let found = Found::of(see, row, ids)?;
        let aggregate = found.owner(ids);
        let command = Row::Command { aggregate, command: ids.command };
        see.want([see.key(command), see.aggregate_key(aggregate)])?;
        if let Some(done) = self.earlier(see, command, ids)? {
            return Ok(done);
        }
        if found.is_taken(see)? {
            return Err(OperationError::CommandIdReused.into());
        }
        let limits = settings.policy.limits();
        let most = u64::from(limits.statements).min(ImportRow::MAX_STATEMENTS as u64);
        let too_many = row.statements.len() > ImportRow::MAX_STATEMENTS;
        let too_many = too_many.then_some(Rejection::LimitExceeded { which: Limited::Statements, max: most });
        let whole = self.draft(see, &found, ids, too_many)?;
        let whole = self.written(see, &found, ids, command, whole)?;
        match whole.plan.exceeds(see, false) {
            None => Ok(whole),
            // What restricts has room that nothing else may fill.
            Some(limit) => {
                let restricting = self.draft(see, &found, ids, Some(limit.into()))?;
                self.written(see, &found, ids, command, restricting)
            }
        }
    }

    /// The outcome of the same row, if it was carried out before. In a later row that says the same nothing is new.
    fn earlier(&self, see: &Loaded, at: Row, ids: &RowIds) -> Result<Option<Weighed>, Halt> {
        let Some(record) = see.remembered(at, self.now)? else { return Ok(None) };
        let StoredOutcome::Row { row, refused, subject, point, facts, reports, effects } =
            record.outcome.clone()
        else {
            return Err(OperationError::CommandIdReused.into());
        };
        if record.fingerprint != ids.fingerprint {
            return Err(OperationError::CommandIdReused.into());
        }
        if row != self.row.number {
            return Ok(Some(self.without_facts(refused)));
        }
        let (outcome, problems) = (RowOutcome::Applied, self.row.problems.clone());
        let report = RowReport { row, outcome, facts, problems, refused, reports, effects, subject, point };
        Ok(Some(Weighed { plan: Plan::done(report), permitted: Vec::new() }))
    }

    fn without_facts(&self, refused: Vec<RowRefusal>) -> Weighed {
        let report = RowReport::without_facts(self.row.number, &self.row.problems, refused);
        Weighed { plan: Plan::done(report), permitted: Vec::new() }
    }

    /// Decides the row: what restricts, at the address; then what grants, unless something is in the way of every grant.
    fn draft<'a>(
        &'a self,
        see: &Loaded,
        found: &Found,
        ids: &RowIds,
        in_the_way: Option<Rejection>,
    ) -> Result<Draft<'a>, Halt> {
        let Self { settings, import, row, now, .. } = self;
        let ctx = Ctx { now: *now, writer: settings.writer, command: ids.command, policy: &settings.policy };
        let mut draft = Draft {
            decisions: RowDecisions::new(import, ctx),
            links: Links::default(),
            subject: None,
            view: None,
            permitted: Vec::new(),
        };
        if !found.points.is_empty() {
            let whom = Whom { points: &found.points, ..Whom::default() };
            let mut view = gather(settings, see, whom, Subject::default())?.view;
            draft.decisions.restrict(&mut view, row, &found.points);
            if !draft.decisions.facts.is_empty() {
                draft.links.index.extend(found.index());
            }
            draft.view = Some(view);
            self.of_people_elsewhere(see, found, &mut draft)?;
        }
        let grants = row.statements.iter().any(RowStatement::grants);
        let in_the_way = in_the_way.map(RowRefusal::Rejected);
        let in_the_way = if row.problems.is_empty() { in_the_way } else { Some(RowRefusal::Malformed) };
        if let Some(refusal) = in_the_way.filter(|_| grants) {
            draft.decisions.refused.push(refusal);
        }
        let grants = grants && in_the_way.is_none();
        if grants || found.points.is_empty() {
            self.of_person(see, found, ids, grants, &mut draft)?;
        }
        Ok(draft)
    }

    /// Decides what the row grants to the person it names, and what it restricts if it names them by alias only.
    fn of_person(
        &self,
        see: &Loaded,
        found: &Found,
        ids: &RowIds,
        grants: bool,
        draft: &mut Draft<'_>,
    ) -> Result<(), Halt> {
        let Self { settings, import, row, .. } = self;
        let person = match found.person(see, import, ids)? {
            Ok(person) => person,
            Err(refusal) => {
                let taken = self.of_claimants(see, found, draft)?;
                if grants || !taken {
                    draft.decisions.refused.push(refusal);
                }
                return Ok(());
            }
        };
        let whom = Whom { named: &[person], points: &found.points, ..Whom::default() };
        let gathered = gather(settings, see, whom, Subject::default())?;
        if grants {
            gathered.is_answerable(settings, see)?;
        }
        let mut after = gathered.view;
        let before = after.clone();
        let _ = after.apply(&settings.policy, &draft.decisions.facts);
        let mut trial = draft.decisions.clone();
        let links = match found.link(see, row, (person, &mut after), ids, &mut trial)? {
            Ok(links) => links,
            Err(refusal) => {
                draft.decisions.refused.push(refusal);
                return Ok(());
            }
        };
        let linked = trial.facts.len();
        if found.points.is_empty() {
            trial.restrict(&mut after, row, &[]);
        }
        let cells = if grants { trial.grant(&mut after, row, links.point) } else { Vec::new() };
        if trial.facts.len() == linked {
            draft.decisions.refused = trial.refused;
            return Ok(());
        }
        let begins = |cell: &Cell| self.permits(&after, cell) && !self.permits(&before, cell);
        draft.permitted.extend(cells.into_iter().filter(begins));
        draft.links.index.extend(links.index);
        draft.links.point = links.point;
        draft.links.spelled = links.spelled;
        draft.decisions = trial;
        draft.subject = Some(person);
        draft.view = Some(after);
        Ok(())
    }

    /// Whether the cell may be used, under the regimes of the import.
    fn permits(&self, view: &View, cell: &Cell) -> bool {
        let policy = &self.settings.policy;
        policy.catalogue().index(cell.purpose).is_some_and(|index| {
            let query = Query::new(index, self.import.regimes);
            let query = Query { point: cell.point, channel: cell.channel, ..query };
            permits(view, &query, policy, self.now)
        })
    }

    /// Takes what a row restricts by nothing but an alias that several people claim, for each of them. Whether there is anybody.
    fn of_claimants(&self, see: &Loaded, found: &Found, draft: &mut Draft<'_>) -> Result<bool, Halt> {
        let claimants = if found.points.is_empty() { found.claimants() } else { &[] };
        for claimant in claimants {
            let whom = Whom { named: &[*claimant], ..Whom::default() };
            let mut view = gather(&self.settings, see, whom, Subject::default())?.view;
            draft.decisions.restrict(&mut view, &self.row, &[]);
            draft.view = Some(view);
        }
        Ok(!claimants.is_empty())
    }

    /// Takes what a row says that somebody refused for whom its alias names too, where they do not hold its address: the system that says no
    /// knows them by an address of old.
    fn of_people_elsewhere(&self, see: &Loaded, found: &Found, draft: &mut Draft<'_>) -> Result<(), Halt> {
        for claimant in found.strangers(see)? {
            let whom = Whom { named: &[claimant], points: &found.points, ..Whom::default() };
            let mut gathered = gather(&self.settings, see, whom, Subject::default())?;
            gathered.take(&self.settings.policy, whom, &draft.decisions.facts);
            let mut view = gathered.view;
            draft.decisions.opt_out(&mut view, &self.row);
            draft.view = Some(view);
        }
        Ok(())
    }

    /// What to write of a row as decided.
    fn written(
        &self,
        see: &Loaded,
        found: &Found,
        ids: &RowIds,
        at: Row,
        draft: Draft<'_>,
    ) -> Result<Weighed, Halt> {
        let Draft { decisions, links, subject, view, permitted } = draft;
        let RowDecisions { facts, reports, effects, refused, restricts_only, .. } = decisions;
        let mut changes = Changes::new(&self.settings, see);
        let Some(view) = view.filter(|_| !facts.is_empty()) else {
            let Weighed { mut plan, permitted } = self.without_facts(refused);
            if plan.outcome.outcome == RowOutcome::Unchanged {
                changes.lead(found.renewed(see)?)?;
                plan.writes = changes.into_writes()?;
            }
            return Ok(Weighed { plan, permitted });
        };
        let facts = changes.append(&facts)?;
        let mut index = links.index;
        for (key, leads_to) in found.renewed(see)? {
            index.entry(key).or_insert(leads_to);
        }
        changes.lead(index)?;
        if let Some(point) = links.point.filter(|_| !links.spelled.is_empty()) {
            changes.spell(point, links.spelled)?;
        }
        changes.due_of_all(&view, self.now)?;
        let point = links.point.or_else(|| found.points.first().copied());
        let row = self.row.number;
        let (outcome, problems) = (RowOutcome::Applied, self.row.problems.clone());
        let report = RowReport { row, outcome, facts, problems, refused, reports, effects, subject, point };
        let kept = report.clone();
        let outcome = StoredOutcome::Row {
            row,
            refused: kept.refused,
            subject,
            point,
            facts: kept.facts,
            reports: kept.reports,
            effects: kept.effects,
        };
        // What restricts may count again when the time to remember it is over; anything else never.
        let over = self.now.checked_add(self.settings.retention).unwrap_or(Timestamp::MAX);
        let expires = restricts_only.then_some(over);
        let record = CommandRecord { fingerprint: ids.fingerprint, expires, outcome };
        // An address may lead elsewhere by now. A batch in doubt that finds the record in its place can no longer land.
        let elsewhere = see.doubted().filter(|doubted| *doubted != at);
        elsewhere.chain([at]).try_for_each(|at| changes.put(at, &record))?;
        Ok(Weighed { plan: Plan { outcome: report, writes: changes.into_writes()? }, permitted })
    }
}

impl PlanRow {
    /// A row, at an instant.
    #[must_use]
    pub fn new(settings: Settings, import: Import, row: ImportRow, now: Timestamp) -> Self {
        Self(ApplyRow::new(settings, import, row, now))
    }
}

impl PlannedRow {
    /// What would become of the row.
    #[must_use]
    pub const fn report(&self) -> &RowReport {
        &self.report
    }
}

impl Operation for ApplyRow {
    type Outcome = RowReport;

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn plan(&self, see: &Loaded) -> Result<Plan<RowReport>, Halt> {
        Ok(self.weighed(see)?.plan)
    }
}

impl Operation for PlanRow {
    type Outcome = PlannedRow;

    fn settings(&self) -> &Settings {
        &self.0.settings
    }

    fn plan(&self, see: &Loaded) -> Result<Plan<PlannedRow>, Halt> {
        let Weighed { plan, permitted } = self.0.weighed(see)?;
        let row = self.0.row.clone();
        let person = self.0.names().next();
        let outcome = PlannedRow { import: self.0.import.id, row, person, report: plan.outcome, permitted };
        Ok(Plan { outcome, writes: plan.writes })
    }
}
