//! Merging never widens, unmerging never permits more, joining is union: against brute force, on all small histories
//! and on random ones.

use std::collections::BTreeSet;

use consent_engine::strategy::{self, World};
use consent_engine::*;
use proptest::prelude::*;

use crate::support::*;
use crate::town::*;

/// What two records can do before they are merged.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Attach,
    Verify,
    OptOut,
    OptOutThere,
    Object,
    Complain,
    Grant,
    Prove,
    Basis(LawfulBasis),
    Hold,
    Child,
    Role,
    Pause,
    Reassign,
}

const DEEDS: [Deed; 15] = [
    Deed::Attach,
    Deed::Verify,
    Deed::OptOut,
    Deed::OptOutThere,
    Deed::Object,
    Deed::Complain,
    Deed::Grant,
    Deed::Prove,
    Deed::Basis(LawfulBasis::Consent),
    Deed::Basis(LawfulBasis::LegitimateInterests),
    Deed::Hold,
    Deed::Child,
    Deed::Role,
    Deed::Pause,
    Deed::Reassign,
];

fn small_policy() -> Policy {
    let fraud = Purpose::new(id("fraud"), PurposeClass::Processing, LawfulBasis::LegitimateInterests);
    policy_of(vec![marketing("news").with_verified_only(true), marketing("events"), fraud])
}

/// One deed; a refused one adds nothing.
fn does(town: &mut Town<'_>, who: SubjectId, deed: Deed) {
    let there = Scope::EVERYTHING.at(EMAIL);
    let restrict = |reason, scope| Act::Restrict { reason, scope, until: None };
    let both = vec![Stated::cell(cell("news", EMAIL)), Stated::cell(cell("events", EMAIL))];
    let (actor, act) = match deed {
        Deed::Attach => (operator(), Act::Attach { point: EMAIL, kind: PointKind::Email }),
        Deed::Verify => (operator(), Act::Verify(EMAIL)),
        Deed::OptOut => (Actor::subject(), Act::OptOut(vec![Scope::purpose(id("events"))])),
        Deed::OptOutThere => (Actor::subject(), Act::OptOut(vec![there])),
        Deed::Object => (Actor::subject(), Act::Object(vec![Scope::EVERYTHING])),
        Deed::Complain => (Actor::subject(), restrict(RestrictionReason::Complaint, there)),
        Deed::Grant => (Actor::subject(), Act::Grant { stated: both, window: None }),
        Deed::Prove => {
            let _ = town.act(who, Actor::subject(), Act::Request(both));
            let asked = town.facts.iter().rev().find_map(|fact| match &fact.kind {
                FactKind::Request(request) => Some(request.id),
                _ => None,
            });
            (Actor::subject(), Act::Confirm(asked.unwrap_or(RequestId::from_u128(0))))
        }
        Deed::Basis(basis) => (operator(), Act::RecordBasis { purpose: id("fraud"), basis }),
        Deed::Hold => (operator(), Act::Hold(id("fraud"))),
        Deed::Child => (operator(), Act::Describe(Description::Kind(SubjectKind::Child))),
        Deed::Role => (operator(), Act::Describe(Description::RoleAddress { point: EMAIL, is: true })),
        Deed::Pause => (Actor::subject(), restrict(RestrictionReason::Pause, Scope::EVERYTHING)),
        Deed::Reassign => {
            let (from, to) = if who == ADA { (ADA, Some(BOB)) } else { (BOB, None) };
            (operator(), Act::Reassign { point: EMAIL, from, to })
        }
    };
    let _ = town.act(who, actor, act);
}

fn questions(policy: &Policy) -> Vec<Query> {
    let both = RegimeSet::OPT_IN.with(Regime::OptOut);
    let mut questions = Vec::new();
    for regimes in [RegimeSet::OPT_IN, RegimeSet::OPT_OUT, both] {
        for (name, point) in [("news", Some(EMAIL)), ("events", Some(EMAIL)), ("fraud", None)] {
            let mut query = Query::new(policy.catalogue().index(id(name)).unwrap(), regimes);
            query.point = point;
            query.channel = point.map(|_| Channel::Email);
            questions.push(query);
        }
    }
    questions
}

/// Law L10 for one question: who is permitted merged is permitted as one of the two, and nothing of either bites.
fn never_widens(
    policy: &Policy,
    parts: [&View; 2],
    own_words: [&View; 2],
    whole: &View,
    query: &Query,
    now: Timestamp,
) -> bool {
    let merged = evaluate(whole, query, policy, now);
    if !merged.is_permit() {
        return false;
    }
    let now = merged.effective_now();
    let parts = parts.map(|view| evaluate(view, query, policy, now));
    assert!(
        parts.iter().any(Decision::is_permit),
        "{query:?} at {now}: {:?}",
        parts.map(|part| part.reasons())
    );
    for own in own_words {
        let decision = evaluate(own, query, policy, now);
        let biting: Vec<_> = decision.reasons().iter().filter(|reason| is_restriction(*reason)).collect();
        let lifted = merged.witness().is_some();
        assert!(biting.is_empty() || lifted, "{query:?} at {now}: {biting:?} of a record bites");
    }
    true
}

fn is_restriction(reason: Reason) -> bool {
    RestrictionReason::ALL.into_iter().any(|own| Reason::from(own) == reason)
}
