//! What the catalogue says of a purpose, and what was recorded of its basis.

use consent_engine::RestrictionReason as R;
use consent_engine::Standing::{Default as ByRule, Explicit, Unknown};
use consent_engine::*;

use crate::history::History;
use crate::words::permits;
use crate::words::*;

#[test]
fn a_hold_silences_opt_outs_until_released_and_never_for_marketing() {
    let mut h = History::new();
    h.restrict(of(ME), 10, R::OptOut, Scope::purpose(id("svc")));
    h.restrict(of(ME), 10, R::Objection, everything());
    denies(h.eval(&query("svc"), 20), Explicit, [Reason::OptOut, Reason::Objection]);
    let hold = h.add(of(ME), 30, FactKind::Hold(Hold { purpose: id("svc") }));
    h.add(of(ME), 30, FactKind::Hold(Hold { purpose: id("news") }));
    permits(h.eval(&query("svc"), 40), ByRule, LawfulBasis::LegalObligation);
    denies(h.eval(&query("news"), 40), Explicit, [Reason::Objection, Reason::ConsentMissing]);
    let release = Release { purpose: id("svc"), log: hold.log, upto: hold.seq };
    h.add(of(ME), 50, FactKind::Release(release));
    denies(h.eval(&query("svc"), 60), Explicit, [Reason::OptOut, Reason::Objection]);
    let again = h.add(of(ME), 60, FactKind::Hold(Hold { purpose: id("svc") }));
    permits(h.eval(&query("svc"), 70), ByRule, LawfulBasis::LegalObligation);
    h.add(of(ME), 80, FactKind::Release(Release { upto: again.seq, ..release }));
    denies(h.eval(&query("svc"), 90), Explicit, [Reason::OptOut, Reason::Objection]);
}

#[test]
fn the_most_restrictive_of_the_last_recorded_bases_counts() {
    let mut h = History::new();
    let basis = |basis| FactKind::Basis { purpose: id("svc"), basis };
    h.add(of(ME), 10, basis(LawfulBasis::Consent));
    denies(h.eval(&query("svc"), 20), Unknown, [Reason::ConsentMissing]);
    h.add(of(ME), 20, basis(LawfulBasis::Contract));
    permits(h.eval(&query("svc"), 30), ByRule, LawfulBasis::Contract);
    h.add(LogId::new(Aggregate::Subject(ME), V), 5, basis(LawfulBasis::PublicTask));
    permits(h.eval(&query("svc"), 30), ByRule, LawfulBasis::PublicTask);
}

#[test]
fn what_the_catalogue_does_not_know_widens() {
    let mut h = History::new();
    h.grant(10, cell("news"));
    let fax = Channel::Other(ChannelName::new("fax2mail").unwrap());
    let mut by_channel = h.clone();
    by_channel.restrict(of(ME), 20, R::OptOut, Scope::purpose(id("mkt")).on(fax));
    denies(by_channel.eval(&query("news"), 30), Explicit, [Reason::OptOut]);
    h.restrict(of(ME), 20, R::Legal, Scope::purpose(id("never.heard")));
    denies(h.eval(&query("receipt"), 30), Explicit, [Reason::Legal]);
}

#[test]
fn an_unknown_purpose_is_weighed_only_by_what_needs_none() {
    let mut h = History::new();
    h.restrict(of(ME), 10, R::Legal, everything());
    let mut larger = purposes();
    larger.push(Purpose::new(id("extra"), PurposeClass::Processing, LawfulBasis::Consent));
    let larger = Catalogue::new(larger, []).unwrap();
    let unknown = Query::new(larger.index(id("extra")).unwrap(), RegimeSet::NONE);
    denies(h.eval(&unknown, 20), Unknown, [Reason::PurposeUnknown, Reason::NoRegime]);
    denies(
        h.eval(&query("old"), 20),
        Explicit,
        [Reason::PurposeRetired, Reason::Legal, Reason::ConsentMissing],
    );
}

#[test]
fn a_hold_never_changes_relationship() {
    let mut h = History::new();
    h.add(of(ME), 5, FactKind::Hold(Hold { purpose: id("rel") }));
    h.grant(5, cell("rel"));
    h.restrict(of(ME), 10, R::Objection, everything());
    denies(h.eval(&query("rel"), 20), Explicit, [Reason::Objection]);
}

#[test]
fn no_consent_is_asked_of_a_service_that_answers_a_call() {
    let mut h = History::new();
    h.add(of(ME), 10, FactKind::Basis { purpose: id("svc"), basis: LawfulBasis::Consent });
    denies(h.eval(&query("svc"), 20), Unknown, [Reason::ConsentMissing]);
    permits(h.eval(&query("svc").inbound(), 20), ByRule, LawfulBasis::Consent);
}
