//! Many people in a store, and the engine over it.
//!
//! Each has one verified e-mail address, one opt-out and one grant with evidence: four commands, and the command records of those.

use std::sync::{Mutex, PoisonError};

use consent_engine::store::{Batch, ReadSet, Receipt, Records, Store};
use consent_engine::{
    Act, Actor, Authority, Command, CommandId, ContactPointId, Engine, Interval, PointKind, Power, Query,
    Scope, Span, SubjectId, TenantId, Timestamp,
};
use consent_engine::{Settings, Stamp, Who};

use crate::{EMAIL, Person, SUBJECT, WRITER, floor, grant, name};

/// People in a store. They are numbered from 0.
#[derive(Debug)]
pub struct People<S> {
    /// The engine over the store.
    pub engine: Engine<S>,
    /// When questions are asked.
    pub now: Timestamp,
    count: u64,
    commands: u128,
}

impl<S: Store> People<S> {
    /// So many people in an empty store.
    #[must_use]
    pub fn new(store: S, count: u64) -> Self {
        let Person { policy, now, .. } = Person::blank(10, SUBJECT);
        let engine = Engine::new(store, Settings::new(TenantId::from_u128(1), WRITER, policy));
        let mut people = Self { engine, now, count, commands: 0 };
        (0..count).for_each(|number| people.settle(number));
        people
    }

    fn settle(&mut self, number: u64) {
        let clerk =
            Authority::new([Power::Identity], Interval::starting(self.now.saturating_sub(Span::days(1))));
        let point = point(number);
        self.act(number, Actor::subject(), Act::Attach { point, kind: PointKind::Email });
        self.act(number, Actor::operator(clerk), Act::Verify(point));
        self.act(number, Actor::subject(), opt_out());
        self.act(number, Actor::subject(), opt_in(number));
    }

    fn act(&mut self, number: u64, actor: Actor, act: Act) {
        let (who, command, stamp) = self.next(number, actor, act);
        self.engine.decide(who, command, stamp).expect("an accepted command");
    }

    /// Ten seconds later: the next command, ready to be carried out.
    pub fn next(&mut self, number: u64, actor: Actor, act: Act) -> (Who, Command, Stamp) {
        self.now = self.now.saturating_add(Span::seconds(10));
        self.commands += 1;
        let stamp = Stamp::new(self.now, CommandId::from_u128(self.commands));
        (subject(number).into(), Person::command(actor, act), stamp)
    }

    /// The next command of a preference centre: each person in turn goes off and on again.
    pub fn flip(&mut self, turn: u64) -> (Who, Command, Stamp) {
        let number = turn / 2 % self.count;
        let act = if turn.is_multiple_of(2) { opt_out() } else { opt_in(number) };
        self.next(number, Actor::subject(), act)
    }

    /// Somebody, so that all are asked about in no order.
    #[must_use]
    pub fn somebody(&self, turn: u64) -> (SubjectId, Query) {
        let number = floor::scramble(turn) % self.count;
        (subject(number), self.question(number))
    }

    fn question(&self, number: u64) -> Query {
        let index = self.engine.settings().policy().catalogue().index(name("marketing.news.weekly"));
        let query = Person::asked(index.expect("a purpose of the catalogue"), self.now);
        query.at(point(number))
    }
}

/// The id of a person: scattered, as random ids are.
#[must_use]
pub fn subject(number: u64) -> SubjectId {
    SubjectId::from_u128(floor::subject(number))
}

fn point(number: u64) -> ContactPointId {
    ContactPointId::from_u128(floor::subject(number) ^ EMAIL.uuid().as_u128())
}

fn opt_out() -> Act {
    Act::OptOut(vec![Scope::purpose(name("marketing.partners"))])
}

fn opt_in(number: u64) -> Act {
    grant(name("marketing.news.weekly"), consent_engine::Channel::Email, point(number))
}

/// A store that keeps what it is asked, to ask another one the same.
#[derive(Debug)]
pub struct Recorder<S> {
    store: S,
    asked: Mutex<Vec<Asked>>,
}

/// One call of a store.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the two methods of a store")]
pub enum Asked {
    Read(ReadSet),
    Commit(Vec<Batch>),
}

impl<S> Recorder<S> {
    /// Keeps what this store is asked.
    #[must_use]
    pub fn of(store: S) -> Self {
        Self { store, asked: Mutex::default() }
    }

    /// What was asked since the last time.
    #[must_use]
    pub fn take(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn keep(&self, asked: Asked) {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
    }
}

impl<S: Store> Store for Recorder<S> {
    type Error = S::Error;

    fn read(&self, what: &ReadSet) -> Result<Records, Self::Error> {
        self.keep(Asked::Read(what.clone()));
        self.store.read(what)
    }

    fn commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, Self::Error> {
        self.keep(Asked::Commit(batches.to_vec()));
        self.store.commit(batches)
    }
}

impl Asked {
    /// Asks a store the same.
    ///
    /// # Panics
    ///
    /// If a commit conflicts: the store is not as the recorded one was.
    pub fn of<S: Store>(&self, store: &S) {
        match self {
            Self::Read(what) => drop(std::hint::black_box(store.read(what))),
            Self::Commit(batches) => {
                let receipts = store.commit(batches).expect("the store answers");
                assert!(receipts.iter().all(|receipt| *receipt == Receipt::Committed), "the same store");
            }
        }
    }
}
