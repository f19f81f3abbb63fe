//! What counts besides the consent: who is asked about, by whom, and when.

use consent_engine::RestrictionReason as R;
use consent_engine::Standing::{Default as ByRule, Explicit, Unknown};
use consent_engine::model::Model;
use consent_engine::*;

use crate::history::History;
use crate::words::permits;
use crate::words::*;

#[test]
fn an_as_of_view_is_frozen() {
    let mut h = History::new();
    h.grant(10, cell("news"));
    let token = h.token();
    h.restrict(of(ME), 20, R::OptOut, everything());
    let (policy, me) = (policy(), Subject::new(ME));
    let view = |token: &ViewToken, instant| {
        let model = Model::new(&policy, &me, h.facts.clone()).as_of(token, s(instant));
        model.evaluate(&query("news"), s(instant))
    };
    permits(view(&token, 50), Explicit, LawfulBasis::Consent);
    permits(view(&h.token(), 19), Explicit, LawfulBasis::Consent);
    denies(view(&h.token(), 20), Explicit, [Reason::OptOut]);
    denies(view(&token, 9), Unknown, [Reason::ConsentMissing]);
}

#[test]
fn the_floor_moves_now_forward_by_the_skew_at_most() {
    let mut h = History::new();
    h.grant(10, cell("month"));
    let end = 10 + 30 * DAY;
    h.add(of(ME), end, FactKind::NoticeSeen { notice: None, scope: None });
    denies(h.eval(&query("month"), end - 2), Explicit, [Reason::ConsentExpired]);
    let jumped = h.eval(&query("month"), end - 3);
    denies(jumped, Explicit, [Reason::ClockJump]);
    assert_eq!(jumped.valid_until, Some(s(end - 2)));
}

#[test]
fn caps_and_cool_downs_defer_and_must_be_counted() {
    let h = History::new();
    let silent = query_in("capped", RegimeSet::OPT_OUT);
    denies(h.eval(&silent, 0), Unknown, [Reason::ContactsUncounted]);
    let counted = |count, oldest: Option<i64>, latest: Option<i64>| {
        silent.with_contacts(Contacts { count, oldest: oldest.map(s), latest: latest.map(s) })
    };
    permits(h.eval(&counted(1, Some(-DAY / 2), Some(-7_200)), 0), ByRule, LawfulBasis::LegitimateInterests);
    let full = h.eval(&counted(2, Some(-DAY / 2), Some(-7_200)), 0);
    defers(full, s(DAY / 2), [Reason::FrequencyCap]);
    assert_eq!((full.standing, full.valid_until), (Unknown, Some(s(DAY / 2))));
    defers(h.eval(&counted(2, None, Some(-7_199)), 0), s(DAY), [Reason::FrequencyCap, Reason::CoolDown]);
    let cool = h.eval(&counted(0, None, Some(-7_199)), 0);
    defers(cool, s(1), [Reason::CoolDown]);
    let below =
        Query { contacts: counted(2, None, Some(0)).contacts, ..query_in("below", RegimeSet::OPT_OUT) };
    defers(h.eval(&below, 0), s(DAY), [Reason::FrequencyCap]);
}

#[test]
fn a_person_who_calls_is_served_but_not_sold_to() {
    let mut h = History::new();
    h.restrict(of(ME), 10, R::OptOut, Scope::purpose(id("svc")));
    h.restrict(of(ME), 10, R::OptOut, Scope::purpose(id("mkt")));
    h.restrict(at(A), 10, R::Bounce, everything());
    denies(h.eval(&query("svc"), 20), Explicit, [Reason::OptOut, Reason::Bounce]);
    permits(h.eval(&query("svc").inbound(), 20), ByRule, LawfulBasis::LegitimateInterests);
    denies(h.eval(&query("news").inbound(), 20), Explicit, [Reason::OptOut, Reason::Bounce]);
    h.restrict(of(ME), 10, R::Legal, everything());
    denies(h.eval(&query("svc").inbound(), 20), Explicit, [Reason::Legal]);
}

