//! The life of a confirmation token: from when and until when it confirms, how often, and what ends it before.

use consent_engine::op::{Decide, Step};
use consent_engine::store::Store as _;
use consent_engine::*;

use crate::double_opt_in::*;
use crate::shop::*;
use crate::support::*;

const TICK: Span = Span::micros(1);

#[test]
fn l20_a_token_is_valid_from_issue_until_expiry_and_no_tick_longer() {
    let (shop, _, token) = asked();
    let issued = shop.now();
    let expires = issued.saturating_add(policy().request_lifetime());
    let at = |now: Timestamp, captured: Captured| {
        let engine = Engine::new(copy(shop.engine.store()), settings());
        let command = Decide::confirm(
            settings(),
            token.clone(),
            Presented::default(),
            explicit(),
            Stamp::new(now, shop.stamp().command),
        );
        engine.run(command.captured(captured)).map(|_| ()).map_err(|error| error.rejection().unwrap())
    };
    let issue = [issued.saturating_sub(TICK), issued, issued.saturating_add(TICK)];
    let found = issue.map(|captured| at(issued.saturating_add(Span::hours(1)), Captured::At(captured)));
    assert_eq!(found, [Err(Rejection::TokenNotYetValid), Ok(()), Ok(())]);
    let expiry = [expires.saturating_sub(TICK), expires, expires.saturating_add(TICK)];
    let found = expiry.map(|now| at(now, Captured::Now));
    assert_eq!(found, [Ok(()), Err(Rejection::TokenExpired), Err(Rejection::TokenExpired)]);
    // An old act that arrives late is late: a capture time brings no token back.
    let found = at(expires, Captured::At(issued));
    assert_eq!(found, Err(Rejection::TokenExpired));
    // A clock that is behind by more than the skew.
    let behind = issued.saturating_sub(Span::hours(1));
    assert_eq!(at(behind, Captured::Now), Err(Rejection::TokenNotYetValid));
}

#[test]
fn l20_d06_a_replayed_token_is_already_confirmed() {
    let (shop, _, token) = asked();
    confirm(&shop, &token).unwrap();
    assert_eq!(not_confirmed(&shop, &token), Rejection::AlreadyConfirmed);
    shop.pass(10 * 86_400);
    assert_eq!(not_confirmed(&shop, &token), Rejection::AlreadyConfirmed, "also after its time");
    shop.opt_out(PERSON, Scope::EVERYTHING).unwrap();
    assert_eq!(not_confirmed(&shop, &token), Rejection::Superseded, "it never brings anybody back");
    assert!(!shop.permits(PERSON, ADDRESS, "news"));
}

#[test]
fn l20_the_same_confirmation_delivered_twice_is_one() {
    let (shop, _, token) = asked();
    let stamp = shop.stamp();
    let once = shop.engine.confirm(&token, explicit(), stamp).unwrap();
    let twice = shop.engine.confirm(&token, explicit(), stamp).unwrap();
    assert!(!once.repeated && twice.repeated);
    assert_eq!(once.facts, twice.facts);
    let forged = Parts { secret: 2, ..Parts::of(&token) }.token();
    let reused = refused(shop.engine.confirm(&forged, explicit(), stamp));
    assert_eq!(reused, OperationError::CommandIdReused, "another secret is another command");
}

#[test]
fn l22_d06_withdrawal_erasure_and_revocation_kill_a_token() {
    let (shop, _, token) = asked();
    for (actor, act, expected) in [
        (Actor::subject(), Act::OptOut(vec![Scope::EVERYTHING]), Rejection::Superseded),
        (Actor::unauthenticated(), Act::OptOut(vec![Scope::EVERYTHING]), Rejection::Superseded),
        (Actor::subject(), Act::Erase, Rejection::NoPendingRequest),
        (operator(), Act::Revoke(Scope::purpose(id("news"))), Rejection::NoPendingRequest),
    ] {
        let shop = Shop::with(Engine::new(copy(shop.engine.store()), settings()));
        shop.pass(3_600);
        let stamp = Stamp::new(shop.now(), CommandId::from_u128(0xdead));
        shop.engine.decide(PERSON, Command::new(actor, act.clone()), stamp).unwrap();
        shop.pass(3_600);
        let before = image(shop.engine.store());
        let error =
            shop.engine.confirm(&token, explicit(), Stamp::new(shop.now(), CommandId::from_u128(0xbeef)));
        assert_eq!(error.unwrap_err().rejection(), Some(expected), "{act:?}");
        assert_eq!(image(shop.engine.store()), before);
        assert!(!shop.permits(PERSON, ADDRESS, "news"));
    }
}

/// The withdrawal is committed between the reads and the commit of the confirmation.
#[test]
fn l22_a_withdrawal_beside_a_confirmation_wins() {
    for by_address in [false, true] {
        let (shop, _, token) = asked();
        let confirmation = Decide::confirm(settings(), token, Presented::default(), explicit(), shop.stamp());
        let mut withdrawn = false;
        let mut step = Step::begin(confirmation);
        let outcome = loop {
            step = match step {
                Step::Read(what, reading) => reading.resume(shop.engine.store().read(&what)).unwrap(),
                Step::Commit(batch, committing) => {
                    if !withdrawn {
                        withdrawn = true;
                        let who = if by_address { Who::Address(address(ADDRESS)) } else { PERSON.into() };
                        shop.opt_out(who, Scope::EVERYTHING).unwrap();
                    }
                    committing.resume(shop.engine.store().commit(&[batch])).unwrap()
                }
                Step::Done(outcome) => break outcome,
            };
        };
        assert!(!shop.permits(PERSON, ADDRESS, "news"), "by address: {by_address}, {outcome:?}");
    }
}

#[test]
fn l21_d10_opening_the_link_is_no_confirmation() {
    let (shop, _, token) = asked();
    for method in Method::ALL.into_iter().filter(|method| method.strength().is_none()) {
        let opened = Evidence::new(method, SourceName::new("email_link").unwrap());
        let rejection = rejected(&shop, || shop.engine.confirm(&token, opened.clone(), shop.stamp()));
        assert_eq!(rejection, Rejection::EvidenceRejected(EvidenceProblem::MethodIsNoConsent), "{method:?}");
    }
    // The scanner used nothing up.
    confirm(&shop, &token).unwrap();
}
