//! From names to ids: what a line says, as the engine takes it.

use consent_engine::{
    Act, Cell, Command, ContactPointId, PointKind, Query, RequestId, Scope, Stated, SubjectId, ViewToken,
};

use crate::fault::Fault;
use crate::format::{ActSpec, CellSpec, Deed, PointSpec, Question, ScopeSpec, Seen, StatedSpec};
use crate::label::Label;
use crate::world::World;

/// An act, with the contact points whose logs must be read to decide it.
pub(crate) struct Translated {
    pub(crate) act: Act,
    pub(crate) points: Vec<ContactPointId>,
    /// Who else reads those logs from now on.
    pub(crate) also: Option<SubjectId>,
}

impl Translated {
    const fn new(act: Act) -> Self {
        Self { act, points: Vec::new(), also: None }
    }

    fn reading(mut self, points: impl IntoIterator<Item = Option<ContactPointId>>) -> Self {
        self.points.extend(points.into_iter().flatten());
        self
    }
}

pub(crate) fn act(world: &mut World, spec: &ActSpec) -> Result<Translated, Fault> {
    Ok(match spec {
        ActSpec::Request(stated) => {
            let stated = all_stated(world, stated)?;
            let points: Vec<_> = stated.iter().map(|stated| stated.point).collect();
            Translated::new(Act::Request(stated)).reading(points)
        }
        ActSpec::Confirm { step } => {
            world.mark(step)?;
            Translated::new(Act::Confirm(RequestId::new(world.names.command(step).uuid())))
        }
        ActSpec::Grant { stated, window } => {
            let stated = all_stated(world, stated)?;
            let points: Vec<_> = stated.iter().map(|stated| stated.point).collect();
            Translated::new(Act::Grant { stated, window: *window }).reading(points)
        }
        ActSpec::Renew { stated, window } => {
            let stated = all_stated(world, stated)?;
            let points: Vec<_> = stated.iter().map(|stated| stated.point).collect();
            Translated::new(Act::Renew { stated, window: *window }).reading(points)
        }
        ActSpec::OptOut(scopes) => {
            let scopes = all_scopes(world, scopes)?;
            let points: Vec<_> = scopes.iter().map(|scope| scope.point).collect();
            Translated::new(Act::OptOut(scopes)).reading(points)
        }
        ActSpec::Object(scopes) => {
            let scopes = all_scopes(world, scopes)?;
            let points: Vec<_> = scopes.iter().map(|scope| scope.point).collect();
            Translated::new(Act::Object(scopes)).reading(points)
        }
        ActSpec::Revoke(spec) => {
            let scope = scope(world, spec)?;
            Translated::new(Act::Revoke(scope)).reading([scope.point])
        }
        ActSpec::Lapse { scope: spec, cause } => {
            let scope = scope(world, spec)?;
            Translated::new(Act::Lapse { scope, cause: *cause }).reading([scope.point])
        }
        ActSpec::Restrict { reason, scope: spec, until } => {
            let scope = scope(world, spec)?;
            let act = Act::Restrict { reason: *reason, scope, until: *until };
            Translated::new(act).reading([scope.point])
        }
        ActSpec::Resume(spec) => {
            let scope = scope(world, spec)?;
            Translated::new(Act::Resume(scope)).reading([scope.point])
        }
        ActSpec::NoticeSeen { notice, scope: spec } => {
            let scope = spec.as_ref().map(|spec| scope(world, spec)).transpose()?;
            Translated::new(Act::NoticeSeen { notice: *notice, scope })
        }
        ActSpec::Clear(step) => {
            let named = world.journal.restriction(world.mark(&step.step)?.facts, step.nth)?;
            Translated::new(Act::Clear(named)).reading([named.key.scope.point])
        }
        ActSpec::Release(step) => {
            Translated::new(world.journal.hold(world.mark(&step.step)?.facts, step.nth)?)
        }
        ActSpec::RecordBasis { purpose, basis } => {
            Translated::new(Act::RecordBasis { purpose: *purpose, basis: *basis })
        }
        ActSpec::Hold(purpose) => Translated::new(Act::Hold(*purpose)),
        ActSpec::Preference { purpose, note } => {
            Translated::new(Act::Preference { purpose: *purpose, note: note.clone() })
        }
        ActSpec::Relationship(kind) => Translated::new(Act::Relationship(*kind)),
        ActSpec::Erase => Translated::new(Act::Erase),
        ActSpec::Attach(_) | ActSpec::Verify(_) | ActSpec::Replace { .. } | ActSpec::Reassign { .. } => {
            link(world, spec)?
        }
    })
}

