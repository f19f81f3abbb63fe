//! Joining what regions know is union, links included: all small sets on three replicas, and every order of arrival.

use consent_engine::*;

use crate::support::*;
use crate::town::*;

/// Facts that bear on each other, each by a writer of its own, so that any of them may be known without the others.
fn links(policy: &Policy) -> Vec<Fact> {
    let alias = IndexKey::from_u128(0xa1a5);
    let mut town = Town::new(policy);
    let mut add = |aggregate, kind| {
        town.writer = WriterId::from_u128(0x100 + u128::try_from(town.facts.len()).unwrap());
        town.pass(10);
        town.raw(aggregate, kind)
    };
    let (ada, bob) = (Aggregate::Subject(ADA), Aggregate::Subject(BOB));
    let seen =
        |position: Position| ViewToken::from_iter([(Consulted::Log(position.log), position.seq.get())]);
    let attach = |subject| FactKind::Attach { subject, point: EMAIL, point_kind: PointKind::Email };
    let opt_out = Restriction::new(RestrictionReason::OptOut, Scope::purpose(id("news")));
    let merge = add(ada, FactKind::Merge { with: BOB });
    add(bob, FactKind::Unmerge { with: ADA, ends: seen(merge) });
    add(bob, FactKind::Restriction(opt_out));
    add(Aggregate::Point(EMAIL), attach(ADA));
    let claim = add(ada, FactKind::Claim(alias));
    add(bob, FactKind::Claim(alias));
    add(bob, FactKind::ContestResolved { alias, owner: BOB, ends: seen(claim) });
    let child = Description::Kind(SubjectKind::Child);
    add(
        ada,
        FactKind::Described { what: child, instead_of: ViewToken::NOTHING, unmerges: ViewToken::NOTHING },
    );
    town.facts
}

fn join(one: &Projection, other: &Projection) -> Projection {
    let mut joined = one.clone();
    joined.join(other);
    joined
}

/// What Ada and Bob are told.
fn answers(policy: &Policy, projection: &Projection) -> Vec<(Vec<SubjectId>, ReasonSet)> {
    let both = RegimeSet::OPT_IN.with(Regime::OptOut);
    let mut answers = Vec::new();
    for who in [ADA, BOB] {
        let person = Subject::resolve(who, projection).unwrap();
        let view = View::new(policy, person.clone(), projection.clone()).unwrap();
        for regimes in [RegimeSet::OPT_IN, RegimeSet::OPT_OUT, both] {
            let query = Query::new(policy.catalogue().index(id("news")).unwrap(), regimes);
            let decision = evaluate(&view, &query.on(Channel::Email).at(EMAIL), policy, t(5_000));
            answers.push((person.ids.clone(), decision.reasons()));
        }
    }
    answers
}

/// The sets of up to four of some facts.
fn small_sets(facts: &[Fact]) -> Vec<Vec<Fact>> {
    let of =
        |set: u32| (0..).zip(facts).filter(move |(bit, _)| set >> bit & 1 == 1).map(|(_, fact)| fact.clone());
    let all = 0..1u32 << facts.len();
    all.filter(|set| set.count_ones() <= 4).map(|set| of(set).collect()).collect()
}

/// Every way in which three replicas may know each of up to four facts.
#[test]
fn l11_x_joining_three_replicas_is_union_whatever_they_know() {
    let policy = policy();
    let mut count = 0;
    for facts in small_sets(&links(&policy)).into_iter().filter(|facts| facts.len() == 4) {
        let knowing: Vec<_> = (0..16u32)
            .map(|known| {
                let known = (0..).zip(&facts).filter(|(bit, _)| known >> bit & 1 == 1).map(|(_, fact)| fact);
                Projection::fold(known).0
            })
            .collect();
        let at = |known: u32| &knowing[usize::try_from(known).unwrap()];
        for a in 0..16 {
            assert_eq!(join(at(a), at(a)), *at(a), "idempotent");
            for b in 0..16 {
                let joined = join(at(a), at(b));
                assert_eq!(joined, *at(a | b), "union");
                assert_eq!(joined, join(at(b), at(a)), "commutative");
                for c in 0..16 {
                    assert_eq!(join(&joined, at(c)), join(at(a), at(b | c)), "associative");
                    count += 1;
                }
            }
        }
    }
    println!("{count} triples of replicas");
    assert_eq!(count, 70 * 16 * 16 * 16);
}

/// Every order in which up to four of these facts arrive, each twice, gives the same view.
#[test]
fn l12_x_links_may_arrive_in_any_order_and_twice() {
    fn arrive(policy: &Policy, view: &View, left: &[Fact], expected: &[(Vec<SubjectId>, ReasonSet)]) -> u64 {
        if left.is_empty() {
            assert_eq!(answers(policy, view.projection()), expected);
            return 1;
        }
        let mut orders = 0;
        for next in 0..left.len() {
            let (mut view, mut rest) = (view.clone(), left.to_vec());
            let fact = rest.remove(next);
            assert_eq!(view.apply(policy, [&fact]), Ok(Applied::New));
            assert_eq!(view.apply(policy, [&fact]), Ok(Applied::Duplicate));
            orders += arrive(policy, &view, &rest, expected);
        }
        orders
    }
    let policy = policy();
    let empty = View::new(&policy, Subject::new(ADA), Projection::default()).unwrap();
    let mut orders = 0;
    for facts in small_sets(&links(&policy)) {
        let expected = answers(&policy, &Projection::fold(&facts).0);
        orders += arrive(&policy, &empty, &facts, &expected);
    }
    println!("{orders} orders of arrival");
    assert!(orders > 2_000);
}

/// Two live claims after a union are a contest that a host sees, and no merge.
#[test]
fn l11_two_claims_that_meet_are_contested_and_merge_nobody() {
    let policy = policy();
    let alias = IndexKey::from_u128(0xa1a5);
    let (mut here, mut there) = (Town::of_two(&policy), Town::of_two(&policy));
    there.writer = OTHER_WRITER;
    here.act(ADA, operator(), Act::Claim(alias)).unwrap();
    there.act(BOB, operator(), Act::Claim(alias)).unwrap();
    here.facts.extend(there.facts.into_iter().filter(|fact| fact.position.log.writer == OTHER_WRITER));
    assert_eq!((here.person(ADA).ids, here.person(BOB).ids), (vec![ADA], vec![BOB]));
    // Whoever settles it sees both.
    let settled =
        here.act(ADA, operator(), Act::ResolveContest { aliases: vec![alias], owner: BOB }).unwrap();
    assert_eq!(settled.facts.len(), 2);
    let again = Act::ResolveContest { aliases: vec![alias], owner: ADA };
    assert_eq!(here.act(ADA, operator(), again).map(|_| ()), Err(Rejection::NotClaimed));
}
