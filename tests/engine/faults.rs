//! l18: whole scenarios over a store in which calls go wrong, one at each place and two at each pair of places: the end is that of a
//! run without faults.

use std::collections::BTreeSet;

use consent_engine::conformance::{Fault, FaultKind, FaultStore};
use consent_engine::op::Decide;
use consent_engine::store::{Key, MemoryStore, Row};
use consent_engine::*;

use crate::double_opt_in::{ADDRESS, at, secret, shown};
use crate::shop::*;
use crate::support::*;

/// What one after the other happens to a person and their address.
fn scenario() -> Vec<Decide> {
    let mut commands = 0;
    let mut stamp = || {
        commands += 1;
        Stamp::new(t(10 * commands), CommandId::from_u128(0x100 + u128::try_from(commands).unwrap()))
    };
    let by = |actor, act| Command::new(actor, act).with_evidence(explicit());
    let person = |act| by(Actor::subject(), act);
    let point = ContactPointId::from_u128(0x101);
    let ada = address("ada@example.com");
    let act = |who: Who, command, stamp| Decide::new(settings(), who, command, stamp);
    let pause = |until| Act::Restrict {
        reason: RestrictionReason::Pause,
        scope: Scope::EVERYTHING,
        until: Some(until),
    };
    let own = || Who::Subject(PERSON);
    vec![
        Decide::attach(settings(), PERSON, ada.clone(), Actor::subject(), stamp()),
        act(own(), person(stated(cell("news", point))), stamp()),
        act(Who::Address(ada), person(Act::OptOut(vec![Scope::purpose(id("events"))])), stamp()),
        act(own(), person(Act::OptOut(vec![Scope::EVERYTHING, Scope::EVERYTHING.at(point)])), stamp()),
        act(own(), person(pause(t(9_000))), stamp()),
        act(own(), person(pause(t(20_000))), stamp()),
        act(own(), person(stated(cell("news", point))), stamp()),
        act(own(), by(operator(), Act::Hold(id("receipts"))), stamp()),
    ]
}

/// Carries out the scenario as a host would: a command that is in doubt is repeated under its id.
fn play(store: &MemoryStore, faults: &[Fault]) -> (u32, u32) {
    let faulty = FaultStore::new(store, faults.iter().copied());
    let mut engine = Engine::new(&faulty, settings());
    let restarted = FaultStore::new(store, []);
    for decide in scenario() {
        let mut left = 8;
        loop {
            let error = match engine.run(decide.clone()) {
                Ok(_) => break,
                Err(error) => error,
            };
            match &error {
                EngineError::Store { .. } => {}
                EngineError::Operation(OperationError::Unsettled { command: Some(_) }) => {}
                // A store that answers from the past breaks its contract: then a command may be refused that is not wrong.
                EngineError::Operation(OperationError::Rejected(_) | OperationError::StoreCorrupt { .. })
                    if faults.iter().any(|fault| fault.kind == FaultKind::StaleRead) => {}
                other @ EngineError::Operation(_) => panic!("{other} {faults:?}"),
            }
            left -= 1;
            if left == 4 && faults.iter().any(|fault| fault.kind == FaultKind::Stop) {
                engine = Engine::new(&restarted, settings());
            }
            assert!(left > 0, "{error} {faults:?}");
        }
    }
    (faulty.calls(), faulty.struck())
}

/// The end is that of the run without faults, byte by byte. After an answer from the past, which no store may give, what a command had
/// read of another bucket may be less, and its token says so: then nothing is permitted that the other run denies. A command that was
/// in doubt is then also remembered where the batch would have put it that the old answer led to.
fn assert_alike(store: &MemoryStore, whole: &MemoryStore, faults: &[Fault]) {
    if faults.iter().all(|fault| fault.kind != FaultKind::StaleRead) {
        assert!(bytes(store) == bytes(whole), "{faults:?}");
        return;
    }
    let keys = |store| {
        let keys = image(store).into_iter().map(|(key, _)| key);
        keys.partition::<BTreeSet<_>, _>(|key| matches!(key.row(), Row::Command { .. }))
    };
    let ((commands, rest), (whole_commands, whole_rest)) = (keys(store), keys(whole));
    assert_eq!(rest, whole_rest, "{faults:?}");
    assert!(commands.is_superset(&whole_commands), "{faults:?}");
    let ids = |commands: &BTreeSet<Key>| commands.iter().map(|key| command_of(*key)).collect::<BTreeSet<_>>();
    assert_eq!(ids(&commands), ids(&whole_commands), "{faults:?}");
    let (engine, reference) = (Engine::new(store, settings()), Engine::new(whole, settings()));
    for purpose in purposes() {
        let query = engine.query(purpose.id(), RegimeSet::OPT_IN).unwrap().on(Channel::Email);
        let ask = |engine: &Engine<&MemoryStore>| {
            engine.evaluate_at(PERSON, &address("ada@example.com"), &query, t(30_000)).unwrap()
        };
        assert!(!ask(&engine).verdict.is_permit() || ask(&reference).verdict.is_permit(), "{faults:?}");
    }
}

