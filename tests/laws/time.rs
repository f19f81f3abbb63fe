use consent_engine::*;

use crate::support::*;

const TICK: Span = Span::micros(1);

fn news() -> Cell {
    cell("news", EMAIL)
}

#[test]
fn l23_grants_are_half_open() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let (from, until) = (t(20_000), t(30_000));
    let window = Interval::new(from, Some(until)).unwrap();
    run.person(Act::Grant { stated: vec![Stated::cell(news())], window: Some(window) }).unwrap();
    for (now, permitted) in [
        (from.saturating_sub(TICK), false),
        (from, true),
        (from.saturating_add(TICK), true),
        (until.saturating_sub(TICK), true),
        (until, false),
        (until.saturating_add(TICK), false),
    ] {
        run.now = now;
        assert_eq!(run.permits(news()), permitted, "{now}");
    }
    run.now = t(19_000);
    assert_eq!(run.decision(news(), RegimeSet::OPT_IN).verdict(), Verdict::Defer { until: from });
    assert_eq!(run.reasons(news()), [Reason::NotYetEffective]);
    run.now = until;
    assert_eq!(run.reasons(news()), [Reason::ConsentExpired]);
    assert_eq!(run.state(news()), State::Expired(ExpiryCause::GrantLapsed));
}

#[test]
fn l23_an_empty_window_never_permits() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let window = Interval::new(t(20_000), Some(t(20_000))).unwrap();
    run.person(Act::Grant { stated: vec![Stated::cell(news())], window: Some(window) }).unwrap();
    for seconds in [19_999, 20_000, 20_001] {
        run.now = t(seconds);
        assert_eq!(run.decision(news(), RegimeSet::OPT_IN).verdict(), Verdict::Deny, "{seconds}");
    }
    assert_eq!(Interval::new(t(2), Some(t(1))), Err(TimeError::InvalidInterval));
}

#[test]
fn l23_validity_and_pauses_are_half_open() {
    let policy = policy_of(vec![marketing("news").with_validity(Span::seconds(1_000))]);
    let mut run = Run::new(&policy);
    let start = run.now;
    assert!(run.grant(news()));
    let at = |seconds: u64, tick: i8| {
        let at = start.saturating_add(Span::seconds(seconds));
        if tick < 0 { at.saturating_sub(TICK) } else { at }
    };
    for (now, permitted) in [(at(1_000, -1), true), (at(1_000, 0), false)] {
        run.now = now;
        assert_eq!(run.permits(news()), permitted, "validity at {now}");
    }
    run.now = start;
    let until = Some(at(500, 0));
    run.person(Act::Restrict { reason: RestrictionReason::Pause, scope: Scope::EVERYTHING, until }).unwrap();
    run.now = at(500, -1);
    assert_eq!(run.decision(news(), RegimeSet::OPT_IN).verdict(), Verdict::Defer { until: at(500, 0) });
    run.now = at(500, 0);
    assert!(run.permits(news()), "the pause is over");
}

#[test]
fn l23_caps_and_snapshots_are_half_open() {
    let policy = policy_of(vec![
        marketing("events")
            .with_cap(FrequencyCap { max: 2, per: Span::seconds(100) })
            .with_cool_down(Span::seconds(10)),
    ]);
    let mut run = Run::new(&policy);
    let events = cell("events", EMAIL);
    assert!(run.grant(events));
    let query = run.query(events, RegimeSet::OPT_IN);
    let start = run.now;
    let ask = |count, oldest, latest, now| {
        let contacts = Contacts { count, oldest: Some(oldest), latest: Some(latest) };
        evaluate(&run.view, &query.with_contacts(contacts), &policy, now).verdict()
    };
    let later = |seconds| start.saturating_add(Span::seconds(seconds));
    assert_eq!(
        evaluate(&run.view, &query, &policy, start).reasons().iter().collect::<Vec<_>>(),
        [Reason::ContactsUncounted]
    );
    assert_eq!(
        ask(2, start, start, later(50)),
        Verdict::Defer { until: later(100) },
        "the oldest leaves the span"
    );
    assert_eq!(ask(1, start, start, later(9)), Verdict::Defer { until: later(10) }, "cool-down");
    assert_eq!(ask(1, start, start, later(10)), Verdict::Permit);
    let mut snapshot = query.with_contacts(Contacts::default());
    snapshot.snapshot = Some(start);
    for (now, permitted) in [(later(300).saturating_sub(TICK), true), (later(300), false)] {
        assert_eq!(permits(&run.view, &snapshot, &policy, now), permitted, "snapshot at {now}");
    }
}

