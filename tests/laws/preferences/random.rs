//! Random histories, with a form shown somewhere in them and sent back at their end.

use std::cell::Cell as Counter;

use consent_engine::model::Model;
use consent_engine::strategy::{self, Run as Script, Step, World};
use consent_engine::*;
use proptest::prelude::*;
use proptest::test_runner::{TestCaseResult, TestRunner};

use super::{NO, TENANT, YES};

type Asked = (World, Vec<Fact>, Vec<Query>, PurposeId, Interest);

fn asked() -> impl Strategy<Value = Asked> {
    strategy::worlds().prop_flat_map(|world| {
        let facts = strategy::facts(&world, 0..24);
        let queries = proptest::collection::vec(strategy::queries(&world), 1..6);
        let purpose = strategy::purpose_ids(&world);
        (Just(world), facts, queries, purpose, strategy::interests())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// "This isn't relevant to me" is no opt-out, and "this is" no consent: no answer changes, in engine or model.
    #[test]
    fn l25_p_an_interest_changes_no_decision((world, facts, queries, purpose, interest) in asked()) {
        let subject = Subject::new(world.subject(0));
        let floor = facts.iter().map(|fact| fact.recorded_at).max().unwrap_or(strategy::EPOCH);
        let log = LogId::new(Aggregate::Subject(world.subject(0)), WriterId::from_u128(0x7777));
        let said = |kind| Fact {
            v: Version::CURRENT,
            position: log.at(Seq::FIRST),
            recorded_at: floor,
            captured_at: Some(floor),
            actor: Actor::subject().record(),
            command: None,
            evidence: None,
            kind,
        };
        // The same log with a fact that certainly decides nothing: what is compared is not the head of a log.
        let before = [facts.clone(), vec![said(FactKind::NoticeSeen { notice: None, scope: None })]].concat();
        let after = [facts, vec![said(FactKind::Preference { purpose, interest, note: None })]].concat();
        let view = |facts: &[Fact]| View::new(&world.policy, subject.clone(), Projection::fold(facts).0);
        let (Ok(one), Ok(other)) = (view(&before), view(&after)) else { return Ok(()) };
        for query in &queries {
            let one = evaluate(&one, query, &world.policy, floor);
            let other = evaluate(&other, query, &world.policy, floor);
            prop_assert_eq!(one.to_record(), other.to_record());
            let model = |facts: &[Fact]| Model::new(&world.policy, &subject, facts.to_vec()).evaluate(query, floor);
            prop_assert_eq!(model(&before), model(&after));
        }
    }
}

type Between = (World, Vec<Step>, Vec<Step>, Vec<(Cell, Wish)>, Option<Evidence>);

fn wishes(world: &World) -> impl Strategy<Value = Vec<(Cell, Wish)>> + use<> {
    let pauses = proptest::option::weighted(0.9, strategy::timestamps(world));
    let wish = prop_oneof![
        5 => Just(YES),
        2 => Just(NO),
        2 => pauses.prop_map(|until| Wish::Pause { until }),
        3 => Just(Wish::Resume),
    ];
    proptest::collection::vec((strategy::cells(world), wish), 0..6)
}

fn between() -> impl Strategy<Value = Between> {
    strategy::worlds().prop_flat_map(|world| {
        let evidence = proptest::option::weighted(0.9, strategy::evidence(&world));
        let (before, since) = (strategy::scripts(&world, 0..12), strategy::scripts(&world, 0..8));
        let since = since.prop_map(|steps| steps.into_iter().skip(6).collect());
        let wishes = wishes(&world);
        (Just(world), before, since, wishes, evidence)
    })
}

fn loaded(person: SubjectId, facts: &[Fact]) -> Vec<Fact> {
    let own = |fact: &&Fact| fact.position.log.aggregate == Aggregate::Subject(person);
    let point = |fact: &&Fact| matches!(fact.position.log.aggregate, Aggregate::Point(_));
    facts.iter().filter(|fact| own(fact) || point(fact)).cloned().collect()
}

fn play(world: &World, script: &mut Script, steps: &[Step]) -> Timestamp {
    for step in steps {
        let now = script.advance(step);
        let person = world.subject(step.subject);
        let view = View::new(
            &world.policy,
            Subject::new(person),
            Projection::fold(&loaded(person, script.facts())).0,
        );
        let view = view.unwrap();
        let command = script.command(step, view.token().clone());
        let writer = world.writer(step.writer);
        let ctx = Ctx { now, writer, command: script.command_id(), policy: &world.policy };
        if let Ok(decided) = decide(&view, &command, &ctx) {
            script.record(decided.facts);
        }
    }
    script.now()
}

const fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Permit => 0,
        Verdict::Defer { .. } => 1,
        Verdict::Deny => 2,
    }
}

