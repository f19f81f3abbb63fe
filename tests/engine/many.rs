//! l18: many commands at once for people with several records, named in every way, over a store in which calls go wrong: the end is that
//! of the same commands one after the other.

use std::collections::BTreeMap;

use consent_engine::conformance::{Fault, FaultKind, FaultStore};
use consent_engine::store::{MemoryStore, Row};
use consent_engine::*;

use crate::shop::*;
use crate::support::*;

const PEOPLE: [(SubjectId, &str); 3] = [
    (PERSON, "ada@example.com"),
    (OTHER_PERSON, "bob@example.com"),
    (SubjectId::from_u128(0x53), "eve@example.com"),
];
const END: i64 = 90_000;

type Named = (Who, Command, Stamp);

fn alias() -> Alias {
    Alias::new(SystemId::new("crm").unwrap(), "003A0001").unwrap()
}

/// Three records with an address each, all of which consent; the first two are one person.
fn merged() -> Shop<MemoryStore> {
    let shop = Shop::new();
    for (who, text) in PEOPLE {
        shop.attach(who, text);
        for purpose in ["news", "care"] {
            shop.opt_in(who, purpose).unwrap();
        }
    }
    shop.engine.claim(OTHER_PERSON, &alias(), operator(), shop.stamp()).unwrap();
    shop.engine.merge(PERSON, OTHER_PERSON, operator(), explicit(), shop.stamp()).unwrap();
    shop.pass(60);
    shop
}

/// Commands with ids of their own, ten seconds apart.
fn stamped(of: impl IntoIterator<Item = (Who, Actor, Act)>) -> Vec<Named> {
    let named = of.into_iter().enumerate().map(|(at, (who, actor, act))| {
        let stamp = Stamp::new(t(10_000 + 10 * at as i64), CommandId::from_u128(0x900 + at as u128));
        (who, Command::new(actor, act).with_evidence(explicit()), stamp)
    });
    named.collect()
}

fn opt_in(purpose: &str) -> Act {
    let stated =
        Stated { purpose: Breadth::Exactly(id(purpose)), channel: Some(Channel::Email), point: None };
    Act::Grant { stated: vec![stated], window: None }
}

fn opt_out(purpose: &str) -> Act {
    Act::OptOut(vec![Scope::purpose(id(purpose))])
}

/// Of different things: in whatever order they are carried out, they come to the same.
fn apart() -> Vec<Named> {
    let [(ada, at_ada), (bob, at_bob), (eve, at_eve)] = PEOPLE;
    let person = Actor::subject();
    stamped([
        (Who::from(ada), person, opt_in("events")),
        (Who::from(bob), person, opt_out("news")),
        (Who::from(alias()), person, Act::Object(vec![Scope::purpose(id("alerts"))])),
        (Who::from(address(at_ada)), person, opt_out("care")),
        (Who::from(address(at_bob)), operator(), Act::Describe(Description::Kind(SubjectKind::Child))),
        (Who::from(bob), operator(), Act::Hold(id("receipts"))),
        (Who::from(eve), person, opt_out("news")),
        (Who::from(address(at_eve)), person, opt_in("football")),
        (
            Who::from(alias()),
            operator(),
            Act::RecordBasis { purpose: id("fraud"), basis: LawfulBasis::Contract },
        ),
    ])
}

/// Of one thing, by different names of one person.
fn against() -> Vec<Named> {
    let [(ada, at_ada), (bob, at_bob), (eve, _)] = PEOPLE;
    let person = Actor::subject();
    stamped([
        (Who::from(ada), person, opt_out("news")),
        (Who::from(bob), person, opt_in("news")),
        (Who::from(alias()), person, opt_in("events")),
        (Who::from(ada), person, opt_out("events")),
        (Who::from(address(at_bob)), person, opt_out("care")),
        (Who::from(bob), operator(), Act::Unmerge(ada)),
        (Who::from(ada), operator(), Act::Merge(eve)),
        (Who::from(eve), person, opt_out("care")),
        (Who::from(address(at_ada)), person, opt_in("care")),
        (Who::from(eve), operator(), Act::Erase),
    ])
}

fn one_by_one(commands: &[Named]) -> MemoryStore {
    let shop = merged();
    for (who, command, stamp) in commands {
        let done = shop.engine.decide(who.clone(), command.clone(), *stamp);
        done.unwrap_or_else(|error| panic!("{who:?}: {error}"));
    }
    shop.engine.store().clone()
}

