use consent_engine::*;

use crate::support::*;

fn news() -> Cell {
    cell("news", EMAIL)
}

fn flips(policy: &Policy, times: usize) -> Run<'_> {
    let mut run = Run::new(policy);
    for n in 0..times {
        run.pass(60);
        if n % 2 == 0 { run.opt_out(Scope::EVERYTHING) } else { assert!(run.grant(news())) }
    }
    run
}

fn size(run: &Run<'_>) -> usize {
    serde_json::to_vec(run.view.projection()).unwrap().len()
}

#[test]
fn l50_the_projection_is_bounded_by_nothing_in_the_history() {
    let policy = policy();
    let times = if std::env::var_os("CONSENT_ENGINE_FULL").is_some() { 1_000_000 } else { 20_000 };
    let mut short = flips(&policy, 100);
    let mut long = flips(&policy, 100);
    for n in 0..times {
        long.pass(60);
        if n % 2 == 0 {
            long.opt_out(Scope::EVERYTHING)
        } else {
            assert!(long.grant(news()))
        }
        long.facts.clear();
    }
    assert!(size(&long) <= size(&short) + 64, "{} {}", size(&long), size(&short));
    assert_eq!(long.state(news()), short.state(news()));
    for run in [&mut short, &mut long] {
        run.pass(60);
        run.opt_out(Scope::EVERYTHING);
        assert_eq!(run.state(news()), State::Withdrawn);
        run.pass(60);
        assert!(run.grant(news()));
        assert!(run.permits(news()));
    }
}

#[test]
fn d26_a_flood_of_flips_changes_neither_the_size_nor_the_answer() {
    let policy = policy();
    let (calm, flooded) = (flips(&policy, 11), flips(&policy, 1_001));
    assert!(size(&flooded) <= size(&calm) + 64);
    assert_eq!(flooded.state(news()), calm.state(news()));
    assert_eq!(flooded.reasons(news()), [Reason::OptOut]);
}

#[test]
fn d26_beyond_so_many_facts_each_asks_to_slow_its_source_down_and_none_is_refused() {
    let policy = policy().with_limits(Limits { facts: 5, ..Limits::default() });
    let mut run = Run::new(&policy);
    let aggregate = Aggregate::Subject(PERSON);
    let slow_down = Effect::LimitRate { aggregate };
    let log = LogId::new(aggregate, WRITER);
    for _ in 0..4 {
        for act in [stated(news()), Act::OptOut(vec![Scope::EVERYTHING])] {
            run.pass(60);
            let decided = run.person(act).unwrap();
            let head = run.view.projection().log(log).unwrap().head();
            let asked = decided.effects.iter().filter(|effect| **effect == slow_down).count();
            assert_eq!(asked, usize::from(head > 5), "{head} facts");
        }
    }
    assert_eq!(run.reasons(news()), [Reason::OptOut], "the last word counts, however many there were");
    run.writer = OTHER_WRITER;
    let decided = run.person(stated(news())).unwrap();
    assert!(!decided.effects.contains(&slow_down), "a log of another writer is another log");
}

/// The first of the two histories that the design names.
#[test]
fn l50_withdrawals_each_recorded_later_and_dated_earlier() {
    let policy = policy();
    let mut run = Run::new(&policy);
    run.pass(100_000);
    for n in 0..50 {
        let at = Captured::At(t(100_000 - n * 100));
        let scope = vec![Scope::purpose(id("news"))];
        run.command(&Command::new(Actor::subject(), Act::OptOut(scope)).captured(at)).unwrap();
        run.pass(10);
    }
    let groups: usize = run.view.projection().logs().iter().map(LogProjection::restrictions).sum();
    assert_eq!(groups, 1);
    let log = LogId::new(Aggregate::Subject(PERSON), WRITER);
    let token = |seq| ViewToken::from_iter([(Consulted::Log(log), seq)]);
    let head = run.view.projection().log(log).unwrap().head();
    let grant = |at, seen| {
        let command = Command::new(Actor::subject(), stated(news())).with_evidence(explicit());
        command.captured(Captured::At(t(at))).having_seen(seen)
    };
    let lifted = |command: &Command| {
        let mut run = run.clone();
        run.command(command).unwrap();
        run.permits(news())
    };
    assert!(!lifted(&grant(99_990, token(head))), "not after the latest date of any of them");
    assert!(!lifted(&grant(100_001, token(head - 1))), "without the last of them in view");
    assert!(lifted(&grant(100_001, token(head))), "after all, and all seen");
}

