//! What a grant permits, and for how long.

use std::sync::Arc;

use consent_engine::ExpiryCause as Cause;
use consent_engine::RestrictionReason as R;
use consent_engine::Standing::{Default as ByRule, Explicit, Unknown};
use consent_engine::model::Model;
use consent_engine::*;

use crate::history::History;
use crate::words::permits;
use crate::words::*;

#[test]
fn a_grant_permits_and_its_siblings_stay_silent() {
    let mut h = History::new();
    h.grant(10, cell("news"));
    let answer = h.eval(&query("news"), 20);
    permits(answer, Explicit, LawfulBasis::Consent);
    assert_eq!(answer.valid_until, None);
    assert_eq!(h.state(cell("news"), 20), plain(State::Granted));
    denies(h.eval(&query("mkt"), 20), Unknown, [Reason::ConsentMissing]);
    assert_eq!(h.state(cell("mkt"), 20), plain(State::Unknown));
}

#[test]
fn silence_is_what_the_regime_makes_of_it() {
    let h = History::new();
    denies(h.eval(&query("news"), 20), Unknown, [Reason::ConsentMissing]);
    permits(h.eval(&query_in("news", RegimeSet::OPT_OUT), 20), ByRule, LawfulBasis::Consent);
    let both = RegimeSet::OPT_OUT.with(Regime::OptIn);
    denies(h.eval(&query_in("news", both), 20), Unknown, [Reason::ConsentMissing]);
    denies(h.eval(&query_in("news", RegimeSet::NONE), 20), Unknown, [Reason::NoRegime]);
    denies(h.eval(&query_in("receipt", RegimeSet::NONE), 20), Unknown, [Reason::NoRegime]);
    permits(h.eval(&query("receipt"), 20), ByRule, LawfulBasis::Contract);
}

#[test]
fn two_grants_do_not_add_up() {
    let mut h = History::new();
    let opt_out = h.restrict(of(ME), 10, R::OptOut, everything());
    let objection = h.restrict(of(ME), 10, R::Objection, everything());
    let one = Grant { lifts: vec![opt_out], ..grant(30, cell("news")) };
    let other = Grant { lifts: vec![objection], strength: Strength::DoubleOptIn, ..grant(31, cell("news")) };
    h.add(of(ME), 30, FactKind::Grant(Arc::new(one)));
    h.add(of(ME), 31, FactKind::Grant(Arc::new(other)));
    denies(h.eval(&query("news"), 40), Explicit, [Reason::OptOut, Reason::Objection]);
    assert_eq!(h.state(cell("news"), 40), plain(State::Granted), "the state knows only of opt-outs");
}

#[test]
fn a_validity_is_half_open() {
    let mut h = History::new();
    h.grant(10, cell("month"));
    let end = s(10 + 30 * DAY);
    let now = |t| Model::new(&policy(), &Subject::new(ME), h.facts.clone()).evaluate(&query("month"), t);
    permits(now(tick_before(end)), Explicit, LawfulBasis::Consent);
    assert_eq!(now(tick_before(end)).valid_until, Some(end));
    denies(now(end), Explicit, [Reason::ConsentExpired]);
    denies(now(tick_after(end)), Explicit, [Reason::ConsentExpired]);
    assert_eq!(now(end).valid_until, None);
    assert_eq!(h.state(cell("month"), 10 + 30 * DAY), plain(State::Expired(Cause::GrantLapsed)));
    denies(h.eval(&query_in("month", RegimeSet::OPT_OUT), 99 * DAY), Explicit, [Reason::ConsentExpired]);
}

#[test]
fn a_shorter_renewal_shortens() {
    let mut h = History::new();
    h.grant(10, cell("news"));
    let short = Grant { window: Interval::new(s(20), Some(s(30))).unwrap(), ..grant(20, cell("news")) };
    h.add(of(ME), 20, FactKind::Grant(Arc::new(short)));
    let answer = h.eval(&query("news"), 29);
    permits(answer, Explicit, LawfulBasis::Consent);
    assert_eq!(answer.valid_until, Some(s(30)));
    denies(h.eval(&query("news"), 30), Explicit, [Reason::ConsentExpired]);
    assert_eq!(h.state(cell("news"), 30), plain(State::Expired(Cause::GrantLapsed)));
}

#[test]
fn a_later_start_defers() {
    let mut h = History::new();
    let later = Grant { window: Interval::starting(s(100)), ..grant(10, cell("news")) };
    h.add(of(ME), 10, FactKind::Grant(Arc::new(later)));
    let answer = h.eval(&query("news"), 20);
    defers(answer, s(100), [Reason::NotYetEffective]);
    assert_eq!(answer.valid_until, Some(s(100)));
    assert_eq!(h.state(cell("news"), 20), plain(State::Unknown));
    permits(h.eval(&query("news"), 100), Explicit, LawfulBasis::Consent);
    h.restrict(of(ME), 11, R::OptOut, everything());
    denies(h.eval(&query("news"), 20), Explicit, [Reason::OptOut, Reason::NotYetEffective]);
}

