//! Which records are one person, whose an alias is, and what is known of a person besides consent.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::consent::decide::{Effect, Report};
use crate::consent::draft::Draft;
use crate::consent::expand::within;
use crate::consent::reject::Rejection;
use crate::evidence::Power;
use crate::fact::{Consulted, Description, FactKind, Scope, ViewToken};
use crate::id::{Aggregate, IndexKey, LogId, Position, SubjectId};
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
///
/// One alias has a key under each live secret; whoever claimed it did so by one of them.
pub(crate) fn resolve_contest(
    draft: &mut Draft<'_>,
    aliases: &[IndexKey],
    owner: SubjectId,
) -> Result<(), Rejection> {
    draft.require(draft.may(Power::Identity))?;
    let by_owner = |claim: &Position| claim.log.aggregate == Aggregate::Subject(owner);
    let claims: Vec<_> = aliases
        .iter()
        .flat_map(|alias| draft.view.claims(*alias).into_iter().map(move |at| (*alias, at)))
        .collect();
    if !claims.iter().any(|(_, claim)| by_owner(claim)) {
        return Err(Rejection::NotClaimed);
    }
    let claimants: BTreeSet<_> = claims.iter().map(|(_, claim)| claim.log.aggregate).collect();
    for alias in aliases {
        let others = claims.iter().filter(|(of, claim)| of == alias && !by_owner(claim));
        let ends: ViewToken = others.map(|(_, claim)| (Consulted::Log(claim.log), claim.seq.get())).collect();
        if !ends.is_empty() {
            for claimant in &claimants {
                let ends = ends.clone();
                draft.append(*claimant, FactKind::ContestResolved { alias: *alias, owner, ends });
            }
        }
    }
    if draft.facts().is_empty() {
        return Err(Rejection::NothingToClear);
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
    let log = draft.view.projection.log(LogId::new(aggregate, draft.ctx.writer));
    let alike = log.into_iter().flat_map(|log| &log.descriptions);
    let unmerges = match what.point() {
        Some(_) => ViewToken::NOTHING,
        None => draft.unmerges_beside(alike.map(|own| &own.unmerges)),
    };
    draft.append(aggregate, FactKind::Described { what, instead_of, unmerges });
    draft.report(Report::of_act());
    Ok(())
}