#[test]
fn l23_requests_are_half_open() {
    let policy = policy_of(vec![marketing("news")]);
    let mut run = Run::new(&policy);
    run.person(Act::Request(vec![Stated::cell(news())])).unwrap();
    let expires = run.now.saturating_add(Span::days(7));
    for (now, confirmed) in [(expires.saturating_sub(TICK), true), (expires, false)] {
        let mut run = run.clone();
        run.now = now;
        assert_eq!(run.state(news()) == State::Pending, confirmed);
        let result = run.person(Act::Confirm(run.last_request())).map(|_| ());
        assert_eq!(result, if confirmed { Ok(()) } else { Err(Rejection::TokenExpired) });
    }
}

#[test]
fn l24_a_clock_set_back_revives_nothing() {
    let policy = policy_of(vec![marketing("news").with_validity(Span::seconds(1_000))]);
    let mut run = Run::new(&policy);
    assert!(run.grant(news()));
    run.pass(2_000);
    run.person(Act::NoticeSeen { notice: None, scope: None }).unwrap();
    assert!(!run.permits(news()), "expired");
    let seen = run.now;
    run.now = t(3_700);
    assert!(!run.permits(news()), "d18: the clock went back");
    assert_eq!(run.reasons(news()), [Reason::ClockJump,], "and by more than the skew");
    run.now = seen.saturating_sub(Span::seconds(1));
    assert_eq!(run.reasons(news()), [Reason::ConsentExpired], "within the skew the floor counts");
    assert_eq!(run.decision(news(), RegimeSet::OPT_IN).effective_now(), seen);
}

#[test]
fn d17_a_future_dated_grant_is_refused() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let at = |span| Captured::At(t(3_600).saturating_add(span));
    let grant = |captured| {
        Command::new(Actor::subject(), stated(news())).with_evidence(explicit()).captured(captured)
    };
    assert_eq!(run.command(&grant(at(Span::micros(2_000_001)))).map(|_| ()), Err(Rejection::ClockJump));
    assert!(run.command(&grant(at(Span::seconds(2)))).is_ok(), "within the skew");
    let opt_out =
        Command::new(Actor::subject(), Act::OptOut(vec![Scope::EVERYTHING])).captured(at(Span::days(9)));
    run.command(&opt_out).unwrap();
    assert!(!run.permits(news()), "a restriction counts from when it is recorded");
}

#[test]
fn d16_a_back_dated_grant_slips_under_nothing() {
    let policy = policy();
    let mut run = Run::new(&policy);
    run.opt_out(Scope::EVERYTHING);
    run.pass(600);
    let back = Command::new(Actor::subject(), stated(news()))
        .with_evidence(explicit())
        .captured(Captured::At(t(60)));
    run.command(&back).unwrap();
    assert_eq!(run.reasons(news()), [Reason::OptOut]);
    let unknown =
        Command::new(Actor::subject(), stated(news())).with_evidence(explicit()).captured(Captured::Unknown);
    run.command(&unknown).unwrap();
    assert_eq!(run.reasons(news()), [Reason::OptOut], "nor one without a time");
}

#[test]
fn d18_a_clock_set_back_revives_no_token() {
    let policy = policy();
    let mut run = Run::new(&policy);
    run.person(Act::Request(vec![Stated::cell(news())])).unwrap();
    run.pass(8 * 86_400);
    run.person(Act::NoticeSeen { notice: None, scope: None }).unwrap();
    run.now = run.now.saturating_sub(Span::seconds(2));
    assert_eq!(run.person(Act::Confirm(run.last_request())).map(|_| ()), Err(Rejection::TokenExpired));
}

#[test]
fn d19_a_clock_set_forward_denies_and_is_explained() {
    let policy = policy();
    let mut run = Run::new(&policy);
    assert!(run.grant(news()));
    let mut wrong = run.clone();
    wrong.now = wrong.now.saturating_add(Span::days(400));
    wrong.person(Act::NoticeSeen { notice: None, scope: None }).unwrap();
    wrong.now = run.now;
    let decision = wrong.decision(news(), RegimeSet::OPT_IN);
    assert_eq!(decision.reasons().iter().collect::<Vec<_>>(), [Reason::ClockJump]);
    assert_eq!(decision.fact_for(Reason::ClockJump), wrong.facts.last().map(|fact| fact.position));
    assert!(decision.explain().to_string().contains("clock"));
    let again = decision.valid_until().unwrap();
    assert!(
        evaluate(&wrong.view, decision.query(), &policy, again).is_permit(),
        "until the clocks agree again"
    );
}

