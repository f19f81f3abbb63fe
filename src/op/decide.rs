use alloc::vec::Vec;

use crate::consent::{Act, Command, Ctx, Decided, Effect, Report, decide};
use crate::contact::Address;
use crate::evidence::Actor;
use crate::fact::Scope;
use crate::id::{Aggregate, ContactPointId, IndexKey, LogId, Seq, SubjectId};
use crate::op::apply::Changes;
use crate::op::fingerprint::fingerprint;
use crate::op::load::{newer_policy, view};
use crate::op::{
    Alias, Halt, Loaded, NOBODYS_POINT, Operation, OperationError, Plan, Settings, Stamp, Who, locate,
};
use crate::store::Row;
use crate::time::Timestamp;
use crate::view::View;
use crate::wire::{CommandRecord, IndexRecord, StoredOutcome};

/// Carries out a command: decides it on what the store holds, and commits the facts.
#[derive(Clone, Debug)]
pub struct Decide {
    settings: Settings,
    who: Who,
    command: Command,
    task: Task,
    stamp: Stamp,
}

/// What a command names by an address or alias, which has to be looked up first.
#[derive(Clone, Debug)]
enum Task {
    AsItIs,
    Attach(Address),
    Claim(Alias),
}

/// What a command came to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommandOutcome {
    /// Whose command it was; none if it was by an address, of everyone behind it.
    pub subject: Option<SubjectId>,
    /// The contact point that an address led to.
    pub point: Option<ContactPointId>,
    /// For each log that grew, its first and last new fact.
    pub facts: Vec<(LogId, Seq, Seq)>,
    /// What became of each part of the command.
    pub reports: Vec<Report>,
    /// What the host must do now.
    pub effects: Vec<Effect>,
    /// The command was carried out before: this is what it came to then.
    pub repeated: bool,
}

/// Whom the command turned out to be about.
struct Target {
    subject: Option<SubjectId>,
    points: Vec<ContactPointId>,
    /// Index keys to write, and where they lead to.
    index: Vec<(Vec<IndexKey>, IndexRecord)>,
    spelled: Vec<IndexKey>,
    /// The contact point that an address led to.
    index_point: Option<ContactPointId>,
    acts: Vec<Act>,
}

impl Decide {
    /// A command of or for somebody.
    ///
    /// With [`Who::Address`] an opt-out, objection or other restriction reaches everyone behind the address, in every spelling of it,
    /// also those who come later; anything else needs it to be the address of one person.
    #[must_use]
    pub const fn new(settings: Settings, who: Who, command: Command, stamp: Stamp) -> Self {
        Self { settings, who, command, task: Task::AsItIs, stamp }
    }

    /// Gives an address to a subject.
    ///
    /// A new contact point has the id of the command.
    #[must_use]
    pub fn attach(
        settings: Settings,
        subject: SubjectId,
        address: Address,
        actor: Actor,
        stamp: Stamp,
    ) -> Self {
        let command = Command::new(actor, Act::Attach { point: NOBODYS_POINT, kind: address.kind() });
        Self { settings, who: Who::Subject(subject), command, task: Task::Attach(address), stamp }
    }

    /// Gives an alias to a subject.
    #[must_use]
    pub fn claim(settings: Settings, subject: SubjectId, alias: Alias, actor: Actor, stamp: Stamp) -> Self {
        let command = Command::new(actor, Act::Claim(IndexKey::from_u128(0)));
        Self { settings, who: Who::Subject(subject), command, task: Task::Claim(alias), stamp }
    }

    fn target(&self, see: &Loaded) -> Result<Target, Halt> {
        let mut target = match &self.who {
            Who::Subject(id) => self.plain(Some(*id)),
            Who::Alias(alias) => self.plain(locate::alias(&self.settings, see, alias)?.subject),
            Who::Address(address) => return self.at_address(see, address),
        };
        let subject = target.subject.ok_or(OperationError::UnknownSubject)?;
        match &self.task {
            Task::AsItIs => {}
            Task::Attach(address) => self.attaching(see, address, &mut target)?,
            Task::Claim(alias) => {
                let found = locate::alias(&self.settings, see, alias)?;
                if found.subject.is_some_and(|owner| owner != subject) {
                    return Err(OperationError::AliasConflict.into());
                }
                let first = found.consulted.first().map(|(key, _)| *key);
                target.acts = Vec::from([Act::Claim(first.ok_or(OperationError::SecretsMissing)?)]);
                target.index.push((found.unwritten().collect(), IndexRecord::Subject(subject)));
            }
        }
        Ok(target)
    }

