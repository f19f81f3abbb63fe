//! L56: each defect, and the check that must find it.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::yield_now;

use consent_engine::conformance::{CHECKS, Outcome, run};
use consent_engine::store::{
    Action, Batch, Expect, Key, MemoryStore, Page, Prefix, ReadSet, Receipt, RecordVersion, Records, Row,
    Scan, Store, Stored, Write,
};
use consent_engine::{Seq, TenantId};

use crate::broken::{Breaking, Broken, Interrupted, commit, forced, get, holds, keys, never, page, with};

/// What is wrong, the check that says so, and the store.
type Defect = (&'static str, &'static str, fn() -> Broken);

const LOST: [Defect; 6] = [
    ("the last write of a batch is lost", "batch_writes_every_key", || {
        Broken::sound().commits(|db, batch| match batch.writes() {
            [most @ .., _] if !most.is_empty() => commit(db, &Batch::new(most.iter().cloned()).unwrap()),
            _ => commit(db, batch),
        })
    }),
    ("a full batch is committed by its receipt only", "batch_of_64_writes", || {
        Broken::sound().commits(|db, batch| match batch.writes().len() {
            Batch::MAX_WRITES => Receipt::Committed,
            _ => commit(db, batch),
        })
    }),
    ("what was committed is gone after a restart", "committed_survives_reopening", || {
        Broken::sound().reopens(|_| MemoryStore::new())
    }),
    ("a deleted record is back after a restart", "deleted_stays_deleted_after_reopening", || {
        // Deletes only hide a record in memory.
        Broken::sound()
            .finds(|_, stored| (!stored.bytes.starts_with(b"hidden")).then_some(stored))
            .writes(|_, write| match write.action {
                Action::Delete => Write { action: Action::Put(b"hidden".as_slice().into()), ..write.clone() },
                _ => write.clone(),
            })
            .reopens(|db| {
                for (key, _) in
                    db.records().into_iter().filter(|(_, stored)| stored.bytes.starts_with(b"hidden"))
                {
                    let back =
                        Write { key, expect: Expect::Absent, action: Action::Put(b"back".as_slice().into()) };
                    commit(&db, &Batch::new([forced(&db, &back)]).unwrap());
                }
                db
            })
    }),
    ("versions begin anew after a restart", "versions_are_not_reused_after_reopening", || {
        Broken::sound().reopens(|db| {
            let new = MemoryStore::new();
            for (key, stored) in db.records() {
                let write = Write { key, expect: Expect::Absent, action: Action::Put(stored.bytes) };
                commit(&new, &Batch::new([write]).unwrap());
            }
            new
        })
    }),
    ("a value ends after 65,535 bytes", "large_value_is_kept", || {
        Broken::sound().finds(|_, stored| {
            Some(Stored::new(stored.version, &stored.bytes[..stored.bytes.len().min(65_535)]))
        })
    }),
];

/// Writes one after the other until one conflicts.
fn one_by_one(db: &MemoryStore, batch: &Batch) -> Receipt {
    for write in batch.writes() {
        let receipt = commit(db, &Batch::new([write.clone()]).unwrap());
        if receipt != Receipt::Committed {
            return receipt;
        }
    }
    Receipt::Committed
}

/// A write with its expectation taken away.
fn careless(db: &MemoryStore, write: &Write, when: bool) -> Write {
    if when { forced(db, write) } else { write.clone() }
}

