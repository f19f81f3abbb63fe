use alloc::collections::BTreeMap;
use core::ops::Range;

use consent_engine::interop::salesforce::Observation;
use consent_engine::interop::{ForeignId, Record};
use consent_engine::{
    Act, Actor, Aggregate, Authority, Command, CommandId, ContactPointId, Ctx, Decided, Interval, PointKind,
    Power, Rejection, SubjectId, SubjectKind, SystemId, Timestamp, ViewToken, WriterId, decide,
};

use crate::fault::Fault;
use crate::format::{PolicyChange, RecordSpec, Settings};
use crate::index::Index;
use crate::journal::Journal;
use crate::label::Label;
use crate::names::Names;
use crate::person::Person;
use crate::rules::Rules;

/// What a named step left behind.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    pub(crate) at: Timestamp,
    /// The facts it wrote.
    pub(crate) facts: Range<usize>,
}

/// The world of one scenario: a host with everything in memory.
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
    people: BTreeMap<SubjectId, Person>,
    marks: BTreeMap<Label, Mark>,
    writers: Vec<Label>,
    /// What was read from other systems last.
    pub(crate) observed: BTreeMap<SystemId, Vec<Observation>>,
}

impl World {
    pub(crate) fn new(settings: &Settings) -> Result<Self, Fault> {
        let mut writers = settings.writers.clone();
        if writers.is_empty() {
            writers.push(Label::new("main")?);
        }
        let mut world = Self {
            scenario: settings.name.clone(),
            rules: Rules::new(settings)?,
            names: Names::default(),
            index: Index::default(),
            journal: Journal::default(),
            now: None,
            explain: false,
            people: BTreeMap::new(),
            marks: BTreeMap::new(),
            writers,
            observed: BTreeMap::new(),
        };
        for spec in &settings.records {
            world.index.record(spec.system, record(spec)?);
        }
        for writer in &world.writers {
            world.names.writer(writer);
        }
        Ok(world)
    }

    /// The writer a step names, or the first.
    pub(crate) fn writer(&mut self, name: Option<&Label>) -> Result<WriterId, Fault> {
        let found = match name {
            Some(name) => self.writers.iter().find(|own| *own == name),
            None => self.writers.first(),
        };
        let found = found.ok_or_else(|| Fault::input("the scenario has no such writer"))?;
        Ok(self.names.writer(found))
    }

    pub(crate) fn person(&mut self, name: &Label) -> Result<SubjectId, Fault> {
        let id = self.names.subject(name);
        self.people.contains_key(&id).then_some(id).ok_or_else(|| Fault::input("no such person"))
    }

    pub(crate) fn view_of(&self, id: SubjectId) -> Result<&Person, Fault> {
        self.people.get(&id).ok_or_else(|| Fault::input("no such person"))
    }

    /// A contact point that somebody has, or had.
    pub(crate) fn point(&mut self, name: &Label) -> Result<ContactPointId, Fault> {
        let id = self.names.point(name);
        self.index.knows(id).then_some(id).ok_or_else(|| Fault::input("no such contact point"))
    }

    pub(crate) fn create(&mut self, name: &Label, kind: SubjectKind) -> Result<SubjectId, Fault> {
        let id = self.names.subject(name);
        if self.people.contains_key(&id) {
            return Err(Fault::input("the person is there already"));
        }
        self.people.insert(id, Person::new(&self.rules.policy, id, kind)?);
        self.index.read(Aggregate::Subject(id), id);
        Ok(id)
    }

    /// Somebody of whom nothing is known but that they are behind an address.
    pub(crate) fn stranger(&mut self, name: &Label) -> Result<SubjectId, Fault> {
        match self.person(name) {
            Ok(known) => Ok(known),
            Err(_) => self.create(name, SubjectKind::Person),
        }
    }

    /// Gives a contact point to a person, by authority of the host.
    pub(crate) fn attach(
        &mut self,
        id: SubjectId,
        (point, kind): (ContactPointId, PointKind),
        (at, command): (Timestamp, CommandId),
    ) -> Result<(), Fault> {
        self.load(id, point)?;
        self.registrar(id, Act::Attach { point, kind }, (at, command))
    }

