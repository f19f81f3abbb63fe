use alloc::vec::Vec;

use crate::conformance::bench::Bench;
use crate::conformance::outcome::{Checked, ensure};
use crate::conformance::probe::Probe;
use crate::conformance::rows::{TENANT, fact, facts, log, new, record, subject};
use crate::store::{Bucket, Key, Page, Prefix, Row, Scan};
use crate::time::{Span, Timestamp};

/// Numbers whose bytes sort otherwise as signed numbers, as text, or with the lowest byte first.
const NUMBERS: [u64; 12] = [
    1,
    2,
    9,
    10,
    0x7f,
    0x80,
    0xff,
    0x0100,
    0x0101,
    0x8000_0000,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
];

pub(super) fn scan_is_in_byte_order(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    for n in [7, 2, 11, 4, 0, 9, 5, 1, 10, 3, 8, 6] {
        let n = NUMBERS.get(n).copied().unwrap_or(1);
        store.write([new(fact(log(1), n), &n.to_be_bytes())])?;
    }
    scan_is(store, Scan::new(facts(log(1)), 100), NUMBERS)
}

fn some_facts(store: Probe<'_>, numbers: impl IntoIterator<Item = u64>) -> Checked {
    Ok(store.write(numbers.into_iter().map(|n| new(fact(log(1), n), b"fact")))?)
}

fn scan_is(store: Probe<'_>, scan: Scan, numbers: impl IntoIterator<Item = u64>) -> Checked {
    let keys: Vec<_> = store.rest(scan)?.into_iter().map(|(key, _)| key).collect();
    let expected: Vec<_> = numbers.into_iter().map(|n| fact(log(1), n)).collect();
    ensure!(keys == expected, "a scan returned {keys:?}");
    Ok(())
}

pub(super) fn scan_after_is_exclusive(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    some_facts(store, 1..=5)?;
    let scan = Scan::new(facts(log(1)), 10);
    scan_is(store, scan.after(fact(log(1), 1)), 2..=5)?;
    scan_is(store, scan.after(fact(log(1), 3)), 4..=5)
}

pub(super) fn scan_after_a_missing_key_goes_on(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    some_facts(store, [1, 3, 5])?;
    let scan = Scan::new(facts(log(1)), 10);
    scan_is(store, scan.after(fact(log(1), 2)), [3, 5])?;
    let at = store.find(fact(log(1), 3))?.version;
    store.remove(fact(log(1), 3), at)?;
    scan_is(store, scan.after(fact(log(1), 3)), [5])
}

pub(super) fn scan_after_the_last_is_empty(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    some_facts(store, 1..=3)?;
    for after in [3, u64::MAX] {
        let page = store.page(Scan::new(facts(log(1)), 10).after(fact(log(1), after)))?;
        ensure!(page == Page::default(), "a scan after the last key returned {page:?}");
    }
    Ok(())
}

pub(super) fn scan_after_is_bound_by_its_prefix(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    some_facts(store, 1..=3)?;
    let outside = [record(1), Key::new(TENANT, Row::Due { at: Timestamp::MIN, aggregate: subject(1) })];
    for key in outside {
        store.create(key, b"another row")?;
    }
    let scan = Scan::new(facts(log(1)), 10);
    // An aggregate sorts before the facts of its bucket, a due row behind them.
    let [before, behind] = outside;
    scan_is(store, scan.after(before), 1..=3)?;
    scan_is(store, scan.after(behind), [])
}

pub(super) fn due_rows_are_in_order_of_time(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let instants = [
        Timestamp::MIN,
        Timestamp::MIN.saturating_add(Span::micros(1)),
        Timestamp::MIN.saturating_add(Span::days(9_000)),
        Timestamp::MIN.saturating_add(Span::days(10_000)),
        Timestamp::MAX,
    ];
    let due = instants.map(|at| Key::new(TENANT, Row::Due { at, aggregate: subject(1) }));
    for key in due.iter().rev() {
        store.create(*key, b"due")?;
    }
    let keys = store.keys(Prefix::due(TENANT, Bucket::of(subject(1))), 2)?;
    ensure!(keys == due, "rows that become due came as {keys:?}");
    Ok(())
}
