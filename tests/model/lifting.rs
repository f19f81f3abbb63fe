//! Which grant lifts which restriction, and what never does.

use std::sync::Arc;

use consent_engine::RestrictionReason as R;
use consent_engine::Standing::{Default as ByRule, Explicit, Unknown};
use consent_engine::model::{Attempt, Model};
use consent_engine::*;

use crate::history::History;
use crate::words::permits;
use crate::words::*;

#[test]
fn an_opt_out_beats_a_later_recorded_earlier_grant() {
    let mut h = History::new();
    h.restrict(of(ME), 20, R::OptOut, Scope::purpose(id("mkt")));
    h.push(of(ME), Actor::subject(), Some(10), 30, FactKind::Grant(Arc::new(grant(10, cell("news")))));
    denies(h.eval(&query("news"), 40), Explicit, [Reason::OptOut]);
    assert_eq!(h.state(cell("news"), 40), plain(State::Withdrawn), "captured before the opt-out");
    denies(h.eval(&query("mkt"), 40), Explicit, [Reason::OptOut]);
    assert_eq!(h.state(cell("mkt"), 40), plain(State::Denied));
    permits(h.eval(&query("receipt"), 40), ByRule, LawfulBasis::Contract);
}

#[test]
fn a_blind_later_grant_lifts_nothing() {
    let mut h = History::new();
    h.restrict(of(ME), 20, R::OptOut, everything());
    h.grant(30, cell("news"));
    denies(h.eval(&query("news"), 40), Explicit, [Reason::OptOut]);
    assert_eq!(h.state(cell("news"), 40), plain(State::Denied), "no grant before the opt-out");
    denies(h.eval(&query_in("news", RegimeSet::OPT_OUT), 40), Explicit, [Reason::OptOut]);
}

#[test]
fn a_regrant_that_names_the_opt_out_lifts_it_until_the_next() {
    let mut h = History::new();
    h.grant(10, cell("news"));
    let named = h.restrict(of(ME), 20, R::OptOut, everything());
    let kind = Grant { lifts: vec![named], ..grant(30, cell("news")) };
    h.add(of(ME), 30, FactKind::Grant(Arc::new(kind)));
    permits(h.eval(&query("news"), 40), Explicit, LawfulBasis::Consent);
    assert_eq!(h.state(cell("news"), 40), plain(State::Granted));
    h.restrict(of(ME), 50, R::OptOut, everything());
    denies(h.eval(&query("news"), 60), Explicit, [Reason::OptOut]);
    assert_eq!(h.state(cell("news"), 60), plain(State::Withdrawn));
}

#[test]
fn a_lift_ends_with_its_grant_and_the_opt_out_bites_again() {
    let mut h = History::new();
    let named = h.restrict(of(ME), 20, R::OptOut, everything());
    let kind = Grant { lifts: vec![named], ..grant(30, cell("month")) };
    h.add(of(ME), 30, FactKind::Grant(Arc::new(kind)));
    let end = s(30 + 30 * DAY);
    let answer = h.eval(&query_in("month", RegimeSet::OPT_OUT), 40);
    permits(answer, Explicit, LawfulBasis::Consent);
    assert_eq!(answer.valid_until, Some(end));
    let after = h.eval(&query_in("month", RegimeSet::OPT_OUT), 30 + 30 * DAY);
    denies(after, Explicit, [Reason::OptOut, Reason::ConsentExpired]);
    assert_eq!(h.state(cell("month"), 30 + 30 * DAY), plain(State::Denied));
}

#[test]
fn a_broad_grant_never_lifts_a_narrower_refusal() {
    let mut h = History::new();
    let narrow = h.restrict(of(ME), 10, R::OptOut, Scope::purpose(id("news")));
    let token = h.token();
    let mut broad = attempt(cell("news"), 20, 30, Some(&token));
    broad.stated.purpose = Breadth::Subtree(id("mkt"));
    assert_eq!(h.lifts(cell("news"), &broad), Err(NotNamed::Broader));
    broad.stated.purpose = Breadth::All;
    assert_eq!(h.lifts(cell("news"), &broad), Err(NotNamed::Broader));
    assert_eq!(h.lifts(cell("news"), &attempt(cell("news"), 20, 30, Some(&token))), Ok(vec![narrow]));
    assert_eq!(h.lifts(cell("mkt"), &attempt(cell("mkt"), 20, 30, None)), Ok(vec![]), "nothing applies");
}

#[test]
fn a_narrow_grant_lifts_a_broad_refusal_for_its_own_part() {
    let mut h = History::new();
    let email = h.restrict(of(ME), 10, R::OptOut, everything().on(Channel::Email));
    let token = h.token();
    let just = attempt(cell("news"), 20, 30, Some(&token));
    assert_eq!(h.lifts(cell("news"), &just), Ok(vec![email]));
    let all_channels = Attempt { stated: Stated { channel: None, ..just.stated }, ..just };
    assert_eq!(h.lifts(cell("news"), &all_channels), Err(NotNamed::Broader));
}