const TORN: [Defect; 10] = [
    ("a batch is written key by key until one conflicts", "conflict_on_second_key_writes_nothing", || {
        Broken::sound().commits(one_by_one)
    }),
    ("each bucket is a transaction of its own", "conflict_in_other_bucket_writes_nothing", || {
        Broken::sound().commits(|db, batch| {
            let mut buckets = BTreeMap::<_, Vec<Write>>::new();
            for write in batch.writes() {
                buckets.entry(write.key.bucket()).or_default().push(write.clone());
            }
            let receipts = buckets.into_values().map(|writes| commit(db, &Batch::new(writes).unwrap()));
            let receipts: Vec<_> = receipts.collect();
            receipts.into_iter().find(|receipt| *receipt != Receipt::Committed).unwrap_or(Receipt::Committed)
        })
    }),
    ("only the first key is compared", "conflict_on_second_key_writes_nothing", || {
        Broken::sound().commits(|db, batch| {
            let first = batch.writes().first().map(|write| write.key);
            commit(db, &with(batch, |write| careless(db, write, Some(write.key) != first)))
        })
    }),
    ("a conflict is reported, and the batch written", "old_version_conflicts", || {
        Broken::sound().commits(|db, batch| {
            let receipt = commit(db, batch);
            if receipt != Receipt::Committed {
                commit(db, &with(batch, |write| forced(db, write)));
            }
            receipt
        })
    }),
    ("a put replaces whatever is there", "creating_what_exists_conflicts", || {
        Broken::sound().writes(|db, write| {
            careless(db, write, matches!(write.action, Action::Put(_)) && write.expect == Expect::Absent)
        })
    }),
    ("a delete compares no version", "deleting_an_old_version_conflicts", || {
        Broken::sound().writes(|db, write| careless(db, write, matches!(write.action, Action::Delete)))
    }),
    ("a check checks nothing", "checking_an_old_version_conflicts", || {
        Broken::sound().writes(|db, write| careless(db, write, matches!(write.action, Action::Check)))
    }),
    ("a check makes a new version", "check_keeps_the_version", || {
        Broken::sound().writes(|db, write| match (&write.action, get(db, write.key)) {
            (Action::Check, Some(stored)) => Write { action: Action::Put(stored.bytes), ..write.clone() },
            _ => write.clone(),
        })
    }),
    ("a conflict names every key", "conflict_names_only_what_differs", || {
        Broken::sound().commits(|db, batch| match commit(db, batch) {
            Receipt::Conflict(_) => Receipt::Conflict(keys(batch)),
            other => other,
        })
    }),
    ("a delete of what is absent conflicts", "deleting_what_is_absent_does_nothing", || {
        Broken::sound().commits(|db, batch| {
            let deletes =
                |write: &&Write| matches!(write.action, Action::Delete) && get(db, write.key).is_none();
            match batch.writes().iter().find(deletes) {
                Some(write) => Receipt::Conflict(vec![write.key]),
                None => commit(db, batch),
            }
        })
    }),
];

/// Waits until another thread came here too, or it is clear that none will.
fn meet(place: &AtomicUsize) {
    let own = place.fetch_add(1, Ordering::SeqCst) + 1;
    for _ in 0..500 {
        if place.load(Ordering::SeqCst) != own {
            return;
        }
        yield_now();
    }
}

/// The records as they were before the last commit.
#[derive(Default)]
struct Replica(Mutex<BTreeMap<Key, Stored>>);

impl Replica {
    fn commit(&self, db: &MemoryStore, batches: &[Batch]) -> Vec<Receipt> {
        *self.0.lock().unwrap() = db.records().into_iter().collect();
        never(db.commit(batches))
    }

    fn found(&self, what: &ReadSet) -> Vec<Option<Stored>> {
        let records = self.0.lock().unwrap();
        what.keys().iter().map(|key| records.get(key).cloned()).collect()
    }

    fn page(&self, scan: &Scan) -> Page {
        let records = self.0.lock().unwrap();
        let within = |key: &Key| scan.prefix.covers(key) && scan.after.is_none_or(|after| *key > after);
        let mut within = records.iter().filter(|(key, _)| within(key));
        let some =
            within.by_ref().take(scan.limit.into()).map(|(key, stored)| (*key, stored.clone())).collect();
        Page { records: some, more: within.next().is_some() }
    }
}

