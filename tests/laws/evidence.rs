use consent_engine::*;

use crate::support::*;

fn news() -> Cell {
    cell("news", EMAIL)
}

fn rejected(problem: EvidenceProblem) -> Rejection {
    Rejection::EvidenceRejected(problem)
}

fn give(policy: &Policy, actor: Actor, evidence: Option<Evidence>) -> Result<State, Rejection> {
    let mut run = Run::new(policy);
    let mut command = Command::new(actor, stated(news()));
    if let Some(evidence) = evidence {
        command = command.with_evidence(evidence);
    }
    run.command(&command).map(|_| run.state(news()))
}

fn by(method: Method) -> Option<Evidence> {
    Some(Evidence::new(method, SourceName::new("web").unwrap()))
}

/// Every method against every strength a purpose may ask for.
#[test]
fn l38_l21_method_against_strength() {
    for needed in Strength::ALL {
        let need = EvidenceNeed { strength: needed, ..EvidenceNeed::default() };
        let policy = policy_of(vec![marketing("news").with_evidence(need)]);
        assert_eq!(give(&policy, Actor::subject(), None), Err(rejected(EvidenceProblem::Missing)));
        for method in Method::ALL {
            let expected = match method.strength() {
                None => Err(rejected(EvidenceProblem::MethodIsNoConsent)),
                Some(found) if needed <= found => Ok(State::Granted),
                Some(_) if needed == Strength::DoubleOptIn => Ok(State::Pending),
                Some(found) => Err(rejected(EvidenceProblem::TooWeak { found, needed })),
            };
            assert_eq!(give(&policy, Actor::subject(), by(method)), expected, "{method:?} for {needed:?}");
        }
    }
    let no_consent = Method::ALL.into_iter().filter(|method| method.strength().is_none());
    use Method::{Bundled, Inferred, LinkClicked, LinkOpened, PreTicked, Silence, Unknown};
    let expected = [PreTicked, Silence, Bundled, LinkOpened, LinkClicked, Inferred, Unknown];
    assert_eq!(no_consent.collect::<Vec<_>>(), expected);
}

#[test]
fn l38_the_notice_must_be_the_current_one() {
    let shown = |name: &str, version| Notice { id: NoticeId::new(name).unwrap(), version };
    let need = NoticeNeed { id: NoticeId::new("privacy").unwrap(), since: 3 };
    let evidence = EvidenceNeed { notice: Some(need), ..EvidenceNeed::default() };
    let policy = policy_of(vec![marketing("news").with_evidence(evidence)]);
    let with = |notice| Some(explicit().with_notice(notice));
    for (evidence, accepted) in [
        (Some(explicit()), false),
        (with(shown("privacy", 2)), false),
        (with(shown("terms", 3)), false),
        (with(shown("privacy", 3)), true),
        (with(shown("privacy", 4)), true),
    ] {
        let expected = if accepted { Ok(State::Granted) } else { Err(rejected(EvidenceProblem::Notice)) };
        assert_eq!(give(&policy, Actor::subject(), evidence.clone()), expected, "{evidence:?}");
    }
    let mut run = Run::new(&policy);
    let command = Command::new(Actor::subject(), stated(news()));
    run.command(&command.with_evidence(explicit().with_notice(shown("privacy", 3)))).unwrap();
    assert!(run.permits(news()));
    let newer = EvidenceNeed { notice: Some(NoticeNeed { since: 4, ..need }), ..EvidenceNeed::default() };
    let newer = policy_of(vec![marketing("news").with_evidence(newer)]);
    let run = run.under(&newer);
    assert_eq!(run.reasons(news()), [Reason::NoticeSuperseded], "a newer notice supersedes the grant");
    assert_eq!(run.state(news()), State::Expired(ExpiryCause::NoticeSuperseded));
}