/// The second of the two histories that the design names.
#[test]
fn l50_grants_each_captured_later_and_expiring_earlier() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let start = run.now;
    for n in 0..50u64 {
        run.pass(10);
        let until = start.saturating_add(Span::seconds(100_000 - n * 1_000));
        let window = Some(Interval::new(run.now, Some(until)).unwrap());
        run.person(Act::Grant { stated: vec![Stated::cell(news())], window }).unwrap();
    }
    run.now = start.saturating_add(Span::seconds(50_999));
    assert!(run.permits(news()));
    run.now = start.saturating_add(Span::seconds(51_000));
    assert!(!run.permits(news()), "a shorter renewal shortens: the last grant counts, not the longest");
    assert!(size(&run) < 20_000, "one grant is kept");
}

#[test]
fn l50_a_weaker_grant_does_not_replace_a_stronger_one() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let double = explicit().with_double_opt_in_at(run.now);
    run.command(&Command::new(Actor::subject(), stated(news())).with_evidence(double)).unwrap();
    run.pass(60);
    let until = run.now.saturating_add(Span::seconds(100));
    let window = Some(Interval::new(run.now, Some(until)).unwrap());
    run.person(Act::Grant { stated: vec![Stated::cell(news())], window }).unwrap();
    run.pass(200);
    assert!(run.permits(news()), "the double opt-in still stands");
}

#[test]
fn l50_joining_projections_is_union() {
    let policy = policy();
    let run = crate::replaying::busy(&policy);
    for cut in 0..=run.facts.len() {
        let prefix = Projection::fold(&run.facts[..cut]).0;
        let whole = Projection::fold(&run.facts).0;
        let join = |a: &Projection, b: &Projection| {
            let mut joined = a.clone();
            joined.join(b);
            joined
        };
        assert_eq!(join(&prefix, &whole), whole);
        assert_eq!(join(&whole, &prefix), whole);
        assert_eq!(join(&prefix, &prefix), prefix);
    }
    let mut kept = Projection::fold(&run.facts).0;
    let past = View::as_of(&policy, Subject::new(PERSON), &run.facts, run.view.token(), t(0)).unwrap();
    assert_ne!(past.projection(), &kept);
    kept.join(past.projection());
    assert_eq!(kept, Projection::fold(&run.facts).0, "a view of the past takes nothing away");
    let of = |writer| run.facts.iter().filter(move |fact| fact.position.log.writer == writer);
    let mut joined = Projection::fold(of(WRITER)).0;
    joined.join(&Projection::fold(of(OTHER_WRITER)).0);
    assert_eq!(joined, Projection::fold(&run.facts).0);
}

#[test]
fn l50_at_the_cap_a_withdrawal_is_recorded_wider_and_never_refused() {
    let purposes = (0..8).map(|n| marketing(&format!("p{n}")));
    let purposes = purposes.chain([marketing("below").with_parent(id("p7"))]);
    let limits = Limits { restrictions: 3, ..Limits::default() };
    let policy = policy_of(purposes.collect()).with_limits(limits);
    let mut run = Run::new(&policy);
    for n in 0..8 {
        let scope = Scope::purpose(id(&format!("p{n}"))).on(Channel::Email);
        let decided = run.person(Act::OptOut(vec![scope])).unwrap();
        assert_eq!(decided.reports.len(), 1);
        assert!(!run.permits(cell(&format!("p{n}"), EMAIL)));
        let widened = decided.effects.iter().any(|effect| matches!(effect, Effect::OpenReview { .. }));
        assert_eq!(widened, n >= 3, "p{n}");
    }
    let below = Scope::purpose(id("below")).on(Channel::Sms);
    let decided = run.person(Act::OptOut(vec![below])).unwrap();
    assert_eq!(
        decided.reports[0].scope,
        Some(Scope::EVERYTHING),
        "the one wider scope that is there already"
    );
}