    fn plain(&self, subject: Option<SubjectId>) -> Target {
        let acts = Vec::from([self.command.act.clone()]);
        let points = points_named(&self.command.act);
        Target { subject, points, index: Vec::new(), spelled: Vec::new(), index_point: None, acts }
    }

    /// A contact point that is made by this command.
    const fn new_point(&self) -> ContactPointId {
        ContactPointId::new(self.stamp.command.uuid())
    }

    fn at_address(&self, see: &Loaded, address: &Address) -> Result<Target, Halt> {
        let found = locate::coarse(&self.settings, see, address)?;
        if !restricts_a_scope(&self.command.act) {
            let holder = locate::holder(see, &found.points)?.ok_or(OperationError::UnknownSubject)?;
            return Ok(self.plain(Some(holder)));
        }
        let mut points = found.points.clone();
        if points.is_empty() {
            points.push(self.new_point());
        }
        let first = points.first().copied().unwrap_or_else(|| self.new_point());
        let acts = at_points(&self.command.act, &points);
        let index = Vec::from([(found.unwritten().collect(), IndexRecord::Point(first))]);
        Ok(Target { subject: None, points, index, spelled: Vec::new(), index_point: Some(first), acts })
    }

    fn attaching(&self, see: &Loaded, address: &Address, target: &mut Target) -> Result<(), Halt> {
        let exact = locate::exact(&self.settings, see, address)?;
        let coarse = locate::coarse(&self.settings, see, address)?;
        let known = exact.points.first().or_else(|| coarse.points.first()).copied();
        let point = known.unwrap_or_else(|| self.new_point());
        let record = see.aggregate(Aggregate::Point(point))?;
        let spelled_so = exact.points.contains(&point);
        if !spelled_so && record.is_some_and(|record| !record.spelled.is_empty()) {
            return Err(OperationError::OtherSpelling.into());
        }
        target.acts = Vec::from([Act::Attach { point, kind: address.kind() }]);
        target.points.push(point);
        target.index_point = Some(point);
        for found in [&exact, &coarse] {
            target.index.push((found.unwritten().collect(), IndexRecord::Point(point)));
        }
        target.spelled = exact.consulted.iter().map(|(key, _)| *key).collect();
        Ok(())
    }

    /// The outcome of the same command, if it was carried out before.
    fn earlier(&self, see: &Loaded, row: Row) -> Result<Option<CommandOutcome>, Halt> {
        let record = see.command(row)?.filter(|record| self.stamp.now < record.expires);
        match record {
            None => Ok(None),
            Some(record) if record.fingerprint == self.fingerprint() => {
                Ok(Some(record.outcome.clone().into()))
            }
            Some(_) => Err(OperationError::CommandIdReused.into()),
        }
    }

    fn fingerprint(&self) -> [u8; 32] {
        fingerprint(&self.command, &self.whom())
    }

    /// What tells whom the command names. Only a hash of it is kept.
    fn whom(&self) -> Vec<IndexKey> {
        let Settings { tenant, secrets, .. } = &self.settings;
        let Some(secrets) = secrets else { return Vec::new() };
        let who = match &self.who {
            Who::Address(address) => secrets.coarse(*tenant, address),
            Who::Alias(alias) => secrets.alias(*tenant, alias),
            Who::Subject(_) => Vec::new(),
        };
        let task = match &self.task {
            Task::AsItIs => Vec::new(),
            Task::Attach(address) => secrets.exact(*tenant, address),
            Task::Claim(alias) => secrets.alias(*tenant, alias),
        };
        who.first().into_iter().chain(task.first()).copied().collect()
    }

    /// Decides every act in turn, each on what the one before left.
    fn decided(&self, view: &mut View, acts: Vec<Act>) -> Result<Decided, Halt> {
        let Stamp { now, command } = self.stamp;
        let policy = &*self.settings.policy;
        let ctx = Ctx { now, writer: self.settings.writer, command, policy };
        let mut all = Decided { facts: Vec::new(), reports: Vec::new(), effects: Vec::new() };
        for act in acts {
            let command = Command { act, ..self.command.clone() };
            let decided = decide(view, &command, &ctx)?;
            // The facts are the next of their logs, and only such are made.
            let _ = view.apply(policy, &decided.facts);
            all.facts.extend(decided.facts);
            all.reports.extend(decided.reports);
            all.effects.extend(decided.effects);
        }
        Ok(all)
    }
}

impl Operation for Decide {
    type Outcome = CommandOutcome;

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn command(&self) -> Option<&Command> {
        Some(&self.command)
    }