#[test]
fn l38_d30_only_the_person_and_who_speaks_for_them_consent() {
    let policy = policy();
    let crm = SystemId::new("crm").unwrap();
    let none = Authority::new([], Interval::starting(t(0)));
    let not_yet = Authority::new([Power::Represent], Interval::starting(t(4_000)));
    for (actor, accepted) in [
        (Actor::subject(), true),
        (Actor::subject().reported_by(crm), true),
        (Actor::guardian(every_power()), true),
        (Actor::delegate(every_power()), true),
        (Actor::guardian(none), false),
        (Actor::delegate(not_yet), false),
        (operator(), false),
        (Actor::partner(crm), false),
        (Actor::system(crm), false),
    ] {
        let expected = if accepted { Ok(State::Granted) } else { Err(Rejection::NotAuthorized) };
        assert_eq!(give(&policy, actor, Some(explicit())), expected, "{actor:?}");
    }
}

#[test]
fn l38_l21_an_import_grants_only_as_an_attested_act_where_nothing_bites() {
    let policy = policy();
    let importer = Actor::importer(SystemId::new("old-crm").unwrap());
    let notice = Notice { id: NoticeId::new("privacy").unwrap(), version: 1 };
    let attested = explicit().with_notice(notice);
    let unattested = Err(rejected(EvidenceProblem::NotAttested));
    assert_eq!(give(&policy, importer, Some(explicit())), unattested);
    let implicit = by(Method::Implicit).unwrap().with_notice(notice);
    assert_eq!(give(&policy, importer, Some(implicit)), unattested);
    assert_eq!(give(&policy, importer, Some(attested.clone())), Ok(State::Granted));
    let undated =
        Command::new(importer, stated(news())).with_evidence(attested.clone()).captured(Captured::Unknown);
    assert_eq!(Run::new(&policy).command(&undated).map(|_| ()), Err(rejected(EvidenceProblem::NotAttested)));
    let mut run = Run::new(&policy);
    run.opt_out(Scope::EVERYTHING);
    run.pass(600);
    let everything = run.view.token().clone();
    let row = Command::new(importer, stated(news())).with_evidence(attested).having_seen(everything);
    run.command(&row).unwrap();
    assert_eq!(run.reasons(news()), [Reason::OptOut], "an import names nothing, whatever it saw");
}

/// What bites when a row is imported may be gone later; the row agreed to nothing then.
#[test]
fn l30_an_import_grants_only_where_nothing_of_any_reason_bites() {
    let policy = policy();
    let notice = Notice { id: NoticeId::new("privacy").unwrap(), version: 1 };
    let importer = Actor::importer(SystemId::new("old-crm").unwrap());
    let row = Command::new(importer, stated(news())).with_evidence(explicit().with_notice(notice));
    for reason in RestrictionReason::ALL {
        let mut run = Run::new(&policy);
        let end = run.now.saturating_add(Span::days(1));
        let restriction = Restriction::new(reason, Scope::EVERYTHING.at(EMAIL)).until(Some(end));
        let fact = run.raw(Aggregate::Point(EMAIL), Actor::subject(), FactKind::Restriction(restriction));
        run.commit(&[fact]);
        let mut imported = run.clone();
        imported.now = end.saturating_sub(Span::micros(1));
        let decided = imported.command(&row).unwrap();
        let End::Recorded { still_bites } = &decided.reports[0].end else { panic!("{reason:?}") };
        assert_eq!(still_bites[0].named.key.reason, reason);
        imported.pass(2 * 86_400);
        assert!(!imported.permits(news()), "{reason:?} is over, and the row is no consent");
        run.now = end;
        run.command(&row).unwrap();
        assert_eq!(run.permits(news()), reason.may_end(), "{reason:?}: where it is over, a row grants");
        let mut person = Run::new(&policy);
        person
            .act(
                operator(),
                Act::Restrict { reason: RestrictionReason::Bounce, scope: Scope::EVERYTHING, until: None },
            )
            .unwrap();
        assert!(person.grant(news()), "a bounce makes no grant of the person inert");
    }
}

