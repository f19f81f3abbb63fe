//! Inputs near the ones that mean something.

use consent_engine::interop::ForeignId;
use consent_engine::interop::salesforce::{Action, Desired, Pause};
use consent_engine::{Channel, ExpiryCause, Interval, PurposeId, State, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use crate::world::{NOW, at, purpose, subject};

/// A text near the ones that mean something.
pub(crate) fn word() -> BoxedStrategy<String> {
    let known = [
        "",
        "a@example.com",
        "A@EXAMPLE.com",
        "shared@example.com",
        "loose@example.com",
        "new@example.com",
        "a@example.com,shared@example.com",
        "003A",
        "0PK1",
        "0PK9",
        "OptIn",
        "optout",
        "Seen",
        "NotSeen",
        "true",
        "false",
        "cdp",
        "normal",
        "web",
        "phone",
        "2026-03-01",
        "2026-03-01T09:00:00Z",
        "9999-12-31",
        "marketing",
        "billing",
        "tracking",
        "{}",
        "[]",
        "null",
        "c4n4ry",
        "c4n4ry@example.com",
        "%",
        "%00",
        "%zz",
        "+",
        "\r\n",
    ];
    prop_oneof![4 => select(known.to_vec()).prop_map(str::to_owned), 1 => any::<String>(), 1 => "[ -~]{0,40}"]
        .boxed()
}

pub(crate) fn name() -> BoxedStrategy<String> {
    let known = [
        "ids",
        "status",
        "captureDate",
        "captureContactPointType",
        "captureSource",
        "consentName",
        "createIndividual",
        "doubleOptIn",
        "effectiveFrom",
        "effectiveTo",
        "individualName",
        "mode",
        "purposeName",
        "blobParam",
        "IDS",
        "Status",
        "%69ds",
    ];
    prop_oneof![6 => select(known.to_vec()).prop_map(str::to_owned), 1 => any::<String>()].boxed()
}

pub(crate) fn action_name() -> impl Strategy<Value = String> {
    prop_oneof![
        5 => select(&Action::ALL[..]).prop_map(|action| action.name().to_owned()),
        1 => word(),
    ]
}

pub(crate) fn query() -> impl Strategy<Value = String> {
    let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
    let pair = (name(), word(), any::<bool>()).prop_map(move |(name, value, encoded)| {
        if encoded { format!("{name}={}", encode(&value)) } else { format!("{name}={value}") }
    });
    prop_oneof![
        3 => prop::collection::vec(pair.clone(), 0..6).prop_map(|pairs| pairs.join("&")),
        3 => (word(), word(), prop::collection::vec(pair, 0..3))
            .prop_map(|(id, status, more)| format!("ids={id}&status={status}&{}", more.join("&"))),
        1 => any::<String>(),
    ]
}

/// JSON near the shape of every body.
pub(crate) fn body() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        word().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(Value::Null),
    ];
    let keys = [
        "result",
        "edited",
        "proceed",
        "explanation",
        "objectType",
        "field",
        "valueOfField",
        "id",
        "email",
        "emailResult",
        "objectConsulted",
        "recordId",
        "value",
        "status",
        "purpose",
        "a@example.com",
        "PartyId",
        "ContactPointType",
        "PrivacyConsentStatus",
        "CaptureDate",
        "CaptureContactPointType",
        "DataUsePurpose",
        "Name",
        "CanDataSubjectOptOut",
        "EffectiveTo",
        "errorCode",
        "message",
    ];
    let key = prop_oneof![5 => select(keys.to_vec()).prop_map(str::to_owned), 1 => word()];
    let json = leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map(key.clone(), inner, 0..8)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    });
    prop_oneof![4 => json.prop_map(|json| json.to_string()), 1 => any::<String>()]
}

/// A state to project, owned.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) id: &'static str,
    channel: Option<Channel>,
    purpose: Option<PurposeId>,
    state: State,
    pause: Option<Pause>,
    window: Option<Interval>,
    captured_at: Option<Timestamp>,
    notice_seen: bool,
    version: u64,
}

impl Wanted {
    pub(crate) fn of<'a>(&self, id: &'a ForeignId) -> Desired<'a> {
        Desired {
            channel: self.channel,
            purpose: self.purpose,
            pause: self.pause,
            window: self.window,
            captured_at: self.captured_at,
            notice_seen: self.notice_seen,
            ..Desired::new(subject("0PK1"), self.version, id, self.state)
        }
    }
}

pub(crate) fn instant() -> impl Strategy<Value = Timestamp> {
    let around = at(NOW).unix_micros();
    let span = 90 * 86_400 * 1_000_000i64;
    let micros = prop_oneof![
        4 => (around - span)..(around + span),
        1 => Just(around),
        1 => Just(Timestamp::MAX.unix_micros()),
        1 => (around - span..around + span).prop_map(|at| at / 86_400_000_000 * 86_400_000_000),
    ];
    micros.prop_map(|micros| Timestamp::from_unix_micros(micros).unwrap())
}

pub(crate) fn desired() -> impl Strategy<Value = Wanted> {
    let expired = State::Expired(ExpiryCause::GrantLapsed);
    let states = [
        State::Unknown,
        State::Pending,
        State::Granted,
        State::Granted,
        State::Denied,
        State::Withdrawn,
        expired,
    ];
    let window = (instant(), prop::option::of(instant()))
        .prop_map(|(from, until)| Interval::new(from, until.map(|until| until.max(from))).unwrap());
    let pause = prop::option::of(instant()).prop_map(|until| Pause { until });
    let captured = instant().prop_map(|captured| captured.min(at(NOW)));
    let channel = prop_oneof![
        6 => select(&[Channel::Email, Channel::Voice, Channel::Web, Channel::Postal][..]).prop_map(Some),
        1 => select(&Channel::STANDARD[..]).prop_map(Some),
        1 => Just(None),
    ];
    let names = prop_oneof![2 => Just("marketing"), 1 => Just("newsletter"), 1 => Just("tracking")];
    (
        (select(&["a@example.com", "0PK1", "c4n4ry@example.com"][..]), channel, prop::option::of(names)),
        (select(states.to_vec()), prop::option::of(pause), prop::option::of(window)),
        (prop::option::of(captured), any::<bool>(), any::<u64>()),
    )
        .prop_map(
            |((id, channel, name), (state, pause, window), (captured_at, notice_seen, version))| Wanted {
                id,
                channel,
                // What is tracked is no contact, and what is a contact is not tracked.
                purpose: name.filter(|name| (*name == "tracking") == channel.is_none()).map(purpose),
                state,
                pause,
                window,
                captured_at,
                notice_seen,
                version,
            },
        )
}
