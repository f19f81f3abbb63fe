use consent_engine::*;

use crate::replaying::busy;
use crate::support::*;

fn news() -> Cell {
    cell("news", EMAIL)
}

fn opt_out(scope: Scope) -> FactKind {
    FactKind::Restriction(Restriction::new(RestrictionReason::OptOut, scope))
}

#[test]
fn l02_a_grant_names_exactly_what_applies() {
    let policy = policy();
    let mut run = Run::new(&policy);
    run.opt_out(Scope::EVERYTHING);
    run.opt_out(Scope::purpose(id("news")).on(Channel::Email));
    run.opt_out(Scope::purpose(id("events")));
    run.opt_out(Scope::EVERYTHING.at(EMAIL));
    run.opt_out(Scope::EVERYTHING.at(SECOND_EMAIL));
    run.pass(60);
    assert!(run.grant(news()));
    let lifts = run.facts.last().unwrap().kind.grant().unwrap().lifts.clone();
    let scopes: Vec<_> = lifts.iter().map(|named| named.key.scope).collect();
    let expected =
        [Scope::EVERYTHING, Scope::purpose(id("news")).on(Channel::Email), Scope::EVERYTHING.at(EMAIL)];
    assert_eq!(scopes.len(), expected.len(), "{scopes:?}");
    assert!(expected.iter().all(|scope| scopes.contains(scope)), "{scopes:?}");
    assert!(run.permits(news()));
    assert!(!run.permits(cell("events", EMAIL)) && !run.permits(cell("news", SECOND_EMAIL)));
}

#[test]
fn l02_a_clear_ends_exactly_its_key() {
    let policy = policy();
    let mut run = Run::new(&policy);
    assert!(run.grant(news()));
    run.pass(60);
    let at = Scope::EVERYTHING.at(EMAIL);
    for reason in [RestrictionReason::Bounce, RestrictionReason::InvalidAddress, RestrictionReason::Complaint]
    {
        run.act(system(), Act::Restrict { reason, scope: at, until: None }).unwrap();
    }
    let named = |run: &Run<'_>, reason| {
        let found = run.facts.iter().rev().find_map(|fact| match &fact.kind {
            FactKind::Restriction(r) if r.reason == reason => Some((fact, r.clone())),
            _ => None,
        });
        let (fact, restriction) = found.unwrap();
        let key = RestrictionKey { reason, by: fact.actor.kind(), scope: restriction.scope };
        Named { log: fact.position.log, key, upto: fact.position.seq }
    };
    assert_eq!(run.reasons(news()), [Reason::Complaint, Reason::Bounce, Reason::InvalidAddress]);
    run.act(operator(), Act::Clear(named(&run, RestrictionReason::Bounce))).unwrap();
    assert_eq!(run.reasons(news()), [Reason::Complaint, Reason::InvalidAddress]);
    run.act(operator(), Act::Clear(named(&run, RestrictionReason::Complaint))).unwrap();
    run.act(system(), Act::Clear(named(&run, RestrictionReason::InvalidAddress))).unwrap();
    assert!(run.permits(news()));
    run.act(system(), Act::Restrict { reason: RestrictionReason::Bounce, scope: at, until: None }).unwrap();
    assert_eq!(run.reasons(news()), [Reason::Bounce], "a clear ends nothing that comes later");
}

#[test]
fn l02_a_clear_never_ends_the_word_of_the_person() {
    let policy = policy();
    for reason in [RestrictionReason::OptOut, RestrictionReason::Objection, RestrictionReason::Erasure] {
        let mut run = Run::new(&policy);
        assert!(run.grant(news()));
        run.pass(60);
        let fact = FactKind::Restriction(Restriction::new(reason, Scope::EVERYTHING));
        let fact = run.raw(Aggregate::Subject(PERSON), Actor::subject(), fact);
        run.commit(core::slice::from_ref(&fact));
        let key = RestrictionKey { reason, by: ActorKind::Subject, scope: Scope::EVERYTHING };
        let named = Named { log: fact.position.log, key, upto: fact.position.seq };
        assert_eq!(run.act(operator(), Act::Clear(named)).map(|_| ()), Err(Rejection::NotAuthorized));
        for kind in [FactKind::Clear(named), FactKind::Resume(named)] {
            let forged = run.raw(Aggregate::Subject(PERSON), operator(), kind);
            run.commit(&[forged]);
            assert!(!run.permits(news()), "{reason:?}");
        }
    }
}

