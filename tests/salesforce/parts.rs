//! The parts of what a case expects, each compared key by key.

use consent_engine::interop::salesforce::{Call, ConsentWrite, ingest};
use consent_engine::interop::{Addressed, Effect, Ingest, MapError, Problem, Projection, Target};
use consent_engine::{
    Act, Actor, Captured, Channel, Command, Method, Note, PurposeScope, Reason, Regime, RestrictionReason,
    Scope, State, Via,
};
use serde_json::Value;

use crate::world::{
    ADDRESS, NOW, Person, at, catalogue, context, directory, foreign, point, purpose, salesforce, subject,
};

/// The query of a case, written as a call would have it.
pub(crate) fn query(pairs: &Value) -> String {
    let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let pair = |(name, value): (&String, &Value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{name}={}", encode(&text))
    };
    pairs.as_object().unwrap().iter().map(pair).collect::<Vec<_>>().join("&")
}

pub(crate) fn is_for(command: &Addressed, individual: &str) -> bool {
    matches!(&command.target, Target::Subject(id) if *id == subject(individual))
        || matches!(&command.target, Target::Address(address) if address.matches(&foreign(ADDRESS)))
}

pub(crate) fn reason(word: &str) -> Option<Reason> {
    Some(match word {
        "granted" => return None,
        "not_set" => Reason::ConsentMissing,
        "expired" => Reason::ConsentExpired,
        "not_yet_effective" => Reason::NotYetEffective,
        "withdrawn_or_denied" => Reason::OptOut,
        other => panic!("{other}"),
    })
}

pub(crate) fn word(state: State) -> &'static str {
    match state {
        State::Unknown => "NotSet",
        State::Pending => "Pending",
        State::Granted => "Granted",
        State::Denied => "Denied",
        State::Withdrawn => "Withdrawn",
        State::Expired(_) => "Expired",
    }
}

pub(crate) fn check_error(expected: &Value, error: &MapError) {
    let problem = error.problem();
    for (key, expected) in expected.as_object().unwrap() {
        let found: Value = match (key.as_str(), problem) {
            ("code", problem) => problem.code().into(),
            ("n", Problem::AmbiguousSubject { n } | Problem::MultipleIdsNotSupported { n }) => (*n).into(),
            ("field", Problem::FieldTooLong { field, .. }) => (*field).into(),
            ("max", Problem::FieldTooLong { max, .. }) => (*max).into(),
            ("len", Problem::FieldTooLong { len, .. }) => (*len).into(),
            ("action", Problem::InvalidStatusForAction { action, .. }) => (*action).into(),
            ("status", Problem::InvalidStatusForAction { status, .. }) => (*status).into(),
            ("allowed", Problem::InvalidStatusForAction { allowed, .. }) => allowed.to_vec().into(),
            ("param", Problem::UnsupportedParamInMode { param, .. }) => (*param).into(),
            ("mode", Problem::UnsupportedParamInMode { mode, .. }) => (*mode).into(),
            ("purpose", Problem::ImmutablePurpose { purpose }) => purpose.expose().into(),
            (other, problem) => panic!("nobody compares {other} of {problem:?}"),
        };
        assert_eq!(expected, &found, "{key}");
    }
}

pub(crate) fn command_name(command: &Addressed) -> &'static str {
    match command.command.act() {
        Act::Grant { .. } => "RecordOptIn",
        Act::OptOut(_) => "RecordOptOut",
        Act::NoticeSeen { .. } => "RecordNoticeSeen",
        other => panic!("{other:?}"),
    }
}

pub(crate) fn check_command(expected: &Value, found: &Addressed) {
    assert_eq!(found.command.actor(), Actor::subject().reported_by(salesforce()));
    for (key, expected) in expected.as_object().unwrap() {
        match key.as_str() {
            "command" => assert_eq!(expected, command_name(found)),
            "subject" => assert_eq!(found.target, Target::Subject(subject(expected.as_str().unwrap()))),
            "channel" => assert_eq!(found.channel(), Some(expected.as_str().unwrap().parse().unwrap())),
            "purpose" => assert_eq!(found.purpose(), Some(purpose(expected.as_str().unwrap()))),
            "evidence" => check_evidence(expected, found),
            other => panic!("nobody compares {other} of a command"),
        }
    }
    if let Act::Grant { stated, .. } = found.command.act() {
        assert_eq!(stated.len(), 1);
        let by_mail = found.channel() == Some(Channel::Email);
        let address = found.address.as_ref().filter(|_| by_mail);
        assert_eq!(
            stated[0].point,
            address.map(|address| point(address.expose())),
            "granted where it was given"
        );
    }
    if let Act::OptOut(scopes) = found.command.act() {
        assert_eq!(scopes.len(), 1);
        assert_eq!(scopes[0].point.is_some(), matches!(found.target, Target::Address(_)));
    }
}

