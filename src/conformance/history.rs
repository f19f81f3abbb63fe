extern crate std;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::conformance::Failure;
use crate::conformance::linear::{Call, End, Held, Search, Step, parts, search};
use crate::conformance::outcome::ensure;
use crate::conformance::probe::Probe;
use crate::conformance::rows::{check, delete, fact, facts, log, put};
use crate::conformance::threads::on_threads;
use crate::store::{Expect, Key, Receipt, RecordVersion, Scan, Stored, Write};

const THREADS: usize = 3;
const CALLS: u64 = 7;
/// Keys in each of two buckets.
const SHARED: u64 = 3;

/// What threads did and saw in one round, by a clock of their own.
pub(super) struct History {
    calls: Vec<Call>,
    /// What each version of a key held, as often as it was seen.
    versions: Vec<(usize, RecordVersion, u64)>,
    keys: usize,
}

/// How many histories were checked.
#[derive(Debug, Default)]
pub(super) struct Histories {
    histories: u64,
    calls: usize,
    searches: u64,
    given_up: u64,
}

impl Histories {
    pub(super) const ROUNDS: u128 = 30;

    /// Looks for an order that explains a history.
    pub(super) fn check(&mut self, history: &History) -> Result<(), Failure> {
        self.histories = self.histories.saturating_add(1);
        self.calls = self.calls.saturating_add(history.calls.len());
        let (mut held, mut given) = (BTreeMap::new(), BTreeMap::new());
        for (key, version, value) in &history.versions {
            let other = held.insert((*key, *version), *value);
            ensure!(other.is_none_or(|other| other == *value), "one version of a key held two values");
            let other = given.insert((*key, *value), *version);
            ensure!(other.is_none_or(|other| other == *version), "one put gave a key two versions");
        }
        for part in parts(&history.calls, history.keys) {
            self.searches = self.searches.saturating_add(1);
            match search(&part, history.keys) {
                Search::Explained => {}
                Search::TooLong => self.given_up = self.given_up.saturating_add(1),
                Search::Unexplained => {
                    let calls = part.len();
                    ensure!(false, "no order of {calls} concurrent calls explains what they saw");
                }
            }
        }
        Ok(())
    }
}

impl fmt::Display for Histories {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { histories, calls, searches, given_up } = self;
        write!(f, "{histories} histories of {calls} calls, {searches} searches, {given_up} given up")
    }
}

/// Lets threads read and write a few new keys of two buckets at once, and writes down what they saw.
pub(super) fn record_round(store: Probe<'_>, round: u128) -> Result<History, Failure> {
    let first = round.saturating_mul(2);
    let logs = [log(first), log(first.saturating_add(1))];
    let keys: Vec<_> = logs.iter().flat_map(|log| (1..=SHARED).map(|n| fact(*log, n))).collect();
    let clock = AtomicU64::new(0);
    let histories = on_threads(THREADS, |thread| {
        let seed = u64::try_from(thread).unwrap_or_default();
        let mut worker = Worker::new(store, &keys, &clock, seed.saturating_add(round_seed(round)));
        for _ in 0..CALLS {
            worker.step(logs)?;
            thread::yield_now();
        }
        Ok((worker.calls, worker.versions))
    })?;
    let (mut calls, mut versions) = (Vec::new(), Vec::new());
    for (own_calls, own_versions) in histories {
        calls.extend(own_calls);
        versions.extend(own_versions);
    }
    Ok(History { calls, versions, keys: keys.len() })
}

fn round_seed(round: u128) -> u64 {
    u64::try_from(round).unwrap_or_default().wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// One thread of a round.
struct Worker<'a> {
    store: Probe<'a>,
    keys: &'a [Key],
    clock: &'a AtomicU64,
    random: u64,
    calls: Vec<Call>,
    versions: Vec<(usize, RecordVersion, u64)>,
}

impl<'a> Worker<'a> {
    fn new(store: Probe<'a>, keys: &'a [Key], clock: &'a AtomicU64, seed: u64) -> Self {
        let random = seed.wrapping_mul(2).wrapping_add(1);
        Self { store, keys, clock, random, calls: Vec::new(), versions: Vec::new() }
    }

    fn tick(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }

    /// A number below `n`, the same ones in every run.
    fn below(&mut self, n: u64) -> u64 {
        self.random ^= self.random.wrapping_shl(13);
        self.random ^= self.random.wrapping_shr(7);
        self.random ^= self.random.wrapping_shl(17);
        self.random.wrapping_shr(11).checked_rem(n).unwrap_or_default()
    }