const RACES: [Defect; 8] = [
    ("a read of a key is answered by a replica that is behind", "read_after_commit_sees_it", || {
        let replica = Arc::new(Replica::default());
        let same = Arc::clone(&replica);
        Broken::sound()
            .reads(move |db, what| Records { found: same.found(what), ..never(db.read(what)) })
            .groups(move |db, batches| replica.commit(db, batches))
    }),
    ("a scan is answered by a replica that is behind", "scan_after_commit_sees_it", || {
        let replica = Arc::new(Replica::default());
        let same = Arc::clone(&replica);
        Broken::sound()
            .scans(move |_, scan| same.page(&scan))
            .groups(move |db, batches| replica.commit(db, batches))
    }),
    ("every other read is answered by a replica that is behind", "reader_never_goes_back", || {
        let replica = Arc::new(Replica::default());
        let (same, reads) = (Arc::clone(&replica), AtomicUsize::new(0));
        Broken::sound()
            .reads(move |db, what| match reads.fetch_add(1, Ordering::SeqCst) % 2 {
                0 => never(db.read(what)),
                _ => Records { found: same.found(what), ..never(db.read(what)) },
            })
            .groups(move |db, batches| replica.commit(db, batches))
    }),
    ("a value is written in two halves", "reader_sees_whole_values", || {
        Broken::sound().commits(|db, batch| {
            let halves = with(batch, |write| match (&write.action, get(db, write.key)) {
                (Action::Put(new), Some(old)) if new.len() == old.bytes.len() => {
                    let (first, _) = new.split_at(new.len() / 2);
                    let (_, second) = old.bytes.split_at(new.len() / 2);
                    Write { action: Action::Put([first, second].concat().into()), ..write.clone() }
                }
                _ => write.clone(),
            });
            if halves == *batch {
                return commit(db, batch);
            }
            let receipt = commit(db, &halves);
            if receipt == Receipt::Committed {
                (0..20).for_each(|_| yield_now());
                commit(db, &with(batch, |write| forced(db, write)));
            }
            receipt
        })
    }),
    ("expectations are compared before the lock", "concurrent_increments_add_up", || {
        let place = AtomicUsize::new(0);
        Broken::sound().commits(move |db, batch| {
            if let Some(write) = batch.writes().iter().find(|write| !holds(db, write)) {
                return Receipt::Conflict(vec![write.key]);
            }
            meet(&place);
            commit(db, &with(batch, |write| forced(db, write)));
            Receipt::Committed
        })
    }),
    ("absence is looked up before the lock", "one_creation_wins", || {
        let place = AtomicUsize::new(0);
        Broken::sound().commits(move |db, batch| {
            if let Some(write) = batch.writes().iter().find(|write| !holds(db, write)) {
                return Receipt::Conflict(vec![write.key]);
            }
            meet(&place);
            let lax = |write: &Write| careless(db, write, write.expect == Expect::Absent);
            match commit(db, &with(batch, lax)) {
                Receipt::Conflict(_) if batch.writes().iter().all(|write| write.expect == Expect::Absent) => {
                    Receipt::Committed
                }
                other => other,
            }
        })
    }),
    ("what is only checked is compared before the lock", "crossed_checks_do_not_both_commit", || {
        let place = AtomicUsize::new(0);
        Broken::sound().commits(move |db, batch| {
            if let Some(write) = batch.writes().iter().find(|write| !holds(db, write)) {
                return Receipt::Conflict(vec![write.key]);
            }
            let (checks, writes): (Vec<_>, Vec<_>) =
                batch.writes().iter().cloned().partition(|write| write.action == Action::Check);
            if !checks.is_empty() {
                meet(&place);
            }
            commit(db, &Batch::new(writes).unwrap())
        })
    }),
    ("the keys of a batch are compared together and written apart", "histories_are_linearizable", || {
        let place = AtomicUsize::new(0);
        Broken::sound().commits(move |db, batch| {
            if let Some(write) = batch.writes().iter().find(|write| !holds(db, write)) {
                return Receipt::Conflict(vec![write.key]);
            }
            meet(&place);
            one_by_one(db, &with(batch, |write| careless(db, write, true)))
        })
    }),
];

