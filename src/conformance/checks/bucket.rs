use alloc::vec::Vec;

use crate::conformance::bench::Bench;
use crate::conformance::outcome::{Checked, ensure};
use crate::conformance::rows::{TENANT, new, record};
use crate::store::{Bucket, Key, Prefix};

fn states() -> Vec<Key> {
    let mut keys: Vec<_> = (1..=60).map(record).collect();
    keys.sort_unstable();
    keys
}

pub(super) fn scan_keeps_to_its_bucket(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let keys = states();
    store.write(keys.iter().map(|key| new(*key, b"state")))?;
    for key in keys.iter().take(10) {
        let found = store.keys(Prefix::aggregates(TENANT, key.bucket()), 2)?;
        let expected: Vec<_> = keys.iter().filter(|other| other.bucket() == key.bucket()).copied().collect();
        ensure!(found == expected, "a scan of one bucket returned {found:?}");
    }
    Ok(())
}

pub(super) fn all_buckets_hold_all(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let keys = states();
    store.write(keys.iter().map(|key| new(*key, b"state")))?;
    let mut found = Vec::new();
    for bucket in Bucket::all() {
        found.extend(store.keys(Prefix::aggregates(TENANT, bucket), 10)?);
    }
    ensure!(found == keys, "scans of all buckets returned {} records of {}", found.len(), keys.len());
    Ok(())
}