    fn step(&mut self, logs: [crate::id::LogId; 2]) -> Result<(), Failure> {
        let [one, other] = [self.any_key(), self.any_key()];
        match self.below(8) {
            0 => self.read(&[one, other]).map(drop),
            1 => {
                let [log, other] = logs;
                let log = if self.below(2) == 0 { log } else { other };
                self.scan(Scan::new(facts(log), 10))
            }
            2..=4 => self.write(&[one]),
            _ => self.write(&[one, other]),
        }
    }

    fn any_key(&mut self) -> (usize, Key) {
        let n = self.below(u64::try_from(self.keys.len()).unwrap_or(1));
        let n = usize::try_from(n).unwrap_or_default();
        (n, self.keys.get(n).copied().unwrap_or_else(|| fact(log(1), 1)))
    }

    /// Notes what was seen of one key.
    fn saw(&mut self, from: u64, to: u64, key: usize, stored: Option<&Stored>) -> Result<(), Failure> {
        let expect = value(stored)?;
        if let (Some(stored), Some(value)) = (stored, expect) {
            self.versions.push((key, stored.version, value));
        }
        let steps = [Step { key, expect, write: None }].into();
        self.calls.push(Call { from, to, steps, end: End::Done });
        Ok(())
    }

    fn read(&mut self, wanted: &[(usize, Key)]) -> Result<Vec<(usize, Key, Option<Stored>)>, Failure> {
        let mut wanted = wanted.to_vec();
        wanted.sort_unstable_by_key(|(_, key)| *key);
        wanted.dedup();
        let keys: Vec<_> = wanted.iter().map(|(_, key)| *key).collect();
        let from = self.tick();
        let found = self.store.read_keys(&keys)?;
        let to = self.tick();
        let found: Vec<_> =
            wanted.into_iter().zip(found).map(|((n, key), stored)| (n, key, stored)).collect();
        found.iter().try_for_each(|(n, _, stored)| self.saw(from, to, *n, stored.as_ref()))?;
        Ok(found)
    }

    fn scan(&mut self, scan: Scan) -> Result<(), Failure> {
        let from = self.tick();
        let page = self.store.page(scan)?;
        let to = self.tick();
        let keys = self.keys;
        // Of what a short page leaves out nothing is known.
        let last = page.records.last().filter(|_| page.more).map(|(key, _)| *key);
        let within = |key: &Key| scan.prefix.covers(key) && last.is_none_or(|last| *key <= last);
        for (n, key) in keys.iter().enumerate().filter(|(_, key)| within(key)) {
            let stored = page.records.iter().find(|(found, _)| found == key).map(|(_, stored)| stored);
            self.saw(from, to, n, stored)?;
        }
        Ok(())
    }

    /// Reads some keys, and then writes, deletes or checks what was seen.
    fn write(&mut self, wanted: &[(usize, Key)]) -> Result<(), Failure> {
        let seen = self.read(wanted)?;
        let mut writes = Vec::new();
        let mut steps = Vec::new();
        for (n, key, stored) in seen {
            // No other value of the round has this number.
            let new = self.tick();
            let (write, write_held) = self.plan(key, stored.as_ref(), new);
            steps.push(Step { key: n, expect: value(stored.as_ref())?, write: write_held });
            writes.push(write);
        }
        thread::yield_now();
        let from = self.tick();
        // An error says that nothing was written.
        let Ok(receipt) = self.store.batch(writes) else { return Ok(()) };
        let to = self.tick();
        let end = match receipt {
            Receipt::Committed => End::Done,
            Receipt::Unknown => End::Unknown,
            Receipt::Conflict(named) => {
                let number = |key: &Key| self.keys.iter().position(|own| own == key);
                End::Refused(named.iter().filter_map(number).collect())
            }
        };
        self.calls.push(Call { from, to, steps, end });
        Ok(())
    }

    fn plan(&mut self, key: Key, stored: Option<&Stored>, new: u64) -> (Write, Option<Held>) {
        let expect = stored.map_or(Expect::Absent, |stored| Expect::At(stored.version));
        match self.below(6) {
            0 => (check(key, expect), None),
            1 => (delete(key, expect), Some(None)),
            _ => (put(key, expect, &new.to_be_bytes()), Some(Some(new))),
        }
    }
}

fn value(stored: Option<&Stored>) -> Result<Held, Failure> {
    let Some(stored) = stored else { return Ok(None) };
    match <[u8; 8]>::try_from(&*stored.bytes) {
        Ok(bytes) => Ok(Some(u64::from_be_bytes(bytes))),
        Err(_) => Err(Failure::new("a value is there that nobody put")),
    }
}
