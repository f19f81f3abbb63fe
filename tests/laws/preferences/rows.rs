//! What a form shows.

use std::collections::BTreeSet;

use consent_engine::*;

use super::*;
use crate::support::*;

#[test]
fn a_row_for_everything_that_may_be_chosen_and_for_nothing_else() {
    let policy = policy();
    let run = Run::new(&policy);
    let view = shown(&run);
    let mut purposes: Vec<_> = view.rows.iter().map(|row| row.cell.purpose).collect();
    purposes.dedup();
    let expected = ["news", "sports", "football", "events", "outages", "alerts", "care", "profiling"];
    assert_eq!(purposes, expected.map(id), "in the order of the tree; receipts and fraud are no choice");
    let of_the_catalogue = policy.catalogue().iter().filter(|(_, purpose)| purpose.is_a_choice());
    let of_the_catalogue: BTreeSet<_> = of_the_catalogue.map(|(_, purpose)| purpose.id()).collect();
    assert_eq!(of_the_catalogue, purposes.iter().copied().collect(), "what the lint calls a choice");
    let of = |name: &str| -> Vec<_> {
        view.rows.iter().filter(|row| row.cell.purpose == id(name)).map(|row| row.cell).collect()
    };
    let cells = |channel, point| Cell { purpose: id("news"), channel: Some(channel), point: Some(point) };
    let (email, sms, voice) = (Channel::Email, Channel::Sms, Channel::Voice);
    let expected = [cells(email, EMAIL), cells(email, SECOND_EMAIL), cells(sms, PHONE), cells(voice, PHONE)];
    assert_eq!(of("news"), expected);
    assert_eq!(of("profiling"), [Cell { purpose: id("profiling"), channel: None, point: None }]);
    assert_eq!(row(&view, cell("sports", EMAIL)).parent, Some(id("news")));
    assert!(!row(&view, cell("outages", EMAIL)).can_pause && row(&view, news()).can_pause);

    let held = |kind, purpose| {
        let mut run = Run::new(&policy);
        run.act(operator(), kind).unwrap();
        shown(&run).rows.iter().any(|row| row.cell.purpose == id(purpose))
    };
    assert!(!held(Act::Hold(id("profiling")), "profiling"), "on a legal hold an opt-out means nothing");
    let basis = Act::RecordBasis { purpose: id("fraud"), basis: LawfulBasis::Consent };
    assert!(held(basis, "fraud"), "for this person it rests on consent");
}

#[test]
fn a_row_says_what_was_chosen_and_since_when() {
    let policy = policy_of(
        purposes()
            .into_iter()
            .map(|p| if p.id() == id("news") { p.with_frequency("monthly") } else { p })
            .collect(),
    );
    let mut run = Run::new(&policy);
    assert_eq!(choice(&run, news()), Choice::NotChosen { receives: false });
    let silence = showing(&run, &Showing::under(RegimeSet::OPT_OUT));
    assert_eq!(row(&silence, news()).choice, Choice::NotChosen { receives: true });
    assert_eq!(row(&silence, cell("outages", EMAIL)).choice, Choice::NotChosen { receives: true });
    let agreed = run.now;
    assert!(run.grant(news()));
    let yes = row(&shown(&run), news());
    assert_eq!((yes.choice, yes.since, &*yes.frequency), (Choice::Yes, Some(agreed), "monthly"));
    assert!(yes.why.starts_with("You receive “news” because you agreed to it on "), "{}", yes.why);
    run.pass(60);
    let until = Some(run.now.saturating_add(Span::days(9)));
    let paused_at = run.now;
    run.person(Act::Restrict { reason: RestrictionReason::Pause, scope: Scope::EVERYTHING, until }).unwrap();
    let paused = row(&shown(&run), news());
    assert_eq!((paused.choice, paused.since), (Choice::Paused { until }, Some(paused_at)));
    run.pass(60);
    let refused_at = run.now;
    run.opt_out(Scope::EVERYTHING.at(EMAIL));
    let no = row(&shown(&run), news());
    assert_eq!((no.choice, no.since), (Choice::No, Some(refused_at)), "a refusal goes before a pause");
    assert_eq!(choice(&run, cell("news", SECOND_EMAIL)), Choice::Paused { until });
    let objected = Cell { purpose: id("care"), ..cell("news", SECOND_EMAIL) };
    run.person(Act::Object(vec![Scope::purpose(id("care"))])).unwrap();
    assert_eq!(choice(&run, objected), Choice::No, "an objection is a no");
}

