//! The encoding of keys is stable, byte for byte, and sorts as the rows do. Stored data depends on both.
#![allow(clippy::std_instead_of_alloc, clippy::std_instead_of_core, clippy::unwrap_used, reason = "a test")]

use consent_engine::store::{Bucket, Key, Prefix, Row};
use consent_engine::{
    Aggregate, CommandId, ContactPointId, IndexKey, LogId, Seq, SubjectId, TenantId, Timestamp, WriterId,
};
use proptest::prelude::*;

const TENANT: TenantId = TenantId::from_u128(0x0011_2233_4455_6677_8899_aabb_ccdd_eeff);
const SUBJECT: Aggregate =
    Aggregate::Subject(SubjectId::from_u128(0xa000_0000_0000_0000_0000_0000_0000_0007));
const POINT: Aggregate =
    Aggregate::Point(ContactPointId::from_u128(0xb000_0000_0000_0000_0000_0000_0000_0008));
const WRITER: WriterId = WriterId::from_u128(0xc000_0000_0000_0000_0000_0000_0000_0009);
const COMMAND: CommandId = CommandId::from_u128(0xd000_0000_0000_0000_0000_0000_0000_000a);
const INDEX: IndexKey = IndexKey::from_u128(0xe000_0000_0000_0000_0000_0000_0000_000b);

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Joins tenant, bucket and kind, aggregate, and the rest, as they stand in the key.
fn golden(parts: &[&str]) -> String {
    format!("00112233445566778899aabbccddeeff{}", parts.concat())
}

#[test]
fn each_kind_of_row_has_these_bytes() {
    let first = Seq::new(0x0102_0304_0506_0708).unwrap();
    let at: Timestamp = "2026-03-02T10:00:00.000001Z".parse().unwrap();
    let rows = [
        (Row::Aggregate(SUBJECT), golden(&["7301", SUBJECT_BYTES])),
        (Row::Aggregate(POINT), golden(&["6101", POINT_BYTES])),
        (
            Row::Facts { log: LogId::new(SUBJECT, WRITER), first },
            golden(&["7302", SUBJECT_BYTES, "c0000000000000000000000000000009", "0102030405060708"]),
        ),
        (
            Row::Facts { log: LogId::new(POINT, WRITER), first: Seq::FIRST },
            golden(&["6102", POINT_BYTES, "c0000000000000000000000000000009", "0000000000000001"]),
        ),
        (
            Row::Command { aggregate: SUBJECT, command: COMMAND },
            golden(&["7303", SUBJECT_BYTES, "d000000000000000000000000000000a"]),
        ),
        (Row::Index(INDEX), golden(&["2c04", "e000000000000000000000000000000b"])),
        (Row::Due { at, aggregate: POINT }, golden(&["6105", "80064c07a65f2801", POINT_BYTES])),
    ];
    for (row, expected) in rows {
        assert_eq!(hex(Key::new(TENANT, row).as_bytes()), expected, "{row}");
    }
}

const SUBJECT_BYTES: &str = "00a0000000000000000000000000000007";
const POINT_BYTES: &str = "01b0000000000000000000000000000008";

#[test]
fn each_prefix_has_these_bytes() {
    let bucket = Bucket::of(SUBJECT);
    let prefixes = [
        (
            Prefix::facts(TENANT, LogId::new(SUBJECT, WRITER)),
            golden(&["7302", SUBJECT_BYTES, "c0000000000000000000000000000009"]),
        ),
        (Prefix::aggregates(TENANT, bucket), golden(&["7301"])),
        (Prefix::commands(TENANT, bucket), golden(&["7303"])),
        (Prefix::due(TENANT, bucket), golden(&["7305"])),
    ];
    for (prefix, expected) in prefixes {
        assert_eq!(hex(prefix.as_bytes()), expected);
    }
}

/// Ids that share most bytes, so that every part of a key decides once.
fn ids() -> impl Strategy<Value = u128> {
    prop_oneof![Just(0), Just(1), Just(0x100), Just(1 << 127), Just(u128::MAX), any::<u128>()]
}

