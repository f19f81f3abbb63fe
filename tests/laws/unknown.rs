use consent_engine::*;

use crate::support::*;

fn news() -> Cell {
    cell("news", EMAIL)
}

fn decode(stored: &str) -> Option<Fact> {
    serde_json::from_str::<Fact>(stored).ok().or_else(|| {
        let envelope = serde_json::from_str::<Envelope>(stored).ok()?;
        Some(Fact::unsupported(&envelope, stored.into()))
    })
}

#[test]
fn d50_an_unknown_version_is_typed_and_says_what_to_do() {
    let newer = Fact::VERSION + 1;
    let error = Version::try_from(newer).unwrap_err();
    assert_eq!(error.found, newer);
    assert!(error.to_string().contains("upgrade"), "{error}");
    assert_eq!(u16::from(Version::try_from(Fact::VERSION).unwrap()), Fact::VERSION);
}

#[test]
fn l49_an_unknown_fact_denies_and_is_kept_verbatim() {
    let policy = policy();
    let mut run = Run::new(&policy);
    assert!(run.grant(news()));
    let next = run.raw(
        Aggregate::Subject(PERSON),
        Actor::subject(),
        FactKind::NoticeSeen { notice: None, scope: None },
    );
    let known = serde_json::to_string(&next).unwrap();
    let unknown = [
        known.replace("\"v\":1", "\"v\":2"),
        known.replace("notice_seen", "telepathy"),
        known.replace(
            r#"{"kind":"notice_seen","body":{}}"#,
            r#"{"kind":"restriction","body":{"reason":"karma","scope":{"purpose":"all"}}}"#,
        ),
    ];
    for stored in unknown {
        assert_ne!(stored, known);
        let fact = decode(&stored).unwrap();
        let FactKind::Unsupported(kept) = &fact.kind else { panic!("{stored}") };
        assert_eq!(kept.verbatim, stored.as_bytes(), "kept as it was, to be forwarded");
        let mut run = run.clone();
        run.commit(core::slice::from_ref(&fact));
        for purpose in ["news", "receipts"] {
            assert_eq!(run.reasons(cell(purpose, EMAIL)), [Reason::UnsupportedFact]);
        }
        assert_eq!(
            run.decision(news(), RegimeSet::OPT_IN).fact_for(Reason::UnsupportedFact),
            Some(fact.position)
        );
        assert_eq!(
            run.person(stated(news())).map(|_| ()),
            Err(Rejection::UnusableView),
            "no grant is decided blind"
        );
        run.opt_out(Scope::EVERYTHING);
    }
    let version = serde_json::from_str::<Fact>(&known.replace("\"v\":1", "\"v\":2")).unwrap_err().to_string();
    assert!(version.contains("format version 2") && version.contains("up to 1"), "{version}");
}

#[test]
fn l49_an_unknown_purpose_or_channel_restricts_widely_and_grants_nothing() {
    let policy = policy();
    let mut run = Run::new(&policy);
    assert!(run.grant(news()));
    run.pass(60);
    let channel = Channel::Other(ChannelName::new("pigeon").unwrap());
    for scope in [Scope::purpose(id("unheard-of")), Scope::purpose(id("news")).on(channel)] {
        let mut run = run.clone();
        let decided = run.person(Act::OptOut(vec![scope])).unwrap();
        assert!(decided.effects.iter().any(|effect| matches!(effect, Effect::OpenReview { .. })));
        assert!(!run.permits(news()), "{scope:?}");
    }
    for scope in [Scope::purpose(id("unheard-of")), Scope::purpose(id("news")).on(channel)] {
        let mut run = run.clone();
        let kind = FactKind::Restriction(Restriction::new(RestrictionReason::OptOut, scope));
        let raw = run.raw(Aggregate::Subject(PERSON), Actor::subject(), kind);
        run.commit(&[raw]);
        assert!(!run.permits(news()), "stored by a newer catalogue: {scope:?}");
    }
    let query = Query { channel: Some(channel), ..run.query(news(), RegimeSet::OPT_IN) };
    let decision = evaluate(&run.view, &query, &policy, run.now);
    assert!(decision.reasons().contains(Reason::ChannelNotAllowed));
    let larger =
        Policy::new(1, Catalogue::new(purposes().into_iter().chain([marketing("extra")]), []).unwrap());
    let beyond = larger.catalogue().index(id("extra")).unwrap();
    let decision = evaluate(&run.view, &Query::new(beyond, RegimeSet::OPT_OUT), &policy, run.now);
    assert_eq!(decision.reasons().iter().collect::<Vec<_>>(), [Reason::PurposeUnknown]);
}

#[test]
fn l49_a_view_of_another_policy_denies() {
    let policy = policy();
    let mut run = Run::new(&policy);
    assert!(run.grant(news()));
    let newer = Policy::new(2, policy.catalogue().clone());
    let query = run.query(news(), RegimeSet::OPT_IN);
    let decision = evaluate(&run.view, &query, &newer, run.now);
    assert_eq!(decision.reasons().iter().collect::<Vec<_>>(), [Reason::PolicyChanged]);
    assert!(!permits(&run.view, &query, &newer, run.now));
}

