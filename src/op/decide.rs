use alloc::vec::Vec;

use crate::consent::{Act, Captured, Command, Ctx, Decided, Rejection, decide};
use crate::contact::Address;
use crate::evidence::Actor;
use crate::id::{IndexKey, SubjectId};
use crate::op::apply::Changes;
use crate::op::command_outcome::CommandOutcome;
use crate::op::fingerprint::fingerprint;
use crate::op::load::gather;
use crate::op::target::Target;
use crate::op::widen::{MOST_POINTS_APART, cut_to_size, is_widened};
use crate::op::{
    Alias, ConfirmationSecret, ConfirmationToken, Halt, Loaded, NOBODYS_POINT, Operation, OperationError,
    Plan, Presented, Settings, Stamp, Who,
};
use crate::policy::Policy;
use crate::store::Row;
use crate::subject::Subject;
use crate::time::Timestamp;
use crate::view::View;
use crate::wire::{CommandRecord, StoredOutcome};

/// Carries out a command: decides it on what the store holds, and commits the facts.
#[derive(Clone, Debug)]
pub struct Decide {
    pub(super) settings: Settings,
    pub(super) who: Who,
    pub(super) command: Command,
    pub(super) task: Task,
    pub(super) stamp: Stamp,
}

/// What a command names by an address or alias, which has to be looked up first, or what it keeps only as a hash.
#[derive(Clone, Debug)]
pub(super) enum Task {
    AsItIs,
    Attach(Address),
    Replace { old: Address, new: Address },
    Reassign { address: Address, from: SubjectId, to: Option<SubjectId> },
    Claim(Alias),
    ResolveContest(Alias),
    Request(ConfirmationSecret),
    Confirm { token: ConfirmationToken, presented: Presented },
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

    /// Gives an address to a subject in the place of another that they have: what bites at the old one bites at the new one; what was
    /// granted at the old one is not granted at the new one.
    #[must_use]
    pub fn replace(
        settings: Settings,
        subject: SubjectId,
        old: Address,
        new: Address,
        actor: Actor,
        stamp: Stamp,
    ) -> Self {
        let act = Act::Replace { old: NOBODYS_POINT, new: NOBODYS_POINT };
        let (who, command) = (Who::Subject(subject), Command::new(actor, act));
        Self { settings, who, command, task: Task::Replace { old, new }, stamp }
    }

    /// Takes an address from one subject and gives it to the next holder, if that is known.
    ///
    /// The next holder is relieved of the restrictions at the address that the command's [view](Command::having_seen) covers, if they are
    /// not their own.
    #[must_use]
    pub fn reassign(
        settings: Settings,
        address: Address,
        from: SubjectId,
        to: Option<SubjectId>,
        command: Command,
        stamp: Stamp,
    ) -> Self {
        let command = Command { act: Act::Reassign { point: NOBODYS_POINT, from, to }, ..command };
        Self { settings, who: Who::Subject(from), command, task: Task::Reassign { address, from, to }, stamp }
    }

    /// Settles whose an alias is that several persons claim.
    #[must_use]
    pub fn resolve_contest(
        settings: Settings,
        owner: SubjectId,
        alias: Alias,
        actor: Actor,
        stamp: Stamp,
    ) -> Self {
        let act = Act::ResolveContest { aliases: Vec::new(), owner };
        let (who, command) = (Who::Subject(owner), Command::new(actor, act));
        Self { settings, who, command, task: Task::ResolveContest(alias), stamp }
    }

    /// With when it happened, if that was not now: what was queued, or comes from another system.
    #[must_use]
    pub fn captured(mut self, captured: Captured) -> Self {
        self.command = self.command.captured(captured);
        self
    }

    /// The outcome of the same command, if it was carried out before.
    fn earlier(&self, see: &Loaded, row: Row) -> Result<Option<CommandOutcome>, Halt> {
        match see.remembered(row, self.stamp.now)? {
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
            Task::Attach(address) | Task::Reassign { address, .. } => secrets.exact(*tenant, address),
            Task::Replace { old, new } => {
                let exact = |address| secrets.exact(*tenant, address).first().copied();
                exact(old).into_iter().chain(exact(new)).collect()
            }
            Task::Claim(alias) | Task::ResolveContest(alias) => secrets.alias(*tenant, alias),
            Task::Request(secret) => secrets.confirmation(*tenant, secret),
            Task::Confirm { token, .. } => secrets.confirmation(*tenant, token.secret()),
        };
        let named = match self.task {
            Task::Replace { .. } => 2,
            _ => 1,
        };
        who.first().into_iter().chain(task.iter().take(named)).copied().collect()
    }

