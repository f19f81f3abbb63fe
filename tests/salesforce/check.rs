//! Runs a case and compares everything that it expects: a key that nobody compares fails the test.

use consent_engine::interop::salesforce::{
    Action, Call, ConsentRead, ConsentWrite, Desired, Observed, Pause, ReadResponse, Reply, Status,
    TargetOrg, WriteResponse, ingest, ingest_edited, ingest_read, ingest_row, project, respond, verify,
};
use consent_engine::interop::{
    Addressed, Attempt, Context, Ingest, MapError, Noop, Outcome, Projection, Target, Verified,
};
use consent_engine::{Channel, Interval, Regime, State, Timestamp};
use serde_json::Value;

use crate::parts::{
    check_command, check_effects, check_error, check_interim, check_projection, check_still_paused,
    command_name, is_for, query, reason, word,
};
use crate::world::{ADDRESS, NOW, Person, at, catalogue, context, directory, foreign, salesforce, subject};

pub(crate) struct Case(Value);

pub(crate) fn cases() -> Vec<Case> {
    let file: Value = serde_json::from_str(include_str!("../data/salesforce.json")).unwrap();
    file["vectors"].as_array().unwrap().iter().cloned().map(Case).collect()
}

/// What came of a case.
#[derive(Default)]
struct Seen {
    error: Option<MapError>,
    ingest: Ingest,
    outcome: Option<Outcome>,
    verified: Option<Verified>,
    projection: Option<Projection<ConsentWrite>>,
    echoed: Option<Ingest>,
    person: Option<Person>,
}

impl Case {
    pub(crate) fn find(id: &str) -> Self {
        cases().into_iter().find(|case| case.id() == id).unwrap()
    }

    pub(crate) fn id(&self) -> &str {
        self.0["id"].as_str().unwrap()
    }

    fn input(&self) -> &Value {
        &self.0["input"]
    }

    fn now(&self) -> &str {
        self.input()["now"].as_str().unwrap_or(NOW)
    }

    pub(crate) fn run(&self) {
        let catalogue = catalogue();
        let directory = directory(&self.0);
        let context = context(self.now(), &catalogue, &directory);
        let input = self.input();
        let mut seen = Seen::default();
        if input["payload"].is_object() {
            self.take_in(&mut seen, &context);
        } else if input["response"].is_object() {
            self.answer(&mut seen, &context);
        } else if input["project"].is_object() {
            self.tell(&mut seen, &context);
        } else {
            self.grant(&mut seen, &context);
        }
        let expect = self.0["expect"].as_object().unwrap();
        assert!(!expect.is_empty());
        for (key, expected) in expect {
            self.compare(key, expected, &seen);
        }
        let interim = seen.error.as_ref().map_or(0, |error| error.interim().len());
        assert!(
            expect.contains_key("interim_block") || interim == 0,
            "{}: blocks nobody asked for",
            self.id()
        );
        if !expect.contains_key("error") {
            assert_eq!(seen.error, None, "{}", self.id());
        }
        if !expect.contains_key("warnings") {
            assert_eq!(seen.ingest.warnings, [], "{}: warnings nobody asked for", self.id());
        }
    }

    fn take_in(&self, seen: &mut Seen, context: &Context<'_>) {
        let payload = &self.input()["payload"];
        let result = match payload["dialect"].as_str().unwrap() {
            "salesforce.consent_write" => {
                assert_eq!(payload["method"], "PATCH");
                let query = query(&payload["query"]);
                let body = payload["body"].to_string();
                ingest(&Call::new(payload["action"].as_str().unwrap(), &query, body.as_bytes()), context)
            }
            "salesforce.consent_read" => {
                let body = payload["body"].to_string();
                let read = ConsentRead::new([Action::Email], [foreign(ADDRESS)]).unwrap();
                let found = ingest_read(&read, &ReadResponse::parse(body.as_bytes()).unwrap(), &[], context);
                assert!(found.failures.is_empty());
                Ok(found.ingest)
            }
            "salesforce.cptc" => ingest_row(payload["record"].to_string().as_bytes(), None, context),
            other => panic!("{other}"),
        };
        match result {
            Ok(ingest) => seen.ingest = ingest,
            Err(error) => seen.error = Some(error),
        }
        let mut person = Person::new("0PK1", context.now);
        for command in seen.ingest.commands.iter().filter(|command| is_for(command, "0PK1")) {
            person.take(command, context.now);
        }
        seen.person = Some(person);
    }

