//! The kit itself: its list, its report, and what it makes of a store that answers nothing.

use std::collections::BTreeSet;

use consent_engine::conformance::{
    CHECKS, Exercise, Factory, FactoryError, Fault, FaultKind, FaultStore, Outcome, Park, Runtime, checks,
    run,
};
use consent_engine::store::{Batch, MemoryStore, ReadSet, Receipt, Records, Store};

#[test]
fn each_check_has_a_name_a_group_and_a_meaning_of_its_own() {
    let names: BTreeSet<_> = CHECKS.iter().map(|check| check.name()).collect();
    let meanings: BTreeSet<_> = CHECKS.iter().map(|check| check.meaning()).collect();
    let groups: BTreeSet<_> = CHECKS.iter().map(|check| check.group()).collect();
    assert_eq!((names.len(), meanings.len()), (CHECKS.len(), CHECKS.len()));
    assert!(CHECKS.len() >= 40 && groups.len() >= 10, "{} checks in {groups:?}", CHECKS.len());
    assert!(meanings.iter().all(|meaning| meaning.ends_with('.')));
}

#[test]
fn the_report_lists_each_check_and_how_many_histories_it_saw() {
    let report = run(&MemoryStore::new);
    let drawn = report.to_string();
    assert!(CHECKS.iter().all(|check| drawn.contains(check.name())), "{drawn}");
    assert!(drawn.contains("– committed_survives_reopening: not run, as"), "{drawn}");
    assert!(drawn.contains("30 histories of "), "{drawn}");
    assert!(drawn.contains(" 0 given up"), "{drawn}");
    assert!(drawn.ends_with(&format!(
        "{} checks: {} held, 0 failed, 5 not run",
        CHECKS.len(),
        CHECKS.len() - 5
    )));
}

#[test]
fn a_store_that_never_answers_fails_everything_and_shows_nothing() {
    let stopped = || FaultStore::new(MemoryStore::new(), [Fault { at: 1, kind: FaultKind::Stop }]);
    let report = run(&stopped);
    assert!(report.failed().count() > CHECKS.len() - 10, "{report}");
    let missing = report.exercised().unwrap_err().what;
    assert!(missing.contains(&Exercise::Committed) && missing.contains(&Exercise::Found), "{missing:?}");
    assert!(report.to_string().contains("the call failed, as it was told to"), "{report}");
}

struct Nowhere;

impl Factory for Nowhere {
    type Store = MemoryStore;
    type Guard = ();

    fn make(&self) -> Result<(MemoryStore, ()), FactoryError> {
        Err("no server at this address".into())
    }
}

#[test]
fn a_factory_that_fails_fails_the_check_with_its_reason() {
    let Outcome::Failed(why) = checks::missing_record_is_none(&Nowhere) else { panic!("it held") };
    assert_eq!(why.to_string(), "the factory made no store: no server at this address");
}

struct Panics;

impl Store for Panics {
    type Error = std::convert::Infallible;

    fn read(&self, _: &ReadSet) -> Result<Records, Self::Error> {
        panic!("an index out of bounds")
    }

    fn commit(&self, _: &[Batch]) -> Result<Vec<Receipt>, Self::Error> {
        panic!("an index out of bounds")
    }
}

#[test]
fn a_panic_of_the_store_is_a_failed_check() {
    for check in [checks::missing_record_is_none(&|| Panics), checks::one_creation_wins(&|| Panics)] {
        assert!(matches!(check, Outcome::Failed(_)), "{check}");
    }
}

#[test]
fn park_waits_for_another_thread() {
    let (sender, receiver) = std::sync::mpsc::channel::<std::task::Waker>();
    let waking = std::thread::spawn(move || receiver.into_iter().for_each(std::task::Waker::wake));
    let mut polled = 0;
    Park.block_on(std::future::poll_fn(|context| {
        polled += 1;
        sender.send(context.waker().clone()).unwrap();
        if polled < 4 { std::task::Poll::Pending } else { std::task::Poll::Ready(()) }
    }));
    drop(sender);
    waking.join().unwrap();
    assert_eq!(polled, 4);
}
