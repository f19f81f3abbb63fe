//! Defects that a hostile review found. Each test states what must hold.
use consent_engine::*;

use crate::support::*;

fn news() -> Cell {
    cell("news", EMAIL)
}

/// What a host loads for the other person: the logs of the contact points only.
fn other_view(run: &Run<'_>) -> View {
    let mut projection = Projection::default();
    for log in run.view.projection().logs() {
        if matches!(log.log().aggregate, Aggregate::Point(_)) {
            projection.insert(log.clone());
        }
    }
    View::new(run.policy, Subject::new(OTHER_PERSON), projection).unwrap()
}

fn named(run: &Run<'_>, reason: RestrictionReason) -> Named {
    let (fact, restriction) = run
        .facts
        .iter()
        .rev()
        .find_map(|fact| match &fact.kind {
            FactKind::Restriction(r) if r.reason == reason => Some((fact, r.clone())),
            _ => None,
        })
        .unwrap();
    let key = RestrictionKey { reason, by: fact.actor.kind(), scope: restriction.scope };
    Named { log: fact.position.log, key, upto: fact.position.seq }
}

fn restrict(reason: RestrictionReason, scope: Scope) -> Act {
    Act::Restrict { reason, scope, until: None }
}

#[test]
fn r01_a_reassignment_to_the_holder_does_not_lift_their_own_opt_out() {
    let policy = policy();
    let mut run = Run::new(&policy);
    assert!(run.grant(news()));
    run.pass(60);
    run.opt_out(Scope::EVERYTHING.at(EMAIL));
    run.pass(60);
    assert!(!run.permits(news()));
    let token = run.view.token().clone();
    let reassign = Act::Reassign { point: EMAIL, from: OTHER_PERSON, to: Some(PERSON) };
    let _ = run.command(&Command::new(operator(), reassign).having_seen(token));
    run.pass(60);
    assert!(!run.permits(news()), "an operator lifted the person's own opt-out");
}

#[test]
fn r02_too_many_opt_outs_keep_the_service_they_name() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let outages = Scope::purpose(id("outages"));
    let scopes =
        (0..257).map(|n| outages.at(ContactPointId::from_u128(n))).chain([Scope::purpose(id("news"))]);
    let decided = run.person(Act::OptOut(scopes.collect())).unwrap();
    let recorded: Vec<_> = decided.reports.iter().filter_map(|report| report.scope).collect();
    assert_eq!(recorded, [Scope::EVERYTHING, outages]);
    assert_eq!(decided.facts.len(), recorded.len());
    assert!(decided.effects.contains(&Effect::OpenReview { scope: Scope::EVERYTHING }));
    assert!(!run.permits(cell("outages", EMAIL)), "257 times no is a yes");
    assert!(run.permits(cell("alerts", EMAIL)), "not named");
}

#[test]
fn r03_a_full_log_keeps_the_service_that_is_named() {
    let policy = policy().with_limits(Limits { restrictions: 1, ..Limits::default() });
    let mut run = Run::new(&policy);
    run.opt_out(Scope::purpose(id("events")));
    run.opt_out(Scope::purpose(id("outages")));
    assert!(!run.permits(cell("outages", EMAIL)), "{:?}", run.facts.last());
}

#[test]
fn r03_a_full_log_keeps_the_interim_that_names() {
    let policy = policy().with_limits(Limits { restrictions: 1, ..Limits::default() });
    let mut run = Run::new(&policy);
    run.opt_out(Scope::purpose(id("events")));
    run.act(system(), restrict(RestrictionReason::Interim, Scope::purpose(id("fraud")))).unwrap();
    let fraud = Cell { purpose: id("fraud"), channel: None, point: None };
    assert!(!run.permits(fraud));
}

#[test]
fn r04_an_opt_out_of_a_service_the_catalogue_does_not_know_yet_is_not_lost() {
    let of = |list: Vec<Purpose>, version| Policy::new(version, Catalogue::new(list, []).unwrap());
    let old = of(purposes().into_iter().filter(|p| p.id() != id("outages")).collect(), 1);
    let new = of(purposes(), 2);
    let mut run = Run::new(&old);
    run.opt_out(Scope::purpose(id("outages")));
    assert!(!run.under(&new).permits(cell("outages", EMAIL)), "{:?}", run.facts.last());
}

