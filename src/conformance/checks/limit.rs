use alloc::vec::Vec;

use crate::conformance::bench::Bench;
use crate::conformance::outcome::{Checked, ensure};
use crate::conformance::probe::batch;
use crate::conformance::rows::{fact, facts, log, new, record};
use crate::store::{Batch, Key, ReadSet, Receipt, Scan};

fn many(count: u64) -> Vec<Key> {
    (1..=count).map(|n| fact(log(1), n)).collect()
}

pub(super) fn read_of_64_keys(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let keys: Vec<_> = (1_u128..).map(record).take(ReadSet::MAX_KEYS).collect();
    for key in &keys {
        store.write([new(*key, key.as_bytes())])?;
    }
    let found = store.read_keys(&keys)?;
    ensure!(found.iter().all(Option::is_some), "a read of 64 records that are there did not find all");
    Ok(())
}

pub(super) fn batch_of_64_writes(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let keys = many(60).into_iter().chain([record(1), record(2), record(3), record(4)]);
    let keys: Vec<_> = keys.take(Batch::MAX_WRITES).collect();
    store.write(keys.iter().map(|key| new(*key, key.as_bytes())))?;
    for key in keys {
        store.holds(key, key.as_bytes())?;
    }
    Ok(())
}

pub(super) fn page_of_256_records(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let keys = many(300);
    for some in keys.chunks(Batch::MAX_WRITES) {
        store.write(some.iter().map(|key| new(*key, b"fact")))?;
    }
    let page = store.page(Scan::new(facts(log(1)), Scan::MAX_LIMIT))?;
    ensure!(page.more, "a page of 256 records of 300 says that no more follow");
    let found = store.keys(facts(log(1)), Scan::MAX_LIMIT)?;
    ensure!(found == keys, "pages of 256 returned {} of 300 records", found.len());
    Ok(())
}

pub(super) fn commit_of_many_batches(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let keys = many(100);
    let batches: Result<Vec<_>, _> = keys.iter().map(|key| batch([new(*key, key.as_bytes())])).collect();
    let receipts = store.commit(&batches?)?;
    let all = receipts.iter().all(|receipt| *receipt == Receipt::Committed);
    ensure!(all, "not every one of 100 batches was committed");
    let found = store.keys(facts(log(1)), Scan::MAX_LIMIT)?;
    ensure!(found == keys, "100 batches were committed, and {} are there", found.len());
    Ok(())
}
