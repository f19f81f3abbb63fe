//! Several batches of one commit get in each other's way.

use consent_engine::store::{Batch, Receipt, Store};

use crate::broken::{Broken, commit, forced, holds, keys, never, with};
use crate::defects::Defect;

pub(crate) fn conflict(batch: &Batch) -> Receipt {
    Receipt::Conflict(keys(batch))
}

pub(crate) const GROUPS: &[Defect] = &[
    ("receipts come in the wrong order", "receipts_are_in_order", || {
        Broken::sound().groups(|db, batches| never(db.commit(batches)).into_iter().rev().collect())
    }),
    ("a group stops at its first conflict", "conflict_does_not_stop_the_next", || {
        Broken::sound().groups(|db, batches| {
            let mut stopped = false;
            let one = |batch| {
                let receipt = if stopped { conflict(batch) } else { commit(db, batch) };
                stopped |= receipt != Receipt::Committed;
                receipt
            };
            batches.iter().map(one).collect()
        })
    }),
    ("a group is one transaction", "each_batch_is_atomic_alone", || {
        Broken::sound().groups(|db, batches| {
            let hold = |batch: &Batch| batch.writes().iter().all(|write| holds(db, write));
            match batches.iter().all(hold) {
                true => never(db.commit(batches)),
                false => batches.iter().map(conflict).collect(),
            }
        })
    }),
    ("all batches of a group are compared first", "later_batch_sees_earlier", || {
        Broken::sound().groups(|db, batches| {
            let hold = |batch: &Batch| batch.writes().iter().all(|write| holds(db, write));
            let held: Vec<_> = batches.iter().map(hold).collect();
            let one = |(batch, held)| match held {
                true => commit(db, &with(batch, |write| forced(db, write))),
                false => conflict(batch),
            };
            batches.iter().zip(held).map(one).collect()
        })
    }),
    ("batches after the fiftieth are dropped", "commit_of_many_batches", || {
        Broken::sound().groups(|db, batches| {
            let mut receipts = never(db.commit(&batches[..batches.len().min(50)]));
            receipts.resize(batches.len(), Receipt::Committed);
            receipts
        })
    }),
];
