//! What a merge carries from record to record, and what an unmerge leaves.

use consent_engine::*;

use crate::support::*;
use crate::town::*;

/// SuiteCRM #7132: of two merged records the one that is kept decides, and the opt-out of the other is gone.
#[test]
fn l10_suitecrm_7132_a_merge_lifts_no_opt_out_whichever_record_is_kept() {
    let policy = policy();
    for kept_opted_out in [true, false] {
        let mut town = Town::of_two(&policy);
        for (person, point) in [(ADA, EMAIL), (BOB, SECOND_EMAIL)] {
            assert!(town.grant(person, news(point)));
        }
        let (kept, merged) = (ADA, BOB);
        town.opt_out(if kept_opted_out { kept } else { merged }, opt_out_of_news());
        town.merge(kept, merged);
        for person in [kept, merged] {
            for point in [EMAIL, SECOND_EMAIL] {
                assert_eq!(town.reasons(person, news(point)), [Reason::OptOut]);
            }
        }
    }
}

/// veda mailchimp #277: an opt-out spreads through a merge to what nobody opted out of.
#[test]
fn l10_veda_mailchimp_277_a_merge_spreads_an_opt_out_no_further_than_it_said() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    for purpose in ["news", "events"] {
        assert!(town.grant(ADA, cell(purpose, EMAIL)));
    }
    town.opt_out(BOB, opt_out_of_news().at(SECOND_EMAIL));
    town.opt_out(BOB, Scope::purpose(id("events")).on(Channel::Sms));
    town.merge(ADA, BOB);
    assert!(town.permits(BOB, news(EMAIL)), "he opted out of another address");
    assert!(town.permits(BOB, cell("events", EMAIL)), "he opted out of another channel");
    town.opt_out(BOB, Scope::purpose(id("events")));
    assert!(!town.permits(ADA, cell("events", EMAIL)));
    assert!(town.permits(ADA, news(EMAIL)), "and of nothing else");
}

#[test]
fn d02_a_poisoned_merge_lifts_nothing() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    town.opt_out(ADA, Scope::EVERYTHING);
    town.attach(BOB, EMAIL);
    assert!(town.grant(BOB, news(EMAIL)), "he has the address too, and did not opt out");
    town.merge(BOB, ADA);
    let told = town.ask(BOB, news(EMAIL), RegimeSet::OPT_IN, |decision| {
        (decision.fact_for(Reason::OptOut).unwrap(), decision.explain().to_string())
    });
    assert_eq!(told.0.log.aggregate, Aggregate::Subject(ADA), "the explanation says whose it is");
    assert!(told.1.contains(&told.0.to_string()), "{}", told.1);
}

#[test]
fn d03_a_merge_carries_no_grant_to_another_address() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    assert!(town.grant(ADA, news(EMAIL)));
    town.merge(ADA, BOB);
    assert!(town.permits(BOB, news(EMAIL)));
    assert_eq!(town.reasons(ADA, news(SECOND_EMAIL)), [Reason::ConsentMissing]);
    // Nor to an address that the other record holds and the one that agreed lost.
    town.attach(BOB, EMAIL);
    town.act(ADA, operator(), Act::Reassign { point: EMAIL, from: ADA, to: None }).unwrap();
    assert!(!town.permits(BOB, news(EMAIL)), "what Ada agreed to there went with the address");
}

