//! Restrictions: never refused for a formal reason, widened where they are not understood.

use alloc::vec::Vec;

use crate::consent::decide::{Effect, End, Report};
use crate::consent::draft::Draft;
use crate::consent::expand::within;
use crate::consent::reject::Rejection;
use crate::evidence::Power;
use crate::fact::{FactKind, PurposeScope, Restriction, RestrictionKey, RestrictionReason, Scope};
use crate::id::{Aggregate, LogId};
use crate::purpose::{OptOutRule, Purpose};
use crate::time::Timestamp;

/// Records an opt-out or objection for each scope.
pub(crate) fn each(
    draft: &mut Draft<'_>,
    reason: RestrictionReason,
    scopes: &[Scope],
) -> Result<(), Rejection> {
    let max = draft.policy().limits().statements;
    if within("statements in a command", scopes.len(), max).is_err() {
        // More than can be kept apart: read in the widest sense, never lost.
        draft.effect(Effect::OpenReview { scope: Scope::EVERYTHING });
        record(draft, reason, Scope::EVERYTHING, None);
        return Ok(());
    }
    for scope in scopes {
        match refused_by(draft, reason, scope) {
            Some(purpose) => {
                let rejection = Rejection::ImmutablePurpose(purpose.id());
                draft.report(Report::of_scope(*scope, End::Refused { rejection }));
            }
            None => {
                let understood = understand(draft, *scope);
                record(draft, reason, understood, None);
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

/// The scope, with what the catalogue does not know read in the widest sense.
fn understand(draft: &mut Draft<'_>, scope: Scope) -> Scope {
    let catalogue = draft.policy().catalogue();
    let mut understood = scope;
    if let PurposeScope::Subtree(id) = scope.purpose
        && catalogue.index(id).is_none()
    {
        understood.purpose = PurposeScope::All;
    }
    if catalogue.channel_bit(scope.channel).is_none() {
        understood.channel = None;
    }
    if understood != scope {
        draft.effect(Effect::OpenReview { scope: understood });
    }
    understood
}

fn record(draft: &mut Draft<'_>, reason: RestrictionReason, scope: Scope, until: Option<Timestamp>) {
    let aggregate = scope.point.map_or(draft.own(), Aggregate::Point);
    let scope = fit(draft, reason, aggregate, scope);
    draft.append(aggregate, FactKind::Restriction(Restriction { reason, scope, until }));
    draft.report(Report::of_scope(scope, End::Accepted));
}

/// The scope itself if the log has room for it or knows it already, else the next wider one that fits.
fn fit(draft: &mut Draft<'_>, reason: RestrictionReason, aggregate: Aggregate, scope: Scope) -> Scope {
    let log = LogId::new(aggregate, draft.ctx.writer);
    let by = draft.actor().role().kind();
    let mut known: Vec<RestrictionKey> = Vec::new();
    if let Some(projection) = draft.view.projection().log(log) {
        known.extend(projection.groups.iter().map(|group| group.key));
    }
    for fact in draft.facts().iter().filter(|fact| fact.position.log == log) {
        if let FactKind::Restriction(made) = &fact.kind {
            let key = RestrictionKey { reason: made.reason, by, scope: made.scope };
            if !known.contains(&key) {
                known.push(key);
            }
        }
    }
    let room =
        within("restrictions in a log", known.len().saturating_add(1), draft.policy().limits().restrictions);
    let mut fitting = scope;
    while room.is_err() && !known.contains(&RestrictionKey { reason, by, scope: fitting }) {
        match wider(draft, fitting) {
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
fn wider(draft: &Draft<'_>, scope: Scope) -> Option<Scope> {
    if scope.channel.is_some() {
        return Some(Scope { channel: None, ..scope });
    }
    let PurposeScope::Subtree(id) = scope.purpose else { return None };
    let parent = draft.policy().catalogue().find(id).and_then(Purpose::parent);
    Some(Scope { purpose: parent.map_or(PurposeScope::All, PurposeScope::Subtree), ..scope })
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
    let understood = understand(draft, scope);
    record(draft, reason, understood, until.filter(|_| reason.may_end()));
    Ok(())
}

/// Records an erasure: for the person, and for every contact point they hold.
pub(crate) fn erase(draft: &mut Draft<'_>) -> Result<(), Rejection> {
    draft.require(draft.speaks_for_the_person() || draft.may(Power::Erase))?;
    if !draft.view.compiled.holds.is_empty() {
        return Err(Rejection::LegalHold);
    }
    let points: Vec<_> = draft.view.points().collect();
    record(draft, RestrictionReason::Erasure, Scope::EVERYTHING, None);
    for point in points {
        record(draft, RestrictionReason::Erasure, Scope::EVERYTHING.at(point), None);
    }
    Ok(())
}
