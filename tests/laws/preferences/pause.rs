//! Breaks.

use consent_engine::*;

use super::*;
use crate::support::*;

#[test]
fn l23_a_pause_ends_by_itself() {
    let policy = policy();
    let mut run = Run::new(&policy);
    assert!(run.grant(news()));
    run.pass(60);
    let form = shown(&run).form();
    let until = run.now.saturating_add(Span::days(30));
    let break_of_a_month = pause(&run, 30);
    submit(&mut run, &form, [(news(), break_of_a_month)]).unwrap();
    for (at, paused) in [
        (until.saturating_sub(Span::micros(1)), true),
        (until, false),
        (until.saturating_add(Span::micros(1)), false),
    ] {
        run.now = at;
        let expected = if paused { Choice::Paused { until: Some(until) } } else { Choice::Yes };
        assert_eq!(choice(&run, news()), expected);
        assert_eq!(run.permits(news()), !paused);
    }
}

#[test]
fn a_pause_has_an_end_and_something_to_pause() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let form = shown(&run).form();
    for until in [None, Some(run.now), Some(run.now.saturating_sub(Span::days(1)))] {
        let refused = submit(&mut run, &form, [(news(), Wish::Pause { until })]).map(|_| ());
        assert_eq!(refused, Err(Rejection::PauseWithoutEnd), "{until:?}");
    }
    let service = submit(&mut run.clone(), &form, [(cell("outages", EMAIL), pause(&run, 30))]).map(|_| ());
    assert_eq!(service, Err(Rejection::NotPausable(id("outages"))));
    // One pause without an end holds up nothing else.
    let wishes = [(news(), Wish::Pause { until: None }), (events(), NO)];
    let decided = submit(&mut run, &form, wishes).unwrap();
    assert_eq!(ends(&decided), [End::Accepted, refused(Rejection::PauseWithoutEnd)]);
    assert_eq!(choice(&run, events()), Choice::No);
}

#[test]
fn l10_a_pause_is_resumed_only_as_a_whole() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let below = [cell("sports", EMAIL), cell("football", EMAIL)];
    assert!(run.grant(news()) && below.into_iter().all(|cell| run.grant(cell)));
    run.pass(60);
    let form = shown(&run).form();
    let break_of_a_month = pause(&run, 30);
    submit(&mut run, &form, [(news(), break_of_a_month)]).unwrap();
    run.pass(60);
    let form = shown(&run).form();
    assert!(below.iter().all(|cell| !run.permits(*cell)), "a pause covers what stands below");
    let alone = submit(&mut run.clone(), &form, [(news(), Wish::Resume)]).map(|_| ());
    assert_eq!(alone, Err(Rejection::PauseCoversMore), "the others were left paused");
    let decided = submit(&mut run.clone(), &form, [(news(), YES)]).unwrap();
    assert_eq!(ends(&decided), [refused(Rejection::PauseCoversMore), End::Accepted]);
    let all = [news()].into_iter().chain(below).map(|cell| (cell, Wish::Resume));
    let mut stale = run.clone();
    submit(&mut run, &form, all.clone()).unwrap();
    assert!(run.permits(news()) && below.iter().all(|cell| run.permits(*cell)));
    // A pause that is over by itself needs no end, and keeps no other one.
    let mut later = stale.clone();
    let until = Some(later.now.saturating_add(Span::days(1)));
    let everything = Scope::EVERYTHING;
    later.person(Act::Restrict { reason: RestrictionReason::Pause, scope: everything, until }).unwrap();
    let scope = Scope::purpose(id("events")).on(Channel::Email).at(EMAIL);
    later.pass(31 * DAY);
    let until = Some(later.now.saturating_add(Span::days(3)));
    later.person(Act::Restrict { reason: RestrictionReason::Pause, scope, until }).unwrap();
    later.pass(60);
    let of_later = shown(&later).form();
    assert_eq!(choice(&later, news()), Choice::Yes);
    submit(&mut later, &of_later, [(events(), Wish::Resume)]).unwrap();
    assert_eq!(choice(&later, events()), Choice::NotChosen { receives: false });
    // A pause that came after the form was shown is not ended by it.
    let scope = Scope::EVERYTHING;
    let until = Some(stale.now.saturating_add(Span::days(60)));
    stale.pass(60);
    stale.person(Act::Restrict { reason: RestrictionReason::Pause, scope, until }).unwrap();
    stale.pass(60);
    assert!(submit(&mut stale, &form, all).is_err());
    assert!(!stale.permits(news()));
}
