//! Finding a person by an alias of one of their records, merging two, and confirming a request, over the store in memory.

use consent_engine::store::MemoryStore;
use consent_engine::{
    Actor, Address, Alias, Authority, Breadth, Channel, CommandId, ConfirmationSecret, ConfirmationToken,
    Engine, Evidence, Interval, Method, PointKind, Power, PurposeId, SourceName, Stamp, Stated, SubjectId,
    SystemId, Timestamp,
};
use consent_engine_benches::rows::{engine, now};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

fn stamp(number: u128) -> Stamp {
    Stamp::new(now(), CommandId::from_u128(0x100_0000 + number))
}

fn steward() -> Actor {
    Actor::operator(Authority::new([Power::Identity], Interval::starting(Timestamp::MIN)))
}

fn evidence() -> Evidence {
    Evidence::new(Method::Explicit, SourceName::new("web").expect("a valid name"))
}

fn subject(number: u128) -> SubjectId {
    SubjectId::from_u128(0x5_0000 + number)
}

fn alias(number: u128) -> Alias {
    Alias::new(SystemId::new("crm").expect("a valid name"), &number.to_string()).expect("a valid alias")
}

fn merge(engine: &Engine<MemoryStore>, one: u128, other: u128) {
    let merged =
        engine.merge(subject(one), subject(other), steward(), evidence(), stamp(1_000 * one + other));
    assert!(merged.is_ok(), "they are merged");
}

/// A person with as many records, each with an alias.
fn person(records: u128) -> Engine<MemoryStore> {
    let engine = engine();
    for record in 0..records {
        let claimed = engine.claim(subject(record), &alias(record), steward(), stamp(500_000 + record));
        assert!(claimed.is_ok(), "the alias is claimed");
        if record > 0 {
            merge(&engine, 0, record);
        }
    }
    engine
}

fn identity(c: &mut Criterion) {
    let mut group = c.benchmark_group("identity");
    for records in [1, 2, 16, 64] {
        let engine = person(records);
        let last = alias(records - 1);
        group.bench_function(format!("resolve an alias, {records} records"), |b| {
            b.iter(|| engine.load(last.clone()).is_ok_and(|view| !view.subject().ids.is_empty()));
        });
    }
    group.bench_function("merge two records", |b| {
        b.iter_batched(engine, |engine| merge(&engine, 0, 1), BatchSize::PerIteration);
    });
    group.bench_function("confirm", |b| {
        b.iter_batched(
            asked,
            |(engine, token)| engine.confirm(&token, evidence(), stamp(3)).is_ok(),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

/// Somebody who was asked for a confirmation, and the token for it.
fn asked() -> (Engine<MemoryStore>, ConfirmationToken) {
    let engine = engine();
    let address = Address::new(PointKind::Email, "ada@example.com").expect("a valid address");
    let attached = engine.attach(subject(0), &address, steward(), stamp(1)).expect("a new address");
    let purpose = Breadth::Exactly(PurposeId::new("news").expect("a valid name"));
    let stated = Stated { purpose, channel: Some(Channel::Email), point: attached.point };
    let secret = ConfirmationSecret::new(&[7; 32]).expect("long enough");
    let requested = engine.request(subject(0), [stated], evidence(), &secret, stamp(2)).expect("it is asked");
    (engine, requested.token.expect("a token"))
}

criterion_group!(benches, identity);
criterion_main!(benches);
