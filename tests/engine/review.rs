//! What a hostile reading of the operations found: each scenario as it was told.

use consent_engine::op::Corruption;
use consent_engine::store::{Action, Batch, Expect, MemoryStore, Receipt, Row, Store, Write};
use consent_engine::*;

use crate::shop::*;
use crate::support::*;

fn by_address() -> (Shop<MemoryStore>, Stated) {
    let shop = Shop::new();
    shop.attach(PERSON, "ada@example.com");
    let stated = Stated { purpose: Breadth::Exactly(id("news")), channel: Some(Channel::Email), point: None };
    (shop, stated)
}

/// A grant that is delivered again when its id could be forgotten does not lift what came since.
#[test]
fn l16_a_grant_delivered_again_after_years_counts_once() {
    let (shop, stated) = by_address();
    let stamp = shop.stamp();
    shop.engine.opt_in(PERSON, [stated], explicit(), stamp).unwrap();
    shop.opt_out(PERSON, Scope::EVERYTHING).unwrap();
    let late = shop.now().saturating_add(Span::days(2_000));
    for bucket in store::Bucket::all() {
        shop.engine.expire_commands(bucket, late, None).unwrap();
    }
    let again = shop.engine.opt_in(PERSON, [stated], explicit(), Stamp { now: late, ..stamp }).unwrap();
    assert!(again.repeated);
    let query = shop.ask("news").at(shop.engine.load(PERSON).unwrap().points().next().unwrap());
    assert!(!shop.engine.permits(PERSON, &query, late).unwrap());
}

/// A grant by address whose answer was lost is not the next holder's.
#[test]
fn l18_a_grant_by_address_is_not_repeated_for_the_next_holder() {
    let (shop, stated) = by_address();
    let stamp = shop.stamp();
    let first = shop.engine.opt_in(address("ada@example.com"), [stated], explicit(), stamp).unwrap();
    let point = shop.engine.load(PERSON).unwrap().points().next().unwrap();
    let reassign = Act::Reassign { point, from: PERSON, to: Some(OTHER_PERSON) };
    shop.engine.decide(OTHER_PERSON, Command::new(operator(), reassign), shop.stamp()).unwrap();
    shop.attach(OTHER_PERSON, "ada@example.com");
    let again = shop.engine.opt_in(address("ada@example.com"), [stated], explicit(), stamp).unwrap();
    assert!(again.repeated);
    assert_eq!(again.facts, first.facts);
    assert!(!shop.permits(OTHER_PERSON, "ada@example.com", "news"));
    // Shared by now, it still has the outcome it had.
    shop.attach(SubjectId::from_u128(0x53), "ada@example.com");
    let again = shop.engine.opt_in(address("ada@example.com"), [stated], explicit(), stamp);
    assert!(again.unwrap().repeated);
}

/// A newer policy that wrote at the address only is noticed too.
#[test]
fn d51_a_newer_policy_at_the_address_is_noticed() {
    let store = MemoryStore::new();
    let shop = Shop::over(&store);
    let point = shop.attach(PERSON, "ada@example.com");
    shop.opt_in(PERSON, "events").unwrap();
    let mut newer = purposes();
    newer.retain(|purpose| purpose.id() != id("events"));
    newer.push(marketing("promotions"));
    let newer = Policy::new(2, Catalogue::new(newer, []).unwrap());
    let newer = Engine::new(&store, settings().with_policy(newer));
    newer.opt_out(address("ada@example.com"), [Scope::purpose(id("promotions"))], shop.stamp()).unwrap();
    let query = shop.ask("events").at(point);
    let downgrade = OperationError::PolicyDowngrade { stored: 2, own: 1 };
    assert_eq!(refused(shop.engine.permits(PERSON, &query, shop.now())), downgrade);
    assert_eq!(refused(shop.opt_in(PERSON, "events")), downgrade);
    shop.opt_out(PERSON, Scope::EVERYTHING).unwrap();
}

/// Whoever has many addresses can be erased like anybody else.
#[test]
fn l53_an_erasure_of_many_addresses_is_not_refused() {
    for (points, review) in [(20, false), (60, true)] {
        let shop = Shop::new();
        for n in 0..points {
            shop.attach(PERSON, &format!("a{n}@example.com"));
        }
        shop.opt_in(PERSON, "news").unwrap();
        let outcome = shop.engine.decide(PERSON, Command::new(operator(), Act::Erase), shop.stamp()).unwrap();
        assert_eq!(outcome.effects.contains(&Effect::OpenReview { scope: Scope::EVERYTHING }), review);
        for n in 0..points {
            assert!(!shop.permits(PERSON, &format!("a{n}@example.com"), "news"), "{n} of {points}");
        }
    }
}