fn link(world: &mut World, spec: &ActSpec) -> Result<Translated, Fault> {
    Ok(match spec {
        ActSpec::Attach(spec) => {
            let (point, kind) = attachable(world, spec)?;
            Translated::new(Act::Attach { point, kind }).reading([Some(point)])
        }
        ActSpec::Verify(point) => {
            let point = world.point(point)?;
            Translated::new(Act::Verify(point)).reading([Some(point)])
        }
        ActSpec::Replace { old, new } => {
            let (old, new) = (world.point(old)?, world.point(new)?);
            Translated::new(Act::Replace { old, new }).reading([Some(old), Some(new)])
        }
        ActSpec::Reassign { point, from, to } => {
            let point = world.point(point)?;
            let from = world.person(from)?;
            let to = to.as_ref().map(|to| world.person(to)).transpose()?;
            let act = Translated::new(Act::Reassign { point, from, to }).reading([Some(point)]);
            Translated { also: to, ..act }
        }
        _ => return Err(Fault::input("not a link")),
    })
}

/// A contact point of a line, known from now on.
pub(crate) fn attachable(world: &mut World, spec: &PointSpec) -> Result<(ContactPointId, PointKind), Fault> {
    let point = world.names.point(&spec.point);
    world.index.know(point, spec.kind, spec.address.as_ref())?;
    Ok((point, spec.kind))
}

fn point(world: &mut World, name: Option<&Label>) -> Result<Option<ContactPointId>, Fault> {
    name.map(|name| world.point(name)).transpose()
}

fn scope(world: &mut World, spec: &ScopeSpec) -> Result<Scope, Fault> {
    let point = point(world, spec.point.as_ref())?;
    Ok(Scope { purpose: spec.purpose, channel: spec.channel, point })
}

fn all_scopes(world: &mut World, specs: &[ScopeSpec]) -> Result<Vec<Scope>, Fault> {
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
        Seen::Current => Some(world.view_of(id)?.view.token().clone()),
        Seen::Step(step) => Some(world.token_at(id, &world.mark(step)?)?),
    };
    Ok(seen.map_or(command.clone(), |token| command.having_seen(token)))
}

pub(crate) fn cell(world: &mut World, spec: &CellSpec) -> Result<(SubjectId, Cell), Fault> {
    let id = world.person(&spec.person)?;
    let point = point(world, spec.point.as_ref())?;
    Ok((id, Cell { purpose: spec.purpose, channel: spec.channel, point }))
}

pub(crate) fn query(world: &mut World, question: &Question) -> Result<(SubjectId, Query), Fault> {
    let id = world.person(&question.person)?;
    let purpose = world.rules.policy.catalogue().index(question.purpose);
    let purpose = purpose.ok_or_else(|| Fault::input("the catalogue has no such purpose"))?;
    let mut query = Query::new(purpose, question.regimes(world.rules.regimes));
    query.channel = question.channel;
    query.point = point(world, question.point.as_ref())?;
    query.direction = question.direction.into();
    query.contacts = question.contacts.map(Into::into);
    query.foreign = question.foreign.into();
    query.preferences = question.preferences.into();
    query.snapshot = question.snapshot;
    Ok((id, query))
}
