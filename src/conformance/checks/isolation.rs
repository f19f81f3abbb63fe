extern crate std;

use core::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::conformance::Failure;
use crate::conformance::bench::Bench;
use crate::conformance::outcome::{Checked, ensure};
use crate::conformance::probe::{Probe, check_bytes};
use crate::conformance::rows::{fact, facts, log, new, put_at};
use crate::conformance::threads::on_threads;
use crate::store::Receipt;

const ROUNDS: u64 = 30;

pub(super) fn read_after_commit_sees_it(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let key = fact(log(1), 1);
    let mut at = store.create(key, &0_u64.to_be_bytes())?;
    for n in 1..ROUNDS {
        // `replace` reads what it wrote.
        at = store.replace(key, at, &n.to_be_bytes())?;
    }
    store.remove(key, at)?;
    Ok(())
}

pub(super) fn scan_after_commit_sees_it(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    for n in 1..ROUNDS {
        let key = fact(log(1), n);
        store.write([new(key, b"first")])?;
        let records = store.pages(facts(log(1)), 256)?;
        let last = records.last();
        ensure!(
            last.is_some_and(|(last, _)| *last == key),
            "{key} was committed, and a scan did not return it"
        );
        let Some((_, stored)) = last else { continue };
        store.write([put_at(key, stored.version, b"second")])?;
        match store.pages(facts(log(1)), 256)?.last() {
            Some((last, stored)) if *last == key => check_bytes(key, &stored.bytes, b"second")?,
            _ => ensure!(false, "{key} was replaced, and a scan did not return it"),
        }
    }
    Ok(())
}

pub(super) fn other_threads_see_a_commit(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let key = fact(log(1), 1);
    for n in 0..ROUNDS {
        let at = store.get(key)?.map(|stored| stored.version);
        let bytes = n.to_be_bytes();
        store.write([at.map_or_else(|| new(key, &bytes), |at| put_at(key, at, &bytes))])?;
        let seen = thread::scope(|scope| scope.spawn(|| store.holds(key, &bytes)).join());
        seen.map_err(|_| Failure::new("the store panicked on another thread"))??;
    }
    Ok(())
}

pub(super) fn reader_sees_whole_values(bench: &mut dyn Bench) -> Checked {
    // Each value is one byte, repeated: a mixture shows.
    let value = |n: u8| alloc::vec![n; 8 * 1024];
    watch(bench.store(), value, |bytes, _| {
        let first = bytes.first().copied().unwrap_or_default();
        ensure!(bytes.len() == 8 * 1024, "a reader saw a value of another length than any that was put");
        ensure!(bytes.iter().all(|byte| *byte == first), "a reader saw parts of two values");
        Ok(first)
    })
}

pub(super) fn reader_never_goes_back(bench: &mut dyn Bench) -> Checked {
    watch(
        bench.store(),
        |n| [n].into(),
        |bytes, last| {
            let seen = bytes.first().copied().unwrap_or_default();
            ensure!(seen >= last, "a reader saw value {last}, and then the older value {seen}");
            Ok(seen)
        },
    )
}

/// One thread replaces a value while two read it. A reader gets the bytes and what it made of those before.
fn watch(
    store: Probe<'_>,
    value: impl Fn(u8) -> alloc::vec::Vec<u8> + Sync,
    reader: impl Fn(&[u8], u8) -> Result<u8, Failure> + Sync,
) -> Checked {
    let key = fact(log(1), 1);
    store.create(key, &value(0))?;
    let done = AtomicBool::new(false);
    let write = || {
        for n in 1..=60 {
            let at = store.find(key)?.version;
            match store.batch([put_at(key, at, &value(n))])? {
                Receipt::Conflict(_) => return Err(Failure::new("the only writer of a key had a conflict")),
                Receipt::Committed | Receipt::Unknown => thread::yield_now(),
            }
        }
        Ok(())
    };
    let read = || {
        let mut last = 0;
        loop {
            let done = done.load(Ordering::SeqCst);
            last = reader(&store.find(key)?.bytes, last)?;
            if done {
                return Ok(());
            }
            thread::yield_now();
        }
    };
    on_threads(3, |thread| {
        if thread > 0 {
            return read();
        }
        let written = write();
        done.store(true, Ordering::SeqCst);
        written
    })?;
    Ok(())
}
