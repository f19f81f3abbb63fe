//! Several records of one person.

use std::sync::Arc;

use consent_engine::RestrictionReason as R;
use consent_engine::Standing::{Default as ByRule, Explicit, Unknown};
use consent_engine::*;

use crate::history::History;
use crate::words::permits;
use crate::words::*;

const THEM: SubjectId = SubjectId::from_u128(3);

/// Two records that were merged, each with an address of its own.
fn two_records() -> History {
    let mut h = History::new();
    h.attach(YOU, B, 0);
    h.add(of(ME), 5, FactKind::Merge { with: YOU });
    h
}

fn of_both() -> Subject {
    Subject { ids: vec![ME, YOU], ..Subject::default() }
}

fn unmerge(h: &mut History, when: i64) -> ViewToken {
    let ends = h.token();
    let position = h.add(of(YOU), when, FactKind::Unmerge { with: ME, ends });
    ViewToken::from_iter([(Consulted::Log(position.log), position.seq.get())])
}

fn opt_out_knowing(h: &mut History, log: LogId, when: i64, unmerges: ViewToken) {
    let restriction = Restriction { unmerges, ..Restriction::new(R::OptOut, Scope::purpose(id("news"))) };
    h.add(log, when, FactKind::Restriction(restriction));
}

#[test]
fn what_restricts_one_record_restricts_the_person_until_it_knew_better() {
    let mut h = two_records();
    h.grant(10, cell("news"));
    permits(h.eval_as(&of_both(), &query("news"), 20), Explicit, LawfulBasis::Consent);
    let mut before = h.clone();
    opt_out_knowing(&mut before, of(YOU), 20, ViewToken::NOTHING);
    denies(before.eval_as(&of_both(), &query("news"), 30), Explicit, [Reason::OptOut]);
    unmerge(&mut before, 40);
    denies(before.eval(&query("news"), 50), Explicit, [Reason::OptOut]);
    let knew = unmerge(&mut h, 20);
    opt_out_knowing(&mut h, of(YOU), 30, knew);
    permits(h.eval(&query("news"), 50), Explicit, LawfulBasis::Consent);
    // Merged again, the two are one.
    h.add(of(YOU), 60, FactKind::Merge { with: ME });
    denies(h.eval_as(&of_both(), &query("news"), 70), Explicit, [Reason::OptOut]);
}

#[test]
fn an_unmerge_ends_the_merges_that_it_covers() {
    let mut h = two_records();
    let restrict = |h: &History| {
        let mut h = h.clone();
        let everything = h.token();
        opt_out_knowing(&mut h, of(YOU), 90, everything);
        h.eval(&query("news"), 100).reasons.contains(Reason::OptOut)
    };
    h.grant(10, cell("news"));
    assert!(restrict(&h), "merged");
    let mut blind = h.clone();
    blind.add(of(YOU), 20, FactKind::Unmerge { with: ME, ends: ViewToken::NOTHING });
    assert!(restrict(&blind), "it ended nothing");
    let mut other = h.clone();
    let ends = other.token();
    other.add(of(THEM), 20, FactKind::Unmerge { with: ME, ends });
    assert!(restrict(&other), "of another two");
    unmerge(&mut h, 20);
    assert!(!restrict(&h));
}

#[test]
fn a_chain_carries_what_restricts_from_end_to_end() {
    let mut h = two_records();
    h.add(of(THEM), 5, FactKind::Merge { with: YOU });
    h.grant(10, cell("news"));
    let known = unmerge(&mut h, 20);
    let mut knowing = h.clone();
    opt_out_knowing(&mut knowing, of(THEM), 30, known);
    permits(knowing.eval(&query("news"), 40), Explicit, LawfulBasis::Consent);
    opt_out_knowing(&mut h, of(THEM), 30, ViewToken::NOTHING);
    denies(h.eval(&query("news"), 40), Explicit, [Reason::OptOut]);
}

