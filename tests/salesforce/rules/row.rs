use consent_engine::interop::salesforce::{
    ContactPointTypeConsent, Desired, Pause, Status, TargetOrg, ingest_row, project, project_row,
};
use consent_engine::interop::{
    Context, Echo, Effect, ForeignId, Ingest, Loss, MapError, Noop, PurposeName, Target, Warning,
};
use consent_engine::{Act, Channel, Evidence, Interval, Method, SourceName, State};
use serde_json::{Value, json};

use crate::world::{NOW, at, catalogue, context, directory, foreign, purpose, salesforce, subject};

fn names() -> [PurposeName; 2] {
    let name = |record, name: &str, own| PurposeName {
        record: Some(foreign(record)),
        name: name.into(),
        purpose: purpose(own),
    };
    [name("0ZW1", "Marketing Emails", "marketing"), name("0ZW2", "News", "newsletter")]
}

fn record(changes: Value) -> Value {
    let mut row = json!({"attributes": {"type": "ContactPointTypeConsent", "version": 3}, "PartyId": "0PK1",
        "ContactPointType": "Email", "PrivacyConsentStatus": "OptIn", "CaptureDate": "2026-01-05T08:00:00.000+0000",
        "CaptureSource": "form", "CaptureContactPointType": "Web", "EffectiveTo": null});
    for (key, value) in changes.as_object().unwrap() {
        row[key] = value.clone();
    }
    row
}

fn take_as(
    row: &Value,
    last: Option<&Value>,
    change: impl for<'c> Fn(Context<'c>) -> Context<'c>,
) -> Result<Ingest, MapError> {
    let (catalogue, directory, names) = (catalogue(), directory(&Value::Null), names());
    let context = change(Context { purposes: &names, ..context(NOW, &catalogue, &directory) });
    let last = last.map(|last| ContactPointTypeConsent::parse(last.to_string().as_bytes()).unwrap());
    ingest_row(row.to_string().as_bytes(), last.as_ref(), &context)
}

fn take(changes: Value) -> Result<Ingest, MapError> {
    take_as(&record(changes), None, |context| context)
}

fn code(changes: Value) -> &'static str {
    take(changes).err().map_or("", |error| error.problem().code())
}

#[test]
fn a_row_is_strict() {
    for (expected, changes) in [
        ("Missing", json!({"PartyId": null})),
        ("InvalidValue", json!({"PartyId": 7})),
        ("UnknownEnumValue", json!({"ContactPointType": "Sms"})),
        ("Missing", json!({"ContactPointType": null})),
        ("UnknownEnumValue", json!({"PrivacyConsentStatus": "Yes"})),
        ("Missing", json!({"CaptureDate": null})),
        ("InvalidTimestamp", json!({"CaptureDate": "2026-01-05"})),
        ("InvalidTimestamp", json!({"EffectiveTo": "tomorrow"})),
        ("InvalidInterval", json!({"EffectiveFrom": "2026-02-02", "EffectiveTo": "2026-02-01"})),
        ("FieldTooLong", json!({"CaptureSource": "x".repeat(256)})),
        ("UnknownEnumValue", json!({"CaptureContactPointType": "Fax"})),
        ("UnknownPurpose", json!({"DataUsePurpose": {"Name": "nobody knows"}})),
        ("UnknownPurpose", json!({"DataUsePurposeId": "0ZW9"})),
        ("InvalidValue", json!({"DataUsePurpose": {"Name": "News", "CanDataSubjectOptOut": "true"}})),
        ("Missing", json!({"DataUsePurpose": {"CanDataSubjectOptOut": true}})),
        ("InvalidValue", json!({"DataUsePurpose": "News"})),
    ] {
        assert_eq!(code(changes.clone()), expected, "{changes}");
        let mut out = changes.clone();
        if changes.get("PrivacyConsentStatus").is_none() && changes.get("PartyId").is_none() {
            out["PrivacyConsentStatus"] = "OptOut".into();
            match take(out) {
                Err(error) => assert_eq!(error.interim().len(), 1, "{changes}"),
                Ok(ingest) => assert_eq!(ingest.commands.len(), 1, "{changes}: a withdrawal needs no date"),
            }
        }
    }
    assert_eq!(take_as(&json!([]), None, |context| context).unwrap_err().problem().code(), "NotAnObject");
}