/// All at once; what failed or is in doubt is repeated under its id. How many calls it took, and how many of them went wrong.
fn at_once(store: &MemoryStore, commands: &[Named], faults: &[Fault]) -> (u32, u32) {
    let faulty = FaultStore::new(store, faults.iter().copied());
    let (engine, sound) = (Engine::new(&faulty, settings()), Engine::new(store, settings()));
    let mut left = commands.to_vec();
    for attempt in 0..6 {
        let outcomes = if attempt < 4 {
            engine.decide_many(left.clone()).outcomes
        } else {
            sound.decide_many(left.clone()).outcomes
        };
        let ended = left.into_iter().zip(outcomes).filter_map(|(named, outcome)| match outcome {
            Ok(_) => None,
            Err(OperationError::Interrupted | OperationError::Unsettled { .. }) => Some(named),
            Err(_) if faults.iter().any(|fault| fault.kind == FaultKind::StaleRead) => Some(named),
            // Whoever is merged or parted beside it: carried out one by one it would go through.
            Err(OperationError::Rejected(_) | OperationError::AmbiguousSubject { .. }) if attempt < 5 => {
                Some(named)
            }
            Err(error) => panic!("{named:?}: {error} {faults:?}"),
        });
        left = ended.collect();
    }
    assert!(left.is_empty(), "{left:?} {faults:?}");
    (faulty.calls(), faulty.struck())
}

/// The answers at each address, and how many facts each record and contact point has.
type State =
    (BTreeMap<(SubjectId, &'static str, PurposeId), (Verdict, ReasonSet)>, BTreeMap<Aggregate, usize>);

fn state(store: &MemoryStore) -> State {
    let (engine, policy) = (Engine::new(store, settings()), policy());
    let mut answers = BTreeMap::new();
    for (who, _) in PEOPLE {
        for (_, text) in PEOPLE {
            let load = op::Load::new(settings(), who.into()).at(address(text));
            let person = engine.run(load).unwrap();
            for purpose in purposes() {
                let query = engine.query(purpose.id(), RegimeSet::OPT_IN).unwrap();
                let at = (purpose.class() != PurposeClass::Processing).then_some(Channel::Email);
                let query = Query { channel: at, point: person.point.filter(|_| at.is_some()), ..query };
                let decision = evaluate(&person.view, &query, &policy, t(END));
                answers.insert((who, text, purpose.id()), (decision.verdict(), decision.reasons()));
            }
        }
    }
    let aggregates = image(store).into_iter().filter_map(|(key, _)| match key.row() {
        Row::Aggregate(aggregate) => Some(aggregate),
        _ => None,
    });
    let count = |of| engine.history(of, None, 256).unwrap().facts.len();
    (answers, aggregates.map(|of| (of, count(of))).collect())
}

fn with_every_fault(commands: &[Named], check: impl Fn(&MemoryStore, &[Fault])) {
    let before = merged();
    let store = copy(before.engine.store());
    let (calls, _) = at_once(&store, commands, &[]);
    check(&store, &[]);
    let mut struck = 0;
    for at in 1..=calls {
        for kind in FaultKind::ALL.into_iter().filter(|kind| *kind != FaultKind::ShortScan) {
            let store = copy(before.engine.store());
            let faults = [Fault { at, kind }];
            struck += at_once(&store, commands, &faults).1;
            check(&store, &faults);
        }
    }
    assert!(calls > 4 && struck > 15, "{calls} calls, {struck} of them went wrong");
}

#[test]
fn l18_c_many_commands_of_merged_people_end_as_one_by_one() {
    let whole = state(&one_by_one(&apart()));
    let permitted = whole.0.values().filter(|(verdict, _)| verdict.is_permit()).count();
    assert!(permitted > 5, "{permitted}");
    with_every_fault(&apart(), |store, faults| {
        let found = state(store);
        if faults.iter().all(|fault| fault.kind != FaultKind::StaleRead) {
            assert_eq!(found, whole, "{faults:?}");
        }
        for (asked, (verdict, _)) in found.0 {
            assert!(!verdict.is_permit() || whole.0[&asked].0.is_permit(), "{asked:?} {faults:?}");
        }
    });
}

/// Who is named in two ways is decided in no order: what restricts counts, whichever came first.
#[test]
fn l18_l10_c_many_commands_against_each_other_never_permit_more_than_one_by_one() {
    let whole = state(&one_by_one(&against())).0;
    with_every_fault(&against(), |store, faults| {
        for (asked, (verdict, _)) in state(store).0 {
            assert!(!verdict.is_permit() || whole[&asked].0.is_permit(), "{asked:?} {faults:?}");
        }
    });
}
