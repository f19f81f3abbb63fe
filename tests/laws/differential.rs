//! Engine and model on random histories: raw ones, and those that commands make.

use consent_engine::model::{Answer, Attempt, Model};
use consent_engine::strategy::{self, Run, Step, World};
use consent_engine::*;
use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, TestCaseResult};

use crate::town;

pub(crate) fn config(cases: u32) -> ProptestConfig {
    let deep = if std::env::var_os("CONSENT_ENGINE_FULL").is_some() { 40 } else { 1 };
    ProptestConfig {
        cases: cases * deep,
        max_shrink_iters: 20_000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..ProptestConfig::default()
    }
}

fn loaded(subject: &Subject, facts: &[Fact]) -> Vec<Fact> {
    town::loaded(&subject.ids, facts)
}

fn answer(decision: &Decision<'_>) -> Answer {
    Answer {
        verdict: decision.verdict(),
        standing: decision.standing(),
        basis: decision.basis(),
        reasons: decision.reasons(),
        valid_until: decision.valid_until(),
    }
}

fn agree(
    world: &World,
    view: &View,
    model: &Model<'_>,
    queries: &[Query],
    nows: &[Timestamp],
) -> TestCaseResult {
    for now in nows {
        for query in queries {
            let decision = evaluate(view, query, &world.policy, *now);
            prop_assert_eq!(answer(&decision), model.evaluate(query, *now), "{:?} at {}", query, now);
            prop_assert_eq!(
                decision.is_permit(),
                permits(view, query, &world.policy, *now),
                "permits = evaluate"
            );
            let Some(purpose) = world.policy.catalogue().get(query.purpose) else { continue };
            let cell = Cell { purpose: purpose.id(), channel: query.channel, point: query.point };
            let state = cell_state(view, cell, &world.policy, *now);
            prop_assert_eq!(state, model.state(cell, *now), "{:?} at {}", cell, now);
        }
    }
    Ok(())
}

/// Somebody to ask about: any ids at all, or all that are one person with one of them.
fn whom(world: &World, facts: &[Fact]) -> impl Strategy<Value = Subject> + use<> {
    let (projection, _) = Projection::fold(facts);
    (strategy::people(world), any::<bool>()).prop_map(move |(subject, as_found)| {
        let resolved = subject.ids.first().map(|id| Subject::resolve(*id, &projection).unwrap());
        match resolved.filter(|_| !as_found) {
            Some(resolved) => Subject { ids: resolved.ids, ..subject },
            None => subject,
        }
    })
}

type Raw = (World, Subject, Vec<Fact>, Vec<Fact>, Vec<Query>, Vec<Timestamp>);

fn raw() -> impl Strategy<Value = Raw> {
    strategy::worlds().prop_flat_map(|world| {
        let facts = strategy::facts(&world, 0..24);
        facts.prop_flat_map(move |facts| {
            let points = strategy::turning_points(&world, &facts);
            let nows = prop_oneof![strategy::nows(&world), points];
            (
                Just(world.clone()),
                whom(&world, &facts),
                Just(facts.clone()),
                strategy::permuted(facts),
                proptest::collection::vec(strategy::queries(&world), 1..6),
                proptest::collection::vec(nows, 1..4),
            )
        })
    })
}