#[test]
fn d20_l24_extremes_are_typed_and_restrictive() {
    for micros in [i64::MIN, i64::MIN + 1, 0, 631_151_999_999_999, 253_402_300_800_000_000, i64::MAX] {
        assert_eq!(Timestamp::from_unix_micros(micros), Err(TimeError::TimeOutOfRange), "{micros}");
    }
    for n in [i64::MIN, i64::MAX, i64::MAX / 1_000 + 1] {
        assert_eq!(Timestamp::from_unix_millis(n), Err(TimeError::TimeOutOfRange));
        assert_eq!(Timestamp::from_unix_seconds(n), Err(TimeError::TimeOutOfRange));
    }
    let now = 1_780_000_000;
    assert_eq!(Timestamp::from_unix_millis(now), Err(TimeError::TimeOutOfRange), "seconds as milliseconds");
    assert_eq!(
        Timestamp::from_unix_micros(now * 1_000),
        Err(TimeError::TimeOutOfRange),
        "milliseconds as microseconds"
    );
    assert_eq!(
        Timestamp::from_unix_seconds(now * 1_000),
        Err(TimeError::TimeOutOfRange),
        "milliseconds as seconds"
    );
    for text in
        ["2026-03-02T24:00:00Z", "2026-03-02T10:00:00", "2026-02-30T10:00:00Z", "", "now", "2026-03-02"]
    {
        assert_eq!(text.parse::<Timestamp>(), Err(TimeError::InvalidTimestamp), "{text}");
    }
    for text in ["0001-01-01T00:00:00Z", "1989-12-31T23:59:59Z"] {
        assert_eq!(text.parse::<Timestamp>(), Err(TimeError::TimeOutOfRange), "{text}");
    }
    let leap: Timestamp = "2016-12-31T23:59:60Z".parse().unwrap();
    assert_eq!(leap.to_string(), "2016-12-31T23:59:59.999999Z", "a leap second stays in its day");
    assert_eq!("9999-12-31T23:59:59.999999Z".parse(), Ok(Timestamp::MAX));
    assert_eq!(Timestamp::MAX.checked_add(TICK), None);

    let policy = policy_of(vec![marketing("news").with_validity(Span::micros(u64::MAX))]);
    let mut run = Run::new(&policy);
    let overflowing = run.person(stated(news())).map(|_| ());
    assert_eq!(overflowing, Err(Rejection::AlreadyOver), "an end that overflows restricts");
    let lasting = policy_of(vec![marketing("news")]);
    let mut run = Run::new(&lasting);
    assert!(run.grant(news()));
    assert!(!run.under(&policy).permits(news()), "also for a grant that was given before");
}

#[test]
fn l24_valid_until_is_where_time_alone_may_change_the_answer() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let start = run.now;
    let later = |seconds| start.saturating_add(Span::seconds(seconds));
    let window = Interval::new(later(100), Some(later(1_000))).unwrap();
    run.person(Act::Grant { stated: vec![Stated::cell(news())], window: Some(window) }).unwrap();
    let until = Some(later(300));
    run.person(Act::Restrict { reason: RestrictionReason::Pause, scope: Scope::EVERYTHING, until }).unwrap();
    let mut now = start;
    let mut answers = Vec::new();
    loop {
        run.now = now;
        let decision = run.decision(news(), RegimeSet::OPT_IN);
        answers.push(decision.verdict());
        let Some(next) = decision.valid_until() else { break };
        assert!(now < next, "{next} is not after {now}");
        run.now = next.saturating_sub(TICK);
        assert_eq!(
            run.decision(news(), RegimeSet::OPT_IN).verdict(),
            *answers.last().unwrap(),
            "the same until then"
        );
        now = next;
    }
    let deferred = Verdict::Defer { until: later(300) };
    assert_eq!(answers, [deferred, deferred, Verdict::Permit, Verdict::Deny]);
}

#[test]
fn l24_a_snapshot_read_ahead_of_the_clock_is_stale_until_the_skew_explains_it() {
    let policy = policy();
    let mut run = Run::new(&policy);
    assert!(run.grant(news()));
    let (now, skew, age) = (run.now, policy.skew(), policy.snapshot_age());
    let oldest = now.saturating_sub(age);
    let ahead = now.saturating_add(skew);
    for (read, permitted, valid_until) in [
        (oldest, false, None),
        (oldest.saturating_add(TICK), true, Some(now.saturating_add(TICK))),
        (now, true, Some(now.saturating_add(age))),
        (now.saturating_add(TICK), true, Some(now.saturating_add(TICK).saturating_add(age))),
        (ahead, true, Some(ahead.saturating_add(age))),
        (ahead.saturating_add(TICK), false, Some(now.saturating_add(TICK))),
        (Timestamp::MAX, false, Some(Timestamp::MAX.saturating_sub(skew))),
    ] {
        let query = Query { snapshot: Some(read), ..run.query(news(), RegimeSet::OPT_IN) };
        let decision = evaluate(&run.view, &query, &policy, now);
        assert_eq!(
            (decision.is_permit(), decision.valid_until()),
            (permitted, valid_until),
            "read at {read}"
        );
        assert_eq!(permits(&run.view, &query, &policy, now), permitted, "read at {read}");
    }
}

