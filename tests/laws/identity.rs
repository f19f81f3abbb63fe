//! Merges, unmerges, claims and descriptions.

use std::collections::BTreeSet;

use consent_engine::*;

use crate::support::*;
use crate::town::*;

fn news(point: ContactPointId) -> Cell {
    cell("news", point)
}

fn opt_out_of_news() -> Scope {
    Scope::purpose(id("news"))
}

fn subject(n: u128) -> SubjectId {
    SubjectId::from_u128(n)
}

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

/// SuiteCRM #7132: of two merged records the one that is kept decides, and the opt-out of the other is gone.
#[test]
fn l10_suitecrm_7132_a_merge_lifts_no_opt_out_whichever_record_is_kept() {
    let policy = policy();
    for kept_opted_out in [true, false] {
        let mut town = Town::of_two(&policy);
        for (person, point) in [(ADA, EMAIL), (BOB, SECOND_EMAIL)] {
            assert!(town.grant(person, news(point)));
        }
        let (kept, merged) = (ADA, BOB);
        town.opt_out(if kept_opted_out { kept } else { merged }, opt_out_of_news());
        town.merge(kept, merged);
        for person in [kept, merged] {
            for point in [EMAIL, SECOND_EMAIL] {
                assert_eq!(town.reasons(person, news(point)), [Reason::OptOut]);
            }
        }
    }
}

/// veda mailchimp #277: an opt-out spreads through a merge to what nobody opted out of.
#[test]
fn l10_veda_mailchimp_277_a_merge_spreads_an_opt_out_no_further_than_it_said() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    for purpose in ["news", "events"] {
        assert!(town.grant(ADA, cell(purpose, EMAIL)));
    }
    town.opt_out(BOB, opt_out_of_news().at(SECOND_EMAIL));
    town.opt_out(BOB, Scope::purpose(id("events")).on(Channel::Sms));
    town.merge(ADA, BOB);
    assert!(town.permits(BOB, news(EMAIL)), "he opted out of another address");
    assert!(town.permits(BOB, cell("events", EMAIL)), "he opted out of another channel");
    town.opt_out(BOB, Scope::purpose(id("events")));
    assert!(!town.permits(ADA, cell("events", EMAIL)));
    assert!(town.permits(ADA, news(EMAIL)), "and of nothing else");
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
fn d02_a_poisoned_merge_lifts_nothing() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    town.opt_out(ADA, Scope::EVERYTHING);
    town.attach(BOB, EMAIL);
    assert!(town.grant(BOB, news(EMAIL)), "he has the address too, and did not opt out");
    town.merge(BOB, ADA);
    let told = town.ask(BOB, news(EMAIL), RegimeSet::OPT_IN, |decision| {
        (decision.fact_for(Reason::OptOut).unwrap(), decision.explain().to_string())
    });
    assert_eq!(told.0.log.aggregate, Aggregate::Subject(ADA), "the explanation says whose it is");
    assert!(told.1.contains(&told.0.to_string()), "{}", told.1);
}

#[test]
fn d03_a_merge_carries_no_grant_to_another_address() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    assert!(town.grant(ADA, news(EMAIL)));
    town.merge(ADA, BOB);
    assert!(town.permits(BOB, news(EMAIL)));
    assert_eq!(town.reasons(ADA, news(SECOND_EMAIL)), [Reason::ConsentMissing]);
    // Nor to an address that the other record holds and the one that agreed lost.
    town.attach(BOB, EMAIL);
    town.act(ADA, operator(), Act::Reassign { point: EMAIL, from: ADA, to: None }).unwrap();
    assert!(!town.permits(BOB, news(EMAIL)), "what Ada agreed to there went with the address");
}

#[test]
fn d04_l47_an_unmerge_sheds_nothing_and_what_knew_it_stays_apart() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    for (person, point) in [(ADA, EMAIL), (BOB, SECOND_EMAIL)] {
        assert!(town.grant(person, news(point)));
    }
    town.merge(ADA, BOB);
    town.opt_out(BOB, opt_out_of_news());
    let late = town.clone();
    town.unmerge(ADA, BOB);
    for (person, point) in [(ADA, EMAIL), (BOB, SECOND_EMAIL)] {
        assert_eq!(town.reasons(person, news(point)), [Reason::OptOut], "of both parts");
        assert!(town.grant(person, news(point)), "a new word names it");
        assert!(town.permits(person, news(point)));
    }
    town.opt_out(BOB, opt_out_of_news());
    assert!(town.permits(ADA, news(EMAIL)), "he said it knowing that they are two");
    assert!(!town.permits(BOB, news(SECOND_EMAIL)));
    // Said in another region by somebody who did not know yet.
    let mut apart = late;
    apart.writer = OTHER_WRITER;
    apart.opt_out(BOB, opt_out_of_news());
    town.facts.extend(apart.facts.into_iter().filter(|fact| fact.position.log.writer == OTHER_WRITER));
    assert_eq!(town.reasons(ADA, news(EMAIL)), [Reason::OptOut], "it bites on both, whenever it arrives");
    // Merged again, everything is of both again.
    assert!(town.grant(ADA, news(EMAIL)) && town.permits(ADA, news(EMAIL)));
    town.merge(BOB, ADA);
    assert_eq!(town.reasons(ADA, news(EMAIL)), [Reason::OptOut]);
}

