//! Who is whom: claims, and the graph of merges and unmerges.

use std::collections::BTreeSet;

use consent_engine::*;

use crate::support::*;
use crate::town::*;

/// A link between two records, as one fact in a log of the first.
fn link(writer: u128, seq: u64, own: SubjectId, kind: FactKind) -> Fact {
    let log = LogId::new(Aggregate::Subject(own), WriterId::from_u128(writer));
    Fact {
        v: Version::CURRENT,
        position: log.at(Seq::after(seq - 1)),
        recorded_at: t(0),
        captured_at: None,
        actor: operator().record(),
        command: None,
        evidence: None,
        kind,
    }
}

fn merged(own: u128, with: u128, seq: u64) -> Fact {
    link(1, seq, subject(own), FactKind::Merge { with: subject(with) })
}

/// A token that covers one fact and those before it.
fn upto(position: Position) -> ViewToken {
    ViewToken::from_iter([(Consulted::Log(position.log), position.seq.get())])
}

#[test]
fn l08_two_claims_of_one_alias_stand_until_they_are_settled() {
    let policy = policy();
    let alias = IndexKey::from_u128(0xa1a5);
    let mut town = Town::of_two(&policy);
    let settle = |owner| Act::ResolveContest { aliases: vec![alias], owner };
    assert_eq!(town.act(ADA, operator(), settle(ADA)).map(|_| ()), Err(Rejection::NotClaimed));
    town.act(ADA, operator(), Act::Claim(alias)).unwrap();
    assert_eq!(town.act(ADA, operator(), settle(ADA)).map(|_| ()), Err(Rejection::NothingToClear));
    town.act(BOB, operator(), Act::Claim(alias)).unwrap();
    assert_eq!(town.act(ADA, operator(), settle(EVE)).map(|_| ()), Err(Rejection::NotClaimed));
    let settled = town.act(ADA, operator(), settle(ADA)).unwrap();
    let told: BTreeSet<_> = settled.facts.iter().map(|fact| fact.position.log.aggregate).collect();
    assert_eq!(
        told,
        BTreeSet::from([Aggregate::Subject(ADA), Aggregate::Subject(BOB)]),
        "all who claimed it"
    );
    let lost = town.act(BOB, operator(), settle(BOB));
    assert_eq!(lost.map(|_| ()), Err(Rejection::NotClaimed), "his claim no longer stands");
    // A claim that nobody saw when the contest was settled goes on.
    town.writer = OTHER_WRITER;
    town.act(BOB, operator(), Act::Claim(alias)).unwrap();
    town.act(ADA, operator(), settle(BOB)).unwrap();
    assert_eq!(town.act(ADA, operator(), settle(ADA)).map(|_| ()), Err(Rejection::NotClaimed));
    let denied = town.view(ADA).subject().clone();
    let contested = Subject { identity: Identity::Contested, ..denied };
    let view = View::new(&policy, contested, town.whole()).unwrap();
    let query = Query::new(policy.catalogue().index(id("fraud")).unwrap(), RegimeSet::OPT_OUT);
    let decision = evaluate(&view, &query, &policy, town.now);
    assert!(decision.reasons().contains(Reason::IdentityContested));
}

#[test]
fn l08_an_alias_that_is_claimed_again_is_settled_again() {
    let policy = policy();
    let alias = IndexKey::from_u128(0xa1a5);
    let mut town = Town::of_two(&policy);
    let settle = |owner| Act::ResolveContest { aliases: vec![alias], owner };
    town.act(ADA, operator(), Act::Claim(alias)).unwrap();
    for _ in 0..2 {
        town.act(BOB, operator(), Act::Claim(alias)).unwrap();
        town.act(ADA, operator(), settle(ADA)).unwrap();
        assert_eq!(town.act(BOB, operator(), settle(BOB)).map(|_| ()), Err(Rejection::NotClaimed));
    }
}

/// The records that are one with `start`, by walking pairs until nothing is new.
fn brute(start: u128, live: &[(u128, u128)]) -> BTreeSet<SubjectId> {
    let mut found = BTreeSet::from([start]);
    loop {
        let before = found.len();
        for (a, b) in live {
            if found.contains(a) || found.contains(b) {
                found.extend([*a, *b]);
            }
        }
        if found.len() == before {
            return found.into_iter().map(subject).collect();
        }
    }
}

fn agrees(nodes: u128, facts: &[Fact], live: &[(u128, u128)]) {
    let projection = Projection::fold(facts).0;
    for start in 0..nodes {
        let person = Subject::resolve(subject(start), &projection).unwrap();
        assert_eq!(person.ids[0], subject(start), "the name asked for comes first");
        let ids: BTreeSet<_> = person.ids.iter().copied().collect();
        assert_eq!(ids.len(), person.ids.len(), "each once");
        assert_eq!(ids, brute(start, live));
        for id in &person.ids {
            let again: BTreeSet<_> = Subject::resolve(*id, &projection).unwrap().ids.into_iter().collect();
            assert_eq!(again, ids, "idempotent");
        }
    }
}

