use consent_engine::*;

use crate::replaying::busy;
use crate::support::*;

const CELLS: [(&str, ContactPointId); 7] = [
    ("news", EMAIL),
    ("news", SECOND_EMAIL),
    ("events", EMAIL),
    ("events", SECOND_EMAIL),
    ("outages", EMAIL),
    ("care", SECOND_EMAIL),
    ("receipts", EMAIL),
];

fn histories(policy: &Policy) -> Vec<Run<'_>> {
    let busy = busy(policy);
    let mut runs = Vec::new();
    for n in 0..=busy.facts.len() {
        let mut run = Run::bare(policy);
        run.commit(&busy.facts[..n]);
        run.now = busy.now;
        runs.push(run);
    }
    let mut restricted = busy.clone();
    restricted.opt_out(Scope::EVERYTHING);
    restricted.person(Act::Object(vec![Scope::purpose(id("events"))])).unwrap();
    runs.push(restricted);
    runs
}

fn sliced(run: &Run<'_>, facts: &[Fact]) -> View {
    View::as_of(run.policy, Subject::new(PERSON), facts, run.view.token(), run.now).unwrap()
}

#[test]
fn l39_the_cited_facts_alone_give_the_same_answer() {
    let policy = policy();
    let (mut permits, mut denials) = (0, 0);
    for run in histories(&policy) {
        for (purpose, point) in CELLS {
            for regimes in [RegimeSet::OPT_IN, RegimeSet::OPT_OUT] {
                let decision = run.decision(cell(purpose, point), regimes);
                let cited = decision.cited();
                let kept: Vec<_> =
                    run.facts.iter().filter(|fact| cited.contains(&fact.position)).cloned().collect();
                let view = sliced(&run, &kept);
                let again = evaluate(&view, decision.query(), &policy, run.now);
                assert_eq!((again.verdict(), again.reasons()), (decision.verdict(), decision.reasons()));
                if decision.is_permit() { permits += 1 } else { denials += 1 }
            }
        }
    }
    assert!(permits > 50 && denials > 50, "{permits} {denials}");
}

/// Endings and reassignments that were joined: the later one is dated earlier, so the earlier one decides.
#[test]
fn l39_of_joined_facts_each_that_decides_is_cited() {
    let policy = policy();
    for act in [
        Act::Reassign { point: EMAIL, from: PERSON, to: Some(OTHER_PERSON) },
        Act::Revoke(Scope::purpose(id("news"))),
        Act::Lapse { scope: Scope::purpose(id("news")), cause: LapseCause::Inactivity },
    ] {
        let mut run = Run::new(&policy);
        assert!(run.grant(cell("news", EMAIL)));
        let granted = run.now;
        run.pass(60);
        run.act(operator(), act.clone()).unwrap();
        run.pass(60);
        let earlier = Captured::At(granted.saturating_sub(Span::days(1)));
        run.command(&Command::new(operator(), act).captured(earlier)).unwrap();
        let decision = run.decision(cell("news", EMAIL), RegimeSet::OPT_IN);
        let kept: Vec<_> =
            run.facts.iter().filter(|fact| decision.cited().contains(&fact.position)).cloned().collect();
        let view = sliced(&run, &kept);
        let again = evaluate(&view, decision.query(), &policy, run.now);
        assert_eq!(again.reasons(), decision.reasons());
        assert!(decision.reasons().iter().count() > 0);
    }
}

#[test]
fn l39_without_the_facts_of_a_reason_the_answer_is_another() {
    let policy = policy();
    let mut checked = 0;
    for run in histories(&policy) {
        for (purpose, point) in CELLS {
            let decision = run.decision(cell(purpose, point), RegimeSet::OPT_IN);
            for reason in decision.reasons().iter() {
                let of_reason: Vec<_> = decision
                    .restrictions()
                    .filter(|(own, _)| *own == reason)
                    .map(|(_, position)| position)
                    .chain(decision.fact_for(reason))
                    .collect();
                if of_reason.is_empty() {
                    continue;
                }
                let left: Vec<_> =
                    run.facts.iter().filter(|fact| !of_reason.contains(&fact.position)).cloned().collect();
                let again_view = sliced(&run, &left);
                let again = evaluate(&again_view, decision.query(), &policy, run.now);
                assert_ne!(
                    (again.verdict(), again.reasons()),
                    (decision.verdict(), decision.reasons()),
                    "{reason}"
                );
                checked += 1;
            }
        }
    }
    assert!(checked > 30, "{checked}");
}

