//! Every history of the eight kinds that LAWS names, engine and model side by side.

use std::io::Write;

use consent_engine::model::Model;
use consent_engine::*;

use crate::support::*;

#[derive(Clone, Copy, Debug)]
enum Kind {
    OptOut,
    Objection,
    Grant,
    Request,
    Confirm,
    Revocation,
    Pause,
    Clear,
}

const KINDS: [Kind; 8] = [
    Kind::OptOut,
    Kind::Objection,
    Kind::Grant,
    Kind::Request,
    Kind::Confirm,
    Kind::Revocation,
    Kind::Pause,
    Kind::Clear,
];

fn news() -> Cell {
    cell("news", EMAIL)
}

/// One step of a history. A refused command adds nothing, which is a history as well.
fn step(run: &mut Run<'_>, kind: Kind) {
    let everything = vec![Scope::EVERYTHING];
    let _ = match kind {
        Kind::OptOut => run.person(Act::OptOut(vec![Scope::purpose(id("news"))])),
        Kind::Objection => run.person(Act::Object(everything)),
        Kind::Grant => run.person(stated(news())),
        Kind::Request => run.person(Act::Request(vec![Stated::cell(news())])),
        Kind::Confirm => run.person(Act::Confirm(run.last_request())),
        Kind::Revocation => run.act(operator(), Act::Revoke(Scope::EVERYTHING)),
        Kind::Pause => {
            let until = Some(run.now.saturating_add(Span::days(3)));
            run.person(Act::Restrict { reason: RestrictionReason::Pause, scope: Scope::EVERYTHING, until })
        }
        Kind::Clear => {
            if run.person(Act::Resume(Scope::EVERYTHING)).is_err() {
                forge_a_clear(run);
            }
            return;
        }
    };
}

/// A clear of the last opt-out, which no command makes: it must be without effect.
fn forge_a_clear(run: &mut Run<'_>) {
    let opt_out = run.facts.iter().rev().find_map(|fact| match &fact.kind {
        FactKind::Restriction(r) if r.reason == RestrictionReason::OptOut => Some((fact.position, r.scope)),
        _ => None,
    });
    if let Some((position, scope)) = opt_out {
        let key = RestrictionKey { reason: RestrictionReason::OptOut, by: ActorKind::Subject, scope };
        let named = Named { log: position.log, key, upto: position.seq };
        let fact = run.raw(Aggregate::Subject(PERSON), operator(), FactKind::Clear(named));
        run.commit(&[fact]);
    }
}

fn compare(run: &Run<'_>, history: &[Kind]) -> u64 {
    let model = Model::new(run.policy, run.view.subject(), run.facts.iter().cloned());
    let both = RegimeSet::OPT_IN.with(Regime::OptOut);
    let mut compared = 0;
    for later in [Span::ZERO, Span::days(3), Span::days(7), Span::days(31)] {
        let now = run.now.saturating_add(later);
        assert_eq!(
            cell_state(&run.view, news(), run.policy, now),
            model.state(news(), now),
            "{history:?} {later:?}"
        );
        for regimes in [RegimeSet::OPT_IN, RegimeSet::OPT_OUT, both] {
            let query = run.query(news(), regimes);
            let decision = evaluate(&run.view, &query, run.policy, now);
            let answer = model.evaluate(&query, now);
            let found = (
                decision.verdict(),
                decision.standing(),
                decision.basis(),
                decision.reasons(),
                decision.valid_until(),
            );
            let expected =
                (answer.verdict, answer.standing, answer.basis, answer.reasons, answer.valid_until);
            assert_eq!(found, expected, "{history:?} {later:?} {regimes:?}");
            assert_eq!(decision.is_permit(), permits(&run.view, &query, run.policy, now));
            compared += 1;
        }
    }
    compared
}

fn explore(run: &Run<'_>, history: &mut Vec<Kind>, depth: usize, gap: u64, counts: &mut (u64, u64)) {
    counts.0 += 1;
    counts.1 += compare(run, history);
    if depth == 0 {
        return;
    }
    for kind in KINDS {
        let mut next = run.clone();
        next.pass(gap);
        step(&mut next, kind);
        history.push(kind);
        explore(&next, history, depth - 1, gap, counts);
        history.pop();
    }
}

fn start(policy: &Policy) -> Run<'_> {
    let mut run = Run::bare(policy);
    run.act(operator(), Act::Attach { point: EMAIL, kind: PointKind::Email }).unwrap();
    run
}

/// Says what was counted where it is read: the harness keeps to itself what a test prints that passes.
fn told(what: std::fmt::Arguments<'_>) {
    let mut stderr = std::io::stderr().lock();
    writeln!(stderr, "exhaustive: {what}").unwrap();
}

fn lengths() -> (usize, usize) {
    if std::env::var_os("CONSENT_ENGINE_FULL").is_some() { (6, 5) } else { (5, 4) }
}

#[test]
fn l01_x_all_histories_in_which_time_passes() {
    let policy = policy_of(vec![marketing("news").with_validity(Span::days(30))]);
    let mut counts = (0, 0);
    explore(&start(&policy), &mut Vec::new(), lengths().0, 3_600, &mut counts);
    told(format_args!("{} histories, {} answers compared", counts.0, counts.1));
    let expected: u64 = (0..=u32::try_from(lengths().0).unwrap()).map(|n| 8u64.pow(n)).sum();
    assert_eq!(counts.0, expected);
}

#[test]
fn l04_x_all_histories_in_one_instant_and_within_the_conflict_window() {
    let policy = policy_of(vec![marketing("news").with_validity(Span::days(30))]);
    for gap in [0, 3] {
        let mut counts = (0, 0);
        explore(&start(&policy), &mut Vec::new(), lengths().1, gap, &mut counts);
        told(format_args!("{} histories {gap} s apart, {} answers compared", counts.0, counts.1));
        assert!(counts.0 > 4_000);
    }
}
