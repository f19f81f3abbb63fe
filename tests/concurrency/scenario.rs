//! The small worlds that are explored: who does what, in which region, and what may go wrong.

use consent_engine::op::{Decide, Load};
use consent_engine::store::MemoryStore;
use consent_engine::{
    Act, Actor, Address, Aggregate, Breadth, Channel, Command, CommandId, ConfirmationSecret,
    ConfirmationToken, ContactPointId, Engine, PointKind, Presented, Query, RegimeSet, RequestId, Scope,
    Stated, TenantId, WriterId,
};
use consent_engine::{IndexSecrets, Settings, Stamp, Who};

use crate::history::Call;
use crate::image::Image;
use crate::support::{OTHER_PERSON, OTHER_WRITER, PERSON, WRITER, explicit, id, operator, policy, t};
use crate::worker::Job;

/// Where the address leads to: the command that attached it.
const ATTACHING: u128 = 0xa0;
/// What a message was sent for.
const ASKING: u128 = 0xa1;
pub const POINT: ContactPointId = ContactPointId::from_u128(ATTACHING);
/// When questions are asked, in seconds.
const ASKED: i64 = 1_000;

/// What a worker does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The person opts out of everything.
    OptOut,
    /// The person opts out at the address: it goes to the log of the address, its record to that of the person.
    OptOutHere,
    /// Somebody opts out by the address alone.
    OptOutByAddress,
    /// The person consents.
    Grant,
    /// Whoever is behind the address consents.
    GrantByAddress,
    /// The link of the message that is there from before is presented.
    Confirm,
    /// The address goes from the person to another.
    Reassign,
    /// Another person gets the address too.
    Share,
    /// The person is merged with the other one.
    Merge,
    /// The other one opts out of everything.
    OptOutOfOther,
    /// A decision begins.
    Ask,
}

/// One worker. Two with the same command are a command that was delivered twice.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    pub writer: WriterId,
    pub deed: Deed,
    pub command: u8,
    /// In seconds.
    pub at: i64,
}

/// How often each fault may happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Faults {
    /// A commit of unknown end; what was sent may land at any time, or never.
    pub unknown: u8,
    /// A worker stops, and begins again with the same command. What it sent may still land.
    pub crash: u8,
    /// The store fails, for certain.
    pub fail: u8,
    /// A read returns its records of two instants.
    pub torn: u8,
}

#[derive(Clone, Debug)]
pub struct Scenario {
    pub work: Vec<Work>,
    pub faults: Faults,
    pub attempts: u32,
    /// All begin at once. That is far fewer interleavings, but no call comes after another returned.
    pub at_once: bool,
    /// What must be reachable, so that the laws do not hold of an empty world.
    pub reaches: Vec<&'static str>,
}

impl Work {
    pub const fn of(writer: WriterId, deed: Deed, command: u8, at: i64) -> Self {
        Self { writer, deed, command, at }
    }

    pub const fn first(deed: Deed, command: u8, at: i64) -> Self {
        Self::of(WRITER, deed, command, at)
    }

    pub const fn second(deed: Deed, command: u8, at: i64) -> Self {
        Self::of(OTHER_WRITER, deed, command, at)
    }

    pub const fn ask() -> Self {
        Self::first(Deed::Ask, 0, ASKED)
    }

    pub const fn withdraws(&self) -> bool {
        matches!(self.deed, Deed::OptOut | Deed::OptOutHere | Deed::OptOutByAddress)
    }

    pub const fn merges(&self) -> bool {
        matches!(self.deed, Deed::Merge)
    }

    /// Whether it withdraws for the person once the two are merged.
    pub const fn withdraws_for_merged(&self) -> bool {
        matches!(self.deed, Deed::OptOutOfOther)
    }

    pub const fn grants(&self) -> bool {
        matches!(self.deed, Deed::Grant | Deed::GrantByAddress | Deed::Confirm)
    }

    pub const fn confirms(&self) -> bool {
        matches!(self.deed, Deed::Confirm)
    }

    /// How many facts it makes.
    pub const fn facts(&self) -> usize {
        match self.deed {
            Deed::Ask => 0,
            Deed::Share | Deed::Merge => 2,
            _ => 1,
        }
    }

    pub const fn call(&self) -> Call {
        let (command, at) = (self.command, self.at);
        match self.deed {
            Deed::OptOut | Deed::OptOutHere | Deed::OptOutByAddress => Call::Withdraw { command, at },
            Deed::Grant | Deed::GrantByAddress => Call::Grant { command, at },
            Deed::Confirm => Call::Confirm { command },
            Deed::Reassign | Deed::Share | Deed::Merge | Deed::OptOutOfOther => Call::Other,
            Deed::Ask => Call::Ask,
        }
    }

