use consent_engine::Span;
use consent_engine::interop::salesforce::{
    Action, ConsentWrite, Observed, ReadResponse, Reply, Status, WriteResponse, ingest_edited, respond,
    verify,
};
use consent_engine::interop::{Attempt, Effect, Next, Outcome, Problem, Target, Verified};
use serde_json::{Value, json};

use crate::world::{NOW, at, catalogue, context, directory, foreign};

fn write(action: Action, status: Status) -> ConsentWrite {
    ConsentWrite::new(action, foreign("a@example.com"), status).unwrap()
}

fn answer(status: u16, body: &str) -> Outcome {
    let intended = write(Action::Email, Status::OptOut);
    let reply = Reply { status, retry_after: Some(Span::seconds(30)), body: body.as_bytes() };
    respond(&intended, &reply, &Attempt::new(2, at(NOW)))
}

fn edited(entries: &Value) -> String {
    json!({"A@example.com": {"result": "Success", "edited": entries}}).to_string()
}

#[test]
fn a_success_is_read_back_and_never_taken_for_the_truth() {
    let flag =
        json!({"objectType": "Lead", "field": "HasOptedOutOfEmail", "valueOfField": "true", "id": "00Q"});
    let row = json!({"objectType": "ContactPointTypeConsent", "field": "PrivacyConsentStatus",
        "valueOfField": "OptOut", "id": "0ZY"});
    let done = answer(200, &edited(&json!([flag, row])));
    assert_eq!((done.next, done.verified), (Next::Accepted, Verified::Match));
    assert_eq!(done.effects, [Effect::ScheduleVerify { at: at("2026-03-02T10:01:00Z") }]);
    // An unrelated field says nothing, and an empty list is no proof of absence.
    let link = json!({"objectType": "Lead", "field": "IndividualId", "valueOfField": "0PK1", "id": "00Q"});
    for entries in [json!([]), json!([link]), Value::Null] {
        let none = answer(200, &edited(&entries));
        assert_eq!((none.next.code(), none.verified), ("NoRecordMatched", Verified::Unknown));
        assert_eq!(none.effects.len(), 1);
    }
    let other =
        json!({"objectType": "Lead", "field": "HasOptedOutOfEmail", "valueOfField": "false", "id": "00Q"});
    let mixed = answer(200, &edited(&json!([flag, other])));
    assert_eq!(mixed.next, Next::Mismatch, "every entry must agree");
}

