//! The reference model, and the engine beside it, against answers that were derived by hand from DESIGN.md.
#![cfg(feature = "model")]
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::std_instead_of_alloc,
    reason = "lints for the library; a test may panic"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use consent_engine::model::{Answer, Attempt, Model};
use consent_engine::*;

const ME: SubjectId = SubjectId::from_u128(1);
const YOU: SubjectId = SubjectId::from_u128(2);
const A: ContactPointId = ContactPointId::from_u128(10);
const B: ContactPointId = ContactPointId::from_u128(11);
const C: ContactPointId = ContactPointId::from_u128(12);
const W: WriterId = WriterId::from_u128(100);
const V: WriterId = WriterId::from_u128(101);
const START: i64 = 1_767_225_600; // 2026-01-01T00:00:00Z
const DAY: i64 = 86_400;

/// `n` seconds after the start.
fn s(n: i64) -> Timestamp {
    Timestamp::from_unix_seconds(START + n).unwrap()
}

/// One microsecond before.
fn tick_before(t: Timestamp) -> Timestamp {
    Timestamp::from_unix_micros(t.unix_micros() - 1).unwrap()
}

/// One microsecond after.
fn tick_after(t: Timestamp) -> Timestamp {
    Timestamp::from_unix_micros(t.unix_micros() + 1).unwrap()
}

fn id(name: &str) -> PurposeId {
    PurposeId::new(name).unwrap()
}

fn of(id: SubjectId) -> LogId {
    LogId::new(Aggregate::Subject(id), W)
}

fn at(point: ContactPointId) -> LogId {
    LogId::new(Aggregate::Point(point), W)
}

