extern crate std;

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::convert::Infallible;
use core::fmt;
use core::ops::Bound;
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};

use crate::id::TenantId;
use crate::store::{
    Action, Batch, Bucket, Expect, Key, Page, ReadSet, Receipt, RecordVersion, Records, Scan, Store, Stored,
    Write,
};

/// A store in memory, for tests, for services that keep their state elsewhere, and as the reference for what a store must do.
///
/// One lock per bucket: readers never wait for one another, and writers only for those of the same bucket. Clones share
/// the records. Nothing outlives the process.
///
/// ```
/// use consent_engine::store::MemoryStore;
/// let store = MemoryStore::new();
/// let same = store.clone();
/// assert!(store.is_empty() && same.is_empty());
/// ```
#[derive(Clone)]
pub struct MemoryStore {
    shards: Arc<[RwLock<Shard>]>,
}

#[derive(Default)]
struct Shard {
    records: BTreeMap<Key, Stored>,
    /// Counts the writes of each tenant, so that none of its versions is used twice and none tells what other tenants write.
    writes: BTreeMap<TenantId, u64>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self { shards: Bucket::all().map(|_| RwLock::default()).collect() }
    }

    /// How many records it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shards
            .iter()
            .map(|shard| shard.read().unwrap_or_else(PoisonError::into_inner).records.len())
            .sum()
    }

    /// Whether it holds no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every record, in the order of the keys: for tests and exports. It is no snapshot while others write.
    #[must_use]
    pub fn records(&self) -> Vec<(Key, Stored)> {
        let mut records = Vec::new();
        for shard in &*self.shards {
            let shard = shard.read().unwrap_or_else(PoisonError::into_inner);
            records.extend(shard.records.iter().map(|(key, stored)| (*key, stored.clone())));
        }
        records.sort_by_key(|(key, _)| *key);
        records
    }

    fn shard(&self, bucket: Bucket) -> Option<&RwLock<Shard>> {
        self.shards.get(usize::from(bucket.number()))
    }

    fn page(&self, scan: &Scan) -> Page {
        let mut page = Page::default();
        // A prefix begins with tenant and bucket.
        let bucket = scan.prefix.as_bytes().get(16).copied().map(usize::from);
        let Some(shard) = bucket.and_then(|bucket| self.shards.get(bucket)) else { return page };
        let shard = shard.read().unwrap_or_else(PoisonError::into_inner);
        let start = match scan.after {
            Some(after) if after.as_bytes() >= scan.prefix.as_bytes() => Bound::Excluded(after),
            _ => Bound::Included(scan.prefix.first()),
        };
        let within = shard.records.range((start, Bound::Unbounded));
        for (key, stored) in within.take_while(|(key, _)| scan.prefix.covers(key)) {
            if page.records.len() == usize::from(scan.limit) {
                page.more = true;
                break;
            }
            page.records.push((*key, stored.clone()));
        }
        page
    }

    fn commit_one(&self, batch: &Batch) -> Receipt {
        let mut buckets: Vec<_> = batch.writes().iter().map(|write| write.key.bucket()).collect();
        buckets.sort_unstable();
        buckets.dedup();
        // Locked in order, so that two commits never wait for one another.
        let mut locked: Vec<_> = buckets
            .into_iter()
            .filter_map(|bucket| {
                let shard = self.shard(bucket)?.write().unwrap_or_else(PoisonError::into_inner);
                Some((bucket, shard))
            })
            .collect();
        let mut conflicts = Vec::new();
        for write in batch.writes() {
            let holds = shard_of(&mut locked, write).is_some_and(|shard| shard.meets(write));
            if !holds {
                conflicts.push(write.key);
            }
        }
        if !conflicts.is_empty() {
            return Receipt::Conflict(conflicts);
        }
        for write in batch.writes() {
            if let Some(shard) = shard_of(&mut locked, write) {
                shard.carry_out(write);
            }
        }
        Receipt::Committed
    }
}

fn shard_of<'a>(
    locked: &'a mut [(Bucket, RwLockWriteGuard<'_, Shard>)],
    write: &Write,
) -> Option<&'a mut Shard> {
    let bucket = write.key.bucket();
    locked.iter_mut().find(|(own, _)| *own == bucket).map(|(_, shard)| &mut **shard)
}

impl Shard {
    fn meets(&self, write: &Write) -> bool {
        let found = self.records.get(&write.key).map(|stored| stored.version);
        match write.expect {
            Expect::Absent => found.is_none(),
            Expect::At(version) => found == Some(version),
        }
    }

    fn carry_out(&mut self, write: &Write) {
        match &write.action {
            Action::Put(bytes) => {
                let writes = self.writes.entry(write.key.tenant()).or_default();
                *writes = writes.saturating_add(1);
                let version = RecordVersion::new(*writes).unwrap_or(RecordVersion::FIRST);
                self.records.insert(write.key, Stored { version, bytes: Arc::clone(bytes) });
            }
            Action::Delete => {
                self.records.remove(&write.key);
            }
            Action::Check => {}
        }
    }
}

impl Store for MemoryStore {
    type Error = Infallible;

    fn read(&self, what: &ReadSet) -> Result<Records, Infallible> {
        let find = |key: &Key| {
            let shard = self.shard(key.bucket())?.read().unwrap_or_else(PoisonError::into_inner);
            shard.records.get(key).cloned()
        };
        let found = what.keys().iter().map(find).collect();
        Ok(Records { found, page: what.scan().map_or_else(Page::default, |scan| self.page(scan)) })
    }

    fn commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, Infallible> {
        Ok(batches.iter().map(|batch| self.commit_one(batch)).collect())
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryStore({} records)", self.len())
    }
}
