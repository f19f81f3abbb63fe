extern crate std;

use alloc::string::ToString;
use alloc::vec::Vec;
use std::thread;

use crate::conformance::Failure;
use crate::conformance::bench::Bench;
use crate::conformance::history::{Histories, record_round};
use crate::conformance::outcome::{Checked, ensure};
use crate::conformance::probe::Probe;
use crate::conformance::rows::{check, new, put_at, record};
use crate::conformance::threads::on_threads;
use crate::store::{Expect, Key, Receipt, Write};

const THREADS: usize = 4;
const EACH: usize = 24;
/// A write that never gets through is a livelock.
const MAX_ATTEMPTS: u32 = 10_000;

/// A value that counts for each thread apart: whose increments were lost shows.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Counts([u8; THREADS]);

impl Counts {
    fn of(thread: usize, count: u8) -> Self {
        Self(core::array::from_fn(|n| if n == thread { count } else { 0 }))
    }

    fn read(bytes: &[u8]) -> Result<Self, Failure> {
        bytes.try_into().map(Self).map_err(|_| Failure::new("a value is there that nobody put"))
    }

    fn get(self, thread: usize) -> u8 {
        self.0.get(thread).copied().unwrap_or_default()
    }

    fn and(self, other: Self) -> Self {
        Self(core::array::from_fn(|n| self.get(n).saturating_add(other.get(n))))
    }
}

/// Says what became of one batch. Whoever has no answer looks.
fn attempt(store: Probe<'_>, writes: impl IntoIterator<Item = Write>) -> Receipt {
    store.batch(writes).unwrap_or(Receipt::Unknown)
}

/// Adds one for a thread to some counters at once.
fn increment(store: Probe<'_>, keys: &[Key], thread: usize) -> Result<(), Failure> {
    let mut began = None;
    for _ in 0..MAX_ATTEMPTS {
        let mut writes = Vec::new();
        for key in keys {
            let stored = store.find(*key)?;
            let counts = Counts::read(&stored.bytes)?;
            let own = (*key, counts.get(thread));
            if *began.get_or_insert(own) != own && writes.is_empty() {
                return Ok(()); // An attempt of unknown end took place.
            }
            writes.push(put_at(*key, stored.version, &counts.and(Counts::of(thread, 1)).0));
        }
        // Others are to come between what was read and what is written.
        thread::yield_now();
        match attempt(store, writes) {
            Receipt::Committed => return Ok(()),
            Receipt::Conflict(_) | Receipt::Unknown => thread::yield_now(),
        }
    }
    Err(Failure::new(alloc::format!("a write did not get through in {MAX_ATTEMPTS} attempts")))
}

fn counted(store: Probe<'_>, key: Key, expected: u8) -> Result<(), Failure> {
    let counts = Counts::read(&store.find(key)?.bytes)?;
    for count in counts.0 {
        ensure!(count == expected, "a thread added {expected} to {key}, and {count} of them are there");
    }
    Ok(())
}

pub(super) fn concurrent_increments_add_up(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    store.create(record(1), &[0; THREADS])?;
    on_threads(THREADS, |thread| (0..EACH).try_for_each(|_| increment(store, &[record(1)], thread)))?;
    Ok(counted(store, record(1), 24)?)
}

pub(super) fn concurrent_batches_add_up(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let keys = [1, 2, 3].map(record);
    store.write(keys.map(|key| new(key, &[0; THREADS])))?;
    let [one, two, three] = keys;
    let pairs = [[one, two], [two, three], [three, one]];
    on_threads(THREADS, |thread| {
        (0..EACH / 3).try_for_each(|_| pairs.iter().try_for_each(|pair| increment(store, pair, thread)))
    })?;
    keys.into_iter().try_for_each(|key| counted(store, key, 16))?;
    Ok(())
}

pub(super) fn one_creation_wins(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    for round in 1..=12 {
        let key = record(round);
        let create = |thread: usize| {
            let own = Counts::of(thread, 1);
            Ok((own, attempt(store, [new(key, &own.0)])))
        };
        let ends = on_threads(THREADS, create)?;
        let there = Counts::read(&store.find(key)?.bytes)?;
        for (own, receipt) in ends {
            let won = own == there;
            ensure!(won || receipt != Receipt::Committed, "two threads created one record, by the receipts");
            ensure!(
                !won || !matches!(receipt, Receipt::Conflict(_)),
                "a record was created, and its receipt is a conflict"
            );
        }
    }
    Ok(())
}

pub(super) fn crossed_checks_do_not_both_commit(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    for round in (1..=60).step_by(2) {
        let [one, other] = [record(round), record(round.saturating_add(1))];
        let [one_at, other_at] = [store.create(one, b"unseen")?, store.create(other, b"unseen")?];
        let cross = |thread| {
            let [(checked, checked_at), (written, written_at)] = match thread {
                0 => [(one, one_at), (other, other_at)],
                _ => [(other, other_at), (one, one_at)],
            };
            Ok(attempt(
                store,
                [check(checked, Expect::At(checked_at)), put_at(written, written_at, b"written")],
            ))
        };
        let receipts = on_threads(2, cross)?;
        let both = receipts.iter().all(|receipt| *receipt == Receipt::Committed);
        ensure!(!both, "two batches each checked what the other wrote, and both were committed");
    }
    Ok(())
}

pub(super) fn histories_are_linearizable(bench: &mut dyn Bench) -> Checked {
    let mut histories = Histories::default();
    for round in 1..=Histories::ROUNDS {
        let history = record_round(bench.store(), round)?;
        histories.check(&history)?;
    }
    bench.note(histories.to_string());
    Ok(())
}
