use alloc::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use consent_engine::store::{
    Action, Batch, Expect, Key, Page, ReadSet, Receipt, RecordVersion, Records, Store, Stored,
};

/// A store in one file: every batch is appended to it, and what is where is kept in memory.
///
/// It is as simple as a durable store can be: it never shrinks, and has no scans. A batch whose end is missing, because the process was
/// killed, never took place.
pub(crate) struct Journal(Mutex<Open>);

struct Open {
    file: File,
    end: u64,
    writes: u64,
    records: BTreeMap<Key, Place>,
}

/// A record that was written, and where it lies; nowhere if it was deleted.
type Written = (Key, Option<(u64, u32)>);

#[derive(Clone, Copy)]
struct Place {
    version: RecordVersion,
    at: u64,
    len: u32,
}

/// The last bytes of a batch.
const END: [u8; 4] = *b"done";
/// In place of a length: the record was deleted.
const DELETED: u32 = u32::MAX;

impl Journal {
    pub(crate) fn open(name: &str) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(name)?;
        let mut open = Open { file, end: 0, writes: 0, records: BTreeMap::new() };
        open.replay()?;
        Ok(Self(Mutex::new(open)))
    }

    /// How many records there are.
    pub(crate) fn len(&self) -> usize {
        self.opened().records.len()
    }

    fn opened(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// Reads the file from the beginning to the last whole batch, and cuts off what follows.
    fn replay(&mut self) -> io::Result<()> {
        let mut input = BufReader::with_capacity(1 << 20, self.file.try_clone()?);
        input.seek(SeekFrom::Start(0))?;
        while let Ok((found, length)) = read_batch(&mut input, self.end) {
            self.take(found);
            self.end = self.end.saturating_add(length);
        }
        self.file.set_len(self.end)
    }

    fn take(&mut self, written: Vec<Written>) {
        for (key, place) in written {
            self.writes = self.writes.saturating_add(1);
            let version = RecordVersion::new(self.writes).unwrap_or(RecordVersion::FIRST);
            match place {
                Some((at, len)) => self.records.insert(key, Place { version, at, len }),
                None => self.records.remove(&key),
            };
        }
    }

    fn conflicts(&self, batch: &Batch) -> Vec<Key> {
        let meets = |key: &Key, expect: Expect| match (self.records.get(key), expect) {
            (None, Expect::Absent) => true,
            (Some(place), Expect::At(version)) => place.version == version,
            (None, Expect::At(_)) | (Some(_), Expect::Absent) => false,
        };
        batch
            .writes()
            .iter()
            .filter(|write| !meets(&write.key, write.expect))
            .map(|write| write.key)
            .collect()
    }

    /// Appends a batch; where its records are.
    fn append(&mut self, out: &mut impl Write, batch: &Batch) -> io::Result<Vec<Written>> {
        let changed: Vec<_> = batch.writes().iter().filter(|write| write.action != Action::Check).collect();
        let mut frame = Vec::from(length(changed.len()).to_be_bytes());
        let mut written = Vec::with_capacity(changed.len());
        for change in changed {
            let key = change.key.as_bytes();
            frame.extend(length(key.len()).to_be_bytes());
            frame.extend(key);
            let place = match &change.action {
                Action::Put(bytes) => {
                    frame.extend(length(bytes.len()).to_be_bytes());
                    let at = self.end.saturating_add(u64::from(length(frame.len())));
                    frame.extend_from_slice(bytes);
                    Some((at, length(bytes.len())))
                }
                Action::Delete | Action::Check => {
                    frame.extend(DELETED.to_be_bytes());
                    None
                }
            };
            written.push((change.key, place));
        }
        frame.extend(END);
        out.write_all(&frame)?;
        self.end = self.end.saturating_add(u64::from(length(frame.len())));
        Ok(written)
    }

    fn bytes(&mut self, place: Place) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(place.len).unwrap_or(usize::MAX)];
        self.file.seek(SeekFrom::Start(place.at))?;
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// What one batch wrote, and how long it is in the file.
fn read_batch(input: &mut impl Read, start: u64) -> io::Result<(Vec<Written>, u64)> {
    let mut at = start;
    let number = |input: &mut dyn Read, at: &mut u64| -> io::Result<u32> {
        let mut bytes = [0; 4];
        input.read_exact(&mut bytes)?;
        *at = at.saturating_add(4);
        Ok(u32::from_be_bytes(bytes))
    };
    let mut written = Vec::new();
    for _ in 0..number(input, &mut at)? {
        let len = number(input, &mut at)?;
        let mut key = vec![0; usize::try_from(len).unwrap_or(usize::MAX).min(Key::MAX_BYTES)];
        input.read_exact(&mut key)?;
        at = at.saturating_add(u64::from(len));
        let key = Key::from_bytes(&key).map_err(io::Error::other)?;
        let len = number(input, &mut at)?;
        if len == DELETED {
            written.push((key, None));
            continue;
        }
        let skipped = io::copy(&mut input.take(u64::from(len)), &mut io::sink())?;
        if skipped != u64::from(len) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        written.push((key, Some((at, len))));
        at = at.saturating_add(skipped);
    }
    let mut end = [0; 4];
    input.read_exact(&mut end)?;
    if end != END {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok((written, at.saturating_add(4).saturating_sub(start)))
}

fn length(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(DELETED)
}

impl Store for Journal {
    type Error = io::Error;

    fn read(&self, what: &ReadSet) -> io::Result<Records> {
        let mut open = self.opened();
        let mut found = Vec::with_capacity(what.keys().len());
        for key in what.keys() {
            found.push(match open.records.get(key).copied() {
                Some(place) => Some(Stored::new(place.version, open.bytes(place)?)),
                None => None,
            });
        }
        // An import scans nothing; whoever does would have to be told so.
        if what.scan().is_some() {
            return Err(io::ErrorKind::Unsupported.into());
        }
        Ok(Records { found, page: Page::default() })
    }

    fn commit(&self, batches: &[Batch]) -> io::Result<Vec<Receipt>> {
        let mut open = self.opened();
        let end = open.end;
        let mut receipts = Vec::with_capacity(batches.len());
        let mut file = open.file.try_clone()?;
        file.seek(SeekFrom::Start(end))?;
        let mut out = BufWriter::new(file);
        for batch in batches {
            let conflicts = open.conflicts(batch);
            if !conflicts.is_empty() {
                receipts.push(Receipt::Conflict(conflicts));
                continue;
            }
            // After a failure the process ends, and the next one reads what is there.
            let written = open.append(&mut out, batch)?;
            open.take(written);
            receipts.push(Receipt::Committed);
        }
        out.flush()?;
        open.file.sync_data()?;
        Ok(receipts)
    }
}
