//! Restrictions: never refused for a formal reason, widened where they are not understood.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::consent::decide::{Effect, End, Report};
use crate::consent::draft::Draft;
use crate::consent::expand::within;
use crate::consent::reject::Rejection;
use crate::evidence::Power;
use crate::fact::{FactKind, PurposeScope, Restriction, RestrictionKey, RestrictionReason, Scope};
use crate::id::{Aggregate, LogId};
use crate::policy::Limited;
use crate::purpose::{OptOutRule, Purpose, PurposeId};
use crate::time::Timestamp;

/// Records an opt-out or objection for each scope.
pub(crate) fn each(
    draft: &mut Draft<'_>,
    reason: RestrictionReason,
    scopes: &[Scope],
) -> Result<(), Rejection> {
    let max = draft.policy().limits().statements;
    let distinct: BTreeSet<Scope> = scopes.iter().copied().collect();
    if within(Limited::Statements, distinct.len(), max).is_err() {
        return widest(draft, reason, &distinct);
    }
    for scope in &distinct {
        match refused_by(draft, reason, scope) {
            Some(purpose) => {
                draft.refuse_scope(*scope, Rejection::ImmutablePurpose(purpose.id()));
            }
            None => {
                review_unknown(draft, *scope);
                record(draft, reason, *scope, None);
            }
        }
    }
    Ok(())
}

/// The purpose that a scope names and that takes no opt-out.
fn refused_by<'a>(draft: &Draft<'a>, reason: RestrictionReason, scope: &Scope) -> Option<&'a Purpose> {
    match (reason, scope.purpose) {
        (RestrictionReason::OptOut, PurposeScope::Subtree(id)) => {
            draft.policy().catalogue().find(id).filter(|purpose| purpose.opt_out() == OptOutRule::Refused)
        }
        _ => None,
    }
}

/// More scopes than can be kept apart: read in the widest sense, and each purpose that only its name reaches by name.
fn widest(
    draft: &mut Draft<'_>,
    reason: RestrictionReason,
    scopes: &BTreeSet<Scope>,
) -> Result<(), Rejection> {
    draft.effect(Effect::OpenReview { scope: Scope::EVERYTHING });
    if draft.person().is_err() {
        return widest_at_points(draft, reason, scopes);
    }
    record(draft, reason, Scope::EVERYTHING, None);
    let by_name = named_services(draft, scopes);
    for id in by_name {
        record(draft, reason, Scope::purpose(id), None);
    }
    Ok(())
}

/// The purposes among the scopes that only their name reaches.
fn named_services(draft: &Draft<'_>, scopes: &BTreeSet<Scope>) -> BTreeSet<PurposeId> {
    let catalogue = draft.policy().catalogue();
    let named = |scope: &Scope| match scope.purpose {
        PurposeScope::Subtree(id) => {
            catalogue.find(id).filter(|purpose| purpose.opt_out() == OptOutRule::ByName)
        }
        PurposeScope::All => None,
    };
    scopes.iter().filter_map(named).map(Purpose::id).collect()
}

/// Of a person who is not known there is no log to write to, only those of the contact points.
fn widest_at_points(
    draft: &mut Draft<'_>,
    reason: RestrictionReason,
    scopes: &BTreeSet<Scope>,
) -> Result<(), Rejection> {
    let points: BTreeSet<_> = scopes.iter().filter_map(|scope| scope.point).collect();
    within(Limited::Statements, points.len(), draft.policy().limits().statements)?;
    let by_name = named_services(draft, scopes);
    for point in points {
        record(draft, reason, Scope::EVERYTHING.at(point), None);
        for id in &by_name {
            record(draft, reason, Scope::purpose(*id).at(point), None);
        }
    }
    Ok(())
}

/// Asks for a review of what the catalogue does not know. It is recorded as it was said: the fold reads it in the widest
/// sense, and a newer catalogue may know it.
fn review_unknown(draft: &mut Draft<'_>, scope: Scope) {
    let catalogue = draft.policy().catalogue();
    let mut read = scope;
    if let PurposeScope::Subtree(id) = scope.purpose
        && catalogue.index(id).is_none()
    {
        read.purpose = PurposeScope::All;
    }
    if catalogue.channel_bit(scope.channel).is_none() {
        read.channel = None;
    }
    if read != scope {
        draft.effect(Effect::OpenReview { scope: read });
    }
}

fn record(draft: &mut Draft<'_>, reason: RestrictionReason, scope: Scope, until: Option<Timestamp>) {
    let aggregate = match (scope.point, draft.own()) {
        (Some(point), _) => Aggregate::Point(point),
        (None, Ok(own)) => own,
        (None, Err(rejection)) => {
            draft.refuse_scope(scope, rejection);
            return;
        }
    };
    let scope = fit(draft, reason, aggregate, scope);
    let key = RestrictionKey { reason, by: draft.actor().role().kind(), scope };
    let log = draft.view.projection.log(LogId::new(aggregate, draft.ctx.writer));
    let alike = log.into_iter().flat_map(|log| &log.groups).filter(|group| group.key == key);
    let unmerges = draft.unmerges_beside(alike.map(|group| &group.unmerges));
    draft.append(aggregate, FactKind::Restriction(Restriction { reason, scope, until, unmerges }));
    draft.report(Report::of_scope(scope, End::Accepted));
}

