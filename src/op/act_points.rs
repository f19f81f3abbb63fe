//! The contact points of an act: those that it names, and those that it is to hold at.

use alloc::vec::Vec;

use crate::consent::Act;
use crate::fact::Scope;
use crate::id::{Aggregate, ContactPointId, LogId};

/// Whether an act sets restrictions whose scope can name a contact point.
pub(super) const fn restricts_a_scope(act: &Act) -> bool {
    matches!(act, Act::OptOut(_) | Act::Object(_) | Act::Restrict { .. })
}

/// The same restriction at each of some contact points, where it names none itself.
pub(super) fn at_points(act: &Act, points: &[ContactPointId]) -> Vec<Act> {
    let at_each =
        |scope: Scope| points.iter().map(move |point| Scope { point: scope.point.or(Some(*point)), ..scope });
    match act {
        Act::OptOut(scopes) => Vec::from([Act::OptOut(scopes.iter().copied().flat_map(at_each).collect())]),
        Act::Object(scopes) => Vec::from([Act::Object(scopes.iter().copied().flat_map(at_each).collect())]),
        Act::Restrict { reason, scope, until } => {
            let (reason, until) = (*reason, *until);
            at_each(*scope).map(|scope| Act::Restrict { reason, scope, until }).collect()
        }
        other => Vec::from([other.clone()]),
    }
}

/// The contact points that an act names: their logs are read, whoever has them.
pub(super) fn points_named(act: &Act) -> Vec<ContactPointId> {
    let of_log = |log: LogId| match log.aggregate {
        Aggregate::Point(point) => Some(point),
        Aggregate::Subject(_) => None,
    };
    match act {
        Act::OptOut(scopes) | Act::Object(scopes) => scopes.iter().filter_map(|scope| scope.point).collect(),
        Act::Restrict { scope, .. } | Act::Revoke(scope) | Act::Lapse { scope, .. } | Act::Resume(scope) => {
            scope.point.into_iter().collect()
        }
        Act::Choose(choices) => {
            let paused = choices.pause.iter().map(|pause| pause.scope);
            choices.no.iter().copied().chain(paused).filter_map(|scope| scope.point).collect()
        }
        Act::Clear(named) => of_log(named.log).into_iter().collect(),
        Act::Release { log, .. } => of_log(*log).into_iter().collect(),
        Act::Attach { point, .. } | Act::Verify(point) | Act::Reassign { point, .. } => Vec::from([*point]),
        Act::Replace { old, new } => Vec::from([*old, *new]),
        Act::Request(_)
        | Act::Confirm(_)
        | Act::Grant { .. }
        | Act::Renew { .. }
        | Act::RecordBasis { .. }
        | Act::Hold(_)
        | Act::NoticeSeen { .. }
        | Act::Preference { .. }
        | Act::Relationship(_)
        | Act::Claim(_)
        | Act::Merge(_)
        | Act::Unmerge(_)
        | Act::ResolveContest { .. }
        | Act::Erase => Vec::new(),
        Act::Describe(what) => what.point().into_iter().collect(),
    }
}