    fn answer(&self, seen: &mut Seen, context: &Context<'_>) {
        let intended = &self.input()["given"]["intended"];
        let action = Action::parse(intended["action"].as_str().unwrap()).unwrap();
        let status = Status::parse("status", intended["status"].as_str().unwrap()).unwrap();
        let write = ConsentWrite::new(action, foreign(ADDRESS), status).unwrap();
        let response = &self.input()["response"];
        let body = response["body"].to_string();
        let http = u16::try_from(response["http_status"].as_u64().unwrap()).unwrap();
        let reply = Reply { status: http, retry_after: None, body: body.as_bytes() };
        let outcome = respond(&write, &reply, &Attempt::new(1, context.now));
        let parsed = WriteResponse::parse(body.as_bytes()).unwrap();
        let edited = parsed.entry(write.id()).unwrap().edited();
        let verified = verify(&write, Observed::Edited(edited));
        assert_eq!(verified, outcome.verified);
        seen.outcome = Some(outcome);
        seen.verified = Some(verified);
        seen.ingest = ingest_edited(&write, &parsed, context).unwrap();
    }

    fn tell(&self, seen: &mut Seen, context: &Context<'_>) {
        let project_input = &self.input()["project"];
        assert_eq!(project_input["target"], "salesforce.consent_write");
        let state = &project_input["state"];
        let id = foreign(ADDRESS);
        let time = |key: &str| state[key].as_str().map(at);
        let paused = state["state"] == "Paused";
        let word = if paused { &state["underlying"] } else { &state["state"] };
        assert_eq!(word, "Granted");
        let desired = Desired {
            channel: Some(state["channel"].as_str().unwrap().parse().unwrap()),
            pause: paused.then(|| Pause { until: time("until") }),
            window: time("effective_from").map(Interval::starting),
            ..Desired::new(subject("0PK1"), 1, &id, State::Granted)
        };
        let org = TargetOrg::new(salesforce());
        let projection = project(&desired, &org, context.now).unwrap();
        if self.input()["then_ingest_echo"] == true {
            let echoes: Vec<_> = projection.echo.clone().into_iter().collect();
            let write = projection.payload.as_ref().unwrap();
            let (query, body) = (write.query(), write.body());
            let call = Call::new(write.action().name(), query.expose(), body.expose().as_bytes());
            let context = Context { echoes: &echoes, ..*context };
            seen.echoed = Some(ingest(&call, &context).unwrap());
        }
        seen.projection = Some(projection);
    }

    /// A grant with dates, as a Consent Write that was made on its first day.
    fn grant(&self, seen: &mut Seen, context: &Context<'_>) {
        let grant = &self.input()["given"]["grant"];
        let (from, to) = (grant["effective_from"].as_str().unwrap(), grant["effective_to"].as_str().unwrap());
        let context = Context { now: at(from), ..*context };
        let query = format!("ids=0PK1&status=OptIn&effectiveFrom={from}&effectiveTo={to}");
        seen.ingest = ingest(&Call::new("email", &query, b"{}"), &context)
            .unwrap_or_else(|_| panic!("the Individual is in the directory"));
        let mut person = Person::new("0PK1", context.now);
        for command in &seen.ingest.commands {
            person.take(command, context.now);
        }
        seen.person = Some(person);
    }

    fn compare(&self, key: &str, expected: &Value, seen: &Seen) {
        let id = self.id();
        match key {
            // Of a rejected payload: nothing but interim blocks, which are compared by their own key.
            "state_changed" => {
                assert_eq!((expected, &seen.ingest), (&false.into(), &Ingest::default()), "{id}")
            }
            "commands" => {
                let expected = expected.as_array().unwrap();
                assert_eq!(seen.ingest.commands.len(), expected.len(), "{id}");
                for (expected, found) in expected.iter().zip(&seen.ingest.commands) {
                    check_command(expected, found);
                }
            }
            "commands_contain" => {
                for name in expected.as_array().unwrap() {
                    assert!(seen.ingest.commands.iter().any(|found| name == command_name(found)), "{id}");
                }
            }
            "created_subjects" => {
                assert_eq!(expected, &u64::from(seen.ingest.created.is_some()), "{id}");
                assert!(seen.ingest.commands.iter().all(|found| found.target == Target::Created));
            }
            "created_subject_name" => {
                assert_eq!(expected, seen.ingest.created.as_ref().unwrap().name.expose(), "{id}");
            }
            "linked_records" => {
                assert!(seen.ingest.links.iter().all(|link| link.target == Target::Created));
                let found: Vec<_> = seen.ingest.links.iter().map(|link| link.record.expose()).collect();
                assert_eq!(expected, &Value::from(found), "{id}");
            }
            "warnings" => {
                let found: Vec<_> = seen.ingest.warnings.iter().map(|own| format!("{own:?}")).collect();
                assert_eq!(expected, &Value::from(found), "{id}");
            }
            "echo_ingest" => {
                let echoed = seen.echoed.as_ref().unwrap();
                assert_eq!(expected["commands"], Value::from(Vec::<Value>::new()));
                assert_eq!(expected["outcome"], "Noop{Echo}");
                let nothing = Ingest::default();
                assert_eq!((echoed.noop, &echoed.commands), (Some(Noop::Echo), &nothing.commands), "{id}");
            }
            _ => self.compare_answer(key, expected, seen),
        }
    }

