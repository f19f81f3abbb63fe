use alloc::vec::Vec;

use crate::conformance::bench::Bench;
use crate::conformance::outcome::{Checked, ensure};
use crate::conformance::probe::Probe;
use crate::conformance::rows::{TENANT, fact, facts, log, new, subject};
use crate::id::{Aggregate, ContactPointId};
use crate::id::{CommandId, IndexKey, LogId, Seq, SubjectId, TenantId, WriterId};
use crate::store::{Bucket, Key, Prefix, Row};
use crate::time::Timestamp;

/// Puts each key with its own bytes, and finds each again.
fn are_apart(store: Probe<'_>, keys: &[Key]) -> Checked {
    for key in keys {
        store.create(*key, key.as_bytes())?;
    }
    for key in keys {
        store.holds(*key, key.as_bytes())?;
    }
    Ok(())
}

pub(super) fn keys_differ_in_case(bench: &mut dyn Bench) -> Checked {
    let text = |bytes: &[u8; 8]| fact(log(1), u64::from_be_bytes(*bytes));
    let pairs =
        [text(b"rowRowro"), text(b"rowrowro"), text(b"ROWROWRO"), text(b"ro\xe9rowro"), text(b"ro\xc9rowro")];
    are_apart(bench.store(), &pairs)
}

pub(super) fn keys_differ_in_one_byte(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let bits: Vec<_> = (0..64_u32).map(|bit| fact(log(1), 1_u64.rotate_left(bit) | 2)).collect();
    // The lowest bits of `2` and `2 | 2` are one key.
    let bits: Vec<_> = bits.into_iter().filter(|key| *key != fact(log(1), 2)).collect();
    are_apart(store, &bits)?;
    let ends = [0x2000, 0x2020, 0x2009, 0x200a, 0x0020, 0x2000_2020].map(|n| fact(log(2), n));
    are_apart(store, &ends)
}

pub(super) fn wildcards_match_only_themselves(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let writer = |bytes: &[u8; 16]| LogId::new(subject(1), WriterId::from_u128(u128::from_be_bytes(*bytes)));
    let logs = [
        writer(b"%_%_%_%_%_%_%_%_"),
        writer(b"aaaaaaaaaaaaaaaa"),
        writer(b"'\"\\'\"\\*?[a-z].*\0"),
        writer(b"%_%_%_%_%_%_%_%a"),
    ];
    for log in logs {
        store.write([new(fact(log, 1), b"fact"), new(fact(log, 2), b"fact")])?;
    }
    for log in logs {
        let found = store.keys(facts(log), 10)?;
        ensure!(found == [fact(log, 1), fact(log, 2)], "a scan of one log returned {found:?}");
    }
    Ok(())
}

pub(super) fn prefix_of_highest_bytes_is_scanned(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let tenant = TenantId::from_u128(u128::MAX);
    // Whatever ends such a prefix has to carry over several bytes.
    let log = LogId::new(Aggregate::Subject(SubjectId::from_u128(u128::MAX)), WriterId::from_u128(u128::MAX));
    let row = |log, n| Key::new(tenant, Row::Facts { log, first: Seq::new(n).unwrap_or(Seq::FIRST) });
    let lower = LogId::new(log.aggregate, WriterId::from_u128(u128::MAX - 1));
    let keys = [row(log, 1), row(log, u64::MAX)];
    let due = Key::new(tenant, Row::Due { at: Timestamp::MIN, aggregate: log.aggregate });
    store.write([new(row(lower, u64::MAX), b"lower"), new(due, b"due")])?;
    store.write(keys.map(|key| new(key, b"fact")))?;
    let found = store.keys(Prefix::facts(tenant, log), 10)?;
    ensure!(found == keys, "a scan of a prefix of highest bytes returned {found:?}");
    Ok(())
}

fn rows_of_all_kinds() -> [Key; 7] {
    let point = Aggregate::Point(ContactPointId::from_u128(1));
    [
        Row::Aggregate(subject(1)),
        Row::Aggregate(point),
        Row::Facts { log: log(1), first: Seq::FIRST },
        Row::Command { aggregate: subject(1), command: CommandId::from_u128(1) },
        Row::Command { aggregate: point, command: CommandId::from_u128(1) },
        Row::Index(IndexKey::from_u128(1)),
        Row::Due { at: Timestamp::MAX, aggregate: subject(1) },
    ]
    .map(|row| Key::new(TENANT, row))
}

pub(super) fn rows_of_all_kinds_are_kept(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let keys = rows_of_all_kinds();
    store.write(keys.map(|key| new(key, key.as_bytes())))?;
    for key in keys {
        store.holds(key, key.as_bytes())?;
    }
    Ok(())
}

pub(super) fn scan_keeps_to_its_kind(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let keys = rows_of_all_kinds();
    store.write(keys.map(|key| new(key, b"row")))?;
    let bucket = Bucket::of(subject(1));
    let prefixes = [
        Prefix::aggregates(TENANT, bucket),
        Prefix::commands(TENANT, bucket),
        Prefix::due(TENANT, bucket),
        facts(log(1)),
    ];
    for prefix in prefixes {
        let found = store.pages(prefix, 10)?;
        let mut expected: Vec<_> = keys.iter().filter(|key| prefix.covers(key)).collect();
        expected.sort_unstable();
        ensure!(found.iter().map(|(key, _)| key).eq(expected), "a scan of one kind returned {found:?}");
    }
    Ok(())
}

pub(super) fn logs_are_apart(bench: &mut dyn Bench) -> Checked {
    let store = bench.store();
    let logs = [1, 2, 3].map(|writer| LogId::new(subject(1), WriterId::from_u128(writer)));
    for log in logs {
        store.write((1..=3).map(|n| new(fact(log, n), b"fact")))?;
    }
    for log in logs {
        let found = store.keys(facts(log), 2)?;
        ensure!(found == [1, 2, 3].map(|n| fact(log, n)), "a scan of one log returned {found:?}");
    }
    Ok(())
}
