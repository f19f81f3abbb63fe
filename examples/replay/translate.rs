//! From names to ids: what a line says, as the engine takes it.

use consent_engine::{
    Act, Cell, Command, ContactPointId, Description, PointKind, PreferenceView, PurposeId, PurposeIndex,
    Query, Rejection, RequestId, RowWish, Scope, Showing, Stated, SubjectId, Submission, Timestamp,
    ViewToken,
};

use crate::fault::Fault;
use crate::format::{
    ActSpec, CellSpec, ChoiceSpec, Deed, DescriptionSpec, PointSpec, Question, ScopeSpec, Seen, StatedSpec,
};
use crate::label::Label;
use crate::perform::past;
use crate::world::{TENANT, World};

pub(crate) fn act(world: &mut World, spec: &ActSpec) -> Result<Act, Fault> {
    Ok(match spec {
        ActSpec::Request(stated) => Act::Request(all_stated(world, stated)?),
        ActSpec::Confirm { step } => {
            world.mark("step", step)?;
            Act::Confirm(RequestId::new(world.names.command(step).uuid()))
        }
        ActSpec::Grant { stated, window } => {
            Act::Grant { stated: all_stated(world, stated)?, window: *window }
        }
        ActSpec::Renew { stated, window } => {
            Act::Renew { stated: all_stated(world, stated)?, window: *window }
        }
        ActSpec::OptOut(scopes) => Act::OptOut(all_scopes(world, scopes)?),
        ActSpec::Object(scopes) => Act::Object(all_scopes(world, scopes)?),
        ActSpec::Revoke(spec) => Act::Revoke(scope(world, spec)?),
        ActSpec::Lapse { scope: spec, cause } => Act::Lapse { scope: scope(world, spec)?, cause: *cause },
        ActSpec::Restrict { reason, scope: spec, until } => {
            Act::Restrict { reason: *reason, scope: scope(world, spec)?, until: *until }
        }
        ActSpec::Resume(spec) => Act::Resume(scope(world, spec)?),
        ActSpec::NoticeSeen { notice, scope: spec } => {
            let scope = spec.as_ref().map(|spec| scope(world, spec)).transpose()?;
            Act::NoticeSeen { notice: *notice, scope }
        }
        ActSpec::Clear(step) => {
            Act::Clear(world.journal.restriction(world.mark("step", &step.step)?.facts, step.nth)?)
        }
        ActSpec::Release(step) => world.journal.hold(world.mark("step", &step.step)?.facts, step.nth)?,
        ActSpec::RecordBasis { purpose, basis } => Act::RecordBasis { purpose: *purpose, basis: *basis },
        ActSpec::Hold(purpose) => Act::Hold(*purpose),
        ActSpec::Preference { purpose, interest, note } => {
            Act::Preference { purpose: *purpose, interest: *interest, note: note.clone() }
        }
        ActSpec::Relationship(kind) => Act::Relationship(*kind),
        ActSpec::Merge(with) => Act::Merge(world.person("merge", with)?),
        ActSpec::Unmerge(from) => Act::Unmerge(world.person("unmerge", from)?),
        ActSpec::Describe(DescriptionSpec::Kind(kind)) => Act::Describe(Description::Kind(*kind)),
        ActSpec::Describe(DescriptionSpec::RoleAddress { point, is }) => {
            Act::Describe(Description::RoleAddress { point: world.point("point", point)?, is: *is })
        }
        ActSpec::Submit { .. } | ActSpec::Attach(_) => {
            return Err(Fault::input("this is no act that is decided alone"));
        }
        ActSpec::Erase => Act::Erase,
        ActSpec::Verify(point) => Act::Verify(world.point("verify", point)?),
        ActSpec::Replace { old, new } => {
            Act::Replace { old: world.point("old", old)?, new: world.point("new", new)? }
        }
        ActSpec::Reassign { point, from, to } => {
            let (point, from) = (world.point("point", point)?, world.person("from", from)?);
            let to = to.as_ref().map(|to| world.person("to", to)).transpose()?;
            Act::Reassign { point, from, to }
        }
    })
}

/// A contact point of a line, known from now on.
pub(crate) fn attachable(world: &mut World, spec: &PointSpec) -> Result<(ContactPointId, PointKind), Fault> {
    let point = world.names.point(&spec.point);
    world.index.know(point, spec.kind, spec.address.as_ref())?;
    Ok((point, spec.kind))
}