/// What is recorded in a full log: the next wider scope, unless only the name of the purpose makes the reason apply.
#[test]
fn l50_at_the_cap_a_name_that_counts_is_never_given_up() {
    let of = |name, class, parent| {
        Purpose::new(id(name), class, LawfulBasis::Contract)
            .with_channels([Channel::Email])
            .with_parent(id(parent))
    };
    let more = [
        of("storms", PurposeClass::Service, "outages"),
        of("tips", PurposeClass::Service, "news"),
        of("offers", PurposeClass::Marketing, "outages"),
    ];
    let policy = policy_of(purposes().into_iter().chain(more).collect());
    let policy = policy.with_limits(Limits { restrictions: 1, ..Limits::default() });
    use RestrictionReason::{Interim, Objection, OptOut};
    let purpose = |name| Scope::purpose(id(name));
    for (reason, said, recorded) in [
        (OptOut, purpose("events"), purpose("events")),
        (OptOut, purpose("football").on(Channel::Email), Scope::EVERYTHING),
        (OptOut, purpose("gone"), Scope::EVERYTHING),
        (OptOut, purpose("storms").on(Channel::Email), purpose("outages")),
        (OptOut, purpose("tips"), purpose("tips")),
        (OptOut, purpose("offers"), purpose("outages")),
        (OptOut, Scope::EVERYTHING.on(Channel::Email), Scope::EVERYTHING),
        (Objection, purpose("storms"), Scope::EVERYTHING),
        (Interim, purpose("football"), purpose("news")),
        (Interim, purpose("tips"), purpose("tips")),
        (Interim, purpose("fraud").on(Channel::Email), purpose("fraud")),
    ] {
        let mut run = Run::new(&policy);
        run.opt_out(purpose("events"));
        let act = match reason {
            OptOut => Act::OptOut(vec![said]),
            Objection => Act::Object(vec![said]),
            _ => Act::Restrict { reason, scope: said, until: None },
        };
        let decided = run.person(act).unwrap();
        assert_eq!(decided.reports[0].scope, Some(recorded), "{reason:?} {said:?}");
        let reviewed = decided.effects.contains(&Effect::OpenReview { scope: recorded });
        assert_eq!(reviewed, said != recorded, "{reason:?} {said:?}");
    }
    let mut run = Run::new(&policy);
    let scopes = [purpose("news"), purpose("events"), purpose("news").at(EMAIL)];
    let decided = run.person(Act::OptOut(scopes.to_vec())).unwrap();
    let recorded: Vec<_> = decided.reports.iter().filter_map(|report| report.scope).collect();
    assert_eq!(recorded, [purpose("events"), Scope::EVERYTHING, purpose("news").at(EMAIL)], "log by log");
}

#[test]
fn d21_limits_are_checked_before_work() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let many = vec![Stated::cell(news()); 257];
    let limit = Rejection::LimitExceeded { which: Limited::Statements, max: 256 };
    assert_eq!(run.person(Act::Grant { stated: many, window: None }).map(|_| ()), Err(limit));
    let said = |n| Scope::purpose(id("news")).at(ContactPointId::from_u128(n));
    let decided = run.person(Act::OptOut((0..100_000).map(said).collect())).unwrap();
    assert_eq!(decided.facts.len(), 1, "a withdrawal too large to keep apart is read in the widest sense");
    assert!(!run.permits(cell("events", EMAIL)));
    let small = Limits { cells: 3, ..Limits::default() };
    let policy = crate::support::policy().with_limits(small);
    let all = Stated { purpose: Breadth::All, channel: None, point: None };
    let limit = Rejection::LimitExceeded { which: Limited::Cells, max: 3 };
    let mut run = Run::new(&policy);
    assert_eq!(run.person(Act::Grant { stated: vec![all], window: None }).map(|_| ()), Err(limit));
}
