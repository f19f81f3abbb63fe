//! What holds for every input.

use consent_engine::interop::salesforce::{
    Action, Call, ConsentRead, ConsentWrite, ContactPointTypeConsent, Desired, Observed, ReadResponse, Reply,
    Status, TargetOrg, WriteResponse, ingest, ingest_edited, ingest_read, ingest_row, ingest_write, project,
    project_row, respond, verify,
};
use consent_engine::interop::{Addressed, Attempt, Context, Noop, Problem};
use consent_engine::{Act, Channel, PurposeId, Regime, RestrictionReason, Span, State, Via};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use crate::near::{action_name, body, desired, query};
use crate::world::{NOW, Person, at, catalogue, context, directory, foreign, salesforce};

/// What must never be printed.
const CANARY: &str = "c4n4ry";

fn people() -> Value {
    json!({"input": {"given": {"records": [
        {"objectType": "Contact", "id": "003A", "email": "a@example.com", "individual": "0PK1"},
        {"objectType": "Contact", "id": "003B", "email": "shared@example.com", "individual": "0PK1"},
        {"objectType": "Lead", "id": "00QB", "email": "shared@example.com", "individual": "0PK2"},
        {"objectType": "Lead", "id": "00QC", "email": "loose@example.com", "individual": null},
    ]}}})
}

