//! The store of the model: what it holds in one state. A commit makes another image.

use std::collections::BTreeMap;
use std::convert::Infallible;

use std::sync::{Arc, OnceLock};

use consent_engine::store::{
    Action, Batch, Expect, Key, Page, ReadSet, Receipt, RecordVersion, Records, Row, Scan, Store, Stored,
    Write,
};

use crate::digest;
use crate::model::Flaw;
use crate::properties::Verdict;

/// Everything that the store holds. Two images with one digest are the same.
#[derive(Clone, Debug)]
pub struct Image {
    records: BTreeMap<Key, Held>,
    /// The version that the next batch gives to what it writes.
    next: u64,
    digest: u64,
    /// What the store says, worked out once.
    pub verdict: OnceLock<Verdict>,
}

#[derive(Clone, Debug)]
struct Held {
    stored: Stored,
    digest: u64,
}

impl Image {
    pub fn new(records: impl IntoIterator<Item = (Key, Stored)>) -> Self {
        let records: BTreeMap<_, _> =
            records.into_iter().map(|(key, stored)| (key, Held::new(stored))).collect();
        let last = records.values().map(|held| held.stored.version.get()).max().unwrap_or(0);
        Self::of(records, last + 1)
    }

    fn of(records: BTreeMap<Key, Held>, next: u64) -> Self {
        let mut image = Self { records, next, digest: 0, verdict: OnceLock::new() };
        let rows: Vec<_> = image.records.iter().map(|(key, held)| (key, held.digest)).collect();
        image.digest = digest(&(rows, next));
        image
    }

    pub const fn digest(&self) -> u64 {
        self.digest
    }

    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.records.keys()
    }

    pub fn get(&self, key: &Key) -> Option<Stored> {
        self.records.get(key).map(|held| held.stored.clone())
    }

    fn meets(&self, write: &Write) -> bool {
        let found = self.records.get(&write.key).map(|held| held.stored.version);
        match write.expect {
            Expect::Absent => found.is_none(),
            Expect::At(version) => found == Some(version),
        }
    }

    /// The keys that are not as a batch expects them.
    pub fn conflicts(&self, batch: &Batch, flaw: Flaw) -> Vec<Key> {
        let all = batch.writes().iter();
        let checked = all.enumerate().filter(|(place, write)| match flaw {
            Flaw::ChecksFirstKeyOnly => *place == 0,
            Flaw::IgnoresAbsentCommand => !is_command(&write.key),
            _ => true,
        });
        checked.filter(|(_, write)| !self.meets(write)).map(|(_, write)| write.key).collect()
    }

    /// What the store holds after a batch.
    pub fn after(&self, batch: &Batch, flaw: Flaw) -> Self {
        let mut records = self.records.clone();
        let bucket = batch.writes().first().map(|write| write.key.bucket());
        for write in batch.writes() {
            if flaw == Flaw::WritesFirstBucketOnly && Some(write.key.bucket()) != bucket {
                continue;
            }
            match &write.action {
                Action::Put(bytes) => {
                    let version = RecordVersion::new(self.next).unwrap();
                    records.insert(write.key, Held::new(Stored { version, bytes: Arc::clone(bytes) }));
                }
                Action::Delete => drop(records.remove(&write.key)),
                Action::Check => {}
            }
        }
        Self::of(records, self.next + 1)
    }

    fn page(&self, scan: &Scan) -> Page {
        let within = self.records.iter().filter(|(key, _)| scan.prefix.covers(key));
        let mut after = within.filter(|(key, _)| scan.after.is_none_or(|after| **key > after));
        let limit = usize::from(scan.limit);
        let records = after.by_ref().take(limit).map(|(key, held)| (*key, held.stored.clone())).collect();
        Page { records, more: after.next().is_some() }
    }
}

pub fn is_command(key: &Key) -> bool {
    matches!(key.row(), Row::Command { .. })
}

impl Held {
    fn new(stored: Stored) -> Self {
        let digest = digest(&(stored.version.get(), &*stored.bytes));
        Self { stored, digest }
    }
}

known_by_digest!(Image);

/// To ask the engine what an image says; it refuses commits.
impl Store for Image {
    type Error = Infallible;

    fn read(&self, what: &ReadSet) -> Result<Records, Infallible> {
        let found = what.keys().iter().map(|key| self.get(key)).collect();
        Ok(Records { found, page: what.scan().map_or_else(Page::default, |scan| self.page(scan)) })
    }

    fn commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, Infallible> {
        Ok(batches.iter().map(|_| Receipt::Conflict(Vec::new())).collect())
    }
}
