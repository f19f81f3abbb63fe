//! A store that is sound but for what a defect changes.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};

use consent_engine::conformance::{Factory, FactoryError};
use consent_engine::store::{
    Batch, Expect, Key, MemoryStore, Page, ReadSet, Receipt, Records, Scan, Store, Stored, Write,
};

type Reads = dyn Fn(&MemoryStore, &ReadSet) -> Records + Send + Sync;
type Commits = dyn Fn(&MemoryStore, &[Batch]) -> Vec<Receipt> + Send + Sync;
type Disturbed = dyn Fn(&MemoryStore, &Batch) -> Result<Receipt, Interrupted> + Send + Sync;

/// A store in memory, and what is wrong with it.
pub(crate) struct Broken {
    db: MemoryStore,
    reads: Box<Reads>,
    commits: Box<Commits>,
    disturbed: Box<Disturbed>,
    reopens: fn(MemoryStore) -> MemoryStore,
    disturb_next: AtomicBool,
}

/// The connection broke.
#[derive(Debug, thiserror::Error)]
#[error("the connection broke")]
pub(crate) struct Interrupted;

pub(crate) fn never<T>(answer: Result<T, Infallible>) -> T {
    answer.unwrap_or_else(|never| match never {})
}

pub(crate) fn commit(db: &MemoryStore, batch: &Batch) -> Receipt {
    never(db.commit(std::slice::from_ref(batch))).remove(0)
}

pub(crate) fn get(db: &MemoryStore, key: Key) -> Option<Stored> {
    never(db.read(&ReadSet::new([key]).unwrap())).found.remove(0)
}

pub(crate) fn page(db: &MemoryStore, scan: Scan) -> Page {
    never(db.read(&ReadSet::default().with_scan(scan))).page
}

/// The same write, with whatever expectation holds now.
pub(crate) fn forced(db: &MemoryStore, write: &Write) -> Write {
    let expect = get(db, write.key).map_or(Expect::Absent, |stored| Expect::At(stored.version));
    Write { expect, ..write.clone() }
}

/// Whether the expectation of a write holds now.
pub(crate) fn holds(db: &MemoryStore, write: &Write) -> bool {
    forced(db, write).expect == write.expect
}

pub(crate) fn keys(batch: &Batch) -> Vec<Key> {
    batch.writes().iter().map(|write| write.key).collect()
}

/// A batch with other writes.
pub(crate) fn with(batch: &Batch, change: impl FnMut(&Write) -> Write) -> Batch {
    Batch::new(batch.writes().iter().map(change)).unwrap()
}

impl Broken {
    /// Nothing is wrong yet.
    pub(crate) fn sound() -> Self {
        Self {
            db: MemoryStore::new(),
            reads: Box::new(|db, what| never(db.read(what))),
            commits: Box::new(|db, batches| never(db.commit(batches))),
            disturbed: Box::new(|_, _| Ok(Receipt::Unknown)),
            reopens: |db| db,
            disturb_next: AtomicBool::new(false),
        }
    }

    pub(crate) fn reads(
        mut self,
        reads: impl Fn(&MemoryStore, &ReadSet) -> Records + Send + Sync + 'static,
    ) -> Self {
        self.reads = Box::new(reads);
        self
    }

    /// Changes what a sound read found for one key.
    pub(crate) fn finds(
        self,
        change: impl Fn(Key, Stored) -> Option<Stored> + Send + Sync + 'static,
    ) -> Self {
        self.reads(move |db, what| {
            let mut records = never(db.read(what));
            for (key, found) in what.keys().iter().zip(&mut records.found) {
                *found = found.take().and_then(|stored| change(*key, stored));
            }
            let changed = records.page.records.into_iter();
            let changed = changed.filter_map(|(key, stored)| Some((key, change(key, stored)?)));
            records.page.records = changed.collect();
            records
        })
    }

    pub(crate) fn scans(self, scans: impl Fn(&MemoryStore, Scan) -> Page + Send + Sync + 'static) -> Self {
        self.reads(move |db, what| {
            let keys = ReadSet::new(what.keys().iter().copied()).unwrap();
            Records {
                page: what.scan().map_or_else(Page::default, |scan| scans(db, *scan)),
                ..never(db.read(&keys))
            }
        })
    }

    pub(crate) fn groups(
        mut self,
        commits: impl Fn(&MemoryStore, &[Batch]) -> Vec<Receipt> + Send + Sync + 'static,
    ) -> Self {
        self.commits = Box::new(commits);
        self
    }

    pub(crate) fn commits(
        self,
        one: impl Fn(&MemoryStore, &Batch) -> Receipt + Send + Sync + 'static,
    ) -> Self {
        self.groups(move |db, batches| batches.iter().map(|batch| one(db, batch)).collect())
    }

    /// Commits soundly a batch in which each write was changed.
    pub(crate) fn writes(
        self,
        change: impl Fn(&MemoryStore, &Write) -> Write + Send + Sync + 'static,
    ) -> Self {
        self.commits(move |db, batch| commit(db, &with(batch, |write| change(db, write))))
    }

    /// Maps every key to another, for reads and writes.
    pub(crate) fn keys(self, map: fn(Key) -> Key) -> Self {
        self.reads(move |db, what| {
            let found = what.keys().iter().map(|key| get(db, map(*key))).collect();
            Records { found, page: what.scan().map_or_else(Page::default, |scan| page(db, *scan)) }
        })
        .writes(move |_, write| Write { key: map(write.key), ..write.clone() })
    }

    pub(crate) fn disturbed(
        mut self,
        disturbed: impl Fn(&MemoryStore, &Batch) -> Result<Receipt, Interrupted> + Send + Sync + 'static,
    ) -> Self {
        self.disturbed = Box::new(disturbed);
        self
    }

    pub(crate) fn reopens(mut self, reopens: fn(MemoryStore) -> MemoryStore) -> Self {
        self.reopens = reopens;
        self
    }
}

impl Store for Broken {
    type Error = Interrupted;

    fn read(&self, what: &ReadSet) -> Result<Records, Interrupted> {
        Ok((self.reads)(&self.db, what))
    }

    fn commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, Interrupted> {
        if self.disturb_next.swap(false, Ordering::SeqCst) {
            return batches.iter().map(|batch| (self.disturbed)(&self.db, batch)).collect();
        }
        Ok((self.commits)(&self.db, batches))
    }
}

/// Makes stores with one defect.
#[derive(Clone, Copy)]
pub(crate) struct Breaking(pub(crate) fn() -> Broken);

impl Factory for Breaking {
    type Store = Broken;
    type Guard = ();

    fn make(&self) -> Result<(Broken, ()), FactoryError> {
        Ok(((self.0)(), ()))
    }

    fn reopen(&self, store: Broken, (): &mut ()) -> Result<Option<Broken>, FactoryError> {
        Ok(Some(Broken { db: (store.reopens)(store.db), ..(self.0)() }))
    }

    fn disturb(&self, store: &Broken, (): &mut ()) -> Result<bool, FactoryError> {
        store.disturb_next.store(true, Ordering::SeqCst);
        Ok(true)
    }
}
