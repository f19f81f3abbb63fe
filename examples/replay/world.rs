use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use core::ops::Range;

use consent_engine::interop::salesforce::Observation;
use consent_engine::interop::{ForeignId, Record};
use consent_engine::op::import::ImportPlan;
use consent_engine::op::{Decide, Load};
use consent_engine::{
    Act, Actor, Aggregate, Authority, Command, CommandId, ContactPointId, FactKind, IndexSecrets, Interval,
    LogId, PointKind, Power, Projection, Rejection, Seq, SubjectId, SystemId, TenantId, Timestamp, View,
    ViewToken, WriterId,
};
use consent_engine::{
    Address, Alias, CommandOutcome, ConfirmationToken, OperationError, Pii, Settings, Stamp,
};

use crate::backend::{Backend, Through};
use crate::fault::Fault;
use crate::format::{self, AliasSpec, PolicyChange, RecordSpec};
use crate::index::Index;
use crate::journal::Journal;
use crate::label::Label;
use crate::names::Names;
use crate::rules::Rules;

/// Everything here belongs to one tenant.
pub(crate) const TENANT: TenantId = TenantId::from_u128(1);

/// The index secret of every scenario, so that every run makes the same ids. A real host draws its own, and hides it.
const SECRET: [u8; 32] = [7; 32];

/// What a named step left behind.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    pub(crate) at: Timestamp,
    /// The facts it wrote.
    pub(crate) facts: Range<usize>,
}

/// The world of one scenario: a host with its store in memory.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) scenario: Label,
    pub(crate) rules: Rules,
    pub(crate) names: Names,
    pub(crate) index: Index,
    pub(crate) journal: Journal,
    pub(crate) now: Option<Timestamp>,
    /// Whether answers are to be explained in words.
    pub(crate) explain: bool,
    pub(crate) backend: Backend,
    secrets: IndexSecrets,
    people: BTreeSet<SubjectId>,
    marks: BTreeMap<Label, Mark>,
    /// The dry runs of imports.
    plans: BTreeMap<Label, ImportPlan>,
    /// The tokens of the messages that were sent, as the links in them hold them.
    links: BTreeMap<Label, ConfirmationToken>,
    writers: Vec<Label>,
    /// The writer of steps that name none.
    main: WriterId,
    /// What was read from other systems last.
    pub(crate) observed: BTreeMap<SystemId, Vec<Observation>>,
}

impl World {
    pub(crate) fn new(settings: &format::Settings, through: Through) -> Result<Self, Fault> {
        let mut writers = settings.writers.clone();
        if writers.is_empty() {
            writers.push(Label::new("main")?);
        }
        let mut names = Names::default();
        let ids: Vec<_> = writers.iter().map(|writer| names.writer(writer)).collect();
        let main = ids.first().copied().ok_or_else(|| Fault::input("the scenario has no writer"))?;
        let rules = Rules::new(settings)?;
        let secrets = IndexSecrets::new(SECRET);
        let settings_now = Settings::new(TENANT, main, Arc::clone(&rules.policy));
        let backend = Backend::new(through, settings_now.with_index_secrets(secrets.clone()));
        let mut world = Self {
            scenario: settings.name.clone(),
            rules,
            names,
            index: Index::default(),
            journal: Journal::default(),
            now: None,
            explain: false,
            backend,
            secrets,
            plans: BTreeMap::new(),
            links: BTreeMap::new(),
            people: BTreeSet::new(),
            marks: BTreeMap::new(),
            writers,
            main,
            observed: BTreeMap::new(),
        };
        for spec in &settings.records {
            world.index.record(spec.system, record(spec)?);
        }
        Ok(world)
    }

    /// The writer a step names, or the first.
    pub(crate) fn writer(&mut self, name: Option<&Label>) -> Result<WriterId, Fault> {
        let found = match name {
            Some(name) => self.writers.iter().find(|own| *own == name),
            None => self.writers.first(),
        };
        let found = found.ok_or_else(|| {
            Fault::field("writer", "the scenario has none of this name: add it to `writers`")
        })?;
        Ok(self.names.writer(found))
    }

    /// A person who is known by now; `field` names them.
    pub(crate) fn person(&mut self, field: &str, name: &Label) -> Result<SubjectId, Fault> {
        let id = self.names.subject(name);
        let unknown =
            "nobody of this name is known yet: a step `person`, or `people` of the scenario, comes first";
        self.people.contains(&id).then_some(id).ok_or_else(|| Fault::field(field, unknown))
    }

    /// A person as the store holds them now.
    pub(crate) fn view_of(&self, id: SubjectId) -> Result<View, Fault> {
        Ok(self.backend.must(Load::new(self.settings(self.main), id.into()))?.view)
    }

    /// What the engine of a writer is set up with now.
    pub(crate) fn settings(&self, writer: WriterId) -> Settings {
        Settings::new(TENANT, writer, Arc::clone(&self.rules.policy)).with_index_secrets(self.secrets.clone())
    }