#[test]
fn r05_another_holder_does_not_resume_a_pause() {
    let policy = policy();
    let mut run = Run::new(&policy);
    assert!(run.grant(news()));
    run.person(restrict(RestrictionReason::Pause, Scope::EVERYTHING.at(EMAIL))).unwrap();
    run.pass(60);
    assert!(!run.permits(news()));
    let mut other = run.clone();
    other.view = other_view(&run);
    other.person(Act::Attach { point: EMAIL, kind: PointKind::Email }).unwrap();
    other.pass(60);
    let _ = other.person(Act::Resume(Scope::EVERYTHING));
    let facts: Vec<_> = other
        .facts
        .iter()
        .skip(run.facts.len())
        .filter(|f| matches!(f.position.log.aggregate, Aggregate::Point(_)))
        .cloned()
        .collect();
    run.commit(&facts);
    run.pass(300);
    assert!(!run.permits(news()), "somebody else ended the person's pause");
}

#[test]
fn r05_a_child_does_not_resume_what_a_guardian_paused() {
    let policy = policy();
    let mut run = Run::new(&policy);
    assert!(run.grant(news()));
    run.act(Actor::guardian(every_power()), restrict(RestrictionReason::Pause, Scope::EVERYTHING)).unwrap();
    run.pass(60);
    let _ = run.person(Act::Resume(Scope::EVERYTHING));
    assert!(!run.permits(news()));
}

#[test]
fn r05_a_resume_captured_before_the_pause_ends_nothing() {
    let policy = policy();
    let mut run = Run::new(&policy);
    assert!(run.grant(news()));
    let early = run.now;
    let stale = run.view.token().clone();
    run.pass(600);
    run.person(restrict(RestrictionReason::Pause, Scope::EVERYTHING)).unwrap();
    run.pass(600);
    let resume = Command::new(Actor::subject(), Act::Resume(Scope::EVERYTHING));
    let _ = run.command(&resume.captured(Captured::At(early)).having_seen(stale));
    assert!(!run.permits(news()));
}

#[test]
fn r06_a_system_does_not_clear_what_the_person_reported_themselves() {
    let policy = policy();
    let mut run = Run::new(&policy);
    assert!(run.grant(news()));
    let mailer = SystemId::new("mailer").unwrap();
    for actor in [Actor::subject(), Actor::subject().reported_by(mailer)] {
        run.act(actor, restrict(RestrictionReason::Interim, Scope::purpose(id("news")))).unwrap();
    }
    let named = named(&run, RestrictionReason::Interim);
    assert!(run.act(system(), Act::Clear(named)).is_err());
    assert!(!run.permits(news()));
}

#[test]
fn r07_the_conflict_window_holds_when_decided_later() {
    let policy = policy();
    for later in [0, 60] {
        let mut run = Run::new(&policy);
        run.now = t(10_000);
        run.opt_out(Scope::EVERYTHING);
        let grant = Command::new(Actor::subject(), stated(news()))
            .with_evidence(explicit())
            .captured(Captured::At(t(10_001)));
        run.now = t(10_001 + later);
        let _ = run.command(&grant);
        run.now = t(20_000);
        assert!(!run.permits(news()), "decided {later} s later");
    }
}

#[test]
fn r07_what_was_recorded_after_the_capture_was_not_seen() {
    let policy = policy();
    let mut run = Run::new(&policy);
    run.now = t(20_000);
    let letter = Command::new(operator(), Act::OptOut(vec![Scope::EVERYTHING]));
    run.command(&letter.captured(Captured::At(t(10_000)))).unwrap();
    run.now = t(30_000);
    let grant = Command::new(Actor::subject(), stated(news()));
    let _ = run.command(&grant.with_evidence(explicit()).captured(Captured::At(t(10_001))));
    assert!(!run.permits(news()));
}

#[test]
fn r08_an_unknown_person_can_opt_an_address_out() {
    let policy = policy();
    let nobody = Subject { identity: Identity::Unresolved, ..Subject::default() };
    let view = View::new(&policy, nobody, Projection::default()).unwrap();
    let ctx = Ctx { now: t(0), writer: WRITER, command: CommandId::from_u128(1), policy: &policy };
    let no = Command::new(Actor::subject(), Act::OptOut(vec![Scope::EVERYTHING.at(EMAIL)]));
    assert!(decide(&view, &no, &ctx).is_ok(), "{:?}", decide(&view, &no, &ctx));
}

