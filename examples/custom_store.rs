//! A store of your own, as an integrator writes it: one table with key, version and bytes.
//!
//! `cargo run --example custom_store` runs every check of the conformance kit on it, lists them by name, and exits with 1 if
//! one fails. The guide `consent_engine::writing_a_store` walks through this file.
#![allow(clippy::std_instead_of_alloc, clippy::std_instead_of_core, reason = "an example with std")]

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard};

use consent_engine::conformance::{self, Factory, FactoryError, FaultKind, FaultStore};
use consent_engine::store::{
    Action, Batch, Expect, Key, Page, ReadSet, Receipt, RecordVersion, Records, Scan, Store, Stored,
};

/// The database. Yours is elsewhere; here it is a table behind a lock, and the lock is the transaction.
#[derive(Default)]
struct Database {
    table: BTreeMap<Vec<u8>, Row>,
    /// Counts all puts, so that no version is given twice, not even to a key that was deleted.
    last_version: u64,
}

struct Row {
    version: RecordVersion,
    bytes: Arc<[u8]>,
}

/// A connection to it. Clones lead to the same database.
#[derive(Clone, Default)]
pub(crate) struct TableStore(Arc<Mutex<Database>>);

/// Why the database did not answer.
#[derive(Debug)]
pub(crate) enum TableError {
    /// A thread panicked while it wrote, so the table may hold half a batch.
    HalfWritten,
    /// A row has a key that the engine did not make.
    ForeignKey,
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HalfWritten => "the table may be half written",
            Self::ForeignKey => "the table holds a key that is not of the engine",
        })
    }
}

impl std::error::Error for TableError {}

impl TableStore {
    fn begin(&self) -> Result<MutexGuard<'_, Database>, TableError> {
        self.0.lock().map_err(|_| TableError::HalfWritten)
    }
}

impl Store for TableStore {
    type Error = TableError;

    fn read(&self, what: &ReadSet) -> Result<Records, TableError> {
        let database = self.begin()?;
        let found = what.keys().iter().map(|key| database.find(key)).collect();
        let page = what.scan().map_or_else(|| Ok(Page::default()), |scan| database.page(scan))?;
        Ok(Records { found, page })
    }

    fn commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, TableError> {
        let mut database = self.begin()?;
        Ok(batches.iter().map(|batch| database.commit(batch)).collect())
    }
}

impl Database {
    fn find(&self, key: &Key) -> Option<Stored> {
        self.table.get(key.as_bytes()).map(|row| Stored::new(row.version, Arc::clone(&row.bytes)))
    }

    fn page(&self, scan: &Scan) -> Result<Page, TableError> {
        let prefix = scan.prefix.as_bytes();
        let start = match &scan.after {
            Some(after) if after.as_bytes() > prefix => Bound::Excluded(after.as_bytes()),
            _ => Bound::Included(prefix),
        };
        let mut page = Page::default();
        let rows = self.table.range::<[u8], _>((start, Bound::Unbounded));
        for (bytes, row) in rows.take_while(|(bytes, _)| bytes.starts_with(prefix)) {
            if page.records.len() == usize::from(scan.limit) {
                page.more = true;
                break;
            }
            let key = Key::from_bytes(bytes).map_err(|_| TableError::ForeignKey)?;
            page.records.push((key, Stored::new(row.version, Arc::clone(&row.bytes))));
        }
        Ok(page)
    }

    /// First every expectation, then every write, all under one lock.
    fn commit(&mut self, batch: &Batch) -> Receipt {
        let differs = |key: &Key, expect| match (expect, self.table.get(key.as_bytes())) {
            (Expect::Absent, found) => found.is_some(),
            (Expect::At(version), found) => found.is_none_or(|row| row.version != version),
        };
        let differing = batch.writes().iter().filter(|write| differs(&write.key, write.expect));
        let differing: Vec<Key> = differing.map(|write| write.key).collect();
        if !differing.is_empty() {
            return Receipt::Conflict(differing);
        }
        for write in batch.writes() {
            let key = write.key.as_bytes();
            match &write.action {
                Action::Put(bytes) => {
                    let row = Row { version: self.next_version(), bytes: Arc::clone(bytes) };
                    self.table.insert(key.to_vec(), row);
                }
                Action::Delete => drop(self.table.remove(key)),
                Action::Check => {}
            }
        }
        Receipt::Committed
    }

    fn next_version(&mut self) -> RecordVersion {
        self.last_version = self.last_version.saturating_add(1);
        RecordVersion::new(self.last_version).unwrap_or(RecordVersion::FIRST)
    }
}

/// Makes stores for the kit. The guard is what outlives a connection: a directory, a schema, here the database itself.
pub(crate) struct Tables;

impl Factory for Tables {
    type Store = FaultStore<TableStore>;
    type Guard = TableStore;

    fn make(&self) -> Result<(Self::Store, TableStore), FactoryError> {
        let database = TableStore::default();
        Ok((FaultStore::new(database.clone(), []), database))
    }

    fn reopen(&self, _: Self::Store, database: &mut TableStore) -> Result<Option<Self::Store>, FactoryError> {
        Ok(Some(FaultStore::new(database.clone(), [])))
    }

    fn disturb(&self, store: &Self::Store, _: &mut TableStore) -> Result<bool, FactoryError> {
        let kinds = [FaultKind::AnswerLost, FaultKind::RequestLost];
        store.strike_next(if store.struck().is_multiple_of(2) { kinds[0] } else { kinds[1] });
        Ok(true)
    }
}

/// Runs the kit.
#[allow(dead_code, reason = "the tests use the rest of this file without it")]
fn main() -> ExitCode {
    let report = conformance::run(&Tables);
    println!("{report}");
    if report.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