    /// What the other side is told, and what it told us.
    fn compare_answer(&self, key: &str, expected: &Value, seen: &Seen) {
        let id = self.id();
        match key {
            "error" => check_error(expected, seen.error.as_ref().unwrap()),
            "interim_block" => check_interim(expected, seen.error.as_ref().unwrap()),
            "sync" => assert_eq!(expected, seen.outcome.as_ref().unwrap().next.code(), "{id}"),
            "verify" => {
                let found = match seen.verified.as_ref().unwrap() {
                    Verified::Match => "Match",
                    Verified::Mismatch(_) => "Mismatch",
                    Verified::Unknown => "Unknown",
                };
                assert_eq!(expected, found, "{id}");
            }
            "effects" => {
                let answered = seen.outcome.as_ref().map(|outcome| &outcome.effects);
                let projected = seen.projection.as_ref().map(|projection| &projection.effects);
                check_effects(expected, answered.or(projected).unwrap());
            }
            "projection" => check_projection(expected, seen.projection.as_ref().unwrap()),
            "losses" => {
                let losses = &seen.projection.as_ref().unwrap().losses;
                assert_eq!(expected, &Value::from_iter(losses.iter().map(|loss| loss.code())), "{id}");
            }
            _ => self.compare_person(key, expected, seen),
        }
    }

    /// What holds of the person then.
    fn compare_person(&self, key: &str, expected: &Value, seen: &Seen) {
        let id = self.id();
        match key {
            "must_not_affect_channels" => {
                for channel in expected.as_array().unwrap() {
                    let channel: Channel = channel.as_str().unwrap().parse().unwrap();
                    let touches = |found: &Addressed| found.channel().is_none_or(|own| own == channel);
                    assert!(!seen.ingest.commands.iter().any(touches), "{id}");
                    let person = seen.person.as_ref().unwrap();
                    let named = seen.ingest.commands[0].channel().unwrap();
                    let permits =
                        |channel| person.permits("marketing", channel, Regime::OptIn, at(self.now()));
                    assert_eq!((permits(named), permits(channel)), (true, false), "{id}");
                }
            }
            "state_after" => check_still_paused(expected, seen.echoed.as_ref().unwrap()),
            "state" => {
                let channel = expected["channel"].as_str().unwrap().parse().unwrap();
                let state = seen.person.as_ref().unwrap().state("marketing", channel, at(self.now())).state;
                assert_eq!(expected["state"], word(state), "{id}");
            }
            "decision" => {
                let then = &self.input()["then_decide"];
                let now = then["at"].as_str().unwrap_or(self.now());
                self.check_decision(expected, at(now), seen);
            }
            "decisions" => {
                let instants = self.input()["decide_at"].as_array().unwrap();
                let expected = expected.as_array().unwrap();
                assert_eq!(instants.len(), expected.len());
                for (expected, now) in expected.iter().zip(instants) {
                    self.check_decision(expected, at(now.as_str().unwrap()), seen);
                }
            }
            other => panic!("{id}: nobody compares {other}"),
        }
    }

    /// Asks the engine, and compares every key of a decision.
    fn check_decision(&self, expected: &Value, now: Timestamp, seen: &Seen) {
        let then = &self.input()["then_decide"];
        let name = then["purpose"].as_str().unwrap_or("marketing");
        let channel = then["channel"].as_str().unwrap_or("email").parse().unwrap();
        let regime = match self.input()["given"]["regime"].as_str() {
            None | Some("opt_in") => Regime::OptIn,
            Some(other) => panic!("{other}"),
        };
        let person = seen.person.as_ref().unwrap();
        let (permit, reasons) = person.reasons(name, channel, regime, now);
        for (key, expected) in expected.as_object().unwrap() {
            match key.as_str() {
                "allow" => assert_eq!(expected, &permit, "{}", self.id()),
                "reasons" => {
                    let expected: Vec<_> = expected
                        .as_array()
                        .unwrap()
                        .iter()
                        .filter_map(|own| reason(own.as_str().unwrap()))
                        .collect();
                    assert_eq!(reasons.iter().collect::<Vec<_>>(), expected, "{}", self.id());
                }
                "state" => assert_eq!(expected, word(person.state(name, channel, now).state)),
                "cause" => match person.state(name, channel, now).state {
                    State::Expired(cause) => assert_eq!(expected, &format!("{cause:?}")),
                    other => panic!("{other:?}"),
                },
                other => panic!("{}: nobody compares {other} of a decision", self.id()),
            }
        }
    }
}
