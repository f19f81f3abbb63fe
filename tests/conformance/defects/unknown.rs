//! After a lost connection the store says what is not so.

use std::sync::{Arc, Mutex};

use consent_engine::store::{Batch, Receipt};

use crate::broken::{Broken, Interrupted, commit};
use crate::defects::Defect;
use crate::defects::groups::conflict;

pub(crate) const UNKNOWNS: &[Defect] = &[
    ("of a batch whose end is unknown a half arrives", "disturbed_commit_is_whole_or_nothing", || {
        Broken::sound().disturbed(|db, batch| {
            let half = batch.writes().iter().take(batch.writes().len() / 2).cloned();
            commit(db, &Batch::new(half).unwrap());
            Ok(Receipt::Unknown)
        })
    }),
    (
        "a lost connection is an error, and the batch was written",
        "disturbed_commit_is_whole_or_nothing",
        || {
            Broken::sound().disturbed(|db, batch| {
                commit(db, batch);
                Err(Interrupted)
            })
        },
    ),
    (
        "a lost connection is a conflict, and the batch was written",
        "disturbed_commit_is_whole_or_nothing",
        || {
            Broken::sound().disturbed(|db, batch| {
                commit(db, batch);
                Ok(conflict(batch))
            })
        },
    ),
    ("a commit is reported before it is written, and lost", "disturbed_commit_is_whole_or_nothing", || {
        Broken::sound().disturbed(|_, _| Ok(Receipt::Committed))
    }),
    ("after a lost connection the same batch is taken for a repetition", "disturbed_commit_settles", || {
        let sent = Arc::new(Mutex::new(Vec::<Batch>::new()));
        let same = Arc::clone(&sent);
        Broken::sound()
            .disturbed(move |_, batch| {
                sent.lock().unwrap().push(batch.clone());
                Ok(Receipt::Unknown)
            })
            .commits(move |db, batch| {
                if same.lock().unwrap().contains(batch) { Receipt::Committed } else { commit(db, batch) }
            })
    }),
];
