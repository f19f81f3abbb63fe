//! Who may ask, consent and confirm, how often, and on what evidence.

use consent_engine::*;

use crate::support::*;

pub(crate) const DAY: u64 = 86_400;

pub(crate) fn news() -> Cell {
    cell("news", EMAIL)
}

pub(crate) fn ask() -> Act {
    Act::Request(vec![Stated::cell(news())])
}

pub(crate) fn crm() -> SystemId {
    SystemId::new("crm").unwrap()
}

fn notice() -> Notice {
    Notice { id: NoticeId::new("privacy").unwrap(), version: 1 }
}

/// Evidence that satisfies an import too.
fn attested() -> Evidence {
    explicit().with_notice(notice()).with_age(30)
}

pub(crate) fn by(run: &mut Run<'_>, actor: Actor, act: Act) -> Result<Decided, Rejection> {
    run.command(&Command::new(actor, act).with_evidence(attested()))
}

/// Every actor that can be, with what authority there may be.
pub(crate) fn actors() -> [(&'static str, Actor); 13] {
    let none = Authority::new([], Interval::starting(t(0)));
    let over = Authority::new([Power::Represent], Interval::new(t(0), Some(t(1))).unwrap());
    [
        ("the person", Actor::subject()),
        ("the person, as a system says", Actor::subject().reported_by(crm())),
        ("a guardian", Actor::guardian(every_power())),
        ("a guardian without authority", Actor::guardian(none)),
        ("a delegate", Actor::delegate(every_power())),
        ("a delegate whose time is over", Actor::delegate(over)),
        ("an operator with every power", operator()),
        ("an operator with none", Actor::operator(none)),
        ("an import", Actor::importer(crm())),
        ("a partner", Actor::partner(crm())),
        ("a system", Actor::system(crm())),
        ("somebody unauthenticated", Actor::unauthenticated()),
        ("somebody unauthenticated, as a system says", Actor::unauthenticated().reported_by(crm())),
    ]
}

/// What the table says of an act: it has its effect, it waits for a confirmation, or it is refused.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Says {
    Done,
    Waits,
    No,
    /// Only after a no of the person, and then by policy.
    NotAgain,
}

/// Role against act: consent, renew, ask, ask after a refusal, confirm, withdraw.
#[test]
fn l38_d30_d32_who_may_do_what() {
    use Says::{Done, No, NotAgain, Waits};
    let expected: [[Says; 6]; 13] = [
        [Done, Done, Waits, Waits, Done, Done],
        [Done, Done, Waits, NotAgain, Done, Done],
        [Done, Done, Waits, Waits, Done, Done],
        [No, No, Waits, NotAgain, No, Done],
        [Done, Done, Waits, Waits, Done, Done],
        [No, No, Waits, NotAgain, No, Done],
        [No, No, Waits, NotAgain, No, Done],
        [No, No, Waits, NotAgain, No, Done],
        [Done, Done, Waits, NotAgain, No, Done],
        [No, No, Waits, NotAgain, No, Done],
        [No, No, Waits, NotAgain, No, Done],
        [Waits, No, Waits, Waits, No, Done],
        [Waits, No, Waits, NotAgain, No, Done],
    ];
    let policy = policy();
    for ((who, actor), expected) in actors().into_iter().zip(expected) {
        let found = [
            consents(&policy, actor),
            renews(&policy, actor),
            asks(Run::new(&policy), actor),
            asks_again(&policy, actor),
            confirms(&policy, actor),
            withdraws(&policy, actor),
        ];
        assert_eq!(found, expected, "{who}");
    }
}

