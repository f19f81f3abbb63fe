//! What each fault does to a read and to a commit, blocking and asynchronous alike.

use consent_engine::conformance::{BlockOn, Fault, FaultKind, FaultStore};
use consent_engine::store::{
    Action, Batch, Blocking, Expect, Key, MemoryStore, Prefix, ReadSet, Receipt, Row, Scan, Store, Write,
};
use consent_engine::{Aggregate, LogId, Seq, SubjectId, TenantId, WriterId};

const TENANT: TenantId = TenantId::from_u128(1);
const LOG: LogId = LogId::new(Aggregate::Subject(SubjectId::from_u128(7)), WriterId::from_u128(9));

fn key(n: u64) -> Key {
    Key::new(TENANT, Row::Facts { log: LOG, first: Seq::new(n).unwrap() })
}

fn puts(numbers: impl IntoIterator<Item = u64>) -> Batch {
    let put = |n| Write { key: key(n), expect: Expect::Absent, action: Action::Put([7].into()) };
    Batch::new(numbers.into_iter().map(put)).unwrap()
}

fn keys(numbers: impl IntoIterator<Item = u64>) -> ReadSet {
    ReadSet::new(numbers.into_iter().map(key)).unwrap()
}

fn scan() -> ReadSet {
    ReadSet::default().with_scan(Scan::new(Prefix::facts(TENANT, LOG), 10))
}

/// Runs a scenario on a blocking store and on an asynchronous one. It is told what the store beneath is.
fn on_both(faults: &[(u32, FaultKind)], scenario: impl Fn(&dyn Ask, &MemoryStore)) {
    let faults = || faults.iter().map(|&(at, kind)| Fault { at, kind });
    let db = MemoryStore::new();
    scenario(&FaultStore::new(db.clone(), faults()), &db);
    let db = MemoryStore::new();
    let store = FaultStore::new(Blocking::new(db.clone()), faults());
    scenario(&BlockOn::new(&store), &db);
}

/// A store without the type of its errors.
trait Ask {
    fn read(&self, what: &ReadSet) -> Option<consent_engine::store::Records>;
    fn commit(&self, batch: &Batch) -> Option<Receipt>;
}

impl<S: Store> Ask for S {
    fn read(&self, what: &ReadSet) -> Option<consent_engine::store::Records> {
        Store::read(self, what).ok()
    }

    fn commit(&self, batch: &Batch) -> Option<Receipt> {
        Store::commit(self, std::slice::from_ref(batch)).ok().map(|mut receipts| receipts.remove(0))
    }
}

#[test]
fn a_call_fails_and_does_nothing() {
    on_both(&[(1, FaultKind::Fail), (3, FaultKind::Fail)], |store, db| {
        assert_eq!(store.commit(&puts([1])), None);
        assert_eq!(store.commit(&puts([1])), Some(Receipt::Committed));
        assert!(store.read(&keys([1])).is_none());
        assert!(store.read(&keys([1])).is_some());
        assert_eq!(db.len(), 1);
    });
}

#[test]
fn a_request_is_lost() {
    on_both(&[(1, FaultKind::RequestLost), (2, FaultKind::RequestLost)], |store, db| {
        assert_eq!(store.commit(&puts([1])), Some(Receipt::Unknown));
        assert!(store.read(&keys([1])).is_none());
        assert!(db.is_empty());
    });
}

#[test]
fn an_answer_is_lost() {
    on_both(&[(1, FaultKind::AnswerLost), (2, FaultKind::AnswerLost)], |store, db| {
        assert_eq!(store.commit(&puts([1])), Some(Receipt::Unknown));
        assert!(store.read(&keys([1])).is_none());
        assert_eq!(db.len(), 1);
    });
}

#[test]
fn a_commit_conflicts_on_all_keys_and_writes_nothing() {
    on_both(&[(1, FaultKind::Conflict), (2, FaultKind::Conflict)], |store, db| {
        assert_eq!(store.commit(&puts([2, 1])), Some(Receipt::Conflict(vec![key(1), key(2)])));
        assert!(store.read(&keys([1])).is_some(), "a read is not affected");
        assert!(db.is_empty());
    });
}

#[test]
fn a_read_is_answered_as_the_last_one_was() {
    on_both(&[(3, FaultKind::StaleRead)], |store, _| {
        assert_eq!(store.read(&keys([1])).unwrap().found, [None]);
        assert_eq!(store.commit(&puts([1, 2])), Some(Receipt::Committed));
        let stale = store.read(&keys([1, 2])).unwrap().found;
        assert!(matches!(&stale[..], [None, Some(_)]), "only what was read before is stale: {stale:?}");
        assert!(store.read(&keys([1])).unwrap().found[0].is_some());
    });
}

#[test]
fn a_scan_is_cut_and_the_next_call_fails() {
    on_both(&[(2, FaultKind::ShortScan)], |store, _| {
        assert_eq!(store.commit(&puts(1..=5)), Some(Receipt::Committed));
        let page = store.read(&scan()).unwrap().page;
        assert_eq!((page.records.len(), page.more), (2, true));
        assert!(store.read(&scan()).is_none());
        let page = store.read(&scan()).unwrap().page;
        assert_eq!((page.records.len(), page.more), (5, false));
    });
}

#[test]
fn after_a_stop_every_call_fails() {
    on_both(&[(2, FaultKind::Stop)], |store, db| {
        assert_eq!(store.commit(&puts([1])), Some(Receipt::Committed));
        for n in 2..5 {
            assert_eq!(store.commit(&puts([n])), None);
            assert!(store.read(&keys([n])).is_none());
        }
        assert_eq!(db.len(), 1);
    });
}

#[test]
fn two_faults_strike_and_are_counted() {
    let faults = [(1, FaultKind::Fail), (3, FaultKind::AnswerLost), (9, FaultKind::Fail)];
    let store = FaultStore::new(MemoryStore::new(), faults.map(|(at, kind)| Fault { at, kind }));
    let ends: Vec<_> = (1..=4).map(|n| Ask::commit(&store, &puts([n]))).collect();
    assert_eq!(ends, [None, Some(Receipt::Committed), Some(Receipt::Unknown), Some(Receipt::Committed)]);
    assert_eq!((store.calls(), store.struck()), (4, 2), "the third comes later");
    store.strike_next(FaultKind::Conflict);
    assert_eq!(Ask::commit(&store, &puts([1])), Some(Receipt::Conflict(vec![key(1)])));
}

#[test]
fn every_kind_strikes_a_read_or_a_commit() {
    for kind in FaultKind::ALL {
        let store = FaultStore::new(MemoryStore::new(), []);
        Ask::read(&store, &keys([1])).unwrap();
        Ask::commit(&store, &puts(1..=4)).unwrap();
        store.strike_next(kind);
        Ask::read(&store, &ReadSet::new([key(1)]).unwrap().with_scan(*scan().scan().unwrap()));
        if store.struck() == 0 {
            store.strike_next(kind);
            Ask::commit(&store, &puts([1]));
        }
        assert_eq!(store.struck(), 1, "{kind:?}");
    }
}
