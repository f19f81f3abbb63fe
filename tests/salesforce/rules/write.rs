use consent_engine::interop::salesforce::{Call, ConsentWrite, ingest};
use consent_engine::interop::{
    Addressed, Context, DsrKind, Ingest, MapError, OpenDsr, PurposeName, Target, Warning,
};
use consent_engine::{
    Act, Breadth, Captured, Channel, Interval, Method, PurposeScope, RestrictionReason, Strength,
};
use serde_json::{Value, json};

use crate::world::{NOW, at, catalogue, context, directory, foreign, point, purpose, subject};

/// Takes in a call among the given records: `(id, email, individual)`.
fn take(
    records: &[(&str, &str, Option<&str>)],
    action: &str,
    query: &str,
    body: &str,
) -> Result<Ingest, MapError> {
    let record = |(id, email, individual): &(&str, &str, Option<&str>)| json!({"objectType": "Contact", "id": id, "email": email, "individual": individual});
    let records: Vec<Value> = records.iter().map(record).collect();
    let catalogue = catalogue();
    let directory = directory(&json!({"input": {"given": {"records": records}}}));
    let names = [
        PurposeName { record: None, name: "Product News".into(), purpose: purpose("newsletter") },
        PurposeName { record: None, name: "Twice".into(), purpose: purpose("newsletter") },
        PurposeName { record: None, name: "twice".into(), purpose: purpose("marketing") },
    ];
    let context = Context { purposes: &names, ..context(NOW, &catalogue, &directory) };
    ingest(&Call::new(action, query, body.as_bytes()), &context)
}

const ONE: &[(&str, &str, Option<&str>)] = &[("003A", "a@example.com", Some("0PK1"))];
const TWO: &[(&str, &str, Option<&str>)] =
    &[("003A", "shared@example.com", Some("0PK1")), ("003B", "SHARED@example.com", Some("0PK2"))];
const UNLINKED: &[(&str, &str, Option<&str>)] = &[("003A", "a@example.com", None)];

fn ok(action: &str, query: &str) -> Ingest {
    take(ONE, action, query, "{}").unwrap()
}

fn code(action: &str, query: &str, body: &str) -> &'static str {
    take(ONE, action, query, body).err().map_or("", |error| error.problem().code())
}

fn window(command: &Addressed) -> Option<Interval> {
    match command.command.act() {
        Act::Grant { window, .. } => *window,
        other => panic!("{other:?}"),
    }
}

#[test]
fn defaults_are_the_vendors() {
    let ingest = ok("email", "ids=a@example.com&status=optin");
    let [grant] = ingest.commands.as_slice() else { panic!("{ingest:?}") };
    let evidence = grant.evidence().unwrap();
    assert_eq!(grant.captured(), Captured::At(at(NOW)));
    assert_eq!(evidence.source().as_str(), "web");
    assert_eq!(evidence.source_detail().unwrap().expose(), "Consent API");
    assert_eq!((evidence.method(), evidence.strength()), (Method::Explicit, Some(Strength::Explicit)));
    assert_eq!(window(grant), None, "from capture on");
    let Act::Grant { stated, .. } = grant.command.act() else { panic!() };
    assert_eq!(stated[0].purpose, Breadth::All, "no purpose is named: all of them, on this channel");
    assert_eq!(stated[0].point, Some(point("a@example.com")));
}

