//! A command takes effect once, whatever becomes of its commits.

use consent_engine::op::{Decide, Step};
use consent_engine::store::{Batch, MemoryStore, Receipt, Row, Store};
use consent_engine::*;

use crate::shop::*;
use crate::support::*;

fn opt_out() -> Command {
    Command::new(Actor::subject(), Act::OptOut(vec![Scope::EVERYTHING]))
}

fn shop_with_consent() -> Shop<MemoryStore> {
    let shop = Shop::new();
    shop.attach(PERSON, "ada@example.com");
    shop.opt_in(PERSON, "news").unwrap();
    shop
}

#[test]
fn l16_the_same_command_twice_counts_once() {
    let shop = shop_with_consent();
    let stamp = shop.stamp();
    let first = shop.engine.decide(PERSON, opt_out(), stamp).unwrap();
    let before = image(shop.engine.store());
    let again = shop.engine.decide(PERSON, opt_out(), Stamp { now: t(5_000), ..stamp }).unwrap();
    assert!(again.repeated && !first.repeated);
    assert_eq!(
        (&again.facts, &again.reports, &again.effects),
        (&first.facts, &first.reports, &first.effects)
    );
    assert_eq!(image(shop.engine.store()), before);
}

#[test]
fn d27_a_command_id_with_another_command_is_refused() {
    let shop = shop_with_consent();
    let stamp = shop.stamp();
    shop.engine.decide(PERSON, opt_out(), stamp).unwrap();
    let before = image(shop.engine.store());
    let others = [
        Command::new(Actor::subject(), Act::OptOut(vec![Scope::purpose(id("news"))])),
        Command::new(Actor::subject(), Act::Object(vec![Scope::EVERYTHING])),
        Command::new(system(), Act::OptOut(vec![Scope::EVERYTHING])),
        opt_out().captured(Captured::At(t(1))),
        opt_out().with_evidence(explicit()),
        opt_out().having_seen(ViewToken::NOTHING),
    ];
    for other in others {
        let error = refused(shop.engine.decide(PERSON, other.clone(), stamp));
        assert_eq!(error, OperationError::CommandIdReused, "{other:?}");
    }
    assert_eq!(image(shop.engine.store()), before);
    // The address that a command names is part of it too.
    let stamp = shop.stamp();
    shop.engine.attach(PERSON, &address("b@example.com"), Actor::subject(), stamp).unwrap();
    let other = shop.engine.attach(PERSON, &address("c@example.com"), Actor::subject(), stamp);
    assert_eq!(refused(other), OperationError::CommandIdReused);
    assert!(shop.engine.attach(PERSON, &address("b@example.com"), Actor::subject(), stamp).unwrap().repeated);
}

#[test]
fn l53_a_refused_command_leaves_nothing_and_is_judged_anew() {
    let shop = Shop::new();
    let stamp = shop.stamp();
    let stated = Stated { purpose: Breadth::Exactly(id("news")), channel: Some(Channel::Email), point: None };
    let before = image(shop.engine.store());
    let refusal = refused(shop.engine.opt_in(PERSON, [stated], explicit(), stamp));
    assert_eq!(refusal, OperationError::Rejected(Rejection::NothingStated));
    assert_eq!(image(shop.engine.store()), before);
    shop.attach(PERSON, "ada@example.com");
    let later = Stamp { now: shop.now(), ..stamp };
    assert!(!shop.engine.opt_in(PERSON, [stated], explicit(), later).unwrap().repeated);
    assert!(shop.permits(PERSON, "ada@example.com", "news"));
}

#[test]
fn l17_after_the_retention_period_a_restriction_counts_again_and_a_grant_is_judged() {
    let shop = shop_with_consent();
    let stamp = shop.stamp();
    shop.engine.decide(PERSON, opt_out(), stamp).unwrap();
    let late = Stamp { now: stamp.now.saturating_add(Span::days(30)), ..stamp };
    let just_before = Stamp { now: late.now.saturating_sub(Span::micros(1)), ..stamp };
    assert!(shop.engine.decide(PERSON, opt_out(), just_before).unwrap().repeated);
    assert!(!shop.engine.decide(PERSON, opt_out(), late).unwrap().repeated);
}

/// A store of which the test says how each commit ends.
struct Scripted<'a> {
    store: &'a MemoryStore,
    ends: std::cell::RefCell<Vec<End>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Plain,
    UnknownApplied,
    UnknownNot,
    Conflict,
    Down,
}

#[derive(Debug, thiserror::Error)]
#[error("down")]
struct Down;