/// The form as it was shown, and the views before and after it was sent back.
struct Sent {
    form: PreferenceForm,
    before: View,
    after: View,
    now: Timestamp,
}

/// Shows a form, lets other things happen, and sends it back; nothing if it was not shown or was refused.
fn send(
    world: &World,
    [before, since]: [&[Step]; 2],
    submission: impl Fn(PreferenceForm) -> Submission,
) -> Option<Sent> {
    let policy = &world.policy;
    let person = world.subject(0);
    let mut script = Script::default();
    let view = |script: &Script| {
        let facts = loaded(person, script.facts());
        View::new(policy, Subject::new(person), Projection::fold(&facts).0).unwrap()
    };
    let shown_at = play(world, &mut script, before);
    let regimes = Showing::under(RegimeSet::OPT_OUT);
    let form = PreferenceView::new(TENANT, &view(&script), policy, shown_at, &regimes).ok()?.form();
    let now = play(world, &mut script, since).max(shown_at).saturating_add(Span::seconds(1));
    let before = view(&script);
    let ctx = Ctx { now, writer: world.writer(0), command: CommandId::from_u128(0x9999), policy };
    let decided = submission(form.clone()).decide(&before, TENANT, &ctx).ok()?;
    let mut after = before.clone();
    if !decided.facts.is_empty() {
        assert_eq!(after.apply(policy, &decided.facts), Ok(Applied::New));
    }
    Some(Sent { form, before, after, now })
}

/// How often the law was put to the test.
#[derive(Default)]
struct Seen {
    sent: Counter<u32>,
    opened: Counter<u32>,
    kept: Counter<u32>,
    closed: Counter<u32>,
}

fn count(counter: &Counter<u32>, when: bool) {
    counter.set(counter.get() + u32::from(when));
}

fn holds(world: &World, sent: &Sent, wishes: &[(Cell, Wish)], cell: Cell, seen: &Seen) -> TestCaseResult {
    let policy = &world.policy;
    let Some(index) = policy.catalogue().index(cell.purpose) else { return Ok(()) };
    let promotes = policy.catalogue().get(index).is_some_and(|purpose| purpose.class().promotes());
    let of = |cell| wishes.iter().filter(move |(own, _)| *own == cell).map(|(_, wish)| *wish);
    let chosen = of(cell).any(|wish| matches!(wish, Wish::Yes | Wish::Resume));
    let shown = sent.form.rows.iter().find(|row| row.cell == cell).map(|row| row.choice);
    let refused = of(cell).any(|wish| wish == NO) && shown != Some(Choice::No);
    for later in [sent.now, sent.now.saturating_add(Span::days(40)), Timestamp::MAX] {
        for regimes in [RegimeSet::OPT_IN, RegimeSet::OPT_OUT] {
            let mut query = Query::new(index, regimes).with_contacts(Contacts::default());
            (query.channel, query.point) = (cell.channel, cell.point);
            let was = evaluate(&sent.before, &query, policy, later).verdict();
            let is = evaluate(&sent.after, &query, policy, later).verdict();
            prop_assert!(chosen || rank(was) <= rank(is), "{cell:?} {later:?}: {was:?} {is:?}");
            prop_assert!(!(refused && promotes && is.is_permit()), "{cell:?}: a no is taken");
            count(&seen.opened, rank(is) < rank(was));
            count(&seen.kept, !chosen && !was.is_permit());
            count(&seen.closed, refused && was.is_permit());
        }
    }
    Ok(())
}

/// Whatever happens between the moment a form is shown and the moment it comes back, and whatever comes back: nothing is permitted
/// that was not, but in the rows that the person changed to yes or resumed.
#[test]
fn l10_p_a_form_permits_nothing_but_what_was_changed_to_yes() {
    let config = ProptestConfig {
        cases: 800,
        failure_persistence: None,
        max_shrink_iters: 4_000,
        ..ProptestConfig::default()
    };
    let seen = Seen::default();
    let outcome = TestRunner::new(config).run(&between(), |(world, before, since, wishes, evidence)| {
        let submission = |form| {
            let rows = wishes.iter().map(|(cell, wish)| RowWish::new(*cell, *wish));
            let submission = Submission::new(form, rows);
            match &evidence {
                Some(evidence) => submission.with_evidence(evidence.clone()),
                None => submission,
            }
        };
        let Some(sent) = send(&world, [&before, &since], submission) else { return Ok(()) };
        count(&seen.sent, true);
        let others = world.cells();
        let mut cells = wishes.iter().map(|(cell, _)| *cell).chain(others);
        cells.try_for_each(|cell| holds(&world, &sent, &wishes, cell, &seen))
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    let Seen { sent, opened, kept, closed } = seen;
    assert!(sent.get() > 200 && kept.get() > 10_000, "{sent:?} {kept:?}");
    assert!(opened.get() > 50 && closed.get() > 50, "{opened:?} {closed:?}");
}
