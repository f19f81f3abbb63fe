//! What comes back, and what it may do.

use consent_engine::*;

use super::*;
use crate::support::*;

/// Every choice that a form can show, against everything that can be wished: what is written, and what is shown then.
#[test]
fn every_transition_of_a_choice() {
    let policy = policy();
    type Make = fn(&mut Run<'_>);
    let states: [(&str, Make); 4] = [
        ("not chosen", |_| {}),
        ("yes", |run| assert!(run.grant(news()))),
        ("no", |run| run.opt_out(Scope::purpose(id("news")))),
        ("paused", |run| {
            assert!(run.grant(news()));
            run.pass(60);
            let scope = Scope::purpose(id("news")).on(Channel::Email).at(EMAIL);
            let until = Some(run.now.saturating_add(Span::days(9)));
            run.person(Act::Restrict { reason: RestrictionReason::Pause, scope, until }).unwrap();
        }),
    ];
    let wishes = ["yes", "no", "pause", "resume"];
    let mut table = String::new();
    for (state, make) in states {
        for wish in wishes {
            let mut run = Run::new(&policy);
            make(&mut run);
            run.pass(60);
            let written = wish_for_news(&mut run, wish);
            table += &format!("{state} + {wish}: {} -> {}\n", written.join(", "), told(choice(&run, news())));
        }
    }
    let expected = "\
        not chosen + yes: grant -> yes\n\
        not chosen + no: opt-out -> no\n\
        not chosen + pause: pause -> paused\n\
        not chosen + resume:  -> not chosen\n\
        yes + yes:  -> yes\n\
        yes + no: opt-out -> no\n\
        yes + pause: pause -> paused\n\
        yes + resume:  -> yes\n\
        no + yes: grant -> yes\n\
        no + no:  -> no\n\
        no + pause: pause -> no\n\
        no + resume:  -> no\n\
        paused + yes: resume, grant -> yes\n\
        paused + no: opt-out -> no\n\
        paused + pause: pause -> paused\n\
        paused + resume: resume -> yes\n";
    assert_eq!(table, expected);
}

/// What is written when a form comes back that wishes this for news.
fn wish_for_news(run: &mut Run<'_>, wish: &str) -> Vec<&'static str> {
    let meant = match wish {
        "yes" => YES,
        "no" => NO,
        "pause" => Wish::Pause { until: Some(run.now.saturating_add(Span::days(30))) },
        _ => Wish::Resume,
    };
    // Of a pause of a purpose with others below, all that it covers has to be resumed.
    let below = [cell("sports", EMAIL), cell("football", EMAIL)];
    let also = below.into_iter().filter(|_| matches!(meant, Wish::Yes | Wish::Resume));
    let also = also.map(|cell| (cell, Wish::Resume));
    let form = shown(run).form();
    let decided = submit(run, &form, [(news(), meant)].into_iter().chain(also)).unwrap();
    decided.facts.iter().map(|fact| kind(&fact.kind)).collect()
}

fn told(choice: Choice) -> &'static str {
    match choice {
        Choice::Yes => "yes",
        Choice::No => "no",
        Choice::Paused { .. } => "paused",
        Choice::Pending { .. } => "pending",
        Choice::NotChosen { .. } => "not chosen",
    }
}

fn kind(kind: &FactKind) -> &'static str {
    match kind {
        FactKind::Grant(grant) if grant.attempted => "attempt",
        FactKind::Grant(_) => "grant",
        FactKind::Resume(_) => "resume",
        FactKind::Restriction(Restriction { reason: RestrictionReason::OptOut, .. }) => "opt-out",
        FactKind::Restriction(Restriction { reason: RestrictionReason::Pause, .. }) => "pause",
        _ => "another",
    }
}

