//! The strategies draw what they promise: everything comes up, and what should collide does.
#![cfg(feature = "proptest")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    clippy::unwrap_used,
    reason = "a test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use consent_engine::strategy::{self, EPOCH, Run, Step, ViewChoice, World};
use consent_engine::*;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// Draws `n` values, always the same ones.
fn draw<S: Strategy>(n: usize, strategy: S) -> Vec<S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..n).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// Histories of some twenty facts, each in a world of its own.
fn histories() -> impl Strategy<Value = (World, Vec<Fact>)> {
    strategy::worlds().prop_flat_map(|world| (Just(world.clone()), strategy::facts(&world, 12..24)))
}

fn some_histories() -> Vec<Vec<Fact>> {
    draw(200, histories().prop_map(|(_, facts)| facts))
}

fn own_world() -> World {
    World::of(Policy::new(1, Catalogue::new([], []).unwrap()))
}

/// Of how many values in a hundred something is true.
fn percent<T>(values: &[T], of: impl Fn(&T) -> bool) -> usize {
    values.iter().filter(|value| of(value)).count() * 100 / values.len()
}

/// The name of an enum's variant.
fn name(value: &impl Debug) -> String {
    format!("{value:?}").chars().take_while(char::is_ascii_alphanumeric).collect()
}

fn assert_all(found: impl IntoIterator<Item = String>, expected: &str) {
    let found: BTreeSet<_> = found.into_iter().collect();
    let expected = expected.split_whitespace().map(String::from).collect();
    assert_eq!(found, expected);
}

fn assert_dense(facts: &[Fact]) {
    let mut heads: BTreeMap<LogId, u64> = BTreeMap::new();
    for fact in facts {
        let head = heads.entry(fact.position.log).or_default();
        *head += 1;
        assert_eq!(fact.position.seq.get(), *head, "in order and without a gap");
    }
}

fn restrictions(facts: &[Fact]) -> Vec<(&Fact, &Restriction)> {
    fn of(fact: &Fact) -> Option<(&Fact, &Restriction)> {
        let FactKind::Restriction(restriction) = &fact.kind else { return None };
        Some((fact, restriction))
    }
    facts.iter().filter_map(of).collect()
}

fn named(fact: &Fact, restriction: &Restriction) -> Named {
    let key = RestrictionKey { reason: restriction.reason, by: fact.actor.kind(), scope: restriction.scope };
    Named { log: fact.position.log, key, upto: fact.position.seq }
}

#[test]
fn positions_are_dense_also_when_shrunk() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..20 {
        let mut tree = histories().new_tree(&mut runner).unwrap();
        let before = tree.current().1.len();
        for round in 0..500 {
            let moved = if round % 7 == 6 { tree.complicate() } else { tree.simplify() };
            assert_dense(&tree.current().1);
            if !moved && round % 7 != 6 {
                break;
            }
        }
        assert!(tree.current().1.len() < before);
    }
}

#[test]
fn everything_comes_up() {
    let facts = some_histories().concat();
    assert_all(
        facts.iter().map(|fact| name(&fact.kind)),
        "Grant Confirm Restriction Clear Resume Request Asked Revocation Lapsed Basis Hold Release NoticeSeen Preference \
        Relationship Claim Attach Verify Replace Reassign Merge Unmerge ContestResolved Described Unsupported",
    );
    let reasons: BTreeSet<_> = restrictions(&facts).into_iter().map(|(_, own)| own.reason).collect();
    assert_eq!(reasons, BTreeSet::from(RestrictionReason::ALL));
    let roles = "Subject Guardian Delegate Operator Importer Partner System Unauthenticated";
    assert_all(facts.iter().map(|fact| name(&fact.actor.role)), roles);

    let commands = draw(1_500, strategy::commands(&World::default()));
    assert_all(
        commands.iter().map(|command| name(command.act())),
        "Request Confirm Grant Renew OptOut Object Revoke Lapse Restrict Clear Resume RecordBasis Hold Release \
        NoticeSeen Preference Choose Relationship Attach Verify Replace Reassign Claim Merge Unmerge \
        ResolveContest Describe Erase",
    );
    assert_all(commands.iter().map(|command| name(&command.actor().role())), roles);
    for power in draw(60, strategy::powers()) {
        assert!(commands.iter().any(|command| command.actor().may(power, EPOCH)));
    }
    let powerless = |command: &&Command| command.actor().role() == Role::Guardian;
    assert!(commands.iter().filter(powerless).any(|command| !command.actor().may(Power::Represent, EPOCH)));
}

