//! A batch is not all or nothing, or its expectations do not count.

use std::collections::BTreeMap;

use consent_engine::store::{Action, Batch, Expect, MemoryStore, Receipt, Write};

use crate::broken::{Broken, commit, forced, get, keys, with};
use crate::defects::Defect;

/// Writes one after the other until one conflicts.
pub(crate) fn one_by_one(db: &MemoryStore, batch: &Batch) -> Receipt {
    for write in batch.writes() {
        let receipt = commit(db, &Batch::new([write.clone()]).unwrap());
        if receipt != Receipt::Committed {
            return receipt;
        }
    }
    Receipt::Committed
}

/// A write with its expectation taken away.
pub(crate) fn careless(db: &MemoryStore, write: &Write, when: bool) -> Write {
    if when { forced(db, write) } else { write.clone() }
}

pub(crate) const TORN: &[Defect] = &[
    ("a batch is written key by key until one conflicts", "conflict_on_second_key_writes_nothing", || {
        Broken::sound().commits(one_by_one)
    }),
    ("each bucket is a transaction of its own", "conflict_in_other_bucket_writes_nothing", || {
        Broken::sound().commits(|db, batch| {
            let mut buckets = BTreeMap::<_, Vec<Write>>::new();
            for write in batch.writes() {
                buckets.entry(write.key.bucket()).or_default().push(write.clone());
            }
            let receipts = buckets.into_values().map(|writes| commit(db, &Batch::new(writes).unwrap()));
            let receipts: Vec<_> = receipts.collect();
            receipts.into_iter().find(|receipt| *receipt != Receipt::Committed).unwrap_or(Receipt::Committed)
        })
    }),
    ("only the first key is compared", "conflict_on_second_key_writes_nothing", || {
        Broken::sound().commits(|db, batch| {
            let first = batch.writes().first().map(|write| write.key);
            commit(db, &with(batch, |write| careless(db, write, Some(write.key) != first)))
        })
    }),
    ("a conflict is reported, and the batch written", "old_version_conflicts", || {
        Broken::sound().commits(|db, batch| {
            let receipt = commit(db, batch);
            if receipt != Receipt::Committed {
                commit(db, &with(batch, |write| forced(db, write)));
            }
            receipt
        })
    }),
    ("a put replaces whatever is there", "creating_what_exists_conflicts", || {
        Broken::sound().writes(|db, write| {
            careless(db, write, matches!(write.action, Action::Put(_)) && write.expect == Expect::Absent)
        })
    }),
    ("a delete compares no version", "deleting_an_old_version_conflicts", || {
        Broken::sound().writes(|db, write| careless(db, write, matches!(write.action, Action::Delete)))
    }),
    ("a check checks nothing", "checking_an_old_version_conflicts", || {
        Broken::sound().writes(|db, write| careless(db, write, matches!(write.action, Action::Check)))
    }),
    ("a check makes a new version", "check_keeps_the_version", || {
        Broken::sound().writes(|db, write| match (&write.action, get(db, write.key)) {
            (Action::Check, Some(stored)) => Write { action: Action::Put(stored.bytes), ..write.clone() },
            _ => write.clone(),
        })
    }),
    ("a conflict names every key", "conflict_names_only_what_differs", || {
        Broken::sound().commits(|db, batch| match commit(db, batch) {
            Receipt::Conflict(_) => Receipt::Conflict(keys(batch)),
            other => other,
        })
    }),
    ("a delete of what is absent conflicts", "deleting_what_is_absent_does_nothing", || {
        Broken::sound().commits(|db, batch| {
            let deletes =
                |write: &&Write| matches!(write.action, Action::Delete) && get(db, write.key).is_none();
            match batch.writes().iter().find(deletes) {
                Some(write) => Receipt::Conflict(vec![write.key]),
                None => commit(db, batch),
            }
        })
    }),
];
