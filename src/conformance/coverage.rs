extern crate std;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use thiserror::Error;

use crate::id::TenantId;
use crate::store::{Action, Batch, Expect, ReadSet, Receipt, Records, Scan};

/// Something that a run may ask of a store, or that may happen in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Exercise {
    /// A batch was committed.
    Committed,
    /// A batch conflicted.
    Conflict,
    /// The end of a batch was unknown.
    Unknown,
    /// A call failed.
    Error,
    /// A record was put.
    Put,
    /// A record was deleted.
    Delete,
    /// A record was checked only.
    Check,
    /// A write expected no record.
    ExpectAbsent,
    /// A write expected a version.
    ExpectVersion,
    /// A batch had several keys.
    SeveralKeys,
    /// A batch had keys of several buckets.
    SeveralBuckets,
    /// A commit had several batches.
    SeveralBatches,
    /// A batch had as many writes as it may have.
    FullBatch,
    /// A value was put of at least half of what a batch may hold.
    LargeValue,
    /// A value of no bytes was put.
    EmptyValue,
    /// A key was read that has a record.
    Found,
    /// A key was read that has none.
    Absent,
    /// As many keys were read at once as may be.
    FullRead,
    /// A scan returned all that was left.
    LastPage,
    /// A scan returned a page and more is to come.
    MorePages,
    /// As many records were scanned at once as may be.
    FullScan,
    /// A scan went on after a key.
    ScanAfter,
    /// Rows of several tenants were written.
    SeveralTenants,
}

impl Exercise {
    /// What a run on any store must exercise to count. A store need not fail.
    pub const REQUIRED: [Self; 21] = [
        Self::Committed,
        Self::Conflict,
        Self::Put,
        Self::Delete,
        Self::Check,
        Self::ExpectAbsent,
        Self::ExpectVersion,
        Self::SeveralKeys,
        Self::SeveralBuckets,
        Self::SeveralBatches,
        Self::FullBatch,
        Self::LargeValue,
        Self::EmptyValue,
        Self::Found,
        Self::Absent,
        Self::FullRead,
        Self::LastPage,
        Self::MorePages,
        Self::FullScan,
        Self::ScanAfter,
        Self::SeveralTenants,
    ];
}

impl fmt::Display for Exercise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Committed => "a committed batch",
            Self::Conflict => "a conflict",
            Self::Unknown => "a batch of unknown end",
            Self::Error => "an error",
            Self::Put => "a put",
            Self::Delete => "a delete",
            Self::Check => "a check",
            Self::ExpectAbsent => "an expectation of absence",
            Self::ExpectVersion => "an expectation of a version",
            Self::SeveralKeys => "a batch of several keys",
            Self::SeveralBuckets => "a batch of several buckets",
            Self::SeveralBatches => "a commit of several batches",
            Self::FullBatch => "a full batch",
            Self::LargeValue => "a large value",
            Self::EmptyValue => "an empty value",
            Self::Found => "a record found",
            Self::Absent => "a record absent",
            Self::FullRead => "a full read",
            Self::LastPage => "a last page",
            Self::MorePages => "a page with more to come",
            Self::FullScan => "a full scan",
            Self::ScanAfter => "a scan after a key",
            Self::SeveralTenants => "several tenants",
        })
    }
}

/// A run does not count, as it did not exercise what it must.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the run shows nothing, as it did not exercise: {}", listed(what))]
#[non_exhaustive]
pub struct NotExercised {
    /// What is missing.
    pub what: Vec<Exercise>,
}

fn listed(what: &[Exercise]) -> alloc::string::String {
    let words: Vec<_> = what.iter().map(alloc::string::ToString::to_string).collect();
    words.join(", ")
}

/// How often a run exercised what. Clones count together.
#[derive(Clone, Default)]
pub struct Coverage(Arc<Mutex<Counts>>);

#[derive(Default)]
struct Counts {
    times: BTreeMap<Exercise, u64>,
    tenants: BTreeSet<TenantId>,
}