fn with_context<T>(run: impl FnOnce(&Context<'_>) -> T) -> T {
    let catalogue = catalogue();
    let directory = directory(&people());
    run(&context(NOW, &catalogue, &directory))
}

fn clean(printed: &str) {
    assert!(!printed.contains(CANARY), "{printed}");
}

fn is_interim(block: &Addressed) -> bool {
    matches!(block.command.act(), Act::Restrict { reason: RestrictionReason::Interim, until: None, .. })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn l05_hostile_calls_end_in_commands_or_in_a_problem(
        action in action_name(), query in query(), body in prop_oneof![3 => Just("{}".to_owned()), 1 => body()],
    ) {
        let call = Call::new(&action, &query, body.as_bytes());
        clean(&format!("{call:?} {:?} {:?}", call.ids(), ConsentWrite::parse(&call)));
        with_context(|context| match ingest(&call, context) {
            Ok(found) => {
                clean(&format!("{found:?}"));
                for command in &found.commands {
                    let actor = command.command.actor();
                    assert_eq!(actor.via(), Via::Reported(salesforce()), "d30: nobody in person");
                    assert!(!is_interim(command));
                }
            }
            Err(error) => {
                clean(&format!("{error} {error:?} {}", error.problem()));
                assert!(error.interim().iter().all(is_interim));
            }
        });
    }

    #[test]
    fn l05_hostile_bodies_end_in_commands_or_in_a_problem(body in body(), cut in any::<Index>()) {
        let bytes = body.as_bytes();
        let write = ConsentWrite::new(Action::Email, foreign("a@example.com"), Status::OptOut).unwrap();
        let read = ConsentRead::new(Action::ALL, [foreign("a@example.com")]).unwrap();
        for bytes in [bytes, &bytes[..cut.index(bytes.len() + 1)]] {
            with_context(|context| {
                let reply = Reply { status: 200, retry_after: None, body: bytes };
                clean(&format!("{reply:?} {:?}", respond(&write, &reply, &Attempt::new(1, context.now))));
                clean(&format!("{:?}", ContactPointTypeConsent::parse(bytes)));
                clean(&format!("{:?}", ingest_row(bytes, None, context)));
                if let Ok(response) = WriteResponse::parse(bytes) {
                    clean(&format!("{:?} {response:?}", ingest_edited(&write, &response, context)));
                }
                if let Ok(response) = ReadResponse::parse(bytes) {
                    let found = ingest_read(&read, &response, &[], context);
                    clean(&format!("{found:?} {response:?}"));
                    for (_, entry) in response.entries() {
                        if let Ok(entry) = entry {
                            clean(&format!("{:?}", verify(&write, Observed::Read(entry))));
                        }
                    }
                    let grants = |command: &Addressed| matches!(command.command.act(), Act::Grant { .. });
                    assert!(!found.ingest.commands.iter().any(grants), "a reading never grants");
                    let again = ingest_read(&read, &response, &found.observations, context);
                    assert_eq!(again.ingest.commands, [], "read twice is read once");
                    assert_eq!(again.ingest.requests, []);
                }
            });
        }
    }

    #[test]
    fn a_withdrawal_is_never_lost(
        action in action_name(), id in select(&["a@example.com", "shared@example.com", "loose@example.com", "new@example.com", "003A", "0PK9"][..]),
        status in select(&["OptOut", "optout", "OPTOUT", "unsubscribe", "%ff"][..]), more in query(),
    ) {
        let query = format!("ids={id}&status={status}&{more}");
        with_context(|context| match ingest(&Call::new(&action, &query, b"{}"), context) {
            Ok(found) => {
                let write = ConsentWrite::parse(&Call::new(&action, &query, b"{}")).unwrap();
                assert!(write.action().is_request() || !found.commands.is_empty());
            }
            Err(error) => {
                let no_withdrawal = matches!(error.problem(), Problem::ImmutablePurpose { .. })
                    || action.eq_ignore_ascii_case("portability")
                    || action.eq_ignore_ascii_case("shouldForget");
                assert!(no_withdrawal || !error.interim().is_empty(), "{query}: {error:?}");
            }
        });
    }

    #[test]
    fn what_is_written_is_read(desired in desired(), explicit in any::<bool>()) {
        let org = TargetOrg { explicit_readers: explicit, ..TargetOrg::new(salesforce()) };
        let id = foreign(desired.id);
        if let Ok(Some(write)) = project(&desired.of(&id), &org, at(NOW)).map(|found| found.payload) {
            let (query, body) = (write.query(), write.body());
            let call = Call::new(write.action().name(), query.expose(), body.expose().as_bytes());
            prop_assert_eq!(ConsentWrite::parse(&call).unwrap(), write);
        }
    }

    #[test]
    fn what_is_projected_comes_back_as_an_echo(desired in desired(), explicit in any::<bool>()) {
        let org = TargetOrg { explicit_readers: explicit, ..TargetOrg::new(salesforce()) };
        let id = foreign(desired.id);
        with_context(|context| {
            if let Ok(found) = project(&desired.of(&id), &org, context.now)
                && let Some(write) = found.payload
            {
                let echoes = [found.echo.unwrap()];
                let context = Context { echoes: &echoes, ..*context };
                let back = ingest_write(&write, &context).unwrap();
                assert_eq!((back.noop, back.commands.len()), (Some(Noop::Echo), 0));
            }
        });
        let id = foreign("0PK1");
        with_context(|context| {
            let channel_only = Desired { purpose: None, ..desired.of(&id) };
            if let Ok(found) = project_row(&channel_only, &org, None, context.now)
                && let Some(row) = found.payload
            {
                let echoes = [found.echo.unwrap()];
                let context = Context { echoes: &echoes, ..*context };
                let back = ingest_row(row.to_json().expose().as_bytes(), None, &context).unwrap();
                assert_eq!((back.noop, back.commands.len()), (Some(Noop::Echo), 0));
            }
        });
    }

    #[test]
    fn a_projection_never_widens(desired in desired(), explicit in any::<bool>(), later in 0u64..120) {
        let org = TargetOrg { explicit_readers: explicit, ..TargetOrg::new(salesforce()) };
        let id = foreign("0PK1");
        let desired = Desired { id: &id, ..desired.of(&id) };
        with_context(|context| {
            let Ok(found) = project(&desired, &org, context.now) else { return };
            let Some(write) = found.payload else { return };
            let mut person = Person::new("0PK1", context.now);
            for command in &ingest_write(&write, context).unwrap().commands {
                person.try_take(command, context.now);
            }
            // What a reader of the write would do, under the regime of the readers, until the next write is due.
            let now = context.now.saturating_add(Span::days(later));
            let due = found.effects.iter().any(|effect| matches!(
                effect,
                consent_engine::interop::Effect::ScheduleWrite { at } if *at <= now
            ));
            let regime = if explicit { Regime::OptIn } else { Regime::OptOut };
            let channel = desired.channel.unwrap_or(Channel::Email);
            if !due && desired.channel.is_some() && channel != Channel::Sms
                && person.permits(desired.purpose.as_ref().map_or("marketing", PurposeId::as_str), channel, regime, now)
            {
                let unsaid = desired.state == State::Unknown && !explicit;
                let permitted = desired.state == State::Granted
                    && desired.window.is_none_or(|window| window.contains(now));
                let paused = desired.pause.is_some_and(|pause| pause.until.is_none_or(|until| now < until));
                assert!((permitted || unsaid) && !paused, "{desired:?} became {write:?}");
            }
        });
    }

    #[test]
    fn delays_grow_to_a_bound_and_respect_retry_after(number in any::<u32>(), asked in any::<u64>()) {
        let attempt = Attempt::new(number, at(NOW));
        let next = Attempt::new(number.saturating_add(1), at(NOW));
        prop_assert!(attempt.first <= attempt.delay(None) && attempt.delay(None) <= attempt.longest);
        prop_assert!(attempt.delay(None) <= next.delay(None));
        prop_assert!(attempt.delay(Some(Span::micros(asked))) >= Span::micros(asked));
        prop_assert!(attempt.retry_at(Some(Span::micros(asked))) >= attempt.now);
    }

    #[test]
    fn l28_identifiers_match_as_their_case_says(text in "[a-zA-Z0-9]{1,20}", at_sign in any::<bool>()) {
        let text = if at_sign { format!("{text}@example.com") } else { text };
        let id = foreign(&text);
        prop_assert!(id.matches(&id));
        prop_assert_eq!(id.matches(&foreign(&text.to_uppercase())), at_sign || text == text.to_uppercase()
            || (text.len() == 18 && text[..15] == text.to_uppercase()[..15]));
        let long = format!("{text}AAA");
        prop_assert_eq!(id.matches(&foreign(&long)), !at_sign && text.len() == 15);
    }
}

#[test]
fn d22_nothing_recurses_beyond_a_small_stack() {
    let deep = [format!("{{\"a\":{}", "[".repeat(100_000)), "{\"a\":".repeat(100_000)];
    let run = std::thread::Builder::new().stack_size(128 * 1_024).spawn(move || {
        for body in deep {
            assert_eq!(WriteResponse::parse(body.as_bytes()).unwrap_err().code(), "LimitExceeded");
            assert_eq!(ReadResponse::parse(body.as_bytes()).unwrap_err().code(), "LimitExceeded");
            assert_eq!(ContactPointTypeConsent::parse(body.as_bytes()).unwrap_err().code(), "LimitExceeded");
            let call = Call::new("email", "ids=a@example.com&status=OptIn", body.as_bytes());
            assert_eq!(ConsentWrite::parse(&call).unwrap_err().code(), "LimitExceeded");
        }
    });
    run.unwrap().join().unwrap();
}
