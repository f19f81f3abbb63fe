//! What the design says of commands: who may clear, what is reported, how they are grouped, what was read, where facts stand.

use consent_engine::*;

use crate::support::*;

fn news() -> Cell {
    cell("news", EMAIL)
}

/// Each reason is cleared by whom the design names, and by nobody else.
#[test]
fn l13_l33_who_may_clear_what() {
    use RestrictionReason::{
        Bounce, Complaint, Interim, InvalidAddress, Invalidation, Legal, OperatorBlock, Register,
    };
    let policy = policy();
    let with = |power| Actor::operator(Authority::new([power], Interval::starting(t(-1_000_000))));
    let mailer = SystemId::new("mailer").unwrap();
    let other = Actor::system(SystemId::new("other").unwrap());
    // Staff that may block, staff that acts for the law, the system that reported it, another, the person, an importer of that name.
    let who =
        [with(Power::Block), with(Power::Legal), system(), other, Actor::subject(), Actor::importer(mailer)];
    for reason in RestrictionReason::ALL {
        let expected = match reason {
            Complaint | OperatorBlock => [true, false, false, false, false, false],
            Legal | Invalidation => [false, true, false, false, false, false],
            Bounce | InvalidAddress | Interim => [true, false, true, false, false, false],
            Register => [false, false, true, false, false, false],
            _ => [false; 6],
        };
        for (actor, may) in who.into_iter().zip(expected) {
            let mut run = Run::new(&policy);
            assert!(run.grant(news()));
            let scope = Scope::EVERYTHING.at(EMAIL);
            let fact = FactKind::Restriction(Restriction::new(reason, scope));
            let fact = run.raw(Aggregate::Point(EMAIL), system(), fact);
            run.commit(core::slice::from_ref(&fact));
            run.pass(60);
            let key = RestrictionKey { reason, by: fact.actor.kind(), scope };
            let clear = Act::Clear(Named { log: fact.position.log, key, upto: fact.position.seq });
            let done = run.act(actor, clear).map(|_| ());
            assert_eq!(
                done,
                if may { Ok(()) } else { Err(Rejection::NotAuthorized) },
                "{reason:?} {actor:?}"
            );
            assert_eq!(run.permits(news()), may, "{reason:?} {actor:?}");
        }
    }
    // What no one system reported, staff reads anew.
    for reporters in [&[operator()][..], &[system(), other]] {
        let mut run = Run::new(&policy);
        assert!(run.grant(news()));
        for actor in reporters {
            let restriction = Act::Restrict { reason: Register, scope: Scope::EVERYTHING, until: None };
            run.act(*actor, restriction).unwrap();
        }
        let fact = run.facts.last().unwrap();
        let key = RestrictionKey { reason: Register, by: fact.actor.kind(), scope: Scope::EVERYTHING };
        let clear = Act::Clear(Named { log: fact.position.log, key, upto: fact.position.seq });
        assert_eq!(run.act(system(), clear.clone()).map(|_| ()), Err(Rejection::NotAuthorized));
        run.act(with(Power::Block), clear).unwrap();
        assert!(run.permits(news()));
    }
}

/// Section 4 of the design: a command over many cells reports each, and is rejected only if every cell rejects.
#[test]
fn l53_of_many_cells_each_is_reported_and_only_if_all_are_refused_is_the_command() {
    let policy = policy();
    let nowhere = ContactPointId::from_u128(404);
    let unknown = [
        (Stated::cell(cell("unheard-of", EMAIL)), Rejection::UnknownPurpose),
        (Stated::cell(cell("news", nowhere)), Rejection::UnknownContactPoint),
        (Stated::cell(cell("events", PHONE)), Rejection::NothingStated),
        (
            Stated { purpose: Breadth::Subtree(id("unheard-of")), channel: None, point: None },
            Rejection::UnknownPurpose,
        ),
    ];
    for (bad, rejection) in unknown {
        for act in [
            |stated| Act::Grant { stated, window: None },
            |stated| Act::Renew { stated, window: None },
            |stated| Act::Request(stated),
        ] {
            let mut run = Run::new(&policy);
            if matches!(act(vec![]), Act::Renew { .. }) {
                assert!(run.grant(news()));
            }
            assert_eq!(run.person(act(vec![bad, bad])).map(|_| ()), Err(rejection));
            let decided = run.person(act(vec![bad, Stated::cell(news())])).unwrap();
            let ends: Vec<_> =
                decided.reports.iter().map(|report| (report.cell, report.end.clone())).collect();
            let named = matches!(bad.purpose, Breadth::Exactly(_));
            let of_bad = match bad.purpose {
                Breadth::Exactly(purpose) if named => {
                    Some(Cell { purpose, channel: bad.channel, point: bad.point })
                }
                _ => None,
            };
            assert_eq!(ends, [(of_bad, End::Refused { rejection }), (Some(news()), End::Accepted)]);
        }
    }
}

