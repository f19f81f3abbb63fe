//! What ends a grant besides a restriction: a revocation, a lapse, an address that changes hands.

use std::sync::Arc;

use consent_engine::ExpiryCause as Cause;
use consent_engine::RestrictionReason as R;
use consent_engine::Standing::{Default as ByRule, Explicit, Unknown};
use consent_engine::*;

use crate::history::History;
use crate::words::permits;
use crate::words::*;

#[test]
fn a_reassignment_relieves_the_next_and_ends_the_grants_of_the_last() {
    let mut h = History::new();
    h.restrict(at(A), 10, R::OptOut, everything());
    let view = h.token();
    let named = Named {
        log: at(A),
        key: RestrictionKey { reason: R::OptOut, by: ActorKind::Subject, scope: everything().at(A) },
        upto: Seq::new(2).unwrap(),
    };
    let kind = Grant { lifts: vec![named], ..grant(15, cell("news")) };
    h.add(of(ME), 15, FactKind::Grant(Arc::new(kind)));
    permits(h.eval(&query("news"), 16), Explicit, LawfulBasis::Consent);
    h.add(at(A), 20, FactKind::Reassign(Reassign { point: A, from: ME, to: Some(YOU), view }));
    let mine = [Reason::ContactPointUnknown, Reason::OptOut, Reason::ConsentRevoked];
    denies(h.eval(&query("news"), 30), Explicit, mine);
    assert_eq!(h.state(cell("news"), 30), plain(State::Denied), "the grant came after the opt-out");
    let you = Subject::new(YOU);
    denies(h.eval_as(&you, &query("news"), 30), Unknown, [Reason::ConsentMissing]);
    permits(h.eval_as(&you, &query("svc"), 30), ByRule, LawfulBasis::LegitimateInterests);
    let merged = Subject { ids: vec![YOU, SubjectId::from_u128(3)], ..Subject::default() };
    denies(h.eval_as(&merged, &query("news"), 30), Explicit, [Reason::OptOut]);
    h.restrict(at(A), 40, R::OptOut, everything());
    denies(h.eval_as(&you, &query("news"), 50), Explicit, [Reason::OptOut]);
}

#[test]
fn without_an_opt_out_a_reassigned_grant_is_expired() {
    let mut h = History::new();
    h.grant(10, cell("news"));
    let view = ViewToken::NOTHING;
    h.add(at(A), 20, FactKind::Reassign(Reassign { point: A, from: ME, to: None, view }));
    denies(h.eval(&query("news"), 30), Explicit, [Reason::ContactPointUnknown, Reason::ConsentRevoked]);
    assert_eq!(h.state(cell("news"), 30), plain(State::Expired(Cause::Reassigned)));
    h.attach(ME, A, 20);
    denies(h.eval(&query("svc"), 30), Unknown, [Reason::ContactPointUnknown]);
    h.attach(ME, A, 21);
    permits(h.eval(&query("svc"), 30), ByRule, LawfulBasis::LegitimateInterests);
    let view = ViewToken::NOTHING;
    h.add(at(A), 40, FactKind::Reassign(Reassign { point: A, from: ME, to: None, view }));
    denies(h.eval(&query("svc"), 50), Unknown, [Reason::ContactPointUnknown]);
}

#[test]
fn a_revocation_ends_late_arrivals_and_unknown_captures_but_not_new_grants() {
    let mut h = History::new();
    h.add(of(ME), 20, FactKind::Revocation(revocation("mkt")));
    let late = FactKind::Grant(Arc::new(grant(20, cell("news"))));
    h.push(of(ME), Actor::subject(), Some(20), 30, late.clone());
    denies(h.eval(&query("news"), 40), Explicit, [Reason::ConsentRevoked]);
    assert_eq!(h.state(cell("news"), 40), plain(State::Expired(Cause::Revoked)));
    h.push(of(ME), Actor::subject(), None, 35, late);
    denies(h.eval(&query("news"), 40), Explicit, [Reason::ConsentRevoked]);
    h.grant(21, cell("news"));
    permits(h.eval(&query("news"), 40), Explicit, LawfulBasis::Consent);
    let view = h.token();
    let all_seen = Revocation { view, ..revocation("rel") };
    h.add(of(ME), 5, FactKind::Revocation(all_seen.clone()));
    permits(h.eval(&query("news"), 40), Explicit, LawfulBasis::Consent);
    h.add(of(ME), 5, FactKind::Revocation(Revocation { scope: everything(), ..all_seen }));
    denies(h.eval(&query("news"), 40), Explicit, [Reason::ConsentRevoked]);
}

