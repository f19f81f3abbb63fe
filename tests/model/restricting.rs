//! What a restriction reaches, and what ends it.

use consent_engine::RestrictionReason as R;
use consent_engine::Standing::{Default as ByRule, Explicit, Unknown};
use consent_engine::model::{Attempt, Model};
use consent_engine::*;

use crate::history::History;
use crate::words::permits;
use crate::words::*;

#[test]
fn erasure_at_a_point_bites_promotion_and_processing_but_not_the_new_contract() {
    let mut h = History::new();
    let erasure = h.restrict(at(A), 20, R::Erasure, everything());
    denies(h.eval(&query("news"), 30), Explicit, [Reason::Erasure, Reason::ConsentMissing]);
    permits(h.eval(&query("receipt"), 30), ByRule, LawfulBasis::Contract);
    permits(h.eval(&query("svc"), 30), ByRule, LawfulBasis::LegitimateInterests);
    let at_the_point = Query { channel: None, ..query("fraud") };
    denies(h.eval(&at_the_point, 30), Explicit, [Reason::Erasure]);
    permits(h.eval(&processed("fraud"), 30), ByRule, LawfulBasis::LegitimateInterests);
    let token = h.token();
    let returning = policy().with_return_after_erasure(true);
    let me = Subject::new(ME);
    let model = Model::new(&returning, &me, h.facts.clone());
    let asked = request(cell("news"), 100, vec![erasure]);
    let plain_grant = attempt(cell("news"), 30, 40, Some(&token));
    let confirmed = Attempt { confirms: Some((&asked, Some(s(30)))), ..plain_grant };
    assert_eq!(h.lifts(cell("news"), &confirmed), Err(NotNamed::NotAuthorized), "the policy forbids");
    assert_eq!(model.lifts(cell("news"), &confirmed), Ok(vec![erasure]));
    assert_eq!(model.lifts(cell("news"), &plain_grant), Err(NotNamed::NotAuthorized));
}

#[test]
fn pauses_join_by_the_latest_end_until_resumed() {
    let mut h = History::new();
    h.grant(10, cell("news"));
    let first = h.restrict_until(of(ME), 20, R::Pause, everything(), Some(1_000));
    let answer = h.eval(&query("news"), 30);
    defers(answer, s(1_000), [Reason::Pause]);
    assert_eq!((answer.standing, answer.valid_until), (Explicit, Some(s(1_000))));
    assert_eq!(h.state(cell("news"), 30), plain(State::Granted));
    permits(h.eval(&query("news"), 1_000), Explicit, LawfulBasis::Consent);
    permits(h.eval(&query("svc"), 30), ByRule, LawfulBasis::LegitimateInterests);
    h.add(of(ME), 40, FactKind::Resume(first));
    permits(h.eval(&query("news"), 50), Explicit, LawfulBasis::Consent);
    let second = h.restrict_until(of(ME), 60, R::Pause, everything(), Some(200));
    defers(h.eval(&query("news"), 70), s(1_000), [Reason::Pause]);
    h.add(of(ME), 80, FactKind::Resume(second));
    permits(h.eval(&query("news"), 90), Explicit, LawfulBasis::Consent);
}

#[test]
fn restrictions_in_strange_logs_are_never_lost() {
    let mut h = History::new();
    h.grant(10, cell("news"));
    h.restrict(of(YOU), 20, R::OptOut, Scope::purpose(id("news")));
    denies(h.eval(&query("news"), 30), Explicit, [Reason::OptOut]);
}

#[test]
fn an_opt_out_reaches_service_only_by_name_and_never_what_refuses_it() {
    let mut h = History::new();
    h.restrict(of(ME), 10, R::OptOut, everything());
    h.restrict(of(ME), 10, R::OptOut, Scope::purpose(id("receipt")));
    permits(h.eval(&query("svc"), 20), ByRule, LawfulBasis::LegitimateInterests);
    permits(h.eval(&query("receipt"), 20), ByRule, LawfulBasis::Contract);
    h.restrict(of(ME), 15, R::OptOut, Scope::purpose(id("svc")));
    denies(h.eval(&query("svc"), 20), Explicit, [Reason::OptOut]);
    permits(h.eval(&query("alert"), 20), ByRule, LawfulBasis::Contract);
    assert_eq!(h.state(cell("svc"), 20), plain(State::Denied));
}