    pub const fn id(&self) -> CommandId {
        CommandId::from_u128(self.command as u128)
    }

    pub fn job(&self, attempts: u32) -> Job {
        let settings = settings(self.writer).with_attempts(attempts);
        let stamp = Stamp::new(t(self.at), self.id());
        if self.confirms() {
            let confirm = Decide::confirm(settings, token(), Presented::default(), explicit(), stamp);
            return Job::Command(Box::new(confirm));
        }
        let Some((who, command)) = self.command() else {
            let (load, policy) = (Box::new(Load::new(settings, PERSON.into())), Box::new(policy()));
            return Job::Ask { load, query: question(), policy, now: t(self.at) };
        };
        Job::Command(Box::new(Decide::new(settings, who, command, stamp)))
    }

    fn command(&self) -> Option<(Who, Command)> {
        let grant = Command::new(Actor::subject(), Act::Grant { stated: vec![stated()], window: None })
            .with_evidence(explicit());
        let opt_out = |scope| Command::new(Actor::subject(), Act::OptOut(vec![scope]));
        let reassign = Act::Reassign { point: POINT, from: PERSON, to: Some(OTHER_PERSON) };
        let share = Act::Attach { point: POINT, kind: PointKind::Email };
        Some(match self.deed {
            Deed::OptOut => (PERSON.into(), opt_out(Scope::EVERYTHING)),
            Deed::OptOutHere => (PERSON.into(), opt_out(Scope::EVERYTHING.at(POINT))),
            Deed::OptOutByAddress => (Who::Address(address()), opt_out(Scope::EVERYTHING)),
            Deed::Grant => (PERSON.into(), grant),
            Deed::GrantByAddress => (Who::Address(address()), grant),
            Deed::Reassign => (PERSON.into(), Command::new(operator(), reassign)),
            Deed::Share => (OTHER_PERSON.into(), Command::new(operator(), share)),
            Deed::Merge => (PERSON.into(), Command::new(operator(), Act::Merge(OTHER_PERSON))),
            Deed::OptOutOfOther => (OTHER_PERSON.into(), opt_out(Scope::EVERYTHING)),
            Deed::Ask | Deed::Confirm => return None,
        })
    }
}

fn stated() -> Stated {
    Stated { purpose: Breadth::Exactly(id("news")), channel: Some(Channel::Email), point: Some(POINT) }
}

fn secret() -> ConfirmationSecret {
    ConfirmationSecret::new(&[7; 16]).unwrap()
}

/// The token of the message that was sent before anybody begins.
fn token() -> ConfirmationToken {
    ConfirmationToken::new(TenantId::from_u128(1), PERSON, RequestId::from_u128(ASKING), secret())
}

pub fn settings(writer: WriterId) -> Settings {
    Settings::new(TenantId::from_u128(1), writer, policy()).with_index_secrets(IndexSecrets::new([7; 32]))
}

fn address() -> Address {
    Address::new(PointKind::Email, "ada@example.org").unwrap()
}

pub fn question() -> Query {
    let index = policy().catalogue().index(id("news")).unwrap();
    Query::new(index, RegimeSet::OPT_IN).on(Channel::Email).at(POINT)
}

/// What is there before anybody begins: the person has the address.
pub fn prepare(store: &MemoryStore) {
    let engine = Engine::new(store, settings(WRITER));
    let stamp = Stamp::new(t(0), CommandId::from_u128(ATTACHING));
    engine.attach(PERSON, &address(), operator(), stamp).unwrap();
}

/// The store of the model before anybody begins; with a request under way if somebody is to confirm it.
pub fn before(work: &[Work]) -> Image {
    let store = MemoryStore::new();
    prepare(&store);
    if work.iter().any(Work::confirms) {
        let engine = Engine::new(&store, settings(WRITER));
        let stamp = Stamp::new(t(10), CommandId::from_u128(ASKING));
        engine.request(PERSON, [stated()], explicit(), &secret(), stamp).unwrap();
    }
    Image::new(store.records())
}

/// The aggregates that the model looks at.
pub const AGGREGATES: [Aggregate; 3] =
    [Aggregate::Subject(PERSON), Aggregate::Subject(OTHER_PERSON), Aggregate::Point(POINT)];
