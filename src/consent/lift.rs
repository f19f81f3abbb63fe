//! The naming rule: which restrictions a grant may lift, decided once, when the grant is decided.

use crate::consent::NotNamed;
use crate::evidence::{Actor, ActorKind, Power, Role, Via};
use crate::fact::{Named, RestrictionReason, Scope, Stated, ViewToken};
use crate::id::{Aggregate, ContactPointId, LogId};
use crate::policy::Policy;
use crate::time::Timestamp;
use crate::view::{Group, NamedDates, names_group};

/// What whoever grants had in front of them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sight<'a> {
    /// What a view token covers.
    Token(&'a ViewToken),
    /// The logs as loaded, less what was recorded after this instant: the person, in person.
    RecordedBy(Timestamp),
    /// What the request had named: a confirmation.
    Request(&'a [Named]),
    /// Nothing.
    Nothing,
}

/// An act that grants, as far as naming asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GrantAct<'a> {
    pub(crate) stated: Stated,
    /// When it was captured; of a confirmation, when its request was.
    pub(crate) captured_at: Option<Timestamp>,
    pub(crate) sight: Sight<'a>,
    pub(crate) actor: Actor,
    /// When the actor acted, if known: their authority must hold then.
    pub(crate) acted_at: Option<Timestamp>,
    pub(crate) age: Option<u8>,
    /// The contact point it was confirmed from.
    pub(crate) confirmed_at: Option<ContactPointId>,
    /// The evidence satisfies the purpose.
    pub(crate) evidenced: bool,
}

/// A restriction group that stands, in its log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing<'a> {
    pub(crate) log: LogId,
    pub(crate) group: &'a Group,
    /// The dates of all that its name reaches.
    pub(crate) dates: NamedDates,
    /// Its scope, as it reaches the contact point that the grant was stated for.
    pub(crate) scope: Scope,
    /// Somebody else holds the contact point in whose log it stands.
    pub(crate) shared: bool,
}

/// Whether a grant names a restriction: all five conditions of the design, in their order.
pub(crate) fn names(
    act: &GrantAct<'_>,
    restriction: Standing<'_>,
    policy: &Policy,
) -> Result<Named, NotNamed> {
    let Standing { log, group, dates, .. } = restriction;
    if !act.stated.lies_inside(&restriction.scope, policy.catalogue()) {
        return Err(NotNamed::Broader);
    }
    if act.captured_at.is_none_or(|captured| captured <= dates.at) {
        return Err(NotNamed::NotLater);
    }
    if !saw(act.sight, log, group, dates) {
        return Err(NotNamed::NotSeen);
    }
    if !may_lift(act, restriction, policy) {
        return Err(NotNamed::NotAuthorized);
    }
    if !act.evidenced {
        return Err(NotNamed::Evidence);
    }
    Ok(Named { log, key: group.key, upto: group.last })
}

/// Condition 3: nothing is ever seen by clock alone.
pub(crate) fn saw(sight: Sight<'_>, log: LogId, group: &Group, dates: NamedDates) -> bool {
    match sight {
        Sight::Token(token) => token.covers(log.at(group.last)),
        Sight::RecordedBy(instant) => dates.recorded <= instant,
        Sight::Request(seen) => names_group(seen, log, group),
        Sight::Nothing => false,
    }
}

/// Condition 4: who may lift what, and how.
fn may_lift(act: &GrantAct<'_>, restriction: Standing<'_>, policy: &Policy) -> bool {
    let by = restriction.group.key.by;
    let stands_at = match restriction.log.aggregate {
        Aggregate::Point(point) => Some(point),
        Aggregate::Subject(_) => None,
    };
    let confirmed_there = stands_at.is_some() && stands_at == act.confirmed_at;
    let place = stands_at.is_none() || confirmed_there || !restriction.shared;
    let way = match restriction.group.key.reason {
        RestrictionReason::OptOut | RestrictionReason::Objection => true,
        RestrictionReason::Complaint => {
            let at = restriction.group.key.scope.point;
            at.is_some() && at == act.confirmed_at
        }
        RestrictionReason::Erasure => confirmed_there && policy.allows_return_after_erasure(),
        RestrictionReason::Bounce
        | RestrictionReason::InvalidAddress
        | RestrictionReason::Register
        | RestrictionReason::Legal
        | RestrictionReason::OperatorBlock
        | RestrictionReason::Invalidation
        | RestrictionReason::Interim
        | RestrictionReason::Pause => false,
    };
    place && way && is_trusted(act.actor, policy) && speaks_for(act.actor, act.acted_at, act.age, by, policy)
}

/// Whether the way the act came to us is trusted to lift.
pub(crate) fn is_trusted(actor: Actor, policy: &Policy) -> bool {
    match actor.via() {
        Via::Direct => true,
        Via::Reported(system) => policy.trusts_to_lift(system),
    }
}

/// Whether the actor speaks for the person, in the face of who set the restriction.
pub(crate) fn speaks_for(
    actor: Actor,
    acted_at: Option<Timestamp>,
    age: Option<u8>,
    set_by: ActorKind,
    policy: &Policy,
) -> bool {
    let represents = acted_at.is_some_and(|at| actor.may(Power::Represent, at));
    let of_age = age.is_some_and(|age| policy.age_of_majority() <= age);
    match actor.role() {
        Role::Subject => set_by != ActorKind::Guardian || of_age,
        Role::Guardian => represents,
        Role::Delegate => represents && set_by != ActorKind::Guardian,
        Role::Operator | Role::Importer | Role::Partner | Role::System | Role::Unauthenticated => false,
    }
}

#[cfg(test)]
#[path = "lift_tests.rs"]
mod tests;