#[test]
fn l40_every_restriction_in_force_is_listed() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let mut expected = Vec::new();
    for reason in RestrictionReason::ALL {
        for scope in [Scope::EVERYTHING, Scope::purpose(id("news")).on(Channel::Email)] {
            let restriction = FactKind::Restriction(Restriction::new(reason, scope));
            let fact = run.raw(Aggregate::Subject(PERSON), Actor::subject(), restriction);
            run.commit(core::slice::from_ref(&fact));
            expected.push((Reason::from(reason), fact.position));
        }
    }
    let decision = run.decision(cell("news", EMAIL), RegimeSet::OPT_IN);
    let mut listed: Vec<_> = decision.restrictions().collect();
    listed.sort();
    expected.sort();
    assert_eq!(listed, expected);
    for reason in RestrictionReason::ALL {
        assert!(decision.reasons().contains(reason.into()));
        assert!(decision.fact_for(reason.into()).is_some());
    }
    let record = serde_json::to_string(&decision.to_record()).unwrap();
    assert!(record.len() < 16_384, "bounded: {}", record.len());
}

#[test]
fn l40_codes_are_stable_and_remedies_are_given() {
    let codes: Vec<_> = Reason::ALL.iter().map(|reason| reason.code()).collect();
    let stored = include_str!("../data/reason-codes.txt");
    assert_eq!(codes, stored.lines().collect::<Vec<_>>(), "codes are an interface: add, never change");
    for reason in Reason::ALL {
        assert!(!Remedy::for_reason(reason).text().is_empty());
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.code());
    }
    for reason in RestrictionReason::ALL {
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.code());
    }
}

#[test]
fn l40_why_is_fit_for_the_recipient() {
    let policy = policy_of(vec![marketing("news").with_title("Monthly news")]);
    let mut run = Run::new(&policy);
    let news = cell("news", EMAIL);
    let why = |run: &Run<'_>| run.decision(news, RegimeSet::OPT_IN).why(&policy);
    assert_eq!(why(&run), "You do not receive “Monthly news”: you have not agreed to it.");
    assert!(run.grant(news));
    let expected = "You receive “Monthly news” because you agreed to it on 2026-05-28; you can take that back at any time.";
    assert_eq!(why(&run), expected);
    run.pass(60);
    run.opt_out(Scope::EVERYTHING);
    run.act(
        operator(),
        Act::Restrict { reason: RestrictionReason::Legal, scope: Scope::EVERYTHING, until: None },
    )
    .unwrap();
    let denied = "You do not receive “Monthly news”: you opted out; we may not send it at the moment.";
    assert_eq!(why(&run), denied);
    assert!(!why(&run).contains("legal"), "no internals");
}

#[test]
fn l40_why_of_processing_speaks_of_data_and_not_of_messages() {
    let mut purposes = purposes();
    purposes.push(
        Purpose::new(id("tax"), PurposeClass::Processing, LawfulBasis::LegalObligation)
            .with_title("Tax records"),
    );
    let policy = policy_of(purposes);
    let mut run = Run::new(&policy);
    let of = |name| Cell { purpose: id(name), channel: None, point: None };
    let why = |run: &Run<'_>, name| run.decision(of(name), RegimeSet::OPT_IN).to_record().why(&policy);
    assert_eq!(why(&run, "tax"), "We use your data for “Tax records” because the law obliges us to.");
    assert_eq!(why(&run, "profiling"), "We do not use your data for “profiling”: you have not agreed to it.");
    let block = Act::Restrict { reason: RestrictionReason::Legal, scope: Scope::EVERYTHING, until: None };
    run.act(operator(), block).unwrap();
    assert_eq!(
        why(&run, "tax"),
        "We do not use your data for “Tax records”: we may not do it at the moment."
    );
}