    /// A contact point that somebody has, or had; `field` names it.
    pub(crate) fn point(&mut self, field: &str, name: &Label) -> Result<ContactPointId, Fault> {
        let id = self.names.point(name);
        let unknown =
            "no contact point of this name is known yet: `points` of a person, or an `attach`, comes first";
        self.index.knows(id).then_some(id).ok_or_else(|| Fault::field(field, unknown))
    }

    /// Somebody who was not there before; `field` names them.
    pub(crate) fn create(&mut self, field: &str, name: &Label) -> Result<SubjectId, Fault> {
        let id = self.names.subject(name);
        let new = self.people.insert(id);
        new.then_some(id)
            .ok_or_else(|| Fault::field(field, "somebody of this name is there already: choose another"))
    }

    /// Somebody whom the engine made known: from now on they have a name.
    pub(crate) fn meet(&mut self, id: SubjectId, name: &Label) {
        if self.people.insert(id) {
            self.names.call_subject(id, name);
        }
    }

    /// Somebody of whom nothing is known but that they are behind an address.
    pub(crate) fn stranger(&mut self, name: &Label) -> Result<SubjectId, Fault> {
        match self.person("creates", name) {
            Ok(known) => Ok(known),
            Err(_) => self.create("creates", name),
        }
    }

    /// Gives an identifier of another system to a person, as the host's sign-up does.
    pub(crate) fn claim(
        &mut self,
        id: SubjectId,
        spec: &AliasSpec,
        (at, command): (Timestamp, CommandId),
    ) -> Result<(), Fault> {
        self.index.claim(spec.system, &spec.value, id)?;
        let alias = Alias::new(spec.system, spec.value.expose());
        let alias = alias.map_err(|error| Fault::field("aliases", error))?;
        let writer = self.writer(None)?;
        let claim = Decide::claim(self.settings(writer), id, alias, registrar(), Stamp::new(at, command));
        self.carried_out(claim)?.map(|_| ()).map_err(|rejection| Fault::input(rejection.to_string()))
    }

    /// Gives a contact point to a person, as the host's sign-up does.
    pub(crate) fn hand_out(
        &mut self,
        id: SubjectId,
        what: (ContactPointId, PointKind, Option<&Pii<String>>),
        (at, command): (Timestamp, CommandId),
    ) -> Result<(), Fault> {
        let writer = self.writer(None)?;
        let done = self.attach(id, registrar(), what, (at, writer, command))?;
        done.map(|_| ()).map_err(|rejection| Fault::input(rejection.to_string()))
    }

    /// Gives a contact point to a person.
    ///
    /// By its address, if it has one of which there are normal forms, so that an import finds it.
    pub(crate) fn attach(
        &mut self,
        id: SubjectId,
        actor: Actor,
        (point, kind, address): (ContactPointId, PointKind, Option<&Pii<String>>),
        (at, writer, command): (Timestamp, WriterId, CommandId),
    ) -> Result<Result<CommandOutcome, Rejection>, Fault> {
        let known = self.has_log(point);
        let address = address.filter(|_| !known || self.index.is_found(point));
        let Some(address) = address.filter(|_| matches!(kind, PointKind::Email | PointKind::Phone)) else {
            let attach = Command::new(actor, Act::Attach { point, kind });
            return self.command(id, &attach, (at, writer, command));
        };
        let address = Address::new(kind, address.expose()).map_err(|error| Fault::field("address", error))?;
        let stamp = self.stamp(point, (at, command));
        let attach = Decide::attach(self.settings(writer), id, address, actor, stamp);
        let done = self.carried_out(attach)?;
        if done.is_ok() {
            self.index.find(point);
        }
        Ok(done)
    }

    /// Carries out a command of whoever is or will be behind an address.
    pub(crate) fn command_at(
        &mut self,
        point: ContactPointId,
        address: Address,
        command: Command,
        stamp: (Timestamp, CommandId),
    ) -> Result<Result<CommandOutcome, Rejection>, Fault> {
        let (writer, stamp) = (self.writer(None)?, self.stamp(point, stamp));
        let decide = Decide::new(self.settings(writer), address.into(), command, stamp);
        let done = self.carried_out(decide)?;
        if done.is_ok() {
            self.index.find(point);
        }
        Ok(done)
    }

    /// The stamp of a command that may make a contact point: the engine gives it the id of the command.
    fn stamp(&self, point: ContactPointId, (at, command): (Timestamp, CommandId)) -> Stamp {
        Stamp::new(at, if self.has_log(point) { command } else { CommandId::new(point.uuid()) })
    }

    fn has_log(&self, point: ContactPointId) -> bool {
        self.journal.of(Aggregate::Point(point)).next().is_some()
    }

    /// Does what only somebody with authority over identities may do.
    pub(crate) fn registrar(
        &mut self,
        id: SubjectId,
        act: Act,
        (at, command): (Timestamp, CommandId),
    ) -> Result<(), Fault> {
        let writer = self.writer(None)?;
        let done = self.command(id, &Command::new(registrar(), act), (at, writer, command))?;
        done.map(|_| ()).map_err(|rejection| Fault::input(rejection.to_string()))
    }

