use consent_engine::interop::salesforce::{
    Call, ConsentWrite, Desired, Moment, Pause, Status, TargetOrg, ingest, ingest_write, project,
};
use consent_engine::interop::{Context, Effect, Loss, Noop, Problem, Projection, PurposeName};
use consent_engine::{
    Channel, Evidence, ExpiryCause, Interval, Method, Note, Notice, NoticeId, SourceName, State, SystemId,
    Timestamp,
};
use serde_json::Value;

use crate::world::{NOW, at, catalogue, context, directory, foreign, purpose, salesforce, subject};

fn desired(id: &consent_engine::interop::ForeignId, state: State) -> Desired<'_> {
    Desired { channel: Some(Channel::Email), ..Desired::new(subject("0PK1"), 3, id, state) }
}

fn org(explicit_readers: bool) -> TargetOrg<'static> {
    TargetOrg { explicit_readers, ..TargetOrg::new(salesforce()) }
}

fn tell(desired: &Desired<'_>, explicit_readers: bool) -> Result<Projection<ConsentWrite>, Problem> {
    project(desired, &org(explicit_readers), at(NOW))
}

fn status(found: Result<Projection<ConsentWrite>, Problem>) -> (&'static str, Vec<Loss>) {
    match found {
        Err(problem) => (problem.code(), Vec::new()),
        Ok(projection) => match projection.payload {
            None => ("held back", Vec::new()),
            Some(write) => {
                assert_eq!(projection.echo.is_some(), write.capture_source().is_some());
                (write.status().name(), projection.losses)
            }
        },
    }
}

const LAPSED: State = State::Expired(ExpiryCause::GrantLapsed);

#[test]
fn every_state_has_a_status_that_is_as_restrictive() {
    let id = foreign("a@example.com");
    for (state, explicit, expected, losses) in [
        (State::Granted, false, "OptIn", vec![]),
        (State::Denied, false, "OptOut", vec![Loss::DeniedWithdrawnMerged]),
        (State::Withdrawn, true, "OptOut", vec![Loss::DeniedWithdrawnMerged]),
        (LAPSED, false, "OptOut", vec![Loss::ExpiredAsOptOut]),
        (LAPSED, true, "OptOut", vec![Loss::ExpiredAsOptOut]),
        (State::Pending, true, "Seen", vec![Loss::PendingAsNotSet]),
        (State::Pending, false, "OptOut", vec![Loss::PendingAsOptOut]),
        (State::Unknown, false, "NotSeen", vec![]),
    ] {
        assert_eq!(status(tell(&desired(&id, state), explicit)), (expected, losses), "{state:?}");
    }
    let seen = Desired { notice_seen: true, ..desired(&id, State::Unknown) };
    assert_eq!(status(tell(&seen, false)), ("Seen", vec![]));
}

#[test]
fn fax_and_the_individual_know_no_notices() {
    let id = foreign("a@example.com");
    let fax = |state| Desired { channel: Some(Channel::Fax), ..desired(&id, state) };
    assert_eq!(status(tell(&fax(State::Unknown), true)).0, "UnrepresentableState");
    assert_eq!(status(tell(&fax(State::Pending), true)), ("OptOut", vec![Loss::PendingAsOptOut]));
    let track = |state| Desired { purpose: Some(purpose("tracking")), channel: None, ..desired(&id, state) };
    assert_eq!(status(tell(&track(State::Unknown), true)).0, "UnrepresentableState");
    let found = tell(&track(State::Granted), true).unwrap().payload.unwrap();
    assert_eq!((found.action().name(), found.purpose_name()), ("track", None), "the action is the purpose");
    let other = Desired { purpose: Some(purpose("marketing")), ..track(State::Withdrawn) };
    assert_eq!(status(tell(&other, true)).0, "UnrepresentableState");
}

#[test]
fn channels_without_an_action_are_refused_and_text_messages_only_restrict() {
    let id = foreign("a@example.com");
    let on = |channel, state| Desired { channel: Some(channel), ..desired(&id, state) };
    for channel in [Channel::Push, Channel::Whatsapp, Channel::Chat, Channel::InApp, Channel::Survey] {
        assert_eq!(status(tell(&on(channel, State::Withdrawn), true)).0, "UnrepresentableState");
    }
    let losses = vec![Loss::DeniedWithdrawnMerged, Loss::ChannelMerged];
    let out = tell(&on(Channel::Sms, State::Withdrawn), true);
    assert_eq!(out.as_ref().unwrap().payload.as_ref().unwrap().action().name(), "phone");
    assert_eq!(status(out), ("OptOut", losses));
    assert_eq!(status(tell(&on(Channel::Sms, State::Granted), true)).0, "UnrepresentableState");
    assert_eq!(status(tell(&on(Channel::Voice, State::Granted), true)).0, "OptIn");
}

