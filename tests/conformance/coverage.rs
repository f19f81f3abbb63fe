//! What a run exercised is noted, and a run that exercised too little is rejected.

use consent_engine::conformance::{BlockOn, Coverage};
use consent_engine::conformance::{Exercise, Fault, FaultKind, FaultStore, Observed, checks};
use consent_engine::store::{Batch, Blocking, MemoryStore, ReadSet, Store};

#[test]
fn what_happened_is_counted_and_what_did_not_is_missing() {
    let faults = [Fault { at: 2, kind: FaultKind::AnswerLost }, Fault { at: 3, kind: FaultKind::Fail }];
    let store = Observed::new(FaultStore::new(MemoryStore::new(), faults));
    let empty = [Batch::new([]).unwrap(), Batch::new([]).unwrap()];
    store.commit(&empty).unwrap();
    store.commit(&empty).unwrap();
    store.read(&ReadSet::default()).unwrap_err();
    let coverage = store.coverage();
    let times = [Exercise::Committed, Exercise::Unknown, Exercise::Error, Exercise::Put]
        .map(|what| coverage.times(what));
    assert_eq!(times, [2, 2, 1, 0]);
    let missing = coverage.require([Exercise::Committed, Exercise::Put, Exercise::Conflict]).unwrap_err();
    assert_eq!(missing.what, [Exercise::Put, Exercise::Conflict]);
    assert_eq!(missing.to_string(), "the run shows nothing, as it did not exercise: a put, a conflict");
}

#[test]
fn one_check_does_not_exercise_a_store() {
    let coverage = Coverage::default();
    let factory = || Observed::with(MemoryStore::new(), &coverage);
    consent_engine::conformance::assert_passed(checks::old_version_conflicts(&factory));
    assert!(coverage.require([Exercise::Conflict, Exercise::Put, Exercise::Found]).is_ok());
    let missing = coverage.require(Exercise::REQUIRED).unwrap_err().what;
    assert!(
        missing.contains(&Exercise::ScanAfter) && missing.contains(&Exercise::SeveralTenants),
        "{missing:?}"
    );
}

#[test]
fn an_asynchronous_store_is_observed_too() {
    let store = Observed::new(Blocking::new(MemoryStore::new()));
    BlockOn::new(&store).commit(&[Batch::new([]).unwrap()]).unwrap();
    assert_eq!(store.coverage().times(Exercise::Committed), 1);
}
