//! L14 and L15 on every store that the crate ships: the whole kit, with nothing left out.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use consent_engine::conformance::{
    BlockOn, CHECKS, Factory, FactoryError, FaultKind, FaultStore, Outcome, run,
};
use consent_engine::store::{
    AsyncStore, Batch, Blocking, DynAsyncStore, DynStore, Expect, MemoryStore, ReadSet, Receipt,
    RecordVersion, Records, Scan, Store, Stored, Write,
};

/// A factory that can do all that the kit may ask: what is shared outlives the store that is closed.
struct Full<F>(F);

impl<S: Store + Send + Sync, F: Fn(Arc<FaultStore<MemoryStore>>) -> S> Factory for Full<F> {
    type Store = S;
    type Guard = Arc<FaultStore<MemoryStore>>;

    fn make(&self) -> Result<(S, Self::Guard), FactoryError> {
        let memory = Arc::new(FaultStore::new(MemoryStore::new(), []));
        Ok((self.0(Arc::clone(&memory)), memory))
    }

    fn reopen(&self, _: S, memory: &mut Self::Guard) -> Result<Option<S>, FactoryError> {
        Ok(Some(self.0(Arc::clone(memory))))
    }

    fn disturb(&self, _: &S, memory: &mut Self::Guard) -> Result<bool, FactoryError> {
        let kinds = [FaultKind::AnswerLost, FaultKind::RequestLost, FaultKind::Fail];
        memory.strike_next(kinds[memory.struck() as usize % kinds.len()]);
        Ok(true)
    }
}

fn passes<S: Store + Send + Sync>(wrap: impl Fn(Arc<FaultStore<MemoryStore>>) -> S) {
    let report = run(&Full(wrap));
    assert!(report.passed(), "{report}");
    let all_ran = report.lines().iter().all(|line| line.outcome == Outcome::Held);
    assert!(all_ran, "a check was not run:\n{report}");
}

#[test]
fn l15_memory_store_passes() {
    let report = run(&MemoryStore::new);
    assert!(report.passed(), "{report}");
    let not_run = report.lines().iter().filter(|line| line.outcome != Outcome::Held);
    let groups: Vec<_> = not_run.map(|line| line.check.group()).collect();
    assert_eq!(groups, ["unknown", "unknown", "durable", "durable", "durable"], "it cannot be opened again");
}

#[test]
fn l15_reference_passes() {
    let store = MemoryStore::new();
    let shared = &store;
    let tried = consent_engine::conformance::checks::versions_only_grow(&|| shared);
    assert_eq!(tried, Outcome::Held);
    // The other checks need an empty store each.
    let report = run(&|| &*Box::leak(Box::new(MemoryStore::new())));
    assert!(report.passed(), "{report}");
}

#[test]
fn l15_box_passes() {
    passes(Box::new);
}

#[test]
fn l15_arc_passes() {
    passes(|store| store);
}

#[test]
fn l15_dyn_store_passes() {
    passes(DynStore::new);
}

#[test]
fn l15_blocking_passes() {
    passes(|store| BlockOn::new(Blocking::new(store)));
}

#[test]
fn l15_dyn_async_store_passes() {
    passes(|store| BlockOn::new(DynAsyncStore::new(Blocking::new(store))));
}

/// An asynchronous store that is not ready at once, neither before its work nor behind it.
struct Waiting<S>(S);

async fn wait() {
    let mut polled = false;
    poll_fn(|context| {
        if std::mem::replace(&mut polled, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl<S: AsyncStore + Sync> AsyncStore for Waiting<S> {
    type Error = S::Error;

    async fn read(&self, what: &ReadSet) -> Result<Records, S::Error> {
        wait().await;
        let answer = self.0.read(what).await;
        wait().await;
        answer
    }

    async fn commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, S::Error> {
        wait().await;
        let answer = self.0.commit(batches).await;
        wait().await;
        answer
    }
}

#[test]
fn l15_store_that_waits_passes() {
    passes(|store| BlockOn::new(Arc::new(Waiting(Blocking::new(store)))));
}

/// A store that does what the contract leaves open as few do: pages are short, and say that there may be more; versions leap;
/// a conflict names one key of several.
struct Unusual<S>(S);

fn turned(version: RecordVersion) -> RecordVersion {
    RecordVersion::new(version.get() << 32).unwrap()
}

fn returned(version: RecordVersion) -> RecordVersion {
    let given = version.get().is_multiple_of(1 << 32);
    RecordVersion::new(if given { version.get() >> 32 } else { u64::MAX }).unwrap()
}

impl<S: Store> Store for Unusual<S> {
    type Error = S::Error;

    fn read(&self, what: &ReadSet) -> Result<Records, S::Error> {
        let keys = ReadSet::new(what.keys().iter().copied()).unwrap();
        let short = what.scan().map(|scan| Scan { limit: scan.limit.min(3), ..*scan });
        let mut records =
            self.0.read(&short.map_or_else(|| keys.clone(), |scan| keys.clone().with_scan(scan)))?;
        let turn = |stored: &mut Stored| stored.version = turned(stored.version);
        records.found.iter_mut().flatten().for_each(turn);
        records.page.records.iter_mut().for_each(|(_, stored)| turn(stored));
        records.page.more |= !records.page.records.is_empty();
        Ok(records)
    }

    fn commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, S::Error> {
        let turn = |write: &Write| match write.expect {
            Expect::At(version) => Write { expect: Expect::At(returned(version)), ..write.clone() },
            Expect::Absent => write.clone(),
        };
        let turned = batches.iter().map(|batch| Batch::new(batch.writes().iter().map(turn)).unwrap());
        let mut receipts = self.0.commit(&turned.collect::<Vec<_>>())?;
        for receipt in &mut receipts {
            if let Receipt::Conflict(keys) = receipt {
                keys.truncate(1);
            }
        }
        Ok(receipts)
    }
}

#[test]
fn l15_store_with_short_pages_and_leaping_versions_passes() {
    passes(Unusual);
}

#[test]
fn l15_asynchronous_fault_store_passes() {
    passes(|store| BlockOn::new(Box::new(FaultStore::new(Blocking::new(store), []))));
}

#[test]
fn l14_histories_of_memory_store_have_an_order() {
    let check = CHECKS.iter().find(|check| check.name() == "histories_are_linearizable").unwrap();
    for _ in 0..5 {
        assert_eq!(check.run(&MemoryStore::new), Outcome::Held);
    }
}

/// The same kit, one test per check, as a store's own tests have it.
mod by_name {
    use consent_engine::store::MemoryStore;

    consent_engine::conformance_tests!(MemoryStore::new);
}