proptest! {
    #![proptest_config(config(1_500))]

    #[test]
    fn l01_p_engine_and_model_agree_on_raw_histories((world, subject, facts, arrived, queries, nows) in raw()) {
        let facts = loaded(&subject, &facts);
        let arrived = loaded(&subject, &arrived);
        let (projection, gap) = Projection::fold(&arrived);
        prop_assert_eq!(gap, None);
        prop_assert_eq!(&projection, &Projection::fold(&facts).0, "l12: order and repeats");
        let Ok(view) = View::new(&world.policy, subject.clone(), projection) else { return Ok(()) };
        let model = Model::new(&world.policy, &subject, facts);
        agree(&world, &view, &model, &queries, &nows)?;
    }

    /// Whatever a store holds and whatever the clock says: an answer, and words for it.
    #[test]
    fn l05_p_every_history_and_clock_has_an_answer((world, subject, facts, _, queries, _) in raw()) {
        let Ok(mut view) = View::new(&world.policy, subject, Projection::fold(&facts).0) else { return Ok(()) };
        for now in [Timestamp::MIN, strategy::EPOCH, Timestamp::MAX] {
            for query in &queries {
                let decision = evaluate(&view, query, &world.policy, now);
                prop_assert!(!decision.why(&world.policy).is_empty());
                prop_assert_eq!(decision.to_record().why(&world.policy), decision.why(&world.policy));
                prop_assert!(!decision.explain().to_string().is_empty());
                prop_assert!(serde_json::to_string(&decision.to_record()).is_ok());
                prop_assert_eq!(decision.is_permit(), decision.reasons().is_empty());
                prop_assert_eq!(decision.basis().is_some(), decision.is_permit());
            }
            let _ = due(&view, &world.policy, now, Timestamp::MAX);
        }
        prop_assert_eq!(view.apply(&world.policy, &facts), Ok(Applied::Duplicate));
    }

    #[test]
    fn l50_p_a_snapshot_and_the_rest_are_the_whole(
        (world, subject, facts, early, late, queries, nows) in raw().prop_flat_map(|(world, subject, facts, _, queries, nows)| {
            let facts = loaded(&subject, &facts);
            let parts = strategy::splits(facts.clone());
            (Just(world), Just(subject), Just(facts), parts, Just(queries), Just(nows))
                .prop_map(|(world, subject, facts, (early, late), queries, nows)| {
                    (world, subject, facts, early, late, queries, nows)
                })
        })
    ) {
        let stored = serde_json::to_string(&Projection::fold(&early).0).unwrap();
        let mut projection: Projection = serde_json::from_str(&stored).unwrap();
        for fact in &late {
            prop_assert_eq!(projection.apply(fact), Ok(Applied::New));
        }
        let Ok(view) = View::new(&world.policy, subject.clone(), projection) else { return Ok(()) };
        agree(&world, &view, &Model::new(&world.policy, &subject, facts), &queries, &nows)?;
    }

    #[test]
    fn l41_p_engine_and_model_agree_on_the_past((world, subject, facts, _, queries, nows) in raw()) {
        let facts = loaded(&subject, &facts);
        let heads = strategy::heads(&facts);
        for now in &nows {
            let view = View::as_of(&world.policy, subject.clone(), &facts, &heads, *now);
            let Ok(view) = view else { return Ok(()) };
            let model = Model::new(&world.policy, &subject, facts.clone()).as_of(&heads, *now);
            agree(&world, &view, &model, &queries, &[*now])?;
        }
    }

    #[test]
    fn l39_p_the_cited_facts_alone_give_the_same_answer((world, subject, facts, _, queries, nows) in raw()) {
        let facts = loaded(&subject, &facts);
        let heads = strategy::heads(&facts);
        let Ok(view) = View::as_of(&world.policy, subject.clone(), &facts, &heads, Timestamp::MAX) else {
            return Ok(());
        };
        for now in &nows {
            for query in &queries {
                let decision = evaluate(&view, query, &world.policy, *now);
                let cited = decision.cited();
                let kept: Vec<_> = facts.iter().filter(|fact| cited.contains(&fact.position)).collect();
                let slice =
                    View::as_of(&world.policy, subject.clone(), kept.iter().copied(), &heads, Timestamp::MAX).unwrap();
                let again = evaluate(&slice, query, &world.policy, *now);
                prop_assert_eq!((again.verdict(), again.reasons()), (decision.verdict(), decision.reasons()));
            }
        }
    }

    #[test]
    fn l24_p_the_answer_holds_until_valid_until((world, subject, facts, _, queries, nows) in raw()) {
        let facts = loaded(&subject, &facts);
        let Ok(view) = View::new(&world.policy, subject, Projection::fold(&facts).0) else { return Ok(()) };
        for (query, now) in queries.iter().zip(&nows) {
            let decision = evaluate(&view, query, &world.policy, *now);
            let last = decision.valid_until().map_or(Timestamp::MAX, |end| end.saturating_sub(Span::micros(1)));
            let middle = now.unix_micros() / 2 + last.unix_micros() / 2;
            for later in [last, Timestamp::from_unix_micros(middle).unwrap_or(last)] {
                let later = later.max(*now);
                if decision.valid_until().is_some_and(|end| end <= later) {
                    continue;
                }
                let again = evaluate(&view, query, &world.policy, later);
                // A deferral by a count of unknown age moves with the clock; its kind does not change.
                let kind = |verdict| (matches!(verdict, Verdict::Permit), matches!(verdict, Verdict::Deny));
                prop_assert_eq!(kind(again.verdict()), kind(decision.verdict()), "{:?} {} {}", query, now, later);
                prop_assert_eq!(again.reasons(), decision.reasons());
            }
        }
    }

    #[test]
    fn l13_p_a_restriction_anywhere_never_permits_more(
        (world, subject, facts, _, queries, nows) in raw(),
        reason in proptest::sample::select(RestrictionReason::ALL.to_vec()),
        everywhere in any::<bool>(),
    ) {
        let facts = loaded(&subject, &facts);
        let Some(id) = subject.ids.first().copied() else { return Ok(()) };
        for (query, now) in queries.iter().zip(&nows) {
            let scope = match query.point {
                Some(point) if !everywhere => Scope::EVERYTHING.at(point),
                _ => Scope::EVERYTHING,
            };
            let aggregate = scope.point.map_or(Aggregate::Subject(id), Aggregate::Point);
            let log = LogId::new(aggregate, WriterId::from_u128(0x7777));
            let mut more = facts.clone();
            more.push(Fact {
                v: Version::CURRENT,
                position: log.at(Seq::FIRST),
                recorded_at: *now,
                captured_at: Some(*now),
                actor: Actor::subject().record(),
                command: None,
                evidence: None,
                kind: FactKind::Restriction(Restriction::new(reason, scope)),
            });
            let ask = |facts: &[Fact]| {
                let view = View::new(&world.policy, subject.clone(), Projection::fold(facts).0).ok()?;
                // The restriction moves the floor to `now`; ask both there.
                let floor = facts.iter().map(|fact| fact.recorded_at).max()?.max(*now);
                Some(evaluate(&view, query, &world.policy, floor).verdict())
            };
            if let (Some(before), Some(after)) = (ask(&facts), ask(&more)) {
                prop_assert!(kind_of(before) <= kind_of(after), "{:?} {:?} {:?}", before, after, query);
            }
        }
    }

    /// The last fact of a log, with and without it, where nothing in view claims to have seen it and no clock depends on it.
    #[test]
    fn l13_p_only_the_kinds_that_the_law_lists_turn_a_no_into_a_yes((world, subject, facts, _, queries, nows) in raw()) {
        let facts = loaded(&subject, &facts);
        let floor = facts.iter().map(|fact| fact.recorded_at).max();
        let lasts = strategy::heads(&facts);
        for last in facts.iter().filter(|fact| lasts.version(Consulted::Log(fact.position.log)) == Some(fact.position.seq.get())) {
            if may_permit(&last.kind) || facts.iter().any(|fact| knows(&fact.kind, last.position)) {
                continue;
            }
            let without: Vec<_> = facts.iter().filter(|fact| fact.position != last.position).cloned().collect();
            for (query, now) in queries.iter().zip(&nows) {
                let now = floor.map_or(*now, |floor| floor.max(*now));
                let permitted = |facts: &[Fact]| {
                    let view = View::new(&world.policy, subject.clone(), Projection::fold(facts).0).ok()?;
                    Some(permits(&view, query, &world.policy, now))
                };
                if let (Some(false), Some(after)) = (permitted(&without), permitted(&facts)) {
                    prop_assert!(!after, "{:?} permits {:?} at {}", last, query, now);
                }
            }
        }
    }
}