#[test]
fn d04_l47_an_unmerge_sheds_nothing_and_what_knew_it_stays_apart() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    for (person, point) in [(ADA, EMAIL), (BOB, SECOND_EMAIL)] {
        assert!(town.grant(person, news(point)));
    }
    town.merge(ADA, BOB);
    town.opt_out(BOB, opt_out_of_news());
    let late = town.clone();
    town.unmerge(ADA, BOB);
    for (person, point) in [(ADA, EMAIL), (BOB, SECOND_EMAIL)] {
        assert_eq!(town.reasons(person, news(point)), [Reason::OptOut], "of both parts");
        assert!(town.grant(person, news(point)), "a new word names it");
        assert!(town.permits(person, news(point)));
    }
    town.opt_out(BOB, opt_out_of_news());
    assert!(town.permits(ADA, news(EMAIL)), "he said it knowing that they are two");
    assert!(!town.permits(BOB, news(SECOND_EMAIL)));
    // Said in another region by somebody who did not know yet.
    let mut apart = late;
    apart.writer = OTHER_WRITER;
    apart.opt_out(BOB, opt_out_of_news());
    town.facts.extend(apart.facts.into_iter().filter(|fact| fact.position.log.writer == OTHER_WRITER));
    assert_eq!(town.reasons(ADA, news(EMAIL)), [Reason::OptOut], "it bites on both, whenever it arrives");
    // Merged again, everything is of both again.
    assert!(town.grant(ADA, news(EMAIL)) && town.permits(ADA, news(EMAIL)));
    town.merge(BOB, ADA);
    assert_eq!(town.reasons(ADA, news(EMAIL)), [Reason::OptOut]);
}

#[test]
fn l47_a_split_after_a_merge_restores_what_was() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    assert!(town.grant(ADA, news(EMAIL)) && town.grant(BOB, cell("events", SECOND_EMAIL)));
    town.opt_out(ADA, Scope::purpose(id("events")).at(EMAIL));
    let answers =
        |town: &Town<'_>| {
            let mut answers = Vec::new();
            for purpose in purposes() {
                for point in [EMAIL, SECOND_EMAIL] {
                    let asked = cell(purpose.id().as_str(), point);
                    answers.extend([ADA, BOB].map(|person| {
                        town.ask(person, asked, RegimeSet::OPT_IN, |decision| decision.reasons())
                    }));
                }
            }
            answers
        };
    let before = answers(&town);
    town.merge(ADA, BOB);
    assert_ne!(answers(&town), before);
    town.unmerge(BOB, ADA);
    assert_eq!(answers(&town), before);
}

/// An unmerge ends the merges that it saw, and no other.
#[test]
fn l47_an_unmerge_does_not_undo_a_merge_that_it_did_not_see() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    town.merge(ADA, BOB);
    let mut elsewhere = town.clone();
    elsewhere.writer = OTHER_WRITER;
    elsewhere.unmerge(ADA, BOB);
    elsewhere.merge(ADA, BOB);
    town.unmerge(ADA, BOB);
    assert_eq!(town.person(ADA).ids, [ADA]);
    town.facts.extend(elsewhere.facts.into_iter().filter(|fact| fact.position.log.writer == OTHER_WRITER));
    assert_eq!(town.person(ADA).ids, [ADA, BOB]);
    assert_eq!(town.act(ADA, operator(), Act::Unmerge(EVE)).map(|_| ()), Err(Rejection::NotMerged));
}

/// A confirmation is a grant of the record that holds the address, and answers its request in every record.
#[test]
fn l20_a_token_confirms_once_whoever_the_records_are() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    let asked = town.act(ADA, Actor::subject(), Act::Request(vec![Stated::cell(news(EMAIL))])).unwrap();
    let FactKind::Request(request) = &asked.facts[0].kind else { panic!("a request") };
    let confirm = Act::Confirm(request.id);
    town.merge(ADA, BOB);
    town.attach(BOB, EMAIL);
    town.act(BOB, Actor::subject(), confirm.clone()).unwrap();
    assert!(town.permits(ADA, news(EMAIL)));
    let again = town.act(ADA, Actor::subject(), confirm.clone()).map(|_| ());
    assert_eq!(again, Err(Rejection::AlreadyConfirmed));
    town.unmerge(ADA, BOB);
    let before = town.facts.len();
    for person in [ADA, BOB] {
        assert!(town.act(person, Actor::subject(), confirm.clone()).is_err(), "the token was used");
    }
    assert_eq!(town.facts.len(), before);
}