fn command_of(key: Key) -> Option<CommandId> {
    if let Row::Command { command, .. } = key.row() { Some(command) } else { None }
}

fn bytes(store: &MemoryStore) -> Vec<(Key, Vec<u8>)> {
    image(store).into_iter().map(|(key, stored)| (key, stored.bytes.to_vec())).collect()
}

#[test]
fn l18_c_a_fault_at_every_call_leaves_the_end_as_it_is() {
    let whole = MemoryStore::new();
    let (calls, _) = play(&whole, &[]);
    let (mut runs, mut struck) = (0, 0);
    for at in 1..=calls {
        for kind in FaultKind::ALL {
            let store = MemoryStore::new();
            let faults = [Fault { at, kind }];
            let (_, had) = play(&store, &faults);
            assert_alike(&store, &whole, &faults);
            runs += 1;
            struck += had;
        }
    }
    println!("{runs} runs with one fault each, {struck} of them struck");
    assert!(calls > 20 && struck * 2 > runs, "{calls} calls, {runs} runs, {struck} faults");
}

#[test]
fn l18_c_two_faults_at_every_pair_of_calls_leave_the_end_as_it_is() {
    let whole = MemoryStore::new();
    let (calls, _) = play(&whole, &[]);
    let deep = std::env::var_os("CONSENT_ENGINE_FULL").is_some();
    let near = if deep { calls } else { 3 };
    let mut runs = 0;
    for first in 1..=calls {
        for second in first + 1..=calls.min(first + near) {
            for (at, kind) in FaultKind::ALL.into_iter().enumerate() {
                let others: Vec<_> =
                    FaultKind::ALL.into_iter().cycle().skip(at).take(if deep { 7 } else { 2 }).collect();
                for other in others {
                    let store = MemoryStore::new();
                    let faults = [Fault { at: first, kind }, Fault { at: second, kind: other }];
                    play(&store, &faults);
                    assert_alike(&store, &whole, &faults);
                    runs += 1;
                }
            }
        }
    }
    println!("{runs} runs with two faults each");
    assert!(runs > 500);
}

/// devise #5783: a token that was stored apart from what was asked for confirmed something else after a crash.
#[test]
fn d08_c_a_request_and_its_token_are_one_write() {
    let known = Shop::new();
    let point = known.attach(PERSON, ADDRESS);
    let stamp = known.stamp();
    let mut written = 0;
    for fault in (1..12).flat_map(|at| FaultKind::ALL.map(|kind| Fault { at, kind })) {
        let store = copy(known.engine.store());
        let faulty = Engine::new(FaultStore::new(&store, [fault]), settings());
        let asked = faulty.request(PERSON, [at(point, "news")], shown(), &secret(1), stamp);
        let left = Engine::new(&store, settings());
        let facts = left.history(Aggregate::Subject(PERSON), None, 64).unwrap().facts;
        let requests: Vec<_> = facts
            .iter()
            .filter_map(|fact| match &fact.kind {
                FactKind::Request(request) => Some(request.token.is_some()),
                _ => None,
            })
            .collect();
        let notes = left.history(Aggregate::Point(point), None, 64).unwrap().facts;
        let notes = notes.iter().filter(|fact| matches!(fact.kind, FactKind::Asked(_))).count();
        assert!(requests.iter().all(|with_token| *with_token), "{fault:?}");
        assert_eq!(requests.len(), notes, "{fault:?}");
        assert!(asked.is_err() || requests == [true], "{fault:?}");
        written += requests.len();
        // Whatever became of it, the same command again gives the token that confirms.
        let again = left.request(PERSON, [at(point, "news")], shown(), &secret(1), stamp).unwrap();
        let stamp = Stamp::new(stamp.now.saturating_add(Span::seconds(60)), CommandId::from_u128(0x999));
        left.confirm(&again.token.unwrap(), explicit(), stamp).unwrap();
    }
    assert!(written > 10, "{written}");
}