#[test]
fn silence_of_a_child_or_a_role_address_is_no_consent() {
    let h = History::new();
    let silent = query_in("news", RegimeSet::OPT_OUT);
    let child = Subject { kind: SubjectKind::Child, ..Subject::new(ME) };
    denies(h.eval_as(&child, &silent, 10), Unknown, [Reason::Minor]);
    let both = query_in("news", RegimeSet::OPT_OUT.with(Regime::OptIn));
    denies(h.eval_as(&child, &both, 10), Unknown, [Reason::Minor, Reason::ConsentMissing]);
    denies(h.eval_as(&child, &query("news"), 10), Unknown, [Reason::ConsentMissing]);
    let info = Subject { role_addresses: vec![A], ..Subject::new(ME) };
    denies(h.eval_as(&info, &silent, 10), Unknown, [Reason::RoleAddress]);
    denies(h.eval_as(&info, &both, 10), Unknown, [Reason::RoleAddress, Reason::ConsentMissing]);
    let other = Subject { role_addresses: vec![B], ..Subject::new(ME) };
    permits(h.eval_as(&other, &silent, 10), ByRule, LawfulBasis::Consent);
    let processing = Query { regimes: RegimeSet::OPT_OUT, ..processed("prof") };
    denies(h.eval_as(&child, &processing, 10), Unknown, [Reason::Minor]);
    permits(h.eval(&processing, 10), ByRule, LawfulBasis::Consent);
    permits(h.eval_as(&child, &processed("fraud"), 10), ByRule, LawfulBasis::LegitimateInterests);
    let mut asked = h.clone();
    asked.add(of(ME), 5, FactKind::Basis { purpose: id("svc"), basis: LawfulBasis::Consent });
    let service = query_in("svc", RegimeSet::OPT_OUT);
    denies(asked.eval_as(&child, &service, 10), Unknown, [Reason::Minor]);
    denies(asked.eval_as(&info, &service, 10), Unknown, [Reason::RoleAddress]);
    permits(asked.eval(&service, 10), ByRule, LawfulBasis::Consent);
}

#[test]
fn order_and_repeats_do_not_matter_and_only_the_dense_prefix_counts() {
    let mut h = History::new();
    h.grant(10, cell("news"));
    h.restrict(of(ME), 20, R::OptOut, everything());
    let answer = h.eval(&query("news"), 30);
    let (policy, me) = (policy(), Subject::new(ME));
    let shuffled = h.facts.iter().rev().chain(&h.facts).cloned();
    assert_eq!(Model::new(&policy, &me, shuffled).evaluate(&query("news"), s(30)), answer);
    h.restrict(of(ME), 25, R::Legal, everything());
    let gap = h.facts.iter().filter(|fact| fact.recorded_at != s(20)).cloned();
    permits(Model::new(&policy, &me, gap).evaluate(&query("news"), s(30)), Explicit, LawfulBasis::Consent);
}

#[test]
fn what_the_host_says_denies_by_itself() {
    let mut h = History::new();
    let base = query("receipt");
    let nobody = Subject { identity: Identity::Unresolved, ..Subject::default() };
    let unresolved = [Reason::IdentityUnresolved, Reason::ContactPointUnknown];
    denies(h.eval_as(&nobody, &base, 10), Unknown, unresolved);
    let two = Subject { identity: Identity::Contested, ..Subject::new(ME) };
    denies(h.eval_as(&two, &base, 10), Unknown, [Reason::IdentityContested]);
    let dead = Subject { kind: SubjectKind::Deceased, ..Subject::new(ME) };
    denies(h.eval_as(&dead, &base, 10), Unknown, [Reason::Deceased]);
    let unread = Query { preferences: Preferences::Unavailable, foreign: Foreign::UnknownNegative, ..base };
    denies(h.eval(&unread, 10), Unknown, [Reason::PreferencesUnavailable, Reason::UnknownForeignNegative]);
    let snapshot = |read| Query { snapshot: Some(s(read)), ..base };
    let fresh = h.eval(&snapshot(0), 299);
    permits(fresh, ByRule, LawfulBasis::Contract);
    assert_eq!(fresh.valid_until, Some(s(300)));
    denies(h.eval(&snapshot(0), 300), Unknown, [Reason::StaleSnapshot]);
    permits(h.eval(&snapshot(12), 10), ByRule, LawfulBasis::Contract);
    denies(h.eval(&snapshot(13), 10), Unknown, [Reason::StaleSnapshot]);
    h.add(of(ME), 20, FactKind::Unsupported(Unsupported { verbatim: vec![1] }));
    denies(h.eval(&base, 30), Explicit, [Reason::UnsupportedFact]);
}

#[test]
fn a_child_that_touched_the_matter_is_not_silent() {
    let mut h = History::new();
    let child = Subject { kind: SubjectKind::Child, ..Subject::new(ME) };
    h.add(of(ME), 20, FactKind::Revocation(revocation("mkt")));
    denies(h.eval_as(&child, &query_in("news", RegimeSet::OPT_OUT), 30), Explicit, [Reason::ConsentRevoked]);
}