    /// Decides every act in turn, each on what the one before left.
    fn decided(
        &self,
        see: &Loaded,
        view: &mut View,
        target: &Target,
        policy: &Policy,
    ) -> Result<Decided, Halt> {
        let Stamp { now, command } = self.stamp;
        let ctx = Ctx { now, writer: self.settings.writer, command, policy };
        let mut all = Decided { facts: Vec::new(), reports: Vec::new(), effects: Vec::new() };
        let cut = policy.limits().statements == 0;
        for act in &target.acts {
            let command = Command { act: act.clone(), ..self.command.clone() };
            let command = self.with_hashes(see, view, command, &ctx, target)?;
            let mut decided = decide(view, &command, &ctx)?;
            if cut && matches!(act, Act::Erase) {
                cut_to_size(&mut decided);
            }
            // The facts are the next of their logs, and only such are made.
            let _ = view.apply(policy, &decided.facts);
            all.facts.extend(decided.facts);
            all.reports.extend(decided.reports);
            all.effects.extend(decided.effects);
        }
        Ok(all)
    }

    /// What to write once the target is known, with scopes kept apart as `policy` allows.
    pub(super) fn changes(
        &self,
        see: &Loaded,
        target: &Target,
        row: Row,
        policy: &Policy,
    ) -> Result<Plan<CommandOutcome>, Halt> {
        let (settings, now) = (&self.settings, self.stamp.now);
        let mut changes = Changes::new(settings, see);
        let mut so_far = Vec::new();
        let (mut facts, mut reports, mut effects) = (Vec::new(), Vec::new(), Vec::new());
        for whom in target.each() {
            let gathered = gather(settings, see, whom, Subject::default());
            let mut gathered = gathered.map_err(|halt| halt.beside(see.due_rows(whom.named)))?;
            gathered.take(policy, whom, &so_far);
            if !target.acts.iter().all(Act::restricts)
                && let Err(halt) = gathered.is_answerable(settings, see)
            {
                let Halt::Stop(_) = halt else { return Err(halt) };
                let less = target.clone().restricting(Rejection::UnusableView, halt)?;
                return self.changes(see, &less, row, policy);
            }
            let decided = self.decided(see, &mut gathered.view, target, policy)?;
            facts.extend(changes.append(&decided.facts)?);
            reports.extend(decided.reports);
            effects.extend(decided.effects);
            changes.due_of_all(&gathered.view, now)?;
            so_far.extend(decided.facts);
        }
        reports.extend(target.refused.iter().cloned());
        changes.lead(target.index.iter().cloned())?;
        if let Some(point) = target.index_point.filter(|_| !target.spelled.is_empty()) {
            changes.spell(point, target.spelled.iter().copied())?;
        }
        let outcome = StoredOutcome::Committed {
            subject: target.subject(),
            point: target.index_point,
            facts,
            reports,
            effects,
        };
        // What restricts may count again when the time to remember it is over; anything else never.
        let over = now.checked_add(settings.retention).unwrap_or(Timestamp::MAX);
        let expires = self.command.act.restricts().then_some(over);
        let record = CommandRecord { fingerprint: self.fingerprint(), expires, outcome: outcome.clone() };
        // An address may lead elsewhere by now. A batch in doubt that finds the record in its place can no longer land.
        let elsewhere = see.doubted().filter(|doubted| *doubted != row);
        elsewhere.chain([row]).try_for_each(|row| changes.put(row, &record))?;
        let outcome = CommandOutcome { repeated: false, ..outcome.into() };
        Ok(Plan { outcome, writes: changes.into_writes()? })
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
        let settings = &self.settings;
        for doubted in see.doubted() {
            if let Some(done) = self.earlier(see, doubted)? {
                return Ok(Plan::done(done));
            }
        }
        let aggregate = self.owner(see)?;
        let row = Row::Command { aggregate, command: self.stamp.command };
        see.want([see.key(row), see.aggregate_key(aggregate)])?;
        if let Some(done) = self.earlier(see, row)? {
            return Ok(Plan::done(done));
        }
        let target = self.target(see)?;
        let restricts = self.command.act.restricts();
        if !self.command.act.restricts_in_part() && target.points.contains(&NOBODYS_POINT) {
            return Err(Rejection::UnknownContactPoint.into());
        }
        let can_widen = target.subject().is_some() && is_widened(&self.command.act);
        if can_widen && target.points.len() > MOST_POINTS_APART {
            return self.widened(see, target, row);
        }
        let plan = self.changes(see, &target, row, &settings.policy)?;
        let Some(limit) = plan.exceeds(see, restricts) else { return Ok(plan) };
        if let Ok(less) = target.clone().restricting(limit.into(), limit) {
            let plan = self.changes(see, &less, row, &settings.policy)?;
            if plan.exceeds(see, true).is_none() {
                return Ok(plan);
            }
        }
        if can_widen { self.widened(see, target, row) } else { Err(limit.into()) }
    }
}
