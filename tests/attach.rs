//! Giving an address to a person through the engine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may panic")]

use consent_engine::store::{MemoryStore, Row, Store};
use consent_engine::*;

const ADA: SubjectId = SubjectId::from_u128(7);
const NOW: &str = "2026-03-02T10:00:00Z";

fn engine() -> Engine<MemoryStore> {
    let policy = Policy::new(1, Catalogue::new([], []).unwrap());
    let settings = Settings::new(TenantId::from_u128(1), WriterId::from_u128(1), policy);
    Engine::new(MemoryStore::new(), settings.with_index_secrets(IndexSecrets::new([7; 32])))
}

fn attach(engine: &Engine<MemoryStore>, text: &str, command: u128) -> Result<ContactPointId, OperationError> {
    let address = Address::new(PointKind::Email, text).unwrap();
    let stamp = Stamp::new(NOW.parse().unwrap(), CommandId::from_u128(command));
    match engine.attach(ADA, &address, Actor::subject(), stamp) {
        Ok(outcome) => Ok(outcome.point.expect("an address leads to a contact point")),
        Err(EngineError::Operation(error)) => Err(error),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn one_mailbox_has_one_spelling() {
    let engine = engine();
    let point = attach(&engine, "ada@example.com", 1).unwrap();
    assert_eq!(attach(&engine, "ada@example.com", 2), Ok(point));
    assert_eq!(attach(&engine, "Ada@example.com", 3), Err(OperationError::OtherSpelling));
}

#[test]
fn only_the_person_and_the_point_are_written() {
    let engine = engine();
    let point = attach(&engine, "ada@example.com", 1).unwrap();
    assert_eq!(aggregates_in(&engine), [Aggregate::Subject(ADA), Aggregate::Point(point)]);
}

/// Whose state the store holds, of those that there could be.
fn aggregates_in(engine: &Engine<MemoryStore>) -> Vec<Aggregate> {
    let nobody = Aggregate::Point(ContactPointId::from_u128(0));
    let ada = Aggregate::Subject(ADA);
    let point = Aggregate::Point(ContactPointId::from_u128(1));
    let tenant = TenantId::from_u128(1);
    let is_there = |aggregate: &Aggregate| {
        let key = store::Key::new(tenant, Row::Aggregate(*aggregate));
        let Ok(records) = engine.store().read(&store::ReadSet::new([key]).unwrap());
        records.found.iter().any(Option::is_some)
    };
    [nobody, ada, point].into_iter().filter(is_there).collect()
}
