//! Merging never widens, unmerging never permits more, joining is union: against brute force, on all small histories
//! and on random ones.

use std::sync::Arc;

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
        assert!(biting.is_empty(), "{query:?} at {now}: {biting:?} of a record bites");
    }
    true
}

fn is_restriction(reason: Reason) -> bool {
    RestrictionReason::ALL.into_iter().any(|own| Reason::from(own) == reason)
}

/// The facts without those that restrict in the log of a contact point: what is left of a record's own words.
fn own_words(policy: &Policy, who: SubjectId, facts: &[Fact]) -> View {
    let at_a_point = |fact: &Fact| {
        matches!(fact.position.log.aggregate, Aggregate::Point(_))
            && matches!(fact.kind, FactKind::Restriction(_))
    };
    let kept = facts.iter().filter(|fact| !at_a_point(fact));
    View::as_of(policy, Subject::new(who), kept, &strategy::heads(facts), Timestamp::MAX).unwrap()
}

fn whole_of(policy: &Policy, ids: &[SubjectId], facts: &[Fact]) -> View {
    let subject = Subject { ids: ids.to_vec(), ..Subject::default() };
    View::new(policy, subject, Projection::fold(&loaded(ids, facts)).0).unwrap()
}

/// The same facts, and that two records are one person.
fn with_merge(facts: &[Fact], one: SubjectId, other: SubjectId) -> Vec<Fact> {
    let mut facts = facts.to_vec();
    facts.push(alone(Aggregate::Subject(one), FactKind::Merge { with: other }));
    facts
}

/// A fact in a log of its own, older than everything else.
fn alone(aggregate: Aggregate, kind: FactKind) -> Fact {
    Fact {
        v: Version::CURRENT,
        position: LogId::new(aggregate, WriterId::from_u128(0x7777)).at(Seq::FIRST),
        recorded_at: Timestamp::MIN,
        captured_at: None,
        actor: operator().record(),
        command: None,
        evidence: None,
        kind,
    }
}

/// Laws L10 and L47 after one history of two records: merged, and parted again.
fn merges_and_parts(town: &Town<'_>, counts: &mut (usize, usize)) {
    let facts = with_merge(&town.facts, ADA, BOB);
    let parts = [ADA, BOB].map(|who| whole_of(town.policy, &[who], &town.facts));
    let words = [ADA, BOB].map(|who| own_words(town.policy, who, &loaded(&[who], &town.facts)));
    let merged = whole_of(town.policy, &[ADA, BOB], &facts);
    let ends = strategy::heads(&facts);
    let mut parted = facts;
    parted.push(Fact {
        position: LogId::new(Aggregate::Subject(BOB), WriterId::from_u128(0x7778)).at(Seq::FIRST),
        ..alone(Aggregate::Subject(BOB), FactKind::Unmerge { with: ADA, ends })
    });
    let parted = [ADA, BOB].map(|who| whole_of(town.policy, &[who], &parted));
    for query in questions(town.policy) {
        let permitted =
            never_widens(town.policy, parts.each_ref(), words.each_ref(), &merged, &query, town.now);
        counts.0 += usize::from(permitted);
        for (before, after) in parts.iter().zip(&parted) {
            let ask = |view| permits(view, &query, town.policy, town.now);
            counts.1 += usize::from(ask(after));
            assert!(!ask(after) || ask(&merged), "l47: an unmerge permits what was denied: {query:?}");
            assert!(!ask(after) || ask(before), "l10, l47: a merge and its end permit more: {query:?}");
        }
    }
}

fn explore(town: &Town<'_>, done: &mut Vec<(SubjectId, Deed)>, depth: usize, counts: &mut (usize, usize)) {
    merges_and_parts(town, counts);
    if depth == 0 {
        return;
    }
    for who in [ADA, BOB] {
        for deed in DEEDS {
            let mut next = town.clone();
            does(&mut next, who, deed);
            if next.facts.len() > town.facts.len() {
                done.push((who, deed));
                explore(&next, done, depth - 1, counts);
                done.pop();
            }
        }
    }
}

