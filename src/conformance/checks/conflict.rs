use crate::conformance::bench::Bench;
use crate::conformance::outcome::{Checked, ensure};
use crate::conformance::rows::{check, delete, fact, log, new, put_at, record};
use crate::store::{Expect, RecordVersion};

pub(super) fn creating_what_exists_conflicts(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    store.create(record(1), b"there")?;
    store.refused([new(record(1), b"new")])?;
    store.holds(record(1), b"there")?;
    Ok(())
}

pub(super) fn replacing_what_is_absent_conflicts(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    store.refused([put_at(record(1), RecordVersion::FIRST, b"new")])?;
    store.is_absent(record(1))?;
    let at = store.create(record(2), b"gone")?;
    store.remove(record(2), at)?;
    store.refused([put_at(record(2), at, b"new")])?;
    store.is_absent(record(2))?;
    Ok(())
}

pub(super) fn old_version_conflicts(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let first = store.create(record(1), b"one")?;
    let second = store.replace(record(1), first, b"two")?;
    store.refused([put_at(record(1), first, b"three")])?;
    let found = store.holds(record(1), b"two")?;
    ensure!(found == second, "a batch conflicted, but gave a new version");
    Ok(())
}

pub(super) fn version_not_yet_given_conflicts(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let at = store.create(record(1), b"one")?;
    store.refused([put_at(record(1), at.next(), b"two")])?;
    store.holds(record(1), b"one")?;
    Ok(())
}

pub(super) fn deleting_an_old_version_conflicts(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let first = store.create(record(1), b"one")?;
    store.replace(record(1), first, b"two")?;
    store.refused([delete(record(1), Expect::At(first))])?;
    store.holds(record(1), b"two")?;
    Ok(())
}

pub(super) fn checking_an_old_version_conflicts(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    // The key that is only checked sorts behind the one that is written, then before it.
    for (checked, written) in [(fact(log(1), 2), fact(log(1), 1)), (fact(log(2), 1), fact(log(2), 2))] {
        let first = store.create(checked, b"one")?;
        store.replace(checked, first, b"two")?;
        store.refused([check(checked, Expect::At(first)), new(written, b"new")])?;
        store.is_absent(written)?;
    }
    Ok(())
}

pub(super) fn checking_absence_of_what_exists_conflicts(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    store.create(record(1), b"there")?;
    store.refused([check(record(1), Expect::Absent), new(record(2), b"new")])?;
    store.is_absent(record(2))?;
    Ok(())
}

pub(super) fn swapped_versions_conflict(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let [one, other] = [fact(log(1), 1), fact(log(1), 2)];
    let one_at = store.create(one, b"one")?;
    let mut other_at = store.create(other, b"other")?;
    if one_at == other_at {
        // Stores may count per key.
        other_at = store.replace(other, other_at, b"other")?;
    }
    store.refused([put_at(one, other_at, b"new"), put_at(other, one_at, b"new")])?;
    store.holds(one, b"one")?;
    store.holds(other, b"other")?;
    Ok(())
}

pub(super) fn conflict_names_only_what_differs(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let [good, bad, fine] = [record(1), record(2), record(3)];
    let at = store.create(good, b"there")?;
    store.create(bad, b"there")?;
    let named = store.refused([put_at(good, at, b"new"), new(bad, b"new"), new(fine, b"new")])?;
    ensure!(named == [bad], "{bad} was not as expected, but the conflict names {named:?}");
    Ok(())
}
