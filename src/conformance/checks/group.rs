use alloc::vec::Vec;

use crate::conformance::Failure;
use crate::conformance::bench::Bench;
use crate::conformance::outcome::{Checked, ensure};
use crate::conformance::probe::{Probe, batch};
use crate::conformance::rows::{delete, fact, log, new, put_at, record};
use crate::store::{Expect, Receipt, Write};

/// Commits several batches at once; true for each that was committed, false for each conflict.
fn commit(store: Probe<'_>, groups: &[&[Write]]) -> Result<Vec<bool>, Failure> {
    let batches: Result<Vec<_>, _> = groups.iter().map(|writes| batch(writes.iter().cloned())).collect();
    let committed = |receipt| match receipt {
        Receipt::Committed => Ok(true),
        Receipt::Conflict(_) => Ok(false),
        Receipt::Unknown => {
            Err(Failure::new("the store did not know what became of a batch, and nothing disturbed it"))
        }
    };
    store.commit(&batches?)?.into_iter().map(committed).collect()
}

pub(super) fn receipts_are_in_order(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    store.create(record(3), b"there")?;
    let groups: [&[Write]; 4] =
        [&[new(record(1), b"1")], &[new(record(2), b"2")], &[new(record(3), b"3")], &[new(record(4), b"4")]];
    let committed = commit(store, &groups)?;
    ensure!(
        committed == [true, true, false, true],
        "the third of four batches conflicts, but committed are {committed:?}"
    );
    Ok(())
}

pub(super) fn later_batch_sees_earlier(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let old = store.create(record(1), b"old")?;
    let groups: [&[Write]; 4] = [
        &[delete(record(1), Expect::At(old))],
        &[new(record(1), b"new")],
        &[new(record(1), b"too late")],
        &[put_at(record(1), old, b"too late")],
    ];
    let committed = commit(store, &groups)?;
    ensure!(
        committed == [true, true, false, false],
        "batches that build on one another: committed are {committed:?}"
    );
    store.holds(record(1), b"new")?;
    Ok(())
}

pub(super) fn conflict_does_not_stop_the_next(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    store.create(record(1), b"there")?;
    let committed = commit(store, &[&[new(record(1), b"new")], &[new(record(2), b"new")]])?;
    ensure!(
        committed == [false, true],
        "the first of two batches conflicts, but committed are {committed:?}"
    );
    store.holds(record(1), b"there")?;
    store.holds(record(2), b"new")?;
    Ok(())
}

pub(super) fn each_batch_is_atomic_alone(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let row = |n| fact(log(1), n);
    store.create(row(4), b"there")?;
    let groups: [&[Write]; 3] = [
        &[new(row(1), b"first"), new(row(2), b"first")],
        &[new(row(3), b"second"), new(row(4), b"second")],
        &[new(row(5), b"third"), new(row(6), b"third")],
    ];
    let committed = commit(store, &groups)?;
    ensure!(
        committed == [true, false, true],
        "the second of three batches conflicts, but committed are {committed:?}"
    );
    for (n, bytes) in [(1, "first"), (2, "first"), (4, "there"), (5, "third"), (6, "third")] {
        store.holds(row(n), bytes.as_bytes())?;
    }
    store.is_absent(row(3))?;
    Ok(())
}

pub(super) fn nothing_to_commit(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    store.commit(&[])?;
    let committed = commit(store, &[&[], &[new(record(1), b"new")]])?;
    ensure!(committed == [true, true], "a batch of no writes and another: committed are {committed:?}");
    store.holds(record(1), b"new")?;
    Ok(())
}
