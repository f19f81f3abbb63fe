//! A durable store in one file: consent-engine on [redb](https://docs.rs/redb), an embedded B-tree with transactions.
//!
//! One table holds everything: the key of the engine, and a value that begins with the version (8 bytes, big-endian). A
//! second table counts the versions given, so that they only grow, also over a delete. Every test of the conformance kit
//! runs on it, with the file closed and opened again in between.
//!
//! ```
//! use consent_engine::{Catalogue, Engine, Policy, Settings, TenantId, WriterId};
//! use consent_engine_redb::RedbStore;
//!
//! # let directory = tempfile::tempdir()?;
//! # let path = directory.path().join("consent.redb");
//! let store = RedbStore::open(path)?;
//! let policy = Policy::new(1, Catalogue::new([], [])?);
//! let engine = Engine::new(store, Settings::new(TenantId::from_u128(1), WriterId::from_u128(1), policy));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod table;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use consent_engine::store::{Batch, Page, ReadSet, Receipt, Records, Store};
use redb::{Database, Durability, ReadableDatabase};

pub use error::RedbError;

/// A store in one file. Clones share it.
///
/// A commit returns when its batches are on the disk; all batches of one call are made durable by one flush. Writers take
/// turns; readers wait for nobody, and read all keys at one instant.
#[derive(Clone)]
pub struct RedbStore(Arc<Database>);

impl RedbStore {
    /// Opens a file, or makes it.
    ///
    /// # Errors
    ///
    /// [`RedbError::Database`] if it is no such file, or if another process has it open.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, RedbError> {
        let database = Database::create(path)?;
        let transaction = database.begin_write()?;
        table::make(&transaction)?;
        transaction.commit()?;
        Ok(Self(Arc::new(database)))
    }
}

impl Store for RedbStore {
    type Error = RedbError;

    fn read(&self, what: &ReadSet) -> Result<Records, RedbError> {
        let rows = self.0.begin_read()?.open_table(table::RECORDS)?;
        let found = what.keys().iter().map(|key| table::find(&rows, key)).collect::<Result<_, _>>()?;
        let page = what.scan().map_or_else(|| Ok(Page::default()), |scan| table::page(&rows, scan))?;
        Ok(Records { found, page })
    }

    fn commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, RedbError> {
        let mut transaction = self.0.begin_write()?;
        transaction.set_durability(Durability::Immediate)?;
        let receipts = table::commit(&transaction, batches)?;
        // Until here nothing was written. If the flush fails, nobody knows what is on the disk.
        Ok(match transaction.commit() {
            Ok(()) => receipts,
            Err(_) => batches.iter().map(|_| Receipt::Unknown).collect(),
        })
    }
}

impl fmt::Debug for RedbStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedbStore").finish_non_exhaustive()
    }
}
