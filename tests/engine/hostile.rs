//! Records that were damaged as text, under a checksum that is true: whatever they hold, a typed error or a restrictive answer.

use consent_engine::op::import::{Import, ImportCursor, ImportRow, RowStatement};
use consent_engine::store::{Action, Batch, Expect, Key, MemoryStore, Row, Store, Write};
use consent_engine::*;
use serde_json::{Value, json};

use crate::golden;
use crate::shop::*;
use crate::support::*;

const CANARY: &str = "canary-7f3a@example.com";

/// As the library: FNV-1a over words. A store that means to deceive can do the same.
fn checksum(key: &Key, payload: &[u8]) -> [u8; 8] {
    let step = |sum: u64, word: u64| (sum ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(29);
    let add = |sum, bytes: &[u8]| {
        let words = bytes.chunks_exact(8);
        let mut last = [0; 8];
        last[..words.remainder().len()].copy_from_slice(words.remainder());
        let sum = words.fold(sum, |sum, word| step(sum, u64::from_le_bytes(word.try_into().unwrap())));
        step(step(sum, u64::from_le_bytes(last)), bytes.len() as u64)
    };
    [key.as_bytes(), payload].into_iter().fold(0xcbf2_9ce4_8422_2325, add).to_be_bytes()
}

/// The same store with another text in one record.
fn with(store: &MemoryStore, key: Key, text: &str) -> MemoryStore {
    let changed = copy(store);
    let version = image(&changed).into_iter().find(|(own, _)| *own == key).unwrap().1.version;
    let mut bytes = vec![1];
    bytes.extend(checksum(&key, text.as_bytes()));
    bytes.extend(text.as_bytes());
    let put = Write { key, expect: Expect::At(version), action: Action::Put(bytes.into()) };
    changed.commit(&[Batch::new([put]).unwrap()]).unwrap();
    changed
}

/// Each record as text.
fn texts(store: &MemoryStore) -> Vec<(Key, String)> {
    let text = |bytes: &[u8]| String::from_utf8(bytes[9..].to_vec()).unwrap();
    image(store).into_iter().map(|(key, stored)| (key, text(&stored.bytes))).collect()
}

/// Each place in a value, as a path.
fn places(value: &Value, at: String, all: &mut Vec<String>) {
    all.push(at.clone());
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, item)| places(item, format!("{at}/{n}"), all));
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(name, field)| places(field, format!("{at}/{name}"), all))
        }
        _ => {}
    }
}

/// What an attacker puts in the place of a value. The words are set in afterwards, as no JSON value holds them.
fn instead_of(value: &Value) -> Vec<Value> {
    let mut others = vec![
        Value::Null,
        json!(-1),
        json!(0),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(0.5),
        json!(CANARY),
        json!("raw:1e999"),
        json!("raw:-0"),
        json!("raw:99999999999999999999999"),
        json!("raw:DEEP"),
        json!("raw:\"\\ud800\""),
        json!("x".repeat(100_000)),
        json!([]),
        json!({}),
    ];
    match value {
        Value::Array(items) => {
            others.push(items.iter().rev().cloned().collect());
            others.push(items.iter().chain(items).cloned().collect());
        }
        Value::Object(fields) => {
            for gone in fields.keys() {
                others.push(
                    fields
                        .iter()
                        .filter(|(name, _)| *name != gone)
                        .map(|(k, v)| (k.clone(), v.clone()))
                        .collect(),
                );
            }
        }
        _ => {}
    }
    others
}

fn text_of(value: &Value) -> String {
    let mut text = serde_json::to_string(value).unwrap();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (word, raw) in [
        ("\"raw:1e999\"", "1e999"),
        ("\"raw:-0\"", "-0"),
        ("\"raw:99999999999999999999999\"", "99999999999999999999999"),
        ("\"raw:DEEP\"", deep.as_str()),
        ("\"raw:\\\"\\\\ud800\\\"\"", "\"\\ud800\""),
    ] {
        text = text.replace(word, raw);
    }
    text
}

/// Everything that reads the record is tried; what goes wrong says nothing of what is in it. Whether anything was permitted.
fn try_all(store: MemoryStore) -> bool {
    let shop = Shop::with(Engine::new(store, settings()));
    shop.pass(100_000);
    let alias = Alias::new(SystemId::new("crm").unwrap(), "003A0001").unwrap();
    let ada = || address("ada@example.com");
    let mut told = Vec::new();
    let mut tell = |text: Result<String, String>| told.push(text.unwrap_or_else(|error| error));
    let mut permitted = false;
    for who in [Who::from(PERSON), Who::from(alias), Who::from(ada())] {
        let asked = shop.engine.evaluate_at(who, &ada(), &shop.ask("news"), shop.now());
        permitted |= asked.as_ref().is_ok_and(|record| record.verdict.is_permit());
        tell(asked.map(|record| format!("{record:?}")).map_err(|error| format!("{error} {error:?}")));
    }
    macro_rules! tell {
        ($outcome:expr) => {
            tell($outcome.map(|told| format!("{told:?}")).map_err(|error| format!("{error} {error:?}")))
        };
    }
    tell!(shop.engine.history(Aggregate::Subject(PERSON), None, 64).map(|page| page.facts.len()));
    let bucket = image(shop.engine.store())[0].0.bucket();
    tell!(shop.engine.due(bucket, Timestamp::MAX, None, 8));
    tell!(shop.engine.expire_commands(bucket, Timestamp::MAX, None));
    let import = Import::new(ImportId::from_u128(9), SystemId::new("crm").unwrap(), shop.now());
    let row = ImportRow::new(1)
        .with_address(ada())
        .saying(RowStatement::opted_out(PurposeScope::Subtree(id("events"))));
    let row = shop.engine.import(&import, ImportCursor::start(&import), [row], shop.now());
    tell!(row);
    tell!(shop.opt_out(PERSON, Scope::purpose(id("events"))));
    tell!(shop.opt_in(PERSON, "events"));
    for text in told {
        assert!(!text.contains("canary"), "{text}");
    }
    permitted
}