#[test]
fn no_opt_in_clears_what_another_refused() {
    let id = foreign("a@example.com");
    let beside = |beside| Desired { beside: Some(beside), ..desired(&id, State::Granted) };
    for state in [State::Withdrawn, State::Denied, LAPSED, State::Pending] {
        assert_eq!(status(tell(&beside(state), false)).0, "UnrepresentableState");
    }
    for state in [State::Granted, State::Unknown] {
        assert_eq!(status(tell(&beside(state), false)).0, "OptIn");
    }
}

#[test]
fn flags_know_no_dates() {
    let id = foreign("a@example.com");
    let within = |from: &str, until: Option<&str>| Desired {
        window: Some(Interval::new(at(from), until.map(at)).unwrap()),
        ..desired(&id, State::Granted)
    };
    assert_eq!(
        status(tell(&within("2026-01-01", Some(NOW)), false)),
        ("OptOut", vec![Loss::ExpiredAsOptOut])
    );
    assert_eq!(status(tell(&within("2026-03-02T10:00:00.000001Z", None), false)).0, "held back");
    let ends = tell(&within("2026-01-01T00:00:00.000001Z", Some("2026-04-01")), false).unwrap();
    let write = ends.payload.unwrap();
    assert_eq!(
        write.effective_from().unwrap().to_string(),
        "2026-01-01T00:00:00.001Z",
        "later, never earlier"
    );
    assert_eq!(write.effective_to().unwrap().to_string(), "2026-03-31T23:59:59.999Z", "through it");
    assert_eq!(ends.losses, [Loss::TimePrecisionLost]);
    assert_eq!(ends.effects, [Effect::ScheduleWrite { at: at("2026-04-01") }], "no flag ends by itself");
}

#[test]
fn a_pause_never_hides_a_withdrawal() {
    let id = foreign("a@example.com");
    let paused = |state, until: Option<&str>| Desired {
        pause: Some(Pause { until: until.map(at) }),
        ..desired(&id, state)
    };
    let until = Some("2026-03-20");
    let withdrawn = tell(&paused(State::Withdrawn, until), false).unwrap();
    assert_eq!(withdrawn.payload.unwrap().effective_to(), None);
    assert_eq!(withdrawn.losses, [Loss::DeniedWithdrawnMerged]);
    for state in [State::Granted, State::Unknown] {
        let found = tell(&paused(state, until), true).unwrap();
        assert_eq!(found.effects, [Effect::ScheduleWrite { at: at("2026-03-20") }]);
        assert_eq!(status(Ok(found)), ("OptOut", vec![Loss::PausedAsOptOut]));
    }
    let open = tell(&paused(State::Granted, None), false).unwrap();
    assert_eq!((open.payload.unwrap().effective_to(), open.effects), (None, vec![]));
    assert_eq!(status(tell(&paused(State::Granted, Some(NOW)), false)).0, "OptIn", "the pause is over");
}

#[test]
fn purposes_have_one_name_each() {
    let id = foreign("a@example.com");
    let name = |name: &str, own: &str| PurposeName { record: None, name: name.into(), purpose: purpose(own) };
    let names = [name("News", "newsletter"), name("Twice", "marketing"), name("twice", "billing")];
    let org = TargetOrg { purposes: &names, ..org(true) };
    let told =
        |own| project(&Desired { purpose: Some(purpose(own)), ..desired(&id, State::Denied) }, &org, at(NOW));
    let news = told("newsletter").unwrap();
    assert_eq!(news.payload.unwrap().purpose_name().unwrap().expose(), "News");
    assert_eq!(news.losses, [Loss::DeniedWithdrawnMerged, Loss::PurposeDropped]);
    assert_eq!(told("marketing").unwrap_err().code(), "AmbiguousPurpose");
    assert_eq!(told("tracking").unwrap_err().code(), "UnknownPurpose");
}

