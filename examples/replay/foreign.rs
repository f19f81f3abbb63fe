//! Payloads of other systems: read by a dialect of the library, decided by the engine.

use consent_engine::interop::salesforce::{Call, ConsentRead, ReadResponse, ingest, ingest_read};
use consent_engine::interop::{
    Addressed, Context, Created, ForeignId, Ingest, Link, MapError, Problem, Target,
};
use consent_engine::{
    Act, Address, Channel, CommandId, ContactPointId, PointKind, SubjectId, SystemId, Timestamp, ViewToken,
};

use crate::fault::Fault;
use crate::format::{Payload, ReadAnswer, Seen, WriteCall};
use crate::label::Label;
use crate::names::Names;
use crate::outcome::{Outcome, Received};
use crate::world::{World, foreign_id};

/// Takes in a payload as a host would: map, create and link, decide, and do what is asked besides.
pub(crate) fn receive(
    world: &mut World,
    payload: &Payload,
    at: Timestamp,
    (command, number): (CommandId, u64),
) -> Result<Outcome, Fault> {
    let received = match payload {
        Payload::ConsentWrite(call) => consent_write(world, call, at, (command, number))?,
        Payload::ConsentRead(answer) => consent_read(world, answer, at, command)?,
    };
    Ok(Outcome::Payload(Box::new(received)))
}

fn consent_write(
    world: &mut World,
    call: &WriteCall,
    at: Timestamp,
    (command, number): (CommandId, u64),
) -> Result<Received, Fault> {
    let body = call.body.as_ref().map_or(String::from("{}"), |body| body.0.to_string());
    let directory = world.index.directory(call.system);
    let context = Context::new(at, call.system, world.rules.policy.catalogue(), &directory);
    let read = ingest(&Call::new(&call.action, call.query.expose(), body.as_bytes()), &context);
    let mut host = Host::new(world, call.system, at, command);
    host.view.clone_from(&call.view);
    match read {
        Ok(ingest) => {
            // A withdrawal is not lost for want of a name.
            let unnamed = || Label::new(&format!("{}.line-{number}", call.system));
            let created = match &ingest.created {
                Some(created) => Some(host.create(created, &call.creates.clone().map_or_else(unnamed, Ok)?)?),
                None => None,
            };
            host.take(ingest, created)?;
        }
        Err(error) => host.reject(error)?,
    }
    Ok(host.received)
}

fn consent_read(
    world: &mut World,
    answer: &ReadAnswer,
    at: Timestamp,
    command: CommandId,
) -> Result<Received, Fault> {
    let ids = answer.ids.iter().map(|id| foreign_id("ids", id.expose())).collect::<Result<Vec<_>, _>>()?;
    let unusable = |problem: Problem| Fault::input(problem.to_string());
    let read = ConsentRead::new(answer.actions.iter().copied(), ids).map_err(unusable)?;
    let response = match ReadResponse::parse(answer.body.0.to_string().as_bytes()) {
        Ok(response) => response,
        Err(problem) => {
            let problems = vec![(problem.code(), problem.to_string())];
            return Ok(Received { problems, ..Received::default() });
        }
    };
    let directory = world.index.directory(answer.system);
    let context = Context::new(at, answer.system, world.rules.policy.catalogue(), &directory);
    let last = world.observed.get(&answer.system).cloned().unwrap_or_default();
    let found = ingest_read(&read, &response, &last, &context);
    world.observed.insert(answer.system, found.observations);
    let mut host = Host::new(world, answer.system, at, command);
    host.take(found.ingest, None)?;
    for (_, error) in found.failures {
        host.reject(error)?;
    }
    Ok(host.received)
}

/// The host of the story while it takes in one payload.
struct Host<'a> {
    world: &'a mut World,
    system: SystemId,
    at: Timestamp,
    /// The id of the next command.
    command: CommandId,
    /// What the other system had in front of it.
    view: Seen,
    received: Received,
}

impl<'a> Host<'a> {
    fn new(world: &'a mut World, system: SystemId, at: Timestamp, command: CommandId) -> Self {
        Self { world, system, at, command, view: Seen::None, received: Received::default() }
    }

    /// The subject that a call creates, with the address that led to it.
    fn create(&mut self, created: &Created, name: &Label) -> Result<SubjectId, Fault> {
        let id = self.world.create("creates", name)?;
        self.world.index.claim(self.system, &individual(name), id)?;
        if let Some(address) = &created.address {
            let point = self.point(address, name)?;
            let address = consent_engine::Pii::new(address.expose().to_owned());
            let of = (point, PointKind::Email, Some(&address));
            let done = self.world.hand_out(id, of, (self.at, self.command));
            done.map_err(|fault| Fault::field("ids", fault))?;
            self.command = Names::next(self.command);
        }
        Ok(id)
    }

