use crate::conformance::bench::Bench;
use crate::conformance::outcome::{Checked, ensure};
use crate::conformance::probe::batch;
use crate::conformance::rows::{check, delete, new, put_at, record};
use crate::store::{Expect, Receipt};

pub(super) fn repeated_creation_conflicts(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let writes = [new(record(1), b"one"), new(record(2), b"two")];
    store.write(writes.clone())?;
    let at = store.holds(record(1), b"one")?;
    for _ in 0..3 {
        store.refused(writes.clone())?;
    }
    let found = store.holds(record(1), b"one")?;
    ensure!(found == at, "a batch that was sent again conflicted, but gave a new version");
    Ok(())
}

pub(super) fn repeated_replacement_conflicts(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let first = store.create(record(1), b"one")?;
    let second = store.replace(record(1), first, b"two")?;
    let third = store.replace(record(1), second, b"three")?;
    store.refused([put_at(record(1), first, b"two")])?;
    let found = store.holds(record(1), b"three")?;
    ensure!(found == third, "a batch that was sent again conflicted, but gave a new version");
    Ok(())
}

pub(super) fn repeated_delete_conflicts(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let first = store.create(record(1), b"one")?;
    store.remove(record(1), first)?;
    store.refused([delete(record(1), Expect::At(first))])?;
    store.create(record(1), b"two")?;
    store.refused([delete(record(1), Expect::At(first))])?;
    store.holds(record(1), b"two")?;
    Ok(())
}

pub(super) fn repeated_check_holds(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let at = store.create(record(1), b"one")?;
    for _ in 0..3 {
        store.write([check(record(1), Expect::At(at)), check(record(2), Expect::Absent)])?;
    }
    store.is_absent(record(2))?;
    Ok(())
}

pub(super) fn equal_batches_apply_once(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let creation = batch([new(record(1), b"one")])?;
    let receipts = store.commit(&[creation.clone(), creation])?;
    let both = [Receipt::Committed, Receipt::Conflict([record(1)].into())];
    ensure!(receipts == both, "two equal batches had the receipts {receipts:?}");
    let at = store.holds(record(1), b"one")?;
    let replacement = batch([put_at(record(1), at, b"two")])?;
    let receipts = store.commit(&[replacement.clone(), replacement])?;
    ensure!(receipts == both, "two equal batches had the receipts {receipts:?}");
    Ok(())
}