fn says(run: &Run<'_>, result: Result<Decided, Rejection>) -> Says {
    match result {
        Err(Rejection::NotAuthorized) => Says::No,
        Err(Rejection::NotInvitable { not_before: None }) => Says::NotAgain,
        Err(other) => panic!("{other}"),
        Ok(_) if run.permits(news()) => Says::Done,
        Ok(decided) => {
            let asks = |fact: &&Fact| matches!(fact.kind, FactKind::Request(_));
            assert!(decided.facts.iter().any(|fact| asks(&fact)), "{decided:?}");
            assert!(decided.facts.iter().all(|fact| fact.kind.grant().is_none()), "{decided:?}");
            Says::Waits
        }
    }
}

fn consents(policy: &Policy, actor: Actor) -> Says {
    let mut run = Run::new(policy);
    let result = by(&mut run, actor, stated(news()));
    says(&run, result)
}

fn renews(policy: &Policy, actor: Actor) -> Says {
    let mut run = Run::new(policy);
    assert!(run.grant(news()));
    run.act(operator(), Act::Revoke(Scope::purpose(id("news")))).unwrap();
    run.pass(60);
    let result = by(&mut run, actor, Act::Renew { stated: vec![Stated::cell(news())], window: None });
    says(&run, result)
}

fn asks(mut run: Run<'_>, actor: Actor) -> Says {
    let result = by(&mut run, actor, ask());
    says(&run, result)
}

fn asks_again(policy: &Policy, actor: Actor) -> Says {
    let mut run = Run::new(policy);
    run.opt_out(Scope::EVERYTHING);
    run.pass(365 * DAY);
    asks(run, actor)
}

fn confirms(policy: &Policy, actor: Actor) -> Says {
    let mut run = Run::new(policy);
    run.person(ask()).unwrap();
    run.pass(60);
    let confirm = Act::Confirm(run.last_request());
    let result = by(&mut run, actor, confirm);
    says(&run, result)
}

fn withdraws(policy: &Policy, actor: Actor) -> Says {
    let mut run = Run::new(policy);
    assert!(run.grant(news()));
    run.pass(60);
    by(&mut run, actor, Act::OptOut(vec![Scope::EVERYTHING])).unwrap();
    assert!(!run.permits(news()));
    assert_eq!(run.state(news()), State::Withdrawn);
    Says::Done
}

/// Every act that could grant, by every method, by everybody: what is no clear act of the person never grants.
#[test]
fn l21_no_method_that_is_no_consent_ever_grants() {
    let policy = policy();
    for (who, actor) in actors() {
        for method in Method::ALL.into_iter().filter(|method| method.strength().is_none()) {
            let evidence = Evidence::new(method, SourceName::new("web").unwrap()).with_notice(notice());
            let completed = evidence.clone().with_double_opt_in_at(t(0));
            for evidence in [evidence, completed] {
                for act in [
                    |_: &Run<'_>| stated(news()),
                    |_: &Run<'_>| Act::Renew { stated: vec![Stated::cell(news())], window: None },
                    |_: &Run<'_>| ask(),
                    |run: &Run<'_>| Act::Confirm(run.last_request()),
                ] {
                    let mut run = Run::new(&policy);
                    run.person(ask()).unwrap();
                    run.pass(60);
                    let command = Command::new(actor, act(&run)).with_evidence(evidence.clone());
                    let granted = run
                        .command(&command)
                        .is_ok_and(|decided| decided.facts.iter().any(|fact| fact.kind.grant().is_some()));
                    assert!(!granted && !run.permits(news()), "{who} by {method:?}");
                }
            }
        }
    }
}