#[test]
fn d22_d23_l05_whatever_a_record_holds_there_is_an_answer_that_repeats_nothing_of_it() {
    let store = golden::written();
    let deep = std::env::var_os("CONSENT_ENGINE_FULL").is_some();
    let mut tried = 0;
    for (key, text) in texts(&store) {
        let value: Value = serde_json::from_str(&text).unwrap();
        let mut all = Vec::new();
        places(&value, String::new(), &mut all);
        for (n, place) in all.iter().enumerate() {
            for (m, other) in instead_of(value.pointer(place).unwrap()).into_iter().enumerate() {
                if !deep && (n * 7 + m) % 37 != 0 {
                    continue;
                }
                let mut changed = value.clone();
                *changed.pointer_mut(place).unwrap() = other;
                try_all(with(&store, key, &text_of(&changed)));
                tried += 1;
            }
        }
        for cut in [0, 1, text.len() / 2, text.len() - 1] {
            try_all(with(&store, key, &text[..cut]));
        }
        try_all(with(&store, key, &format!("\u{feff}{text}")));
        try_all(with(&store, key, &format!("{text}{text}")));
    }
    assert!(tried > 300, "{tried}");
}

/// A person with something of each kind that a record keeps, and a purpose that is permitted for all that.
fn permitting() -> MemoryStore {
    let shop = Shop::new();
    let point = shop.attach(PERSON, "ada@example.com");
    shop.attach(PERSON, "ada@old.example");
    let alias = Alias::new(SystemId::new("crm").unwrap(), "003A0001").unwrap();
    shop.engine.claim(PERSON, &alias, operator(), shop.stamp()).unwrap();
    let does = |actor, act| {
        let command = Command::new(actor, act).with_evidence(explicit());
        let outcome = shop.engine.decide(PERSON, command, shop.stamp());
        outcome.unwrap_or_else(|error| panic!("{error}")).facts
    };
    let person = Actor::subject;
    does(operator(), Act::Merge(OTHER_PERSON));
    does(operator(), Act::Unmerge(OTHER_PERSON));
    does(person(), Act::OptOut(vec![Scope::purpose(id("events"))]));
    does(operator(), Act::Revoke(Scope::purpose(id("events"))));
    let pause = |until| {
        let scope = Scope::purpose(id("news"));
        does(person(), Act::Restrict { reason: RestrictionReason::Pause, scope, until: Some(until) })
    };
    pause(shop.now().saturating_add(Span::seconds(15)));
    shop.pass(60);
    does(person(), Act::Request(vec![Stated::cell(cell("football", point))]));
    let (log, upto, _) = does(operator(), Act::Hold(id("receipts")))[0];
    does(operator(), Act::Release { purpose: id("receipts"), log, upto });
    does(operator(), Act::Verify(point));
    does(operator(), Act::RecordBasis { purpose: id("fraud"), basis: LawfulBasis::PublicTask });
    does(operator(), Act::Describe(Description::Kind(SubjectKind::Person)));
    let (old, new) = (address("ada@old.example"), address("ada@new.example"));
    shop.engine.replace(PERSON, &old, &new, operator(), shop.stamp()).unwrap();
    pause(Timestamp::MAX);
    shop.pass(60);
    does(person(), Act::Resume(Scope::EVERYTHING));
    shop.opt_in(PERSON, "news").unwrap();
    shop.engine.store().clone()
}

/// What a later version says of a record is not left out by this one.
#[test]
fn l49_a_field_that_is_not_known_permits_nothing_nor_does_one_that_is_there_twice() {
    let store = permitting();
    let sound = try_all(copy(&store));
    assert!(sound, "else nothing is shown");
    let mut tried = 0;
    for (key, text) in texts(&store) {
        // What became of a command does not decide; facts are read for history only.
        if !matches!(key.row(), Row::Aggregate(Aggregate::Subject(PERSON))) {
            continue;
        }
        let opens: Vec<_> = text.match_indices('{').map(|(at, _)| at + 1).collect();
        for open in opens {
            let is_empty = text[open..].starts_with('}');
            let (before, after) = text.split_at(open);
            let comma = if is_empty { "" } else { "," };
            let unknown = format!("{before}\"only_if\":\"{CANARY}\"{comma}{after}");
            assert!(!try_all(with(&store, key, &unknown)), "{}…", &after[..after.len().min(80)]);
            if let Some(first) = after.split(':').next().filter(|first| first.starts_with('"')) {
                let twice = format!("{before}{first}:null,{after}");
                assert!(!try_all(with(&store, key, &twice)), "{}…", &after[..after.len().min(80)]);
            }
            tried += 1;
        }
    }
    assert!(tried > 30, "{tried}");
}
