use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use crate::id::{Aggregate, IndexKey, SubjectId, TenantId};
use crate::op::Halt;
use crate::op::plan::Intent;
use crate::store::{Expect, Key, ReadSet, RecordVersion, Records, Row, Scan, Stored};
use crate::time::Timestamp;
use crate::wire::{AggregateRecord, CommandRecord, Corruption, IndexRecord, Record};

/// What an operation has read so far: for each key the record, or that there is none.
#[derive(Debug)]
pub struct Loaded {
    tenant: TenantId,
    records: BTreeMap<Key, Option<(RecordVersion, Record)>>,
    page: Option<LoadedPage>,
    /// Where batches of unknown end put the record of their command.
    doubted: BTreeSet<Key>,
}

/// A page of a scan, decoded.
#[derive(Debug)]
pub(super) struct LoadedPage {
    scan: Scan,
    pub(super) records: Vec<(Key, RecordVersion, Record)>,
    pub(super) more: bool,
}

impl Loaded {
    pub(super) const fn new(tenant: TenantId) -> Self {
        Self { tenant, records: BTreeMap::new(), page: None, doubted: BTreeSet::new() }
    }

    /// Forgets everything that was read.
    pub(super) fn clear(&mut self) {
        self.records.clear();
        self.page = None;
    }

    /// Remembers where a batch of unknown end puts the record of its command.
    pub(super) fn doubt(&mut self, commands: impl IntoIterator<Item = Key>) {
        self.doubted.extend(commands);
    }

