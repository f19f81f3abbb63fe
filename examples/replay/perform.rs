//! One step after the other, on the world of a scenario.

use consent_engine::{
    Act, Captured, CommandId, Description, SubjectId, SubjectKind, Timestamp, View, WriterId, cell_state,
    evaluate, permits,
};

use crate::fault::Fault;
use crate::foreign::receive;
use crate::format::{
    ActSpec, Action, CellSpec, Deed, PersonSpec, PointSpec, PolicyChange, Question, Seen, Step, When,
};
use crate::imports::import;
use crate::links;
use crate::names::Names;
use crate::outcome::{Answer, Outcome};
use crate::translate;
use crate::world::{Mark, World, read_by};

/// The instant of a step.
pub(crate) fn instant(world: &World, step: &Step) -> Result<Timestamp, Fault> {
    match (step.when, world.now) {
        (When::At(at), _) => Ok(at),
        (When::After(delay), Some(now)) => now
            .checked_add(delay.0)
            .ok_or_else(|| Fault::field("after", "it leads past the end of the year 9999: shorten it")),
        (When::After(_), None) => {
            Err(Fault::field("after", "there is no step before: the first step of a scenario has `at`"))
        }
    }
}

/// Does what a step says. The number tells the commands of nameless steps apart.
pub(crate) fn perform(world: &mut World, step: &Step, number: u64) -> Result<Outcome, Fault> {
    if step.id.as_ref().is_some_and(|id| world.mark("id", id).is_ok()) {
        return Err(Fault::field("id", "a step before has the same: choose another"));
    }
    let at = instant(world, step)?;
    world.now = Some(at);
    let first = world.journal.len();
    let command = step.id.as_ref().map_or(Names::unnamed(number), |id| world.names.command(id));
    let outcome = match &step.action {
        Action::Person(spec) => person(world, spec, at, command)?,
        Action::Policy(change) => policy(world, change)?,
        Action::Act(deed) => deed_done(world, deed, at, command)?,
        Action::Payload(payload) => receive(world, payload, at, (command, number))?,
        Action::Import(spec) => import(world, spec, at, (step.id.as_ref(), number))?,
        Action::Confirm(spec) => links::confirm(world, spec, at, command)?,
        Action::OneClick(spec) => links::one_click(world, spec, at, command)?,
        Action::Ask(question) => ask(world, question, at)?,
        Action::State(spec) => state(world, spec, at)?,
        Action::Pass => Outcome::Pass,
    };
    if let Some(id) = &step.id {
        world.remember(id, Mark { at, facts: first..world.journal.len() })?;
    }
    Ok(outcome)
}

/// Creates a person and gives them their contact points, as the host's sign-up would.
fn person(world: &mut World, spec: &PersonSpec, at: Timestamp, command: CommandId) -> Result<Outcome, Fault> {
    let id = world.create("name", &spec.name)?;
    let mut command = command;
    if spec.kind != SubjectKind::Person {
        world.registrar(id, Act::Describe(Description::Kind(spec.kind)), (at, command))?;
        command = Names::next(command);
    }
    for alias in &spec.aliases {
        world.claim(id, alias, (at, command))?;
        command = Names::next(command);
    }
    for spec in &spec.points {
        let (point, kind) = translate::attachable(world, spec)?;
        world.hand_out(id, (point, kind, spec.address.as_ref()), (at, command))?;
        command = Names::next(command);
        if spec.role_address {
            let role = Description::RoleAddress { point, is: true };
            world.registrar(id, Act::Describe(role), (at, command))?;
            command = Names::next(command);
        }
        if spec.verified {
            world.registrar(id, Act::Verify(point), (at, command))?;
            command = Names::next(command);
        }
    }
    Ok(Outcome::Person)
}

fn policy(world: &mut World, change: &PolicyChange) -> Result<Outcome, Fault> {
    world.change_policy(change)?;
    Ok(Outcome::Policy(world.rules.policy.version()))
}