#[test]
fn l47_a_split_after_a_merge_restores_what_was() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    assert!(town.grant(ADA, news(EMAIL)) && town.grant(BOB, cell("events", SECOND_EMAIL)));
    town.opt_out(ADA, Scope::purpose(id("events")).at(EMAIL));
    let answers =
        |town: &Town<'_>| {
            let mut answers = Vec::new();
            for purpose in purposes() {
                for point in [EMAIL, SECOND_EMAIL] {
                    let asked = cell(purpose.id().as_str(), point);
                    answers.extend([ADA, BOB].map(|person| {
                        town.ask(person, asked, RegimeSet::OPT_IN, |decision| decision.reasons())
                    }));
                }
            }
            answers
        };
    let before = answers(&town);
    town.merge(ADA, BOB);
    assert_ne!(answers(&town), before);
    town.unmerge(BOB, ADA);
    assert_eq!(answers(&town), before);
}

/// An unmerge ends the merges that it saw, and no other.
#[test]
fn l47_an_unmerge_does_not_undo_a_merge_that_it_did_not_see() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    town.merge(ADA, BOB);
    let mut elsewhere = town.clone();
    elsewhere.writer = OTHER_WRITER;
    elsewhere.unmerge(ADA, BOB);
    elsewhere.merge(ADA, BOB);
    town.unmerge(ADA, BOB);
    assert_eq!(town.person(ADA).ids, [ADA]);
    town.facts.extend(elsewhere.facts.into_iter().filter(|fact| fact.position.log.writer == OTHER_WRITER));
    assert_eq!(town.person(ADA).ids, [ADA, BOB]);
    assert_eq!(town.act(ADA, operator(), Act::Unmerge(EVE)).map(|_| ()), Err(Rejection::NotMerged));
}

/// A confirmation is a grant of the record that holds the address, and answers its request in every record.
#[test]
fn l20_a_token_confirms_once_whoever_the_records_are() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    let asked = town.act(ADA, Actor::subject(), Act::Request(vec![Stated::cell(news(EMAIL))])).unwrap();
    let FactKind::Request(request) = &asked.facts[0].kind else { panic!("a request") };
    let confirm = Act::Confirm(request.id);
    town.merge(ADA, BOB);
    town.attach(BOB, EMAIL);
    town.act(BOB, Actor::subject(), confirm.clone()).unwrap();
    assert!(town.permits(ADA, news(EMAIL)));
    let again = town.act(ADA, Actor::subject(), confirm.clone()).map(|_| ());
    assert_eq!(again, Err(Rejection::AlreadyConfirmed));
    town.unmerge(ADA, BOB);
    let before = town.facts.len();
    for person in [ADA, BOB] {
        assert!(town.act(person, Actor::subject(), confirm.clone()).is_err(), "the token was used");
    }
    assert_eq!(town.facts.len(), before);
}

