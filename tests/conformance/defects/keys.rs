//! Keys are taken for one another.

use consent_engine::store::{Key, Page, Prefix, Row};
use consent_engine::{Seq, TenantId};

use crate::broken::Broken;
use crate::defects::Defect;

/// Answers a scan from all records that a rule accepts.
fn matching(rule: fn(&Prefix, &Key) -> bool) -> Broken {
    Broken::sound().scans(move |db, scan| {
        let records = db.records().into_iter();
        let after = |key: &Key| scan.after.is_none_or(|after| *key > after);
        let mut records = records.filter(|(key, _)| after(key) && rule(&scan.prefix, key));
        let some = records.by_ref().take(scan.limit.into()).collect();
        Page { records: some, more: records.next().is_some() }
    })
}

fn of_one_tenant(key: Key) -> Key {
    Key::new(TenantId::from_u128(1), key.row())
}

/// Changes the number in the key of a row of facts.
fn numbered(key: Key, change: impl Fn([u8; 8]) -> [u8; 8]) -> Key {
    let Row::Facts { log, first } = key.row() else { return key };
    let number = u64::from_be_bytes(change(first.get().to_be_bytes()));
    Key::new(key.tenant(), Row::Facts { log, first: Seq::new(number).unwrap_or(Seq::FIRST) })
}

fn trimmed(mut bytes: [u8; 8]) -> [u8; 8] {
    bytes.iter_mut().rev().take_while(|byte| matches!(**byte, 0 | b' ')).for_each(|byte| *byte = 0);
    bytes
}

pub(crate) const KEYS: &[Defect] = &[
    ("rows of all tenants share a key", "tenants_are_apart", || Broken::sound().keys(of_one_tenant)),
    ("a scan returns rows of the next tenant", "scan_keeps_to_its_tenant", || {
        matching(|prefix, key| key.as_bytes()[16..].starts_with(&prefix.as_bytes()[16..]))
    }),
    ("a scan returns rows of other buckets", "scan_keeps_to_its_bucket", || {
        matching(|prefix, key| {
            let [key, prefix] = [key.as_bytes(), prefix.as_bytes()];
            key[..16] == prefix[..16] && key[17..].starts_with(&prefix[17..])
        })
    }),
    ("a scan returns rows of the next kind", "scan_keeps_to_its_kind", || {
        matching(|prefix, key| {
            key.as_bytes()[..17] == prefix.as_bytes()[..17] && key.as_bytes() > prefix.as_bytes()
        })
    }),
    ("a prefix is a pattern of LIKE", "wildcards_match_only_themselves", || {
        matching(|prefix, key| {
            let [key, prefix] = [key.as_bytes(), prefix.as_bytes()];
            let like = |(key, prefix): (&u8, &u8)| key == prefix || matches!(prefix, b'_' | b'%');
            key.len() > prefix.len() && key.iter().zip(prefix).all(like)
        })
    }),
    ("the end of a prefix is its last byte and one", "prefix_of_highest_bytes_is_scanned", || {
        matching(|prefix, key| {
            let mut end = prefix.as_bytes().to_vec();
            let last = end.len() - 1;
            end[last] = end[last].wrapping_add(1);
            key.as_bytes() >= prefix.as_bytes() && key.as_bytes() < &end[..]
        })
    }),
    ("capital and small letters are one key", "keys_differ_in_case", || {
        Broken::sound().keys(|key| numbered(key, |bytes| bytes.map(|byte| byte.to_ascii_lowercase())))
    }),
    ("blanks at the end of a key are trimmed", "keys_differ_in_one_byte", || {
        Broken::sound().keys(|key| numbered(key, trimmed))
    }),
];