/// Every graph of up to five records whose pairs are merged or not, and of up to four whose pairs were never merged,
/// are merged, or were and are not.
#[test]
fn l09_x_resolving_is_the_closure_of_the_merges_that_stand() {
    for (nodes, states) in [(2u128, 3usize), (3, 3), (4, 3), (5, 2)] {
        let pairs: Vec<_> = (0..nodes).flat_map(|a| (0..a).map(move |b| (a, b))).collect();
        for graph in 0..states.pow(u32::try_from(pairs.len()).unwrap()) {
            let (mut facts, mut live) = (Vec::new(), Vec::new());
            let mut heads = [0u64; 5];
            for (n, (a, b)) in pairs.iter().enumerate() {
                let state = graph / states.pow(u32::try_from(n).unwrap()) % states;
                // In the log of one of the two, sometimes of the other.
                let (own, with) = if (n + graph) % 2 == 0 { (*a, *b) } else { (*b, *a) };
                let head = &mut heads[usize::try_from(own).unwrap()];
                if state > 0 {
                    *head += 1;
                    facts.push(merged(own, with, *head));
                }
                if state == 1 {
                    live.push((*a, *b));
                } else if state == 2 {
                    let ends = upto(facts.last().unwrap().position);
                    let unmerge = FactKind::Unmerge { with: subject(own), ends };
                    let unmerge = link(2 + u128::try_from(n).unwrap(), 1, subject(with), unmerge);
                    facts.push(unmerge);
                }
            }
            agrees(nodes, &facts, &live);
        }
    }
}

#[test]
fn l09_loops_are_harmless() {
    agrees(2, &[merged(0, 0, 1)], &[]);
    agrees(3, &[merged(0, 1, 1), merged(1, 0, 1), merged(0, 1, 2)], &[(0, 1)]);
    agrees(3, &[merged(0, 1, 1), merged(1, 2, 1), merged(2, 0, 1)], &[(0, 1), (1, 2), (2, 0)]);
    let policy = policy();
    let mut town = Town::of_two(&policy);
    let refused = |town: &mut Town<'_>, one, other| town.act(one, operator(), Act::Merge(other)).map(|_| ());
    assert_eq!(refused(&mut town, ADA, ADA), Err(Rejection::SelfLink));
    town.merge(ADA, BOB);
    town.merge(BOB, EVE);
    let before = town.facts.len();
    for (one, other) in [(ADA, BOB), (BOB, ADA), (EVE, ADA), (ADA, EVE)] {
        assert_eq!(refused(&mut town, one, other), Err(Rejection::MergeCycle));
    }
    assert_eq!(town.facts.len(), before, "l53: a refused merge leaves nothing");
}