impl Store for Scripted<'_> {
    type Error = Down;

    fn read(&self, what: &store::ReadSet) -> Result<store::Records, Down> {
        Ok(self.store.read(what).unwrap())
    }

    fn commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, Down> {
        let end = self.ends.borrow_mut().pop().unwrap_or(End::Plain);
        match end {
            End::Plain => Ok(self.store.commit(batches).unwrap()),
            End::UnknownApplied => {
                self.store.commit(batches).unwrap();
                Ok(vec![Receipt::Unknown])
            }
            End::UnknownNot => Ok(vec![Receipt::Unknown]),
            End::Conflict => Ok(vec![Receipt::Conflict(vec![batches[0].writes()[0].key])]),
            End::Down => Err(Down),
        }
    }
}

#[test]
fn l18_a_commit_of_unknown_end_is_settled_whichever_way_it_went() {
    let ends = [End::Plain, End::UnknownApplied, End::UnknownNot, End::Conflict];
    let mut settled = 0;
    for first in ends {
        for second in ends {
            let shop = shop_with_consent();
            let scripted = Scripted { store: shop.engine.store(), ends: vec![second, first].into() };
            let engine = Engine::new(scripted, settings());
            let outcome = engine.decide(PERSON, opt_out(), shop.stamp()).unwrap();
            assert_eq!(
                outcome.repeated,
                [first, second].contains(&End::UnknownApplied) && first != End::Plain
            );
            let page = shop.engine.history(Aggregate::Subject(PERSON), None, 100).unwrap();
            let opt_outs = page.facts.iter().filter(|fact| matches!(fact.kind, FactKind::Restriction(_)));
            assert_eq!(opt_outs.count(), 1, "{first:?} {second:?}");
            settled += 1;
        }
    }
    assert_eq!(settled, 16);
}

#[test]
fn l18_what_cannot_be_settled_is_said_and_handed_back() {
    let shop = shop_with_consent();
    let mut ends = vec![End::UnknownNot; 8];
    let engine = Engine::new(Scripted { store: shop.engine.store(), ends: ends.clone().into() }, settings());
    match refused(engine.decide(PERSON, opt_out(), shop.stamp())) {
        OperationError::Unsettled { command } => assert_eq!(*command.unwrap(), opt_out()),
        other => panic!("{other}"),
    }
    // The store goes down while a commit is in doubt.
    ends = vec![End::Down, End::UnknownNot];
    let engine = Engine::new(Scripted { store: shop.engine.store(), ends: ends.into() }, settings());
    let error = engine.decide(PERSON, opt_out(), shop.stamp()).unwrap_err();
    assert!(matches!(error, EngineError::Store { in_doubt: true, .. }), "{error:?}");
    let engine =
        Engine::new(Scripted { store: shop.engine.store(), ends: vec![End::Down].into() }, settings());
    let error = engine.decide(PERSON, opt_out(), shop.stamp()).unwrap_err();
    assert!(matches!(error, EngineError::Store { in_doubt: false, .. }), "{error:?}");
}

/// A refusal after a commit in doubt says nothing of that commit: it may land yet.
#[test]
fn l18_a_refusal_after_a_commit_in_doubt_is_unsettled() {
    let shop = Shop::new();
    shop.attach(PERSON, "ada@example.com");
    let stated = Stated { purpose: Breadth::Exactly(id("news")), channel: Some(Channel::Email), point: None };
    let command = Command::new(Actor::subject(), Act::Request(vec![stated])).with_evidence(explicit());
    let mut step = Step::begin(Decide::new(settings(), Who::Subject(PERSON), command.clone(), shop.stamp()));
    let outcome = loop {
        step = match step {
            Step::Read(what, reading) => reading.resume(shop.engine.store().read(&what)).unwrap(),
            Step::Commit(_, committing) => {
                // Meanwhile the person consents, so that the request would be refused now.
                shop.opt_in(PERSON, "news").unwrap();
                committing.resume::<std::convert::Infallible>(Ok(vec![Receipt::Unknown])).unwrap()
            }
            Step::Done(outcome) => break outcome,
        };
    };
    assert_eq!(outcome, Err(OperationError::Unsettled { command: Some(Box::new(command)) }));
}