fn deed_done(world: &mut World, deed: &Deed, at: Timestamp, command_id: CommandId) -> Result<Outcome, Fault> {
    let id = world.person("person", &deed.person)?;
    let writer = world.writer(deed.writer.as_ref())?;
    if let ActSpec::Attach(spec) = &deed.act {
        return attached(world, (id, deed), spec, (at, writer, command_id));
    }
    let command = match &deed.act {
        ActSpec::Submit { form, choices } => {
            match translate::submitted(world, (id, deed), (form, choices), at)? {
                Ok(Some(command)) => command,
                Ok(None) => return Ok(Outcome::Pass),
                Err(rejection) => return Ok(Outcome::Act(Box::new(Err(rejection)))),
            }
        }
        other => {
            let act = translate::act(world, other)?;
            translate::command(world, id, deed, act)?
        }
    };
    let stamp = (at, writer, command_id);
    let done = match (&deed.link, &deed.act) {
        (None, _) => world.command(id, &command, stamp)?,
        (Some(link), ActSpec::Request(_) | ActSpec::Grant { .. } | ActSpec::Renew { .. }) => {
            links::request(world, (id, command), link, stamp)?
        }
        (Some(_), _) => {
            return Err(Fault::field("link", "only a request, a grant or a renewal sends one: leave it out"));
        }
    };
    Ok(Outcome::Act(Box::new(done)))
}

/// Gives a contact point to a person as whoever acts may, by its address if it has one.
fn attached(
    world: &mut World,
    (id, deed): (SubjectId, &Deed),
    spec: &PointSpec,
    stamp: (Timestamp, WriterId, CommandId),
) -> Result<Outcome, Fault> {
    if deed.evidence.is_some() || !matches!(deed.view, Seen::None) || deed.captured.0 != Captured::Now {
        return Err(Fault::field("attach", "it happens now: leave out `evidence`, `view` and `captured`"));
    }
    let (point, kind) = translate::attachable(world, spec)?;
    let done = world.attach(id, deed.by.actor()?, (point, kind, spec.address.as_ref()), stamp)?;
    Ok(Outcome::Act(Box::new(done)))
}

fn ask(world: &mut World, question: &Question, at: Timestamp) -> Result<Outcome, Fault> {
    let (id, query) = translate::query(world, question)?;
    if let Some(step) = &question.as_of {
        let mark = world.mark("as_of", step)?;
        let past = past(world, id, &mark)?;
        return Ok(answer(world, &past, &query, mark.at));
    }
    Ok(answer(world, &world.view_of(id)?, &query, at))
}

/// What was known of a person right after a step, as it held then.
pub(crate) fn past(world: &World, id: SubjectId, mark: &Mark) -> Result<View, Fault> {
    let view = world.view_of(id)?;
    let token = world.token_at(id, mark)?;
    let facts = read_by(&view).into_iter().flat_map(|aggregate| world.journal.of(aggregate));
    View::as_of(&world.rules.policy, view.subject().clone(), facts, &token, mark.at)
        .map_err(|error| Fault::input(error.to_string()))
}

fn answer(world: &World, view: &View, query: &consent_engine::Query, at: Timestamp) -> Outcome {
    let policy = &world.rules.policy;
    let decision = evaluate(view, query, policy, at);
    Outcome::Ask(Box::new(Answer {
        record: decision.to_record(),
        restrictions: decision.restrictions().collect(),
        cited: decision.cited(),
        why: world.explain.then(|| decision.why(policy)),
        short_form_agrees: permits(view, query, policy, at) == decision.is_permit(),
    }))
}

fn state(world: &mut World, spec: &CellSpec, at: Timestamp) -> Result<Outcome, Fault> {
    let (id, cell) = translate::cell(world, spec)?;
    let view = world.view_of(id)?;
    Ok(Outcome::State(cell_state(&view, cell, &world.rules.policy, at)))
}
