//! How often somebody may be asked, by whom, and at which contact point.

use consent_engine::*;

use crate::asking::*;
use crate::support::*;

const TICK: Span = Span::micros(1);

/// Three a day at one contact point by default: to the tick, and for every cell there.
#[test]
fn d33_the_limit_of_requests_at_a_contact_point() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let first = run.now;
    for purpose in ["news", "events", "care"] {
        run.person(Act::Request(vec![Stated::cell(cell(purpose, EMAIL))])).unwrap();
        run.pass(60);
    }
    let until = first.saturating_add(Span::days(1));
    let again =
        |run: &mut Run<'_>, point| run.person(Act::Request(vec![Stated::cell(cell("sports", point))]));
    assert_eq!(again(&mut run, EMAIL).unwrap_err(), Rejection::TooManyPending { until });
    assert!(again(&mut run.clone(), SECOND_EMAIL).is_ok(), "another address has its own count");
    for (now, allowed) in
        [(until.saturating_sub(TICK), false), (until, true), (until.saturating_add(TICK), true)]
    {
        let mut run = run.clone();
        run.now = now;
        assert_eq!(again(&mut run, EMAIL).is_ok(), allowed, "{now}");
    }
    // A clock that was set back frees nothing.
    run.now = first.saturating_sub(Span::days(9));
    assert!(matches!(again(&mut run, EMAIL), Err(Rejection::TooManyPending { .. })));
}

/// The instants counted are those of the log: a capture time of the caller's moves none.
#[test]
fn d33_d16_a_backdated_request_counts_when_it_is_recorded() {
    let policy = policy().with_request_limit(1, Span::days(1)).unwrap();
    let mut run = Run::new(&policy);
    let backdated = Command::new(Actor::subject(), ask()).captured(Captured::At(t(-900_000)));
    run.command(&backdated).unwrap();
    run.pass(60);
    assert!(matches!(run.command(&backdated), Err(Rejection::TooManyPending { .. })));
}

#[test]
fn d33_the_limit_counts_one_to_sixteen() {
    let day = Span::days(1);
    for (max, per, valid) in
        [(0, day, false), (1, day, true), (16, day, true), (17, day, false), (3, Span::ZERO, false)]
    {
        let limited = policy().with_request_limit(max, per);
        assert_eq!(limited.is_ok(), valid, "{max} per {per:?}");
        if let Err(error) = limited {
            assert_eq!(error, PolicyError::RequestLimit);
        }
    }
    let policy = policy().with_request_limit(16, day).unwrap();
    let mut run = Run::new(&policy);
    for n in 0..20 {
        let asked = run.person(ask());
        assert_eq!(asked.is_ok(), n < 16, "request {n}");
        run.pass(60);
    }
}

/// A log keeps sixteen instants: the latest ones, as those are what the limit is about.
#[test]
fn d33_d21_after_many_requests_the_latest_are_still_counted() {
    let policy = policy().with_request_limit(2, Span::days(1)).unwrap();
    let mut run = Run::new(&policy);
    for _ in 0..20 {
        run.person(ask()).unwrap();
        run.pass(DAY);
    }
    run.person(ask()).unwrap();
    run.person(ask()).unwrap();
    let until = run.now.saturating_add(Span::days(1));
    assert_eq!(run.person(ask()).unwrap_err(), Rejection::TooManyPending { until });
}

/// Without a contact point no message leaves, and nothing is counted.
#[test]
fn d33_what_needs_no_address_is_not_limited() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let profiling = Cell { purpose: id("profiling"), channel: None, point: None };
    for _ in 0..9 {
        run.person(Act::Request(vec![Stated::cell(profiling)])).unwrap();
        run.pass(60);
    }
}

#[test]
fn d07_a_request_is_for_one_contact_point() {
    let policy = policy();
    let several = |act: fn(Vec<Stated>) -> Act, actor| {
        let mut run = Run::new(&policy);
        let cells = [news(), cell("events", EMAIL), cell("news", SECOND_EMAIL)];
        let decided = by(&mut run, actor, act(cells.map(Stated::cell).to_vec())).unwrap();
        let ends: Vec<_> = decided.reports.into_iter().map(|report| report.end).collect();
        let refused = End::Refused { rejection: Rejection::SeveralContactPoints };
        assert_eq!(ends, [End::Accepted, End::Accepted, refused]);
        run.pass(60);
        run.person(Act::Confirm(run.last_request())).unwrap();
        assert!(run.permits(news()) && !run.permits(cell("news", SECOND_EMAIL)));
    };
    several(Act::Request, Actor::subject());
    several(|stated| Act::Grant { stated, window: None }, Actor::unauthenticated());
}

/// An invitation by staff who have the person's refusal in front of them.
fn invite(run: &mut Run<'_>) -> Result<Decided, Rejection> {
    let seen = run.view.token().clone();
    run.command(&Command::new(operator(), ask()).with_evidence(explicit()).having_seen(seen))
}