/// Section 3 of the design: how the host groups an act never changes its meaning.
#[test]
fn l02_how_an_act_is_grouped_never_changes_its_meaning() {
    let policy = policy();
    let said = [
        Stated { purpose: Breadth::Subtree(id("sports")), channel: Some(Channel::Email), point: None },
        Stated::cell(cell("football", EMAIL)),
        Stated { purpose: Breadth::All, channel: None, point: Some(SECOND_EMAIL) },
        Stated::cell(cell("events", EMAIL)),
    ];
    let refused = [
        Scope::purpose(id("football")),
        Scope::purpose(id("events")).at(EMAIL),
        Scope::purpose(id("sports")).on(Channel::Email),
    ];
    let answers = |run: &Run<'_>| {
        let cells = ["news", "sports", "football", "events", "care"].map(|purpose| {
            [EMAIL, SECOND_EMAIL]
                .map(|point| (run.state(cell(purpose, point)), run.reasons(cell(purpose, point))))
        });
        cells.to_vec()
    };
    let mut found = Vec::new();
    for in_one in [true, false] {
        for turned in [true, false] {
            let mut run = Run::new(&policy);
            let mut scopes = refused.to_vec();
            let mut stated = said.to_vec();
            if turned {
                scopes.reverse();
                stated.reverse();
            }
            let size = if in_one { 4 } else { 1 };
            for part in scopes.chunks(size) {
                run.person(Act::OptOut(part.to_vec())).unwrap();
            }
            run.pass(60);
            let seen = run.view.token().clone();
            for part in stated.chunks(size) {
                let act = Act::Grant { stated: part.to_vec(), window: None };
                let command = Command::new(Actor::subject(), act).with_evidence(explicit());
                run.command(&command.having_seen(seen.clone())).unwrap();
            }
            found.push(answers(&run));
        }
    }
    assert!(found.iter().all(|own| *own == found[0]), "{found:#?}");
    assert!(found[0].iter().flatten().any(|(_, reasons)| reasons.is_empty()));
    assert!(found[0].iter().flatten().any(|(_, reasons)| reasons.contains(&Reason::OptOut)));
}

/// Section 3 of the design: a view token may not exceed the heads that were read.
#[test]
fn l03_nobody_saw_what_was_not_read() {
    let policy = policy();
    let mut run = Run::new(&policy);
    run.opt_out(Scope::EVERYTHING);
    run.pass(60);
    let head = |log: &LogProjection| (Consulted::Log(log.log()), log.head() + 1);
    let further = run.view.projection().logs().iter().map(head);
    let unread = LogId::new(Aggregate::Subject(PERSON), OTHER_WRITER);
    let key = Consulted::Key(IndexKey::from_u128(7));
    for ahead in further.chain([(Consulted::Log(unread), 1), (key, 1)]).collect::<Vec<_>>() {
        let mut token = run.view.token().clone();
        token.raise(ahead.0, ahead.1);
        for act in [
            stated(news()),
            Act::Request(vec![Stated::cell(news())]),
            Act::Renew { stated: vec![Stated::cell(news())], window: None },
            Act::Resume(Scope::EVERYTHING),
        ] {
            let command = Command::new(Actor::subject(), act).with_evidence(explicit());
            let refused = run.clone().command(&command.having_seen(token.clone())).map(|_| ());
            assert_eq!(refused, Err(Rejection::ViewTokenAhead), "{ahead:?}");
        }
        let no = Command::new(Actor::subject(), Act::OptOut(vec![Scope::purpose(id("events"))]));
        assert!(run.clone().command(&no.having_seen(token)).is_ok(), "what restricts is taken all the same");
    }
}

/// Section 3 of the design: where facts live.
#[test]
fn l02_a_restriction_that_names_an_address_stands_there_alone_and_all_else_with_the_person() {
    let policy = policy();
    let mut run = Run::new(&policy);
    for (scope, at) in [
        (Scope::EVERYTHING, Aggregate::Subject(PERSON)),
        (Scope::purpose(id("news")).on(Channel::Email), Aggregate::Subject(PERSON)),
        (Scope::EVERYTHING.at(EMAIL), Aggregate::Point(EMAIL)),
        (Scope::purpose(id("news")).at(SECOND_EMAIL), Aggregate::Point(SECOND_EMAIL)),
    ] {
        let bounce = Act::Restrict { reason: RestrictionReason::Bounce, scope, until: None };
        for act in [Act::OptOut(vec![scope]), Act::Object(vec![scope]), bounce] {
            let decided = run.person(act).unwrap();
            let logs: Vec<_> = decided.facts.iter().map(|fact| fact.position.log.aggregate).collect();
            assert_eq!(logs, [at], "{scope:?}");
        }
    }
    run.pass(60);
    let decided = run.person(stated(news())).unwrap();
    let logs: Vec<_> = decided.facts.iter().map(|fact| fact.position.log.aggregate).collect();
    assert_eq!(logs, [Aggregate::Subject(PERSON)], "a grant stands with the person, at whatever address");
}