    /// The contact point of an address, known from now on.
    fn point(&mut self, address: &ForeignId, holder: &Label) -> Result<ContactPointId, Fault> {
        if let Some(point) = self.world.index.point_at(address.expose()) {
            return Ok(point);
        }
        let mut point = self.world.names.point(&Label::new(&format!("{holder}.mail"))?);
        let mut number = 1_u32;
        while self.world.index.knows(point) {
            number = number.saturating_add(1);
            point = self.world.names.point(&Label::new(&format!("{holder}.mail-{number}"))?);
        }
        let address = consent_engine::Pii::new(address.expose().to_owned());
        self.world.index.know(point, PointKind::Email, Some(&address))?;
        Ok(point)
    }

    fn take(&mut self, ingest: Ingest, created: Option<SubjectId>) -> Result<(), Fault> {
        for link in &ingest.links {
            self.link(link, created)?;
        }
        self.received.noop = ingest.noop;
        self.received.warnings.extend(&ingest.warnings);
        self.received.requests.extend(ingest.requests.iter().map(|request| request.kind));
        self.received.follow_ups.extend(&ingest.effects);
        for addressed in ingest.commands {
            self.decide(addressed, created)?;
        }
        Ok(())
    }

    /// A payload that was not understood: what looked like an opt-out is decided all the same.
    fn reject(&mut self, error: MapError) -> Result<(), Fault> {
        let (problem, interim) = error.into_parts();
        self.received.problems.push((problem.code(), problem.to_string()));
        for addressed in interim {
            self.decide(addressed, None)?;
        }
        Ok(())
    }

    fn link(&mut self, link: &Link, created: Option<SubjectId>) -> Result<(), Fault> {
        let who = match &link.target {
            Target::Subject(id) => Some(*id),
            Target::Created => created,
            Target::Record(_) | Target::Address(_) => None,
        };
        if let Some(id) = who {
            let name = Label::new(&self.world.names.subject_name(id))?;
            let individual = foreign_id("creates", individual(&name).expose())?;
            self.world.index.link(self.system, &link.record, &individual);
        }
        Ok(())
    }

    fn decide(&mut self, addressed: Addressed, created: Option<SubjectId>) -> Result<(), Fault> {
        let (people, addressed) = match addressed.target.clone() {
            Target::Subject(id) => (vec![id], addressed),
            Target::Created => (created.into_iter().collect(), addressed),
            Target::Record(_) => {
                self.received.problems.push(("unmapped_record", String::from("nobody is behind the record")));
                (Vec::new(), addressed)
            }
            Target::Address(address) if self.restricts_nobody_yet(&address, &addressed)? => return Ok(()),
            Target::Address(address) => self.behind(&address, addressed)?,
        };
        for id in people {
            let command = addressed.command.clone();
            let seen = match &self.view {
                Seen::None => None,
                Seen::Nothing => Some(ViewToken::NOTHING),
                Seen::Current => Some(self.world.view_of(id)?.token().clone()),
                Seen::Step(step) => Some(self.world.token_at(id, &self.world.mark("view", step)?)?),
            };
            let command = match seen {
                Some(token) => command.having_seen(token),
                None => command,
            };
            let writer = self.world.writer(None)?;
            let done = self.world.command(id, &command, (self.at, writer, self.command))?;
            self.command = Names::next(self.command);
            self.received.decided.push((self.world.names.subject_name(id), done));
        }
        Ok(())
    }

    /// Restricts whoever will be behind an address, if nobody is yet; whether that was all there is to do.
    fn restricts_nobody_yet(&mut self, text: &ForeignId, addressed: &Addressed) -> Result<bool, Fault> {
        let Ok(address) = Address::new(PointKind::Email, text.expose()) else { return Ok(false) };
        let restricts =
            matches!(addressed.command.act(), Act::OptOut(_) | Act::Object(_) | Act::Restrict { .. });
        let stranger = Label::new("stranger")?;
        let point = self.point(text, &stranger)?;
        if !restricts || !is_by_mail(addressed) || self.world.index.holders(point).next().is_some() {
            return Ok(false);
        }
        let command = addressed.command.clone();
        let done = self.world.command_at(point, address, command, (self.at, self.command))?;
        self.command = Names::next(self.command);
        self.received.decided.push((stranger.to_string(), done));
        Ok(true)
    }

    /// Whoever holds an address. What speaks of the address goes to its own log, once; what speaks of the people, to each.
    fn behind(
        &mut self,
        address: &ForeignId,
        addressed: Addressed,
    ) -> Result<(Vec<SubjectId>, Addressed), Fault> {
        let stranger = Label::new("stranger")?;
        let point = self.point(address, &stranger)?;
        let mut holders: Vec<_> = self.world.index.holders(point).collect();
        if holders.is_empty() {
            holders.push(self.world.stranger(&stranger)?);
        }
        if is_by_mail(&addressed) {
            holders.truncate(1);
            return Ok((holders, addressed.at(point)));
        }
        Ok((holders, addressed))
    }
}

fn is_by_mail(addressed: &Addressed) -> bool {
    addressed.channel().is_none_or(|channel| channel == Channel::Email)
}

/// The alias of a person of this scenario in another system that has none of its own for them.
fn individual(name: &Label) -> consent_engine::Pii<String> {
    consent_engine::Pii::new(format!("individual-{name}"))
}