#[test]
fn types_are_channels_and_purposes_go_by_record_or_name() {
    for (kind, channel) in [
        ("Email", Channel::Email),
        ("MailingAddress", Channel::Postal),
        ("Phone", Channel::Voice),
        ("Social", Channel::Social),
        ("Web", Channel::Web),
    ] {
        let ingest = take(json!({"ContactPointType": kind})).unwrap();
        assert_eq!(ingest.commands[0].channel(), Some(channel));
        assert_eq!(ingest.commands[0].purpose(), None);
    }
    let by = |changes| take(changes).unwrap().commands[0].purpose();
    assert_eq!(by(json!({"DataUsePurposeId": "0ZW1"})), Some(purpose("marketing")));
    assert_eq!(by(json!({"DataUsePurpose": {"Name": "news"}})), Some(purpose("newsletter")));
    assert_eq!(by(json!({"DataUsePurpose": {"Name": "billing"}})), Some(purpose("billing")));
    let unknown = take(json!({"PartyId": "0PKx"})).unwrap();
    assert_eq!(unknown.commands[0].target, Target::Record(foreign("0PKx")));
}

#[test]
fn statuses_other_than_opt_in_grant_nothing() {
    let seen = take(json!({"PrivacyConsentStatus": "Seen"})).unwrap();
    assert!(matches!(seen.commands[0].command.act(), Act::NoticeSeen { .. }));
    assert_eq!(take(json!({"PrivacyConsentStatus": "NotSeen"})).unwrap().commands, []);
    let ends = json!({"PrivacyConsentStatus": "OptOut", "EffectiveTo": "2026-02-01"});
    assert_eq!(take(ends).unwrap().warnings, [Warning::OptOutDatesIgnored]);
}

#[test]
fn a_text_message_is_not_a_call() {
    let channels = [(foreign("0eF1"), Channel::Sms)];
    let row = |status, channel| {
        record(
            json!({"ContactPointType": "Phone", "PrivacyConsentStatus": status, "EngagementChannelTypeId": channel}),
        )
    };
    let (catalogue, directory) = (catalogue(), directory(&Value::Null));
    let context = Context { engagement_channels: &channels, ..context(NOW, &catalogue, &directory) };
    let found = |row: Value| ingest_row(row.to_string().as_bytes(), None, &context);
    assert_eq!(found(row("OptIn", "0eF1")).unwrap().commands[0].channel(), Some(Channel::Sms));
    assert_eq!(found(row("OptIn", "0eF2")).unwrap_err().problem().code(), "UnknownEnumValue");
    let out = found(row("OptOut", "0eF2")).unwrap();
    let all: Vec<_> = out.commands.iter().map(|command| command.channel().unwrap()).collect();
    assert_eq!(all, [Channel::Voice, Channel::Sms, Channel::Whatsapp, Channel::Fax]);
    assert_eq!(out.warnings, [Warning::EngagementChannelUnknown]);
}

#[test]
fn another_brand_grants_nothing() {
    let own = foreign("0bB1");
    let (catalogue, directory) = (catalogue(), directory(&Value::Null));
    let found = |brand: Option<&ForeignId>, status: &str| {
        let row = record(json!({"BusinessBrandId": "0bB1", "PrivacyConsentStatus": status}));
        let context = Context { brand, ..context(NOW, &catalogue, &directory) };
        let ingest = ingest_row(row.to_string().as_bytes(), None, &context).unwrap();
        (ingest.commands.len(), ingest.warnings.len())
    };
    assert_eq!(found(None, "OptIn"), (0, 1));
    assert_eq!(found(None, "OptOut"), (1, 1));
    assert_eq!(found(Some(&own), "OptIn"), (1, 0));
}

#[test]
fn the_catalogue_decides_who_may_opt_out() {
    let out = |name: &str| json!({"PrivacyConsentStatus": "OptOut", "DataUsePurpose": {"Name": name, "CanDataSubjectOptOut": false}});
    let news = take(out("News")).unwrap();
    assert_eq!((news.commands.len(), news.warnings), (1, vec![Warning::OptOutRuleDiffers]));
    for name in ["billing", "nobody knows"] {
        let error = take(out(name)).unwrap_err();
        assert_eq!((error.problem().code(), error.interim().len()), ("ImmutablePurpose", 0));
    }
    let claimed = json!({"PrivacyConsentStatus": "OptOut", "DataUsePurpose": {"Name": "billing", "CanDataSubjectOptOut": true}});
    assert_eq!(code(claimed), "ImmutablePurpose", "the catalogue says so");
}