/// What a store reports as version: some function of the record.
fn with_versions(version: fn(&Stored) -> u64) -> Broken {
    let reported = move |stored: &Stored| RecordVersion::new(version(stored)).unwrap_or(RecordVersion::FIRST);
    Broken::sound().finds(move |_, stored| Some(Stored::new(reported(&stored), stored.bytes))).writes(
        move |db, write| match (write.expect, get(db, write.key)) {
            (Expect::At(at), Some(stored)) if at == reported(&stored) => forced(db, write),
            (Expect::At(_), _) => {
                Write { expect: Expect::At(RecordVersion::new(u64::MAX).unwrap()), ..write.clone() }
            }
            (Expect::Absent, _) => write.clone(),
        },
    )
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish() >> 1
}

/// Counts the versions of each key from 1, and again after it was deleted.
fn version_per_record() -> Broken {
    let firsts = Arc::new(Mutex::new(BTreeMap::<Key, u64>::new()));
    let same = Arc::clone(&firsts);
    let first =
        |firsts: &Mutex<BTreeMap<Key, u64>>, key| firsts.lock().unwrap().get(&key).map_or(1, |first| *first);
    Broken::sound()
        .finds(move |key, stored| {
            let version = stored.version.get() - first(&same, key) + 1;
            Some(Stored::new(RecordVersion::new(version)?, stored.bytes))
        })
        .commits(move |db, batch| {
            let batch = with(batch, |write| match write.expect {
                Expect::At(at) => {
                    let expect =
                        Expect::At(RecordVersion::new(at.get() + first(&firsts, write.key) - 1).unwrap());
                    Write { expect, ..write.clone() }
                }
                Expect::Absent => write.clone(),
            });
            let receipt = commit(db, &batch);
            for write in batch.writes().iter().filter(|write| write.expect == Expect::Absent) {
                if let (Receipt::Committed, Some(stored)) = (&receipt, get(db, write.key)) {
                    firsts.lock().unwrap().insert(write.key, stored.version.get());
                }
            }
            receipt
        })
}

const VERSIONS: [Defect; 5] = [
    ("versions begin anew after a delete", "recreation_gives_a_new_version", version_per_record),
    ("the version is a hash of the bytes", "every_put_gives_a_new_version", || {
        with_versions(|stored| hash(&stored.bytes))
    }),
    ("the version is a few bits wide", "versions_are_never_reused", || {
        with_versions(|stored| stored.version.get() % 16 + 1)
    }),
    ("a batch is delivered a second time later", "other_keys_keep_their_version", || {
        let last = Mutex::new(None::<Batch>);
        Broken::sound().commits(move |db, batch| {
            if let Some(last) = last.lock().unwrap().replace(batch.clone()) {
                commit(db, &with(&last, |write| forced(db, write)));
            }
            commit(db, batch)
        })
    }),
    ("a batch that is sent again is carried out again", "repeated_creation_conflicts", || {
        let seen = Mutex::new(Vec::<Batch>::new());
        Broken::sound().commits(move |db, batch| {
            let mut seen = seen.lock().unwrap();
            if seen.contains(batch) {
                return commit(db, &with(batch, |write| forced(db, write)));
            }
            seen.push(batch.clone());
            commit(db, batch)
        })
    }),
];