#[test]
fn ties_and_unknown_capture_name_nothing() {
    let mut h = History::new();
    let named = h.restrict(of(ME), 20, R::OptOut, everything());
    let token = h.token();
    let exact = |captured| Attempt { captured_at: captured, ..attempt(cell("news"), 0, 30, Some(&token)) };
    assert_eq!(h.lifts(cell("news"), &exact(Some(s(20)))), Err(NotNamed::NotLater));
    assert_eq!(h.lifts(cell("news"), &exact(None)), Err(NotNamed::NotLater));
    assert_eq!(h.lifts(cell("news"), &exact(Some(tick_after(s(20))))), Ok(vec![named]));
    let late = Attempt { now: s(20), ..exact(Some(s(21))) };
    assert_eq!(
        h.lifts(cell("news"), &late),
        Err(NotNamed::NotLater),
        "at is the earlier of capture and record"
    );
}

#[test]
fn only_the_person_sees_without_a_token_and_not_within_the_conflict_window() {
    let mut h = History::new();
    let named = h.restrict(of(ME), 20, R::OptOut, everything());
    let now = |now| Attempt { now, captured_at: Some(now), ..attempt(cell("news"), 0, 0, None) };
    let late = Attempt { captured_at: Some(s(24)), ..now(s(60)) };
    assert_eq!(h.lifts(cell("news"), &late), Err(NotNamed::NotSeen), "the window is that of the act");
    assert_eq!(h.lifts(cell("news"), &now(tick_before(s(25)))), Err(NotNamed::NotSeen));
    assert_eq!(h.lifts(cell("news"), &now(s(25))), Ok(vec![named]));
    let blind = Attempt { view: Some(&ViewToken::NOTHING), ..now(s(60)) };
    assert_eq!(h.lifts(cell("news"), &blind), Err(NotNamed::NotSeen));
    let power = Authority::new([Power::Represent], Interval::starting(s(0)));
    let delegate = Attempt { actor: Actor::delegate(power), ..now(s(60)) };
    assert_eq!(h.lifts(cell("news"), &delegate), Err(NotNamed::NotSeen));
    let token = h.token();
    assert_eq!(h.lifts(cell("news"), &Attempt { view: Some(&token), ..delegate }), Ok(vec![named]));
}

#[test]
fn machines_lift_nothing_and_reports_only_from_trusted_systems() {
    let mut h = History::new();
    let named = h.restrict(of(ME), 20, R::OptOut, everything());
    let (token, crm) = (h.token(), SystemId::new("crm").unwrap());
    let by = |actor| Attempt { actor, ..attempt(cell("news"), 30, 40, Some(&token)) };
    let power = Authority::new([Power::Represent, Power::Block], Interval::starting(s(0)));
    let trusting = policy().with_lifting_systems([crm]);
    let me = Subject::new(ME);
    let trusted = Model::new(&trusting, &me, h.facts.clone());
    for actor in [Actor::importer(crm), Actor::partner(crm), Actor::system(crm), Actor::operator(power)] {
        assert_eq!(trusted.lifts(cell("news"), &by(actor)), Err(NotNamed::NotAuthorized));
    }
    let reported = by(Actor::subject().reported_by(crm));
    assert_eq!(h.lifts(cell("news"), &reported), Err(NotNamed::NotAuthorized));
    assert_eq!(trusted.lifts(cell("news"), &reported), Ok(vec![named]));
}

#[test]
fn what_a_guardian_set_the_person_lifts_only_of_age() {
    let mut h = History::new();
    let power = Authority::new([Power::Represent], Interval::new(s(0), Some(s(100))).unwrap());
    let restriction = Restriction::new(R::OptOut, everything());
    h.push(of(ME), Actor::guardian(power), Some(20), 20, FactKind::Restriction(restriction));
    let token = h.token();
    let by = |actor, age| Attempt { actor, age, ..attempt(cell("news"), 30, 40, Some(&token)) };
    assert_eq!(h.lifts(cell("news"), &by(Actor::subject(), None)), Err(NotNamed::NotAuthorized));
    assert_eq!(h.lifts(cell("news"), &by(Actor::subject(), Some(17))), Err(NotNamed::NotAuthorized));
    assert!(h.lifts(cell("news"), &by(Actor::subject(), Some(18))).is_ok());
    assert!(h.lifts(cell("news"), &by(Actor::guardian(power), None)).is_ok());
    assert_eq!(h.lifts(cell("news"), &by(Actor::delegate(power), None)), Err(NotNamed::NotAuthorized));
    let too_late = Attempt { captured_at: Some(s(100)), now: s(110), ..by(Actor::guardian(power), None) };
    assert_eq!(h.lifts(cell("news"), &too_late), Err(NotNamed::NotAuthorized));
}