#[test]
fn a_row_that_is_as_it_was_is_nothing() {
    let row = record(json!({"PrivacyConsentStatus": "OptOut"}));
    let again = take_as(&row, Some(&row), |context| context).unwrap();
    assert_eq!((again.noop, again.commands.len()), (Some(Noop::Unchanged), 0));
    for (key, value) in [("Name", "x"), ("CaptureSource", "corrected"), ("CaptureContactPointType", "Phone")]
    {
        let mut edited = row.clone();
        edited[key] = value.into();
        assert_eq!(take_as(&edited, Some(&row), |context| context).unwrap().commands, [], "{key} is no act");
    }
    for (key, value) in [
        ("PartyId", "0PK2"),
        ("ContactPointType", "Web"),
        ("PrivacyConsentStatus", "Seen"),
        ("DataUsePurposeId", "0ZW1"),
        ("CaptureDate", "2026-02-05T08:00:00Z"),
        ("DoubleConsentCaptureDate", "2026-02-05T08:00:00Z"),
        ("EffectiveFrom", "2026-02-05"),
        ("EffectiveTo", "2026-12-05"),
        ("BusinessBrandId", "0bB1"),
        ("EngagementChannelTypeId", "0eF1"),
    ] {
        let mut other = row.clone();
        other[key] = value.into();
        let found = take_as(&other, Some(&row), |context| context);
        assert!(found.is_err() || found.unwrap().noop.is_none(), "{key} is news");
    }
    let other = record(json!({"PrivacyConsentStatus": "OptOut", "CaptureDate": "2026-02-05T08:00:00Z"}));
    assert_eq!(take_as(&other, Some(&row), |context| context).unwrap().commands.len(), 1);
}

#[test]
fn rows_carry_what_flags_cannot() {
    let id = foreign("0PK1");
    let names = names();
    let org = TargetOrg { purposes: &names, ..TargetOrg::new(salesforce()) };
    let evidence = Evidence::new(Method::Explicit, SourceName::new("mailing_address").unwrap())
        .with_double_opt_in_at(at("2026-01-06"));
    let desired = Desired {
        purpose: Some(purpose("marketing")),
        channel: Some(Channel::Postal),
        window: Some(Interval::new(at("2026-04-01"), Some(at("2026-05-01"))).unwrap()),
        captured_at: Some(at("2026-01-05")),
        evidence: Some(&evidence),
        beside: Some(State::Withdrawn),
        ..Desired::new(subject("0PK1"), 1, &id, State::Granted)
    };
    let found = project_row(&desired, &org, None, at(NOW)).unwrap();
    let row = found.payload.unwrap();
    assert_eq!(found.losses, [Loss::TimePrecisionLost], "nothing else is lost");
    assert_eq!(found.effects, [Effect::ScheduleWrite { at: at("2026-05-01") }]);
    let json: Value = serde_json::from_str(row.to_json().expose()).unwrap();
    assert_eq!(
        json,
        json!({"PartyId": "0PK1", "ContactPointType": "MailingAddress", "PrivacyConsentStatus": "OptIn",
            "DataUsePurposeId": "0ZW1", "CaptureDate": "2026-01-05T00:00:00.000Z",
            "CaptureSource": found.echo.as_ref().unwrap().token(), "CaptureContactPointType": "MailingAddress",
            "EffectiveFrom": "2026-04-01T00:00:00.000Z", "EffectiveTo": "2026-04-30T23:59:59.999Z",
            "DoubleConsentCaptureDate": "2026-01-06T00:00:00.000Z"})
    );
    // It comes back as an echo; without the echo, as what was told, and no longer.
    let echoes = [found.echo.unwrap()];
    let (catalogue, directory) = (catalogue(), directory(&Value::Null));
    let context = Context { purposes: &names, ..context(NOW, &catalogue, &directory) };
    let body = row.to_json();
    let with_echo = Context { echoes: &echoes, ..context };
    assert_eq!(ingest_row(body.expose().as_bytes(), None, &with_echo).unwrap().noop, Some(Noop::Echo));
    let back = ingest_row(body.expose().as_bytes(), None, &context).unwrap();
    let Act::Grant { stated, window: Some(window) } = back.commands[0].command.act() else { panic!() };
    assert_eq!((stated[0].channel, window.from()), (Some(Channel::Postal), at("2026-04-01")));
    assert!(window.until().unwrap() <= at("2026-05-01"));
    assert_eq!(back.commands[0].evidence().unwrap().double_opt_in_at(), Some(&at("2026-01-06")));
}

