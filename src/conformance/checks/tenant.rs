use crate::conformance::bench::Bench;
use crate::conformance::outcome::{Checked, ensure};
use crate::conformance::rows::{NEIGHBOUR, TENANT, fact, log, new, subject};
use crate::store::{Bucket, Key, Prefix, Row};

pub(super) fn tenants_are_apart(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let [own, other] = [TENANT, NEIGHBOUR].map(|tenant| Key::new(tenant, Row::Aggregate(subject(1))));
    let at = store.create(own, b"own")?;
    store.is_absent(other)?;
    let other_at = store.create(other, b"of another")?;
    let at = store.replace(own, at, b"own again")?;
    let found = store.holds(other, b"of another")?;
    ensure!(found == other_at, "a write of one tenant gave the row of another a new version");
    store.remove(own, at)?;
    store.holds(other, b"of another")?;
    Ok(())
}

pub(super) fn scan_keeps_to_its_tenant(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let rows = |tenant| [1, 2, 3].map(|n| Key::new(tenant, fact(log(1), n).row()));
    for tenant in [TENANT, NEIGHBOUR] {
        store.write(rows(tenant).map(|key| new(key, tenant.uuid().as_bytes())))?;
        store.write([new(Key::new(tenant, Row::Aggregate(subject(1))), b"state")])?;
    }
    for tenant in [TENANT, NEIGHBOUR] {
        let found = store.keys(Prefix::facts(tenant, log(1)), 2)?;
        ensure!(found == rows(tenant), "a scan of one tenant returned {found:?}");
        let found = store.keys(Prefix::aggregates(tenant, Bucket::of(subject(1))), 2)?;
        ensure!(found.len() == 1, "a scan of one tenant returned {found:?}");
    }
    Ok(())
}
