use serde::Serialize;

use crate::evidence::ActorKind;
use crate::fact::{Cell, Fact, FactKind, Interest, LapseCause, RestrictionReason, Scope};
use crate::id::{Aggregate, Position};
use crate::policy::Policy;
use crate::time::Timestamp;
use crate::view::View;

/// Something that happened to a row, with nothing personal in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[allow(clippy::exhaustive_structs, reason = "plain output")]
pub struct Happening {
    /// From when it counts.
    pub at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The kind of actor. At an address that several people share, it may have been one of the others.
    pub by: ActorKind,
    /// What.
    #[serde(flatten)]
    pub what: Happened,
    /// The fact.
    pub position: Position,
}

/// What happened to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "happened", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Happened {
    /// Somebody agreed.
    Agreed {
        /// From the contact point itself, in answer to a request.
        confirmed: bool,
    },
    /// Somebody tried to agree, and what they had not seen or may not lift still stood against it.
    Attempted,
    /// Somebody was asked to confirm.
    Asked,
    /// Something was set that restricts.
    Restricted {
        /// Why.
        reason: RestrictionReason,
        /// Its own end, if it has one.
        until: Option<Timestamp>,
    },
    /// A restriction was ended.
    Ended {
        /// Why it had been set.
        reason: RestrictionReason,
    },
    /// The controller ended what was agreed.
    Revoked,
    /// What was agreed ended, as another system reports.
    Lapsed {
        /// Why.
        cause: LapseCause,
    },
    /// The person said whether it is relevant to them.
    Interest {
        /// What they said.
        interest: Interest,
    },
}

impl Happening {
    /// What a fact in view means for a row, if it means anything.
    pub(super) fn of(fact: &Fact, cell: &Cell, view: &View, policy: &Policy) -> Option<Self> {
        if !view.token().covers(fact.position) {
            return None;
        }
        let aggregate = fact.position.log.aggregate;
        let own = matches!(aggregate, Aggregate::Subject(id) if view.subject().ids.contains(&id));
        let covers = |mut scope: Scope| {
            if let Aggregate::Point(point) = aggregate {
                scope.point = Some(point);
            }
            let carried = scope.point.zip(cell.point).is_some_and(|(from, to)| view.reaches(from, to));
            scope.point = scope.point.filter(|_| !carried);
            scope.covers(cell, policy.catalogue())
        };
        let what = match &fact.kind {
            FactKind::Grant(grant) | FactKind::Confirm(grant) if own && grant.cell == *cell => {
                match grant.attempted {
                    true => Happened::Attempted,
                    false => Happened::Agreed { confirmed: matches!(fact.kind, FactKind::Confirm(_)) },
                }
            }
            FactKind::Request(request) if own && request.cell == *cell => Happened::Asked,
            FactKind::Restriction(made) if covers(made.scope) => Happened::Restricted {
                reason: made.reason,
                until: made.until.filter(|_| made.reason.may_end()),
            },
            FactKind::Clear(named) | FactKind::Resume(named) if covers(named.key.scope) => {
                Happened::Ended { reason: named.key.reason }
            }
            FactKind::Revocation(ended) if covers(ended.scope) => Happened::Revoked,
            FactKind::Lapsed { cause, ended } if covers(ended.scope) => Happened::Lapsed { cause: *cause },
            FactKind::Preference { purpose, interest, .. } if own && *purpose == cell.purpose => {
                Happened::Interest { interest: *interest }
            }
            _ => return None,
        };
        let Fact { recorded_at, position, .. } = *fact;
        Some(Self { at: fact.at(), recorded_at, by: fact.actor.kind(), what, position })
    }
}