/// Chains and stars of 10^5 records end in a typed answer, without recursion: the stack is a small one.
#[test]
fn d05_chains_and_stars_of_100_000_records_end() {
    const MANY: u128 = 100_000;
    let work = move || {
        let chain: Vec<_> = (0..MANY).map(|n| merged(n, n + 1, 1)).collect();
        let star: Vec<_> = (1..=MANY).map(|n| merged(0, n, u64::try_from(n).unwrap())).collect();
        for facts in [chain, star] {
            let projection = Projection::fold(&facts).0;
            for start in [0, 1, MANY / 2, MANY] {
                let refused = Subject::resolve(subject(start), &projection).unwrap_err();
                assert_eq!((refused.which, refused.max), (Limited::MergedRecords, 64));
            }
            let policy = policy();
            let Ok(view) = View::new(&policy, Subject::new(subject(0)), projection) else { continue };
            let query = Query::new(policy.catalogue().index(id("fraud")).unwrap(), RegimeSet::OPT_OUT);
            assert!(evaluate(&view, &query, &policy, t(1)).reasons().contains(Reason::ViewIncomplete));
        }
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(work).unwrap().join().unwrap();
}

#[test]
fn l09_a_chain_of_64_merges_is_one_person_and_the_next_is_refused() {
    let policy = policy();
    let mut town = Town::new(&policy);
    for n in 1..64 {
        town.merge(subject(n - 1), subject(n));
    }
    assert_eq!(town.person(subject(63)).ids.len(), 64);
    town.attach(subject(0), EMAIL);
    assert!(town.grant(subject(0), news(EMAIL)));
    assert!(town.permits(subject(63), news(EMAIL)));
    town.opt_out(subject(63), opt_out_of_news());
    assert_eq!(town.reasons(subject(0), news(EMAIL)), [Reason::OptOut], "from one end to the other");
    let more = town.act(subject(0), operator(), Act::Merge(subject(64))).map(|_| ());
    assert_eq!(more, Err(Rejection::LimitExceeded { which: Limited::MergedRecords, max: 64 }));
    // Parted in the middle, the opt-out of one end still bites at the other.
    town.unmerge(subject(31), subject(32));
    assert_eq!(town.person(subject(0)).ids.len(), 32);
    assert_eq!(town.reasons(subject(0), news(EMAIL)), [Reason::OptOut]);
}

#[test]
fn l48_x_only_authority_over_identities_links_people() {
    let policy = policy();
    let alias = IndexKey::from_u128(0xa1a5);
    let mut town = Town::of_two(&policy);
    for person in [ADA, BOB] {
        town.act(person, operator(), Act::Claim(alias)).unwrap();
    }
    town.merge(ADA, EVE);
    let acts = [
        Act::Merge(BOB),
        Act::Unmerge(EVE),
        Act::ResolveContest { aliases: vec![alias], owner: ADA },
        Act::Describe(Description::Kind(SubjectKind::Person)),
        Act::Describe(Description::RoleAddress { point: EMAIL, is: false }),
    ];
    let powers =
        [Power::Represent, Power::Block, Power::Legal, Power::Controller, Power::Erase, Power::Identity];
    let crm = SystemId::new("crm").unwrap();
    let mut counts = (0, 0);
    for act in acts {
        for held in 0..64u32 {
            let held: Vec<_> =
                (0..).zip(powers).filter(|(bit, _)| held >> bit & 1 == 1).map(|(_, p)| p).collect();
            let always = Interval::starting(Timestamp::MIN);
            let over = always.ending_by(town.now);
            for (during, current) in [(always, true), (over, false)] {
                let authority = || Authority::new(held.clone(), during);
                let allowed = current && held.contains(&Power::Identity);
                for (actor, allowed) in [
                    (Actor::subject(), false),
                    (Actor::system(crm), false),
                    (Actor::importer(crm), false),
                    (Actor::partner(crm), false),
                    (Actor::unauthenticated(), false),
                    (Actor::operator(authority()), allowed),
                    (Actor::guardian(authority()), allowed),
                    (Actor::delegate(authority()), allowed),
                ] {
                    let mut town = town.clone();
                    let before = town.facts.clone();
                    let done = town.act(ADA, actor, act.clone());
                    counts = (counts.0 + 1, counts.1 + usize::from(done.is_ok()));
                    if allowed {
                        assert!(done.is_ok(), "{act:?} by {actor:?}");
                    } else {
                        assert_eq!(done.map(|_| ()), Err(Rejection::NotAuthorized), "{act:?} by {actor:?}");
                        assert_eq!(town.facts, before, "l53");
                    }
                }
            }
        }
    }
    assert!(counts.0 > 4_000 && counts.1 > 100, "{counts:?}");
}

#[test]
fn d01_claiming_an_alias_takes_it_from_nobody() {
    let policy = policy();
    let alias = IndexKey::from_u128(0xa1a5);
    let mut town = Town::of_two(&policy);
    town.act(ADA, operator(), Act::Claim(alias)).unwrap();
    town.act(BOB, operator(), Act::Claim(alias)).unwrap();
    assert_eq!(town.person(ADA).ids, [ADA], "a shared alias merges nobody");
    let settle = Act::ResolveContest { aliases: vec![alias], owner: BOB };
    assert_eq!(town.act(BOB, Actor::subject(), settle).map(|_| ()), Err(Rejection::NotAuthorized));
}

#[test]
fn l39_links_without_effect_are_not_cited() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    town.merge(ADA, BOB);
    let ends = || ViewToken::NOTHING;
    let (ada, email) = (Aggregate::Subject(ADA), Aggregate::Point(EMAIL));
    let idle = [
        town.raw(ada, FactKind::Merge { with: ADA }),
        town.raw(ada, FactKind::Unmerge { with: ADA, ends: ends() }),
        town.raw(email, FactKind::Merge { with: BOB }),
        town.raw(email, FactKind::Unmerge { with: BOB, ends: ends() }),
    ];
    let cited = town.ask(ADA, news(EMAIL), RegimeSet::OPT_IN, |decision| decision.cited());
    let merge = |fact: &&Fact| {
        matches!(fact.kind, FactKind::Merge { with: ADA | BOB }) && !idle.contains(&fact.position)
    };
    let merges: Vec<_> = town.facts.iter().filter(merge).map(|fact| fact.position).collect();
    assert!(
        !merges.is_empty() && merges.iter().all(|own| cited.contains(own)),
        "what makes them one person is"
    );
    assert!(idle.iter().all(|own| !cited.contains(own)), "{cited:?}");
}
