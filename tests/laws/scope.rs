use consent_engine::*;

use crate::support::*;

const TREE: [&str; 4] = ["news", "sports", "football", "events"];

/// Below each purpose: what an opt-out of it must reach.
fn closure(of: &str) -> &'static [&'static str] {
    match of {
        "news" => &["news", "sports", "football"],
        "sports" => &["sports", "football"],
        "football" => &["football"],
        _ => &["events"],
    }
}

fn granted(policy: &Policy) -> Run<'_> {
    let mut run = Run::new(policy);
    for purpose in TREE {
        for point in [EMAIL, SECOND_EMAIL] {
            assert!(run.grant(cell(purpose, point)));
        }
    }
    run.pass(60);
    run
}

#[test]
fn l25_a_denial_reaches_its_closure_and_nothing_else() {
    let policy = policy();
    for named in TREE {
        for channel in [None, Some(Channel::Email), Some(Channel::Sms)] {
            for point in [None, Some(EMAIL)] {
                let mut run = granted(&policy);
                let scope = Scope { channel, point, ..Scope::purpose(id(named)) };
                run.opt_out(scope);
                for purpose in TREE {
                    for at in [EMAIL, SECOND_EMAIL] {
                        let reached = closure(named).contains(&purpose)
                            && channel != Some(Channel::Sms)
                            && point.is_none_or(|point| point == at);
                        assert_eq!(
                            run.permits(cell(purpose, at)),
                            !reached,
                            "{scope:?} on {purpose} at {at}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn l25_a_permit_on_a_child_permits_neither_parent_nor_sibling() {
    let policy = policy();
    for granted in TREE {
        let mut run = Run::new(&policy);
        assert!(run.grant(cell(granted, EMAIL)));
        for purpose in TREE {
            assert_eq!(run.permits(cell(purpose, EMAIL)), purpose == granted, "{granted} grants {purpose}");
        }
        assert!(!run.permits(cell(granted, SECOND_EMAIL)), "another address");
        let by_sms = Cell { channel: Some(Channel::Sms), point: Some(PHONE), ..cell(granted, EMAIL) };
        assert!(!run.permits(by_sms), "another channel");
    }
}

#[test]
fn l25_an_opt_out_of_everything_does_not_stop_receipts() {
    let policy = policy();
    let mut run = Run::new(&policy);
    run.opt_out(Scope::EVERYTHING);
    for purpose in ["receipts", "outages", "alerts"] {
        assert!(run.permits(cell(purpose, EMAIL)), "{purpose}");
    }
    run.opt_out(Scope::purpose(id("outages")));
    assert!(!run.permits(cell("outages", EMAIL)), "named");
    assert!(run.permits(cell("alerts", EMAIL)), "not named");
    let refused = run.person(Act::OptOut(vec![Scope::purpose(id("receipts"))]));
    assert_eq!(refused.unwrap_err(), Rejection::ImmutablePurpose(id("receipts")));
    assert!(run.permits(cell("receipts", EMAIL)));
}

#[test]
fn l25_withdrawing_is_not_erasing() {
    let policy = policy();
    let mut run = granted(&policy);
    run.opt_out(Scope::EVERYTHING);
    assert!(run.permits(cell("receipts", EMAIL)));
    run.person(Act::Erase).unwrap();
    for purpose in ["receipts", "outages", "alerts", "news"] {
        assert!(run.reasons(cell(purpose, EMAIL)).contains(&Reason::Erasure), "{purpose}");
    }
}

/// Neither an opt-out, nor a bounce, nor a cap, nor missing consent keeps us from answering; a law does.
#[test]
fn l25_who_contacts_us_is_answered_and_not_sold_to() {
    let cap = FrequencyCap { max: 1, per: Span::days(1) };
    let help = Purpose::new(id("help"), PurposeClass::Service, LawfulBasis::Consent)
        .with_channels([Channel::Email])
        .with_cap(cap);
    let policy = policy_of(purposes().into_iter().chain([help]).collect());
    let mut run = Run::new(&policy);
    let check = |run: &Run<'_>, purpose, outbound: &[Reason], inbound: &[Reason]| {
        let query = run.query(cell(purpose, EMAIL), RegimeSet::OPT_IN);
        for (query, expected) in [(query, outbound), (query.inbound(), inbound)] {
            let decision = evaluate(&run.view, &query, &policy, run.now);
            assert_eq!(decision.reasons().iter().collect::<Vec<_>>(), expected, "{query:?}");
            assert_eq!(permits(&run.view, &query, &policy, run.now), expected.is_empty());
        }
    };
    use Reason::{Bounce, ConsentMissing, ContactsUncounted, InvalidAddress, Legal, OptOut};
    check(&run, "help", &[ConsentMissing, ContactsUncounted], &[]);
    check(&run, "news", &[ConsentMissing], &[ConsentMissing]);
    for purpose in ["help", "news"] {
        assert!(run.grant(cell(purpose, EMAIL)));
    }
    check(&run, "help", &[ContactsUncounted], &[]);
    let restrict = |run: &mut Run<'_>, reason| {
        run.act(operator(), Act::Restrict { reason, scope: Scope::EVERYTHING.at(EMAIL), until: None })
            .unwrap();
    };
    restrict(&mut run, RestrictionReason::Bounce);
    restrict(&mut run, RestrictionReason::InvalidAddress);
    check(&run, "help", &[Bounce, InvalidAddress, ContactsUncounted], &[]);
    check(&run, "news", &[Bounce, InvalidAddress], &[Bounce, InvalidAddress]);
    run.opt_out(Scope::purpose(id("help")));
    check(&run, "help", &[OptOut, Bounce, InvalidAddress, ContactsUncounted], &[]);
    restrict(&mut run, RestrictionReason::Legal);
    check(&run, "help", &[OptOut, Bounce, InvalidAddress, Legal, ContactsUncounted], &[Legal]);
}

#[test]
fn l33_lifting_one_reason_leaves_the_rest() {
    let policy = policy();
    let mut run = granted(&policy);
    let news = cell("news", EMAIL);
    run.person(Act::OptOut(vec![Scope::EVERYTHING])).unwrap();
    run.person(Act::Object(vec![Scope::EVERYTHING])).unwrap();
    for reason in [
        RestrictionReason::Complaint,
        RestrictionReason::Bounce,
        RestrictionReason::InvalidAddress,
        RestrictionReason::Register,
        RestrictionReason::Legal,
        RestrictionReason::OperatorBlock,
        RestrictionReason::Invalidation,
        RestrictionReason::Interim,
        RestrictionReason::Pause,
    ] {
        run.act(operator(), Act::Restrict { reason, scope: Scope::EVERYTHING.at(EMAIL), until: None })
            .unwrap();
    }
    let all = [
        Reason::OptOut,
        Reason::Objection,
        Reason::Complaint,
        Reason::Bounce,
        Reason::InvalidAddress,
        Reason::Register,
        Reason::Legal,
        Reason::OperatorBlock,
        Reason::Invalidation,
        Reason::Interim,
        Reason::Pause,
    ];
    assert_eq!(run.reasons(news), all, "the answer lists every one");
    let standing = run.view.projection().logs().iter().map(LogProjection::restrictions).sum::<usize>();
    assert_eq!(standing, all.len());
    run.pass(60);
    let facts = run.facts.clone();
    let mut left = all.to_vec();
    for fact in &facts {
        let FactKind::Restriction(restriction) = &fact.kind else { continue };
        let key =
            RestrictionKey { reason: restriction.reason, by: fact.actor.kind(), scope: restriction.scope };
        let named = Named { log: fact.position.log, key, upto: fact.position.seq };
        let act = if restriction.reason == RestrictionReason::Pause {
            (Actor::subject(), Act::Resume(Scope::EVERYTHING))
        } else {
            (operator(), Act::Clear(named))
        };
        if run.act(act.0, act.1).is_ok() {
            left.retain(|reason| *reason != Reason::from(restriction.reason));
        }
        assert_eq!(run.reasons(news), left);
    }
    assert_eq!(left, [Reason::OptOut, Reason::Objection], "the person's own words stay");
    run.pass(60);
    assert!(run.grant(news), "and the person lifts them");
    assert!(run.permits(news));
}

#[test]
fn l02_a_broad_grant_never_lifts_a_narrower_refusal() {
    let policy = policy();
    let mut run = Run::new(&policy);
    run.opt_out(Scope::purpose(id("sports")));
    run.pass(60);
    let broad = Stated { purpose: Breadth::All, channel: Some(Channel::Email), point: Some(EMAIL) };
    run.person(Act::Grant { stated: vec![broad], window: None }).unwrap();
    assert!(run.permits(cell("news", EMAIL)) && run.permits(cell("events", EMAIL)));
    assert!(!run.permits(cell("sports", EMAIL)) && !run.permits(cell("football", EMAIL)));
    run.pass(60);
    assert!(run.grant(cell("football", EMAIL)), "a narrow grant lifts a broad refusal for its own part");
    assert!(run.permits(cell("football", EMAIL)) && !run.permits(cell("sports", EMAIL)));
}

#[test]
fn l01_two_grants_that_name_half_each_do_not_add_up() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let news = cell("news", EMAIL);
    let log = |writer| LogId::new(Aggregate::Subject(PERSON), writer);
    let opt_out = |writer, channel| {
        let scope = Scope { channel, ..Scope::purpose(id("news")) };
        (log(writer), FactKind::Restriction(Restriction::new(RestrictionReason::OptOut, scope)))
    };
    let (first, second) =
        (opt_out(OTHER_WRITER, None), opt_out(WriterId::from_u128(0xa4), Some(Channel::Email)));
    let at = |(log, kind): (LogId, FactKind)| {
        let fact = run.raw(Aggregate::Subject(PERSON), Actor::subject(), kind);
        Fact { position: log.at(Seq::FIRST), ..fact }
    };
    let (first, second) = (at(first), at(second));
    // Each region decides a grant on the half it knows, then the logs are joined.
    let mut here = run.clone();
    here.commit(core::slice::from_ref(&first));
    here.pass(60);
    assert!(here.grant(news));
    let mut there = run.clone();
    there.writer = WriterId::from_u128(0xa5);
    there.commit(core::slice::from_ref(&second));
    there.pass(60);
    assert!(there.grant(news));
    run.now = here.now;
    for fact in here.facts.iter().chain(&there.facts) {
        if run.view.apply(&policy, [fact]).unwrap() == Applied::New {
            run.facts.push(fact.clone());
        }
    }
    assert!(!run.permits(news), "no single grant names both");
    run.pass(60);
    assert!(run.grant(news));
    assert!(run.permits(news), "one that names both does");
}

#[test]
fn l01_a_new_purpose_is_covered_by_old_restrictions_and_by_no_old_grant() {
    let old = policy();
    let mut run = Run::new(&old);
    let broad = Stated { purpose: Breadth::Subtree(id("news")), channel: None, point: None };
    run.person(Act::Grant { stated: vec![broad], window: None }).unwrap();
    assert!(run.permits(cell("football", EMAIL)));
    let mut purposes = purposes();
    purposes.push(marketing("tennis").with_parent(id("sports")));
    let catalogue = old.catalogue().evolve(purposes, []).unwrap();
    let new = Policy::new(2, catalogue);
    let mut later = run.under(&new);
    assert!(!later.permits(cell("tennis", EMAIL)), "no old grant");
    assert!(later.permits(cell("football", EMAIL)));
    later.opt_out(Scope::purpose(id("news")));
    later.pass(60);
    assert!(later.grant(cell("tennis", EMAIL)));
    let retired = new.catalogue().iter().map(|(_, purpose)| {
        let next = purpose.clone().with_version(purpose.version() + 1);
        if purpose.id() == id("news") { next.with_retired(true) } else { next }
    });
    let last = Policy::new(3, new.catalogue().evolve(retired.collect::<Vec<_>>(), []).unwrap());
    let run = later.under(&last);
    assert_eq!(
        run.reasons(cell("sports", EMAIL)),
        [Reason::OptOut],
        "retiring a purpose drops no restriction"
    );
    assert_eq!(run.reasons(cell("news", EMAIL)), [Reason::PurposeRetired, Reason::OptOut]);
    assert!(run.permits(cell("tennis", EMAIL)));
}
