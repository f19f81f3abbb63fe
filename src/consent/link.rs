//! Links between a person and contact points.

use alloc::vec::Vec;
use core::iter::once;

use crate::channel::PointKind;
use crate::consent::decide::Report;
use crate::consent::draft::Draft;
use crate::consent::expand::within;
use crate::consent::reject::Rejection;
use crate::evidence::{Power, Role, Via};
use crate::fact::{FactKind, Reassign, ViewToken};
use crate::id::{Aggregate, ContactPointId, IndexKey, SubjectId};
use crate::policy::{Limited, Limits};
use crate::subject::Subject;
use crate::view::holders;

/// Whether the actor is the person in person, or has authority over identities.
fn may_link(draft: &Draft<'_>) -> bool {
    let in_person = draft.actor().role() == Role::Subject && draft.actor().via() == Via::Direct;
    in_person || draft.may(Power::Identity)
}

/// Claims an alias for the subject.
pub(crate) fn claim(draft: &mut Draft<'_>, alias: IndexKey) -> Result<(), Rejection> {
    draft.require(draft.may(Power::Identity))?;
    let known = draft.view.aliases();
    if !known.contains(&alias) {
        within(Limited::Aliases, known.len().saturating_add(1), Limits::MAX_ALIASES)?;
    }
    draft.append_only(FactKind::Claim(alias))
}

/// Gives a contact point to the subject: both logs learn of it.
pub(crate) fn attach(draft: &mut Draft<'_>, point: ContactPointId, kind: PointKind) -> Result<(), Rejection> {
    draft.require(may_link(draft))?;
    room_for(draft, point)?;
    let fact = FactKind::Attach { subject: draft.person()?, point, point_kind: kind };
    draft.append(Aggregate::Point(point), fact.clone());
    draft.append_only(fact)
}

/// A view that holds more contact points than it can would deny every question.
fn room_for(draft: &Draft<'_>, point: ContactPointId) -> Result<(), Rejection> {
    let known = &draft.view.compiled.points;
    if known.iter().all(|own| own.id != point) {
        let max = u32::try_from(Limits::MAX_POINTS).unwrap_or(u32::MAX);
        within(Limited::ContactPoints, known.len().saturating_add(1), max)?;
    }
    Ok(())
}

/// Records that the subject proved to hold a contact point.
pub(crate) fn verify(draft: &mut Draft<'_>, point: ContactPointId) -> Result<(), Rejection> {
    draft.require(draft.may(Power::Identity))?;
    held(draft, point)?;
    let record = draft.record_of(Some(point))?;
    draft.append_of(record, FactKind::Verify { subject: record, point })
}

fn held(draft: &Draft<'_>, point: ContactPointId) -> Result<(), Rejection> {
    let state = draft.view.point(point).map(|(_, state)| state);
    state.filter(|state| state.is_held()).map(|_| ()).ok_or(Rejection::UnknownContactPoint)
}

/// Replaces one contact point by another.
pub(crate) fn replace(
    draft: &mut Draft<'_>,
    old: ContactPointId,
    new: ContactPointId,
) -> Result<(), Rejection> {
    draft.require(may_link(draft))?;
    if old == new {
        return Err(Rejection::SelfLink);
    }
    held(draft, old)?;
    room_for(draft, new)?;
    let record = draft.record_of(Some(old))?;
    draft.append_of(record, FactKind::Replace { subject: record, old, new })
}

/// Records that a contact point went to somebody else.
pub(crate) fn reassign(
    draft: &mut Draft<'_>,
    point: ContactPointId,
    from: SubjectId,
    to: Option<SubjectId>,
) -> Result<(), Rejection> {
    draft.require(draft.may(Power::Identity))?;
    if to == Some(from) {
        return Err(Rejection::SelfLink);
    }
    let view = draft.command.view.clone().unwrap_or(ViewToken::NOTHING);
    for from in losers(draft, point, from).into_iter().filter(|from| to != Some(*from)) {
        let view = view.clone();
        draft.append(Aggregate::Point(point), FactKind::Reassign(Reassign { point, from, to, view }));
    }
    draft.report(Report::of_act());
    Ok(())
}

/// Who loses a contact point: whom the command names, and every other record of the same person that holds it, as far as the view knows
/// them.
fn losers(draft: &Draft<'_>, point: ContactPointId, from: SubjectId) -> Vec<SubjectId> {
    let projection = &draft.view.projection;
    let own = &draft.view.subject.ids;
    let named = if own.contains(&from) { None } else { Subject::resolve(from, projection).ok() };
    let ids = named.as_ref().map_or(own, |named| &named.ids);
    let mut others = holders(projection, point);
    others.retain(|holder| *holder != from && ids.contains(holder));
    once(from).chain(others).collect()
}