#[test]
fn histories_collide() {
    let (mut pairs, mut grants, mut groups) = (vec![], vec![], vec![]);
    for facts in some_histories() {
        for (n, one) in facts.iter().enumerate() {
            for other in &facts[n + 1..] {
                pairs.push(one.at() == other.at());
                match (&one.kind, &other.kind) {
                    (FactKind::Restriction(a), FactKind::Restriction(b)) => {
                        groups.push(named(one, a).key == named(other, b).key);
                    }
                    (a, b) if a.cell().is_some() && b.cell().is_some() => grants.push(a.cell() == b.cell()),
                    _ => {}
                }
            }
        }
    }
    let (times, cells, keys) = (percent(&pairs, |x| *x), percent(&grants, |x| *x), percent(&groups, |x| *x));
    assert!(times >= 8 && cells >= 8 && keys >= 4, "{times} % times, {cells} % cells, {keys} % keys");
}

#[test]
fn histories_are_hostile() {
    let all = some_histories();
    let backwards =
        |facts: &Vec<Fact>| facts.windows(2).any(|pair| pair[1].recorded_at < pair[0].recorded_at);
    assert!((50..=80).contains(&percent(&all, backwards)));
    let then = EPOCH.saturating_add(Span::days(2));
    let late = |facts: &Vec<Fact>| facts.iter().any(|fact| fact.recorded_at > then);
    assert!((1..=10).contains(&percent(&all, late)), "later than most questions");
    let facts = all.concat();
    assert!(percent(&facts, |fact| fact.captured_at.is_some_and(|at| at > fact.recorded_at)) >= 10);
    assert!(percent(&facts, |fact| fact.captured_at.is_none()) >= 4);
    let restrictions = restrictions(&facts);
    assert!(percent(&restrictions, |(_, own)| own.reason.is_consent_reason() && own.until.is_some()) >= 10);
    let stray = |(fact, own): &(&Fact, &Restriction)| match fact.position.log.aggregate {
        Aggregate::Point(point) => own.scope.point != Some(point),
        Aggregate::Subject(_) => own.scope.point.is_some(),
    };
    assert!(percent(&restrictions, stray) >= 5);
    let unlisted = PurposeScope::Subtree(PurposeId::new("unlisted").unwrap());
    assert!(restrictions.iter().any(|(_, own)| own.scope.purpose == unlisted));

    let mut lifting = vec![];
    for facts in &all {
        let seen = strategy::heads(facts);
        for grant in facts.iter().filter_map(|fact| fact.kind.grant()) {
            let real = |lift: &Named| {
                let alike = |other: &Named| (other.log, other.key) == (lift.log, lift.key);
                self::restrictions(facts).into_iter().any(|(fact, own)| alike(&named(fact, own)))
            };
            let lifts = (grant.lifts.iter().any(real), grant.lifts.iter().any(|lift| !real(lift)));
            lifting.push((
                lifts,
                grant.attempted,
                seen.includes(&grant.read),
                grant.read == ViewToken::NOTHING,
            ));
        }
    }
    assert!(percent(&lifting, |grant| grant.0.0) >= 40, "lifts what is there");
    assert!(percent(&lifting, |grant| grant.0.1) >= 2, "lifts what is not");
    assert!((5..=20).contains(&percent(&lifting, |grant| grant.1)), "attempted");
    assert!((1..=20).contains(&percent(&lifting, |grant| !grant.2)), "read more than there is");
    assert!((20..=80).contains(&percent(&lifting, |grant| grant.3)), "read nothing");
}