/// A confirmation from an address proves that it can be reached, whoever holds it.
#[test]
fn l10_what_a_confirmation_clears_is_cleared_where_it_stands() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    town.attach(BOB, EMAIL);
    assert!(town.grant(ADA, cell("events", EMAIL)));
    let scope = Scope::EVERYTHING.at(EMAIL);
    town.act(ADA, system(), Act::Restrict { reason: RestrictionReason::Bounce, scope, until: None }).unwrap();
    assert_eq!(town.reasons(ADA, cell("events", EMAIL)), [Reason::Bounce]);
    let asked = town.act(BOB, Actor::subject(), Act::Request(vec![Stated::cell(news(EMAIL))])).unwrap();
    let FactKind::Request(request) = &asked.facts[0].kind else { panic!("a request") };
    let confirmed = town.act(BOB, Actor::subject(), Act::Confirm(request.id)).unwrap();
    let clear = confirmed.facts.iter().find(|fact| matches!(fact.kind, FactKind::Clear(_))).unwrap();
    assert_eq!(clear.position.log.aggregate, Aggregate::Point(EMAIL), "where everyone behind it sees it");
    assert!(town.permits(ADA, cell("events", EMAIL)));
    // In a log of another it clears nothing: a merge would widen by it.
    let mut town = Town::of_two(&policy);
    let scope = Scope::EVERYTHING;
    let block = Act::Restrict { reason: RestrictionReason::OperatorBlock, scope, until: None };
    let blocked = town.act(ADA, operator(), block).unwrap();
    let position = blocked.facts[0].position;
    let key = RestrictionKey { reason: RestrictionReason::OperatorBlock, by: ActorKind::Operator, scope };
    let clear = Named { log: position.log, key, upto: position.seq };
    town.raw(Aggregate::Subject(BOB), FactKind::Clear(clear));
    assert!(town.grant(ADA, news(EMAIL)));
    town.merge(ADA, BOB);
    assert_eq!(town.reasons(ADA, news(EMAIL)), [Reason::OperatorBlock]);
}

#[test]
fn d53_what_is_known_of_a_person_restricts_and_can_be_corrected() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    let kind = Description::Kind;
    let silent = |town: &Town<'_>, person| {
        town.ask(person, news(EMAIL), RegimeSet::OPT_OUT, |decision| {
            decision.reasons().iter().collect::<Vec<_>>()
        })
    };
    assert_eq!(silent(&town, ADA), []);
    town.describe(ADA, kind(SubjectKind::Child));
    assert_eq!(silent(&town, ADA), [Reason::Minor]);
    town.describe(ADA, kind(SubjectKind::Person));
    assert_eq!(silent(&town, ADA), []);
    let role = |is| Description::RoleAddress { point: EMAIL, is };
    town.describe(ADA, role(true));
    assert_eq!(silent(&town, ADA), [Reason::RoleAddress]);
    town.describe(ADA, role(false));
    assert_eq!(silent(&town, ADA), []);
    // Two regions that do not know of each other: the more restrictive counts.
    let mut elsewhere = town.clone();
    elsewhere.writer = OTHER_WRITER;
    elsewhere.describe(ADA, kind(SubjectKind::Deceased));
    town.describe(ADA, kind(SubjectKind::Child));
    town.facts.extend(elsewhere.facts.into_iter().filter(|fact| fact.position.log.writer == OTHER_WRITER));
    assert_eq!(silent(&town, ADA), [Reason::Deceased]);
    let told = town.ask(ADA, news(EMAIL), RegimeSet::OPT_OUT, |decision| {
        (decision.standing(), decision.fact_for(Reason::Deceased), decision.explain().to_string())
    });
    assert_eq!(told.0, Standing::Explicit);
    assert!(told.2.contains(&told.1.unwrap().to_string()), "{}", told.2);
}

/// What is said of one part after an unmerge is said of that part.
#[test]
fn d53_l47_a_description_after_an_unmerge_is_of_one_part() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    town.describe(ADA, Description::Kind(SubjectKind::Child));
    town.merge(ADA, BOB);
    let silent = |town: &Town<'_>, person, point| {
        town.ask(person, news(point), RegimeSet::OPT_OUT, |decision| {
            decision.reasons().iter().collect::<Vec<_>>()
        })
    };
    assert_eq!(silent(&town, BOB, SECOND_EMAIL), [Reason::Minor]);
    town.unmerge(ADA, BOB);
    assert_eq!(silent(&town, BOB, SECOND_EMAIL), [Reason::Minor], "it was said of both");
    town.describe(BOB, Description::Kind(SubjectKind::Person));
    assert_eq!(silent(&town, BOB, SECOND_EMAIL), []);
    assert_eq!(silent(&town, ADA, EMAIL), [Reason::Minor], "Bob is no child; of Ada nobody said so");
    town.describe(BOB, Description::Kind(SubjectKind::Deceased));
    assert_eq!(silent(&town, BOB, SECOND_EMAIL), [Reason::Deceased]);
    assert_eq!(silent(&town, ADA, EMAIL), [Reason::Minor], "she is alive");
    // Also where what was said of both stands in the log of the one.
    let mut town = Town::of_two(&policy);
    town.describe(BOB, Description::Kind(SubjectKind::Child));
    town.merge(ADA, BOB);
    town.unmerge(ADA, BOB);
    town.describe(BOB, Description::Kind(SubjectKind::Person));
    assert_eq!(silent(&town, BOB, SECOND_EMAIL), []);
    assert_eq!(silent(&town, ADA, EMAIL), [Reason::Minor]);
}