const SCANS: [Defect; 8] = [
    ("a scan returns the last key first", "scan_is_in_byte_order", || {
        Broken::sound().scans(|db, scan| {
            let mut page = page(db, scan);
            page.records.reverse();
            page
        })
    }),
    ("a scan returns the key that it goes on after", "scan_after_is_exclusive", || {
        Broken::sound().scans(|db, scan| {
            let mut page = page(db, scan);
            let after = scan.after.and_then(|after| Some((after, get(db, after)?)));
            page.records.splice(0..0, after);
            page
        })
    }),
    ("a scan stops half-way and says it is the last page", "last_page_says_so", || {
        Broken::sound().scans(|db, scan| {
            let mut page = page(db, scan);
            page.records.truncate(page.records.len().div_ceil(2));
            page.more = false;
            page
        })
    }),
    ("a scan that fails on its second page returns an empty list", "pages_join_without_gap", || {
        Broken::sound().scans(|db, scan| match scan.after {
            Some(_) => Page::default(),
            None => page(db, scan),
        })
    }),
    ("a scan that finds nothing says that there is more", "scan_after_the_last_is_empty", || {
        Broken::sound().scans(|db, scan| {
            let mut page = page(db, scan);
            page.more |= page.records.is_empty();
            page
        })
    }),
    ("a scan ignores its limit", "page_ends_at_its_limit", || {
        Broken::sound().scans(|db, scan| page(db, Scan { limit: Scan::MAX_LIMIT, ..scan }))
    }),
    ("a page is cut to its limit and says it is the last", "page_ends_at_its_limit", || {
        Broken::sound().scans(|db, scan| Page { more: false, ..page(db, scan) })
    }),
    ("a scan begins at its offset, not after its key", "paging_survives_changes", || {
        let offset = Mutex::new(0_usize);
        Broken::sound().scans(move |db, scan| {
            let mut offset = offset.lock().unwrap();
            if scan.after.is_none() {
                *offset = 0;
            }
            let all = page(db, Scan::new(scan.prefix, Scan::MAX_LIMIT)).records;
            let records: Vec<_> = all.iter().skip(*offset).take(scan.limit.into()).cloned().collect();
            *offset += records.len();
            Page { more: *offset < all.len(), records }
        })
    }),
];

/// Answers a scan from all records that a rule accepts.
fn matching(rule: fn(&Prefix, &Key) -> bool) -> Broken {
    Broken::sound().scans(move |db, scan| {
        let records = db.records().into_iter();
        let after = |key: &Key| scan.after.is_none_or(|after| *key > after);
        let mut records = records.filter(|(key, _)| after(key) && rule(&scan.prefix, key));
        let some = records.by_ref().take(scan.limit.into()).collect();
        Page { records: some, more: records.next().is_some() }
    })
}

fn of_one_tenant(key: Key) -> Key {
    Key::new(TenantId::from_u128(1), key.row())
}

/// Changes the number in the key of a row of facts.
fn numbered(key: Key, change: impl Fn([u8; 8]) -> [u8; 8]) -> Key {
    let Row::Facts { log, first } = key.row() else { return key };
    let number = u64::from_be_bytes(change(first.get().to_be_bytes()));
    Key::new(key.tenant(), Row::Facts { log, first: Seq::new(number).unwrap_or(Seq::FIRST) })
}

fn trimmed(mut bytes: [u8; 8]) -> [u8; 8] {
    bytes.iter_mut().rev().take_while(|byte| matches!(**byte, 0 | b' ')).for_each(|byte| *byte = 0);
    bytes
}

const KEYS: [Defect; 8] = [
    ("rows of all tenants share a key", "tenants_are_apart", || Broken::sound().keys(of_one_tenant)),
    ("a scan returns rows of the next tenant", "scan_keeps_to_its_tenant", || {
        matching(|prefix, key| key.as_bytes()[16..].starts_with(&prefix.as_bytes()[16..]))
    }),
    ("a scan returns rows of other buckets", "scan_keeps_to_its_bucket", || {
        matching(|prefix, key| {
            let [key, prefix] = [key.as_bytes(), prefix.as_bytes()];
            key[..16] == prefix[..16] && key[17..].starts_with(&prefix[17..])
        })
    }),
    ("a scan returns rows of the next kind", "scan_keeps_to_its_kind", || {
        matching(|prefix, key| {
            key.as_bytes()[..17] == prefix.as_bytes()[..17] && key.as_bytes() > prefix.as_bytes()
        })
    }),
    ("a prefix is a pattern of LIKE", "wildcards_match_only_themselves", || {
        matching(|prefix, key| {
            let [key, prefix] = [key.as_bytes(), prefix.as_bytes()];
            let like = |(key, prefix): (&u8, &u8)| key == prefix || matches!(prefix, b'_' | b'%');
            key.len() > prefix.len() && key.iter().zip(prefix).all(like)
        })
    }),
    ("the end of a prefix is its last byte and one", "prefix_of_highest_bytes_is_scanned", || {
        matching(|prefix, key| {
            let mut end = prefix.as_bytes().to_vec();
            let last = end.len() - 1;
            end[last] = end[last].wrapping_add(1);
            key.as_bytes() >= prefix.as_bytes() && key.as_bytes() < &end[..]
        })
    }),
    ("capital and small letters are one key", "keys_differ_in_case", || {
        Broken::sound().keys(|key| numbered(key, |bytes| bytes.map(|byte| byte.to_ascii_lowercase())))
    }),
    ("blanks at the end of a key are trimmed", "keys_differ_in_one_byte", || {
        Broken::sound().keys(|key| numbered(key, trimmed))
    }),
];

