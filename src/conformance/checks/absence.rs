use alloc::string::ToString;
use alloc::vec::Vec;

use crate::conformance::bench::Bench;
use crate::conformance::outcome::{Checked, ensure};
use crate::conformance::probe::check_bytes;
use crate::conformance::rows::{check, delete, fact, facts, log, new, record};
use crate::store::{Expect, Page, ReadSet, Records, Scan};

pub(super) fn missing_record_is_none(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    store.is_absent(record(1))?;
    store.create(record(2), b"another")?;
    store.is_absent(record(1))?;
    Ok(())
}

pub(super) fn deleted_record_is_none(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let [kept, gone] = [fact(log(1), 1), fact(log(1), 2)];
    store.create(kept, b"kept")?;
    let at = store.create(gone, b"gone")?;
    store.remove(gone, at)?;
    let keys = store.keys(facts(log(1)), 10)?;
    ensure!(keys == [kept], "a scan after a delete returned {keys:?}");
    Ok(())
}

pub(super) fn each_key_has_its_place(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let keys: Vec<_> = (1..=20).map(|n| fact(log(1), n)).collect();
    let odd = |n: usize| n & 1 == 1;
    for (n, key) in keys.iter().enumerate().filter(|(n, _)| odd(*n)) {
        store.write([new(*key, n.to_string().as_bytes())])?;
    }
    for (n, (key, found)) in keys.iter().zip(store.read_keys(&keys)?).enumerate() {
        ensure!(found.is_some() == odd(n), "{key} at place {n} is {found:?}");
        if let Some(found) = found {
            check_bytes(*key, &found.bytes, n.to_string().as_bytes())?;
        }
    }
    Ok(())
}

pub(super) fn empty_read_finds_nothing(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    store.create(fact(log(1), 1), b"there")?;
    let records = store.read(&ReadSet::default())?;
    ensure!(records == Records::default(), "a read of nothing returned {records:?}");
    let page = store.page(Scan::new(facts(log(2)), 10))?;
    ensure!(page == Page::default(), "a scan of nothing returned {page:?}");
    Ok(())
}

pub(super) fn checking_absence_holds(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    store.write([check(record(1), Expect::Absent), new(record(2), b"new")])?;
    store.holds(record(2), b"new")?;
    store.is_absent(record(1))?;
    Ok(())
}

pub(super) fn deleting_what_is_absent_does_nothing(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    store.write([delete(record(1), Expect::Absent)])?;
    store.is_absent(record(1))?;
    store.create(record(1), b"there")?;
    store.refused([delete(record(1), Expect::Absent)])?;
    store.holds(record(1), b"there")?;
    Ok(())
}