/// L13: what may lower an answer. A description is corrected by another; an unmerge has a law of its own (L47).
fn may_permit(kind: &FactKind) -> bool {
    use FactKind::*;
    match kind {
        Grant(_) | Confirm(_) | Clear(_) | Resume(_) | Basis { .. } | Relationship(_) | Verify { .. } => true,
        Reassign(_) | Hold(_) | Attach { .. } | Merge { .. } | ContestResolved { .. } => true,
        Described { .. } | Unmerge { .. } => true,
        Restriction(_) | Request(_) | Asked(_) | Revocation(_) | Lapsed { .. } | Release(_) => false,
        NoticeSeen { .. } | Preference { .. } | Claim(_) | Replace { .. } | Unsupported(_) => false,
    }
}

/// Whether a fact counts only, or counts for less, with what stands at a position in view.
fn knows(kind: &FactKind, position: Position) -> bool {
    kind.grant().is_some_and(|grant| grant.read.covers(position))
}

fn kind_of(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Permit => 0,
        Verdict::Defer { .. } => 1,
        Verdict::Deny => 2,
    }
}

fn scripts() -> impl Strategy<Value = (World, Vec<Step>, Vec<Query>)> {
    strategy::worlds().prop_flat_map(|world| {
        let script = strategy::scripts(&world, 0..20);
        let queries = proptest::collection::vec(strategy::queries(&world), 1..5);
        (Just(world), script, queries)
    })
}