#[test]
fn r09_a_clear_that_ends_nothing_is_not_accepted() {
    let policy = policy();
    let mut run = Run::new(&policy);
    assert!(run.grant(news()));
    let bounce = restrict(RestrictionReason::Bounce, Scope::EVERYTHING.at(EMAIL));
    run.act(system(), bounce.clone()).unwrap();
    let stale = named(&run, RestrictionReason::Bounce);
    run.act(system(), bounce).unwrap();
    let decided = run.act(operator(), Act::Clear(stale));
    assert!(decided.is_err() || run.permits(news()), "accepted, and still {:?}", run.reasons(news()));
}

#[test]
fn r10_an_accepted_grant_counts() {
    let policy = policy();
    for captured in [Captured::At(t(10_000)), Captured::Unknown] {
        let mut run = Run::new(&policy);
        run.now = t(20_000);
        run.act(operator(), Act::Revoke(Scope::EVERYTHING)).unwrap();
        run.now = t(30_000);
        let grant = Command::new(Actor::subject(), stated(news())).with_evidence(explicit());
        let decided = run.command(&grant.captured(captured));
        let accepted = decided.is_ok_and(|d| d.reports.iter().all(|r| r.end == End::Accepted));
        assert_eq!(accepted, run.state(news()) == State::Granted, "{captured:?}: {:?}", run.state(news()));
    }
}

#[test]
fn r10_a_grant_whose_window_is_over_is_not_accepted() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let window = Some(Interval::new(t(0), Some(t(1))).unwrap());
    let decided = run.person(Act::Grant { stated: vec![Stated::cell(news())], window });
    let accepted = decided.is_ok_and(|d| d.reports.iter().all(|r| r.end == End::Accepted));
    assert_eq!(accepted, run.state(news()) == State::Granted);
}

#[test]
fn r11_what_cannot_be_read_does_not_leak() {
    let stored = br#"{"ip":"192.0.2.7"}"#.to_vec();
    let kind = FactKind::Unsupported(Unsupported { verbatim: stored.clone() });
    assert!(!format!("{kind:?}").contains(&format!("{stored:?}")));
}

#[test]
fn r12_a_person_with_many_addresses_can_still_withdraw_after_a_reload() {
    let policy = policy();
    let mut run = Run::new(&policy);
    for n in 0..63 {
        run.opt_out(Scope::EVERYTHING.at(ContactPointId::from_u128(0x1000 + n)));
    }
    run.opt_out(Scope::EVERYTHING);
    let again = View::new(&policy, Subject::new(PERSON), run.view.projection().clone());
    assert!(again.is_ok(), "{:?}", again.err());
}

#[test]
fn r13_an_untrusted_report_of_a_confirmation_clears_no_bounce() {
    let policy = policy();
    let mut run = Run::new(&policy);
    run.act(system(), restrict(RestrictionReason::Bounce, Scope::EVERYTHING.at(EMAIL))).unwrap();
    run.pass(60);
    run.person(Act::Request(vec![Stated::cell(news())])).unwrap();
    run.pass(60);
    let confirm = Act::Confirm(run.last_request());
    let _ = run.act(Actor::subject().reported_by(SystemId::new("stranger").unwrap()), confirm);
    assert!(run.reasons(news()).contains(&Reason::Bounce), "{:?}", run.reasons(news()));
}

#[test]
fn r14_a_view_that_missed_facts_does_not_permit() {
    let policy = policy();
    let mut run = Run::new(&policy);
    assert!(run.grant(news()));
    let mut ahead = run.clone();
    ahead
        .act(operator(), Act::Lapse { scope: Scope::purpose(id("events")), cause: LapseCause::Inactivity })
        .unwrap();
    ahead.opt_out(Scope::EVERYTHING);
    let last = ahead.facts.last().unwrap().clone();
    assert!(run.view.apply(&policy, [&last]).is_err());
    assert!(!run.permits(news()));
    let missing = ahead.facts.iter().skip(run.facts.len());
    assert_eq!(run.view.apply(&policy, missing), Ok(Applied::New));
    assert_eq!(run.reasons(news()), [Reason::OptOut], "once the gap is closed");
}

