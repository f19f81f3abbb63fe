use consent_engine::interop::salesforce::{
    Action, ConsentRead, Observation, ReadIngest, ReadResponse, ingest_read,
};
use consent_engine::interop::{Context, Directory, DsrKind, Echo, Effect, Noop, Record, Target, Warning};
use consent_engine::{Act, Channel, Foreign, PurposeScope};
use serde_json::{Value, json};

use crate::world::{NOW, catalogue, context, foreign, point, purpose, salesforce, subject};

fn people() -> Directory {
    let record = |id: &str, email: &str, individual: &str| Record {
        object: "Contact".into(),
        id: foreign(id),
        email: Some(foreign(email)),
        individual: Some(foreign(individual)),
    };
    Directory::new()
        .with_record(record("003A", "a@example.com", "0PK1"))
        .with_record(record("003B", "shared@example.com", "0PK1"))
        .with_record(record("003C", "shared@example.com", "0PK2"))
        .with_subject(foreign("0PK1"), subject("0PK1"))
        .with_subject(foreign("0PK2"), subject("0PK2"))
        .with_point(foreign("stranger@example.com"), point("stranger@example.com"))
}

fn take_with(
    read: &ConsentRead,
    body: &Value,
    last: &[Observation],
    change: impl FnOnce(&mut Context<'_>),
) -> ReadIngest {
    let (catalogue, directory) = (catalogue(), people());
    let mut context = context(NOW, &catalogue, &directory);
    // The closure may only shorten what it borrows.
    change(&mut context);
    ingest_read(read, &ReadResponse::parse(body.to_string().as_bytes()).unwrap(), last, &context)
}

fn take(
    actions: &[Action],
    id: &str,
    proceed: Value,
    explanation: Value,
    last: &[Observation],
) -> ReadIngest {
    let read = ConsentRead::new(actions.iter().copied(), [foreign(id)]).unwrap();
    let body = json!({id: {"result": "Success", "proceed": proceed, "explanation": explanation}});
    take_with(&read, &body, last, |_| {})
}

fn flag(field: &str, value: &str) -> Value {
    json!({"objectConsulted": "Contact", "field": field, "recordId": "003A", "value": value})
}

fn row(spelling: &str, status: &str, purpose: &str) -> Value {
    json!({"objectConsulted": spelling, "status": status, "purpose": purpose, "recordId": "0ZY1", "value": "true"})
}

const MAIL: &[Action] = &[Action::Email];
const ID: &str = "a@example.com";

#[test]
fn neither_answer_means_anything_without_an_explanation() {
    for (proceed, foreign, warned) in [
        (json!({"email": "false", "emailResult": "Success"}), Foreign::UnknownNegative, true),
        (json!({"email": "true", "emailResult": "Success"}), Foreign::Agrees, false),
        (json!({}), Foreign::UnknownNegative, true),
        (json!({"emailResult": "infoNotFound"}), Foreign::Agrees, false),
    ] {
        let found = take(MAIL, ID, proceed.clone(), json!([]), &[]);
        assert_eq!(found.ingest.commands, [], "{proceed}");
        assert_eq!(found.readings[0].foreign, foreign, "{proceed}");
        assert_eq!(found.ingest.warnings.contains(&Warning::NegativeWithoutExplanation), warned, "{proceed}");
        assert_eq!(found.ingest.noop == Some(Noop::NotSet), proceed["emailResult"] == "infoNotFound");
    }
}

#[test]
fn an_explained_opt_out_is_one_in_either_spelling() {
    for spelling in ["ContactTypePointConsent", "ContactPointTypeConsent", "contactpointtypeconsent"] {
        for status in ["opt_out", "OPT_OUT", "OptOut"] {
            let explanation =
                json!([row(spelling, "opt_in", "newsletter"), row(spelling, status, "marketing")]);
            let found = take(MAIL, ID, json!({"email": "false"}), explanation, &[]);
            let [command] = found.ingest.commands.as_slice() else { panic!("{found:?}") };
            assert_eq!(command.target, Target::Subject(subject("0PK1")));
            assert_eq!(command.scope().unwrap().purpose, PurposeScope::Subtree(purpose("marketing")));
            assert_eq!(command.channel(), Some(Channel::Email));
            assert_eq!(found.readings[0].foreign, Foreign::MoreRestrictive);
            assert_eq!(found.ingest.warnings, [Warning::Drift], "the opt-in has no date");
            assert_eq!(found.ingest.effects, [Effect::LogDiscrepancy, Effect::Refetch]);
        }
    }
    let real =
        json!([{"objectConsulted": "ContactPointTypeConsent", "purpose": "marketing", "value": "OPT_OUT"}]);
    assert_eq!(take(MAIL, ID, json!({"email": "false"}), real, &[]).ingest.commands.len(), 1);
}

#[test]
fn reading_is_not_an_act() {
    let out = json!([flag("HasOptedOutOfEmail", "true")]);
    let first = take(MAIL, ID, json!({"email": "false"}), out.clone(), &[]);
    assert_eq!(first.ingest.commands.len(), 1);
    let second = take(MAIL, ID, json!({"email": "false"}), out.clone(), &first.observations);
    assert_eq!((second.ingest.commands.len(), second.ingest.noop), (0, Some(Noop::Unchanged)));
    assert_eq!(second.readings[0].foreign, Foreign::MoreRestrictive, "it still is");
    assert_eq!(second.observations, first.observations);
    // Back to the default: more permissive, and no act of the person to account for it.
    let back = take(
        MAIL,
        ID,
        json!({"email": "true"}),
        json!([flag("HasOptedOutOfEmail", "false")]),
        &second.observations,
    );
    assert_eq!((back.ingest.commands.len(), back.ingest.warnings), (0, vec![Warning::Drift]));
    // And out again: an opt-out.
    assert_eq!(take(MAIL, ID, json!({"email": "false"}), out, &back.observations).ingest.commands.len(), 1);
    // The stored form of what was observed.
    let stored = serde_json::to_string(&first.observations).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Observation>>(&stored).unwrap(), first.observations);
}