#[test]
fn a_row_of_a_double_opt_in_is_pending_until_it_is_confirmed() {
    let need = EvidenceNeed { strength: Strength::DoubleOptIn, ..EvidenceNeed::default() };
    let policy = policy_of(vec![marketing("news").with_evidence(need)]);
    let mut run = Run::new(&policy);
    let form = shown(&run).form();
    let decided = submit(&mut run, &form, [(news(), YES)]).unwrap();
    assert!(decided.effects.iter().any(|effect| matches!(effect, Effect::SendConfirmation { .. })));
    assert!(!decided.effects.iter().any(|effect| matches!(effect, Effect::NotifyChange { .. })), "not yet");
    let asked_at = run.now;
    let pending = row(&shown(&run), news());
    let until = asked_at.saturating_add(policy.request_lifetime());
    assert_eq!((pending.choice, pending.since), (Choice::Pending { until }, Some(asked_at)));
    assert!(!run.permits(news()));
    // A no on a pending row kills the request.
    let form = shown(&run).form();
    let request = run.last_request();
    run.pass(60);
    submit(&mut run, &form, [(news(), NO)]).unwrap();
    assert_eq!(run.person(Act::Confirm(request)).map(|_| ()), Err(Rejection::Superseded));
}

/// D55: a view shows events of the person's own logs and of their addresses, and nothing of what else the host hands in.
#[test]
fn d55_the_history_shows_nobody_else() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let note = Some(Note::new("canary-7f3a").unwrap());
    assert!(run.grant(news()));
    run.person(Act::Preference { purpose: id("news"), interest: Interest::NotRelevant, note }).unwrap();
    run.pass(60);
    run.opt_out(Scope::EVERYTHING);
    run.pass(60);
    let own = run.facts.clone();
    let log = LogId::new(Aggregate::Subject(OTHER_PERSON), WRITER);
    let foreign = own.iter().zip(1..).map(|(fact, n)| {
        let position = log.at(Seq::new(n).unwrap());
        Fact { position, ..fact.clone() }
    });
    let facts: Vec<_> = own.iter().cloned().chain(foreign).chain(own.iter().cloned()).collect();
    let contacts = [(news(), Contacts { count: 2, oldest: None, latest: Some(t(9)) })];
    let given = Showing::under(RegimeSet::OPT_IN).with_facts(&facts).with_contacts(&contacts);
    let row = row(&showing(&run, &given), news());
    let told: Vec<_> = row.history.iter().map(|happening| happening.what).collect();
    let restricted = Happened::Restricted { reason: RestrictionReason::OptOut, until: None };
    let interest = Happened::Interest { interest: Interest::NotRelevant };
    assert_eq!(
        told,
        [restricted, interest, Happened::Agreed { confirmed: false }],
        "the latest first, each once"
    );
    assert_eq!((row.interest, row.contacts), (Interest::NotRelevant, Some(contacts[0].1)));
    let json = serde_json::to_string(&showing(&run, &given)).unwrap();
    assert!(!json.contains("canary") && !json.contains(&OTHER_PERSON.to_string()), "{json}");
    let few = Showing { most_events: 1, ..given };
    assert_eq!(showing(&run, &few).rows[0].history.len(), 1);
    assert_eq!(showing(&run, &few).rows[0].interest, Interest::NotRelevant, "told from all of them");
}

#[test]
fn an_interest_is_recorded_once_and_changes_no_choice() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let form = shown(&run).form();
    let irrelevant =
        [news(), cell("news", SECOND_EMAIL)].map(|cell| RowWish::finding(cell, Interest::NotRelevant));
    let decided = send(&mut run, &Submission::new(form.clone(), irrelevant)).unwrap();
    assert_eq!(decided.facts.len(), 1, "one purpose");
    assert_eq!(decided.effects, [Effect::Propagate { aggregate: Aggregate::Subject(PERSON) }]);
    assert_eq!(choice(&run, news()), Choice::NotChosen { receives: false });
    let facts = run.facts.clone();
    let form = showing(&run, &Showing::under(RegimeSet::OPT_IN).with_facts(&facts)).form();
    let again = send(&mut run, &Submission::new(form, irrelevant)).unwrap();
    assert!(again.facts.is_empty(), "as it was shown");
}
