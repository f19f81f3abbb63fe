//! What a contact point is to a person, by the links in the logs.

use consent_engine::RestrictionReason as R;
use consent_engine::Standing::{Default as ByRule, Explicit, Unknown};
use consent_engine::*;

use crate::history::History;
use crate::words::permits;
use crate::words::*;

#[test]
fn what_bites_at_a_replaced_address_bites_at_its_successors() {
    let mut h = History::new();
    h.attach(ME, C, -DAY);
    h.attach(YOU, C, -DAY);
    h.add(of(ME), 10, FactKind::Replace { subject: ME, old: B, new: C });
    h.add(of(ME), 11, FactKind::Replace { subject: ME, old: A, new: B });
    let at_c = query("rel").at(C);
    denies(h.eval(&at_c, 20), Unknown, [Reason::ConsentMissing]);
    let named = h.restrict(at(A), 30, R::OptOut, everything());
    denies(h.eval(&at_c, 40), Explicit, [Reason::OptOut]);
    denies(h.eval_as(&Subject::new(YOU), &at_c, 40), Unknown, [Reason::ConsentMissing]);
    let token = h.token();
    let there = attempt(cell_at("rel", C), 35, 40, Some(&token));
    assert_eq!(h.lifts(cell_at("rel", C), &there), Ok(vec![named]), "A is not shared");
    let grant_at_a = cell("rel");
    h.grant(50, grant_at_a);
    denies(h.eval(&at_c, 60), Explicit, [Reason::OptOut]);
}

#[test]
fn the_contact_point_must_be_there_held_served_and_verified() {
    let mut h = History::new();
    let nowhere = Query { point: None, ..query("svc") };
    denies(h.eval(&nowhere, 10), Unknown, [Reason::ContactPointMissing]);
    denies(h.eval(&query("svc").at(B), 10), Unknown, [Reason::ContactPointUnknown]);
    denies(h.eval(&query("svc").on(Channel::Sms), 10), Unknown, [Reason::ChannelNotAllowed]);
    denies(h.eval(&processed("receipt"), 10), Unknown, [Reason::ChannelNotAllowed]);
    h.grant(10, cell("sure"));
    denies(h.eval(&query("sure"), 20), Unknown, [Reason::ContactPointUnverified]);
    h.add(at(A), 30, FactKind::Verify { subject: ME, point: A });
    permits(h.eval(&query("sure"), 40), Explicit, LawfulBasis::Consent);
    let view = ViewToken::NOTHING;
    h.add(at(A), 50, FactKind::Reassign(Reassign { point: A, from: ME, to: Some(YOU), view }));
    denies(h.eval(&query("sure"), 60), Explicit, [Reason::ContactPointUnknown, Reason::ConsentRevoked]);
    h.attach(ME, A, 60);
    denies(h.eval(&query("sure"), 70), Explicit, [Reason::ContactPointUnverified, Reason::ConsentRevoked]);
}

#[test]
fn links_in_strange_logs_are_without_effect() {
    let is_permitted = |h: &History, query| h.eval(&query, 30).verdict == Verdict::Permit;
    for log in [of(ME), of(YOU), at(A), at(B)] {
        let own = log == of(ME) || log == at(A);
        let mut h = History::default();
        h.add(log, 0, FactKind::Attach { subject: ME, point: A, point_kind: PointKind::Email });
        assert_eq!(is_permitted(&h, query("svc")), own, "attached in {log:?}");
        let mut h = History::new();
        h.grant(10, cell("sure"));
        h.add(log, 20, FactKind::Verify { subject: ME, point: A });
        assert_eq!(is_permitted(&h, query("sure")), own, "verified in {log:?}");
        let mut h = History::new();
        h.attach(ME, B, -DAY);
        h.restrict(at(A), 10, R::Legal, everything());
        h.add(log, 20, FactKind::Replace { subject: ME, old: A, new: B });
        assert_eq!(is_permitted(&h, query("svc").at(B)), log != of(ME), "replaced in {log:?}");
        let mut h = History::new();
        h.grant(10, cell("news"));
        let reassign = Reassign { point: A, from: ME, to: None, view: ViewToken::NOTHING };
        h.add(log, 20, FactKind::Reassign(reassign));
        h.attach(ME, A, 25);
        assert_eq!(is_permitted(&h, query("news")), log != at(A), "reassigned in {log:?}");
    }
}

#[test]
fn the_latest_attach_and_the_latest_verification_count_in_any_order() {
    for (first, second) in [(10, 25), (25, 10), (25, 25)] {
        let mut h = History::new();
        let kinds = if first < second {
            [PointKind::Phone, PointKind::Email]
        } else {
            [PointKind::Email, PointKind::Phone]
        };
        for (when, point_kind) in [first, second].into_iter().zip(kinds) {
            h.add(at(A), when, FactKind::Attach { subject: ME, point: A, point_kind });
        }
        let served = h.eval(&query("svc"), 30).verdict == Verdict::Permit;
        assert_eq!(served, first != second, "of one instant the last counts");
        let mut h = History::new();
        let view = ViewToken::NOTHING;
        h.add(at(A), 15, FactKind::Reassign(Reassign { point: A, from: ME, to: None, view }));
        h.attach(ME, A, 20);
        h.grant(20, cell("sure"));
        for when in [first, second] {
            h.add(at(A), when, FactKind::Verify { subject: ME, point: A });
        }
        permits(h.eval(&query("sure"), 30), Explicit, LawfulBasis::Consent);
    }
}

#[test]
fn a_subject_who_left_in_the_same_instant_still_shares() {
    let mut h = History::new();
    h.restrict(at(A), 10, R::OptOut, everything());
    h.attach(YOU, A, 20);
    let view = ViewToken::NOTHING;
    let mut later = h.clone();
    h.add(at(A), 20, FactKind::Reassign(Reassign { point: A, from: YOU, to: None, view: view.clone() }));
    later.add(at(A), 21, FactKind::Reassign(Reassign { point: A, from: YOU, to: None, view }));
    let token = h.token();
    let alone = attempt(cell("news"), 30, 40, Some(&token));
    assert_eq!(h.lifts(cell("news"), &alone), Err(NotNamed::NotAuthorized));
    assert!(later.lifts(cell("news"), &alone).is_ok());
}

#[test]
fn a_role_address_is_so_by_its_own_log() {
    let silent = query_in("news", RegimeSet::OPT_OUT);
    let role = |is| {
        let what = Description::RoleAddress { point: A, is };
        FactKind::Described { what, instead_of: ViewToken::NOTHING, unmerges: ViewToken::NOTHING }
    };
    let mut h = History::new();
    h.add(of(ME), 10, role(true));
    permits(h.eval(&silent, 20), ByRule, LawfulBasis::Consent);
    h.add(at(A), 10, role(true));
    denies(h.eval(&silent, 20), Explicit, [Reason::RoleAddress]);
    h.add(at(A), 20, role(false));
    permits(h.eval(&silent, 30), ByRule, LawfulBasis::Consent);
}