/// What machines see restricts, or is noted; it never grants.
#[test]
fn l21_what_machines_see_restricts_or_nothing() {
    let policy = policy();
    for reason in RestrictionReason::ALL {
        let mut run = Run::new(&policy);
        assert!(run.grant(news()));
        run.pass(60);
        let seen =
            run.act(system(), Act::Restrict { reason, scope: Scope::EVERYTHING.at(EMAIL), until: None });
        use RestrictionReason::{Bounce, Complaint, Interim, InvalidAddress, Pause, Register};
        let may = matches!(reason, Bounce | Complaint | Interim | InvalidAddress | Pause | Register);
        assert_eq!(seen.is_ok(), may, "{reason:?}");
        let facts = seen.map(|decided| decided.facts).unwrap_or_default();
        assert!(facts.iter().all(|fact| fact.kind.grant().is_none()), "{reason:?}");
        assert_eq!(run.permits(news()), !may, "{reason:?}");
    }
    for act in [
        Act::NoticeSeen { notice: Some(notice()), scope: Some(Scope::EVERYTHING) },
        Act::Preference { purpose: id("news"), interest: Interest::default(), note: None },
        Act::Relationship(RelationshipKind::Purchase),
        Act::Relationship(RelationshipKind::Contract),
    ] {
        let mut run = Run::new(&policy);
        run.act(system(), act.clone()).unwrap();
        assert_eq!(run.state(news()), State::Unknown, "{act:?}");
        assert!(!run.permits(news()));
    }
}

/// What evidence says of itself changes nothing about who acts: the role is that of the type that the host made.
#[test]
fn d30_a_forged_source_is_only_a_text() {
    let policy = policy();
    let forged = attested()
        .with_source_detail(Note::lossy("the person, in person"))
        .with_double_opt_in_at(t(0))
        .with_external_ref(Note::lossy("role=subject"));
    for actor in [Actor::importer(crm()), Actor::partner(crm()), Actor::system(crm())] {
        for opted_out in [true, false] {
            let mut run = Run::new(&policy);
            if opted_out {
                run.opt_out(Scope::EVERYTHING);
            }
            run.pass(60);
            let everything = run.view.token().clone();
            let command =
                Command::new(actor, stated(news())).with_evidence(forged.clone()).having_seen(everything);
            let decided = run.command(&command);
            // Rows that attest an act of the person grant where nothing bites; nobody else grants at all.
            let imports = actor.role() == Role::Importer;
            assert_eq!(decided.is_ok(), imports, "{actor:?}");
            for fact in decided.iter().flat_map(|decided| &decided.facts) {
                assert_eq!(fact.actor, actor.record());
                let grant = fact.kind.grant().unwrap();
                assert_eq!((grant.by, grant.lifts.as_slice()), (actor.role().kind(), &[][..]));
            }
            assert_eq!(run.permits(news()), imports && !opted_out, "{actor:?}");
        }
    }
}

#[test]
fn d32_a_public_form_alone_permits_nothing_whatever_the_purpose_asks() {
    for strength in Strength::ALL {
        let need = EvidenceNeed { strength, ..EvidenceNeed::default() };
        let policy = policy_of(vec![marketing("news").with_evidence(need)]);
        let mut run = Run::new(&policy);
        by(&mut run, Actor::unauthenticated(), stated(news())).unwrap();
        assert_eq!(run.state(news()), State::Pending, "{strength:?}");
        assert!(!run.permits(news()), "{strength:?}");
        run.pass(60);
        run.person(Act::Confirm(run.last_request())).unwrap();
        assert!(run.permits(news()), "{strength:?}");
    }
    let policy = policy();
    let mut run = Run::new(&policy);
    let bare = Command::new(Actor::unauthenticated(), stated(news()));
    let missing = Err(Rejection::EvidenceRejected(EvidenceProblem::Missing));
    assert_eq!(run.command(&bare).map(|_| ()), missing, "the form must show a box that is ticked");
    assert!(run.grant(news()));
    let again = by(&mut run, Actor::unauthenticated(), stated(news())).map(|_| ());
    assert_eq!(again, Err(Rejection::AlreadyGranted), "nobody is asked for what they gave");
}

