//! d36: while index secrets are rotated, what a row names is made known under the newest, so that the oldest can go.

use consent_engine::op::import::RowOutcome;
use consent_engine::store::MemoryStore;
use consent_engine::*;

use super::*;

fn alias() -> Alias {
    Alias::new(SystemId::new("crm").unwrap(), "003A0001").unwrap()
}

fn with(store: &MemoryStore, secrets: IndexSecrets) -> Engine<&MemoryStore> {
    Engine::new(store, settings().with_index_secrets(secrets))
}

/// Ada as an import under the oldest secret alone makes her known.
fn known() -> MemoryStore {
    let store = MemoryStore::new();
    let engine = with(&store, IndexSecrets::new([7; 32]));
    all(&engine, &import(), [row(1, ADA).with_alias(alias()).saying(yes("news", 10))]);
    store
}

/// Imports a row under both secrets, and says whether Ada is found by the newest alone: by alias, and at her address.
fn found_after(store: &MemoryStore, rows: [ImportRow; 1], end: RowOutcome) -> (bool, bool) {
    let rotating = with(store, IndexSecrets::new([7; 32]).and([8; 32]));
    let imported = all(&rotating, &import_of(2), rows);
    assert_eq!(imported.reports[0].outcome, end);
    let newest = with(store, IndexSecrets::new([8; 32]));
    let known = !newest.load(alias()).unwrap().subject().ids.is_empty();
    let query = newest.query(id("outages"), RegimeSet::OPT_IN).unwrap().on(Channel::Email);
    let at = newest.evaluate_at(address(ADA), &address(ADA), &query, later()).unwrap();
    (known, at.verdict.is_permit())
}

#[test]
fn d36_a_row_renews_what_it_names_under_the_newest_secret() {
    let named = |by: fn() -> ImportRow| [by().saying(no("events", 20)), by().saying(yes("events", 20))];
    let by_address = named(|| row(1, ADA));
    let by_alias = named(|| ImportRow::new(1).with_alias(alias()));
    let by_both = named(|| row(1, ADA).with_alias(alias()));
    for row in by_address {
        assert_eq!(found_after(&known(), [row], RowOutcome::Applied), (false, true));
    }
    let [refuses, agrees] = by_alias;
    assert_eq!(found_after(&known(), [refuses], RowOutcome::Applied), (true, false));
    assert_eq!(
        found_after(&known(), [agrees], RowOutcome::Rejected),
        (false, false),
        "l53: by alias alone it grants nothing"
    );
    for row in by_both {
        assert_eq!(found_after(&known(), [row], RowOutcome::Applied), (true, true));
    }
    let nothing_new = row(1, ADA).with_alias(alias()).saying(yes("news", 10));
    assert_eq!(found_after(&known(), [nothing_new], RowOutcome::Unchanged), (true, true));
}

#[test]
fn d36_a_dry_run_and_a_rejected_row_write_nothing() {
    let store = known();
    let rotating = with(&store, IndexSecrets::new([7; 32]).and([8; 32]));
    let before = image(&store);
    let again = row(1, ADA).with_alias(alias()).saying(yes("news", 10));
    rotating.plan_import(&import_of(2), [again], later()).unwrap();
    let bare = row(1, ADA).with_alias(alias()).saying(RowStatement::opted_in(id("news"), t(30), explicit()));
    assert_eq!(all(&rotating, &import_of(2), [bare]).reports[0].outcome, RowOutcome::Rejected);
    assert_eq!(image(&store), before, "l53");
}

/// Whose an alias is that two people claim is not for a row to say.
#[test]
fn d36_a_contested_alias_is_renewed_for_nobody() {
    let store = MemoryStore::new();
    let stamp = |number: u128| Stamp::new(t(number as i64), CommandId::from_u128(0x900 + number));
    let claim = |secret: u8, who| {
        let engine = with(&store, IndexSecrets::new([secret; 32]));
        engine.claim(who, &alias(), operator(), stamp(u128::from(secret))).unwrap();
    };
    claim(7, PERSON);
    claim(8, OTHER_PERSON);
    let rotating = with(&store, IndexSecrets::new([7; 32]).and([8; 32]).and([9; 32]));
    all(&rotating, &import(), [ImportRow::new(1).with_alias(alias()).saying(no("news", 20))]);
    let newest = with(&store, IndexSecrets::new([9; 32]));
    assert!(newest.load(alias()).unwrap().subject().ids.is_empty());
}

/// A word of somebody who is named by an alias renews it too: an opt-out by it would find nobody else.
#[test]
fn d36_a_command_by_alias_renews_it() {
    for scope in [Scope::purpose(id("news")), Scope::EVERYTHING.at(NOWHERE)] {
        let store = known();
        let rotating = with(&store, IndexSecrets::new([7; 32]).and([8; 32]));
        rotating.opt_out(alias(), [scope], Stamp::new(later(), CommandId::from_u128(0x77))).unwrap();
        let newest = with(&store, IndexSecrets::new([8; 32]));
        let stamp = Stamp::new(later(), CommandId::from_u128(0x78));
        newest.opt_out(alias(), [Scope::purpose(id("events"))], stamp).unwrap();
    }
}

const NOWHERE: ContactPointId = ContactPointId::from_u128(0xdead);