#[test]
fn l49_no_regime_denies_and_more_regimes_never_permit_more() {
    let policy = policy();
    let run = Run::new(&policy);
    let sets =
        [RegimeSet::NONE, RegimeSet::OPT_IN, RegimeSet::OPT_OUT, RegimeSet::OPT_IN.with(Regime::OptOut)];
    let permitted = |purpose: &str| sets.map(|set| run.decision(cell(purpose, EMAIL), set).is_permit());
    assert_eq!(permitted("news"), [false, false, true, false]);
    assert_eq!(permitted("receipts"), [false, true, true, true]);
    assert_eq!(
        run.decision(cell("receipts", EMAIL), RegimeSet::NONE).reasons().iter().collect::<Vec<_>>(),
        [Reason::NoRegime]
    );
    assert_eq!(run.decision(cell("news", EMAIL), RegimeSet::OPT_OUT).standing(), Standing::Default);
    assert_eq!(run.decision(cell("news", EMAIL), RegimeSet::OPT_IN).standing(), Standing::Unknown);
}

#[test]
fn l05_a_grant_decided_on_more_than_was_read_does_not_count() {
    let policy = policy();
    let mut run = Run::new(&policy);
    run.opt_out(Scope::EVERYTHING.at(EMAIL));
    run.pass(60);
    assert!(run.grant(news()));
    assert!(run.permits(news()));
    let stale = run.facts.iter().filter(|fact| !matches!(fact.kind, FactKind::Restriction(_)));
    let view = View::new(&policy, Subject::new(PERSON), Projection::fold(stale).0).unwrap();
    let decision = evaluate(&view, &run.query(news(), RegimeSet::OPT_IN), &policy, run.now);
    assert_eq!(decision.reasons().iter().collect::<Vec<_>>(), [Reason::ViewIncomplete]);
}

/// Nesting is refused before it can exhaust a stack, even a small one.
#[test]
fn d22_deep_nesting_needs_no_deep_stack() {
    let decode = || {
        for deep in ["[".repeat(100_000), "{\"v\":".repeat(100_000), "{\"what\":{\"body\":".repeat(50_000)] {
            assert!(serde_json::from_str::<Fact>(&deep).is_err());
            assert!(serde_json::from_str::<Envelope>(&deep).is_err());
            assert!(serde_json::from_str::<Projection>(&deep).is_err());
            assert!(serde_json::from_str::<Purpose>(&deep).is_err());
        }
    };
    let small = std::thread::Builder::new().stack_size(1_024 * 1_024).spawn(decode).unwrap();
    small.join().unwrap();
}

#[test]
fn d23_the_decoder_is_strict() {
    let policy = policy();
    let run = crate::replaying::busy(&policy);
    let grant = run.facts.iter().find(|fact| fact.kind.grant().is_some()).unwrap();
    let stored = serde_json::to_string(grant).unwrap();
    assert!(serde_json::from_str::<Fact>(&stored).is_ok());
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for broken in [
        deep.clone(),
        stored.replace("\"body\":{", &format!("\"body\":{{\"x\":{deep},")),
        stored.replace("\"v\":1", "\"v\":1,\"v\":1"),
        stored.replace("\"seq\":", "\"seq\":0,\"seq\":"),
        stored.replace("\"v\":1", "\"v\":NaN"),
        stored.replace("\"v\":1", "\"v\":1e999"),
        stored.replace("\"v\":1", "\"v\":-0"),
        stored.replace("\"v\":1", "\"v\":18446744073709551617"),
        stored.replace("news", "\\ud800"),
        format!("\u{feff}{stored}"),
        stored.replace("\"recorded_at\"", "\"surprise\":1,\"recorded_at\""),
        stored.replace("\"cell\"", "\"surprise\":1,\"cell\""),
        stored[..stored.len() - 1].to_string(),
    ] {
        let broken_head: String = broken.chars().take(80).collect();
        assert!(serde_json::from_str::<Fact>(&broken).is_err(), "{broken_head}");
    }
}

#[test]
fn d24_maps_cannot_be_flooded() {
    let many: ViewToken =
        (0..200_000u128).map(|n| (Consulted::Key(IndexKey::from_u128(n << 64 | 0xffff)), 1)).collect();
    assert_eq!(many.version(Consulted::Key(IndexKey::from_u128(199_999 << 64 | 0xffff))), Some(1));
}

#[test]
fn d52_purpose_names_have_one_spelling() {
    assert_eq!(PurposeId::new("News").unwrap(), PurposeId::new(" news ").unwrap());
    for wrong in ["", "*", "news*", "news/", "nеws", "ne ws", "..", "-news", &"n".repeat(49)] {
        assert!(PurposeId::new(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn a_gap_is_an_error_and_changes_nothing() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let log = LogId::new(Aggregate::Subject(PERSON), WRITER);
    let head = run.view.projection().log(log).unwrap().head();
    let mut fact = run.raw(
        Aggregate::Subject(PERSON),
        Actor::subject(),
        FactKind::NoticeSeen { notice: None, scope: None },
    );
    fact.position.seq = Seq::new(head + 2).unwrap();
    let before = run.view.projection().clone();
    let gap = FoldError::GapDetected { expected: head + 1, found: head + 2 };
    assert_eq!(run.view.apply(&policy, [&fact]), Err(gap));
    fact.position = LogId::new(Aggregate::Subject(PERSON), OTHER_WRITER).at(Seq::new(2).unwrap());
    assert_eq!(run.view.apply(&policy, [&fact]), Err(FoldError::GapDetected { expected: 1, found: 2 }));
    assert_eq!(run.view.projection(), &before);
}
