//! A tenant with a few purposes, people named as the cases name them, and the engine behind it.

use consent_engine::interop::{Addressed, Context, Directory, ForeignId, Record, Target};
use consent_engine::{
    Act, Actor, Authority, Catalogue, Cell, CellState, Channel, Command, CommandId, ContactPointId, Ctx,
    Interval, LawfulBasis, PointKind, Policy, Power, Projection, Purpose, PurposeClass, PurposeId, Query,
    ReasonSet, Regime, RegimeSet, Subject, SubjectId, SystemId, Timestamp, View, WriterId, cell_state,
    decide, evaluate,
};
use serde_json::Value;

pub(crate) const NOW: &str = "2026-03-02T10:00:00Z";

pub(crate) fn at(text: &str) -> Timestamp {
    match text.len() {
        10 => format!("{text}T00:00:00Z").parse().unwrap(),
        _ => text.parse().unwrap(),
    }
}

pub(crate) fn foreign(text: &str) -> ForeignId {
    ForeignId::new(text).unwrap()
}

pub(crate) fn purpose(name: &str) -> PurposeId {
    PurposeId::new(name).unwrap()
}

pub(crate) fn salesforce() -> SystemId {
    SystemId::new("salesforce").unwrap()
}

/// The number of a name, the same every time.
fn number(text: &str) -> u128 {
    text.bytes().fold(1, |sum, byte| sum * 257 % (1 << 100) + u128::from(byte))
}

pub(crate) fn subject(individual: &str) -> SubjectId {
    SubjectId::from_u128(number(individual))
}

pub(crate) fn point(address: &str) -> ContactPointId {
    ContactPointId::from_u128(number(&address.to_lowercase()))
}

pub(crate) fn catalogue() -> Catalogue {
    let contact =
        |name, class, basis| Purpose::new(purpose(name), class, basis).with_channels(Channel::STANDARD);
    let processing = |name| Purpose::new(purpose(name), PurposeClass::Processing, LawfulBasis::Consent);
    let purposes = [
        contact("marketing", PurposeClass::Marketing, LawfulBasis::Consent),
        contact("newsletter", PurposeClass::Marketing, LawfulBasis::Consent),
        contact("billing", PurposeClass::Transactional, LawfulBasis::Contract),
        processing("geotracking"),
        processing("processing"),
        processing("profiling"),
        processing("solicitation"),
        processing("tracking"),
        processing("tracking.web").with_parent(purpose("tracking")),
        processing("cross_border_storage"),
    ];
    Catalogue::new(purposes, []).unwrap()
}

/// The directory of a case: its records, their Individuals and addresses, and the Individuals it only mentions.
pub(crate) fn directory(case: &Value) -> Directory {
    let text = |record: &Value, key: &str| record[key].as_str().map(str::to_owned);
    let mut directory = Directory::new();
    let records = case["input"]["given"]["records"].as_array().cloned().unwrap_or_default();
    for record in &records {
        directory = directory.with_record(Record {
            object: text(record, "objectType").unwrap(),
            id: foreign(&text(record, "id").unwrap()),
            email: text(record, "email").as_deref().map(foreign),
            individual: text(record, "individual").as_deref().map(foreign),
        });
    }
    for name in ["0PK1", "0PK2"] {
        directory = directory.with_subject(foreign(name), subject(name));
    }
    for address in ["a@example.com", "shared@example.com", "jane.doe@example.com"] {
        directory = directory.with_point(foreign(address), point(address));
    }
    directory
}

pub(crate) fn context<'a>(now: &str, catalogue: &'a Catalogue, directory: &'a Directory) -> Context<'a> {
    Context::new(at(now), salesforce(), catalogue, directory)
}

/// One person in the engine, with one e-mail address and one phone.
pub(crate) struct Person {
    policy: Policy,
    view: View,
    commands: u128,
}

pub(crate) const ADDRESS: &str = "a@example.com";
pub(crate) const PHONE: &str = "+4315550100";

/// The contact point of the person that serves a channel.
fn point_for(channel: Channel) -> Option<ContactPointId> {
    let kinds = [(ADDRESS, PointKind::Email), (PHONE, PointKind::Phone)];
    let (address, _) = kinds.into_iter().find(|(_, kind)| channel.is_served_by(*kind))?;
    channel.needs_point().then(|| point(address))
}

impl Person {
    /// The subject of an Individual, at [`ADDRESS`] and [`PHONE`].
    pub(crate) fn new(individual: &str, now: Timestamp) -> Self {
        let policy = Policy::new(1, catalogue());
        let view = View::new(&policy, Subject::new(subject(individual)), Projection::default()).unwrap();
        let mut person = Self { policy, view, commands: 0 };
        let authority = Authority::new([Power::Identity], Interval::starting(Timestamp::MIN));
        for (address, kind) in [(ADDRESS, PointKind::Email), (PHONE, PointKind::Phone)] {
            let attach = Act::Attach { point: point(address), kind };
            person.decide(&Command::new(Actor::operator(authority), attach), now);
        }
        person
    }

    pub(crate) fn decide(&mut self, command: &Command, now: Timestamp) {
        self.commands += 1;
        let writer = WriterId::from_u128(9);
        let id = CommandId::from_u128(self.commands);
        let ctx = Ctx { now, writer, command: id, policy: &self.policy };
        let decided = decide(&self.view, command, &ctx).unwrap();
        self.view.apply(&self.policy, &decided.facts).unwrap();
    }

    /// The same, for a command that may be refused because the person has no such address.
    pub(crate) fn try_take(&mut self, addressed: &Addressed, now: Timestamp) {
        let grants = matches!(addressed.command.act(), Act::Grant { .. });
        let has_point = addressed.channel().is_none_or(|own| !own.needs_point() || point_for(own).is_some());
        if !grants || has_point {
            self.take(addressed, now);
        }
    }

    /// Decides a command that is for this person, or for their address.
    pub(crate) fn take(&mut self, addressed: &Addressed, now: Timestamp) {
        match &addressed.target {
            Target::Subject(id) => assert_eq!(Some(id), self.view.subject().ids.first()),
            Target::Address(address) => assert!(address.matches(&foreign(ADDRESS))),
            Target::Created | Target::Record(_) => panic!("resolve {:?} first", addressed.target),
        }
        self.decide(&addressed.command, now);
    }

    fn query(&self, name: &str, channel: Channel, regime: Regime) -> Query {
        let index = self.policy.catalogue().index(purpose(name)).unwrap();
        let query = Query::new(index, RegimeSet::from_iter([regime])).on(channel);
        point_for(channel).map_or(query, |point| query.at(point))
    }

    pub(crate) fn permits(&self, name: &str, channel: Channel, regime: Regime, now: Timestamp) -> bool {
        evaluate(&self.view, &self.query(name, channel, regime), &self.policy, now).is_permit()
    }

    pub(crate) fn reasons(
        &self,
        name: &str,
        channel: Channel,
        regime: Regime,
        now: Timestamp,
    ) -> (bool, ReasonSet) {
        let decision = evaluate(&self.view, &self.query(name, channel, regime), &self.policy, now);
        (decision.is_permit(), decision.reasons())
    }

    pub(crate) fn state(&self, name: &str, channel: Channel, now: Timestamp) -> CellState {
        let cell = Cell { purpose: purpose(name), channel: Some(channel), point: point_for(channel) };
        cell_state(&self.view, cell, &self.policy, now)
    }
}