/// The explanation of a merged person names records by their ids, and says of each restriction which it came from.
#[test]
fn d55_an_explanation_names_records_by_opaque_ids_and_nothing_else_of_them() {
    let policy = policy();
    let canary = "canary-7f3a";
    let evidence = || explicit().with_reason(Note::new(canary).unwrap()).with_ip(Note::new(canary).unwrap());
    let mut town = Town::of_two(&policy);
    let opt_out = Command::new(Actor::subject(), Act::OptOut(vec![opt_out_of_news()]));
    town.command(BOB, &opt_out.with_evidence(evidence())).unwrap();
    let object = Command::new(Actor::subject(), Act::Object(vec![Scope::EVERYTHING]));
    town.command(ADA, &object.with_evidence(evidence())).unwrap();
    town.merge(ADA, BOB);
    for parted in [false, true] {
        if parted {
            town.unmerge(ADA, BOB);
        }
        town.ask(ADA, news(EMAIL), RegimeSet::OPT_IN, |decision| {
            let whose = |reason| decision.fact_for(reason).unwrap().log.aggregate;
            assert_eq!(whose(Reason::OptOut), Aggregate::Subject(BOB));
            assert_eq!(whose(Reason::Objection), Aggregate::Subject(ADA));
            let standing: BTreeSet<_> =
                decision.restrictions().map(|(reason, at)| (reason, at.log.aggregate)).collect();
            let expected = [(Reason::OptOut, BOB), (Reason::Objection, ADA)];
            assert_eq!(standing, expected.map(|(reason, who)| (reason, Aggregate::Subject(who))).into());
            let record = serde_json::to_string(&decision.to_record()).unwrap();
            let why = decision.why(&policy);
            for text in [decision.explain().to_string(), format!("{decision:?}"), record, why.clone()] {
                assert!(!text.contains(canary), "{text}");
            }
            let ids = [ADA, BOB].map(|person| person.to_string());
            assert!(ids.iter().all(|id| !why.contains(id)), "what the recipient reads names nobody: {why}");
        });
    }
}

#[test]
fn l55_an_answer_rests_on_the_logs_of_kin_too() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    assert!(town.grant(ADA, news(EMAIL)));
    town.merge(ADA, BOB);
    for parted in [false, true] {
        if parted {
            town.unmerge(ADA, BOB);
        }
        let token = town.ask(ADA, news(EMAIL), RegimeSet::OPT_IN, |decision| {
            assert!(decision.is_permit());
            decision.view_token().clone()
        });
        assert_eq!(recheck(&token, &town.view(ADA)), Freshness::Current);
        for aggregate in [Aggregate::Subject(ADA), Aggregate::Subject(BOB), Aggregate::Point(EMAIL)] {
            let mut town = town.clone();
            town.raw(aggregate, FactKind::Relationship(RelationshipKind::Purchase));
            assert_eq!(recheck(&token, &town.view(ADA)), Freshness::Changed, "{aggregate:?}");
        }
    }
}

/// Merging and parting the same records again and again does not grow what is kept, nor set an opt-out aside.
#[test]
fn l50_a_history_of_merges_is_bounded_and_loses_no_opt_out() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    let groups = |town: &Town<'_>| town.whole().logs().iter().map(LogProjection::restrictions).sum::<usize>();
    for round in 0..40 {
        town.merge(ADA, BOB);
        town.unmerge(ADA, BOB);
        assert!(
            town.grant(ADA, news(EMAIL)),
            "her word after the unmerge names what he said while they were one"
        );
        town.opt_out(BOB, opt_out_of_news());
        town.act(BOB, operator(), Act::Revoke(opt_out_of_news())).unwrap();
        assert!(!town.permits(BOB, news(SECOND_EMAIL)));
        assert_eq!(
            town.permits(ADA, news(EMAIL)),
            round < 16,
            "{round}: kept apart as long as there is room"
        );
    }
    assert_eq!(groups(&town), 17);
    let size = |town: &Town<'_>| serde_json::to_vec(&town.whole()).unwrap().len();
    let before = size(&town);
    for _ in 0..40 {
        town.merge(ADA, BOB);
        town.unmerge(ADA, BOB);
        town.opt_out(BOB, opt_out_of_news());
        town.act(BOB, operator(), Act::Revoke(opt_out_of_news())).unwrap();
    }
    assert_eq!(groups(&town), 17);
    assert!(size(&town) <= before + 64);
}