#[test]
fn d43_endless_conflicts_end_in_contention_with_the_withdrawal_handed_back() {
    let shop = shop_with_consent();
    let before = image(shop.engine.store());
    let ends = vec![End::Conflict; 100];
    let engine =
        Engine::new(Scripted { store: shop.engine.store(), ends: ends.into() }, settings().with_attempts(5));
    match refused(engine.decide(PERSON, opt_out(), shop.stamp())) {
        OperationError::Contention { attempts, command } => {
            assert_eq!(attempts, 5);
            assert_eq!(*command.unwrap(), opt_out());
        }
        other => panic!("{other}"),
    }
    assert_eq!(engine.store().ends.borrow().len(), 95, "bounded");
    assert_eq!(image(shop.engine.store()), before);
}

#[test]
fn d54_facts_state_and_command_are_one_batch() {
    let shop = shop_with_consent();
    let decide = Decide::new(settings(), Who::Subject(PERSON), opt_out(), shop.stamp());
    let mut step = Step::begin(decide);
    let batch = loop {
        step = match step {
            Step::Read(what, reading) => reading.resume(shop.engine.store().read(&what)).unwrap(),
            Step::Commit(batch, _) => break batch,
            Step::Done(outcome) => panic!("{outcome:?}"),
        };
    };
    let has = |of: fn(&Row) -> bool| batch.writes().iter().any(|write| of(&write.key.row()));
    assert!(has(|row| matches!(row, Row::Aggregate(Aggregate::Subject(PERSON)))));
    assert!(has(|row| matches!(row, Row::Facts { .. })));
    assert!(has(|row| matches!(row, Row::Command { .. })));
}

#[test]
fn d45_two_regions_that_both_write_lose_nothing() {
    let shop = shop_with_consent();
    let other = Engine::new(shop.engine.store(), Settings::new(TENANT, OTHER_WRITER, policy()));
    other.opt_out(PERSON, [Scope::purpose(id("news"))], shop.stamp()).unwrap();
    shop.opt_out(PERSON, Scope::purpose(id("events"))).unwrap();
    let view = shop.engine.load(PERSON).unwrap();
    let writers: Vec<_> = view.projection().logs().iter().map(|log| log.log().writer).collect();
    assert!(writers.contains(&WRITER) && writers.contains(&OTHER_WRITER));
    for purpose in ["news", "events"] {
        assert!(shop.at(PERSON, "ada@example.com", purpose).reasons.contains(Reason::OptOut));
    }
}

#[test]
fn commands_of_one_person_keep_their_order_and_those_of_many_share_commits() {
    let shop = shop_with_consent();
    let people: Vec<_> = (0..100).map(|n| SubjectId::from_u128(0x1000 + n)).collect();
    let mut commands = Vec::new();
    for person in people.iter().chain(&people) {
        commands.push((Who::Subject(*person), opt_out(), shop.stamp()));
    }
    let many = shop.engine.decide_many(commands.clone());
    assert!(many.store_error.is_none());
    assert!(many.outcomes.iter().all(|outcome| outcome.as_ref().is_ok_and(|outcome| !outcome.repeated)));
    for (at, person) in people.iter().enumerate() {
        let of = |outcome: &Result<CommandOutcome, _>| outcome.as_ref().unwrap().facts[0].1.get();
        assert_eq!((of(&many.outcomes[at]), of(&many.outcomes[at + 100])), (1, 2), "{person}");
    }
    let again = shop.engine.decide_many(commands);
    assert!(again.outcomes.iter().all(|outcome| outcome.as_ref().unwrap().repeated));
    let query = shop.engine.query(id("fraud"), RegimeSet::OPT_IN).unwrap();
    let asked =
        shop.engine.evaluate_many(people.iter().map(|person| (Who::Subject(*person), query)), shop.now());
    assert_eq!(asked.outcomes.len(), 100);
    for (person, outcome) in people.iter().zip(asked.outcomes) {
        assert_eq!(outcome.unwrap(), shop.engine.evaluate(*person, &query, shop.now()).unwrap());
    }
}

#[test]
fn a_store_that_goes_down_interrupts_the_rest() {
    let shop = shop_with_consent();
    let commands: Vec<_> = (0..3).map(|_| (Who::Subject(PERSON), opt_out(), shop.stamp())).collect();
    let ends = vec![End::Down, End::Plain];
    let engine = Engine::new(Scripted { store: shop.engine.store(), ends: ends.into() }, settings());
    let many = engine.decide_many(commands);
    assert!(many.store_error.is_some());
    assert!(many.outcomes[0].is_ok());
    assert_eq!(many.outcomes[1], Err(OperationError::Interrupted));
    assert_eq!(many.outcomes[2], Err(OperationError::Interrupted));
}