#[test]
fn facts_survive_serde() {
    let catalogues = draw(5, strategy::facts(&own_world(), 20..40));
    for fact in some_histories().into_iter().chain(catalogues).flatten() {
        let text = serde_json::to_string(&fact).unwrap();
        assert_eq!(serde_json::from_str::<Fact>(&text).unwrap(), fact, "{text}");
    }
    let world = World::default();
    for state in draw(100, strategy::cell_states(&world)) {
        let text = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<CellState>(&text).unwrap(), state, "{text}");
    }
    for verdict in draw(100, strategy::verdicts(&world)) {
        let text = serde_json::to_string(&verdict).unwrap();
        assert_eq!(serde_json::from_str::<Verdict>(&text).unwrap(), verdict, "{text}");
    }
}

#[test]
fn deliveries_hold_the_same_facts() {
    let facts = draw(1, strategy::facts(&World::default(), 20)).remove(0);
    let same = |list: &[Fact]| {
        facts.iter().all(|fact| list.contains(fact)) && list.iter().all(|f| facts.contains(f))
    };
    let permuted = draw(50, strategy::permuted(facts.clone()));
    assert!(permuted.iter().all(|list| same(list)));
    assert!(percent(&permuted, |list| list.len() > facts.len()) >= 50);
    for (known, rest) in draw(50, strategy::splits(facts.clone())) {
        assert_dense(&known);
        assert_eq!(known.len() + rest.len(), facts.len());
        assert!(same(&[known, rest].concat()));
    }
    assert_eq!(draw(1, strategy::permuted(vec![])), [vec![]]);
}

#[test]
fn tokens_lie_about_the_heads() {
    let world = World::default();
    let heads = strategy::heads(&draw(1, strategy::facts(&world, 30)).remove(0));
    let tokens = draw(300, strategy::view_tokens(&heads));
    assert!(percent(&tokens, |token| *token == heads) >= 30);
    assert!(percent(&tokens, |token| *token == ViewToken::NOTHING) >= 8);
    assert!((2..=12).contains(&percent(&tokens, |token| !heads.includes(token))), "ahead");
    assert!(percent(&tokens, |token| heads.includes(token) && !token.includes(&heads)) >= 30, "behind");

    let log = world.logs()[0];
    let at = |version| ViewToken::from_iter([(Consulted::Log(log), version)]);
    let seen = [at(1), at(4), at(9)];
    assert_eq!(ViewChoice::None.token(&seen), None);
    assert_eq!(ViewChoice::Nothing.token(&seen), Some(ViewToken::NOTHING));
    assert_eq!(ViewChoice::Current.token(&seen), Some(at(9)));
    assert_eq!(ViewChoice::Stale(1).token(&seen), Some(at(4)));
    assert_eq!(ViewChoice::Stale(200).token(&seen), Some(at(1)));
    assert_eq!(ViewChoice::Ahead(2).token(&seen), Some(at(11)));
    assert_eq!(ViewChoice::Stale(0).token(&[]), Some(ViewToken::NOTHING));
}

/// Plays a script against a stand-in that records opt-outs and requests, whoever acts; the commands that were run.
fn play(world: &World, script: &[Step]) -> Vec<(Timestamp, Command, Vec<Fact>)> {
    let mut run = Run::default();
    let mut played = vec![];
    for step in script {
        let now = run.advance(step);
        let command = run.command(step, strategy::heads(run.facts()));
        let kind = match command.act() {
            Act::OptOut(scopes) => scopes
                .first()
                .map(|scope| FactKind::Restriction(Restriction::new(RestrictionReason::OptOut, *scope))),
            Act::Hold(purpose) => Some(FactKind::Hold(Hold { purpose: *purpose })),
            _ => None,
        };
        played.push((now, command.clone(), run.facts().to_vec()));
        let log = LogId::new(Aggregate::Subject(world.subject(step.subject)), world.writer(step.writer));
        let head = strategy::heads(run.facts()).version(Consulted::Log(log)).unwrap_or(0);
        run.record(kind.map(|kind| Fact {
            v: Version::CURRENT,
            position: log.at(Seq::after(head)),
            recorded_at: now,
            captured_at: None,
            actor: command.actor().record(),
            command: Some(run.command_id()),
            evidence: None,
            kind,
        }));
    }
    played
}