/// Grants against one opt-out, for every order of capture and of recording.
#[test]
fn l03_late_back_dated_or_blind_grants_lift_nothing() {
    let policy = policy();
    for captured in [-1i64, 0, 1] {
        for recorded in [-1i64, 0, 1] {
            let mut run = Run::new(&policy);
            let (restricted_at, granted_at) = (t(10_000), t(10_000 + recorded * 600));
            let grant = Command::new(Actor::subject(), stated(news()))
                .with_evidence(explicit())
                .captured(Captured::At(t(10_000 + captured * 600)));
            let opt_out = Command::new(Actor::subject(), Act::OptOut(vec![Scope::EVERYTHING]));
            let mut order = [(restricted_at, opt_out), (granted_at, grant)];
            order.sort_by_key(|(at, _)| *at);
            for (at, command) in &order {
                run.now = *at;
                let _ = run.command(command);
            }
            run.now = t(20_000);
            let lifted = captured == 1 && recorded == 1;
            assert_eq!(run.permits(news()), lifted, "captured {captured}, recorded {recorded}");
        }
    }
}

#[test]
fn l03_a_restriction_that_arrives_later_is_not_lifted_by_any_clock() {
    let policy = policy();
    let mut run = Run::new(&policy);
    run.pass(600);
    assert!(run.grant(news()));
    // Another writer recorded an opt-out before the grant; it arrives only now.
    let mut late = run.clone();
    late.writer = OTHER_WRITER;
    late.now = t(10);
    let fact = late.raw(Aggregate::Subject(PERSON), Actor::subject(), opt_out(Scope::EVERYTHING));
    run.commit(&[Fact {
        position: LogId::new(Aggregate::Subject(PERSON), OTHER_WRITER).at(Seq::FIRST),
        ..fact
    }]);
    assert_eq!(run.reasons(news()), [Reason::OptOut]);
    run.pass(31_536_000);
    assert_eq!(run.reasons(news()), [Reason::OptOut], "no clock lifts it");
    let permissive = policy.clone().with_lifting_systems([SystemId::new("mailer").unwrap()]);
    run.view.recompile(&permissive);
    let query = run.query(news(), RegimeSet::OPT_IN);
    assert!(!permits(&run.view, &query, &permissive, run.now), "no policy lifts it");
    assert!(run.grant(news()), "the person, having seen it, lifts it");
    assert!(run.permits(news()));
}

#[test]
fn l03_without_a_token_only_the_person_in_person_saw_anything() {
    let crm = SystemId::new("crm").unwrap();
    let policy = policy().with_lifting_systems([crm]);
    for (actor, in_person) in [
        (Actor::subject(), true),
        (Actor::subject().reported_by(crm), false),
        (Actor::guardian(every_power()), false),
        (Actor::delegate(every_power()), false),
    ] {
        for with_token in [false, true] {
            let mut run = Run::new(&policy);
            run.opt_out(Scope::EVERYTHING);
            let token = run.view.token().clone();
            run.pass(60);
            let grant = Command::new(actor, stated(news())).with_evidence(explicit());
            let grant = if with_token { grant.having_seen(token) } else { grant };
            run.command(&grant).unwrap();
            assert_eq!(run.permits(news()), in_person || with_token, "{actor:?}, token: {with_token}");
        }
    }
}

#[test]
fn l04_ties_restrict_and_nothing_is_dropped() {
    let policy = policy();
    for grant_first in [true, false] {
        let mut run = Run::new(&policy);
        let before = run.facts.len();
        if grant_first {
            assert!(run.grant(news()));
            run.opt_out(Scope::EVERYTHING);
        } else {
            run.opt_out(Scope::EVERYTHING);
            assert!(!run.grant(news()), "recorded as attempted");
        }
        assert!(!run.permits(news()), "grant first: {grant_first}");
        assert_eq!(run.facts.len(), before + 2, "both stay in the history");
    }
}

#[test]
fn l04_within_the_conflict_window_the_restriction_wins() {
    let policy = policy();
    for (seconds, wins) in [(1, false), (4, false), (5, true), (6, true)] {
        let mut run = Run::new(&policy);
        run.opt_out(Scope::EVERYTHING);
        run.pass(seconds);
        assert_eq!(run.grant(news()), wins, "{seconds} s");
        let mut seen = Run::new(&policy);
        seen.opt_out(Scope::EVERYTHING);
        let token = seen.view.token().clone();
        seen.pass(seconds);
        let grant =
            Command::new(Actor::subject(), stated(news())).with_evidence(explicit()).having_seen(token);
        seen.command(&grant).unwrap();
        assert!(seen.permits(news()), "with a token that covers it, order is by token, {seconds} s");
    }
}

