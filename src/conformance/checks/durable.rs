use crate::conformance::bench::Bench;
use crate::conformance::checks::version::Versions;
use crate::conformance::outcome::{Checked, ensure};
use crate::conformance::rows::{delete, fact, facts, log, new, put_at, record};
use crate::store::Expect;

pub(super) fn committed_survives_reopening(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let at = store.create(record(1), b"first")?;
    store.write([put_at(record(1), at, b"second"), new(record(2), b"beside it")])?;
    let at = store.holds(record(1), b"second")?;
    store.write((1..=20).map(|n| new(fact(log(1), n), &n.to_be_bytes())))?;
    bench.reopen()?;
    let store = bench.store();
    let found = store.holds(record(1), b"second")?;
    ensure!(found == at, "a record has another version after the store was opened again");
    store.holds(record(2), b"beside it")?;
    let facts = store.keys(facts(log(1)), 7)?;
    ensure!(facts.len() == 20, "of 20 records, {} are there after the store was opened again", facts.len());
    Ok(())
}

pub(super) fn deleted_stays_deleted_after_reopening(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let at = store.create(record(1), b"gone")?;
    store.create(record(2), b"kept")?;
    store.write([delete(record(1), Expect::At(at))])?;
    bench.reopen()?;
    bench.store().is_absent(record(1))?;
    bench.store().holds(record(2), b"kept")?;
    Ok(())
}

pub(super) fn versions_grow_after_reopening(bench: &mut dyn Bench) -> Checked {
    let mut versions = Versions::default();
    for _ in 0..3 {
        let store = bench.store();
        let at = store.create(record(1), b"same")?;
        versions.add(at)?;
        let at = store.replace(record(1), at, b"same")?;
        versions.add(at)?;
        store.remove(record(1), at)?;
        bench.reopen()?;
    }
    Ok(())
}
