//! What was written is lost.

use consent_engine::store::{Action, Batch, Expect, MemoryStore, Receipt, Stored, Write};

use crate::broken::{Broken, commit, forced};
use crate::defects::Defect;

pub(crate) const LOST: &[Defect] = &[
    ("the last write of a batch is lost", "batch_writes_every_key", || {
        Broken::sound().commits(|db, batch| match batch.writes() {
            [most @ .., _] if !most.is_empty() => commit(db, &Batch::new(most.iter().cloned()).unwrap()),
            _ => commit(db, batch),
        })
    }),
    ("a full batch is committed by its receipt only", "batch_of_64_writes", || {
        Broken::sound().commits(|db, batch| match batch.writes().len() {
            Batch::MAX_WRITES => Receipt::Committed,
            _ => commit(db, batch),
        })
    }),
    ("what was committed is gone after a restart", "committed_survives_reopening", || {
        Broken::sound().reopens(|_| MemoryStore::new())
    }),
    ("a deleted record is back after a restart", "deleted_stays_deleted_after_reopening", || {
        // Deletes only hide a record in memory.
        Broken::sound()
            .finds(|_, stored| (!stored.bytes.starts_with(b"hidden")).then_some(stored))
            .writes(|_, write| match write.action {
                Action::Delete => Write { action: Action::Put(b"hidden".as_slice().into()), ..write.clone() },
                _ => write.clone(),
            })
            .reopens(|db| {
                for (key, _) in
                    db.records().into_iter().filter(|(_, stored)| stored.bytes.starts_with(b"hidden"))
                {
                    let back =
                        Write { key, expect: Expect::Absent, action: Action::Put(b"back".as_slice().into()) };
                    commit(&db, &Batch::new([forced(&db, &back)]).unwrap());
                }
                db
            })
    }),
    ("versions begin anew after a restart", "versions_grow_after_reopening", || {
        Broken::sound().reopens(|db| {
            let new = MemoryStore::new();
            for (key, stored) in db.records() {
                let write = Write { key, expect: Expect::Absent, action: Action::Put(stored.bytes) };
                commit(&new, &Batch::new([write]).unwrap());
            }
            new
        })
    }),
    ("a value ends after 65,535 bytes", "large_value_is_kept", || {
        Broken::sound().finds(|_, stored| {
            Some(Stored::new(stored.version, &stored.bytes[..stored.bytes.len().min(65_535)]))
        })
    }),
];
