use alloc::vec::Vec;

use crate::conformance::bench::Bench;
use crate::conformance::outcome::Checked;
use crate::conformance::probe::{Probe, check_bytes};
use crate::conformance::rows::{fact, facts, log, new, record};
use crate::store::{Batch, Scan};

fn keeps(store: Probe<'_>, values: &[&[u8]]) -> Checked {
    let key = fact(log(1), 1);
    for value in values {
        let at = store.create(key, value)?;
        for (key, stored) in store.page(Scan::new(facts(log(1)), 1))?.records {
            check_bytes(key, &stored.bytes, value)?;
        }
        store.remove(key, at)?;
    }
    Ok(())
}

pub(super) fn every_byte_is_kept(bench: &mut dyn Bench) -> Checked {
    let all: Vec<u8> = (0..=u8::MAX).collect();
    let mut pairs: Vec<u8> = (0..=u8::MAX).rev().flat_map(|byte| [byte, byte ^ 0x80]).collect();
    pairs.push(0);
    keeps(bench.store(), &[&all, &pairs])
}

pub(super) fn nul_space_and_newline_are_kept(bench: &mut dyn Bench) -> Checked {
    keeps(
        bench.store(),
        &[
            b"\0",
            b"\0\0\0",
            b"a\0b",
            b" a ",
            b"a\r\n",
            b"\n",
            b"'; --",
            b"\\x41",
            b"%41+",
            "e\u{301}\u{feff}".as_bytes(),
            b"\xff\xfe",
            b"\xed\xa0\x80",
            b"null",
        ],
    )
}

pub(super) fn empty_value_is_a_record(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    keeps(store, &[b""])?;
    let at = store.create(record(1), b"")?;
    store.refused([new(record(1), b"")])?;
    let at = store.replace(record(1), at, b"more")?;
    store.replace(record(1), at, b"")?;
    Ok(())
}

pub(super) fn shorter_value_replaces_all(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let at = store.create(record(1), &[7; 5000])?;
    let at = store.replace(record(1), at, &[8; 10])?;
    store.replace(record(1), at, &[9; 11])?;
    Ok(())
}

pub(super) fn large_value_is_kept(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let room = Batch::MAX_BYTES.saturating_sub(record(1).as_bytes().len());
    let large: Vec<u8> = (0..=250).cycle().take(room).collect();
    let at = store.create(record(1), &large)?;
    store.replace(record(1), at, b"small")?;
    Ok(())
}

pub(super) fn each_key_keeps_its_own_value(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let mut keys: Vec<_> = (1..=8).map(|n| fact(log(1), n)).chain((1..=4).map(record)).collect();
    keys.sort_unstable();
    store.write(keys.iter().rev().map(|key| new(*key, key.as_bytes())))?;
    for key in &keys {
        store.holds(*key, key.as_bytes())?;
    }
    for (key, found) in keys.iter().zip(store.read_keys(&keys)?) {
        check_bytes(*key, &found.map(|stored| stored.bytes).unwrap_or_default(), key.as_bytes())?;
    }
    for (key, stored) in store.pages(facts(log(1)), 3)? {
        check_bytes(key, &stored.bytes, key.as_bytes())?;
    }
    Ok(())
}
