use consent_engine::op::Corruption;
use consent_engine::store::{Action, Batch, Expect, Row, Store, Write};
use consent_engine::*;

use crate::shop::*;
use crate::support::*;

fn read(engine: &Engine<impl Store>, aggregate: Aggregate, limit: u16) -> Vec<Fact> {
    let (mut facts, mut cursor) = (Vec::new(), None);
    loop {
        let page = engine.history(aggregate, cursor, limit).unwrap_or_else(|error| panic!("{error}"));
        facts.extend(page.facts);
        cursor = page.next;
        if cursor.is_none() {
            return facts;
        }
    }
}

#[test]
fn a_history_is_whole_whatever_the_page_size() {
    let shop = Shop::new();
    let other = Engine::new(shop.engine.store(), Settings::new(TENANT, OTHER_WRITER, policy()));
    shop.attach(PERSON, "ada@example.com");
    for _ in 0..5 {
        shop.opt_in(PERSON, "news").unwrap();
        other
            .opt_out(PERSON, [Scope::purpose(id("news")), Scope::purpose(id("events"))], shop.stamp())
            .unwrap();
    }
    let person = Aggregate::Subject(PERSON);
    let whole = read(&shop.engine, person, 256);
    assert_eq!(whole.len(), 1 + 5 + 10);
    for limit in 1..8 {
        assert_eq!(read(&shop.engine, person, limit), whole, "limit {limit}");
    }
    assert_eq!(read(&shop.engine, Aggregate::Subject(OTHER_PERSON), 3), []);
    let folded = Projection::fold(&whole);
    assert_eq!(folded.1, None);
    let view = shop.engine.load(PERSON).unwrap();
    for log in folded.0.logs() {
        assert_eq!(view.projection().log(log.log()), Some(log), "l07: the state is the fold of the facts");
    }
}

#[test]
fn d42_facts_that_a_store_lost_are_missed() {
    let shop = Shop::new();
    for _ in 0..4 {
        shop.opt_out(PERSON, Scope::EVERYTHING).unwrap();
    }
    let store = shop.engine.store();
    let rows = image(store).into_iter().filter(|(key, _)| matches!(key.row(), Row::Facts { .. }));
    for (key, stored) in rows {
        let delete = Write { key, expect: Expect::At(stored.version), action: Action::Delete };
        store.commit(&[Batch::new([delete]).unwrap()]).unwrap();
        for limit in [1, 2, 256] {
            let mut cursor = None;
            let error = loop {
                match shop.engine.history(Aggregate::Subject(PERSON), cursor, limit) {
                    Ok(page) => cursor = Some(page.next.expect("the gap is noticed before the end")),
                    Err(error) => break error,
                }
            };
            let EngineError::Operation(OperationError::StoreCorrupt { why, .. }) = error else {
                panic!("{error}");
            };
            assert!(matches!(why, Corruption::MissingFacts { .. }), "{why}");
        }
        let put = Write { key, expect: Expect::Absent, action: Action::Put(stored.bytes) };
        store.commit(&[Batch::new([put]).unwrap()]).unwrap();
    }
    assert_eq!(read(&shop.engine, Aggregate::Subject(PERSON), 2).len(), 4);
}