#[test]
fn objection_and_opt_out_reach_processing_by_its_basis() {
    let mut h = History::new();
    permits(h.eval(&processed("fraud"), 5), ByRule, LawfulBasis::LegitimateInterests);
    denies(h.eval(&processed("prof"), 5), Unknown, [Reason::ConsentMissing]);
    h.restrict(of(ME), 10, R::OptOut, everything());
    permits(h.eval(&processed("fraud"), 20), ByRule, LawfulBasis::LegitimateInterests);
    denies(h.eval(&processed("prof"), 20), Explicit, [Reason::OptOut]);
    assert_eq!(h.state(processing("prof"), 20), plain(State::Denied));
    h.restrict(of(ME), 10, R::Objection, everything());
    denies(h.eval(&processed("fraud"), 20), Explicit, [Reason::Objection]);
    denies(h.eval(&query("rel"), 20), Explicit, [Reason::OptOut, Reason::Objection]);
    permits(h.eval(&query("receipt"), 20), ByRule, LawfulBasis::Contract);
}

#[test]
fn register_and_interim_apply_where_the_readings_say() {
    let mut h = History::new();
    h.grant(10, cell("news"));
    let register = h.restrict(of(ME), 20, R::Register, everything());
    denies(h.eval(&query("news"), 30), Explicit, [Reason::Register]);
    permits(h.eval(&query("svc"), 30), ByRule, LawfulBasis::LegitimateInterests);
    h.add(of(ME), 31, FactKind::Clear(register));
    h.restrict(of(ME), 32, R::Interim, everything());
    denies(h.eval(&query("news"), 40), Explicit, [Reason::Interim]);
    denies(h.eval(&query("rel"), 40), Unknown, [Reason::ConsentMissing]);
    h.restrict(of(ME), 32, R::Interim, Scope::purpose(id("rel")));
    denies(h.eval(&query("rel"), 40), Explicit, [Reason::Interim, Reason::ConsentMissing]);
}

#[test]
fn a_point_log_covers_its_point_only_whatever_the_scope_says() {
    let mut h = History::new();
    h.attach(ME, B, -DAY);
    h.restrict(at(A), 10, R::OptOut, Scope::purpose(id("svc")).at(B));
    denies(h.eval(&query("svc"), 20), Explicit, [Reason::OptOut]);
    permits(h.eval(&query("svc").at(B), 20), ByRule, LawfulBasis::LegitimateInterests);
}

#[test]
fn a_block_with_an_end_is_half_open_where_no_consent_is_asked() {
    let mut h = History::new();
    h.restrict_until(of(ME), 10, R::OperatorBlock, everything(), Some(100));
    let end = s(100);
    let last = h.eval(&query("receipt"), 99);
    defers(last, end, [Reason::OperatorBlock]);
    assert_eq!(last.valid_until, Some(end));
    permits(h.eval(&query("receipt"), 100), ByRule, LawfulBasis::Contract);
}

#[test]
fn an_end_on_the_persons_own_word_is_ignored_and_no_end_is_the_latest() {
    let mut h = History::new();
    h.grant(5, cell("news"));
    h.restrict_until(of(ME), 10, R::OptOut, Scope::purpose(id("mkt")), Some(20));
    denies(h.eval(&query("news"), 30), Explicit, [Reason::OptOut]);
    assert_eq!(h.eval(&query("news"), 15).valid_until, None);
    h.restrict_until(of(ME), 10, R::OperatorBlock, everything(), Some(100));
    defers(h.eval(&query("svc"), 30), s(100), [Reason::OperatorBlock]);
    h.restrict(of(ME), 11, R::OperatorBlock, everything());
    denies(h.eval(&query("svc"), 30), Explicit, [Reason::OperatorBlock]);
    denies(h.eval(&query("svc"), 200), Explicit, [Reason::OperatorBlock]);
}

#[test]
fn a_resume_ends_only_a_pause() {
    let mut h = History::new();
    let block = h.restrict(of(ME), 10, R::OperatorBlock, everything());
    h.add(of(ME), 20, FactKind::Resume(block));
    denies(h.eval(&query("svc"), 30), Explicit, [Reason::OperatorBlock]);
    h.add(of(ME), 40, FactKind::Clear(block));
    permits(h.eval(&query("svc"), 50), ByRule, LawfulBasis::LegitimateInterests);
}

#[test]
fn marketing_hears_any_opt_out_whatever_its_rule() {
    let mut h = History::new();
    h.grant(5, cell("quiet"));
    h.restrict(of(ME), 10, R::OptOut, everything());
    denies(h.eval(&query("quiet"), 20), Explicit, [Reason::OptOut]);
}

#[test]
fn what_ends_something_stands_where_that_does() {
    let mut h = History::new();
    h.grant(5, cell("news"));
    let block = h.restrict(of(ME), 10, R::OperatorBlock, everything());
    h.add(at(A), 20, FactKind::Clear(block));
    denies(h.eval(&query("news"), 30), Explicit, [Reason::OperatorBlock]);
    h.add(LogId::new(Aggregate::Subject(ME), V), 20, FactKind::Clear(block));
    permits(h.eval(&query("news"), 30), Explicit, LawfulBasis::Consent);
}
