//! A shop with an engine, and a counter for command ids.

use std::cell::Cell as Counter;

use consent_engine::store::{Action, Batch, Expect, MemoryStore, Store, Write};
use consent_engine::*;

use crate::support::*;

pub(crate) const TENANT: TenantId = TenantId::from_u128(0x7e);

pub(crate) fn settings() -> Settings {
    Settings::new(TENANT, WRITER, policy()).with_index_secrets(IndexSecrets::new([7; 32]))
}

pub(crate) fn address(text: &str) -> Address {
    Address::new(PointKind::Email, text).unwrap()
}

pub(crate) const ADA: &str = "ada@example.com";

/// Ada and Bob, each with an address where they consent.
pub(crate) fn two_people() -> Shop<MemoryStore> {
    let shop = Shop::new();
    for (person, text) in [(PERSON, ADA), (OTHER_PERSON, "bob@example.com")] {
        shop.attach(person, text);
        shop.opt_in(person, "news").unwrap();
    }
    shop
}

/// An engine whose clock and ids the test moves.
pub(crate) struct Shop<S> {
    pub(crate) engine: Engine<S>,
    commands: Counter<u128>,
    now: Counter<Timestamp>,
}

pub(crate) type Outcome<S> = Result<CommandOutcome, EngineError<<S as Store>::Error>>;

impl Shop<MemoryStore> {
    pub(crate) fn new() -> Self {
        Self::over(MemoryStore::new())
    }
}

impl<S: Store> Shop<S> {
    pub(crate) fn over(store: S) -> Self {
        Self::with(Engine::new(store, settings()))
    }

    pub(crate) fn with(engine: Engine<S>) -> Self {
        Self { engine, commands: Counter::new(0x100), now: Counter::new(t(0)) }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.now.get()
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.now.set(self.now.get().saturating_add(Span::seconds(seconds)));
    }

    /// The next command id, ten seconds later.
    pub(crate) fn stamp(&self) -> Stamp {
        self.pass(10);
        self.commands.set(self.commands.get() + 1);
        Stamp::new(self.now(), CommandId::from_u128(self.commands.get()))
    }

    pub(crate) fn attach(&self, subject: SubjectId, text: &str) -> ContactPointId {
        let outcome = self.engine.attach(subject, &address(text), Actor::subject(), self.stamp());
        outcome.unwrap_or_else(|error| panic!("{error}")).point.unwrap()
    }

    pub(crate) fn opt_in(&self, who: impl Into<Who>, purpose: &str) -> Outcome<S> {
        let stated =
            Stated { purpose: Breadth::Exactly(id(purpose)), channel: Some(Channel::Email), point: None };
        self.engine.opt_in(who, [stated], explicit(), self.stamp())
    }

    pub(crate) fn opt_out(&self, who: impl Into<Who>, scope: Scope) -> Outcome<S> {
        self.engine.opt_out(who, [scope], self.stamp())
    }

    pub(crate) fn ask(&self, purpose: &str) -> Query {
        self.engine.query(id(purpose), RegimeSet::OPT_IN).unwrap().on(Channel::Email)
    }

    pub(crate) fn at(&self, who: impl Into<Who>, text: &str, purpose: &str) -> DecisionRecord {
        let decision = self.engine.evaluate_at(who, &address(text), &self.ask(purpose), self.now());
        decision.unwrap_or_else(|error| panic!("{error}"))
    }

    pub(crate) fn permits(&self, who: impl Into<Who>, text: &str, purpose: &str) -> bool {
        self.at(who, text, purpose).verdict.is_permit()
    }
}

/// The operation's error, of a store that never fails.
pub(crate) fn refused<T: std::fmt::Debug, E: std::error::Error>(
    outcome: Result<T, EngineError<E>>,
) -> OperationError {
    match outcome {
        Err(EngineError::Operation(error)) => error,
        other => panic!("expected an error of the operation, got {other:?}"),
    }
}

/// Another store with the same records.
pub(crate) fn copy(store: &MemoryStore) -> MemoryStore {
    let copy = MemoryStore::new();
    for (key, stored) in image(store) {
        let put = Write { key, expect: Expect::Absent, action: Action::Put(stored.bytes) };
        copy.commit(&[Batch::new([put]).unwrap()]).unwrap();
    }
    copy
}

/// Everything in a store.
pub(crate) fn image(store: &MemoryStore) -> Vec<(store::Key, store::Stored)> {
    store.records()
}