/// An age that somebody unknown types in proves nothing; whoever confirms says it.
#[test]
fn d32_d53_the_age_of_a_public_form_is_asked_again() {
    let need = EvidenceNeed { minimum_age: Some(16), ..EvidenceNeed::default() };
    let policy = policy_of(vec![marketing("news").with_evidence(need)]);
    let mut run = Run::new(&policy);
    by(&mut run, Actor::unauthenticated(), stated(news())).unwrap();
    run.pass(60);
    let unknown = Rejection::EvidenceRejected(EvidenceProblem::AgeUnknown);
    assert_eq!(run.person(Act::Confirm(run.last_request())).unwrap_err(), unknown);
    let confirm = Act::Confirm(run.last_request());
    by(&mut run, Actor::subject(), confirm).unwrap();
    assert!(run.permits(news()));
}

/// What was recorded since says that the request has expired, whatever the clock says now.
#[test]
fn l24_d18_a_clock_set_back_revives_no_request() {
    let policy = policy();
    let mut run = Run::new(&policy);
    run.person(ask()).unwrap();
    let asked = run.now;
    run.pass(8 * DAY);
    run.person(Act::NoticeSeen { notice: None, scope: None }).unwrap();
    let noted = run.now;
    let mut confirm = |now| {
        run.now = now;
        run.person(Act::Confirm(run.last_request())).map(|_| ()).unwrap_err()
    };
    let skew = policy.skew();
    let behind = noted.saturating_sub(skew).saturating_sub(Span::micros(1));
    assert_eq!(confirm(asked.saturating_add(Span::days(1))), Rejection::ClockJump);
    assert_eq!(confirm(behind), Rejection::ClockJump);
    assert_eq!(confirm(noted.saturating_sub(skew)), Rejection::TokenExpired, "within the skew");
    assert_eq!(confirm(noted), Rejection::TokenExpired);
}

#[test]
fn l22_a_token_of_the_kernel_is_held_against_its_cell() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let cells = [news(), cell("events", EMAIL)];
    let [one, other] = [TokenHash::new([1; 32]), TokenHash::new([2; 32])];
    let ask = Command::new(Actor::subject(), Act::Request(cells.map(Stated::cell).to_vec()));
    run.command(&ask.with_token(cells[0], one).with_token(cells[1], other)).unwrap();
    run.pass(60);
    let confirm =
        || Command::new(Actor::subject(), Act::Confirm(run.last_request())).with_evidence(explicit());
    let outcome = |command: Command| {
        let mut run = run.clone();
        let result = run.command(&command).map(|_| ());
        (result, cells.map(|cell| run.permits(cell)))
    };
    let mismatch = Err(Rejection::TokenBindingMismatch);
    assert_eq!(outcome(confirm()), (mismatch, [false, false]));
    assert_eq!(
        outcome(confirm().with_token(cells[0], other).with_token(cells[1], one)),
        (mismatch, [false, false])
    );
    assert_eq!(outcome(confirm().with_token(cells[0], one)), (Ok(()), [true, false]));
    assert_eq!(
        outcome(confirm().with_token(cells[0], one).with_token(cells[1], other)),
        (Ok(()), [true, true])
    );
}

/// The stored forms that came with confirmation tokens.
#[test]
fn l07_stored_forms_of_requests_with_a_token_and_of_notes() {
    let stored = include_str!("../data/facts-v1-token.jsonl");
    let facts: Vec<Fact> = stored.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let policy = policy();
    let mut run = Run::new(&policy);
    run.facts.clear();
    let form = Command::new(Actor::unauthenticated(), ask()).with_evidence(attested());
    run.command(&form.with_token(news(), TokenHash::new([7; 32]))).unwrap();
    run.pass(60);
    let confirm = Command::new(Actor::subject(), Act::Confirm(run.last_request())).with_evidence(attested());
    run.command(&confirm.with_token(news(), TokenHash::new([7; 32]))).unwrap();
    let written: String = run.facts.iter().map(|fact| serde_json::to_string(fact).unwrap() + "\n").collect();
    assert_eq!(facts, run.facts);
    assert_eq!(written, stored);
}