    fn plan(&self, see: &Loaded) -> Result<Plan<CommandOutcome>, Halt> {
        let (settings, Stamp { now, command }) = (&self.settings, self.stamp);
        for doubted in see.doubted() {
            if let Some(done) = self.earlier(see, doubted)? {
                return Ok(Plan::done(done));
            }
        }
        let target = self.target(see)?;
        let first_point = target.points.first().copied();
        let owner = target.subject.map(Aggregate::Subject).or(first_point.map(Aggregate::Point));
        let aggregate = owner.ok_or(OperationError::UnknownSubject)?;
        let row = Row::Command { aggregate, command };
        see.want([see.key(row), see.aggregate_key(aggregate)])?;
        if let Some(done) = self.earlier(see, row)? {
            return Ok(Plan::done(done));
        }
        let mut view = view(settings, see, target.subject, &target.points)?;
        if !self.command.act.restricts()
            && let Some(stored) = newer_policy(settings, see, target.subject)?
        {
            let own = settings.policy.version();
            return Err(OperationError::PolicyDowngrade { stored, own }.into());
        }
        let decided = self.decided(&mut view, target.acts)?;
        let mut changes = Changes::new(settings, see);
        let facts = changes.append(&decided.facts)?;
        for (keys, leads_to) in target.index {
            changes.index(keys, leads_to)?;
        }
        if let Some(point) = first_point.filter(|_| !target.spelled.is_empty()) {
            changes.spell(point, target.spelled)?;
        }
        changes.due_of_all(&view, now)?;
        let outcome = StoredOutcome::Committed {
            subject: target.subject,
            point: target.index_point,
            facts,
            reports: decided.reports,
            effects: decided.effects,
        };
        let expires = now.checked_add(settings.retention).unwrap_or(Timestamp::MAX);
        let record = CommandRecord { fingerprint: self.fingerprint(), expires, outcome: outcome.clone() };
        // An address may lead elsewhere by now. A batch in doubt that finds the record in its place can no longer land.
        let elsewhere = see.doubted().filter(|doubted| *doubted != row);
        elsewhere.chain([row]).try_for_each(|row| changes.put(row, &record))?;
        let outcome = CommandOutcome { repeated: false, ..outcome.into() };
        Ok(Plan { outcome, writes: changes.into_writes()? })
    }
}

impl From<StoredOutcome> for CommandOutcome {
    fn from(stored: StoredOutcome) -> Self {
        let StoredOutcome::Committed { subject, point, facts, reports, effects } = stored;
        Self { subject, point, facts, reports, effects, repeated: true }
    }
}

/// Whether an act sets restrictions whose scope can name a contact point.
const fn restricts_a_scope(act: &Act) -> bool {
    matches!(act, Act::OptOut(_) | Act::Object(_) | Act::Restrict { .. })
}

/// The same restriction at each of some contact points, where it names none itself.
fn at_points(act: &Act, points: &[ContactPointId]) -> Vec<Act> {
    let at_each =
        |scope: Scope| points.iter().map(move |point| Scope { point: scope.point.or(Some(*point)), ..scope });
    match act {
        Act::OptOut(scopes) => Vec::from([Act::OptOut(scopes.iter().copied().flat_map(at_each).collect())]),
        Act::Object(scopes) => Vec::from([Act::Object(scopes.iter().copied().flat_map(at_each).collect())]),
        Act::Restrict { reason, scope, until } => {
            let (reason, until) = (*reason, *until);
            at_each(*scope).map(|scope| Act::Restrict { reason, scope, until }).collect()
        }
        other => Vec::from([other.clone()]),
    }
}

/// The contact points that an act names: their logs are read, whoever has them.
fn points_named(act: &Act) -> Vec<ContactPointId> {
    let of_log = |log: LogId| match log.aggregate {
        Aggregate::Point(point) => Some(point),
        Aggregate::Subject(_) => None,
    };
    match act {
        Act::OptOut(scopes) | Act::Object(scopes) => scopes.iter().filter_map(|scope| scope.point).collect(),
        Act::Restrict { scope, .. } | Act::Revoke(scope) | Act::Lapse { scope, .. } | Act::Resume(scope) => {
            scope.point.into_iter().collect()
        }
        Act::Clear(named) => of_log(named.log).into_iter().collect(),
        Act::Release { log, .. } => of_log(*log).into_iter().collect(),
        Act::Attach { point, .. } | Act::Verify(point) | Act::Reassign { point, .. } => Vec::from([*point]),
        Act::Replace { old, new } => Vec::from([*old, *new]),
        Act::Request(_)
        | Act::Confirm(_)
        | Act::Grant { .. }
        | Act::Renew { .. }
        | Act::RecordBasis { .. }
        | Act::Hold(_)
        | Act::NoticeSeen { .. }
        | Act::Preference { .. }
        | Act::Relationship(_)
        | Act::Claim(_)
        | Act::Erase => Vec::new(),
    }
}