#[test]
fn at_a_shared_address_only_a_confirmation_lifts() {
    let mut h = History::new();
    let named = h.restrict(at(A), 20, R::OptOut, everything());
    let token = h.token();
    assert_eq!(h.lifts(cell("news"), &attempt(cell("news"), 30, 40, Some(&token))), Ok(vec![named]));
    let all_mine = Stated { point: None, ..Stated::cell(cell("news")) };
    let wide = Attempt { stated: all_mine, ..attempt(cell("news"), 30, 40, Some(&token)) };
    assert_eq!(h.lifts(cell("news"), &wide), Err(NotNamed::Broader));
    h.attach(YOU, A, 25);
    let alone = attempt(cell("news"), 30, 40, Some(&token));
    assert_eq!(h.lifts(cell("news"), &alone), Err(NotNamed::NotAuthorized));
    let asked = request(cell("news"), 100, vec![named]);
    let confirmed = Attempt { confirms: Some((&asked, Some(s(30)))), ..alone };
    assert_eq!(h.lifts(cell("news"), &confirmed), Ok(vec![named]));
    let early = Attempt { confirms: Some((&asked, Some(s(20)))), ..alone };
    assert_eq!(h.lifts(cell("news"), &early), Err(NotNamed::NotLater), "the request counts, not the click");
    let unseen = request(cell("news"), 100, vec![]);
    let unseen = Attempt { confirms: Some((&unseen, Some(s(30)))), ..alone };
    assert_eq!(h.lifts(cell("news"), &unseen), Err(NotNamed::NotSeen));
}

#[test]
fn a_complaint_yields_to_a_confirmation_or_an_operator() {
    let mut h = History::new();
    let complaint = h.restrict(at(A), 20, R::Complaint, everything());
    denies(h.eval(&query("rel"), 30), Explicit, [Reason::Complaint, Reason::ConsentMissing]);
    permits(h.eval(&query("svc"), 30), ByRule, LawfulBasis::LegitimateInterests);
    let token = h.token();
    let plain_grant = attempt(cell("news"), 30, 40, Some(&token));
    assert_eq!(h.lifts(cell("news"), &plain_grant), Err(NotNamed::NotAuthorized));
    let asked = request(cell("news"), 100, vec![complaint]);
    let confirmed = Attempt { confirms: Some((&asked, Some(s(30)))), ..plain_grant };
    assert_eq!(h.lifts(cell("news"), &confirmed), Ok(vec![complaint]));
    h.add(at(A), 50, FactKind::Clear(complaint));
    denies(h.eval(&query("rel"), 60), Unknown, [Reason::ConsentMissing]);
    h.restrict(at(A), 55, R::Complaint, everything());
    denies(h.eval(&query("rel"), 60), Explicit, [Reason::Complaint, Reason::ConsentMissing]);
}

#[test]
fn a_clear_never_ends_the_persons_own_word() {
    let mut h = History::new();
    for reason in [R::OptOut, R::Objection, R::Erasure] {
        let named = h.restrict(of(ME), 20, reason, everything());
        h.add(of(ME), 21, FactKind::Clear(named));
    }
    let own = [Reason::OptOut, Reason::Objection, Reason::Erasure];
    denies(h.eval(&query("news"), 30), Explicit, own);
    denies(h.eval(&query("receipt"), 30), Explicit, [Reason::Erasure]);
}

#[test]
fn a_lift_names_one_log_and_only_that() {
    let mut h = History::new();
    let mine = h.restrict(of(ME), 10, R::OptOut, everything());
    h.restrict(LogId::new(Aggregate::Subject(ME), V), 10, R::OptOut, everything());
    let kind = Grant { lifts: vec![mine], ..grant(20, cell("news")) };
    h.add(of(ME), 20, FactKind::Grant(Arc::new(kind)));
    denies(h.eval(&query("news"), 30), Explicit, [Reason::OptOut]);
    assert_eq!(h.state(cell("news"), 30), plain(State::Denied));
}

#[test]
fn an_erasure_of_the_subject_is_never_lifted() {
    let mut h = History::new();
    let erasure = h.restrict(of(ME), 20, R::Erasure, everything().at(A));
    let returning = policy().with_return_after_erasure(true);
    let me = Subject::new(ME);
    let asked = request(cell("news"), 100, vec![erasure]);
    let confirmed = Attempt { confirms: Some((&asked, Some(s(30)))), ..attempt(cell("news"), 30, 40, None) };
    let model = Model::new(&returning, &me, h.facts.clone());
    assert_eq!(model.lifts(cell("news"), &confirmed), Err(NotNamed::NotAuthorized));
}