impl Coverage {
    /// How often something was exercised.
    #[must_use]
    pub fn times(&self, what: Exercise) -> u64 {
        self.counts().times.get(&what).copied().unwrap_or_default()
    }

    /// Rejects a run that did not exercise all of these.
    ///
    /// ```
    /// use consent_engine::conformance::{Exercise, Observed};
    /// use consent_engine::store::{Batch, MemoryStore, Store};
    /// let store = Observed::new(MemoryStore::new());
    /// store.commit(&[Batch::new([])?])?;
    /// assert!(store.coverage().require([Exercise::Committed]).is_ok());
    /// let missing = store.coverage().require(Exercise::REQUIRED).unwrap_err();
    /// assert!(missing.what.contains(&Exercise::Conflict));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`NotExercised`] names what is missing.
    pub fn require(&self, what: impl IntoIterator<Item = Exercise>) -> Result<(), NotExercised> {
        let what: Vec<_> = what.into_iter().filter(|what| self.times(*what) == 0).collect();
        if what.is_empty() { Ok(()) } else { Err(NotExercised { what }) }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn saw_read<E>(&self, what: &ReadSet, answer: &Result<Records, E>) {
        let mut counts = self.counts();
        let Ok(records) = answer else { return counts.add(Exercise::Error) };
        counts.add_if(what.keys().len() == ReadSet::MAX_KEYS, Exercise::FullRead);
        counts.add_if(records.found.iter().any(Option::is_some), Exercise::Found);
        counts.add_if(records.found.iter().any(Option::is_none), Exercise::Absent);
        if let Some(scan) = what.scan() {
            let page = &records.page;
            counts.add(if page.more { Exercise::MorePages } else { Exercise::LastPage });
            counts.add_if(scan.limit == Scan::MAX_LIMIT, Exercise::FullScan);
            counts.add_if(scan.after.is_some(), Exercise::ScanAfter);
        }
    }

    pub(super) fn saw_commit<E>(&self, batches: &[Batch], answer: &Result<Vec<Receipt>, E>) {
        let mut counts = self.counts();
        counts.add_if(batches.len() > 1, Exercise::SeveralBatches);
        batches.iter().for_each(|batch| counts.add_batch(batch));
        let Ok(receipts) = answer else { return counts.add(Exercise::Error) };
        for receipt in receipts {
            counts.add(match receipt {
                Receipt::Committed => Exercise::Committed,
                Receipt::Conflict(_) => Exercise::Conflict,
                Receipt::Unknown => Exercise::Unknown,
            });
        }
    }
}

impl Counts {
    fn add(&mut self, what: Exercise) {
        let times = self.times.entry(what).or_default();
        *times = times.saturating_add(1);
    }

    fn add_if(&mut self, holds: bool, what: Exercise) {
        if holds {
            self.add(what);
        }
    }

    fn add_batch(&mut self, batch: &Batch) {
        let writes = batch.writes();
        self.add_if(writes.len() > 1, Exercise::SeveralKeys);
        self.add_if(writes.len() == Batch::MAX_WRITES, Exercise::FullBatch);
        let mut buckets = writes.iter().map(|write| write.key.bucket());
        let first = buckets.next();
        self.add_if(buckets.any(|bucket| Some(bucket) != first), Exercise::SeveralBuckets);
        for write in writes {
            self.tenants.insert(write.key.tenant());
            self.add(match write.expect {
                Expect::Absent => Exercise::ExpectAbsent,
                Expect::At(_) => Exercise::ExpectVersion,
            });
            match &write.action {
                Action::Put(bytes) => {
                    self.add(Exercise::Put);
                    self.add_if(bytes.is_empty(), Exercise::EmptyValue);
                    self.add_if(bytes.len() >= Batch::MAX_BYTES / 2, Exercise::LargeValue);
                }
                Action::Delete => self.add(Exercise::Delete),
                Action::Check => self.add(Exercise::Check),
            }
        }
        self.add_if(self.tenants.len() > 1, Exercise::SeveralTenants);
    }
}

impl fmt::Debug for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(&self.counts().times).finish()
    }
}