#[test]
fn a_revoked_cell_is_touched_under_opt_out() {
    let mut h = History::new();
    let silent = query_in("news", RegimeSet::OPT_OUT);
    permits(h.eval(&silent, 10), ByRule, LawfulBasis::Consent);
    h.add(of(ME), 20, FactKind::Revocation(revocation("mkt")));
    denies(h.eval(&silent, 30), Explicit, [Reason::ConsentRevoked]);
    assert_eq!(h.state(cell("news"), 30), plain(State::Unknown), "nothing was granted");
    permits(h.eval(&query_in("month", RegimeSet::OPT_OUT), 30), ByRule, LawfulBasis::Consent);
    h.add(of(ME), 40, FactKind::Request(Arc::new(request(cell("month"), 100, vec![]))));
    denies(h.eval(&query_in("month", RegimeSet::OPT_OUT), 50), Explicit, [Reason::ConsentPending]);
}

#[test]
fn a_lapse_reported_elsewhere_expires_the_grant_with_its_cause() {
    let mut h = History::new();
    h.grant(10, cell("news"));
    let ended = revocation("mkt");
    h.add(of(ME), 20, FactKind::Lapsed { cause: LapseCause::NoticeSuperseded, ended: ended.clone() });
    h.add(of(ME), 20, FactKind::Lapsed { cause: LapseCause::Inactivity, ended });
    denies(h.eval(&query("news"), 30), Explicit, [Reason::ConsentExpired]);
    assert_eq!(
        h.state(cell("news"), 30),
        plain(State::Expired(Cause::Inactivity)),
        "the first in their order"
    );
}

#[test]
fn where_nothing_was_granted_a_revocation_is_told_before_a_lapse() {
    let other = LogId::new(Aggregate::Subject(ME), V);
    for (revoked_in, lapsed_in) in [(of(ME), other), (other, of(ME))] {
        let mut h = History::new();
        h.add(lapsed_in, 10, FactKind::Lapsed { cause: LapseCause::Inactivity, ended: revocation("news") });
        denies(h.eval(&query("news"), 20), Explicit, [Reason::ConsentExpired]);
        h.add(revoked_in, 10, FactKind::Revocation(revocation("news")));
        denies(h.eval(&query("news"), 20), Explicit, [Reason::ConsentRevoked]);
    }
}

#[test]
fn a_reassignment_ends_the_grants_of_the_last_holder_only() {
    let mut h = History::new();
    h.grant(10, cell("news"));
    let view = h.token();
    h.add(at(A), 20, FactKind::Reassign(Reassign { point: A, from: YOU, to: Some(ME), view }));
    permits(h.eval(&query("news"), 30), Explicit, LawfulBasis::Consent);
}

#[test]
fn a_second_revocation_ends_what_was_given_since_the_first() {
    let mut h = History::new();
    h.grant(10, cell("news"));
    h.add(of(ME), 20, FactKind::Revocation(revocation("news")));
    h.grant(30, cell("news"));
    permits(h.eval(&query("news"), 35), Explicit, LawfulBasis::Consent);
    h.add(of(ME), 40, FactKind::Revocation(revocation("news")));
    denies(h.eval(&query("news"), 50), Explicit, [Reason::ConsentRevoked]);
    assert_eq!(h.state(cell("news"), 50), plain(State::Expired(Cause::Revoked)));
}
