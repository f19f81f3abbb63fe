use consent_engine::store::MemoryStore;
use consent_engine::*;

use crate::shop::*;
use crate::support::*;

/// Two tenants on one store, interleaved, against one alone: nothing of one is seen by the other.
#[test]
fn l52_tenants_do_not_see_each_other() {
    let alone = Shop::new();
    let store = MemoryStore::new();
    let (one, other) = (Shop::over(&store), Shop::with(other_tenant(&store)));
    let play = |shop: &dyn Fn(usize) -> Option<bool>| (0..6).map(shop).collect::<Vec<_>>();
    let step = |shop: &Shop<_>, n: usize| match n {
        0 => Some(shop.attach(PERSON, "ada@example.com").uuid().is_nil()),
        1 => Some(shop.opt_in(PERSON, "news").is_ok()),
        2 => Some(shop.permits(PERSON, "ada@example.com", "news")),
        3 => Some(shop.opt_in(address("ada@example.com"), "events").is_ok()),
        _ => None,
    };
    let expected = play(&|n| match n {
        0 => Some(alone.attach(PERSON, "ada@example.com").uuid().is_nil()),
        1 => Some(alone.opt_in(PERSON, "news").is_ok()),
        2 => Some(alone.permits(PERSON, "ada@example.com", "news")),
        3 => Some(alone.opt_in(address("ada@example.com"), "events").is_ok()),
        _ => None,
    });
    let found = play(&|n| {
        other.attach(OTHER_PERSON, "ada@example.com");
        other.opt_out(PERSON, Scope::EVERYTHING).unwrap();
        other.opt_out(address("ada@example.com"), Scope::EVERYTHING).unwrap();
        step(&one, n)
    });
    assert_eq!(found, expected);
    let own = |key: &store::Key| key.tenant() == TENANT;
    let mut mixed = image(&store);
    mixed.retain(|(key, _)| own(key));
    let pure: Vec<_> =
        image(alone.engine.store()).into_iter().map(|(key, stored)| (key, stored.bytes)).collect();
    assert_eq!(mixed.into_iter().map(|(key, stored)| (key, stored.bytes)).collect::<Vec<_>>(), pure);
}

fn other_tenant(store: &MemoryStore) -> Engine<&MemoryStore> {
    let settings = Settings::new(TenantId::from_u128(0x7f), WRITER, policy());
    Engine::new(store, settings.with_index_secrets(IndexSecrets::new([7; 32])))
}
