use crate::conformance::Failure;
use crate::conformance::bench::Bench;
use crate::conformance::outcome::{Checked, ensure};
use crate::conformance::rows::{check, fact, facts, log, new, put_at, record};
use crate::store::{Expect, RecordVersion};

/// The last version of one key.
#[derive(Default)]
pub(super) struct Versions(Option<RecordVersion>);

impl Versions {
    /// Takes up a version that a write just gave.
    pub(super) fn add(&mut self, version: RecordVersion) -> Result<(), Failure> {
        if let Some(last) = self.0.replace(version) {
            let (last, number) = (last.get(), version.get());
            ensure!(last < number, "version {number} was given to a key that had version {last} before");
        }
        Ok(())
    }
}

pub(super) fn every_put_gives_a_new_version(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let mut versions = Versions::default();
    let mut at = store.create(record(1), b"same")?;
    versions.add(at)?;
    for _ in 0..5 {
        at = store.replace(record(1), at, b"same")?;
        versions.add(at)?;
    }
    Ok(())
}

pub(super) fn recreation_gives_a_new_version(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let old = store.create(record(1), b"same")?;
    store.remove(record(1), old)?;
    let new = store.create(record(1), b"same")?;
    ensure!(old < new, "a record that was made anew has a version no higher than the one that was deleted");
    store.refused([put_at(record(1), old, b"written by who saw the deleted one")])?;
    store.holds(record(1), b"same")?;
    Ok(())
}

pub(super) fn versions_only_grow(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let mut versions = Versions::default();
    for round in 0..20_u64 {
        let mut at = store.create(record(1), b"new")?;
        versions.add(at)?;
        for n in 0..round & 3 {
            at = store.replace(record(1), at, &n.to_be_bytes())?;
            versions.add(at)?;
        }
        store.remove(record(1), at)?;
    }
    Ok(())
}

pub(super) fn check_keeps_the_version(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let at = store.create(record(1), b"checked")?;
    store.write([check(record(1), Expect::At(at)), new(record(2), b"new")])?;
    let found = store.holds(record(1), b"checked")?;
    ensure!(found == at, "a check gave a record a new version");
    Ok(())
}

pub(super) fn conflict_keeps_the_version(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let [first, second] = [fact(log(1), 1), fact(log(1), 2)];
    let first_at = store.create(first, b"first")?;
    let second_at = store.create(second, b"second")?;
    store.refused([put_at(first, first_at, b"new"), new(second, b"new")])?;
    let found = [store.holds(first, b"first")?, store.holds(second, b"second")?];
    ensure!(found == [first_at, second_at], "a batch that conflicted gave a new version");
    Ok(())
}

pub(super) fn other_keys_keep_their_version(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let at = store.create(fact(log(1), 1), b"one")?;
    let other = store.create(fact(log(1), 2), b"other")?;
    let other = store.replace(fact(log(1), 2), other, b"again")?;
    store.remove(fact(log(1), 2), other)?;
    let found = store.holds(fact(log(1), 1), b"one")?;
    ensure!(found == at, "a write of one key gave another a new version");
    Ok(())
}

pub(super) fn scan_and_read_agree(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    for n in 1..=6_u64 {
        let at = store.create(fact(log(1), n), b"first")?;
        if n & 1 == 0 {
            store.replace(fact(log(1), n), at, b"second")?;
        }
    }
    let scanned = store.pages(facts(log(1)), 4)?;
    ensure!(scanned.len() == 6, "a scan of 6 records returned {}", scanned.len());
    for (key, scanned) in scanned {
        let read = store.find(key)?;
        ensure!(read == scanned, "{key}: a read gave {read:?}, a scan {scanned:?}");
    }
    Ok(())
}
