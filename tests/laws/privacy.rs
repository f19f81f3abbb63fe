use consent_engine::*;

use crate::support::*;

const CANARY: &str = "canary-7f3a";

fn with_canaries() -> Evidence {
    let note = || Note::new(CANARY).unwrap();
    explicit()
        .with_source_detail(note())
        .with_ip(note())
        .with_user_agent(note())
        .with_reason(note())
        .with_external_ref(note())
}

#[test]
fn l51_no_personal_data_in_debug_display_or_errors() {
    let policy = policy();
    let mut run = Run::new(&policy);
    let command = Command::new(Actor::subject(), stated(cell("news", EMAIL))).with_evidence(with_canaries());
    let decided = run.command(&command).unwrap();
    let note = Some(Note::new(CANARY).unwrap());
    run.person(Act::Preference { purpose: id("news"), interest: Interest::Relevant, note }).unwrap();
    let decision = run.decision(cell("news", EMAIL), RegimeSet::OPT_IN);
    let shown = [
        format!("{command:?}"),
        format!("{decided:?}"),
        format!("{:?}", run.facts),
        format!("{:?}", run.view),
        format!("{decision:?} {}", decision.explain()),
        decision.why(&policy),
        serde_json::to_string(&decision.to_record()).unwrap(),
        serde_json::to_string(run.view.projection()).unwrap(),
        format!("{:?} {}", Pii::new(CANARY), Pii::new(CANARY)),
    ];
    for text in &shown {
        assert!(!text.contains(CANARY), "{text}");
    }
    let stored = serde_json::to_string(&run.facts).unwrap();
    assert!(stored.contains(CANARY), "a store keeps what it must");
}

#[test]
fn d40_errors_never_repeat_their_input() {
    let wrong = [
        PurposeId::new("canary-7f3a@example.com").unwrap_err().to_string(),
        "canary-7f3a".parse::<Timestamp>().unwrap_err().to_string(),
        "canary-7f3a".parse::<Channel>().unwrap_err().to_string(),
        Note::new("canary-7f3a\n").unwrap_err().to_string(),
        serde_json::from_str::<PurposeId>("\"canary-7f3a@\"").unwrap_err().to_string(),
        serde_json::from_str::<Channel>("\"canary-7f3a\"").unwrap_err().to_string(),
        serde_json::from_str::<Timestamp>("\"canary-7f3a\"").unwrap_err().to_string(),
        serde_json::from_str::<Note>("\"canary-7f3a\\u0000\"").unwrap_err().to_string(),
    ];
    for text in wrong {
        assert!(!text.contains(CANARY) && text.len() > 10, "{text}");
    }
}

#[test]
fn d41_notes_are_one_bounded_line() {
    for (text, at) in [
        ("a\0", 1),
        ("\r\nX-Header: 1", 0),
        ("ab\u{1b}[31m", 2),
        ("a\u{85}", 1),
        ("a\u{2028}b", 1),
        ("\u{202e}a", 0),
    ] {
        assert_eq!(Note::new(text), Err(NoteError::ControlCharacter { at }), "{text:?}");
        assert!(!Note::lossy(text).expose().contains(|c: char| c.is_control()));
    }
    let long = "x".repeat(10_000_000);
    assert_eq!(Note::new(&long), Err(NoteError::TooLong { len: 10_240, max: 1_024 }));
    assert_eq!(Note::lossy(&long).expose().len(), 1_024);
    assert!(Note::new(&"é".repeat(1_024)).is_ok(), "characters are counted, not bytes");
}