#[test]
fn l10_l47_x_merging_and_unmerging_all_small_histories_of_two_records() {
    let policy = small_policy();
    let mut town = Town::new(&policy);
    town.attach(ADA, EMAIL);
    let depth = if std::env::var_os("CONSENT_ENGINE_FULL").is_some() { 3 } else { 2 };
    let mut counts = (0, 0);
    explore(&town, &mut Vec::new(), depth, &mut counts);
    println!("{} permits of merged persons, {} of parted ones", counts.0, counts.1);
    assert!(counts.0 > 300 && counts.1 > 300, "{counts:?}");
}

/// What people wrote who knew of nobody but themselves: no merges, and no tokens of the logs of others.
fn unaware(mut facts: Vec<Fact>) -> Vec<Fact> {
    for fact in &mut facts {
        match &mut fact.kind {
            FactKind::Merge { .. } | FactKind::Unmerge { .. } => {
                fact.kind = FactKind::Relationship(RelationshipKind::Inquiry);
            }
            FactKind::Grant(grant) | FactKind::Confirm(grant) => {
                let grant = Arc::make_mut(grant);
                let own = fact.position.log.aggregate;
                grant.read = ViewToken::NOTHING;
                grant.lifts.retain(|named| match named.log.aggregate {
                    Aggregate::Point(_) => true,
                    of @ Aggregate::Subject(_) => of == own,
                });
            }
            FactKind::Restriction(own) => own.unmerges = ViewToken::NOTHING,
            FactKind::Revocation(ended) | FactKind::Lapsed { ended, .. } => {
                ended.unmerges = ViewToken::NOTHING
            }
            FactKind::Described { what: Description::Kind(_), instead_of, unmerges } => {
                *unmerges = ViewToken::NOTHING;
                *instead_of = ViewToken::NOTHING
            }
            _ => {}
        }
    }
    facts
}

type Pair = (World, Vec<Fact>, Vec<Query>, Vec<Timestamp>);

fn pairs() -> impl Strategy<Value = Pair> {
    strategy::worlds().prop_flat_map(|world| {
        let facts = strategy::facts(&world, 0..20).prop_map(unaware);
        let queries = proptest::collection::vec(strategy::queries(&world), 4..12);
        let nows = proptest::collection::vec(strategy::nows(&world), 1..3);
        (Just(world), facts, queries, nows)
    })
}

proptest! {
    #![proptest_config(crate::differential::config(1_500))]

    #[test]
    fn l10_p_merging_never_widens((world, facts, queries, nows) in pairs()) {
        let [one, other, _] = world.subjects;
        let whole = whole_of(&world.policy, &[one, other], &with_merge(&facts, one, other));
        let parts = [one, other].map(|who| whole_of(&world.policy, &[who], &facts));
        let words = [one, other].map(|who| own_words(&world.policy, who, &loaded(&[who], &facts)));
        for query in &queries {
            for now in &nows {
                never_widens(&world.policy, parts.each_ref(), words.each_ref(), &whole, query, *now);
            }
        }
    }

    #[test]
    fn l47_p_unmerging_never_permits_more((world, facts, queries, nows) in pairs()) {
        let [one, other, _] = world.subjects;
        let mut facts = with_merge(&facts, one, other);
        let before = whole_of(&world.policy, &[one, other], &facts);
        let ends = strategy::heads(&facts);
        facts.push(Fact {
            position: LogId::new(Aggregate::Subject(other), WriterId::from_u128(0x7778)).at(Seq::FIRST),
            ..alone(Aggregate::Subject(other), FactKind::Unmerge { with: one, ends })
        });
        for part in [one, other] {
            let after = whole_of(&world.policy, &[part], &facts);
            for query in &queries {
                for now in &nows {
                    let ask = |view| permits(view, query, &world.policy, *now);
                    prop_assert!(!ask(&after) || ask(&before), "{:?} at {}", query, now);
                }
            }
        }
    }
}