/// A box that silence had ticked is no consent when it comes back ticked (CJEU C-673/17, Planet49); unticked it is a refusal.
#[test]
fn l21_a_box_that_was_ticked_beforehand_is_no_consent() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let form = showing(&run, &Showing::under(RegimeSet::OPT_OUT)).form();
    let row = form.rows.iter().find(|row| row.cell == news()).unwrap();
    assert_eq!(row.choice, Choice::NotChosen { receives: true });
    let decided = submit(&mut run, &form, [(news(), YES), (events(), NO)]).unwrap();
    assert_eq!(decided.facts.iter().map(|fact| kind(&fact.kind)).collect::<Vec<_>>(), ["opt-out"]);
    assert_eq!(run.state(news()), State::Unknown);
    assert!(run.decision(news(), RegimeSet::OPT_OUT).is_permit(), "as before");
    assert!(!run.permits(news()), "where the law asks for consent there is none");
    assert!(!run.decision(events(), RegimeSet::OPT_OUT).is_permit());
}

/// A form that comes back by no clear act of the person, such as a link that was opened, says no yes.
#[test]
fn l21_a_form_that_no_person_sent_grants_nothing() {
    let policy = policy();
    for method in Method::ALL {
        let mut run = Run::new(&policy);
        let form = shown(&run).form();
        let evidence = Evidence::new(method, SourceName::new("web").unwrap());
        let wishes = [RowWish::new(news(), YES), RowWish::new(events(), NO)];
        let decided = send(&mut run, &Submission::new(form, wishes).with_evidence(evidence)).unwrap();
        let kinds: Vec<_> = decided.facts.iter().map(|fact| kind(&fact.kind)).collect();
        let counts = method.strength().is_some_and(|strength| strength >= Strength::Explicit);
        assert_eq!(run.permits(news()), counts, "{method:?}");
        assert_eq!(kinds[0], "opt-out", "a no is taken however it came: {method:?}");
        assert!(method.strength().is_some() || kinds == ["opt-out"], "{method:?}");
    }
}

#[test]
fn l25_a_yes_to_processing_is_none_to_its_channels() {
    let processing = Purpose::new(id("profiling"), PurposeClass::Processing, LawfulBasis::Consent);
    let policy = policy_of(vec![processing.with_channels([Channel::Email])]);
    let mut run = Run::new(&policy);
    let alone = Cell { purpose: id("profiling"), channel: None, point: None };
    let form = shown(&run).form();
    assert_eq!(form.rows.len(), 3, "without contact, and at two addresses");
    submit(&mut run, &form, [(alone, YES)]).unwrap();
    assert!(run.permits(alone));
    assert!(!run.permits(cell("profiling", EMAIL)) && !run.permits(cell("profiling", SECOND_EMAIL)));
}

/// The form was left open while the person unsubscribed elsewhere: saving it undoes nothing.
#[test]
fn l10_a_stale_form_never_subscribes_again() {
    let policy = policy();
    let mut run = Run::new(&policy);
    assert!(run.grant(news()));
    run.pass(60);
    let form = shown(&run).form();
    run.pass(60);
    run.opt_out(Scope::EVERYTHING);
    run.pass(600);
    // As it was shown: nothing was changed, so nothing happens.
    let untouched = submit(&mut run, &form, [(news(), YES)]).unwrap();
    assert_eq!((untouched.facts.len(), untouched.reports.len(), untouched.effects.len()), (0, 0, 0));
    assert_eq!(choice(&run, news()), Choice::No);
    // Changed to yes: what came since still bites, and the attempt is kept.
    let decided = submit(&mut run, &form, [(news(), YES), (events(), YES)]).unwrap();
    let [End::Recorded { still_bites }] = &ends(&decided)[..] else { panic!("{decided:?}") };
    assert!(still_bites.iter().all(|bites| bites.because == NotNamed::NotSeen));
    assert!(!decided.effects.iter().any(|effect| matches!(effect, Effect::NotifyChange { .. })));
    assert!(!run.permits(news()) && !run.permits(events()));
    // The form of now has seen it.
    run.pass(60);
    let form = shown(&run).form();
    let decided = submit(&mut run, &form, [(events(), YES)]).unwrap();
    assert!(decided.effects.contains(&Effect::NotifyChange { subject: PERSON, at: run.now }));
    assert!(run.permits(events()));
    assert!(!run.permits(news()), "one row was chosen");
}