/// listmonk #588, #2987, civicrm #30758: a re-opt-in that never works, or always.
#[test]
fn l22_who_said_no_is_asked_again_only_as_the_policy_says() {
    let wait = Span::days(90);
    let lenient = policy().with_reinvitation(wait);
    let strict = policy();
    for (policy, allowed) in [(&strict, false), (&lenient, true)] {
        let mut run = Run::new(policy);
        assert!(run.grant(news()));
        run.pass(60);
        run.opt_out(Scope::EVERYTHING);
        let from = run.now.saturating_add(wait);
        for (now, expected) in
            [(from.saturating_sub(TICK), false), (from, true), (from.saturating_add(TICK), true)]
        {
            let mut run = run.clone();
            run.now = now;
            let not_before = allowed.then_some(from);
            match invite(&mut run) {
                Ok(_) => assert!(allowed && expected),
                Err(rejection) => {
                    assert_eq!(rejection, Rejection::NotInvitable { not_before });
                    assert!(!allowed || !expected);
                    continue;
                }
            }
            assert!(!run.permits(news()), "to be asked is no consent");
            run.pass(60);
            assert!(run.person(Act::Confirm(run.last_request())).is_ok());
            assert!(run.permits(news()));
        }
        // The person may ask at any time.
        run.pass(60);
        run.person(ask()).unwrap();
        run.pass(60);
        run.person(Act::Confirm(run.last_request())).unwrap();
        assert!(run.permits(news()));
    }
}

#[test]
fn l22_an_invitation_that_was_not_answered_is_not_repeated_at_once() {
    let policy = policy().with_reinvitation(Span::days(90));
    let mut run = Run::new(&policy);
    run.opt_out(Scope::EVERYTHING);
    run.pass(90 * DAY);
    invite(&mut run).unwrap();
    let not_before = Some(run.now.saturating_add(Span::days(90)));
    run.pass(89 * DAY);
    assert_eq!(invite(&mut run).unwrap_err(), Rejection::NotInvitable { not_before });
    // Neither for another purpose: it is the person who is asked, not the purpose.
    let seen = run.view.token().clone();
    let events = Act::Request(vec![Stated::cell(cell("events", EMAIL))]);
    let other = Command::new(operator(), events).with_evidence(explicit()).having_seen(seen);
    assert_eq!(run.command(&other).unwrap_err(), Rejection::NotInvitable { not_before });
    run.pass(DAY);
    invite(&mut run).unwrap();
}

/// A refusal that came in late is counted from when it came in; who objected said no too.
#[test]
fn l22_every_no_of_the_person_counts_and_some_for_good() {
    let policy = policy().with_reinvitation(Span::days(90));
    let no = |actor: Actor, act: Act, captured| {
        let mut run = Run::new(&policy);
        run.command(&Command::new(actor, act).captured(captured)).unwrap();
        let from = run.now.saturating_add(Span::days(90));
        run.pass(60);
        let early = invite(&mut run).unwrap_err();
        run.now = from;
        (early, invite(&mut run).is_ok(), from)
    };
    let late = Captured::At(t(-90 * 86_400));
    for act in [Act::OptOut(vec![Scope::EVERYTHING]), Act::Object(vec![Scope::EVERYTHING])] {
        let (early, later, from) = no(Actor::subject(), act.clone(), late);
        assert_eq!(early, Rejection::NotInvitable { not_before: Some(from) }, "{act:?}");
        assert!(later, "{act:?}");
    }
    let complaint = Act::Restrict {
        reason: RestrictionReason::Complaint,
        scope: Scope::EVERYTHING.at(EMAIL),
        until: None,
    };
    for (actor, act) in [(system(), complaint), (Actor::subject(), Act::Erase)] {
        let (early, later, _) = no(actor, act.clone(), Captured::Now);
        assert_eq!(early, Rejection::NotInvitable { not_before: None }, "{act:?}");
        assert!(!later, "{act:?}");
    }
}

/// Nobody else invites by calling themselves a report of the person; a system that the policy trusts to lift may report it.
#[test]
fn l22_d30_a_reported_request_of_the_person_is_an_invitation_unless_the_policy_trusts_the_system() {
    let strict = policy();
    let trusting = policy().with_lifting_systems([crm()]);
    for (policy, allowed) in [(&strict, false), (&trusting, true)] {
        let mut run = Run::new(policy);
        run.opt_out(Scope::EVERYTHING);
        run.pass(60);
        let asked = run.act(Actor::subject().reported_by(crm()), ask());
        assert_eq!(asked.is_ok(), allowed);
    }
}

/// Invitations beside what the host never said no to stay free.
#[test]
fn an_unknown_person_may_be_invited() {
    let policy = policy();
    for (_, actor) in actors() {
        let mut run = Run::new(&policy);
        run.opt_out(Scope::purpose(id("events")));
        run.pass(60);
        run.act(actor, ask()).unwrap();
        assert_eq!(run.state(news()), State::Pending);
    }
}