fn point(world: &mut World, name: Option<&Label>) -> Result<Option<ContactPointId>, Fault> {
    name.map(|name| world.point("point", name)).transpose()
}

fn scope(world: &mut World, spec: &ScopeSpec) -> Result<Scope, Fault> {
    let point = point(world, spec.point.as_ref())?;
    Ok(Scope { purpose: spec.purpose, channel: spec.channel, point })
}

pub(crate) fn all_scopes(world: &mut World, specs: &[ScopeSpec]) -> Result<Vec<Scope>, Fault> {
    specs.iter().map(|spec| scope(world, spec)).collect()
}

fn all_stated(world: &mut World, specs: &[StatedSpec]) -> Result<Vec<Stated>, Fault> {
    let stated = |world: &mut World, spec: &StatedSpec| {
        let point = point(world, spec.point.as_ref())?;
        Ok(Stated { purpose: spec.purpose, channel: spec.channel, point })
    };
    specs.iter().map(|spec| stated(world, spec)).collect()
}

/// The command of a deed, apart from its act.
pub(crate) fn command(world: &World, id: SubjectId, deed: &Deed, act: Act) -> Result<Command, Fault> {
    let mut command = Command::new(deed.by.actor()?, act).captured(deed.captured.0);
    if let Some(evidence) = &deed.evidence {
        command = command.with_evidence(evidence.clone());
    }
    let seen = match &deed.view {
        Seen::None => None,
        Seen::Nothing => Some(ViewToken::NOTHING),
        Seen::Current => Some(world.view_of(id)?.token().clone()),
        Seen::Step(step) => Some(world.token_at(id, &world.mark("view", step)?)?),
    };
    Ok(seen.map_or(command.clone(), |token| command.having_seen(token)))
}

/// What a preference form comes to that was loaded right after a step; none if it says nothing new.
pub(crate) fn submitted(
    world: &mut World,
    (id, deed): (SubjectId, &Deed),
    (form, choices): (&Label, &[ChoiceSpec]),
    now: Timestamp,
) -> Result<Result<Option<Command>, Rejection>, Fault> {
    let mut wishes = Vec::new();
    for ChoiceSpec { purpose, channel, point: at, wish } in choices {
        let cell = Cell { purpose: *purpose, channel: *channel, point: point(world, at.as_ref())? };
        wishes.push(RowWish::new(cell, *wish));
    }
    let mark = world.mark("form", form)?;
    let (past, policy) = (past(world, id, &mark)?, &world.rules.policy);
    let showing = Showing::under(world.rules.regimes);
    let shown = PreferenceView::new(TENANT, &past, policy, mark.at, &showing);
    let shown = shown.map_err(|rejection| Fault::input(rejection.to_string()))?;
    let mut submission = Submission::new(shown.form(), wishes);
    if let Some(evidence) = &deed.evidence {
        submission = submission.with_evidence(evidence.clone());
    }
    Ok(submission.chosen(TENANT, policy, now).map(|chosen| chosen.command))
}

pub(crate) fn cell(world: &mut World, spec: &CellSpec) -> Result<(SubjectId, Cell), Fault> {
    let id = world.person("person", &spec.person)?;
    asked(world, spec.purpose)?;
    let point = point(world, spec.point.as_ref())?;
    Ok((id, Cell { purpose: spec.purpose, channel: spec.channel, point }))
}

/// A purpose that is asked about, by its number: of one that is not there nothing could be said.
fn asked(world: &World, purpose: PurposeId) -> Result<PurposeIndex, Fault> {
    let found = world.rules.policy.catalogue().index(purpose);
    found.ok_or_else(|| Fault::field("purpose", "the catalogue has none of this id: add it there"))
}

pub(crate) fn query(world: &mut World, question: &Question) -> Result<(SubjectId, Query), Fault> {
    let id = world.person("person", &question.person)?;
    let mut query = Query::new(asked(world, question.purpose)?, question.regimes(world.rules.regimes));
    query.channel = question.channel;
    query.point = point(world, question.point.as_ref())?;
    query.direction = question.direction.into();
    query.contacts = question.contacts.map(Into::into);
    query.foreign = question.foreign.into();
    query.preferences = question.preferences.into();
    query.snapshot = question.snapshot;
    Ok((id, query))
}