#[test]
fn errors_are_found_whatever_the_http_status() {
    let inside = answer(200, r#"{"a@example.com":{"result":"INVALID_ID"}}"#);
    let Next::Rejected(Problem::ForeignReportedError { message, .. }) = inside.next else { panic!() };
    assert_eq!(message.expose(), "INVALID_ID");
    for (status, body, expected) in [
        (400, r#"[{"errorCode":"INVALID_FIELD","message":"x"}]"#, "Rejected"),
        (403, r#"[{"errorCode":"INSUFFICIENT_ACCESS","message":"x"}]"#, "Rejected"),
        (403, r#"[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"x"}]"#, "Retry"),
        (200, r#"[{"errorCode":"UNABLE_TO_LOCK_ROW","message":"x"}]"#, "Retry"),
        (200, r#"{"a@example.com":{"result":"UNABLE_TO_LOCK_ROW: try again"}}"#, "Retry"),
        (200, r#"[{"errorCode":"INVALID_SESSION_ID","message":"x"}]"#, "Rejected"),
        (404, "not found", "Rejected"),
        (301, "", "Rejected"),
        (429, "", "Retry"),
        (503, "<html>", "Retry"),
        (200, "<html>", "Unknown"),
        (200, "", "Unknown"),
        (204, "", "Unknown"),
        (200, "{}", "Unknown"),
        (200, "[]", "Rejected"),
        (200, r#"{"b@example.com":{"result":"Success","edited":[]}}"#, "Unknown"),
        (200, r#"{"a@example.com":{"edited":[]}}"#, "Unknown"),
        (200, r#"{"a@example.com":{"result":true,"edited":[]}}"#, "Unknown"),
        (200, r#"{"a@example.com":{"result":"Success","edited":[],}}"#, "Unknown"),
        (200, r#"{"a@example.com":{"result":"x","result":"Success","edited":[]}}"#, "Unknown"),
        (200, r#"{"a@example.com":{"result":"Success","edited":[{"field":"DoNotCall"}]}}"#, "Unknown"),
    ] {
        let outcome = answer(status, body);
        assert_eq!(outcome.next.code(), expected, "{status} {body}");
        assert!(!outcome.effects.is_empty());
        if let Next::Retry { at: when } = outcome.next {
            assert!(when >= at("2026-03-02T10:00:30Z"), "never before Retry-After");
        }
    }
    assert_eq!(answer(503, "").effects.len(), 2, "it may have been done before it failed");
}

#[test]
fn booleans_are_texts() {
    for value in [json!(true), json!("True"), json!("1"), json!(null)] {
        let entry = json!([{"objectType": "Lead", "field": "DoNotCall", "valueOfField": value, "id": "00Q"}]);
        assert_eq!(answer(200, &edited(&entry)).next.code(), "Unknown", "{value}");
    }
}

#[test]
fn a_read_back_verifies() {
    let row = |field: &str, value: &str| json!({"objectConsulted": "Contact", "field": field, "recordId": "003", "value": value});
    let consent = |status: &str, purpose: &str| json!({"objectConsulted": "ContactTypePointConsent", "status": status, "purpose": purpose, "recordId": "0ZY"});
    let check = |write: &ConsentWrite, explanation: Value| {
        let body = json!({"a@example.com": {"result": "Success", "proceed": {"email": "false"}, "explanation": explanation}});
        let response = ReadResponse::parse(body.to_string().as_bytes()).unwrap();
        let entry = response.entry(write.id()).unwrap().as_ref().unwrap();
        match verify(write, Observed::Read(entry)) {
            Verified::Match => "Match",
            Verified::Mismatch(_) => "Mismatch",
            Verified::Unknown => "Unknown",
        }
    };
    let out = write(Action::Email, Status::OptOut);
    let (yes, no) = (row("HasOptedOutOfEmail", "true"), row("HasOptedOutOfEmail", "false"));
    assert_eq!(check(&out, json!([yes, no])), "Match", "least permissive");
    assert_eq!(check(&out, json!([no])), "Mismatch");
    assert_eq!(check(&out, json!([])), "Unknown", "false without explanation proves nothing");
    assert_eq!(check(&out, json!([row("HasOptedOutOfFax", "true")])), "Unknown");
    let back_in = write(Action::Email, Status::OptIn);
    assert_eq!(check(&back_in, json!([no, consent("opt_in", "marketing")])), "Match");
    assert_eq!(check(&back_in, json!([no, yes])), "Mismatch", "one record still says no");
    let seen = write(Action::Email, Status::Seen);
    assert_eq!(check(&seen, json!([no])), "Unknown", "a flag knows no notices");
    assert_eq!(check(&seen, json!([no, consent("SEEN", "marketing")])), "Match");
    let store = write(Action::StorePiiElsewhere, Status::OptOut);
    assert_eq!(check(&store, json!([row("CanStorePiiElsewhere", "false")])), "Match");
}

#[test]
fn an_answer_to_somebody_else_is_the_statement_of_the_write() {
    let (catalogue, directory) = (catalogue(), directory(&json!({})));
    let context = context(NOW, &catalogue, &directory);
    let entry = |object: &str, id: &str, value: &str| json!({"objectType": object, "field": "HasOptedOutTracking", "valueOfField": value, "id": id});
    let entries = json!([
        entry("Individual", "0PK1", "true"),
        entry("Individual", "0PK1", "true"),
        entry("Individual", "0PK2", "false"),
        entry("Individual", "0PKx", "true")
    ]);
    let response = WriteResponse::parse(edited(&entries).as_bytes()).unwrap();
    let ingest = ingest_edited(&write(Action::Track, Status::OptOut), &response, &context).unwrap();
    let targets: Vec<_> = ingest.commands.iter().map(|command| command.target.clone()).collect();
    assert_eq!(targets.len(), 2, "each person once, and none whose field says otherwise");
    assert_eq!(targets[1], Target::Record(foreign("0PKx")));
    let failed = WriteResponse::parse(br#"{"a@example.com":{"result":"No"}}"#).unwrap();
    let error = ingest_edited(&write(Action::Track, Status::OptOut), &failed, &context).unwrap_err();
    assert_eq!((error.problem().code(), error.interim().len()), ("ForeignReportedError", 1));
    let error = ingest_edited(&write(Action::Track, Status::OptIn), &failed, &context).unwrap_err();
    assert_eq!(error.interim(), []);
}