/// Coming back after "unsubscribe from all" works (civicrm #30758, listmonk #2987), and only for what was chosen (listmonk #588).
#[test]
fn l02_coming_back_after_unsubscribing_from_all_is_row_by_row() {
    let policy = policy();
    let mut run = Run::new(&policy);
    for cell in [news(), events(), cell("news", SECOND_EMAIL)] {
        assert!(run.grant(cell));
    }
    run.pass(60);
    run.opt_out(Scope::EVERYTHING);
    run.opt_out(Scope::EVERYTHING.at(EMAIL));
    run.pass(60);
    let form = shown(&run).form();
    assert!(
        form.rows
            .iter()
            .all(|row| row.choice == Choice::No || matches!(row.choice, Choice::NotChosen { .. }))
    );
    submit(&mut run, &form, [(news(), YES)]).unwrap();
    run.pass(60);
    assert!(run.permits(news()));
    for other in [events(), cell("news", SECOND_EMAIL), cell("sports", EMAIL), cell("care", EMAIL)] {
        assert!(!run.permits(other), "{other:?}");
    }
}

#[test]
fn l25_a_no_closes_what_stands_below_on_that_channel_at_that_address() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let all = [news(), cell("sports", EMAIL), cell("sports", SECOND_EMAIL), events()];
    assert!(all.into_iter().all(|cell| run.grant(cell)));
    run.pass(60);
    let form = shown(&run).form();
    let decided = submit(&mut run, &form, [(news(), NO)]).unwrap();
    assert_eq!(ends(&decided), [End::Accepted]);
    assert_eq!(all.map(|cell| run.permits(cell)), [false, false, true, true]);
    // Below a no that the form had shown, a yes counts.
    run.pass(60);
    let form = shown(&run).form();
    submit(&mut run, &form, [(cell("sports", EMAIL), YES), (news(), NO)]).unwrap();
    assert_eq!(all.map(|cell| run.permits(cell)), [false, true, true, true]);
}

#[test]
fn l04_in_one_submission_a_no_goes_before_a_yes() {
    let policy = policy();
    for (no, yes) in [(events(), events()), (news(), cell("football", EMAIL))] {
        let mut run = Run::new(&policy);
        let form = shown(&run).form();
        for wishes in [[(no, NO), (yes, YES)], [(yes, YES), (no, NO)]] {
            let decided = submit(&mut run.clone(), &form, wishes).unwrap();
            let [End::Accepted, End::Recorded { still_bites }] = &ends(&decided)[..] else {
                panic!("{decided:?}")
            };
            assert_eq!(still_bites[0].because, NotNamed::NotLater);
        }
        submit(&mut run, &form, [(yes, YES), (no, NO)]).unwrap();
        assert!(!run.permits(yes));
    }
}

#[test]
fn l52_a_form_of_another_tenant_or_person_is_refused_as_a_whole() {
    let policy = policy();
    let mut run = Run::new(&policy);
    assert!(run.grant(news()));
    run.pass(60);
    let form = shown(&run).form();
    let of_tenant = PreferenceForm { tenant: OTHER_TENANT, ..form.clone() };
    let of_person = PreferenceForm { subject: OTHER_PERSON, ..form };
    for foreign in [of_tenant, of_person] {
        for wish in [YES, NO, Wish::Resume, pause(&run, 30)] {
            let before = run.facts.len();
            let result = submit(&mut run, &foreign, [(events(), wish)]).map(|_| ());
            assert_eq!(result, Err(Rejection::ForeignForm), "{wish:?}");
            assert_eq!(run.facts.len(), before);
        }
    }
    assert!(run.permits(news()));
}