#[test]
fn l24_caps_and_cool_downs_each_count_alone() {
    let cap = FrequencyCap { max: 2, per: Span::seconds(100) };
    let policy = policy_of(vec![
        marketing("news").with_cap(cap),
        marketing("events").with_cool_down(Span::seconds(10)),
    ]);
    let mut run = Run::new(&policy);
    let start = run.now;
    let later = |seconds| start.saturating_add(Span::seconds(seconds));
    for (purpose, count, expected) in [
        ("news", 1, Verdict::Permit),
        ("news", 2, Verdict::Defer { until: later(100) }),
        ("news", 3, Verdict::Defer { until: later(100) }),
        ("events", 0, Verdict::Defer { until: later(10) }),
    ] {
        let cell = cell(purpose, EMAIL);
        assert!(run.grant(cell));
        let query = run.query(cell, RegimeSet::OPT_IN);
        assert_eq!(evaluate(&run.view, &query, &policy, start).verdict(), Verdict::Deny, "not counted");
        let contacts = Contacts { count, oldest: Some(start), latest: Some(start) };
        let decision = evaluate(&run.view, &query.with_contacts(contacts), &policy, start);
        assert_eq!(decision.verdict(), expected, "{purpose} {count}");
    }
}

#[test]
fn l24_due_lists_what_time_will_change() {
    let policy =
        policy_of(vec![marketing("news").with_validity(Span::days(30)).with_refresh(Span::days(20))]);
    let mut run = Run::new(&policy);
    assert!(run.grant(news()));
    let given = run.now;
    run.pass(60);
    run.person(Act::Request(vec![Stated::cell(cell("news", SECOND_EMAIL))])).unwrap();
    let until = Some(given.saturating_add(Span::days(2)));
    run.person(Act::Restrict { reason: RestrictionReason::Pause, scope: Scope::EVERYTHING, until }).unwrap();
    let list = due(&run.view, &policy, run.now, run.now.saturating_add(Span::days(365)));
    let kinds: Vec<_> = list.iter().map(|due| (due.at, due.what)).collect();
    let days = |n| given.saturating_add(Span::days(n));
    let asked = cell("news", SECOND_EMAIL);
    let expires = days(7).saturating_add(Span::seconds(60));
    let expected = [
        (days(2), DueKind::RestrictionEnds { reason: Reason::Pause }),
        (expires, DueKind::RequestExpires { id: run.last_request(), cell: asked }),
        (days(20), DueKind::RefreshDue { cell: news() }),
        (days(30), DueKind::GrantEnds { cell: news() }),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(due(&run.view, &policy, run.now, days(2)).len(), 0, "before is half-open");
}

#[test]
fn l41_an_as_of_answer_is_frozen() {
    let policy = policy();
    let mut run = Run::new(&policy);
    assert!(run.grant(news()));
    let (token, then) = (run.view.token().clone(), run.now);
    run.pass(600);
    run.opt_out(Scope::EVERYTHING);
    let ask = |facts: &[Fact], token: &ViewToken, at| {
        let view = View::as_of(&policy, Subject::new(PERSON), facts, token, at).unwrap();
        permits(&view, &run.query(news(), RegimeSet::OPT_IN), &policy, at)
    };
    assert!(ask(&run.facts, &token, then), "what we knew then");
    assert!(ask(&run.facts, &token, t(99_999)), "the token knows of no opt-out");
    assert!(!ask(&run.facts, run.view.token(), run.now), "what we know now");
    assert!(ask(&run.facts, run.view.token(), then), "what held then, as we know now");
    assert!(!ask(&run.facts, run.view.token(), t(3_599)), "before it was given");
}

/// A store may hold ends that no command writes.
#[test]
fn l23_the_word_of_the_person_has_no_end() {
    use RestrictionReason::{Complaint, Erasure, Objection, OptOut};
    let policy = policy();
    for reason in RestrictionReason::ALL {
        let ends = !matches!(reason, OptOut | Objection | Complaint | Erasure);
        let mut run = Run::new(&policy);
        assert!(run.grant(news()));
        let until = Some(run.now.saturating_add(Span::seconds(60)));
        let scope = Scope::EVERYTHING.at(EMAIL);
        let kind = FactKind::Restriction(Restriction::new(reason, scope).until(until));
        let fact = run.raw(Aggregate::Point(EMAIL), Actor::subject(), kind);
        run.commit(&[fact]);
        assert!(!run.permits(news()), "{reason:?}");
        if let Ok(decided) = run.clone().act(operator(), Act::Restrict { reason, scope, until }) {
            let FactKind::Restriction(written) = &decided.facts[0].kind else { panic!("{reason:?}") };
            assert_eq!(written.until.is_some(), ends, "{reason:?} as a command writes it");
        }
        run.pass(60);
        assert_eq!(run.permits(news()), ends, "{reason:?}");
    }
}