fn purposes() -> Vec<Purpose> {
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

fn policy() -> Policy {
    Policy::new(1, Catalogue::new(purposes(), []).unwrap())
}

/// A history under construction; every fact goes to the end of its log.
#[derive(Clone, Default)]
struct History {
    facts: Vec<Fact>,
    heads: BTreeMap<LogId, u64>,
}

impl History {
    /// A person with the e-mail address A, attached before everything else.
    fn new() -> Self {
        let mut history = Self::default();
        history.attach(ME, A, -DAY);
        history
    }

    fn push(
        &mut self,
        log: LogId,
        actor: Actor,
        captured: Option<i64>,
        recorded: i64,
        kind: FactKind,
    ) -> Position {
        let head = self.heads.entry(log).or_default();
        *head += 1;
        let position = log.at(Seq::new(*head).unwrap());
        self.facts.push(Fact {
            v: Version::CURRENT,
            position,
            recorded_at: s(recorded),
            captured_at: captured.map(s),
            actor: actor.record(),
            command: None,
            evidence: None,
            kind,
        });
        position
    }

    fn add(&mut self, log: LogId, when: i64, kind: FactKind) -> Position {
        self.push(log, Actor::subject(), Some(when), when, kind)
    }

    fn attach(&mut self, subject: SubjectId, point: ContactPointId, when: i64) {
        self.add(at(point), when, FactKind::Attach { subject, point, point_kind: PointKind::Email });
    }

    fn restrict(&mut self, log: LogId, when: i64, reason: RestrictionReason, scope: Scope) -> Named {
        self.restrict_until(log, when, reason, scope, None)
    }

    fn restrict_until(
        &mut self,
        log: LogId,
        when: i64,
        reason: RestrictionReason,
        scope: Scope,
        until: Option<i64>,
    ) -> Named {
        let restriction = Restriction::new(reason, scope).until(until.map(s));
        let position = self.add(log, when, FactKind::Restriction(restriction));
        let scope = match log.aggregate {
            Aggregate::Point(home) => scope.at(home),
            Aggregate::Subject(_) => scope,
        };
        Named { log, key: RestrictionKey { reason, by: ActorKind::Subject, scope }, upto: position.seq }
    }

    fn grant(&mut self, when: i64, cell: Cell) -> Position {
        self.add(of(ME), when, FactKind::Grant(Arc::new(grant(when, cell))))
    }

    fn token(&self) -> ViewToken {
        self.heads.iter().map(|(log, head)| (Consulted::Log(*log), *head)).collect()
    }

    fn eval(&self, query: &Query, now: i64) -> Answer {
        self.eval_as(&Subject::new(ME), query, now)
    }

    fn eval_as(&self, subject: &Subject, query: &Query, now: i64) -> Answer {
        let (policy, now) = (policy(), s(now));
        let answer = Model::new(&policy, subject, self.facts.clone()).evaluate(query, now);
        let view = self.view(&policy, subject);
        let decision = evaluate(&view, query, &policy, now);
        let engine = Answer {
            verdict: decision.verdict(),
            standing: decision.standing(),
            basis: decision.basis(),
            reasons: decision.reasons(),
            valid_until: decision.valid_until(),
        };
        assert_eq!(engine, answer, "the engine against the model");
        assert_eq!(consent_engine::permits(&view, query, &policy, now), decision.is_permit());
        answer
    }

    fn view(&self, policy: &Policy, subject: &Subject) -> View {
        View::new(policy, subject.clone(), Projection::fold(&self.facts).0).unwrap()
    }

    fn state(&self, cell: Cell, now: i64) -> CellState {
        let (policy, now, me) = (policy(), s(now), Subject::new(ME));
        let state = Model::new(&policy, &me, self.facts.clone()).state(cell, now);
        let engine = cell_state(&self.view(&policy, &me), cell, &policy, now);
        assert_eq!(engine, state, "the engine against the model");
        state
    }

    fn lifts(&self, cell: Cell, attempt: &Attempt<'_>) -> Result<Vec<Named>, NotNamed> {
        Model::new(&policy(), &Subject::new(ME), self.facts.clone()).lifts(cell, attempt)
    }
}

fn cell(name: &str) -> Cell {
    cell_at(name, A)
}

fn cell_at(name: &str, point: ContactPointId) -> Cell {
    Cell { purpose: id(name), channel: Some(Channel::Email), point: Some(point) }
}

fn processing(name: &str) -> Cell {
    Cell { purpose: id(name), channel: None, point: None }
}

fn grant(when: i64, cell: Cell) -> Grant {
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

fn request(cell: Cell, expires: i64, seen: Vec<Named>) -> Request {
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

fn revocation(name: &str) -> Revocation {
    Revocation { scope: Scope::purpose(id(name)), view: ViewToken::NOTHING, unmerges: ViewToken::NOTHING }
}

fn query_in(name: &str, regimes: RegimeSet) -> Query {
    let catalogue = policy();
    Query::new(catalogue.catalogue().index(id(name)).unwrap(), regimes).on(Channel::Email).at(A)
}

fn query(name: &str) -> Query {
    query_in(name, RegimeSet::OPT_IN)
}

fn processed(name: &str) -> Query {
    Query { channel: None, point: None, ..query(name) }
}

/// The subject in person, stating just the cell, having seen `view`.
fn attempt<'a>(cell: Cell, captured: i64, now: i64, view: Option<&'a ViewToken>) -> Attempt<'a> {
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

fn everything() -> Scope {
    Scope::EVERYTHING
}

#[track_caller]
fn permits(answer: Answer, standing: Standing, basis: LawfulBasis) {
    let seen = (answer.verdict, answer.standing, answer.basis, answer.reasons);
    assert_eq!(seen, (Verdict::Permit, standing, Some(basis), ReasonSet::EMPTY));
}

#[track_caller]
fn denies<const N: usize>(answer: Answer, standing: Standing, reasons: [Reason; N]) {
    let seen = (answer.verdict, answer.standing, answer.basis, answer.reasons);
    assert_eq!(seen, (Verdict::Deny, standing, None, ReasonSet::from_iter(reasons)));
}

#[track_caller]
fn defers<const N: usize>(answer: Answer, until: Timestamp, reasons: [Reason; N]) {
    let seen = (answer.verdict, answer.basis, answer.reasons);
    assert_eq!(seen, (Verdict::Defer { until }, None, ReasonSet::from_iter(reasons)));
}

fn plain(state: State) -> CellState {
    CellState { state, pending: None }
}

use ExpiryCause as Cause;
use RestrictionReason as R;
use Standing::{Default as ByRule, Explicit, Unknown};

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
}

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
    permits(h.eval_as(&child, &processing, 10), ByRule, LawfulBasis::Consent);
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
fn restrictions_in_strange_logs_are_never_lost() {
    let mut h = History::new();
    h.grant(10, cell("news"));
    h.restrict(of(YOU), 20, R::OptOut, Scope::purpose(id("news")));
    denies(h.eval(&query("news"), 30), Explicit, [Reason::OptOut]);
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
fn a_hold_never_changes_relationship() {
    let mut h = History::new();
    h.add(of(ME), 5, FactKind::Hold(Hold { purpose: id("rel") }));
    h.grant(5, cell("rel"));
    h.restrict(of(ME), 10, R::Objection, everything());
    denies(h.eval(&query("rel"), 20), Explicit, [Reason::Objection]);
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
fn a_reassignment_ends_the_grants_of_the_last_holder_only() {
    let mut h = History::new();
    h.grant(10, cell("news"));
    let view = h.token();
    h.add(at(A), 20, FactKind::Reassign(Reassign { point: A, from: YOU, to: Some(ME), view }));
    permits(h.eval(&query("news"), 30), Explicit, LawfulBasis::Consent);
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
fn a_child_that_touched_the_matter_is_not_silent() {
    let mut h = History::new();
    let child = Subject { kind: SubjectKind::Child, ..Subject::new(ME) };
    h.add(of(ME), 20, FactKind::Revocation(revocation("mkt")));
    denies(h.eval_as(&child, &query_in("news", RegimeSet::OPT_OUT), 30), Explicit, [Reason::ConsentRevoked]);
}

#[test]
fn no_consent_is_asked_of_a_service_that_answers_a_call() {
    let mut h = History::new();
    h.add(of(ME), 10, FactKind::Basis { purpose: id("svc"), basis: LawfulBasis::Consent });
    denies(h.eval(&query("svc"), 20), Unknown, [Reason::ConsentMissing]);
    permits(h.eval(&query("svc").inbound(), 20), ByRule, LawfulBasis::Consent);
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
