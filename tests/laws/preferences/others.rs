//! Those who are not the person: operators, and who shares an address.

use consent_engine::*;

use super::*;
use crate::support::*;

/// A withdrawal that several approvers void (product-is #28465): here it needs no approver, and no operator voids it.
#[test]
fn l33_a_withdrawal_needs_no_approver_and_no_operator_voids_it() {
    let policy = policy();
    let mut run = Run::new(&policy);
    assert!(run.grant(news()));
    run.pass(60);
    let form = shown(&run).form();
    // One command of the person, without evidence, is all there is to it.
    let wish = RowWish::new(news(), NO);
    let decided = send(&mut run, &Submission::new(form, [wish])).unwrap();
    assert_eq!(ends(&decided), [End::Accepted]);
    assert!(!run.permits(news()));
    let position = run.facts.last().unwrap().position;
    let scope = Scope::purpose(id("news")).on(Channel::Email).at(EMAIL);
    let key = RestrictionKey { reason: RestrictionReason::OptOut, by: ActorKind::Subject, scope };
    let named = Named { log: position.log, key, upto: position.seq };
    run.pass(60);
    let form = shown(&run).form();
    for approver in 0..3 {
        let voids = [
            Act::Clear(named),
            Act::Resume(Scope::EVERYTHING),
            stated(news()),
            Act::Renew { stated: vec![Stated::cell(news())], window: None },
        ];
        for void in voids {
            let result = run.act(operator(), void.clone()).map(|_| ());
            assert_eq!(result, Err(Rejection::NotAuthorized), "approver {approver}: {void:?}");
        }
        let sent = Submission::new(form.clone(), [RowWish::new(news(), YES)]).with_evidence(explicit());
        assert_eq!(send(&mut run, &sent.by(operator())).map(|_| ()), Err(Rejection::NotAuthorized));
        assert!(!run.permits(news()));
    }
    // A fact that no command makes voids it no more.
    let forged = run.raw(position.log.aggregate, operator(), FactKind::Clear(named));
    run.commit(&[forged]);
    assert!(!run.permits(news()));
    assert_eq!(choice(&run, news()), Choice::No);
}

/// What a host loads for the other person: of all this, what stands at the addresses.
fn relative_of<'a>(run: &Run<'a>) -> Run<'a> {
    let mut relative = run.clone();
    relative.facts.retain(|fact| matches!(fact.position.log.aggregate, Aggregate::Point(_)));
    let projection = Projection::fold(&relative.facts).0;
    relative.view = View::new(run.policy, Subject::new(OTHER_PERSON), projection).unwrap();
    relative
}

/// One number of a family (carlos #3842): a no at it speaks for everyone behind it, a yes only for whoever says it.
#[test]
fn d03_a_choice_at_a_shared_number() {
    let policy = policy();
    let text = Cell { purpose: id("news"), channel: Some(Channel::Sms), point: Some(PHONE) };
    let mut run = Run::new(&policy);
    assert!(run.grant(text));
    run.pass(60);
    let log = LogId::new(Aggregate::Point(PHONE), OTHER_WRITER);
    let attach = FactKind::Attach { subject: OTHER_PERSON, point: PHONE, point_kind: PointKind::Phone };
    let attached = Fact { position: log.at(Seq::FIRST), ..run.raw(log.aggregate, operator(), attach) };
    run.commit(&[attached]);
    run.pass(60);
    let mut relative = relative_of(&run);
    assert!(relative.grant(text));
    let relatives_yes = relative.facts.clone();
    relative.pass(60);
    let form = PreferenceView::new(
        TENANT,
        &relative.view,
        &policy,
        relative.now,
        &Showing::under(RegimeSet::OPT_IN),
    );
    let form = form.unwrap().form();
    assert_eq!(form.subject, OTHER_PERSON);
    let told = submit(&mut relative, &form, [(text, NO)]).unwrap().facts;
    assert!(told.iter().all(|fact| fact.position.log.aggregate == Aggregate::Point(PHONE)));
    run.commit(&told);
    run.pass(120);
    assert!(!run.permits(text), "the number is out for everyone");
    assert_eq!(choice(&run, text), Choice::No);
    // The person says yes again: the relative's no still bites, for both.
    let form = shown(&run).form();
    let decided = submit(&mut run, &form, [(text, YES)]).unwrap();
    let [End::Recorded { still_bites }] = &ends(&decided)[..] else { panic!("{decided:?}") };
    assert_eq!(still_bites[0].because, NotNamed::NotAuthorized);
    assert!(!run.permits(text) && !relative.permits(text));
    assert!(relatives_yes.iter().any(|fact| fact.kind.grant().is_some()), "there was a yes to lose");
}