    /// Where the record of the command may be, even if it would now be about somebody else.
    pub(super) fn doubted(&self) -> impl Iterator<Item = Row> + '_ {
        self.doubted.iter().map(Key::row)
    }

    pub(super) fn key(&self, row: Row) -> Key {
        Key::new(self.tenant, row)
    }

    pub(super) fn aggregate_key(&self, aggregate: Aggregate) -> Key {
        self.key(Row::Aggregate(aggregate))
    }

    /// Stops unless all of these were read.
    pub(super) fn want(&self, keys: impl IntoIterator<Item = Key>) -> Result<(), Halt> {
        let missing: Vec<_> = keys.into_iter().filter(|key| !self.records.contains_key(key)).collect();
        if missing.is_empty() { Ok(()) } else { Err(Halt::Need(missing)) }
    }

    fn get(&self, key: Key) -> Result<Option<&Record>, Halt> {
        match self.records.get(&key) {
            None => Err(Halt::Need(Vec::from([key]))),
            Some(found) => Ok(found.as_ref().map(|(_, record)| record)),
        }
    }

    pub(super) fn aggregate(&self, aggregate: Aggregate) -> Result<Option<&AggregateRecord>, Halt> {
        let key = self.aggregate_key(aggregate);
        match self.get(key)? {
            None => Ok(None),
            Some(Record::Aggregate(record)) => Ok(Some(record)),
            Some(_) => Err(Halt::corrupt(key, Corruption::Misplaced)),
        }
    }

    /// The record of a command, unless the time to remember it is over.
    pub(super) fn remembered(&self, row: Row, now: Timestamp) -> Result<Option<&CommandRecord>, Halt> {
        let kept = |expires: Timestamp| self.doubted().any(|own| own == row) || now < expires;
        Ok(self.command(row)?.filter(|record| record.expires.is_none_or(kept)))
    }

    /// The rows that say when something becomes due for these subjects, as far as they are known and were not read.
    pub(super) fn due_rows(&self, subjects: &[SubjectId]) -> impl Iterator<Item = Key> {
        subjects.iter().filter_map(|id| {
            let aggregate = Aggregate::Subject(*id);
            let at = self.aggregate(aggregate).ok().flatten()?.due?;
            let key = self.key(Row::Due { at, aggregate });
            (!self.records.contains_key(&key)).then_some(key)
        })
    }

    fn command(&self, row: Row) -> Result<Option<&CommandRecord>, Halt> {
        let key = self.key(row);
        match self.get(key)? {
            None => Ok(None),
            Some(Record::Command(record)) => Ok(Some(record)),
            Some(_) => Err(Halt::corrupt(key, Corruption::Misplaced)),
        }
    }

    /// Where an index key leads to, and its version; 0 if it leads nowhere.
    pub(super) fn index(&self, index: IndexKey) -> Result<(Option<&IndexRecord>, u64), Halt> {
        let key = self.key(Row::Index(index));
        self.want([key])?;
        match self.records.get(&key) {
            Some(Some((version, Record::Index(record)))) => Ok((Some(record), version.get())),
            Some(Some(_)) => Err(Halt::corrupt(key, Corruption::Misplaced)),
            Some(None) | None => Ok((None, 0)),
        }
    }

    /// The highest version of the policy that wrote anything of what was read.
    pub(super) fn newest_policy(&self) -> u64 {
        let versions = self.records.values().flatten().map(|(_, record)| match record {
            Record::Aggregate(record) => record.policy,
            Record::Facts(_) | Record::Command(_) | Record::Index(_) | Record::Due => 0,
        });
        versions.max().unwrap_or(0)
    }

    /// The page of a scan.
    pub(super) fn page(&self, scan: Scan) -> Result<&LoadedPage, Halt> {
        self.page.as_ref().filter(|page| page.scan == scan).ok_or(Halt::Scan(scan))
    }

    /// What a write may expect of a record: what was read of it, else that it is not there.
    pub(super) fn expect(&self, key: &Key) -> Expect {
        let found = self.records.get(key).and_then(Option::as_ref).map(|(version, _)| *version);
        let scanned = self.page.iter().flat_map(|page| &page.records);
        let scanned = scanned.filter(|(own, ..)| own == key).map(|(_, version, _)| *version);
        found.into_iter().chain(scanned).next().map_or(Expect::Absent, Expect::At)
    }

    /// What was read in the buckets that are written, beside what is written: it must not have changed.
    pub(super) fn beside(&self, writes: &[Intent]) -> impl Iterator<Item = Key> {
        let buckets: BTreeSet<_> = writes.iter().map(|write| write.key.bucket()).collect();
        let written: BTreeSet<_> = writes.iter().map(|write| write.key).collect();
        let beside = move |key: &&Key| buckets.contains(&key.bucket()) && !written.contains(*key);
        self.records.keys().filter(beside).copied()
    }

    /// Takes in what a store returned, or says what cannot be about it.
    pub(super) fn take(
        &mut self,
        what: &ReadSet,
        records: Records,
        seen: &mut BTreeMap<Key, RecordVersion>,
    ) -> Result<(), (Option<Key>, Corruption)> {
        let (asked, found) = (what.keys().len(), records.found.len());
        if asked != found {
            return Err((None, Corruption::WrongCount { asked, found }));
        }
        for (key, stored) in what.keys().iter().zip(records.found) {
            let decoded = stored.map(|stored| decode(key, &stored, seen)).transpose();
            self.records.insert(*key, decoded.map_err(|why| (Some(*key), why))?);
        }
        let Some(scan) = what.scan() else { return Ok(()) };
        if records.page.records.len() > usize::from(scan.limit) {
            return Err((None, Corruption::EndlessScan));
        }
        let mut decoded = Vec::new();
        let mut last = scan.after;
        for (key, stored) in records.page.records {
            if !scan.prefix.covers(&key) || last.is_some_and(|last| key <= last) {
                return Err((Some(key), Corruption::Disordered));
            }
            let (version, record) = decode(&key, &stored, seen).map_err(|why| (Some(key), why))?;
            decoded.push((key, version, record));
            last = Some(key);
        }
        // A page that says it goes on but holds nothing would never end.
        if decoded.is_empty() && records.page.more {
            return Err((None, Corruption::EndlessScan));
        }
        self.page = Some(LoadedPage { scan: *scan, records: decoded, more: records.page.more });
        Ok(())
    }
}

fn decode(
    key: &Key,
    stored: &Stored,
    seen: &mut BTreeMap<Key, RecordVersion>,
) -> Result<(RecordVersion, Record), Corruption> {
    let before = seen.insert(*key, stored.version);
    if before.is_some_and(|before| stored.version < before) {
        return Err(Corruption::VersionWentBack);
    }
    Ok((stored.version, Record::decode(key, &stored.bytes)?))
}