const VALUES: [Defect; 8] = [
    ("a bit flips in long values", "every_byte_is_kept", || {
        Broken::sound().finds(|_, stored| {
            let mut bytes = stored.bytes.to_vec();
            if let Some(byte) = bytes.get_mut(200) {
                *byte ^= 1;
            }
            Some(Stored::new(stored.version, bytes))
        })
    }),
    ("a value ends at its first NUL", "nul_space_and_newline_are_kept", || {
        Broken::sound().finds(|_, stored| {
            let text = stored.bytes.split(|byte| *byte == 0).next().unwrap_or_default();
            Some(Stored::new(stored.version, text))
        })
    }),
    ("a value is read as UTF-8", "every_byte_is_kept", || {
        Broken::sound().finds(|_, stored| {
            let text = String::from_utf8_lossy(&stored.bytes).into_owned();
            Some(Stored::new(stored.version, text.into_bytes()))
        })
    }),
    ("an empty value is no record", "empty_value_is_a_record", || {
        Broken::sound().finds(|_, stored| (!stored.bytes.is_empty()).then_some(stored))
    }),
    ("a deleted record is an empty one", "deleted_record_is_none", || {
        Broken::sound().writes(|_, write| match (&write.action, write.expect) {
            (Action::Delete, Expect::At(_)) => Write { action: Action::Put([].into()), ..write.clone() },
            _ => write.clone(),
        })
    }),
    ("two records are returned for one another", "each_key_keeps_its_own_value", || {
        Broken::sound().reads(|db, what| {
            let mut records = never(db.read(what));
            if let [first, second, ..] = records.found.as_mut_slice() {
                std::mem::swap(first, second);
            }
            records
        })
    }),
    ("absent keys have no place in the answer", "each_key_has_its_place", || {
        Broken::sound().reads(|db, what| {
            let mut records = never(db.read(what));
            if what.keys().len() > 1 {
                records.found.retain(Option::is_some);
            }
            records
        })
    }),
    ("of many keys only some are looked up", "read_of_64_keys", || {
        Broken::sound().reads(|db, what| {
            let mut records = never(db.read(what));
            records.found.iter_mut().skip(50).for_each(|found| *found = None);
            records
        })
    }),
];

fn conflict(batch: &Batch) -> Receipt {
    Receipt::Conflict(keys(batch))
}