/// After an upgrade of the rules, attaching again makes the common key lead to both points of one mailbox.
#[test]
fn l28_an_upgraded_key_leads_to_every_point_of_the_mailbox() {
    let store = MemoryStore::new();
    let shop = Shop::over(&store);
    let texts = ["jane+x@example.com", "jane@example.com"];
    let points = texts.map(|text| shop.attach(PERSON, text));
    shop.opt_in(PERSON, "news").unwrap();
    let rules = LiveRules::new(CoarseRules::V1).upgrade(CoarseRules::V1.with_plus_tag(PlusTag::Strip));
    let secrets = IndexSecrets::new([7; 32]).with_rules(rules);
    let upgraded = Engine::new(&store, settings().with_index_secrets(secrets));
    for text in texts {
        upgraded.attach(PERSON, &address(text), Actor::subject(), shop.stamp()).unwrap();
    }
    let permits = |point| upgraded.permits(PERSON, &shop.ask("news").at(point), shop.now()).unwrap();
    assert!(points.into_iter().all(permits));
    upgraded.opt_out(address(texts[0]), [Scope::EVERYTHING], shop.stamp()).unwrap();
    assert!(!points.into_iter().any(permits), "both are closed");
    let asked = upgraded.evaluate_at(PERSON, &address(texts[1]), &shop.ask("news"), shop.now()).unwrap();
    assert!(!asked.verdict.is_permit());
}

/// An id that made somebody's contact point makes no other one.
#[test]
fn d27_an_opt_out_under_the_id_of_an_attach_is_not_put_on_its_point() {
    let shop = Shop::new();
    let stamp = shop.stamp();
    shop.engine.attach(PERSON, &address("ada@example.com"), Actor::subject(), stamp).unwrap();
    shop.opt_in(PERSON, "news").unwrap();
    let opt_out = shop.engine.opt_out(address("bob@example.com"), [Scope::EVERYTHING], stamp);
    assert_eq!(refused(opt_out), OperationError::CommandIdReused);
    assert!(shop.permits(PERSON, "ada@example.com", "news"));
}

/// The record of an address that the person's record names is gone.
#[test]
fn d42_a_lost_address_permits_nothing() {
    let (shop, _) = by_address();
    let query = shop.engine.query(id("news"), RegimeSet::OPT_OUT).unwrap().on(Channel::Email);
    let point = shop.engine.load(PERSON).unwrap().points().next().unwrap();
    assert!(shop.engine.permits(PERSON, &query.at(point), shop.now()).unwrap());
    let lost = image(shop.engine.store())
        .into_iter()
        .find(|(key, _)| key.row() == Row::Aggregate(Aggregate::Point(point)))
        .unwrap();
    let delete = Write { key: lost.0, expect: Expect::At(lost.1.version), action: Action::Delete };
    shop.engine.store().commit(&[Batch::new([delete]).unwrap()]).unwrap();
    let error = refused(shop.engine.permits(PERSON, &query.at(point), shop.now()));
    assert!(matches!(error, OperationError::StoreCorrupt { why: Corruption::Lost, .. }), "{error}");
    assert!(refused(shop.opt_in(PERSON, "events")).to_string().contains("lost"));
    shop.opt_out(PERSON, Scope::EVERYTHING).unwrap();
}

/// What cannot be read after a commit in doubt leaves the command in doubt, and hands it back.
#[test]
fn l18_a_damaged_record_after_a_commit_in_doubt_is_unsettled() {
    let (shop, stated) = by_address();
    let act = Act::Grant { stated: vec![stated], window: None };
    let command = Command::new(Actor::subject(), act).with_evidence(explicit());
    let decide = op::Decide::new(settings(), Who::Subject(PERSON), command.clone(), shop.stamp());
    let mut step = op::Step::begin(decide);
    let mut commits = 0;
    let outcome = loop {
        step = match step {
            op::Step::Read(what, reading) => {
                let mut records = shop.engine.store().read(&what).unwrap();
                if commits > 0 {
                    records.found.clear();
                }
                reading.resume::<std::convert::Infallible>(Ok(records)).unwrap()
            }
            op::Step::Commit(batch, committing) => {
                commits += 1;
                shop.engine.store().commit(&[batch]).unwrap();
                committing.resume::<std::convert::Infallible>(Ok(vec![Receipt::Unknown])).unwrap()
            }
            op::Step::Done(outcome) => break outcome,
        };
    };
    assert_eq!(outcome, Err(OperationError::Unsettled { command: Some(Box::new(command)) }));
}

/// One secret twice is one secret.
#[test]
fn a_secret_given_twice_is_one() {
    let secrets = IndexSecrets::new([7; 32]).and([7; 32]);
    let engine = Engine::new(MemoryStore::new(), settings().with_index_secrets(secrets));
    let shop = Shop::with(engine);
    shop.opt_out(address("ada@example.com"), Scope::EVERYTHING).unwrap();
    shop.attach(PERSON, "ada@example.com");
}
