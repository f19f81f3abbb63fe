//! What becomes of a request for a confirmation.

use std::sync::Arc;

use consent_engine::ExpiryCause as Cause;
use consent_engine::RestrictionReason as R;
use consent_engine::Standing::{Explicit, Unknown};
use consent_engine::model::Model;
use consent_engine::*;

use crate::history::History;
use crate::words::*;

#[test]
fn a_request_stands_pending_beside_a_refusal_it_had_seen() {
    let mut h = History::new();
    let named = h.restrict(of(ME), 10, R::OptOut, everything());
    let mut blind = h.clone();
    h.add(of(ME), 20, FactKind::Request(Arc::new(request(cell("news"), 100, vec![named]))));
    let pending = Some(PendingRequest { id: RequestId::from_u128(7), expires: s(100) });
    let answer = h.eval(&query("news"), 30);
    denies(answer, Explicit, [Reason::OptOut, Reason::ConsentPending]);
    assert_eq!(answer.valid_until, Some(s(100)));
    assert_eq!(h.state(cell("news"), 30), CellState { state: State::Denied, pending });
    blind.add(of(ME), 20, FactKind::Request(Arc::new(request(cell("news"), 100, vec![]))));
    denies(blind.eval(&query("news"), 30), Explicit, [Reason::OptOut]);
    assert_eq!(blind.state(cell("news"), 30), plain(State::Denied));
    h.restrict(of(ME), 40, R::OptOut, everything());
    denies(h.eval(&query("news"), 50), Explicit, [Reason::OptOut]);
    assert_eq!(h.state(cell("news"), 50), plain(State::Denied), "the withdrawal killed the request");
}

#[test]
fn a_request_lives_until_it_expires_or_is_answered_or_revoked() {
    let mut h = History::new();
    let asked = FactKind::Request(Arc::new(request(cell("news"), 100, vec![])));
    h.add(of(ME), 10, asked.clone());
    let pending = Some(PendingRequest { id: RequestId::from_u128(7), expires: s(100) });
    let state = |t| Model::new(&policy(), &Subject::new(ME), h.facts.clone()).state(cell("news"), t);
    assert_eq!(state(tick_before(s(100))), CellState { state: State::Pending, pending });
    assert_eq!(state(s(100)), plain(State::Expired(Cause::RequestLapsed)));
    denies(h.eval(&query("news"), 100), Explicit, [Reason::ConsentExpired]);

    let mut revoked = h.clone();
    revoked.add(of(ME), 20, FactKind::Revocation(revocation("mkt")));
    assert_eq!(revoked.state(cell("news"), 30), plain(State::Unknown));
    denies(revoked.eval(&query("news"), 30), Explicit, [Reason::ConsentRevoked]);

    let mut lapsed = h.clone();
    lapsed.add(of(ME), 20, FactKind::Lapsed { cause: LapseCause::Inactivity, ended: revocation("mkt") });
    assert_eq!(lapsed.state(cell("news"), 30), plain(State::Expired(Cause::RequestLapsed)));

    h.grant(10, cell("news"));
    assert_eq!(h.state(cell("news"), 30), plain(State::Granted), "a grant at the same instant answers");
    h.add(of(ME), 40, asked);
    assert_eq!(h.state(cell("news"), 50), CellState { state: State::Granted, pending });
}

#[test]
fn an_invalidation_denies_everything_it_covers_and_kills_the_token() {
    let mut h = History::new();
    h.add(of(ME), 10, FactKind::Request(Arc::new(request(cell("news"), 100, vec![]))));
    let named = h.restrict(of(ME), 20, R::Invalidation, Scope::purpose(id("mkt")));
    denies(h.eval(&query("news"), 30), Explicit, [Reason::Invalidation, Reason::ConsentMissing]);
    assert_eq!(h.state(cell("news"), 30), plain(State::Unknown));
    h.add(of(ME), 40, FactKind::Clear(named));
    denies(h.eval(&query("news"), 50), Unknown, [Reason::ConsentMissing]);
    assert_eq!(
        h.state(cell("news"), 50),
        plain(State::Unknown),
        "a cleared invalidation killed it all the same"
    );
}

#[test]
fn a_request_that_saw_an_opt_out_of_the_same_instant_is_dead() {
    let mut h = History::new();
    let named = h.restrict(of(ME), 20, R::OptOut, everything());
    h.add(of(ME), 20, FactKind::Request(Arc::new(request(cell("news"), 100, vec![named]))));
    assert_eq!(h.state(cell("news"), 30), plain(State::Denied));
}

#[test]
fn of_the_requests_in_two_logs_the_later_counts() {
    let mut h = History::new();
    h.add(of(ME), 20, FactKind::Request(Arc::new(request(cell("news"), 100, vec![]))));
    let other = LogId::new(Aggregate::Subject(ME), V);
    h.add(other, 10, FactKind::Request(Arc::new(request(cell("news"), 500, vec![]))));
    let pending = Some(PendingRequest { id: RequestId::from_u128(7), expires: s(100) });
    assert_eq!(h.state(cell("news"), 30), CellState { state: State::Pending, pending });
    assert_eq!(h.state(cell("news"), 100), plain(State::Expired(Cause::RequestLapsed)));
}

#[test]
fn of_several_grants_the_latest_answers_a_request() {
    let mut h = History::new();
    h.grant(10, cell("news"));
    h.add(of(ME), 20, FactKind::Request(Arc::new(request(cell("news"), 1_000, vec![]))));
    let short = Grant { window: Interval::new(s(30), Some(s(40))).unwrap(), ..grant(30, cell("news")) };
    h.add(of(ME), 30, FactKind::Grant(Arc::new(short)));
    assert_eq!(h.state(cell("news"), 50), plain(State::Expired(ExpiryCause::GrantLapsed)));
}
