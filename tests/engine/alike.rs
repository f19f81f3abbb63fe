//! Random scripts of commands through the engine: what it answers is what the pure core says of all the facts.

use consent_engine::store::{Blocking, DynStore, MemoryStore, Store};
use consent_engine::strategy::{self, Run, Step, World};
use consent_engine::*;
use proptest::prelude::*;

use crate::shop::{TENANT, image};

type Script = (World, Vec<Step>, Vec<Query>);

fn scripts() -> impl Strategy<Value = Script> {
    strategy::worlds().prop_flat_map(|world| {
        (
            Just(world.clone()),
            strategy::scripts(&world, 0..12),
            proptest::collection::vec(strategy::queries(&world), 1..6),
        )
    })
}

fn settings(world: &World, step: &Step) -> Settings {
    Settings::new(TENANT, world.writer(step.writer), world.policy.clone())
}

/// The facts of one commit, read back.
fn written(engine: &Engine<impl Store>, outcome: &CommandOutcome) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (log, first, last) in &outcome.facts {
        let mut cursor = None;
        loop {
            let page = engine.history(log.aggregate, cursor, 256).unwrap_or_else(|error| panic!("{error}"));
            let own = page.facts.into_iter().filter(|fact| {
                fact.position.log == *log && *first <= fact.position.seq && fact.position.seq <= *last
            });
            facts.extend(own);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
    }
    facts
}

/// Whether a fact gives a contact point to a subject, or carries one of theirs over to it.
fn gives(fact: &Fact, subjects: &[SubjectId], to: ContactPointId) -> bool {
    match &fact.kind {
        FactKind::Attach { subject: own, point, .. } => subjects.contains(own) && *point == to,
        FactKind::Replace { subject: own, old, new } => subjects.contains(own) && [*old, *new].contains(&to),
        FactKind::Reassign(made) => made.to.is_some_and(|to| subjects.contains(&to)) && made.point == to,
        _ => false,
    }
}

/// Everybody who was ever merged with a subject, through any chain.
fn kin(subject: SubjectId, facts: &[Fact]) -> Vec<SubjectId> {
    let mut kin = vec![subject];
    for _ in facts {
        for fact in facts {
            if let (FactKind::Merge { with }, Aggregate::Subject(own)) =
                (&fact.kind, fact.position.log.aggregate)
                && kin.contains(&own) != kin.contains(with)
            {
                kin.push(if kin.contains(&own) { *with } else { own });
            }
        }
    }
    kin
}

/// What a host loads for a question: the logs of everybody who was ever merged with the person, of every contact point they ever had, and
/// of the one asked about.
pub(crate) fn relevant(subject: SubjectId, query: &Query, facts: &[Fact]) -> Vec<Fact> {
    let kin = kin(subject, facts);
    let own = |fact: &&Fact| match fact.position.log.aggregate {
        Aggregate::Subject(id) => kin.contains(&id),
        Aggregate::Point(point) => {
            query.point == Some(point) || facts.iter().any(|fact| gives(fact, &kin, point))
        }
    };
    facts.iter().filter(own).cloned().collect()
}

fn agree(
    engine: &Engine<&MemoryStore>,
    world: &World,
    run: &Run,
    queries: &[Query],
    now: Timestamp,
) -> Result<(), TestCaseError> {
    for subject in (0..world.subjects.len()).map(|at| world.subject(at)) {
        for query in queries {
            let facts = relevant(subject, query, run.facts());
            let projection = Projection::fold(&facts).0;
            let person = Subject::resolve(subject, &projection).unwrap();
            let view = View::new(&world.policy, person, projection).unwrap();
            let pure = evaluate(&view, query, &world.policy, now);
            let stored = engine.evaluate(subject, query, now).unwrap_or_else(|error| panic!("{error}"));
            prop_assert_eq!(stored.verdict, pure.verdict(), "{:?}", query);
            prop_assert_eq!(stored.reasons, pure.reasons(), "{:?}", query);
            prop_assert_eq!(
                engine.permits(subject, query, now).unwrap_or_else(|error| panic!("{error}")),
                pure.is_permit()
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, max_shrink_iters: 0, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn l01_p_engine_and_core_agree((world, script, queries) in scripts()) {
        let store = MemoryStore::new();
        let mut run = Run::default();
        for step in &script {
            let now = run.advance(step);
            let engine = Engine::new(&store, settings(&world, step));
            let subject = world.subject(step.subject);
            let seen = engine.load(subject).unwrap_or_else(|error| panic!("{error}"));
            let command = run.command(step, seen.token().clone());
            let before = image(&store);
            match engine.decide(subject, command.clone(), Stamp::new(now, run.command_id())) {
                Ok(outcome) => {
                    prop_assert!(!outcome.repeated);
                    run.record(written(&engine, &outcome));
                    let again = engine.decide(subject, command, Stamp::new(now, run.command_id()));
                    prop_assert!(again.is_ok_and(|again| again.repeated && again.reports == outcome.reports), "l16");
                }
                Err(EngineError::Operation(OperationError::Rejected(_))) => {
                    prop_assert_eq!(image(&store), before, "l53");
                    continue;
                }
                Err(error) => panic!("{error}"),
            }
            agree(&engine, &world, &run, &queries, now)?;
        }
    }

    /// The same script through other stores and through the asynchronous engine leaves the same bytes.
    #[test]
    fn every_way_to_the_store_leaves_the_same_records((world, script, _) in scripts()) {
        let (plain, erased, asynchronous) = (MemoryStore::new(), MemoryStore::new(), MemoryStore::new());
        let mut run = Run::default();
        for step in &script {
            let now = run.advance(step);
            let settings = settings(&world, step);
            let engine = Engine::new(&plain, settings.clone());
            let subject = world.subject(step.subject);
            let command = run.command(step, engine.load(subject).unwrap().token().clone());
            let stamp = Stamp::new(now, run.command_id());
            let one = engine.decide(subject, command.clone(), stamp).map_err(|error| error.to_string());
            let two = Engine::new(DynStore::new(erased.clone()), settings.clone());
            let two = two.decide(subject, command.clone(), stamp).map_err(|error| error.to_string());
            let three = AsyncEngine::new(Blocking::new(&asynchronous), settings);
            let three = ready(three.decide(subject, command, stamp)).map_err(|error| error.to_string());
            prop_assert_eq!(&one, &two);
            prop_assert_eq!(&one, &three);
            if let Ok(outcome) = one {
                run.record(written(&engine, &outcome));
            }
        }
        prop_assert_eq!(image(&plain), image(&erased));
        prop_assert_eq!(image(&plain), image(&asynchronous));
    }
}

/// Polls a future that never waits.
fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("a store in memory never waits"),
    }
}
