//! What lies in the file.

use std::ops::Bound;

use consent_engine::store::{Action, Batch, Expect, Key, Page, Receipt, RecordVersion, Scan, Stored};
use redb::{ReadableTable, Table, TableDefinition, WriteTransaction};

use crate::RedbError;

/// The records: key, and version with bytes.
pub(crate) const RECORDS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("records");
/// The last version that was given, under the only key.
const VERSIONS: TableDefinition<'_, (), u64> = TableDefinition::new("versions");

type Rows<'a> = Table<'a, &'static [u8], &'static [u8]>;

/// Makes the tables, so that readers find them.
pub(crate) fn make(transaction: &WriteTransaction) -> Result<(), RedbError> {
    transaction.open_table(RECORDS)?;
    transaction.open_table(VERSIONS)?;
    Ok(())
}

pub(crate) fn find(
    rows: &impl ReadableTable<&'static [u8], &'static [u8]>,
    key: &Key,
) -> Result<Option<Stored>, RedbError> {
    rows.get(key.as_bytes())?.map(|row| stored(row.value())).transpose()
}

pub(crate) fn page(
    rows: &impl ReadableTable<&'static [u8], &'static [u8]>,
    scan: &Scan,
) -> Result<Page, RedbError> {
    let prefix = scan.prefix.as_bytes();
    let start = match &scan.after {
        Some(after) if after.as_bytes() > prefix => Bound::Excluded(after.as_bytes()),
        _ => Bound::Included(prefix),
    };
    let mut page = Page::default();
    for row in rows.range::<&[u8]>((start, Bound::Unbounded))? {
        let (key, value) = row?;
        if !key.value().starts_with(prefix) {
            break;
        }
        if page.records.len() == usize::from(scan.limit) {
            page.more = true;
            break;
        }
        let key = Key::from_bytes(key.value()).map_err(|_| RedbError::ForeignKey)?;
        page.records.push((key, stored(value.value())?));
    }
    Ok(page)
}

/// Writes each batch whose expectations hold. A later one sees what an earlier one wrote.
pub(crate) fn commit(transaction: &WriteTransaction, batches: &[Batch]) -> Result<Vec<Receipt>, RedbError> {
    let mut rows = transaction.open_table(RECORDS)?;
    let mut versions = transaction.open_table(VERSIONS)?;
    let mut last = versions.get(())?.map_or(0, |count| count.value());
    let receipts =
        batches.iter().map(|batch| write(&mut rows, &mut last, batch)).collect::<Result<_, _>>()?;
    versions.insert((), last)?;
    Ok(receipts)
}

/// First every expectation, then every write.
fn write(rows: &mut Rows<'_>, last: &mut u64, batch: &Batch) -> Result<Receipt, RedbError> {
    let mut differing = Vec::new();
    for write in batch.writes() {
        let found = rows.get(write.key.as_bytes())?.map(|row| version(row.value())).transpose()?;
        let expected = match write.expect {
            Expect::Absent => None,
            Expect::At(version) => Some(version),
        };
        if found != expected {
            differing.push(write.key);
        }
    }
    if !differing.is_empty() {
        return Ok(Receipt::Conflict(differing));
    }
    for write in batch.writes() {
        match &write.action {
            Action::Put(bytes) => {
                *last = last.saturating_add(1);
                let row = [&last.to_be_bytes(), &**bytes].concat();
                rows.insert(write.key.as_bytes(), &*row)?;
            }
            Action::Delete => drop(rows.remove(write.key.as_bytes())?),
            Action::Check => {}
        }
    }
    Ok(Receipt::Committed)
}

fn stored(row: &[u8]) -> Result<Stored, RedbError> {
    parts(row).map(|(version, bytes)| Stored::new(version, bytes))
}

fn version(row: &[u8]) -> Result<RecordVersion, RedbError> {
    parts(row).map(|(version, _)| version)
}

fn parts(row: &[u8]) -> Result<(RecordVersion, &[u8]), RedbError> {
    let (version, bytes) = row.split_first_chunk().ok_or(RedbError::NoVersion)?;
    let version = RecordVersion::new(u64::from_be_bytes(*version)).ok_or(RedbError::NoVersion)?;
    Ok((version, bytes))
}