/// A confirmation from an address proves that it can be reached, whoever holds it.
#[test]
fn l10_what_a_confirmation_clears_is_cleared_where_it_stands() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    town.attach(BOB, EMAIL);
    assert!(town.grant(ADA, cell("events", EMAIL)));
    let scope = Scope::EVERYTHING.at(EMAIL);
    town.act(ADA, system(), Act::Restrict { reason: RestrictionReason::Bounce, scope, until: None }).unwrap();
    assert_eq!(town.reasons(ADA, cell("events", EMAIL)), [Reason::Bounce]);
    let asked = town.act(BOB, Actor::subject(), Act::Request(vec![Stated::cell(news(EMAIL))])).unwrap();
    let FactKind::Request(request) = &asked.facts[0].kind else { panic!("a request") };
    let confirmed = town.act(BOB, Actor::subject(), Act::Confirm(request.id)).unwrap();
    let clear = confirmed.facts.iter().find(|fact| matches!(fact.kind, FactKind::Clear(_))).unwrap();
    assert_eq!(clear.position.log.aggregate, Aggregate::Point(EMAIL), "where everyone behind it sees it");
    assert!(town.permits(ADA, cell("events", EMAIL)));
    // In a log of another it clears nothing: a merge would widen by it.
    let mut town = Town::of_two(&policy);
    let scope = Scope::EVERYTHING;
    let block = Act::Restrict { reason: RestrictionReason::OperatorBlock, scope, until: None };
    let blocked = town.act(ADA, operator(), block).unwrap();
    let position = blocked.facts[0].position;
    let key = RestrictionKey { reason: RestrictionReason::OperatorBlock, by: ActorKind::Operator, scope };
    let clear = Named { log: position.log, key, upto: position.seq };
    town.raw(Aggregate::Subject(BOB), FactKind::Clear(clear));
    assert!(town.grant(ADA, news(EMAIL)));
    town.merge(ADA, BOB);
    assert_eq!(town.reasons(ADA, news(EMAIL)), [Reason::OperatorBlock]);
}

#[test]
fn l55_an_answer_rests_on_the_logs_of_kin_too() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    assert!(town.grant(ADA, news(EMAIL)));
    town.merge(ADA, BOB);
    for parted in [false, true] {
        if parted {
            town.unmerge(ADA, BOB);
        }
        let token = town.ask(ADA, news(EMAIL), RegimeSet::OPT_IN, |decision| {
            assert!(decision.is_permit());
            decision.view_token().clone()
        });
        assert_eq!(recheck(&token, &town.view(ADA)), Freshness::Current);
        for aggregate in [Aggregate::Subject(ADA), Aggregate::Subject(BOB), Aggregate::Point(EMAIL)] {
            let mut town = town.clone();
            town.raw(aggregate, FactKind::Relationship(RelationshipKind::Purchase));
            assert_eq!(recheck(&token, &town.view(ADA)), Freshness::Changed, "{aggregate:?}");
        }
    }
}

/// Merging and parting the same records again and again does not grow what is kept, nor set an opt-out aside.
#[test]
fn l50_a_history_of_merges_is_bounded_and_loses_no_opt_out() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    let groups = |town: &Town<'_>| town.whole().logs().iter().map(LogProjection::restrictions).sum::<usize>();
    for round in 0..40 {
        town.merge(ADA, BOB);
        town.unmerge(ADA, BOB);
        assert!(
            town.grant(ADA, news(EMAIL)),
            "her word after the unmerge names what he said while they were one"
        );
        town.opt_out(BOB, opt_out_of_news());
        town.act(BOB, operator(), Act::Revoke(opt_out_of_news())).unwrap();
        assert!(!town.permits(BOB, news(SECOND_EMAIL)));
        assert_eq!(
            town.permits(ADA, news(EMAIL)),
            round < 16,
            "{round}: kept apart as long as there is room"
        );
    }
    assert_eq!(groups(&town), 17);
    let size = |town: &Town<'_>| serde_json::to_vec(&town.whole()).unwrap().len();
    let before = size(&town);
    for _ in 0..40 {
        town.merge(ADA, BOB);
        town.unmerge(ADA, BOB);
        town.opt_out(BOB, opt_out_of_news());
        town.act(BOB, operator(), Act::Revoke(opt_out_of_news())).unwrap();
    }
    assert_eq!(groups(&town), 17);
    assert!(size(&town) <= before + 64);
}