const GROUPS: [Defect; 5] = [
    ("receipts come in the wrong order", "receipts_are_in_order", || {
        Broken::sound().groups(|db, batches| never(db.commit(batches)).into_iter().rev().collect())
    }),
    ("a group stops at its first conflict", "conflict_does_not_stop_the_next", || {
        Broken::sound().groups(|db, batches| {
            let mut stopped = false;
            let one = |batch| {
                let receipt = if stopped { conflict(batch) } else { commit(db, batch) };
                stopped |= receipt != Receipt::Committed;
                receipt
            };
            batches.iter().map(one).collect()
        })
    }),
    ("a group is one transaction", "each_batch_is_atomic_alone", || {
        Broken::sound().groups(|db, batches| {
            let hold = |batch: &Batch| batch.writes().iter().all(|write| holds(db, write));
            match batches.iter().all(hold) {
                true => never(db.commit(batches)),
                false => batches.iter().map(conflict).collect(),
            }
        })
    }),
    ("all batches of a group are compared first", "later_batch_sees_earlier", || {
        Broken::sound().groups(|db, batches| {
            let hold = |batch: &Batch| batch.writes().iter().all(|write| holds(db, write));
            let held: Vec<_> = batches.iter().map(hold).collect();
            let one = |(batch, held)| match held {
                true => commit(db, &with(batch, |write| forced(db, write))),
                false => conflict(batch),
            };
            batches.iter().zip(held).map(one).collect()
        })
    }),
    ("batches after the fiftieth are dropped", "commit_of_many_batches", || {
        Broken::sound().groups(|db, batches| {
            let mut receipts = never(db.commit(&batches[..batches.len().min(50)]));
            receipts.resize(batches.len(), Receipt::Committed);
            receipts
        })
    }),
];

const UNKNOWNS: [Defect; 5] = [
    ("of a batch whose end is unknown a half arrives", "disturbed_commit_is_whole_or_nothing", || {
        Broken::sound().disturbed(|db, batch| {
            let half = batch.writes().iter().take(batch.writes().len() / 2).cloned();
            commit(db, &Batch::new(half).unwrap());
            Ok(Receipt::Unknown)
        })
    }),
    (
        "a lost connection is an error, and the batch was written",
        "disturbed_commit_is_whole_or_nothing",
        || {
            Broken::sound().disturbed(|db, batch| {
                commit(db, batch);
                Err(Interrupted)
            })
        },
    ),
    (
        "a lost connection is a conflict, and the batch was written",
        "disturbed_commit_is_whole_or_nothing",
        || {
            Broken::sound().disturbed(|db, batch| {
                commit(db, batch);
                Ok(conflict(batch))
            })
        },
    ),
    ("a commit is reported before it is written, and lost", "disturbed_commit_is_whole_or_nothing", || {
        Broken::sound().disturbed(|_, _| Ok(Receipt::Committed))
    }),
    ("after a lost connection the same batch is taken for a repetition", "disturbed_commit_settles", || {
        let sent = Arc::new(Mutex::new(Vec::<Batch>::new()));
        let same = Arc::clone(&sent);
        Broken::sound()
            .disturbed(move |_, batch| {
                sent.lock().unwrap().push(batch.clone());
                Ok(Receipt::Unknown)
            })
            .commits(move |db, batch| {
                if same.lock().unwrap().contains(batch) { Receipt::Committed } else { commit(db, batch) }
            })
    }),
];

fn all() -> Vec<Defect> {
    let groups: [&[Defect]; 9] =
        [&LOST, &TORN, &RACES, &VERSIONS, &SCANS, &KEYS, &VALUES, &GROUPS, &UNKNOWNS];
    groups.concat()
}

#[test]
fn l56_each_broken_store_fails_the_check_that_names_its_defect() {
    let mut missed = Vec::new();
    for (defect, name, broken) in all() {
        let check =
            CHECKS.iter().find(|check| check.name() == name).unwrap_or_else(|| panic!("no check {name}"));
        match check.run(&Breaking(broken)) {
            Outcome::Failed(_) => {}
            other => missed.push(format!("{defect}: {name} {other}")),
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn l56_the_store_that_is_broken_is_sound_before() {
    let report = run(&Breaking(Broken::sound));
    assert!(report.passed(), "{report}");
}

#[test]
fn l56_each_check_is_failed_by_some_broken_store() {
    let mut held: Vec<_> = CHECKS.iter().collect();
    for (_, _, broken) in all() {
        held.retain(|check| !matches!(check.run(&Breaking(broken)), Outcome::Failed(_)));
    }
    assert!(held.is_empty(), "no broken store fails {held:?}");
}