#[test]
fn a_default_of_a_direct_flag_is_no_opt_out() {
    let store = &[Action::StorePiiElsewhere];
    let found = take(
        store,
        ID,
        json!({"storepiielsewhere": "false"}),
        json!([flag("CanStorePiiElsewhere", "false")]),
        &[],
    );
    assert_eq!((found.ingest.commands.len(), found.ingest.warnings.len()), (0, 0));
    assert_eq!(found.readings[0].foreign, Foreign::UnknownNegative);
    let found = take(store, ID, json!({"pii": "true"}), json!([flag("CanStorePiiElsewhere", "true")]), &[]);
    assert_eq!((found.ingest.commands.len(), found.ingest.warnings), (0, vec![Warning::Drift]));
}

#[test]
fn a_flag_of_another_action_is_read_as_what_it_is() {
    // As in the published example: tracking is explained in a read of e-mail.
    let found = take(
        MAIL,
        ID,
        json!({"email": "true"}),
        json!([flag("HasOptedOutOfTracking", "true"), flag("HasOptedOutTracking", "true")]),
        &[],
    );
    assert_eq!(found.ingest.commands[0].purpose(), Some(purpose("tracking")));
    assert_eq!(found.ingest.warnings, [Warning::UnreadableRow], "the example's spelling is no field");
}

#[test]
fn an_opt_out_is_for_everybody_at_the_address() {
    let out = json!([flag("HasOptedOutOfEmail", "true")]);
    let shared = take(MAIL, "shared@example.com", json!({"email": "false"}), out.clone(), &[]);
    assert_eq!(
        (shared.ingest.commands.len(), shared.ingest.warnings),
        (2, vec![Warning::SharedContactPoint])
    );
    let stranger = take(MAIL, "stranger@example.com", json!({"email": "false"}), out, &[]);
    assert_eq!(stranger.ingest.commands[0].target, Target::Address(foreign("stranger@example.com")));
    assert_eq!(stranger.ingest.commands[0].scope().unwrap().point, Some(point("stranger@example.com")));
}