/// A name reaches all of its key up to its position: the grant must be later than each of these, though it is of another by now.
#[test]
fn l02_l10_a_name_reaches_nothing_that_is_later_than_its_grant() {
    let policy = policy();
    for late in [false, true] {
        let mut town = Town::of_two(&policy);
        town.merge(ADA, BOB);
        town.unmerge(ADA, BOB);
        town.pass(600);
        let later = town.now;
        town.opt_out(BOB, opt_out_of_news());
        // Bob's earlier word, reported after it and by somebody who knew of no unmerge: it bites on both.
        let earlier = later.saturating_sub(Span::seconds(500));
        let restriction = Restriction::new(RestrictionReason::OptOut, opt_out_of_news());
        town.raw(Aggregate::Subject(BOB), FactKind::Restriction(restriction));
        let last = town.facts.last_mut().unwrap();
        (last.captured_at, last.actor) = (Some(earlier), Actor::subject().record());
        assert_eq!(town.reasons(ADA, news(EMAIL)), [Reason::OptOut]);
        town.pass(600);
        let captured = if late { later.saturating_add(Span::seconds(1)) } else { later };
        let seen = town.view(ADA).token().clone();
        let command = Command::new(Actor::subject(), stated(news(EMAIL))).with_evidence(explicit());
        let command = command.captured(Captured::At(captured)).having_seen(seen);
        let decided = town.command(ADA, &command).unwrap();
        match &decided.reports[0].end {
            End::Recorded { still_bites } => assert_eq!(still_bites[0].because, NotNamed::NotLater),
            end => assert_eq!((end, late), (&End::Accepted, true)),
        }
        assert_eq!(town.permits(ADA, news(EMAIL)), late);
        if !late {
            town.merge(ADA, BOB);
            assert!(!town.permits(ADA, news(EMAIL)), "nothing of Bob's that is later is lifted");
        }
    }
}

/// The same of a pause: a resume that came before one of those that its name reaches ends none of them.
#[test]
fn l02_a_resume_ends_no_pause_that_is_later() {
    let policy = policy();
    for late in [false, true] {
        let mut run = Run::new(&policy);
        assert!(run.grant(news(EMAIL)));
        run.pass(600);
        let later = run.now;
        let apart = LogId::new(Aggregate::Subject(OTHER_PERSON), OTHER_WRITER);
        let unmerges = ViewToken::from_iter([(Consulted::Log(apart), 1)]);
        for (captured, unmerges) in
            [(later, unmerges), (later.saturating_sub(Span::seconds(500)), ViewToken::NOTHING)]
        {
            let pause =
                Restriction { unmerges, ..Restriction::new(RestrictionReason::Pause, Scope::EVERYTHING) };
            let fact = run.raw(Aggregate::Subject(PERSON), Actor::subject(), FactKind::Restriction(pause));
            run.commit(&[Fact { captured_at: Some(captured), ..fact }]);
            run.pass(60);
        }
        let captured = if late { later.saturating_add(Span::seconds(1)) } else { later };
        let resume = Command::new(Actor::subject(), Act::Resume(Scope::EVERYTHING));
        let resume = resume.captured(Captured::At(captured)).having_seen(run.view.token().clone());
        assert_eq!(run.command(&resume).is_ok(), late);
        assert_eq!(run.permits(news(EMAIL)), late);
    }
}