#[test]
fn d53_children_the_dead_and_role_addresses() {
    let need = EvidenceNeed { minimum_age: Some(16), ..EvidenceNeed::default() };
    let policy = policy_of(vec![marketing("news").with_evidence(need)]);
    let aged = |age| Some(explicit().with_age(age));
    for (actor, evidence, expected) in [
        (Actor::subject(), Some(explicit()), Err(rejected(EvidenceProblem::AgeUnknown))),
        (Actor::subject(), aged(15), Err(rejected(EvidenceProblem::TooYoung))),
        (Actor::subject(), aged(16), Ok(State::Granted)),
        (Actor::guardian(every_power()), aged(9), Ok(State::Granted)),
    ] {
        assert_eq!(give(&policy, actor, evidence), expected, "{actor:?}");
    }
    let stricter = EvidenceNeed { minimum_age: Some(18), ..need };
    let stricter = policy_of(vec![marketing("news").with_evidence(stricter)]);
    let mut run = Run::new(&policy);
    run.command(&Command::new(Actor::subject(), stated(news())).with_evidence(aged(16).unwrap())).unwrap();
    let run = run.under(&stricter);
    assert_eq!(run.reasons(news()), [Reason::Minor]);

    let policy = crate::support::policy();
    let run = Run::new(&policy);
    let ask = |subject: Subject, purpose: &str| {
        let view = View::new(&policy, subject, run.view.projection().clone()).unwrap();
        let query = run.query(cell(purpose, EMAIL), RegimeSet::OPT_OUT);
        evaluate(&view, &query, &policy, run.now).reasons().iter().collect::<Vec<_>>()
    };
    let person = Subject::new(PERSON);
    assert_eq!(ask(person.clone(), "news"), [], "silence permits under an opt-out regime");
    let child = Subject { kind: SubjectKind::Child, ..person.clone() };
    assert_eq!(ask(child.clone(), "news"), [Reason::Minor]);
    assert_eq!(ask(child, "receipts"), []);
    let dead = Subject { kind: SubjectKind::Deceased, ..person.clone() };
    assert_eq!(ask(dead, "receipts"), [Reason::Deceased]);
    let info = Subject { role_addresses: vec![EMAIL], ..person.clone() };
    assert_eq!(ask(info, "news"), [Reason::RoleAddress]);
    let contested = Subject { identity: Identity::Contested, ..person.clone() };
    assert_eq!(ask(contested, "receipts"), [Reason::IdentityContested]);
    let nobody = Subject { identity: Identity::Unresolved, ..person };
    assert_eq!(ask(nobody, "receipts"), [Reason::IdentityUnresolved]);
}

#[test]
fn d53_what_a_guardian_set_stays_until_the_child_is_of_age() {
    let policy = policy();
    let mut run = Run::new(&policy);
    run.act(Actor::guardian(every_power()), Act::OptOut(vec![Scope::EVERYTHING])).unwrap();
    run.pass(60);
    let aged = |age| Command::new(Actor::subject(), stated(news())).with_evidence(explicit().with_age(age));
    run.command(&aged(17)).unwrap();
    assert!(!run.permits(news()));
    run.command(&aged(18)).unwrap();
    assert!(run.permits(news()));
}

#[test]
fn l22_withdrawal_erasure_and_newer_requests_kill_a_token() {
    let policy = policy();
    let ask = || Act::Request(vec![Stated::cell(news())]);
    use Rejection::{NoPendingRequest, Superseded};
    let killers: [(Actor, Act, Rejection); 5] = [
        (Actor::subject(), Act::OptOut(vec![Scope::EVERYTHING]), Superseded),
        (system(), Act::OptOut(vec![Scope::EVERYTHING.at(EMAIL)]), Superseded),
        (Actor::subject(), Act::Erase, NoPendingRequest),
        (operator(), Act::Revoke(Scope::purpose(id("news"))), NoPendingRequest),
        (Actor::subject(), ask(), NoPendingRequest),
    ];
    for (actor, killer, rejection) in killers {
        let mut run = Run::new(&policy);
        run.person(ask()).unwrap();
        let asked = run.last_request();
        run.pass(60);
        run.act(actor, killer.clone()).unwrap();
        run.pass(60);
        assert_eq!(run.person(Act::Confirm(asked)).map(|_| ()), Err(rejection), "{killer:?}");
        assert!(!run.permits(news()));
    }
}

