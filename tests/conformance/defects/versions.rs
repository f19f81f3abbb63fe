//! Versions come twice, or batches do.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex};

use consent_engine::store::{Batch, Expect, Key, Receipt, RecordVersion, Stored, Write};

use crate::broken::{Broken, commit, forced, get, with};
use crate::defects::Defect;

/// What a store reports as version: some function of the record.
fn with_versions(version: fn(&Stored) -> u64) -> Broken {
    let reported = move |stored: &Stored| RecordVersion::new(version(stored)).unwrap_or(RecordVersion::FIRST);
    Broken::sound().finds(move |_, stored| Some(Stored::new(reported(&stored), stored.bytes))).writes(
        move |db, write| match (write.expect, get(db, write.key)) {
            (Expect::At(at), Some(stored)) if at == reported(&stored) => forced(db, write),
            (Expect::At(_), _) => {
                Write { expect: Expect::At(RecordVersion::new(u64::MAX).unwrap()), ..write.clone() }
            }
            (Expect::Absent, _) => write.clone(),
        },
    )
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish() >> 1
}

/// Counts the versions of each key from 1, and again after it was deleted.
fn version_per_record() -> Broken {
    let firsts = Arc::new(Mutex::new(BTreeMap::<Key, u64>::new()));
    let same = Arc::clone(&firsts);
    let first =
        |firsts: &Mutex<BTreeMap<Key, u64>>, key| firsts.lock().unwrap().get(&key).map_or(1, |first| *first);
    Broken::sound()
        .finds(move |key, stored| {
            let version = stored.version.get() - first(&same, key) + 1;
            Some(Stored::new(RecordVersion::new(version)?, stored.bytes))
        })
        .commits(move |db, batch| {
            let batch = with(batch, |write| match write.expect {
                Expect::At(at) => {
                    let expect =
                        Expect::At(RecordVersion::new(at.get() + first(&firsts, write.key) - 1).unwrap());
                    Write { expect, ..write.clone() }
                }
                Expect::Absent => write.clone(),
            });
            let receipt = commit(db, &batch);
            for write in batch.writes().iter().filter(|write| write.expect == Expect::Absent) {
                if let (Receipt::Committed, Some(stored)) = (&receipt, get(db, write.key)) {
                    firsts.lock().unwrap().insert(write.key, stored.version.get());
                }
            }
            receipt
        })
}

pub(crate) const VERSIONS: &[Defect] = &[
    ("versions begin anew after a delete", "recreation_gives_a_new_version", version_per_record),
    ("the version is a hash of the bytes", "every_put_gives_a_new_version", || {
        with_versions(|stored| hash(&stored.bytes))
    }),
    ("versions fall", "every_put_gives_a_new_version", || {
        with_versions(|stored| u64::MAX - stored.version.get())
    }),
    ("the version is a few bits wide", "versions_only_grow", || {
        with_versions(|stored| stored.version.get() % 16 + 1)
    }),
    ("a batch is delivered a second time later", "other_keys_keep_their_version", || {
        let last = Mutex::new(None::<Batch>);
        Broken::sound().commits(move |db, batch| {
            if let Some(last) = last.lock().unwrap().replace(batch.clone()) {
                commit(db, &with(&last, |write| forced(db, write)));
            }
            commit(db, batch)
        })
    }),
    ("a batch that is sent again is carried out again", "repeated_creation_conflicts", || {
        let seen = Mutex::new(Vec::<Batch>::new());
        Broken::sound().commits(move |db, batch| {
            let mut seen = seen.lock().unwrap();
            if seen.contains(batch) {
                return commit(db, &with(batch, |write| forced(db, write)));
            }
            seen.push(batch.clone());
            commit(db, batch)
        })
    }),
];
