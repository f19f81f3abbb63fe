//! The kit of the contract, on a file of its own for each check; `reopen` closes the file and opens it again.
#![allow(missing_docs, reason = "the macro makes one test of each check")]

use std::path::PathBuf;

use consent_engine::conformance::{Factory, FactoryError, FaultKind, FaultStore};
use consent_engine_redb::RedbStore;
use tempfile::TempDir;

struct Files;

impl Files {
    fn path(directory: &TempDir) -> PathBuf {
        directory.path().join("consent.redb")
    }
}

impl Factory for Files {
    type Store = FaultStore<RedbStore>;
    type Guard = TempDir;

    fn make(&self) -> Result<(Self::Store, TempDir), FactoryError> {
        let directory = tempfile::tempdir()?;
        let store = RedbStore::open(Self::path(&directory))?;
        Ok((FaultStore::new(store, []), directory))
    }

    fn reopen(
        &self,
        store: Self::Store,
        directory: &mut TempDir,
    ) -> Result<Option<Self::Store>, FactoryError> {
        drop(store);
        Ok(Some(FaultStore::new(RedbStore::open(Self::path(directory))?, [])))
    }

    fn disturb(&self, store: &Self::Store, _: &mut TempDir) -> Result<bool, FactoryError> {
        let every_other = store.struck().is_multiple_of(2);
        store.strike_next(if every_other { FaultKind::AnswerLost } else { FaultKind::RequestLost });
        Ok(true)
    }
}

consent_engine::conformance_tests!(Files);