#[test]
fn evidence_goes_as_far_as_it_can() {
    let id = foreign("a@example.com");
    let notice = Notice { id: NoticeId::new("privacy").unwrap(), version: 3 };
    let evidence = Evidence::new(Method::Implicit, SourceName::new("call").unwrap())
        .with_source_detail(Note::new("hotline").unwrap())
        .with_notice(notice)
        .with_double_opt_in_at(at("2026-03-01"))
        .with_ip(Note::lossy("192.0.2.7"));
    let captured_at: Timestamp = "2026-03-01T00:00:00.000001Z".parse().unwrap();
    let desired =
        Desired { evidence: Some(&evidence), captured_at: Some(captured_at), ..desired(&id, State::Granted) };
    let found = tell(&desired, false).unwrap();
    let write = found.payload.unwrap();
    let token = found.echo.unwrap().token();
    assert_eq!(write.capture_source().unwrap().expose(), format!("hotline {token}"));
    assert_eq!(write.capture_type().unwrap().param(), Some("phone"));
    assert_eq!(write.capture_date(), Some(at("2026-03-01")));
    assert_eq!(write.double_opt_in(), Some(at("2026-03-01")));
    let dropped = Loss::EvidenceDropped { fields: vec!["ip", "method"] };
    let losses = [Loss::TimePrecisionLost, dropped, Loss::PolicyVersionDropped, Loss::SourceCoarsened];
    assert_eq!(found.losses, losses);

    let long = Evidence::new(Method::Explicit, SourceName::new("web").unwrap())
        .with_source_detail(Note::lossy(&"x".repeat(250)));
    let found = tell(&Desired { evidence: Some(&long), captured_at: None, ..desired }, false).unwrap();
    assert_eq!(found.losses, [Loss::EvidenceDropped { fields: vec!["source_detail"] }]);
    assert_eq!(found.payload.unwrap().capture_source().unwrap().expose(), found.echo.unwrap().token());
}

#[test]
fn an_echo_is_a_token_and_its_value() {
    let id = foreign("0PK1");
    let pause = Some(Pause { until: Some(at("2026-03-20")) });
    let found = tell(&Desired { pause, ..desired(&id, State::Granted) }, false).unwrap();
    let (write, echoes) = (found.payload.unwrap(), [found.echo.unwrap()]);
    let (catalogue, directory) = (catalogue(), directory(&Value::Null));
    let take = |query: &str, system: SystemId| {
        let context = Context { echoes: &echoes, system, ..context(NOW, &catalogue, &directory) };
        ingest(&Call::new("email", query, b"{}"), &context).unwrap()
    };
    let query = write.query();
    assert_eq!(take(query.expose(), salesforce()).noop, Some(Noop::Echo));
    // The same token on an opt-out that somebody made over there, without the end of the pause.
    let to = format!("&effectiveTo={}", "2026-03-20T00%3A00%3A00.000Z");
    assert!(query.expose().contains(&to));
    let blind = context(NOW, &catalogue, &directory);
    assert_eq!(ingest_write(&write, &blind).unwrap().commands.len(), 1, "without the echo it is an act");
    let act = take(&query.expose().replace(&to, ""), salesforce());
    assert_eq!((act.noop, act.commands.len()), (None, 1));
    // The same from another system, and with another version.
    assert_eq!(take(query.expose(), SystemId::new("other").unwrap()).commands.len(), 1);
    let older = query.expose().replace("%2F3&", "%2F2&");
    assert_ne!(&older, query.expose());
    assert_eq!(take(&older, salesforce()).commands.len(), 1);
    assert_eq!(write.effective_to(), Some(Moment::instant(at("2026-03-20"))));
    assert_eq!(write.status(), Status::OptOut);
    // An opt-in with its start: the same is an echo, another start is an act.
    let window = Interval::new(at("2026-01-01"), None).ok();
    let granted = tell(&Desired { window, ..desired(&id, State::Granted) }, false).unwrap();
    let (query, echo) = (granted.payload.unwrap().query(), [granted.echo.unwrap()]);
    for (from, noop) in [("2026-01-01", Some(Noop::Echo)), ("2026-01-02", None)] {
        let context = Context { echoes: &echo, ..context(NOW, &catalogue, &directory) };
        let query = query.expose().replace("2026-01-01", from);
        assert_eq!(ingest(&Call::new("email", &query, b"{}"), &context).unwrap().noop, noop);
    }
    let stored = serde_json::to_string(&echoes[0]).unwrap();
    assert_eq!(serde_json::from_str::<consent_engine::interop::Echo>(&stored).unwrap(), echoes[0]);
}
