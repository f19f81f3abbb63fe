//! l07: stored records, as every version wrote them, are read for ever.
//!
//! `UPDATE_GOLDEN=1 cargo test --test engine golden` writes the newest anew, before it is released.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use consent_engine::store::{Action, Batch, Expect, Key, MemoryStore, Row, Store, Write};
use consent_engine::*;

use crate::shop::*;
use crate::support::*;

/// What was written before, and what is written now.
const OLD: [&str; 1] = ["store-v1.txt"];
const NEW: &str = "store-v2.txt";

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// One of each kind of record, with one of each kind of fact that a command writes.
pub(crate) fn written() -> MemoryStore {
    let shop = Shop::new();
    let point = shop.attach(PERSON, "ada@example.com");
    let alias = Alias::new(SystemId::new("crm").unwrap(), "003A0001").unwrap();
    shop.engine.claim(PERSON, &alias, operator(), shop.stamp()).unwrap();
    let carry_out = |actor, act| {
        let command = Command::new(actor, act).with_evidence(explicit());
        shop.engine.decide(PERSON, command, shop.stamp()).unwrap_or_else(|error| panic!("{error}"))
    };
    let person = Actor::subject();
    let news = Scope::purpose(id("news"));
    carry_out(person, Act::OptOut(vec![news]));
    shop.opt_in(PERSON, "news").unwrap();
    carry_out(person, Act::Object(vec![Scope::purpose(id("care"))]));
    let restrict = |reason, until| Act::Restrict { reason, scope: Scope::EVERYTHING.at(point), until };
    carry_out(system(), restrict(RestrictionReason::Bounce, None));
    carry_out(person, restrict(RestrictionReason::Pause, Some(t(9_000))));
    carry_out(person, Act::Request(vec![Stated::cell(cell("events", point))]));
    carry_out(operator(), Act::Hold(id("receipts")));
    carry_out(operator(), Act::Verify(point));
    carry_out(operator(), Act::Revoke(Scope::purpose(id("sports"))));
    carry_out(operator(), Act::RecordBasis { purpose: id("fraud"), basis: LawfulBasis::PublicTask });
    shop.opt_out(address("bob@example.com"), Scope::EVERYTHING).unwrap();
    shop.engine.store().clone()
}

/// A line for each record: the key in hexadecimal, the row, the format and checksum in hexadecimal, the JSON.
pub(crate) fn text(store: &MemoryStore) -> String {
    let mut text = String::new();
    let hex = |bytes: &[u8]| bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    for (key, stored) in image(store) {
        let (head, json) = stored.bytes.split_at(9);
        let json = std::str::from_utf8(json).unwrap();
        writeln!(text, "{}\t{}\t{}\t{json}", hex(key.as_bytes()), key.row(), hex(head)).unwrap();
    }
    text
}

pub(crate) fn restored(text: &str) -> MemoryStore {
    let store = MemoryStore::new();
    let bytes = |hex: &str| -> Vec<u8> {
        (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
    };
    for line in text.lines() {
        let [key, _, head, json] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let key = Key::from_bytes(&bytes(key)).unwrap();
        let mut record = bytes(head);
        record.extend(json.as_bytes());
        let put = Write { key, expect: Expect::Absent, action: Action::Put(record.into()) };
        store.commit(&[Batch::new([put]).unwrap()]).unwrap();
    }
    store
}

#[test]
fn l07_records_are_written_as_the_golden_file_says() {
    let found = text(&written());
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(path(NEW), &found).unwrap();
    }
    let expected = fs::read_to_string(path(NEW)).unwrap();
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.lines().count(), expected.lines().count());
    let kinds: std::collections::BTreeSet<_> = image(&written())
        .iter()
        .map(|(key, _)| key.row().to_string().split('/').next().unwrap().to_owned())
        .collect();
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["aggregate", "command", "due", "facts", "index"]);
}

/// An answer without what tells how far the logs were read.
fn meaning(answer: &DecisionRecord) -> serde_json::Value {
    let mut answer = serde_json::to_value(answer).unwrap();
    assert!(answer.as_object_mut().unwrap().remove("view_token").is_some());
    answer
}

