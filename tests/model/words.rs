//! The words that the histories are written in: people, addresses, purposes, cells, questions and answers.

use consent_engine::model::{Answer, Attempt};
use consent_engine::*;

pub(crate) const ME: SubjectId = SubjectId::from_u128(1);
pub(crate) const YOU: SubjectId = SubjectId::from_u128(2);
pub(crate) const A: ContactPointId = ContactPointId::from_u128(10);
pub(crate) const B: ContactPointId = ContactPointId::from_u128(11);
pub(crate) const C: ContactPointId = ContactPointId::from_u128(12);
pub(crate) const W: WriterId = WriterId::from_u128(100);
pub(crate) const V: WriterId = WriterId::from_u128(101);
pub(crate) const START: i64 = 1_767_225_600; // 2026-01-01T00:00:00Z
pub(crate) const DAY: i64 = 86_400;

/// `n` seconds after the start.
pub(crate) fn s(n: i64) -> Timestamp {
    Timestamp::from_unix_seconds(START + n).unwrap()
}

/// One microsecond before.
pub(crate) fn tick_before(t: Timestamp) -> Timestamp {
    Timestamp::from_unix_micros(t.unix_micros() - 1).unwrap()
}

/// One microsecond after.
pub(crate) fn tick_after(t: Timestamp) -> Timestamp {
    Timestamp::from_unix_micros(t.unix_micros() + 1).unwrap()
}

pub(crate) fn id(name: &str) -> PurposeId {
    PurposeId::new(name).unwrap()
}

pub(crate) fn of(id: SubjectId) -> LogId {
    LogId::new(Aggregate::Subject(id), W)
}

pub(crate) fn at(point: ContactPointId) -> LogId {
    LogId::new(Aggregate::Point(point), W)
}

pub(crate) fn purposes() -> Vec<Purpose> {
    use LawfulBasis::*;
    use PurposeClass::*;
    let email = [Channel::Email];
    let make = |name: &str, class, basis| Purpose::new(id(name), class, basis);
    vec![
        make("mkt", Marketing, Consent).with_channels([Channel::Email, Channel::Sms]),
        make("news", Marketing, Consent).with_parent(id("mkt")).with_channels(email),
        make("month", Marketing, Consent).with_channels(email).with_validity(Span::days(30)),
        make("strict", Marketing, Consent).with_channels(email).with_evidence(EvidenceNeed {
            strength: Strength::Explicit,
            notice: Some(NoticeNeed { id: NoticeId::new("privacy").unwrap(), since: 2 }),
            minimum_age: Some(16),
        }),
        make("capped", Marketing, LegitimateInterests)
            .with_channels(email)
            .with_cap(FrequencyCap { max: 2, per: Span::days(1) })
            .with_cool_down(Span::hours(2)),
        make("below", Marketing, Consent).with_parent(id("capped")).with_channels(email),
        make("sure", Marketing, Consent).with_channels(email).with_verified_only(true),
        make("rel", Relationship, LegitimateInterests).with_channels(email),
        make("receipt", Transactional, Contract).with_channels(email),
        make("svc", Service, LegitimateInterests).with_channels([Channel::Email, Channel::Sms]),
        make("alert", SecurityAlert, Contract).with_parent(id("svc")).with_channels(email),
        make("prof", Processing, Consent),
        make("fraud", Processing, LegitimateInterests),
        make("quiet", Marketing, Consent).with_channels(email).with_opt_out(OptOutRule::ByName),
        make("old", Marketing, Consent).with_channels(email).with_retired(true),
    ]
}

pub(crate) fn policy() -> Policy {
    Policy::new(1, Catalogue::new(purposes(), []).unwrap())
}

pub(crate) fn cell(name: &str) -> Cell {
    cell_at(name, A)
}

pub(crate) fn cell_at(name: &str, point: ContactPointId) -> Cell {
    Cell { purpose: id(name), channel: Some(Channel::Email), point: Some(point) }
}

pub(crate) fn processing(name: &str) -> Cell {
    Cell { purpose: id(name), channel: None, point: None }
}

pub(crate) fn grant(when: i64, cell: Cell) -> Grant {
    Grant {
        cell,
        stated: Stated::cell(cell),
        window: Interval::starting(s(when)),
        strength: Strength::Explicit,
        notice: None,
        age: None,
        by: ActorKind::Subject,
        lifts: vec![],
        read: ViewToken::NOTHING,
        attempted: false,
        request: None,
        asked: None,
    }
}

pub(crate) fn request(cell: Cell, expires: i64, seen: Vec<Named>) -> Request {
    Request {
        id: RequestId::from_u128(7),
        cell,
        stated: Stated::cell(cell),
        notice: None,
        age: None,
        expires: s(expires),
        seen,
        token: None,
    }
}

pub(crate) fn revocation(name: &str) -> Revocation {
    Revocation { scope: Scope::purpose(id(name)), view: ViewToken::NOTHING, unmerges: ViewToken::NOTHING }
}

pub(crate) fn query_in(name: &str, regimes: RegimeSet) -> Query {
    let catalogue = policy();
    Query::new(catalogue.catalogue().index(id(name)).unwrap(), regimes).on(Channel::Email).at(A)
}

pub(crate) fn query(name: &str) -> Query {
    query_in(name, RegimeSet::OPT_IN)
}

pub(crate) fn processed(name: &str) -> Query {
    Query { channel: None, point: None, ..query(name) }
}

/// The subject in person, stating just the cell, having seen `view`.
pub(crate) fn attempt<'a>(cell: Cell, captured: i64, now: i64, view: Option<&'a ViewToken>) -> Attempt<'a> {
    Attempt {
        stated: Stated::cell(cell),
        actor: Actor::subject(),
        captured_at: Some(s(captured)),
        view,
        age: None,
        now: s(now),
        confirms: None,
    }
}

pub(crate) fn everything() -> Scope {
    Scope::EVERYTHING
}

#[track_caller]
pub(crate) fn permits(answer: Answer, standing: Standing, basis: LawfulBasis) {
    let seen = (answer.verdict, answer.standing, answer.basis, answer.reasons);
    assert_eq!(seen, (Verdict::Permit, standing, Some(basis), ReasonSet::EMPTY));
}

#[track_caller]
pub(crate) fn denies<const N: usize>(answer: Answer, standing: Standing, reasons: [Reason; N]) {
    let seen = (answer.verdict, answer.standing, answer.basis, answer.reasons);
    assert_eq!(seen, (Verdict::Deny, standing, None, ReasonSet::from_iter(reasons)));
}

#[track_caller]
pub(crate) fn defers<const N: usize>(answer: Answer, until: Timestamp, reasons: [Reason; N]) {
    let seen = (answer.verdict, answer.basis, answer.reasons);
    assert_eq!(seen, (Verdict::Defer { until }, None, ReasonSet::from_iter(reasons)));
}

pub(crate) fn plain(state: State) -> CellState {
    CellState { state, pending: None }
}