#[test]
fn notice_strength_and_age_are_those_of_today() {
    let notice = |version| Some(Notice { id: NoticeId::new("privacy").unwrap(), version });
    let with = |change: fn(&mut Grant)| {
        let mut own = Grant { notice: notice(2), age: Some(16), ..grant(10, cell("strict")) };
        change(&mut own);
        let mut h = History::new();
        h.add(of(ME), 10, FactKind::Grant(Arc::new(own)));
        (h.eval(&query("strict"), 20), h.state(cell("strict"), 20).state)
    };
    permits(with(|_| {}).0, Explicit, LawfulBasis::Consent);
    let (answer, state) = with(|own| own.notice.as_mut().unwrap().version = 1);
    denies(answer, Explicit, [Reason::NoticeSuperseded]);
    assert_eq!(state, State::Expired(Cause::NoticeSuperseded));
    let (answer, state) = with(|own| own.strength = Strength::Implicit);
    denies(answer, Explicit, [Reason::EvidenceInsufficient]);
    assert_eq!(state, State::Expired(Cause::EvidenceSuperseded));
    let (answer, state) = with(|own| own.age = Some(15));
    denies(answer, Explicit, [Reason::Minor]);
    assert_eq!(state, State::Expired(Cause::EvidenceSuperseded));
    permits(with(|own| (own.age, own.by) = (None, ActorKind::Guardian)).0, Explicit, LawfulBasis::Consent);
}

#[test]
fn a_grant_that_read_more_than_the_view_does_not_count() {
    let mut h = History::new();
    let read = ViewToken::from_iter([(Consulted::Log(at(A)), 2)]);
    let kind = Grant { read, ..grant(10, cell("news")) };
    h.add(of(ME), 10, FactKind::Grant(Arc::new(kind)));
    denies(h.eval(&query("news"), 20), Explicit, [Reason::ViewIncomplete]);
    assert_eq!(h.state(cell("news"), 20), plain(State::Unknown));
    h.add(at(A), 15, FactKind::Verify { subject: ME, point: A });
    permits(h.eval(&query("news"), 20), Explicit, LawfulBasis::Consent);
}

#[test]
fn attempted_grants_and_grants_elsewhere_count_for_nothing() {
    let mut h = History::new();
    let tried = Grant { attempted: true, ..grant(10, cell("news")) };
    h.add(of(ME), 10, FactKind::Grant(Arc::new(tried)));
    h.add(at(A), 10, FactKind::Grant(Arc::new(grant(10, cell("news")))));
    h.add(of(YOU), 10, FactKind::Grant(Arc::new(grant(10, cell("news")))));
    denies(h.eval(&query("news"), 20), Unknown, [Reason::ConsentMissing]);
    permits(h.eval(&query_in("news", RegimeSet::OPT_OUT), 20), ByRule, LawfulBasis::Consent);
    let merged = Subject { ids: vec![ME, YOU], ..Subject::default() };
    denies(h.eval_as(&merged, &query("news"), 20), Unknown, [Reason::ConsentMissing]);
    h.add(at(A), 10, FactKind::Attach { subject: YOU, point: A, point_kind: PointKind::Email });
    permits(h.eval_as(&merged, &query("news"), 20), Explicit, LawfulBasis::Consent);
}

#[test]
fn an_answer_is_valid_until_the_first_end_of_any_grant_that_counts() {
    let other = LogId::new(Aggregate::Subject(ME), V);
    for (lasting, ending) in [(of(ME), other), (other, of(ME))] {
        let mut h = History::new();
        h.add(lasting, 10, FactKind::Grant(Arc::new(grant(10, cell("news")))));
        let window = Interval::new(s(10), Some(s(100))).unwrap();
        h.add(ending, 10, FactKind::Grant(Arc::new(Grant { window, ..grant(10, cell("news")) })));
        let answer = h.eval(&query("news"), 20);
        permits(answer, Explicit, LawfulBasis::Consent);
        assert_eq!(answer.valid_until, Some(s(100)));
    }
}

#[test]
fn a_grant_in_the_instant_of_the_opt_out_makes_it_no_withdrawal() {
    let mut h = History::new();
    h.grant(20, cell("news"));
    h.restrict(of(ME), 20, R::OptOut, everything());
    denies(h.eval(&query("news"), 30), Explicit, [Reason::OptOut]);
    assert_eq!(h.state(cell("news"), 30), plain(State::Denied));
}

#[test]
fn of_several_grants_the_earliest_makes_a_refusal_a_withdrawal() {
    let mut h = History::new();
    h.grant(30, cell("news"));
    h.restrict(of(ME), 20, R::OptOut, everything());
    assert_eq!(h.state(cell("news"), 50), plain(State::Denied));
    h.grant(10, cell("news"));
    assert_eq!(h.state(cell("news"), 50), plain(State::Withdrawn));
}
