use alloc::vec::Vec;

use crate::conformance::Failure;
use crate::conformance::bench::Bench;
use crate::conformance::outcome::{Checked, ensure};
use crate::conformance::probe::{Probe, check_bytes};
use crate::conformance::rows::{fact, facts, log, new};
use crate::store::{Key, ReadSet, Scan};

fn some_facts(store: Probe<'_>, count: u64) -> Result<Vec<Key>, Failure> {
    let keys: Vec<_> = (1..=count).map(|n| fact(log(1), n)).collect();
    for some in keys.chunks(64) {
        store.write(some.iter().map(|key| new(*key, key.as_bytes())))?;
    }
    Ok(keys)
}

pub(super) fn page_ends_at_its_limit(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    some_facts(store, 10)?;
    for limit in 1..10 {
        let page = store.page(Scan::new(facts(log(1)), limit))?;
        let got = page.records.len();
        ensure!(page.more, "a page of {got} records of 10 says that no more follow");
        ensure!(got > 0, "a page of limit {limit} is empty");
    }
    Ok(())
}

pub(super) fn last_page_says_so(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let keys = some_facts(store, 10)?;
    let last = keys.last().copied().unwrap_or_else(|| fact(log(1), 10));
    let page = store.page(Scan::new(facts(log(1)), 10).after(last))?;
    ensure!(!page.more, "a page after the last record says that more follow");
    for limit in [5, 10, 11] {
        let found = store.keys(facts(log(1)), limit)?;
        ensure!(found == keys, "{} of 10 records came before a page that was the last", found.len());
    }
    Ok(())
}

pub(super) fn pages_join_without_gap(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let keys = some_facts(store, 23)?;
    for limit in [1, 2, 3, 7, 22, 23, 24, 256] {
        let found = store.pages(facts(log(1)), limit)?;
        let [got, all] = [found.len(), keys.len()];
        ensure!(got == all, "pages of {limit} returned {got} of {all} records");
        for ((found, stored), key) in found.iter().zip(&keys) {
            ensure!(found == key, "pages of {limit} returned {found} where {key} is next");
            check_bytes(*key, &stored.bytes, key.as_bytes())?;
        }
    }
    Ok(())
}

pub(super) fn paging_survives_changes(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let keys: Vec<_> = (1..=12).map(|n| fact(log(1), n)).collect();
    let stays = |n: usize| n & 1 == 0;
    store.write(keys.iter().enumerate().filter(|(n, _)| stays(*n)).map(|(_, key)| new(*key, b"kept")))?;
    let mut scan = Scan::new(facts(log(1)), 2);
    let mut seen: Vec<Key> = Vec::new();
    loop {
        let page = store.page(scan)?;
        seen.extend(page.records.iter().map(|(key, _)| *key));
        let Some((last, stored)) = page.records.last().filter(|_| page.more) else { break };
        // The key to go on after is deleted, and one is made before it.
        store.remove(*last, stored.version)?;
        let gap = keys.iter().enumerate().find(|(n, key)| !stays(*n) && *key < last);
        if let Some((_, gap)) = gap
            && store.get(*gap)?.is_none()
        {
            store.create(*gap, b"new")?;
        }
        scan = scan.after(*last);
    }
    let expected: Vec<_> = keys.iter().enumerate().filter(|(n, _)| stays(*n)).map(|(_, key)| *key).collect();
    ensure!(seen == expected, "while others changed, the records that stayed came as {seen:?}");
    Ok(())
}

pub(super) fn scan_and_keys_in_one_read(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let keys = some_facts(store, 3)?;
    let asked = [fact(log(1), 2), fact(log(1), 4)];
    let what = ReadSet::new(asked).map_err(|error| Failure::because("the check", &error))?;
    let records = store.read(&what.with_scan(Scan::new(facts(log(1)), 10)))?;
    ensure!(
        matches!(records.found.as_slice(), [Some(_), None]),
        "beside a scan, the keys were {:?}",
        records.found
    );
    let scanned: Vec<_> = records.page.records.iter().map(|(key, _)| *key).collect();
    let first = !scanned.is_empty() && keys.starts_with(&scanned);
    ensure!(first && (records.page.more || scanned == keys), "beside keys, the scan was {scanned:?}");
    Ok(())
}