#[test]
fn a_run_settles_what_a_script_leaves_open() {
    let world = World::default();
    let scripts = draw(60, strategy::scripts(&world, 30..40));
    let steps = scripts.concat();
    assert!(percent(&steps, |step| step.advance == Span::ZERO) >= 40);
    assert!(steps.iter().all(|step| step.behind <= world.policy.skew()));
    let mut cleared = vec![];
    for script in &scripts {
        for (_, command, facts) in play(&world, script) {
            let stands =
                |target: Named| restrictions(&facts).into_iter().any(|(f, own)| named(f, own) == target);
            match command.act() {
                Act::Clear(target) if !restrictions(&facts).is_empty() => cleared.push(stands(*target)),
                _ => {}
            }
        }
    }
    assert!(percent(&cleared, |stands| *stands) >= 70);

    let act =
        Act::Restrict { reason: RestrictionReason::Pause, scope: Scope::EVERYTHING, until: Some(EPOCH) };
    let command =
        Command::new(Actor::subject(), act).captured(Captured::At(EPOCH.saturating_sub(Span::hours(1))));
    let mut step = steps[0].clone();
    (step.advance, step.command, step.view) = (Span::days(3), command, ViewChoice::Current);
    let played = play(&world, &[step]);
    let now = EPOCH.saturating_add(Span::days(3));
    let act = Act::Restrict { reason: RestrictionReason::Pause, scope: Scope::EVERYTHING, until: Some(now) };
    let expected = Command::new(Actor::subject(), act)
        .captured(Captured::At(now.saturating_sub(Span::hours(1))))
        .having_seen(ViewToken::NOTHING);
    assert_eq!((played[0].0, &played[0].1), (now, &expected));
}

#[test]
fn worlds_vary_and_every_world_can_be_drawn_from() {
    let worlds = draw(300, strategy::worlds());
    let purposes: Vec<_> = worlds
        .iter()
        .flat_map(|world| world.policy.catalogue().iter())
        .map(|(_, purpose)| purpose.clone())
        .collect();
    assert!(percent(&purposes, |purpose| purpose.evidence().strength == Strength::DoubleOptIn) >= 15);
    assert!(percent(&purposes, |purpose| purpose.evidence().notice.is_some()) >= 15);
    assert!(
        percent(&purposes, Purpose::is_retired) >= 2 && percent(&purposes, Purpose::is_verified_only) >= 5
    );
    assert!(percent(&worlds, |world| world.writers.len() == 3) >= 30);
    assert!(
        percent(&worlds, |world| world.systems.iter().any(|own| world.policy.trusts_to_lift(*own))) >= 30
    );
    for world in [World::default(), own_world()].iter().chain(&worlds[..20]) {
        let facts = draw(3, strategy::facts(world, 0..20)).concat();
        let _ = draw(3, strategy::scripts(world, 0..20));
        let _ = draw(20, strategy::turning_points(world, &facts));
        let _ = draw(20, (strategy::queries(world), strategy::people(world), strategy::nows(world)));
        let _ = draw(20, (strategy::spans(world), strategy::intervals(world), strategy::stated(world)));
        let _ = draw(
            20,
            (strategy::positions(world), strategy::restriction_keys(world), strategy::tokens(world)),
        );
    }
    assert_eq!(World::default().cells(), World::default().cells());
    let classes: BTreeSet<_> =
        World::default().policy.catalogue().iter().map(|(_, purpose)| purpose.class()).collect();
    assert_eq!(classes, BTreeSet::from(PurposeClass::ALL));
}
