use alloc::vec::Vec;

use crate::conformance::Failure;
use crate::conformance::outcome::ensure;
use crate::conformance::rows::{delete, put};
use crate::store::{
    Batch, Expect, Key, Page, Prefix, ReadSet, Receipt, RecordVersion, Records, Scan, Store, Stored, Write,
};

/// A store whose type does not matter.
pub(super) trait Tested: Send + Sync {
    fn try_read(&self, what: &ReadSet) -> Result<Records, Failure>;
    fn try_commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, Failure>;
}

impl<S: Store + Send + Sync> Tested for S {
    fn try_read(&self, what: &ReadSet) -> Result<Records, Failure> {
        self.read(what).map_err(|error| Failure::because("a read failed", &error))
    }

    fn try_commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, Failure> {
        self.commit(batches).map_err(|error| Failure::because("a commit failed", &error))
    }
}

/// Asks a store, and checks of every answer what must be true of it.
#[derive(Clone, Copy)]
pub(super) struct Probe<'a>(&'a dyn Tested);

impl<'a> Probe<'a> {
    pub(super) fn new(store: &'a dyn Tested) -> Self {
        Self(store)
    }

    pub(super) fn read(self, what: &ReadSet) -> Result<Records, Failure> {
        let records = self.0.try_read(what)?;
        let [asked, found] = [what.keys().len(), records.found.len()];
        ensure!(asked == found, "a read of {asked} keys gave {found} places");
        match what.scan() {
            Some(scan) => check_page(scan, &records.page)?,
            None => ensure!(records.page == Page::default(), "a read without a scan gave a page"),
        }
        Ok(records)
    }

    pub(super) fn read_keys(self, keys: &[Key]) -> Result<Vec<Option<Stored>>, Failure> {
        let what = ReadSet::new(keys.iter().copied());
        Ok(self.read(&what.map_err(|error| Failure::because("the check asks wrongly", &error))?)?.found)
    }

    pub(super) fn get(self, key: Key) -> Result<Option<Stored>, Failure> {
        Ok(self.read_keys(&[key])?.into_iter().next().flatten())
    }

    /// The record, which must be there.
    pub(super) fn find(self, key: Key) -> Result<Stored, Failure> {
        self.get(key)?.ok_or_else(|| Failure::new(alloc::format!("{key} was written, and is not there")))
    }

    /// The version of a record, which must hold exactly these bytes.
    pub(super) fn holds(self, key: Key, bytes: &[u8]) -> Result<RecordVersion, Failure> {
        let found = self.find(key)?;
        check_bytes(key, &found.bytes, bytes)?;
        Ok(found.version)
    }

    pub(super) fn is_absent(self, key: Key) -> Result<(), Failure> {
        let found = self.get(key)?;
        ensure!(found.is_none(), "{key} is there, and must not be: {found:?}");
        Ok(())
    }

    pub(super) fn page(self, scan: Scan) -> Result<Page, Failure> {
        Ok(self.read(&ReadSet::default().with_scan(scan))?.page)
    }

    /// All records of a prefix, in pages.
    pub(super) fn pages(self, prefix: Prefix, limit: u16) -> Result<Vec<(Key, Stored)>, Failure> {
        self.rest(Scan::new(prefix, limit))
    }

    /// A page and all that follow it.
    pub(super) fn rest(self, mut scan: Scan) -> Result<Vec<(Key, Stored)>, Failure> {
        let mut all = Vec::new();
        loop {
            let page = self.page(scan)?;
            all.extend(page.records);
            match all.last() {
                Some((last, _)) if page.more => scan = scan.after(*last),
                _ => return Ok(all),
            }
        }
    }

    pub(super) fn keys(self, prefix: Prefix, limit: u16) -> Result<Vec<Key>, Failure> {
        Ok(self.pages(prefix, limit)?.into_iter().map(|(key, _)| key).collect())
    }