#[test]
fn what_was_projected_is_no_withdrawal() {
    let out = json!({"a@example.com": {"result": "Success", "proceed": {"email": "false"},
        "explanation": [flag("HasOptedOutOfEmail", "true")]}});
    let read = ConsentRead::new([Action::Email], [foreign(ID)]).unwrap();
    let echo = |who, value| [Echo::new(salesforce(), subject(who), 1, value)];
    for (echoes, expected) in [
        (echo("0PK1", "email OptOut /2026-03-20T00:00:00.000Z marketing"), 0),
        (echo("0PK2", "email OptOut /2026-03-20T00:00:00.000Z marketing"), 1),
        (echo("0PK1", "email OptIn / marketing"), 1),
        (echo("0PK1", "phone OptOut / "), 1),
    ] {
        let (catalogue, directory) = (catalogue(), people());
        let context = Context { echoes: &echoes, ..context(NOW, &catalogue, &directory) };
        let found =
            ingest_read(&read, &ReadResponse::parse(out.to_string().as_bytes()).unwrap(), &[], &context);
        assert_eq!(found.ingest.commands.len(), expected, "{echoes:?}");
        assert_eq!(found.ingest.noop == Some(Noop::Echo), expected == 0);
    }
}

#[test]
fn what_cannot_be_read_blocks_until_it_can() {
    for explanation in [
        json!([flag("HasOptedOutOfEmail", "yes")]),
        json!([row("ContactPointTypeConsent", "maybe", "marketing")]),
        json!([row("ContactPointTypeConsent", "opt_out", "nobody knows")]),
        json!([{"objectConsulted": "Contact", "field": "HasOptedOutOfEmail", "recordId": "003A", "value": true}]),
    ] {
        let found = take(MAIL, ID, json!({"email": "false"}), explanation.clone(), &[]);
        assert_eq!(found.ingest.commands, [], "{explanation}");
        let [(id, error)] = found.failures.as_slice() else { panic!("{explanation}: {found:?}") };
        assert_eq!((id, error.interim().len()), (&foreign(ID), 1), "{explanation}");
        assert!(matches!(error.interim()[0].command.act(), Act::Restrict { .. }));
        assert_eq!(error.interim()[0].channel(), Some(Channel::Email));
        assert_eq!(found.observations, [], "it is news again the next time");
    }
    let billing = take(
        MAIL,
        ID,
        json!({"email": "false"}),
        json!([row("ContactPointTypeConsent", "opt_out", "billing")]),
        &[],
    );
    assert_eq!(billing.failures[0].1.problem().code(), "ImmutablePurpose");
    assert_eq!(billing.failures[0].1.interim(), []);
}

#[test]
fn one_person_in_trouble_leaves_the_others() {
    let ids = ["a@example.com", "b@example.com", "c@example.com", "d@example.com"].map(foreign);
    let read = ConsentRead::new([Action::Email], ids).unwrap();
    let out = json!({"result": "Success", "proceed": {"email": "false"}, "explanation": [flag("HasOptedOutOfEmail", "true")]});
    let body = json!({"a@example.com": out, "b@example.com": {"result": "INVALID_ID"},
        "c@example.com": {"result": "Success", "proceed": {"email": false}}, "z@example.com": out});
    let known = take(
        MAIL,
        "d@example.com",
        json!({"email": "false"}),
        json!([flag("HasOptedOutOfEmail", "true")]),
        &[],
    );
    let found = take_with(&read, &body, &known.observations, |_| {});
    assert_eq!(found.ingest.commands.len(), 1, "and nothing for somebody nobody asked about");
    let codes: Vec<_> =
        found.failures.iter().map(|(_, error)| (error.problem().code(), error.interim().len())).collect();
    assert_eq!(codes, [("ForeignReportedError", 0), ("InvalidValue", 1)]);
    assert_eq!(found.ingest.warnings, [Warning::AnswerDoesNotFit]);
    assert_eq!(found.readings.len(), 4);
    assert!(found.observations.contains(&known.observations[0]), "what was known of d stays known");
}

