//! Which records are one person, whose an alias is, and what is known of a person besides consent.

use alloc::collections::BTreeSet;

use crate::consent::decide::{Effect, Report};
use crate::consent::draft::Draft;
use crate::consent::expand::within;
use crate::consent::reject::Rejection;
use crate::evidence::Power;
use crate::fact::{Consulted, Description, FactKind, Scope, ViewToken};
use crate::id::{Aggregate, IndexKey, SubjectId};
use crate::policy::{Limited, Limits};

/// Records that another subject is the same person, in the logs of both.
pub(crate) fn merge(draft: &mut Draft<'_>, with: SubjectId) -> Result<(), Rejection> {
    draft.require(draft.may(Power::Identity))?;
    let own = draft.person()?;
    if own == with {
        return Err(Rejection::SelfLink);
    }
    if draft.view.subject.ids.contains(&with) {
        return Err(Rejection::MergeCycle);
    }
    let all = draft.view.kin_with(with)?;
    within(Limited::Aliases, draft.view.aliases_of(&all).len(), Limits::MAX_ALIASES)?;
    draft.append(Aggregate::Subject(own), FactKind::Merge { with });
    draft.append(Aggregate::Subject(with), FactKind::Merge { with: own });
    draft.report(Report::of_act());
    Ok(())
}

/// Records that a merge was wrong, in the logs of both.
pub(crate) fn unmerge(draft: &mut Draft<'_>, with: SubjectId) -> Result<(), Rejection> {
    draft.require(draft.may(Power::Identity))?;
    let own = draft.person()?;
    if own == with {
        return Err(Rejection::SelfLink);
    }
    let ends = draft.view.live_merges(own, with);
    if ends.is_empty() {
        return Err(Rejection::NotMerged);
    }
    draft.append(Aggregate::Subject(own), FactKind::Unmerge { with, ends: ends.clone() });
    draft.append(Aggregate::Subject(with), FactKind::Unmerge { with: own, ends });
    draft.effect(Effect::OpenReview { scope: Scope::EVERYTHING });
    draft.report(Report::of_act());
    Ok(())
}

/// Settles who owns an alias that several live subjects claim, in the logs of all of them.
pub(crate) fn resolve_contest(
    draft: &mut Draft<'_>,
    alias: IndexKey,
    owner: SubjectId,
) -> Result<(), Rejection> {
    draft.require(draft.may(Power::Identity))?;
    let claims = draft.view.claims(alias);
    if !claims.iter().any(|claim| claim.log.aggregate == Aggregate::Subject(owner)) {
        return Err(Rejection::NotClaimed);
    }
    let others = claims.iter().filter(|claim| claim.log.aggregate != Aggregate::Subject(owner));
    let ends: ViewToken = others.map(|claim| (Consulted::Log(claim.log), claim.seq.get())).collect();
    if ends.is_empty() {
        return Err(Rejection::NothingToClear);
    }
    let claimants: BTreeSet<_> = claims.iter().map(|claim| claim.log.aggregate).collect();
    for claimant in claimants {
        draft.append(claimant, FactKind::ContestResolved { alias, owner, ends: ends.clone() });
    }
    draft.report(Report::of_act());
    Ok(())
}

/// Records what is known of the person, in their log, or of a contact point, in its own.
pub(crate) fn describe(draft: &mut Draft<'_>, what: Description) -> Result<(), Rejection> {
    draft.require(draft.may(Power::Identity))?;
    let aggregate = match what.point() {
        None => draft.own()?,
        Some(point) => Aggregate::Point(point),
    };
    let instead_of = draft.view.descriptions(what.point());
    draft.append(aggregate, FactKind::Described { what, instead_of });
    draft.report(Report::of_act());
    Ok(())
}