pub(crate) fn check_evidence(expected: &Value, found: &Addressed) {
    let evidence = found.evidence().unwrap();
    let window = match found.command.act() {
        Act::Grant { window, .. } => *window,
        _ => None,
    };
    for (key, expected) in expected.as_object().unwrap() {
        let text = || expected.as_str().unwrap();
        match key.as_str() {
            "captured_at" => assert_eq!(found.captured(), Captured::At(at(text()))),
            "double_opt_in_at" => assert_eq!(evidence.double_opt_in_at(), Some(&at(text()))),
            "effective_from" => assert_eq!(window.unwrap().from(), at(text())),
            "method" => assert_eq!((text(), evidence.method()), ("explicit", Method::Explicit)),
            "source" => assert_eq!(evidence.source().as_str(), text()),
            "source_detail" => assert_eq!(evidence.source_detail().map(Note::expose), Some(text())),
            "external_ref" => {
                let system = expected["system"].as_str().unwrap();
                let Via::Reported(via) = found.command.actor().via() else { panic!("not reported") };
                assert_eq!(via.as_str(), system);
                let record = expected["record"].as_str().unwrap();
                assert_eq!(evidence.external_ref().map(Note::expose), Some(record));
                assert_eq!(expected.as_object().unwrap().len(), 2);
            }
            other => panic!("nobody compares {other} of evidence"),
        }
    }
}

/// Everybody who is named is blocked: by a restriction of reason Interim, and in the engine.
pub(crate) fn check_interim(expected: &Value, error: &MapError) {
    let named: Vec<_> =
        error.interim().iter().map(|block| block.address.as_ref().unwrap().expose()).collect();
    assert_eq!(expected, &Value::from(named));
    for block in error.interim() {
        let Act::Restrict { reason, scope, until } = block.command.act() else { panic!("{block:?}") };
        assert_eq!((*reason, *until), (RestrictionReason::Interim, None));
        assert_eq!((scope.purpose, scope.channel), (PurposeScope::All, Some(Channel::Email)));
    }
    let now = at(NOW);
    let mut person = Person::new("0PK1", now);
    assert!(person.permits("marketing", Channel::Email, Regime::OptOut, now));
    person.take(&error.interim()[0], now);
    let (_, reasons) = person.reasons("marketing", Channel::Email, Regime::OptOut, now);
    assert_eq!(reasons.iter().collect::<Vec<_>>(), [Reason::Interim]);
}

pub(crate) fn check_effects(expected: &Value, found: &[Effect]) {
    let expected = expected.as_array().unwrap();
    assert_eq!(expected.len(), found.len(), "{found:?}");
    for (expected, found) in expected.iter().zip(found) {
        match expected {
            Value::String(name) => assert_eq!(name, found.code()),
            Value::Object(fields) => {
                assert_eq!(fields["effect"], found.code());
                let Effect::ScheduleWrite { at: when } = found else { panic!("{found:?}") };
                assert_eq!(*when, at(fields["at"].as_str().unwrap()));
                assert_eq!(fields.len(), 2);
            }
            other => panic!("{other}"),
        }
    }
}

pub(crate) fn check_projection(expected: &Value, found: &Projection<ConsentWrite>) {
    let Some(fields) = expected.as_object() else {
        assert_eq!((expected, &found.payload), (&Value::Null, &None));
        return;
    };
    let write = found.payload.as_ref().unwrap();
    for (key, expected) in fields {
        match key.as_str() {
            "action" => assert_eq!(expected, write.action().name()),
            "status" => assert_eq!(expected, write.status().name()),
            "effectiveTo" => assert_eq!(expected, &write.effective_to().unwrap().to_string()),
            other => panic!("nobody compares {other} of a projection"),
        }
    }
}

/// A person with a grant and a pause, after the echo was taken in: paused until its end, and then permitted.
pub(crate) fn check_still_paused(expected: &Value, echoed: &Ingest) {
    assert_eq!(expected, "Paused");
    let (now, until) = (at(NOW), at("2026-03-20T00:00:00Z"));
    let mut person = Person::new("0PK1", now);
    let catalogue = catalogue();
    let directory = directory(&Value::Null);
    let context = context(NOW, &catalogue, &directory);
    let yes = ingest(&Call::new("email", "ids=0PK1&status=OptIn", b"{}"), &context).unwrap();
    yes.commands.iter().for_each(|command| person.take(command, now));
    let scope = Scope::EVERYTHING;
    let pause = Act::Restrict { reason: RestrictionReason::Pause, scope, until: Some(until) };
    person.decide(&Command::new(Actor::subject(), pause), now);
    echoed.commands.iter().for_each(|command| person.take(command, now));
    let (_, reasons) = person.reasons("marketing", Channel::Email, Regime::OptIn, now);
    assert_eq!(reasons.iter().collect::<Vec<_>>(), [Reason::Pause]);
    assert!(person.permits("marketing", Channel::Email, Regime::OptIn, until));
}