#[test]
fn r15_only_a_trusted_word_makes_a_child_come_of_age() {
    let policy = policy();
    let stranger = SystemId::new("stranger").unwrap();
    for (who, comes_of_age) in [
        (Actor::subject(), true),
        (Actor::subject().reported_by(stranger), false),
        (Actor::partner(stranger), false),
        (operator(), false),
    ] {
        let mut run = Run::new(&policy);
        run.act(Actor::guardian(every_power()), Act::OptOut(vec![Scope::EVERYTHING])).unwrap();
        run.pass(60);
        let ask = Command::new(who, Act::Request(vec![Stated::cell(news())]))
            .with_evidence(explicit().with_age(40))
            .having_seen(run.view.token().clone());
        let _ = run.command(&ask);
        run.pass(60);
        let confirm = Act::Confirm(run.last_request());
        let _ = run.person(confirm);
        assert_eq!(run.permits(news()), comes_of_age, "{who:?}");
    }
}

#[test]
fn r16_another_person_does_not_change_the_kind_of_an_address() {
    let policy = policy();
    let mut run = Run::new(&policy);
    assert!(run.grant(news()));
    run.pass(60);
    let mut other = run.clone();
    other.view = other_view(&run);
    other.person(Act::Attach { point: EMAIL, kind: PointKind::Phone }).unwrap();
    let fact = other
        .facts
        .iter()
        .rev()
        .find(|f| matches!(f.position.log.aggregate, Aggregate::Point(_)))
        .unwrap()
        .clone();
    run.commit(&[fact]);
    assert!(run.permits(news()), "{:?}", run.reasons(news()));
}

#[test]
fn r17_a_statement_at_one_address_does_not_grant_without_it() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let stated = Stated { purpose: Breadth::Exactly(id("profiling")), channel: None, point: Some(EMAIL) };
    let _ = run.person(Act::Grant { stated: vec![stated], window: None });
    let everywhere = Cell { purpose: id("profiling"), channel: None, point: None };
    assert!(!run.permits(everywhere), "wider than it was stated");
}

/// More scopes than are kept apart, from somebody of whom only the addresses are known: each address is closed.
#[test]
fn r18_too_many_scopes_of_an_unknown_person_close_each_address() {
    let policy = policy();
    let mut run = Run::bare(&policy);
    run.view = View::new(
        &policy,
        Subject { identity: Identity::Unresolved, ..Subject::default() },
        Projection::default(),
    )
    .unwrap();
    let points = (0..40_u128).map(|n| ContactPointId::from_u128(0x900 + n));
    let names = ["news", "events", "care", "alerts", "sports", "football", "profiling"];
    let scopes: Vec<_> =
        points.clone().flat_map(|point| names.map(|name| Scope::purpose(id(name)).at(point))).collect();
    assert!(scopes.len() > 256);
    run.command(&Command::new(Actor::subject(), Act::OptOut(scopes))).unwrap();
    for point in points {
        let of = |fact: &&Fact| fact.position.log.aggregate == Aggregate::Point(point);
        let set: Vec<_> = run
            .facts
            .iter()
            .filter(of)
            .filter_map(|fact| match &fact.kind {
                FactKind::Restriction(made) => Some(made.scope.purpose),
                _ => None,
            })
            .collect();
        assert_eq!(set, [PurposeScope::All, PurposeScope::Subtree(id("alerts"))]);
    }
    let points = (0..300_u128).map(|n| Scope::EVERYTHING.at(ContactPointId::from_u128(n + 1)));
    let many = run.command(&Command::new(Actor::subject(), Act::OptOut(points.collect())));
    assert_eq!(many.unwrap_err(), Rejection::LimitExceeded { which: Limited::Statements, max: 256 });
}

/// A view of the past gives away no projection: joined with the present it would hide what it leaves out.
#[test]
fn r19_a_view_of_the_past_cannot_hide_the_present() {
    let policy = policy();
    let mut run = Run::new(&policy);
    assert!(run.grant(cell("news", EMAIL)));
    let then = run.now;
    run.pass(60);
    run.opt_out(Scope::EVERYTHING);
    let past = View::as_of(&policy, Subject::new(PERSON), &run.facts, run.view.token(), then).unwrap();
    let mut joined = past.projection().clone();
    joined.join(run.view.projection());
    let view = View::new(&policy, Subject::new(PERSON), joined).unwrap();
    let query = run.query(cell("news", EMAIL), RegimeSet::OPT_IN);
    assert!(permits(&past, &query, &policy, then));
    assert!(!permits(&view, &query, &policy, run.now));
}