fn aggregates() -> impl Strategy<Value = Aggregate> {
    (any::<bool>(), ids()).prop_map(|(point, id)| match point {
        true => Aggregate::Point(ContactPointId::from_u128(id)),
        false => Aggregate::Subject(SubjectId::from_u128(id)),
    })
}

fn instants() -> impl Strategy<Value = Timestamp> {
    let any = Timestamp::MIN.unix_micros()..=Timestamp::MAX.unix_micros();
    prop_oneof![
        Just(Timestamp::MIN),
        Just(Timestamp::MAX),
        any.prop_map(|micros| Timestamp::from_unix_micros(micros).unwrap()),
    ]
}

fn logs() -> impl Strategy<Value = LogId> {
    (aggregates(), ids()).prop_map(|(aggregate, writer)| LogId::new(aggregate, WriterId::from_u128(writer)))
}

fn numbers() -> impl Strategy<Value = Seq> {
    prop_oneof![1..300_u64, 1..=u64::MAX].prop_map(|n| Seq::new(n).unwrap())
}

fn rows() -> impl Strategy<Value = Row> {
    prop_oneof![
        aggregates().prop_map(Row::Aggregate),
        (logs(), numbers()).prop_map(|(log, first)| Row::Facts { log, first }),
        (aggregates(), ids())
            .prop_map(|(aggregate, id)| Row::Command { aggregate, command: CommandId::from_u128(id) }),
        ids().prop_map(|id| Row::Index(IndexKey::from_u128(id))),
        (instants(), aggregates()).prop_map(|(at, aggregate)| Row::Due { at, aggregate }),
    ]
}

fn tenants() -> impl Strategy<Value = TenantId> {
    ids().prop_map(TenantId::from_u128)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn a_key_is_read_back(tenant in tenants(), row in rows()) {
        let key = Key::new(tenant, row);
        prop_assert_eq!(Key::from_bytes(key.as_bytes()), Ok(key));
        prop_assert_eq!((key.tenant(), key.row()), (tenant, row));
        prop_assert!(key.as_bytes().len() <= Key::MAX_BYTES);
    }

    /// Keys sort as their bytes do, and both as tenant, bucket and row.
    #[test]
    fn keys_sort_as_rows_do(one in (tenants(), rows()), other in (tenants(), rows())) {
        let key = |(tenant, row)| Key::new(tenant, row);
        let [a, b] = [key(one), key(other)];
        prop_assert_eq!(a.cmp(&b), a.as_bytes().cmp(b.as_bytes()));
        let parts = |key: &Key| (key.tenant(), key.bucket(), key.row());
        prop_assert_eq!(a.cmp(&b), parts(&a).cmp(&parts(&b)));
    }

    #[test]
    fn facts_of_one_log_sort_by_number(log in logs(), a in numbers(), b in numbers()) {
        let key = |first| Key::new(TENANT, Row::Facts { log, first });
        prop_assert_eq!(key(a).cmp(&key(b)), a.cmp(&b));
        prop_assert!(Prefix::facts(TENANT, log).covers(&key(a)));
    }

    #[test]
    fn no_key_is_the_beginning_of_another(one in (tenants(), rows()), other in (tenants(), rows())) {
        let [a, b] = [Key::new(one.0, one.1), Key::new(other.0, other.1)];
        prop_assert!(a == b || !b.as_bytes().starts_with(a.as_bytes()));
    }

    #[test]
    fn other_bytes_are_no_key(tenant in tenants(), row in rows(), at in 0_usize..70, byte in any::<u8>()) {
        let key = Key::new(tenant, row);
        let mut bytes = key.as_bytes().to_vec();
        match bytes.get_mut(at) {
            Some(old) => *old = byte,
            None => bytes.push(byte),
        }
        // Either they are refused, or they are the key of exactly these bytes.
        if let Ok(read) = Key::from_bytes(&bytes) {
            prop_assert_eq!(read.as_bytes(), &bytes[..]);
        }
    }
}