#[test]
fn a_row_that_may_mean_several_channels_is_read_for_each() {
    let asked = &[Action::Email, Action::Phone, Action::Fax, Action::Track];
    let rows = json!([row("ContactPointTypeConsent", "opt_out", "marketing")]);
    let both = take(
        asked,
        ID,
        json!({"email": "false", "phone": "false", "fax": "true", "track": "true"}),
        rows.clone(),
        &[],
    );
    let channels: Vec<_> = both.ingest.commands.iter().map(|command| command.channel().unwrap()).collect();
    assert_eq!(
        (channels, both.ingest.effects),
        (vec![Channel::Email, Channel::Voice], vec![Effect::OpenReview])
    );
    let one = take(
        asked,
        ID,
        json!({"email": "true", "phone": "false", "fax": "true", "track": "true"}),
        rows,
        &[],
    );
    assert_eq!(one.ingest.commands[0].channel(), Some(Channel::Voice));
    assert_eq!((one.ingest.commands.len(), one.ingest.effects.len()), (1, 0));
}

#[test]
fn requests_are_read_once() {
    let actions = &[Action::ShouldForget, Action::Portability];
    let explained = json!([flag("ShouldForget", "true"), flag("SendIndividualData", "false")]);
    let first =
        take(actions, ID, json!({"shouldforget": "true", "portability": "false"}), explained.clone(), &[]);
    assert_eq!(first.ingest.requests[0].kind, DsrKind::Erasure);
    assert_eq!((first.ingest.requests.len(), first.ingest.commands.len(), first.readings.len()), (1, 0, 0));
    let again = take(actions, ID, json!({"shouldforget": "true"}), explained, &first.observations);
    assert_eq!(again.ingest.requests, []);
    let back = take(actions, ID, json!({}), json!([flag("ShouldForget", "false")]), &first.observations);
    assert_eq!(back.ingest.warnings, [Warning::RequestTakenBack]);
}

#[test]
fn an_aggregate_is_about_nobody() {
    let read = ConsentRead::new([Action::Email], [foreign(ID)]).unwrap().aggregated();
    let body = json!({"a@example.com": {"result": "Success", "proceed": {"email": "false"},
        "explanation": [flag("HasOptedOutOfEmail", "true")]}});
    assert_eq!(take_with(&read, &body, &[], |_| {}), ReadIngest::default());
}

#[test]
fn a_read_has_bounds_and_options() {
    let many = (0..801).map(|n| foreign(&format!("{n}@example.com")));
    assert_eq!(ConsentRead::new([Action::Email], many).unwrap_err().code(), "LimitExceeded");
    let long = (0..200).map(|n| foreign(&format!("{}{n}@example.com", "x".repeat(100))));
    assert_eq!(ConsentRead::new([Action::Email], long).unwrap_err().code(), "LimitExceeded");
    assert_eq!(ConsentRead::new([], [foreign(ID)]).unwrap_err().code(), "Missing");
    assert_eq!(ConsentRead::new([Action::Email], []).unwrap_err().code(), "Missing");
    let read = ConsentRead::new([Action::ShouldForget], [foreign("003A"), foreign(ID)]).unwrap();
    let read = read.at(NOW.parse().unwrap()).for_purpose("a b");
    assert_eq!(
        *read.path_and_query("62.0").expose(),
        "/services/data/v62.0/consent/action/shouldforget?ids=003A%2Ca%40example.com&verbose=true\
         &datetime=2026-03-02T10%3A00%3A00.000Z&purpose=a%20b"
    );
}

#[test]
fn an_answer_has_bounds() {
    let many: serde_json::Map<_, _> =
        (0..801).map(|n| (format!("{n}@example.com"), json!({"result": "Success"}))).collect();
    let parsed = ReadResponse::parse(Value::from(many).to_string().as_bytes());
    assert_eq!(parsed.unwrap_err().code(), "LimitExceeded");
    let rows = Value::from(vec![flag("HasOptedOutOfEmail", "true"); 1_001]);
    let found = take(MAIL, ID, json!({"email": "false"}), rows, &[]);
    assert_eq!(found.failures[0].1.problem().code(), "LimitExceeded");
    assert_eq!(found.failures[0].1.interim().len(), 1, "and nobody is lost over it");
}