    pub(super) fn commit(self, batches: &[Batch]) -> Result<Vec<Receipt>, Failure> {
        let receipts = self.0.try_commit(batches)?;
        let [asked, given] = [batches.len(), receipts.len()];
        ensure!(asked == given, "a commit of {asked} batches gave {given} receipts");
        for (batch, receipt) in batches.iter().zip(&receipts) {
            if let Receipt::Conflict(keys) = receipt {
                ensure!(!keys.is_empty(), "a conflict names no key");
                let named = |key: &Key| batch.writes().iter().any(|write| write.key == *key);
                ensure!(keys.iter().all(named), "a conflict names a key that is not in the batch");
            }
        }
        Ok(receipts)
    }

    pub(super) fn batch(self, writes: impl IntoIterator<Item = Write>) -> Result<Receipt, Failure> {
        let receipts = self.commit(&[batch(writes)?])?;
        receipts.into_iter().next().ok_or_else(|| Failure::new("a commit of a batch gave no receipt"))
    }

    /// Commits a batch whose expectations hold.
    pub(super) fn write(self, writes: impl IntoIterator<Item = Write>) -> Result<(), Failure> {
        match self.batch(writes)? {
            Receipt::Committed => Ok(()),
            other => {
                Err(Failure::new(alloc::format!("every expectation holds, but the receipt is {other:?}")))
            }
        }
    }

    /// Commits a batch with expectations that do not hold, and returns the keys that the conflict names.
    pub(super) fn refused(self, writes: impl IntoIterator<Item = Write>) -> Result<Vec<Key>, Failure> {
        match self.batch(writes)? {
            Receipt::Conflict(keys) => Ok(keys),
            other => Err(Failure::new(alloc::format!(
                "an expectation does not hold, but the receipt is {other:?}"
            ))),
        }
    }

    pub(super) fn create(self, key: Key, bytes: &[u8]) -> Result<RecordVersion, Failure> {
        self.write([put(key, Expect::Absent, bytes)])?;
        self.holds(key, bytes)
    }

    pub(super) fn replace(self, key: Key, at: RecordVersion, bytes: &[u8]) -> Result<RecordVersion, Failure> {
        self.write([put(key, Expect::At(at), bytes)])?;
        self.holds(key, bytes)
    }

    pub(super) fn remove(self, key: Key, at: RecordVersion) -> Result<(), Failure> {
        self.write([delete(key, Expect::At(at))])?;
        self.is_absent(key)
    }
}

pub(super) fn batch(writes: impl IntoIterator<Item = Write>) -> Result<Batch, Failure> {
    Batch::new(writes).map_err(|error| Failure::because("the check writes wrongly", &error))
}

pub(super) fn check_bytes(key: Key, found: &[u8], put: &[u8]) -> Result<(), Failure> {
    let [found_len, put_len] = [found.len(), put.len()];
    ensure!(found_len == put_len, "{key}: {put_len} bytes were put, {found_len} came back");
    let at = found.iter().zip(put).position(|(found, put)| found != put);
    ensure!(at.is_none(), "{key}: byte {} of {put_len} is not what was put", at.unwrap_or_default());
    Ok(())
}

fn check_page(scan: &Scan, page: &Page) -> Result<(), Failure> {
    let (got, limit) = (page.records.len(), scan.limit);
    ensure!(got <= usize::from(limit), "a page of {got} records was returned where the limit is {limit}");
    ensure!(got > 0 || !page.more, "an empty page says that there is more: nobody can go on after it");
    let mut last = scan.after;
    for (key, _) in &page.records {
        ensure!(scan.prefix.covers(key), "a scan returned {key}, which does not begin with its prefix");
        if let Some(last) = last {
            ensure!(last != *key, "a scan after {key} returned that key, or one page has it twice");
            ensure!(last < *key, "a scan returned {key} after {last}, which sorts behind it");
        }
        last = Some(*key);
    }
    Ok(())
}