#[test]
fn l13_a_restriction_inserted_anywhere_never_permits_more() {
    let policy = policy();
    let run = busy(&policy);
    let scopes =
        [Scope::EVERYTHING, Scope::purpose(id("sports")), Scope::EVERYTHING.at(EMAIL).on(Channel::Email)];
    let cells = [news(), cell("events", SECOND_EMAIL), cell("outages", EMAIL), cell("care", EMAIL)];
    let mut raised = 0;
    for reason in RestrictionReason::ALL {
        for scope in scopes {
            for at in 0..=run.facts.len() {
                let aggregate = scope.point.map_or(Aggregate::Subject(PERSON), Aggregate::Point);
                let restriction = FactKind::Restriction(Restriction::new(reason, scope));
                let mut fact = run.raw(aggregate, Actor::subject(), restriction);
                fact.position = LogId::new(aggregate, WriterId::from_u128(0xa3)).at(Seq::FIRST);
                fact.recorded_at = run.facts.get(at).map_or(run.now, |fact| fact.recorded_at);
                fact.captured_at = Some(fact.recorded_at);
                let mut facts = run.facts.clone();
                facts.insert(at, fact);
                let view = View::new(&policy, Subject::new(PERSON), Projection::fold(&facts).0).unwrap();
                for cell in cells {
                    for regimes in [RegimeSet::OPT_IN, RegimeSet::OPT_OUT] {
                        let query = run.query(cell, regimes);
                        let before = evaluate(&run.view, &query, &policy, run.now).verdict();
                        let after = evaluate(&view, &query, &policy, run.now).verdict();
                        assert!(
                            before <= after,
                            "{reason:?} {scope:?} at {at} on {cell:?}: {before:?} {after:?}"
                        );
                        raised += u32::from(before < after);
                    }
                }
            }
        }
    }
    assert!(raised > 1_000, "the restrictions do bite: {raised}");
}

#[test]
fn l53_a_refused_command_has_no_effect() {
    let policy = policy();
    let mut run = busy(&policy);
    let before = serde_json::to_vec(run.view.projection()).unwrap();
    let nobody = Actor::operator(Authority::new([], Interval::starting(t(0))));
    let log = LogId::new(Aggregate::Subject(PERSON), WRITER);
    let refused = [
        (Actor::subject(), Act::OptOut(vec![Scope::purpose(id("receipts"))])),
        (Actor::subject(), Act::Confirm(RequestId::from_u128(404))),
        (nobody, Act::Revoke(Scope::EVERYTHING)),
        (nobody, Act::Hold(id("profiling"))),
        (operator(), Act::Hold(id("news"))),
        (nobody, Act::Verify(EMAIL)),
        (operator(), Act::Verify(ContactPointId::from_u128(404))),
        (operator(), Act::Replace { old: EMAIL, new: EMAIL }),
        (nobody, Act::Reassign { point: EMAIL, from: PERSON, to: None }),
        (operator(), Act::Reassign { point: EMAIL, from: PERSON, to: Some(PERSON) }),
        (operator(), Act::Release { purpose: id("profiling"), log, upto: Seq::new(9_999).unwrap() }),
        (Actor::subject(), Act::Resume(Scope::EVERYTHING)),
        (operator(), stated(news())),
        (Actor::subject(), stated(cell("unheard-of", EMAIL))),
        (Actor::subject(), stated(cell("news", PHONE))),
        (Actor::subject(), stated(cell("news", ContactPointId::from_u128(404)))),
        (Actor::subject(), Act::Grant { stated: vec![], window: None }),
        (
            Actor::subject(),
            Act::Preference { purpose: id("unheard-of"), interest: Interest::NotRelevant, note: None },
        ),
        (Actor::subject(), Act::Erase),
        (
            Actor::subject(),
            Act::Restrict { reason: RestrictionReason::OptOut, scope: Scope::EVERYTHING, until: None },
        ),
        (
            Actor::subject(),
            Act::Restrict { reason: RestrictionReason::Legal, scope: Scope::EVERYTHING, until: None },
        ),
    ];
    for (actor, act) in refused {
        let result = run.act(actor, act.clone());
        assert!(result.is_err(), "{act:?}: {result:?}");
        assert_eq!(serde_json::to_vec(run.view.projection()).unwrap(), before, "{act:?}");
    }
}

#[test]
fn l55_any_change_makes_a_decision_stale() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let key = IndexKey::from_u128(5);
    run.view = run.view.clone().having_consulted([(key, 0)]);
    let token = run.decision(news(), RegimeSet::OPT_OUT).view_token().clone();
    assert_eq!(recheck(&token, &run.view), Freshness::Current);
    assert_eq!(
        recheck(&token, &run.view.clone().having_consulted([(key, 1)])),
        Freshness::Changed,
        "a key appeared"
    );
    let logs = run.view.projection().logs().iter().map(|log| log.log()).collect::<Vec<_>>();
    let new = LogId::new(Aggregate::Subject(PERSON), OTHER_WRITER);
    for log in logs.into_iter().chain([new]) {
        let mut changed = run.clone();
        changed.writer = log.writer;
        let fact =
            changed.raw(log.aggregate, Actor::subject(), FactKind::NoticeSeen { notice: None, scope: None });
        changed.commit(&[fact]);
        assert_eq!(recheck(&token, &changed.view), Freshness::Changed, "{log:?}");
    }
}