/// What the model says a grant in `decided` lifts, against what the engine wrote into it.
fn named_alike(
    model: &Model<'_>,
    command: &Command,
    asked: &Run,
    decided: &Decided,
    now: Timestamp,
) -> TestCaseResult {
    for fact in &decided.facts {
        let Some(grant) = fact.kind.grant() else { continue };
        let request = grant.request.and_then(|id| {
            asked.facts().iter().rev().find_map(|fact| match &fact.kind {
                FactKind::Request(request) if request.id == id && request.cell == grant.cell => {
                    Some((fact, request))
                }
                _ => None,
            })
        });
        let confirms = request.map(|(fact, request)| (&**request, fact.captured_at.map(|_| fact.at())));
        let attempt = Attempt {
            stated: grant.stated,
            actor: command.actor(),
            captured_at: fact.captured_at,
            view: command.view(),
            age: grant.age,
            now,
            confirms,
        };
        match model.lifts(grant.cell, &attempt) {
            Ok(mut lifts) => {
                let mut written = grant.lifts.clone();
                lifts.sort();
                written.sort();
                prop_assert!(!grant.attempted, "the model names all: {:?}", grant);
                prop_assert_eq!(written, lifts);
            }
            Err(because) => prop_assert!(grant.attempted, "{:?}: {:?}", because, grant),
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn l01_p_engine_and_model_agree_on_what_commands_make((world, script, queries) in scripts()) {
        let mut run = Run::default();
        for step in &script {
            let now = run.advance(step);
            let all = Projection::fold(run.facts()).0;
            let subject = Subject::resolve(world.subject(step.subject), &all).unwrap();
            let mut whom = subject.clone();
            if let Act::Merge(with) = step.command.act() {
                whom.ids.push(*with);
            }
            let facts = loaded(&whom, run.facts());
            let mut view = View::new(&world.policy, subject.clone(), Projection::fold(&facts).0).unwrap();
            let command = run.command(step, view.token().clone());
            let writer = world.writer(step.writer);
            let ctx = Ctx { now, writer, command: run.command_id(), policy: &world.policy };
            let before = view.projection().clone();
            let Ok(decided) = decide(&view, &command, &ctx) else {
                prop_assert_eq!(view.projection(), &before, "l53");
                continue;
            };
            // What a form refuses is recorded before what it grants.
            let refused = decided.facts.iter().filter(|fact| matches!(fact.kind, FactKind::Restriction(_)));
            let model = Model::new(&world.policy, &subject, facts.into_iter().chain(refused.cloned()));
            let recorded = decided.facts.first().map_or(now, |fact| fact.recorded_at);
            named_alike(&model, &command, &run, &decided, recorded)?;
            let token = view.token().clone();
            prop_assert_eq!(view.apply(&world.policy, &decided.facts), Ok(Applied::New));
            prop_assert_eq!(recheck(&token, &view), Freshness::Changed, "l55");
            run.record(decided.facts);
            for subject in [subject.clone(), Subject::resolve(subject.ids[0], &Projection::fold(run.facts()).0).unwrap()] {
                let facts = loaded(&subject, run.facts());
                let anew = View::new(&world.policy, subject.clone(), Projection::fold(&facts).0).unwrap();
                let view = if anew.token() == view.token() && anew.subject() == view.subject() { &view } else { &anew };
                let model = Model::new(&world.policy, &subject, facts);
                agree(&world, view, &model, &queries, &[now, now.saturating_add(Span::days(20))])?;
            }
        }
    }
}