#[test]
fn everything_that_can_be_said_is_read() {
    let ingest = ok(
        "PHONE",
        "ids=003A&STATUS=OPTIN&captureDate=2026-02-01T10:00:00%2B0100&captureContactPointType=Phone\
         &captureSource=Hotline+7&consentName=x&createIndividual=FALSE&doubleOptIn=2026-02-02T00:00:00Z\
         &effectiveFrom=2026-02-03&effectiveTo=2026-12-31T23:59:59.999Z&mode=normal&purposeName=product%20news",
    );
    let [grant] = ingest.commands.as_slice() else { panic!("{ingest:?}") };
    let evidence = grant.evidence().unwrap();
    assert_eq!(ingest.warnings, []);
    assert_eq!(grant.captured(), Captured::At(at("2026-02-01T09:00:00Z")));
    assert_eq!(evidence.source().as_str(), "phone");
    assert_eq!(evidence.source_detail().unwrap().expose(), "Hotline 7");
    assert_eq!(evidence.external_ref().unwrap().expose(), "003A");
    assert_eq!(evidence.strength(), Some(Strength::DoubleOptIn));
    assert_eq!(window(grant).unwrap().from(), at("2026-02-03"));
    assert_eq!(window(grant).unwrap().until(), Some(at("2026-12-31T23:59:59.999001Z")), "inclusive");
    let Act::Grant { stated, .. } = grant.command.act() else { panic!() };
    assert_eq!(stated[0].purpose, Breadth::Exactly(purpose("newsletter")), "and nothing below it");
    assert_eq!((stated[0].channel, stated[0].point), (Some(Channel::Voice), None), "no number was named");
}

