//! What goes wrong between threads, or between a commit and the next read.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::yield_now;

use consent_engine::store::{
    Action, Batch, Expect, Key, MemoryStore, Page, ReadSet, Receipt, Records, Scan, Store, Stored, Write,
};

use crate::broken::{Broken, commit, forced, get, holds, never, with};
use crate::defects::Defect;
use crate::defects::torn::careless;
use crate::defects::torn::one_by_one;

/// Waits until another thread came here too, or it is clear that none will.
fn meet(place: &AtomicUsize) {
    let own = place.fetch_add(1, Ordering::SeqCst) + 1;
    for _ in 0..500 {
        if place.load(Ordering::SeqCst) != own {
            return;
        }
        yield_now();
    }
}

/// Waits until there are so many more, or it is clear that nobody adds any.
fn await_more(count: &AtomicUsize, more: usize) {
    let enough = count.load(Ordering::SeqCst) + more;
    for _ in 0..5_000 {
        if count.load(Ordering::SeqCst) >= enough {
            return;
        }
        yield_now();
    }
}

/// The records as they were before the last commit.
#[derive(Default)]
struct Replica(Mutex<BTreeMap<Key, Stored>>);

impl Replica {
    fn commit(&self, db: &MemoryStore, batches: &[Batch]) -> Vec<Receipt> {
        *self.0.lock().unwrap() = db.records().into_iter().collect();
        never(db.commit(batches))
    }

    fn found(&self, what: &ReadSet) -> Vec<Option<Stored>> {
        let records = self.0.lock().unwrap();
        what.keys().iter().map(|key| records.get(key).cloned()).collect()
    }

    fn page(&self, scan: &Scan) -> Page {
        let records = self.0.lock().unwrap();
        let within = |key: &Key| scan.prefix.covers(key) && scan.after.is_none_or(|after| *key > after);
        let mut within = records.iter().filter(|(key, _)| within(key));
        let some =
            within.by_ref().take(scan.limit.into()).map(|(key, stored)| (*key, stored.clone())).collect();
        Page { records: some, more: within.next().is_some() }
    }
}

pub(crate) const RACES: &[Defect] = &[
    ("a read of a key is answered by a replica that is behind", "read_after_commit_sees_it", || {
        let replica = Arc::new(Replica::default());
        let same = Arc::clone(&replica);
        Broken::sound()
            .reads(move |db, what| Records { found: same.found(what), ..never(db.read(what)) })
            .groups(move |db, batches| replica.commit(db, batches))
    }),
    ("a scan is answered by a replica that is behind", "scan_after_commit_sees_it", || {
        let replica = Arc::new(Replica::default());
        let same = Arc::clone(&replica);
        Broken::sound()
            .scans(move |_, scan| same.page(&scan))
            .groups(move |db, batches| replica.commit(db, batches))
    }),
    ("every other read is answered by a replica that is behind", "reader_never_goes_back", || {
        let replica = Arc::new(Replica::default());
        let (same, reads) = (Arc::clone(&replica), AtomicUsize::new(0));
        Broken::sound()
            .reads(move |db, what| match reads.fetch_add(1, Ordering::SeqCst) % 2 {
                0 => never(db.read(what)),
                _ => Records { found: same.found(what), ..never(db.read(what)) },
            })
            .groups(move |db, batches| replica.commit(db, batches))
    }),
    ("a value is written in two halves", "reader_sees_whole_values", || {
        let reads = Arc::new(AtomicUsize::new(0));
        let same = Arc::clone(&reads);
        let reading = move |db: &MemoryStore, what: &ReadSet| {
            let records = never(db.read(what));
            same.fetch_add(1, Ordering::SeqCst);
            records
        };
        Broken::sound().reads(reading).commits(move |db, batch| {
            let halves = with(batch, |write| match (&write.action, get(db, write.key)) {
                (Action::Put(new), Some(old)) if new.len() == old.bytes.len() => {
                    let (first, _) = new.split_at(new.len() / 2);
                    let (_, second) = old.bytes.split_at(new.len() / 2);
                    Write { action: Action::Put([first, second].concat().into()), ..write.clone() }
                }
                _ => write.clone(),
            });
            if halves == *batch {
                return commit(db, batch);
            }
            let receipt = commit(db, &halves);
            if receipt == Receipt::Committed {
                // Of three reads by two readers one began after the first half was written.
                await_more(&reads, 3);
                commit(db, &with(batch, |write| forced(db, write)));
            }
            receipt
        })
    }),
    ("expectations are compared before the lock", "concurrent_increments_add_up", || {
        let place = AtomicUsize::new(0);
        Broken::sound().commits(move |db, batch| {
            if let Some(write) = batch.writes().iter().find(|write| !holds(db, write)) {
                return Receipt::Conflict(vec![write.key]);
            }
            meet(&place);
            commit(db, &with(batch, |write| forced(db, write)));
            Receipt::Committed
        })
    }),
    ("absence is looked up before the lock", "one_creation_wins", || {
        let place = AtomicUsize::new(0);
        Broken::sound().commits(move |db, batch| {
            if let Some(write) = batch.writes().iter().find(|write| !holds(db, write)) {
                return Receipt::Conflict(vec![write.key]);
            }
            meet(&place);
            let lax = |write: &Write| careless(db, write, write.expect == Expect::Absent);
            match commit(db, &with(batch, lax)) {
                Receipt::Conflict(_) if batch.writes().iter().all(|write| write.expect == Expect::Absent) => {
                    Receipt::Committed
                }
                other => other,
            }
        })
    }),
    ("what is only checked is compared before the lock", "crossed_checks_do_not_both_commit", || {
        let place = AtomicUsize::new(0);
        Broken::sound().commits(move |db, batch| {
            if let Some(write) = batch.writes().iter().find(|write| !holds(db, write)) {
                return Receipt::Conflict(vec![write.key]);
            }
            let (checks, writes): (Vec<_>, Vec<_>) =
                batch.writes().iter().cloned().partition(|write| write.action == Action::Check);
            if !checks.is_empty() {
                meet(&place);
            }
            commit(db, &Batch::new(writes).unwrap())
        })
    }),
    ("the keys of a batch are compared together and written apart", "histories_are_linearizable", || {
        let place = AtomicUsize::new(0);
        Broken::sound().commits(move |db, batch| {
            if let Some(write) = batch.writes().iter().find(|write| !holds(db, write)) {
                return Receipt::Conflict(vec![write.key]);
            }
            meet(&place);
            one_by_one(db, &with(batch, |write| careless(db, write, true)))
        })
    }),
];