#[test]
fn two_records_do_not_permit_together() {
    let with_grant_of = |who, point| {
        let mut h = two_records();
        let cell = Cell { point: Some(point), ..cell("news") };
        h.add(of(who), 10, FactKind::Grant(Arc::new(grant(10, cell))));
        h.eval_as(&of_both(), &query("news").at(point), 20)
    };
    permits(with_grant_of(ME, A), Explicit, LawfulBasis::Consent);
    permits(with_grant_of(YOU, B), Explicit, LawfulBasis::Consent);
    denies(with_grant_of(ME, B), Unknown, [Reason::ConsentMissing]);
    denies(with_grant_of(YOU, A), Unknown, [Reason::ConsentMissing]);
}

#[test]
fn whether_consent_is_asked_is_judged_by_the_records_that_may_use_the_address() {
    let on_consent = |h: &mut History, who| {
        h.add(of(who), 10, FactKind::Basis { purpose: id("svc"), basis: LawfulBasis::Consent });
    };
    let mut h = two_records();
    h.attach(THEM, C, 0);
    on_consent(&mut h, ME);
    denies(h.eval_as(&of_both(), &query("svc"), 20), Unknown, [Reason::ConsentMissing]);
    let other = LawfulBasis::LegitimateInterests;
    permits(h.eval_as(&of_both(), &query("svc").at(B), 20), ByRule, other);
    let unknown = h.eval_as(&of_both(), &query("svc").at(C), 20);
    denies(unknown, Unknown, [Reason::ContactPointUnknown]);
    on_consent(&mut h, YOU);
    let asked = h.eval_as(&of_both(), &query("svc").at(C), 20);
    denies(asked, Unknown, [Reason::ContactPointUnknown, Reason::ConsentMissing]);
}

#[test]
fn what_kin_once_said_is_no_silence() {
    let silent = query_in("news", RegimeSet::OPT_OUT);
    let mut h = two_records();
    permits(h.eval_as(&of_both(), &silent, 20), ByRule, LawfulBasis::Consent);
    h.add(of(YOU), 10, FactKind::Grant(Arc::new(grant(10, cell("news")))));
    unmerge(&mut h, 20);
    denies(h.eval(&silent, 30), Unknown, [Reason::ConsentMissing]);
}

#[test]
fn the_most_restrictive_description_that_nothing_replaced_counts() {
    let silent = query_in("news", RegimeSet::OPT_OUT);
    let knowing = |kind, instead_of, unmerges| {
        let what = Description::Kind(kind);
        FactKind::Described { what, instead_of, unmerges }
    };
    let kind = |kind, instead_of| knowing(kind, instead_of, ViewToken::NOTHING);
    let mut h = two_records();
    h.add(of(YOU), 10, kind(SubjectKind::Child, ViewToken::NOTHING));
    denies(h.eval_as(&of_both(), &silent, 20), Explicit, [Reason::Minor]);
    let mut corrected = h.clone();
    corrected.add(of(ME), 20, kind(SubjectKind::Person, h.token()));
    permits(corrected.eval_as(&of_both(), &silent, 30), ByRule, LawfulBasis::Consent);
    let mut unaware = h.clone();
    unaware.add(of(ME), 20, kind(SubjectKind::Person, ViewToken::NOTHING));
    denies(unaware.eval_as(&of_both(), &silent, 30), Explicit, [Reason::Minor]);
    // After an unmerge it is corrected for one part only.
    let knew = unmerge(&mut h, 30);
    h.add(of(YOU), 40, knowing(SubjectKind::Person, h.token(), knew));
    denies(h.eval(&silent, 50), Explicit, [Reason::Minor]);
    let you = Subject::new(YOU);
    permits(h.eval_as(&you, &silent.at(B), 50), ByRule, LawfulBasis::Consent);
    h.add(of(ME), 60, kind(SubjectKind::Deceased, ViewToken::NOTHING));
    denies(h.eval(&silent, 70), Explicit, [Reason::Deceased]);
}

#[test]
fn a_description_in_the_log_of_no_kin_restricts_the_person() {
    let silent = query_in("news", RegimeSet::OPT_OUT);
    let mut h = History::new();
    permits(h.eval(&silent, 20), ByRule, LawfulBasis::Consent);
    let what = Description::Kind(SubjectKind::Child);
    let (instead_of, unmerges) = (ViewToken::NOTHING, ViewToken::NOTHING);
    h.add(of(THEM), 10, FactKind::Described { what, instead_of, unmerges });
    denies(h.eval(&silent, 20), Explicit, [Reason::Minor]);
}
