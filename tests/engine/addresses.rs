use consent_engine::store::MemoryStore;
use consent_engine::*;

use crate::shop::*;
use crate::support::*;

#[test]
fn what_is_given_at_an_address_permits_there_and_nowhere_else() {
    let shop = Shop::new();
    shop.attach(PERSON, "ada@example.com");
    assert!(!shop.permits(PERSON, "ada@example.com", "news"));
    shop.opt_in(PERSON, "news").unwrap();
    assert!(shop.permits(PERSON, "ada@example.com", "news"));
    assert!(shop.permits(address("ada@example.com"), "ada@example.com", "news"));
    shop.attach(PERSON, "ada@example.org");
    assert!(!shop.permits(PERSON, "ada@example.org", "news"), "a grant is closed");
    assert!(!shop.permits(PERSON, "bob@example.com", "news"), "nobody's address");
    assert!(!shop.permits(PERSON, "ada@example.com", "events"));
}

#[test]
fn an_opt_out_by_address_reaches_everyone_behind_it_and_who_comes_later() {
    let shop = Shop::new();
    for person in [PERSON, OTHER_PERSON] {
        shop.attach(person, "family@example.com");
        shop.opt_in(person, "news").unwrap();
        assert!(shop.permits(person, "family@example.com", "news"));
    }
    let outcome = shop.opt_out(address("Family@EXAMPLE.com"), Scope::EVERYTHING).unwrap();
    assert_eq!(outcome.subject, None);
    let third = SubjectId::from_u128(0x53);
    shop.attach(third, "family@example.com");
    for person in [PERSON, OTHER_PERSON, third] {
        let decision = shop.at(person, "family@example.com", "news");
        assert!(!decision.verdict.is_permit());
        assert!(decision.reasons.contains(Reason::OptOut), "{decision:?}");
    }
}

#[test]
fn an_opt_out_by_an_address_that_nobody_knows_waits_for_its_owner() {
    let shop = Shop::new();
    shop.opt_out(address("Early.Bird@example.com"), Scope::purpose(id("news"))).unwrap();
    shop.attach(PERSON, "early.bird@example.com");
    assert!(shop.at(PERSON, "early.bird@example.com", "news").reasons.contains(Reason::OptOut));
    assert!(!shop.at(PERSON, "early.bird@example.com", "events").reasons.contains(Reason::OptOut));
}

#[test]
fn one_mailbox_has_one_spelling_and_opt_outs_reach_it_in_all() {
    let shop = Shop::new();
    shop.attach(PERSON, "Ada@example.com");
    shop.opt_in(PERSON, "news").unwrap();
    let again = shop.engine.attach(PERSON, &address("ada@example.com"), Actor::subject(), shop.stamp());
    assert_eq!(refused(again), OperationError::OtherSpelling);
    assert!(!shop.permits(PERSON, "ada@example.com", "news"), "a grant is for the address as it was written");
    assert!(shop.permits(PERSON, "Ada@example.com", "news"));
    shop.opt_out(address("aDA@example.com"), Scope::EVERYTHING).unwrap();
    assert!(!shop.permits(PERSON, "Ada@example.com", "news"));
}

#[test]
fn an_opt_in_by_a_shared_address_is_ambiguous() {
    let shop = Shop::new();
    assert_eq!(refused(shop.opt_in(address("a@example.com"), "news")), OperationError::UnknownSubject);
    shop.attach(PERSON, "a@example.com");
    shop.opt_in(address("a@example.com"), "news").unwrap();
    assert!(shop.permits(PERSON, "a@example.com", "news"));
    shop.attach(OTHER_PERSON, "a@example.com");
    let before = image(shop.engine.store());
    let ambiguous = OperationError::AmbiguousSubject { subjects: 2 };
    assert_eq!(refused(shop.opt_in(address("a@example.com"), "events")), ambiguous);
    let asked = shop.engine.evaluate(address("a@example.com"), &shop.ask("news"), shop.now());
    assert_eq!(refused(asked), ambiguous);
    assert_eq!(image(shop.engine.store()), before, "l53");
}

#[test]
fn a_reassigned_address_is_the_next_holders() {
    let shop = Shop::new();
    let point = shop.attach(PERSON, "desk@example.com");
    shop.opt_in(PERSON, "news").unwrap();
    let reassign = Act::Reassign { point, from: PERSON, to: Some(OTHER_PERSON) };
    shop.engine.decide(OTHER_PERSON, Command::new(operator(), reassign), shop.stamp()).unwrap();
    assert!(!shop.permits(PERSON, "desk@example.com", "news"));
    shop.opt_in(address("desk@example.com"), "events").unwrap();
    assert!(!shop.permits(OTHER_PERSON, "desk@example.com", "news"));
    let view = shop.engine.load(OTHER_PERSON).unwrap();
    assert!(
        view.token()
            .iter()
            .any(|(seen, _)| matches!(seen, Consulted::Log(log) if log.aggregate == Aggregate::Point(point)))
    );
}

#[test]
fn l08_an_alias_is_of_one_person() {
    let shop = Shop::new();
    let alias = Alias::new(SystemId::new("crm").unwrap(), "003A0001").unwrap();
    let claim = |person| shop.engine.claim(person, &alias, operator(), shop.stamp());
    claim(PERSON).unwrap();
    claim(PERSON).unwrap();
    let before = image(shop.engine.store());
    let conflict = refused(claim(OTHER_PERSON));
    assert_eq!(conflict, OperationError::AliasConflict);
    assert!(!conflict.to_string().contains("003A"));
    assert_eq!(image(shop.engine.store()), before);
    shop.attach(PERSON, "ada@example.com");
    shop.opt_in(alias.clone(), "news").unwrap();
    assert!(shop.permits(alias, "ada@example.com", "news"));
    let other = Alias::new(SystemId::new("shop").unwrap(), "003A0001").unwrap();
    let unknown = shop.engine.evaluate(other.clone(), &shop.ask("news"), shop.now()).unwrap();
    assert!(unknown.reasons.contains(Reason::IdentityUnresolved), "{unknown:?}");
    assert_eq!(refused(shop.opt_in(other, "news")), OperationError::UnknownSubject);
}