/// The scope itself if the log has room for it or knows it already, else the next wider one that fits.
fn fit(draft: &mut Draft<'_>, reason: RestrictionReason, aggregate: Aggregate, scope: Scope) -> Scope {
    let log = LogId::new(aggregate, draft.ctx.writer);
    let by = draft.actor().role().kind();
    let groups = draft.view.projection.log(log).map_or(&[][..], |projection| &projection.groups);
    let most = groups.len().saturating_add(draft.facts().len()).saturating_add(1);
    if within(Limited::Restrictions, most, draft.policy().limits().restrictions).is_ok() {
        return scope;
    }
    let mut known: Vec<RestrictionKey> = groups.iter().map(|group| group.key).collect();
    for fact in draft.facts().iter().filter(|fact| fact.position.log == log) {
        if let FactKind::Restriction(made) = &fact.kind {
            let key = RestrictionKey { reason: made.reason, by, scope: made.scope };
            if !known.contains(&key) {
                known.push(key);
            }
        }
    }
    let room =
        within(Limited::Restrictions, known.len().saturating_add(1), draft.policy().limits().restrictions);
    let mut fitting = scope;
    while room.is_err() && !known.contains(&RestrictionKey { reason, by, scope: fitting }) {
        match wider(draft, reason, fitting) {
            Some(next) => fitting = next,
            None => break,
        }
    }
    if fitting != scope {
        draft.effect(Effect::OpenReview { scope: fitting });
    }
    fitting
}

/// The next wider scope at the same contact point: any channel, then the purpose above, then everything.
///
/// A name is never given up where only the name makes the reason apply.
fn wider(draft: &Draft<'_>, reason: RestrictionReason, scope: Scope) -> Option<Scope> {
    if scope.channel.is_some() {
        return Some(Scope { channel: None, ..scope });
    }
    let PurposeScope::Subtree(id) = scope.purpose else { return None };
    let catalogue = draft.policy().catalogue();
    let Some(purpose) = catalogue.find(id) else {
        return Some(Scope { purpose: PurposeScope::All, ..scope });
    };
    let parent = purpose.parent().and_then(|parent| catalogue.find(parent));
    let by_name = match reason {
        RestrictionReason::OptOut => purpose.opt_out() == OptOutRule::ByName,
        RestrictionReason::Interim => true,
        _ => false,
    };
    match parent {
        Some(parent) if !by_name || parent.class() == purpose.class() => {
            Some(Scope { purpose: PurposeScope::Subtree(parent.id()), ..scope })
        }
        _ if by_name => None,
        _ => Some(Scope { purpose: PurposeScope::All, ..scope }),
    }
}

/// Records a restriction of a reason that is not the person's own word on consent.
pub(crate) fn other(
    draft: &mut Draft<'_>,
    reason: RestrictionReason,
    scope: Scope,
    until: Option<Timestamp>,
) -> Result<(), Rejection> {
    match reason {
        RestrictionReason::OptOut | RestrictionReason::Objection | RestrictionReason::Erasure => {
            return Err(Rejection::WrongCommand);
        }
        RestrictionReason::Legal | RestrictionReason::Invalidation => {
            draft.require(draft.may(Power::Legal))?
        }
        RestrictionReason::OperatorBlock => draft.require(draft.may(Power::Block))?,
        RestrictionReason::Complaint
        | RestrictionReason::Bounce
        | RestrictionReason::InvalidAddress
        | RestrictionReason::Register
        | RestrictionReason::Interim
        | RestrictionReason::Pause => {}
    }
    review_unknown(draft, scope);
    record(draft, reason, scope, until.filter(|_| reason.may_end()));
    Ok(())
}

/// Records an erasure: for the person, and for every contact point they hold.
pub(crate) fn erase(draft: &mut Draft<'_>) -> Result<(), Rejection> {
    draft.require(draft.speaks_for_the_person() || draft.may(Power::Erase))?;
    if draft.view.compiled.incomplete {
        return Err(Rejection::UnusableView);
    }
    let own = draft.view.compiled.records.own();
    if draft.view.compiled.holds.iter().any(|hold| hold.record & own != 0) {
        return Err(Rejection::LegalHold);
    }
    let points: Vec<_> = draft.view.points().collect();
    record(draft, RestrictionReason::Erasure, Scope::EVERYTHING, None);
    for point in points {
        record(draft, RestrictionReason::Erasure, Scope::EVERYTHING.at(point), None);
    }
    Ok(())
}
