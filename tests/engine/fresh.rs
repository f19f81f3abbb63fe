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

/// What the host knows of a person weighs in the answer.
#[test]
fn d53_a_child_is_not_promoted_to_by_silence() {
    let shop = Shop::new();
    let point = shop.attach(PERSON, "info@example.com");
    let query = shop.engine.query(id("news"), RegimeSet::OPT_OUT).unwrap().on(Channel::Email).at(point);
    let reasons = |load: Load| {
        let view = shop.engine.run(load).unwrap().view;
        evaluate(&view, &query, settings().policy(), shop.now()).reasons()
    };
    let load = || Load::new(settings(), Who::Subject(PERSON));
    assert!(reasons(load()).is_empty());
    assert!(reasons(load().known_as(SubjectKind::Child)).contains(Reason::Minor));
    assert!(reasons(load().known_as(SubjectKind::Deceased)).contains(Reason::Deceased));
    assert!(reasons(load().with_role_addresses([point])).contains(Reason::RoleAddress));
}

/// The logs of an outcome stand in the order in which they were written to, and can be read back from there.
#[test]
fn an_outcome_is_read_back_from_its_first_facts() {
    let shop = Shop::new();
    for n in 0..3 {
        let outcome = shop
            .engine
            .attach(PERSON, &address(&format!("a{n}@example.com")), Actor::subject(), shop.stamp())
            .unwrap();
        let logs: Vec<_> = outcome.facts.iter().map(|(log, ..)| log.aggregate).collect();
        assert_eq!(logs, [Aggregate::Point(outcome.point.unwrap()), Aggregate::Subject(PERSON)]);
        for (log, first, last) in outcome.facts {
            let cursor = op::HistoryCursor::at(log, first);
            let text = serde_json::to_string(&cursor).unwrap();
            let cursor = serde_json::from_str(&text).unwrap();
            let page = shop.engine.history(log.aggregate, Some(cursor), 1).unwrap();
            assert_eq!(page.facts.first().unwrap().position, log.at(first));
            assert_eq!(page.facts.last().unwrap().position, log.at(last));
        }
    }
}
