use alloc::vec::Vec;

use crate::conformance::bench::Bench;
use crate::conformance::outcome::{Checked, ensure};
use crate::conformance::probe::Probe;
use crate::conformance::rows::{check, delete, fact, log, new, put_at, record};
use crate::store::{Expect, Key};

pub(super) fn batch_writes_every_key(bench: &mut dyn Bench) -> Checked {
    writes_all(bench.store(), &[fact(log(1), 1), fact(log(1), 2), fact(log(1), 3)])
}

pub(super) fn batch_across_buckets_is_whole(bench: &mut dyn Bench) -> Checked {
    writes_all(bench.store(), &[record(1), record(2), record(3), record(4)])
}

fn writes_all(store: Probe<'_>, keys: &[Key]) -> Checked {
    store.write(keys.iter().map(|key| new(*key, b"first")))?;
    let versions: Result<Vec<_>, _> = keys.iter().map(|key| store.holds(*key, b"first")).collect();
    store.write(keys.iter().zip(versions?).map(|(key, at)| put_at(*key, at, b"second")))?;
    for key in keys {
        store.holds(*key, b"second")?;
    }
    Ok(())
}

pub(super) fn batch_mixes_puts_deletes_and_checks(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let [made, replaced, deleted, checked] = [record(1), record(2), record(3), record(4)];
    let replaced_at = store.create(replaced, b"old")?;
    let deleted_at = store.create(deleted, b"old")?;
    let checked_at = store.create(checked, b"old")?;
    store.write([
        new(made, b"new"),
        put_at(replaced, replaced_at, b"new"),
        delete(deleted, Expect::At(deleted_at)),
        check(checked, Expect::At(checked_at)),
    ])?;
    store.holds(made, b"new")?;
    store.holds(replaced, b"new")?;
    store.is_absent(deleted)?;
    store.holds(checked, b"old")?;
    Ok(())
}

pub(super) fn conflict_on_first_key_writes_nothing(bench: &mut dyn Bench) -> Checked {
    let rows = [fact(log(1), 1), fact(log(1), 2)];
    writes_nothing(bench.store(), &rows, 0)
}

pub(super) fn conflict_on_second_key_writes_nothing(bench: &mut dyn Bench) -> Checked {
    let rows = [fact(log(1), 1), fact(log(1), 2)];
    writes_nothing(bench.store(), &rows, 1)
}

pub(super) fn conflict_on_last_key_writes_nothing(bench: &mut dyn Bench) -> Checked {
    let rows: Vec<_> = (1..=40).map(|n| fact(log(1), n)).collect();
    writes_nothing(bench.store(), &rows, 39)
}

pub(super) fn conflict_in_other_bucket_writes_nothing(bench: &mut dyn Bench) -> Checked {
    let rows = [record(1), record(2), record(3)];
    for stale in 0..rows.len() {
        writes_nothing(bench.store(), &rows, stale)?;
    }
    Ok(())
}

/// Replaces all keys at once, one of them at an old version.
fn writes_nothing(store: Probe<'_>, keys: &[Key], stale: usize) -> Checked {
    let mut versions = Vec::new();
    for (at, key) in keys.iter().enumerate() {
        if let Some(left) = store.get(*key)? {
            store.remove(*key, left.version)?;
        }
        let first = store.create(*key, b"first")?;
        let second = store.replace(*key, first, b"second")?;
        versions.push((*key, second, if at == stale { first } else { second }));
    }
    store.refused(versions.iter().map(|(key, _, expected)| put_at(*key, *expected, b"third")))?;
    for (key, version, _) in versions {
        let found = store.holds(key, b"second")?;
        ensure!(found == version, "a batch conflicted, but {key} has a new version");
    }
    Ok(())
}

pub(super) fn conflict_deletes_nothing(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let [first, second, third] = [fact(log(1), 1), fact(log(1), 2), fact(log(1), 3)];
    let at = store.create(first, b"kept")?;
    store.create(second, b"there")?;
    store.refused([delete(first, Expect::At(at)), new(second, b"new"), new(third, b"new")])?;
    store.holds(first, b"kept")?;
    store.holds(second, b"there")?;
    store.is_absent(third)?;
    Ok(())
}