#[test]
fn l07_records_of_every_golden_file_are_read_and_mean_the_same() {
    for file in OLD.into_iter().chain([NEW]) {
        let old = restored(&fs::read_to_string(path(file)).unwrap());
        means_the_same(&Engine::new(old, settings()), &Engine::new(written(), settings()));
    }
}

#[test]
fn l07_facts_of_the_golden_file_are_read_as_they_were() {
    let old = restored(&fs::read_to_string(path(NEW)).unwrap());
    let all = |store| {
        let engine = Engine::new(store, settings());
        engine.history(Aggregate::Subject(PERSON), None, 256).unwrap().facts
    };
    assert_eq!(all(old), all(written()));
}

fn means_the_same(old: &Engine<MemoryStore>, new: &Engine<MemoryStore>) {
    let now = t(500);
    let mut asked = 0;
    for person in [PERSON, OTHER_PERSON] {
        for purpose in purposes() {
            let query = new.query(purpose.id(), RegimeSet::OPT_IN).unwrap().on(Channel::Email);
            for text in ["ada@example.com", "bob@example.com", "eve@example.com"] {
                let old = old.evaluate_at(person, &address(text), &query, now).unwrap();
                let new = new.evaluate_at(person, &address(text), &query, now).unwrap();
                assert_eq!(meaning(&old), meaning(&new));
                asked += 1;
            }
        }
    }
    assert_eq!(asked, 60);
    // A command of then is known, and a new one goes on from there.
    let (key, _) =
        image(old.store()).into_iter().find(|(key, _)| matches!(key.row(), Row::Command { .. })).unwrap();
    let Row::Command { command, .. } = key.row() else { panic!("{key}") };
    let other = Command::new(Actor::subject(), Act::OptOut(vec![Scope::purpose(id("football"))]));
    let reused = old.decide(PERSON, other.clone(), Stamp::new(now, command));
    assert!(reused.is_err() || key.row().to_string().contains("point"), "{key}");
    let again = Stamp::new(now, CommandId::from_u128(0x9999));
    old.decide(PERSON, other.clone(), again).unwrap();
    new.decide(PERSON, other, again).unwrap();
    go_on_alike(old, new);
}

/// The same commands on records of then and on those of now: what is written anew is of the format it says, and means the same.
fn go_on_alike(old: &Engine<MemoryStore>, new: &Engine<MemoryStore>) {
    let football =
        Stated { purpose: Breadth::Exactly(id("football")), channel: Some(Channel::Email), point: None };
    for (number, person) in [PERSON, OTHER_PERSON].into_iter().enumerate() {
        let stamp = |of: u128| {
            let id = CommandId::from_u128(0xa000 + 16 * of + number as u128);
            Stamp::new(t(20_000 + 10 * i64::try_from(of).unwrap()), id)
        };
        for engine in [old, new] {
            engine.attach(person, &address("ada@example.com"), operator(), stamp(1)).unwrap();
            engine.opt_out(address("eve@example.com"), [Scope::EVERYTHING], stamp(2)).unwrap();
            engine.opt_in(person, [football], explicit(), stamp(3)).unwrap();
            engine.opt_out(person, [Scope::purpose(id("care"))], stamp(4)).unwrap();
        }
    }
    for engine in [old, new] {
        let stamp = Stamp::new(t(30_000), CommandId::from_u128(0xb000));
        engine.merge(PERSON, OTHER_PERSON, operator(), explicit(), stamp).unwrap();
        assert!(
            image(engine.store()).iter().all(|(_, stored)| stored.bytes[0] == 1),
            "the format that is read"
        );
    }
    for purpose in purposes() {
        let query = new.query(purpose.id(), RegimeSet::OPT_IN).unwrap().on(Channel::Email);
        let ask = |engine: &Engine<MemoryStore>| {
            let told =
                engine.evaluate_at(OTHER_PERSON, &address("ada@example.com"), &query, t(40_000)).unwrap();
            (told.verdict, told.standing, told.reasons, told.valid_until)
        };
        assert_eq!(ask(old), ask(new), "{}", purpose.id());
    }
}