/// A token of which a part is missing has not seen that part; one that is ahead, or a form of tomorrow, says yes to nothing. None of
/// them holds up a no.
#[test]
fn d31_a_damaged_form_says_no_and_never_yes() {
    let policy = policy();
    let mut run = Run::new(&policy);
    assert!(run.grant(events()));
    run.pass(60);
    run.opt_out(Scope::purpose(id("news")));
    run.pass(60);
    let form = shown(&run).form();
    let truncated = PreferenceForm { token: ViewToken::NOTHING, ..form.clone() };
    let ahead = form.token.iter().map(|(log, head)| (log, head + 1)).collect();
    let ahead = PreferenceForm { token: ahead, ..form.clone() };
    let made_up = LogId::new(Aggregate::Subject(OTHER_PERSON), OTHER_WRITER);
    let made_up = form.token.iter().chain([(Consulted::Log(made_up), 1)]).collect();
    let made_up = PreferenceForm { token: made_up, ..form.clone() };
    let tomorrow = PreferenceForm { at: run.now.saturating_add(Span::days(1)), ..form.clone() };
    let without_rows = PreferenceForm { rows: vec![], ..form.clone() };
    let mut older = form;
    older.rows.iter_mut().for_each(|row| row.version += 1);
    for (damaged, why) in [
        (truncated, None),
        (ahead, Some(Rejection::ViewTokenAhead)),
        (made_up, Some(Rejection::ViewTokenAhead)),
        (tomorrow, Some(Rejection::ClockJump)),
        (without_rows, Some(Rejection::NotShown)),
        (older, Some(Rejection::FormOutdated)),
    ] {
        let mut run = run.clone();
        let both = [(news(), YES), (events(), NO)];
        let decided = submit(&mut run, &damaged, both).unwrap();
        let of = |cell: Cell| decided.reports.iter().find(|report| report.cell == Some(cell)).unwrap();
        match why {
            None => assert!(matches!(of(news()).end, End::Recorded { .. }), "{decided:?}"),
            Some(why) => assert_eq!(of(news()).end, refused(why)),
        }
        assert!(!run.permits(news()));
        assert!(!run.permits(events()), "{why:?}: the no is taken");
        assert!(decided.effects.iter().any(|effect| matches!(effect, Effect::NotifyChange { .. })));
        if let Some(why) = why {
            let alone = submit(&mut run.clone(), &damaged, [(news(), YES)]).map(|_| ());
            assert_eq!(alone, Err(why));
        }
    }
}

#[test]
fn l53_a_view_that_takes_no_yes_takes_the_no() {
    let policy = policy();
    let newer = Policy::new(2, Catalogue::new(purposes(), []).unwrap());
    let mut run = Run::new(&policy);
    assert!(run.grant(events()));
    run.pass(60);
    let form = shown(&run).form();
    let wishes = [RowWish::new(news(), YES), RowWish::new(events(), NO)];
    let submission = Submission::new(form, wishes).with_evidence(explicit());
    let command = CommandId::from_u128(77);
    let ctx = Ctx { now: run.now, writer: WRITER, command, policy: &newer };
    let decided = submission.decide(&run.view, TENANT, &ctx).unwrap();
    assert_eq!(ends(&decided), [End::Accepted, refused(Rejection::UnusableView)]);
    let late = submission.clone().captured(Captured::At(run.now.saturating_add(Span::days(1))));
    let ctx = Ctx { policy: &policy, ..ctx };
    let decided = late.decide(&run.view, TENANT, &ctx).unwrap();
    assert_eq!(ends(&decided), [End::Accepted, refused(Rejection::ClockJump)]);
    let unusable =
        PreferenceView::new(TENANT, &run.view, &newer, run.now, &Showing::under(RegimeSet::OPT_IN));
    assert_eq!(unusable, Err(Rejection::UnusableView));
    run.pass(1);
}

#[test]
fn d21_what_is_too_much_costs_the_yes_and_never_the_no() {
    let policy = policy().with_limits(Limits { statements: 3, ..Limits::default() });
    let mut run = Run::new(&policy);
    let many = ["news", "sports", "football", "care"].map(|name| cell(name, EMAIL));
    let form = shown(&run).form();
    let wishes = many.map(|cell| (cell, YES)).into_iter().chain([(events(), NO)]);
    let decided = submit(&mut run, &form, wishes).unwrap();
    let too_many = Rejection::LimitExceeded { which: Limited::Statements, max: 3 };
    assert_eq!(ends(&decided), [vec![End::Accepted], vec![refused(too_many); 4]].concat());
    assert_eq!(choice(&run, events()), Choice::No);
    assert_eq!(choice(&run, news()), Choice::NotChosen { receives: false }, "the no is not read more widely");
    let wishes = many.map(|cell| (cell, pause(&run, 30)));
    let decided = submit(&mut run, &form, wishes).unwrap();
    assert_eq!(decided.reports.len(), 1);
    assert!(decided.effects.contains(&Effect::OpenReview { scope: Scope::EVERYTHING }));
    assert!(matches!(choice(&run, cell("news", SECOND_EMAIL)), Choice::Paused { .. }), "one break from all");
}
