//! l55: a decision carries all that was consulted, and no longer holds once any of it changed.

use consent_engine::op::Load;
use consent_engine::*;

use crate::shop::*;
use crate::support::*;

fn alias() -> Alias {
    Alias::new(SystemId::new("crm").unwrap(), "003A0001").unwrap()
}

/// What is loaded of the alias at an address.
fn load(shop: &Shop<store::MemoryStore>) -> View {
    let load = Load::new(settings(), Who::Alias(alias())).at(address("ada@example.com"));
    shop.engine.run(load).unwrap().view
}

#[test]
fn l55_any_change_to_what_was_consulted_ends_a_decision() {
    let shop = Shop::new();
    let other = Engine::new(shop.engine.store(), Settings::new(TENANT, OTHER_WRITER, policy()));
    let changes: [&dyn Fn(); 7] = [
        &|| drop(shop.engine.claim(PERSON, &alias(), operator(), shop.stamp()).unwrap()),
        &|| assert_ne!(shop.attach(PERSON, "ada@example.com"), EMAIL),
        &|| drop(shop.opt_in(PERSON, "news").unwrap()),
        &|| drop(shop.opt_out(address("ada@example.com"), Scope::purpose(id("events"))).unwrap()),
        &|| drop(other.opt_out(PERSON, [Scope::purpose(id("care"))], shop.stamp()).unwrap()),
        &|| assert_ne!(shop.attach(PERSON, "second@example.com"), EMAIL),
        &|| drop(shop.opt_out(address("second@example.com"), Scope::EVERYTHING).unwrap()),
    ];
    for (n, change) in changes.into_iter().enumerate() {
        let before = load(&shop);
        assert_eq!(recheck(before.token(), &load(&shop)), Freshness::Current, "{n}");
        change();
        assert_eq!(recheck(before.token(), &load(&shop)), Freshness::Changed, "{n}");
    }
    // What concerns somebody else changes nothing.
    let before = load(&shop);
    shop.opt_out(OTHER_PERSON, Scope::EVERYTHING).unwrap();
    shop.opt_out(address("bob@example.com"), Scope::EVERYTHING).unwrap();
    assert_eq!(recheck(before.token(), &load(&shop)), Freshness::Current);
    let record = shop.at(alias(), "ada@example.com", "news");
    let keys = record.view_token.iter().filter(|(seen, _)| matches!(seen, Consulted::Key(_))).count();
    assert_eq!(keys, 3, "alias, exact and coarse form");
    assert!(record.verdict.is_permit() && record.valid_until.is_none());
}