#[test]
fn l02_a_confirmation_clears_a_bounce_and_lifts_a_complaint_at_its_point() {
    let policy = policy();
    let mut run = Run::new(&policy);
    for reason in [RestrictionReason::Bounce, RestrictionReason::Complaint] {
        run.act(system(), Act::Restrict { reason, scope: Scope::EVERYTHING.at(EMAIL), until: None }).unwrap();
    }
    run.pass(60);
    assert!(!run.grant(news()), "a plain grant does not lift a complaint");
    run.person(Act::Request(vec![Stated::cell(news())])).unwrap();
    run.pass(60);
    run.person(Act::Confirm(run.last_request())).unwrap();
    assert!(run.permits(news()));
}

/// A bounce elsewhere, in the instant of the request or after it, may still be true.
#[test]
fn l02_a_confirmation_clears_no_bounce_that_it_does_not_disprove() {
    let policy = policy();
    let everywhere = Cell { purpose: id("profiling"), channel: None, point: None };
    for (cell, scope, before, again) in [
        (news(), Scope::EVERYTHING.at(EMAIL), 0, false),
        (news(), Scope::EVERYTHING.at(EMAIL), 60, true),
        (news(), Scope::EVERYTHING, 60, false),
        (everywhere, Scope::EVERYTHING, 60, false),
    ] {
        let mut run = Run::new(&policy);
        let bounce = Act::Restrict { reason: RestrictionReason::Bounce, scope, until: None };
        run.act(system(), bounce.clone()).unwrap();
        run.pass(before);
        let ask = Command::new(Actor::subject(), Act::Request(vec![Stated::cell(cell)]));
        let token = run.view.token().clone();
        run.command(&ask.having_seen(token)).unwrap();
        if again {
            run.act(system(), bounce).unwrap();
        }
        run.pass(60);
        run.person(Act::Confirm(run.last_request())).unwrap();
        assert_eq!(run.reasons(cell), [Reason::Bounce], "{cell:?} {scope:?} {before} s before, {again}");
    }
}

#[test]
fn l38_a_confirmation_is_an_explicit_act_of_the_person_after_the_request() {
    let policy = policy();
    let mut run = Run::new(&policy);
    run.person(Act::Request(vec![Stated::cell(news())])).unwrap();
    let asked = run.now;
    run.pass(60);
    let confirm = |actor, evidence: Evidence, captured| {
        let confirm = Act::Confirm(run.last_request());
        let command = Command::new(actor, confirm).with_evidence(evidence).captured(Captured::At(captured));
        let mut run = run.clone();
        run.command(&command).map(|_| run.state(news()))
    };
    let subject = Actor::subject();
    let before = asked.saturating_sub(Span::micros(1));
    assert_eq!(confirm(subject, explicit(), before), Err(Rejection::TokenNotYetValid));
    assert_eq!(confirm(subject, explicit(), asked), Ok(State::Granted));
    assert_eq!(confirm(subject, explicit(), run.now), Ok(State::Granted));
    let needed = Strength::Explicit;
    let weak = rejected(EvidenceProblem::TooWeak { found: Strength::Implicit, needed });
    assert_eq!(confirm(subject, by(Method::Implicit).unwrap(), run.now), Err(weak));
    let notice = Notice { id: NoticeId::new("privacy").unwrap(), version: 1 };
    let importer = Actor::importer(SystemId::new("old-crm").unwrap());
    let attested = explicit().with_notice(notice);
    assert_eq!(confirm(importer, attested, run.now), Err(Rejection::NotAuthorized));
}