#[test]
fn a_new_secret_finds_what_was_written_under_the_old_one() {
    let store = MemoryStore::new();
    let shop = Shop::over(&store);
    shop.attach(PERSON, "ada@example.com");
    shop.opt_out(address("ada@example.com"), Scope::EVERYTHING).unwrap();
    let both = IndexSecrets::new([7; 32]).and([8; 32]);
    let rotating = Shop::with(Engine::new(&store, settings().with_index_secrets(both)));
    rotating.pass(1_000);
    let stamp = Stamp::new(rotating.now(), CommandId::from_u128(0x900));
    rotating.engine.attach(PERSON, &address("ada@example.com"), Actor::subject(), stamp).unwrap();
    let new = Engine::new(&store, settings().with_index_secrets(IndexSecrets::new([8; 32])));
    let decision =
        new.evaluate_at(PERSON, &address("ada@example.com"), &shop.ask("news"), rotating.now()).unwrap();
    assert!(decision.reasons.contains(Reason::OptOut));
    assert!(!decision.reasons.contains(Reason::ContactPointUnknown), "{decision:?}");
    let none = Engine::new(&store, Settings::new(TENANT, WRITER, policy()));
    let missing = none.evaluate_at(PERSON, &address("ada@example.com"), &shop.ask("news"), rotating.now());
    assert_eq!(refused(missing), OperationError::SecretsMissing);
}

/// l28: an upgrade of the rules for coarse forms loses no suppression.
#[test]
fn l28_an_opt_out_under_new_rules_reaches_addresses_kept_under_old_ones() {
    let store = MemoryStore::new();
    let shop = Shop::over(&store);
    shop.attach(PERSON, "ada+news@example.com");
    shop.attach(PERSON, "ada@example.com");
    shop.opt_in(PERSON, "news").unwrap();
    let rules = LiveRules::new(CoarseRules::V1).upgrade(CoarseRules::V1.with_plus_tag(PlusTag::Strip));
    let secrets = IndexSecrets::new([7; 32]).with_rules(rules);
    let upgraded = Engine::new(&store, settings().with_index_secrets(secrets));
    let permits = |text| {
        let decision = upgraded.evaluate_at(PERSON, &address(text), &shop.ask("news"), shop.now()).unwrap();
        decision.verdict.is_permit()
    };
    assert!(permits("ada@example.com") && permits("ada+news@example.com"));
    upgraded.opt_out(address("Ada@example.com"), [Scope::EVERYTHING], shop.stamp()).unwrap();
    assert!(!permits("ada@example.com"));
    assert!(!permits("ada+news@example.com"), "the same mailbox under the new rules");
}

/// A scope of an opt-out by address may name another contact point: it is met there, and nothing is lost.
#[test]
fn an_opt_out_by_address_that_names_another_point_reaches_that_one() {
    let shop = Shop::new();
    shop.attach(PERSON, "ada@example.com");
    let other = shop.attach(OTHER_PERSON, "bob@example.com");
    shop.opt_in(OTHER_PERSON, "news").unwrap();
    shop.engine.opt_out(address("bob@example.com"), [Scope::purpose(id("care"))], shop.stamp()).unwrap();
    let scopes = [Scope::EVERYTHING.at(other), Scope::purpose(id("events"))];
    shop.engine.opt_out(address("ada@example.com"), scopes, shop.stamp()).unwrap();
    assert!(!shop.permits(OTHER_PERSON, "bob@example.com", "news"));
    assert!(shop.at(PERSON, "ada@example.com", "events").reasons.contains(Reason::OptOut));
    assert!(!shop.at(PERSON, "ada@example.com", "news").reasons.contains(Reason::OptOut));
}

/// What an unknown address leads to can never be anybody's.
#[test]
fn nobody_can_have_the_contact_point_of_unknown_addresses() {
    let shop = Shop::new();
    let nobodys = ContactPointId::from_u128(u128::MAX);
    let attach = Act::Attach { point: nobodys, kind: PointKind::Email };
    let attached = shop.engine.decide(PERSON, Command::new(operator(), attach), shop.stamp());
    assert_eq!(refused(attached), OperationError::Rejected(Rejection::UnknownContactPoint));
    let stamp = Stamp::new(shop.now(), CommandId::from_u128(u128::MAX));
    let made = shop.engine.attach(PERSON, &address("a@example.com"), operator(), stamp);
    assert_eq!(refused(made), OperationError::Rejected(Rejection::UnknownContactPoint));
}

#[test]
fn l51_no_address_is_in_the_store_or_in_an_error() {
    let shop = Shop::new();
    shop.attach(PERSON, "canary@example.com");
    shop.opt_in(PERSON, "news").unwrap();
    shop.opt_out(address("canary@example.com"), Scope::EVERYTHING).unwrap();
    for (key, stored) in image(shop.engine.store()) {
        assert!(!String::from_utf8_lossy(&stored.bytes).contains("canary"), "{key}");
        assert!(!format!("{key:?} {stored:?}").contains("canary"));
    }
    assert!(!format!("{:?}", shop.engine).contains("[7, 7"));
}