    /// Carries out a command, and reads back the facts that it wrote.
    pub(crate) fn command(
        &mut self,
        id: SubjectId,
        command: &Command,
        (now, writer, command_id): (Timestamp, WriterId, CommandId),
    ) -> Result<Result<CommandOutcome, Rejection>, Fault> {
        let stamp = Stamp::new(now, command_id);
        self.carried_out(Decide::new(self.settings(writer), id.into(), command.clone(), stamp))
    }

    /// The same of any operation that decides.
    pub(crate) fn carried_out(&mut self, decide: Decide) -> Result<Result<CommandOutcome, Rejection>, Fault> {
        let outcome = match self.backend.run(decide)? {
            Ok(outcome) => outcome,
            Err(OperationError::Rejected(rejection)) => return Ok(Err(rejection)),
            Err(error) => return Err(Fault::input(error.to_string())),
        };
        self.read_back(&outcome.facts)?;
        Ok(Ok(outcome))
    }

    /// Takes in the facts of logs that grew, those that are not known yet.
    pub(crate) fn read_back(&mut self, grown: &[(LogId, Seq, Seq)]) -> Result<(), Fault> {
        let (first, settings) = (self.journal.len(), self.settings(self.main));
        for (log, from, to) in grown {
            if self.journal.at(log.at(*from)).is_none() {
                self.journal.read_back(&self.backend, &settings, (*log, *from, *to))?;
            }
        }
        for fact in self.journal.slice(first..self.journal.len()) {
            match &fact.kind {
                FactKind::Attach { subject, point, .. } => self.index.hold(*point, *subject),
                FactKind::Reassign(made) => {
                    made.to.into_iter().for_each(|to| self.index.hold(made.point, to))
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Keeps the dry run of an import.
    pub(crate) fn keep_plan(&mut self, step: &Label, plan: &ImportPlan) {
        self.plans.insert(step.clone(), plan.clone());
    }

    /// The dry run of an import before.
    pub(crate) fn plan(&self, step: &Label) -> Result<ImportPlan, Fault> {
        let plan = self.plans.get(step).cloned();
        plan.ok_or_else(|| {
            Fault::field("with", "no import before has this `id`: name a step with an `import`")
        })
    }

    /// Keeps the token of a message that was sent.
    pub(crate) fn send(&mut self, link: &Label, token: ConfirmationToken) {
        self.links.insert(link.clone(), token);
    }

    /// The token of a message that was sent.
    pub(crate) fn link(&self, link: &Label) -> Result<&ConfirmationToken, Fault> {
        self.links.get(link).ok_or_else(|| {
            Fault::field("link", "no message was sent with it: an `act` with this `link` comes first")
        })
    }

    pub(crate) fn change_policy(&mut self, change: &PolicyChange) -> Result<(), Fault> {
        self.rules.change(change)
    }

    pub(crate) fn remember(&mut self, step: &Label, mark: Mark) -> Result<(), Fault> {
        match self.marks.insert(step.clone(), mark) {
            Some(_) => Err(Fault::field("id", "a step before has the same: choose another")),
            None => Ok(()),
        }
    }

    /// What a step before left behind; `field` names the step.
    pub(crate) fn mark(&self, field: &str, step: &Label) -> Result<Mark, Fault> {
        let unknown = "no step before has this `id`: give it to the step that is meant";
        self.marks.get(step).cloned().ok_or_else(|| Fault::field(field, unknown))
    }

    /// What a person's view held right after a step.
    pub(crate) fn token_at(&self, id: SubjectId, mark: &Mark) -> Result<ViewToken, Fault> {
        Ok(self.journal.token(read_by(&self.view_of(id)?), mark.facts.end))
    }

    /// Whether folding every person's facts at once gives what applying them one by one gave.
    pub(crate) fn folds_alike(&self) -> Result<bool, Fault> {
        for id in &self.people {
            let view = self.view_of(*id)?;
            let facts = read_by(&view).into_iter().flat_map(|aggregate| self.journal.of(aggregate));
            let (folded, gap) = Projection::fold(facts);
            if gap.is_some() || folded != *view.projection() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Whoever in the story may say who is who.
pub(crate) fn registrar() -> Actor {
    Actor::operator(Authority::new([Power::Identity], Interval::starting(Timestamp::MIN)))
}

/// Whose logs a view is made of.
pub(crate) fn read_by(view: &View) -> BTreeSet<Aggregate> {
    view.projection().logs().iter().map(|log| log.log().aggregate).collect()
}

/// An identifier of another system; what it is stays out of the message.
pub(crate) fn foreign_id(field: &str, text: &str) -> Result<ForeignId, Fault> {
    ForeignId::new(text).map_err(|error| Fault::field(field, error))
}

fn record(spec: &RecordSpec) -> Result<Record, Fault> {
    let email = spec.email.as_ref().map(|email| foreign_id("email", email.expose())).transpose()?;
    let individual = spec.individual.as_deref().map(|id| foreign_id("individual", id)).transpose()?;
    Ok(Record { object: spec.object.clone(), id: foreign_id("id", &spec.id)?, email, individual })
}
