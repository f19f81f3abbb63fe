//! Keys and writes for checks.

use crate::id::{Aggregate, LogId, Seq, SubjectId, TenantId, WriterId};
use crate::store::{Action, Expect, Key, Prefix, RecordVersion, Row, Write};

pub(super) const TENANT: TenantId = TenantId::from_u128(0x00aa_0000_0000_0000_0000_0000_0000_0001);

/// The next tenant in the order of keys.
pub(super) const NEIGHBOUR: TenantId = TenantId::from_u128(0x00aa_0000_0000_0000_0000_0000_0000_0002);

pub(super) const fn subject(n: u128) -> Aggregate {
    Aggregate::Subject(SubjectId::from_u128(n))
}

/// The record of subject `n`. Subjects 1, 2, 3 and 4 have different buckets.
pub(super) fn record(n: u128) -> Key {
    Key::new(TENANT, Row::Aggregate(subject(n)))
}

/// The log of a writer for subject `n`.
pub(super) const fn log(n: u128) -> LogId {
    LogId::new(subject(n), WriterId::from_u128(9))
}

/// The `n`-th row of a log, from 1. All rows of a log share a bucket and a prefix, and sort by `n`.
pub(super) fn fact(log: LogId, n: u64) -> Key {
    Key::new(TENANT, Row::Facts { log, first: Seq::new(n).unwrap_or(Seq::FIRST) })
}

pub(super) fn facts(log: LogId) -> Prefix {
    Prefix::facts(TENANT, log)
}

pub(super) fn put(key: Key, expect: Expect, bytes: &[u8]) -> Write {
    Write { key, expect, action: Action::Put(bytes.into()) }
}

pub(super) fn new(key: Key, bytes: &[u8]) -> Write {
    put(key, Expect::Absent, bytes)
}

pub(super) fn put_at(key: Key, at: RecordVersion, bytes: &[u8]) -> Write {
    put(key, Expect::At(at), bytes)
}

pub(super) const fn delete(key: Key, expect: Expect) -> Write {
    Write { key, expect, action: Action::Delete }
}

pub(super) const fn check(key: Key, expect: Expect) -> Write {
    Write { key, expect, action: Action::Check }
}