#[test]
fn what_has_no_row_is_refused() {
    let id = foreign("0PK1");
    let org = TargetOrg::new(salesforce());
    let told = |channel, state, engagement: Option<&ForeignId>| {
        let desired = Desired { channel, ..Desired::new(subject("0PK1"), 1, &id, state) };
        project_row(&desired, &org, engagement, at(NOW)).map(|found| {
            let row = found.payload.unwrap();
            (row.status(), row.action().name(), found.losses)
        })
    };
    assert_eq!(told(Some(Channel::Fax), State::Withdrawn, None).unwrap_err().code(), "UnrepresentableState");
    assert_eq!(told(None, State::Withdrawn, None).unwrap_err().code(), "UnrepresentableState");
    assert_eq!(told(Some(Channel::Sms), State::Granted, None).unwrap_err().code(), "UnrepresentableState");
    let sms = foreign("0eF1");
    assert_eq!(
        told(Some(Channel::Sms), State::Granted, Some(&sms)).unwrap(),
        (Status::OptIn, "phone", vec![])
    );
    let merged = told(Some(Channel::Sms), State::Withdrawn, None).unwrap();
    assert_eq!(merged.2, [Loss::DeniedWithdrawnMerged, Loss::ChannelMerged]);
    let named = Desired {
        purpose: Some(purpose("marketing")),
        channel: Some(Channel::Email),
        pause: Some(Pause { until: None }),
        ..Desired::new(subject("0PK1"), 1, &id, State::Granted)
    };
    let error = project_row(&named, &org, None, at(NOW)).unwrap_err();
    assert_eq!(error.code(), "UnknownPurpose", "a row needs the record of its purpose");
}

#[test]
fn an_echo_survives_what_the_other_system_fills_in() {
    let id = foreign("0PK1");
    let record = "0ZW000000000001";
    let names = [PurposeName {
        record: Some(foreign(record)),
        name: "Marketing Emails".into(),
        purpose: purpose("marketing"),
    }];
    let org = TargetOrg { purposes: &names, ..TargetOrg::new(salesforce()) };
    let desired = Desired {
        purpose: Some(purpose("marketing")),
        channel: Some(Channel::Email),
        pause: Some(Pause { until: Some(at("2026-03-20")) }),
        ..Desired::new(subject("0PK1"), 1, &id, State::Granted)
    };
    let (catalogue, directory) = (catalogue(), directory(&Value::Null));
    let take = |row: &Value, echo: Echo| {
        let echoes = [echo];
        let context = Context { purposes: &names, echoes: &echoes, ..context(NOW, &catalogue, &directory) };
        ingest_row(row.to_string().as_bytes(), None, &context).unwrap().noop
    };
    // Written as a row, read back with a start, the long form of the id, and another way to write an instant.
    let found = project_row(&desired, &org, None, at(NOW)).unwrap();
    let mut row: Value = serde_json::from_str(found.payload.unwrap().to_json().expose()).unwrap();
    row["DataUsePurposeId"] = format!("{record}AAA").into();
    row["EffectiveFrom"] = "2026-03-02T10:00:00.000+0000".into();
    row["EffectiveTo"] = "2026-03-20T00:00:00.000+0000".into();
    assert_eq!(take(&row, found.echo.clone().unwrap()), Some(Noop::Echo));
    // Written as a Consent Write, read back as the row that it made.
    let written = project(&desired, &org, at(NOW)).unwrap();
    row["DataUsePurpose"] = json!({"Name": "Marketing Emails", "CanDataSubjectOptOut": true});
    assert_eq!(take(&row, written.echo.unwrap()), Some(Noop::Echo));
    // Another end, another purpose, another status: acts.
    for (key, value) in [
        ("EffectiveTo", Value::Null),
        ("DataUsePurposeId", Value::Null),
        ("PrivacyConsentStatus", "OptIn".into()),
        ("ContactPointType", "Web".into()),
        ("CaptureSource", "somebody".into()),
    ] {
        let mut changed = row.clone();
        changed["DataUsePurpose"] = Value::Null;
        assert_eq!(take(&changed, found.echo.clone().unwrap()), Some(Noop::Echo));
        changed[key] = value;
        assert_eq!(take(&changed, found.echo.clone().unwrap()), None, "{key}");
    }
}
