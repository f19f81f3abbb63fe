extern crate std;

use std::thread;

use crate::conformance::Failure;
use crate::conformance::bench::Bench;
use crate::conformance::outcome::{Checked, Stop, ensure};
use crate::conformance::probe::{Probe, batch};
use crate::conformance::rows::{new, put_at, record};
use crate::store::{Batch, Key, Receipt, RecordVersion};

const KEYS: [u128; 3] = [1, 2, 3];
const ROUNDS: u8 = 6;

/// The value that all records have. A batch may arrive while they are read, so a mixture is read again.
fn all_hold(store: Probe<'_>) -> Result<u8, Failure> {
    for _ in 0..50 {
        let mut values = KEYS.map(|_| None);
        for (value, n) in values.iter_mut().zip(KEYS) {
            *value = store.find(record(n))?.bytes.first().copied();
        }
        let [first, ..] = values;
        if let Some(first) = first.filter(|_| values.iter().all(|value| *value == first)) {
            return Ok(first);
        }
        thread::yield_now();
    }
    Err(Failure::new("of a batch whose end was unknown, a part was written"))
}

/// All records at their versions now, with a new value.
fn replacement(store: Probe<'_>, value: u8) -> Result<Batch, Failure> {
    let at = |n| -> Result<(Key, RecordVersion), Failure> { Ok((record(n), store.find(record(n))?.version)) };
    let [one, two, three] = KEYS;
    batch([at(one)?, at(two)?, at(three)?].map(|(key, at)| put_at(key, at, &[value])))
}

/// Commits a batch that goes wrong. True if it certainly took place, false if certainly not, none if that is not known.
fn disturbed(bench: &mut dyn Bench, batch: &Batch) -> Result<Option<bool>, Stop> {
    bench.disturb()?;
    Ok(match bench.store().commit(core::slice::from_ref(batch)) {
        Err(_) => Some(false),
        Ok(receipts) => match receipts.as_slice() {
            [Receipt::Committed] => Some(true),
            [Receipt::Conflict(_)] => Some(false),
            _ => None,
        },
    })
}

pub(super) fn disturbed_commit_is_whole_or_nothing(bench: &mut dyn Bench) -> Checked {
    bench.store().write(KEYS.map(|n| new(record(n), &[0])))?;
    for value in 1..=ROUNDS {
        let before = all_hold(bench.store())?;
        let batch = replacement(bench.store(), value)?;
        let took_place = disturbed(bench, &batch)?;
        for _ in 0..4 {
            let now = all_hold(bench.store())?;
            ensure!(now == before || now == value, "a value is there that nobody put");
            if let Some(took_place) = took_place {
                let said = if took_place { "took place" } else { "did not take place" };
                ensure!((now == value) == took_place, "a batch {said}, by the answer, and that is not so");
            }
        }
    }
    Ok(())
}

pub(super) fn disturbed_commit_settles(bench: &mut dyn Bench) -> Checked {
    bench.store().write(KEYS.map(|n| new(record(n), &[0])))?;
    for value in 1..=ROUNDS {
        let batch = replacement(bench.store(), value)?;
        let took_place = disturbed(bench, &batch)?;
        let again = bench.store().commit(core::slice::from_ref(&batch))?;
        match (took_place, again.as_slice()) {
            (Some(true) | None, [Receipt::Conflict(_)]) | (Some(false) | None, [Receipt::Committed]) => {}
            (_, again) => {
                ensure!(false, "a batch went wrong, and the same batch again has the receipt {again:?}");
            }
        }
        let now = all_hold(bench.store())?;
        ensure!(now == value, "a batch and the same batch again left neither");
        let third = bench.store().commit(core::slice::from_ref(&batch))?;
        ensure!(matches!(third.as_slice(), [Receipt::Conflict(_)]), "a batch took place twice");
    }
    Ok(())
}