#[test]
fn what_is_outside_the_rules_is_refused() {
    let whom = "ids=a@example.com";
    for (expected, action, query, body) in [
        ("UnknownEnumValue", "sms", "ids=a@example.com&status=OptIn", "{}"),
        ("UnknownEnumValue", "processing", "ids=0PK1&status=OptIn", "{}"),
        ("UnknownEnumValue", "email", "ids=a@example.com&status=yes", "{}"),
        ("UnknownEnumValue", "email", "ids=a@example.com&status=OptIn&mode=fast", "{}"),
        ("UnknownEnumValue", "email", "ids=a@example.com&status=OptIn&createIndividual=1", "{}"),
        ("UnknownEnumValue", "email", "ids=a@example.com&status=OptIn&captureContactPointType=Social", "{}"),
        ("Missing", "email", whom, "{}"),
        ("Missing", "email", "status=OptIn", "{}"),
        ("Missing", "email", "ids=,&status=OptIn", "{}"),
        ("Duplicate", "email", "ids=a@example.com&status=OptIn&Status=OptOut", "{}"),
        ("InvalidValue", "email", "ids=a%0d%0a@example.com&status=OptIn", "{}"),
        ("InvalidValue", "email", "ids=a@example.com&status=OptIn&captureSource=%ff", "{}"),
        ("InvalidValue", "email", "ids=a@example.com&status=OptIn&captureSource=a%0ab", "{}"),
        ("InvalidTimestamp", "email", "ids=a@example.com&status=OptIn&captureDate=2026-02-01", "{}"),
        ("InvalidTimestamp", "email", "ids=a@example.com&status=OptIn&doubleOptIn=1772445600", "{}"),
        ("InvalidTimestamp", "email", "ids=a@example.com&status=OptIn&effectiveTo=2026-02-30", "{}"),
        (
            "InvalidInterval",
            "email",
            "ids=a@example.com&status=OptIn&effectiveFrom=2026-03-02&effectiveTo=2026-03-01",
            "{}",
        ),
        ("InvalidInterval", "email", "ids=a@example.com&status=OptIn&effectiveTo=2026-03-01", "{}"),
        ("UnknownPurpose", "email", "ids=a@example.com&status=OptIn&purposeName=", "{}"),
        ("UnknownPurpose", "email", "ids=a@example.com&status=OptIn&purposeName=*", "{}"),
        ("AmbiguousPurpose", "email", "ids=a@example.com&status=OptIn&purposeName=TWICE", "{}"),
        ("PurposeNotOfAction", "track", "ids=a@example.com&status=OptIn&purposeName=newsletter", "{}"),
        ("ImmutablePurpose", "email", "ids=a@example.com&status=OptOut&purposeName=billing", "{}"),
        ("InvalidStatusForAction", "shouldForget", "ids=0PK1&status=NotSeen", "{}"),
        ("SubjectNotFound", "email", "ids=nobody@example.com&status=OptIn", "{}"),
        ("SubjectNotFound", "email", "ids=003Z&status=OptIn&createIndividual=true", "{}"),
        ("Malformed", "email", "ids=a@example.com&status=OptIn", ""),
        ("NotAnObject", "email", "ids=a@example.com&status=OptIn", "[]"),
        ("UnsupportedParamInMode", "email", "ids=a@example.com&status=OptIn", r#"{"blobParam":"x"}"#),
        ("UnsupportedParamInMode", "email", "ids=a@example.com&status=OptIn&blobParam=x", "{}"),
        ("UnsupportedParamInMode", "process", "ids=0PK1&status=OptOut&mode=cdp", "{}"),
        ("UnsupportedParamInMode", "processing", "ids=0PK1&status=OptOut&mode=cdp&x=y", "{}"),
    ] {
        assert_eq!(code(action, query, body), expected, "{action}?{query}");
    }
    for limit in [
        format!("ids={}@example.com&status=OptIn", "x".repeat(400)),
        format!("ids=a@example.com&status=OptIn&captureSource={}", "x".repeat(5_000)),
        format!("ids=a@example.com&status=OptIn{}", "&x=y".repeat(70)),
        format!("ids=a@example.com&status=OptIn&x={}", "y".repeat(16_000)),
    ] {
        let found = code("email", &limit, "{}");
        assert!(found == "LimitExceeded" || found == "FieldTooLong", "{found}");
    }
}

/// What is allowed is listed; what was sent is not repeated.
#[test]
fn a_problem_says_what_may_stand_there() {
    let actions = "use email, fax, phone, mailing, social, web, geotrack, process, profile, solicit, track, storePiiElsewhere, portability or shouldForget";
    let instants = "use yyyy-MM-ddTHH:mm:ss.SSSZ or yyyy-MM-ddTHH:mm:ss.SSS+HH:mm, ";
    let moments = "use yyyy-MM-dd, yyyy-MM-ddTHH:mm:ss.SSSZ or yyyy-MM-ddTHH:mm:ss.SSS+HH:mm, ";
    for (action, rest, body, says) in [
        ("canary", "status=OptIn", "{}", actions),
        (
            "email",
            "status=canary",
            "{}",
            "status has a value outside its vocabulary: use OptIn, Seen, NotSeen or OptOut",
        ),
        ("email", "status=OptIn&mode=canary", "{}", "use normal or cdp"),
        (
            "email",
            "status=OptIn&createIndividual=canary",
            "{}",
            "createIndividual has a value outside its vocabulary: use true or false",
        ),
        ("email", "status=OptIn&captureContactPointType=canary", "{}", "use email, phone or web"),
        ("track", "status=Seen", "{}", "track does not know the status Seen: use OptIn or OptOut"),
        ("email", "status=OptIn&captureDate=canary", "{}", instants),
        ("email", "status=OptIn&doubleOptIn=2026-03-01", "{}", instants),
        ("email", "status=OptIn&effectiveFrom=canary", "{}", moments),
        ("email", "status=OptIn&effectiveTo=2026-02-30", "{}", moments),
        ("email", "status=OptIn&effectiveTo=1989-12-31", "{}", "in the years 1990 to 9999"),
        ("email", "status=OptIn", "[\"canary\"]", "the body is JSON, but not an object"),
        ("email", "status=OptIn", "null", "the body is JSON, but not an object"),
        ("email", "status=OptIn", "{", "near line 1, column 1"),
    ] {
        let query = format!("ids=a@example.com&{rest}");
        let problem = ConsentWrite::parse(&Call::new(action, &query, body.as_bytes())).unwrap_err();
        let message = problem.to_string();
        assert!(message.contains(says), "{action}?{query}: {message}");
        assert!(!format!("{message}{problem:?}").contains("canary"), "{action}?{query}: {message}");
    }
}

#[test]
fn cdp_takes_an_individual_and_an_opaque_body() {
    let query = "ids=0PK1&status=optout&mode=CDP";
    let write =
        ConsentWrite::parse(&Call::new("Processing", query, br#"{"aws_secret_access_key":"s3cr3t"}"#))
            .unwrap();
    assert!(write.is_cdp() && write.body().expose().contains("s3cr3t"));
    assert!(!format!("{write:?}").contains("s3cr3t"));
    assert!(write.path_and_query("62.0").expose().contains("/consent/action/processing?"));
    let ingest = take(&[], "processing", query, "{}").unwrap();
    assert_eq!(ingest.commands[0].purpose(), Some(purpose("processing")));
    assert_eq!(ingest.commands[0].target, Target::Subject(subject("0PK1")));
}

#[test]
fn the_table_of_create_individual() {
    let yes = |records, status: &str| {
        take(records, "email", &format!("ids=a@example.com&status={status}&createIndividual=true"), "{}")
    };
    let no =
        |records, status: &str| take(records, "email", &format!("ids=a@example.com&status={status}"), "{}");
    // One Individual: every unlinked record is linked to it.
    let some_linked = &[("003A", "a@example.com", Some("0PK1")), ("00QB", "a@example.com", None)];
    let linked = yes(some_linked, "OptIn").unwrap();
    assert_eq!(linked.links[0].record, foreign("00QB"));
    assert_eq!(linked.links[0].target, Target::Subject(subject("0PK1")));
    assert_eq!((linked.commands.len(), linked.created), (1, None));
    assert_eq!(no(some_linked, "OptIn").unwrap().links, []);
    // None, and no record: the subject is created, with the address.
    let created = yes(&[], "OptIn").unwrap();
    assert_eq!(created.created.unwrap().address, Some(foreign("a@example.com")));
    assert_eq!(created.commands[0].target, Target::Created);
    // None, and not created: only the address can be restricted.
    let dropped = no(UNLINKED, "OptIn").unwrap();
    assert_eq!((dropped.commands.len(), dropped.warnings), (0, vec![Warning::SubjectDropped]));
    let dropped = no(UNLINKED, "OptOut").unwrap();
    assert_eq!(dropped.commands[0].target, Target::Address(foreign("a@example.com")));
    assert_eq!(dropped.commands[0].scope().unwrap().point, Some(point("a@example.com")));
    // Several: seen is not attributed, and created is refused with both blocked.
    let seen = take(TWO, "email", "ids=shared@example.com&status=Seen", "{}").unwrap_err();
    assert_eq!((seen.problem().code(), seen.interim().len()), ("AmbiguousSubject", 0));
    let query = "ids=shared@example.com&status=OptOut&createIndividual=true";
    let refused = take(TWO, "email", query, "{}").unwrap_err();
    assert_eq!((refused.problem().code(), refused.interim().len()), ("AmbiguousSubject", 2));
    assert_eq!(refused.interim()[1].target, Target::Subject(subject("0PK2")));
    // By a record of one of them, the person is plain.
    let one = take(TWO, "email", "ids=003B&status=OptIn", "{}").unwrap();
    assert_eq!(one.commands[0].target, Target::Subject(subject("0PK2")));
}

#[test]
fn an_individual_that_is_not_mapped_is_named_by_its_record() {
    let found = take(&[("003A", "a@example.com", Some("0PKx"))], "email", "ids=003A&status=OptOut", "{}");
    assert_eq!(found.unwrap().commands[0].target, Target::Record(foreign("0PKx")));
}

#[test]
fn actions_of_the_individual_are_purposes() {
    for (action, name) in [
        ("geotrack", "geotracking"),
        ("process", "processing"),
        ("profile", "profiling"),
        ("solicit", "solicitation"),
        ("track", "tracking"),
        ("storePiiElsewhere", "cross_border_storage"),
    ] {
        for status in ["OptIn", "OptOut"] {
            let ingest = ok(action, &format!("ids=a@example.com&status={status}"));
            let scope = ingest.commands[0].scope().unwrap();
            assert_eq!(scope.purpose, PurposeScope::Subtree(purpose(name)));
            assert_eq!((scope.channel, scope.point), (None, None));
            let grants = matches!(ingest.commands[0].command.act(), Act::Grant { .. });
            assert_eq!(grants, status == "OptIn", "{action}");
        }
    }
    let within = ok("track", "ids=a@example.com&status=OptIn&purposeName=tracking.web");
    assert_eq!(within.commands[0].purpose(), Some(purpose("tracking.web")));
    let beside = ok("track", "ids=a@example.com&status=OptOut&purposeName=newsletter");
    assert_eq!(beside.commands[0].purpose(), Some(purpose("tracking")));
    assert_eq!(beside.warnings, [Warning::PurposeIgnored]);
}

#[test]
fn requests_are_no_consents() {
    let forget = ok("shouldForget", "ids=a@example.com&status=OptIn");
    let targets = vec![Target::Subject(subject("0PK1"))];
    let [OpenDsr { kind, targets: found, .. }] = forget.requests.as_slice() else { panic!() };
    assert_eq!((*kind, found, forget.commands.len()), (DsrKind::Erasure, &targets, 0));
    let back = ok("shouldForget", "ids=a@example.com&status=OptOut");
    assert_eq!((back.requests.len(), back.warnings), (0, vec![Warning::RequestTakenBack]));
    assert_eq!(ok("portability", "ids=a@example.com&status=OptIn").requests[0].kind, DsrKind::Portability);
    let whose = take(TWO, "shouldForget", "ids=shared@example.com&status=OptIn", "{}").unwrap_err();
    assert_eq!((whose.problem().code(), whose.interim().len()), ("AmbiguousSubject", 2));
    let back = take(TWO, "shouldForget", "ids=shared@example.com&status=OptOut", "{}").unwrap();
    assert!(back.warnings.contains(&Warning::RequestTakenBack));
    let whose = take(TWO, "portability", "ids=shared@example.com&status=OptIn", "{}").unwrap_err();
    assert_eq!((whose.problem().code(), whose.interim().len()), ("AmbiguousSubject", 0));
}

#[test]
fn an_opt_out_holds_from_now_on_whatever_its_dates() {
    let query =
        "ids=a@example.com&status=OptOut&effectiveFrom=2026-04-01&effectiveTo=2026-05-01&captureSource=a%0ab";
    let ingest = ok("email", query);
    assert_eq!(ingest.warnings, [Warning::OptOutDatesIgnored]);
    let Act::OptOut(scopes) = ingest.commands[0].command.act() else { panic!() };
    assert_eq!((scopes[0].purpose, scopes[0].point), (PurposeScope::All, None));
    assert_eq!(ingest.commands[0].evidence().unwrap().source_detail().unwrap().expose(), "a b");
}

#[test]
fn dates_in_the_future_are_told() {
    let later = ok("email", "ids=a@example.com&status=OptIn&captureDate=2026-03-03T00:00:00Z");
    assert_eq!(later.warnings, [Warning::CaptureInFuture]);
    let later = ok("email", "ids=a@example.com&status=OptIn&doubleOptIn=2026-03-03T00:00:00Z&colour=red");
    assert_eq!(later.warnings, [Warning::DoubleOptInInFuture, Warning::UnknownParam]);
    assert_eq!(later.commands[0].evidence().unwrap().strength(), Some(Strength::Explicit));
}

#[test]
fn a_host_that_knows_better_says_what_an_opt_in_proves() {
    let (catalogue, directory) = (catalogue(), directory(&json!({})));
    let context = Context { opt_in_method: Method::PreTicked, ..context(NOW, &catalogue, &directory) };
    let found = ingest(&Call::new("email", "ids=0PK1&status=OptIn", b"{}"), &context).unwrap();
    assert_eq!(found.commands[0].evidence().unwrap().strength(), None);
}

#[test]
fn a_withdrawal_is_never_lost() {
    for (action, query, body) in [
        ("email", "ids=a@example.com&status=unsubscribe", "{}"),
        ("email", "ids=a@example.com&status=%ff", "{}"),
        ("email", "ids=a@example.com&status=OptIn&status=OptOut", "{}"),
        ("email", "ids=a@example.com&status=OptOut&purposeName=Nobody%20knows", "{}"),
        ("email", "ids=a@example.com&status=OptOut&effectiveTo=never", "{}"),
        ("email", "ids=a@example.com&status=OptOut", "{,}"),
        ("email", "ids=a@example.com&status=OptOut&mode=cdp", "{}"),
        ("email", "ids=a@example.com&status=OptOut&captureDate=x&captureDate=y", "{}"),
        ("stopEverything", "ids=a@example.com&status=OptOut", "{}"),
        ("track", "ids=a@example.com&status=OptOut&captureContactPointType=fax", "{}"),
        ("shouldForget", "ids=a@example.com&status=OptIn", ""),
    ] {
        let error = take(ONE, action, query, body).unwrap_err();
        let [block] = error.interim() else { panic!("{action}?{query}: {error:?}") };
        assert_eq!(block.target, Target::Subject(subject("0PK1")));
        let Act::Restrict { reason: RestrictionReason::Interim, scope, .. } = block.command.act() else {
            panic!("{block:?}")
        };
        let expected = match action {
            "email" => (PurposeScope::All, Some(Channel::Email)),
            "track" => (PurposeScope::Subtree(purpose("tracking")), None),
            _ => (PurposeScope::All, None),
        };
        assert_eq!((scope.purpose, scope.channel), expected, "{action}?{query}");
    }
    let padding = "x".repeat(17_000);
    let long = format!("ids=a@example.com&status=OptOut&consentName={padding}");
    assert_eq!(take(ONE, "email", &long, "{}").unwrap_err().interim().len(), 1);
    let known =
        take(ONE, "email", "ids=a@example.com&status=OptOut&purposeName=newsletter&effectiveTo=x", "{}");
    assert_eq!(known.unwrap_err().interim()[0].purpose(), Some(purpose("newsletter")), "as far as it goes");
    let immutable =
        take(ONE, "email", "ids=a@example.com&status=OptOut&purposeName=billing", "{}").unwrap_err();
    assert_eq!(immutable.interim(), [], "understood, and refused: receipts go on");
    for query in ["ids=a@example.com&status=OptIn&effectiveTo=x", "ids=a@example.com", "ids=a,b&status=seen"]
    {
        assert_eq!(take(ONE, "email", query, "{}").unwrap_err().interim(), [], "{query}");
    }
}

#[test]
fn a_grant_by_mail_is_for_the_address_alone() {
    let records = &[("003N", "new@example.com", Some("0PK1"))];
    let unknown = take(records, "email", "ids=new@example.com&status=OptIn", "{}").unwrap_err();
    assert_eq!(unknown.problem().code(), "ContactPointUnknown", "or it would be for every address they have");
    let called = take(records, "phone", "ids=new@example.com&status=OptIn", "{}").unwrap();
    assert_eq!(called.commands.len(), 1, "no number is named");
    let out = take(records, "email", "ids=new@example.com&status=OptOut", "{}").unwrap();
    assert_eq!(out.commands.len(), 1);
    // An Individual whose records list several addresses is named, and none of the addresses is.
    let several = &[("003A", "a@example.com", Some("0PK1")), ("003N", "new@example.com", Some("0PK1"))];
    let named = take(several, "email", "ids=0PK1&status=OptIn", "{}").unwrap();
    assert_eq!((&named.commands[0].address, named.commands[0].scope().unwrap().point), (&None, None));
    // A subject that is created with the address has no other; the host narrows the grant once it is attached.
    let created = take(&[], "email", "ids=new@example.com&status=OptIn&createIndividual=true", "{}").unwrap();
    let grant = created.commands[0].clone().at(point("new@example.com"));
    assert_eq!(grant.scope().unwrap().point, Some(point("new@example.com")));
}

#[test]
fn the_key_of_an_act_is_the_same_for_the_same_act() {
    let key = |query: &str| ok("email", query).commands[0].key();
    let dated = "ids=a@example.com&status=OptIn&captureDate=2026-03-01T00:00:00Z";
    assert_eq!(key(dated), key(&format!("{dated}&captureSource=other")));
    for other in [
        "ids=a@example.com&status=OptOut&captureDate=2026-03-01T00:00:00Z",
        "ids=a@example.com&status=OptIn&captureDate=2026-03-01T00:00:01Z",
        "ids=a@example.com&status=OptIn&captureDate=2026-03-01T00:00:00Z&purposeName=newsletter",
        "ids=a@example.com&status=OptIn&captureDate=2026-03-01T00:00:00Z&effectiveTo=2026-05-01",
        "ids=a@example.com&status=Seen&captureDate=2026-03-01T00:00:00Z",
    ] {
        assert_ne!(key(dated), key(other), "{other}");
    }
    assert!(!format!("{:?}", key(dated)).contains("example"));
}
