//! Parts that meet: merges with forms, tokens, imports and addresses that move.

use consent_engine::op::Decide;
use consent_engine::store::MemoryStore;
use consent_engine::*;

use crate::shop::*;
use crate::support::*;

const ADA: &str = "ada@example.com";
const THIRD_PERSON: SubjectId = SubjectId::from_u128(0x53);

fn seen() -> Evidence {
    Evidence::new(Method::Explicit, SourceName::new("support").unwrap())
}

fn merge(shop: &Shop<MemoryStore>) {
    shop.engine.merge(PERSON, OTHER_PERSON, operator(), seen(), shop.stamp()).unwrap();
}

fn unmerge(shop: &Shop<MemoryStore>) {
    shop.engine.unmerge(PERSON, OTHER_PERSON, operator(), seen(), shop.stamp()).unwrap();
}

/// Ada and Bob, each with an address where they consent.
fn two_people() -> Shop<MemoryStore> {
    let shop = Shop::new();
    for (person, text) in [(PERSON, ADA), (OTHER_PERSON, "bob@example.com")] {
        shop.attach(person, text);
        shop.opt_in(person, "news").unwrap();
    }
    shop
}

#[test]
fn d03_an_address_that_moves_is_taken_from_every_record_of_the_person() {
    let shop = two_people();
    merge(&shop);
    let command = Command::new(operator(), Act::Merge(PERSON)).with_evidence(seen());
    let reassign = Decide::reassign(
        shop.engine.settings().clone(),
        address(ADA),
        OTHER_PERSON,
        Some(THIRD_PERSON),
        command,
        shop.stamp(),
    );
    shop.engine.run(reassign).unwrap();
    assert!(!shop.permits(PERSON, ADA, "news"), "somebody else reads it now");
    unmerge(&shop);
    assert!(!shop.permits(PERSON, ADA, "news"));
    assert!(shop.permits(OTHER_PERSON, "bob@example.com", "news"));
}

#[test]
fn l47_a_pause_is_not_ended_by_somebody_who_was_taken_for_the_person() {
    let shop = two_people();
    let pause = Act::Restrict {
        reason: RestrictionReason::Pause,
        scope: Scope::EVERYTHING,
        until: Some(shop.now().saturating_add(Span::days(30))),
    };
    shop.engine.decide(OTHER_PERSON, Command::new(Actor::subject(), pause), shop.stamp()).unwrap();
    merge(&shop);
    unmerge(&shop);
    shop.pass(60);
    let resume = Command::new(Actor::subject(), Act::Resume(Scope::EVERYTHING));
    let refusal = refused(shop.engine.decide(PERSON, resume.clone(), shop.stamp()));
    assert!(!shop.permits(OTHER_PERSON, "bob@example.com", "news"), "it was Bob who paused");
    assert_eq!(refusal, OperationError::Rejected(Rejection::NothingToClear));
    shop.engine.decide(OTHER_PERSON, resume, shop.stamp()).unwrap();
    assert!(shop.permits(OTHER_PERSON, "bob@example.com", "news"));
    assert!(shop.permits(PERSON, ADA, "news"));
}