    /// Does what only somebody with authority over identities may do.
    pub(crate) fn registrar(
        &mut self,
        id: SubjectId,
        act: Act,
        (at, command): (Timestamp, CommandId),
    ) -> Result<(), Fault> {
        let authority = Authority::new([Power::Identity], Interval::starting(Timestamp::MIN));
        let writer = self.writer(None)?;
        let done = self.command(id, &Command::new(Actor::operator(authority), act), (at, writer, command))?;
        done.map(|_| ()).map_err(|rejection| Fault::input(rejection.to_string()))
    }

    pub(crate) fn mark_role_address(&mut self, id: SubjectId, point: ContactPointId) -> Result<(), Fault> {
        let policy = &self.rules.policy;
        let person = self.people.get_mut(&id).ok_or_else(|| Fault::input("no such person"))?;
        person.know(policy, |subject| {
            if !subject.role_addresses.contains(&point) {
                subject.role_addresses.push(point);
            }
        })
    }

    /// Makes a person's view read the log of a contact point from now on.
    pub(crate) fn load(&mut self, id: SubjectId, point: ContactPointId) -> Result<(), Fault> {
        let aggregate = Aggregate::Point(point);
        if !self.index.read(aggregate, id) {
            return Ok(());
        }
        let policy = &self.rules.policy;
        let person = self.people.get_mut(&id).ok_or_else(|| Fault::input("no such person"))?;
        person.reads.insert(aggregate);
        person.apply(policy, self.journal.of(aggregate))
    }

    /// Decides a command and, if it comes to facts, writes them and shows them to every view that reads them.
    pub(crate) fn command(
        &mut self,
        id: SubjectId,
        command: &Command,
        (now, writer, command_id): (Timestamp, WriterId, CommandId),
    ) -> Result<Result<Decided, Rejection>, Fault> {
        let ctx = Ctx { now, writer, command: command_id, policy: &self.rules.policy };
        let decided = match decide(&self.view_of(id)?.view, command, &ctx) {
            Ok(decided) => decided,
            Err(rejection) => return Ok(Err(rejection)),
        };
        self.journal.append(&decided.facts);
        let mut touched: Vec<_> = decided.facts.iter().map(|fact| fact.position.log.aggregate).collect();
        touched.sort_unstable();
        touched.dedup();
        let mut readers: Vec<_> =
            touched.iter().flat_map(|aggregate| self.index.readers(*aggregate)).collect();
        readers.sort_unstable();
        readers.dedup();
        for reader in readers {
            if let Some(person) = self.people.get_mut(&reader) {
                person.apply(&self.rules.policy, &decided.facts)?;
            }
        }
        Ok(Ok(decided))
    }

    /// Changes the policy: every view is compiled again.
    pub(crate) fn change_policy(&mut self, change: &PolicyChange) -> Result<(), Fault> {
        self.rules.change(change)?;
        for person in self.people.values_mut() {
            person.view.recompile(&self.rules.policy);
        }
        Ok(())
    }

    pub(crate) fn remember(&mut self, step: &Label, mark: Mark) -> Result<(), Fault> {
        match self.marks.insert(step.clone(), mark) {
            Some(_) => Err(Fault::input("a step before has the same `id`")),
            None => Ok(()),
        }
    }

    pub(crate) fn mark(&self, step: &Label) -> Result<Mark, Fault> {
        self.marks.get(step).cloned().ok_or_else(|| Fault::input("no step before has this `id`"))
    }

    /// What a person's view held right after a step.
    pub(crate) fn token_at(&self, id: SubjectId, mark: &Mark) -> Result<ViewToken, Fault> {
        let person = self.view_of(id)?;
        Ok(self.journal.token(person.reads.iter().copied(), mark.facts.end))
    }

    /// Whether folding every person's facts at once gives what applying them one by one gave.
    pub(crate) fn folds_alike(&self) -> bool {
        self.people.values().all(|person| {
            let facts = person.reads.iter().flat_map(|aggregate| self.journal.of(*aggregate));
            let (folded, gap) = consent_engine::Projection::fold(facts);
            gap.is_none() && folded == *person.view.projection()
        })
    }
}

/// An identifier of another system; what it is stays out of the message.
pub(crate) fn foreign_id(text: &str) -> Result<ForeignId, Fault> {
    ForeignId::new(text).map_err(|error| Fault::input(error.to_string()))
}

fn record(spec: &RecordSpec) -> Result<Record, Fault> {
    let email = spec.email.as_ref().map(|email| foreign_id(email.expose())).transpose()?;
    let individual = spec.individual.as_deref().map(foreign_id).transpose()?;
    Ok(Record { object: spec.object.clone(), id: foreign_id(&spec.id)?, email, individual })
}
