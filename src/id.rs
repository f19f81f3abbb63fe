//! Identifiers. The host makes them; this crate never does.

use core::fmt;
use core::num::NonZeroU64;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::slug::name_type;

macro_rules! uuid_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps an identifier that the host made.
            #[must_use]
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// The identifier as the number a UUID is; handy for tests and examples.
            #[must_use]
            pub const fn from_u128(id: u128) -> Self {
                Self(Uuid::from_u128(id))
            }

            /// The identifier as the host made it.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

uuid_type! {
    /// The controller (GDPR Art. 4(7)) on whose behalf consent is kept. Nothing crosses tenants.
    TenantId
}
uuid_type! {
    /// One natural person, as the host knows them.
    SubjectId
}
uuid_type! {
    /// One address of one kind. The address itself is personal data and lives elsewhere.
    ContactPointId
}
uuid_type! {
    /// One incarnation of a region that appends facts. A region restored from a backup is a new writer.
    WriterId
}
uuid_type! {
    /// One command of the host. The host repeats it when it repeats the command.
    CommandId
}
uuid_type! {
    /// One request for a double opt-in.
    RequestId
}
uuid_type! {
    /// One import of one file or source. The host repeats it when it resumes or repeats the import.
    ImportId
}
uuid_type! {
    /// An index key that was consulted on the way to a view, such as the hash of an address.
    IndexKey
}

name_type! {
    /// A system that reports acts to this one: a CRM, an e-mail provider, an importer.
    SystemId, 32
}

/// What a log belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "the two aggregates are fixed by the design")]
pub enum Aggregate {
    /// A person.
    Subject(SubjectId),
    /// An address, so that an opt-out by address holds for everyone behind it.
    Point(ContactPointId),
}

impl fmt::Display for Aggregate {
    /// `subject:<id>` or `point:<id>`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subject(id) => write!(f, "subject:{id}"),
            Self::Point(id) => write!(f, "point:{id}"),
        }
    }
}

/// An append-only log: one per aggregate and writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "a plain pair")]
pub struct LogId {
    /// Whose log it is.
    pub aggregate: Aggregate,
    /// Who appends to it.
    pub writer: WriterId,
}

impl LogId {
    /// The log of `aggregate` that `writer` appends to.
    #[must_use]
    pub const fn new(aggregate: Aggregate, writer: WriterId) -> Self {
        Self { aggregate, writer }
    }

    /// The fact number `seq` of this log.
    #[must_use]
    pub const fn at(self, seq: Seq) -> Position {
        Position { log: self, seq }
    }
}

/// The number of a fact in its log: dense, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(NonZeroU64);

impl Seq {
    /// The first fact of a log.
    pub const FIRST: Self = Self(NonZeroU64::MIN);

    /// The number `n`, unless it is 0.
    #[must_use]
    pub const fn new(n: u64) -> Option<Self> {
        match NonZeroU64::new(n) {
            Some(n) => Some(Self(n)),
            None => None,
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0.get()
    }

    /// The number that follows a log whose head is `head` (0 for an empty log).
    ///
    /// At the end of the number space the last number is repeated; such a fact is then a duplicate and
    /// is not applied.
    #[must_use]
    pub const fn after(head: u64) -> Self {
        match NonZeroU64::new(head.saturating_add(1)) {
            Some(n) => Self(n),
            None => Self::FIRST,
        }
    }
}

/// Where a fact stands: the id of the fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "a plain pair")]
pub struct Position {
    /// The log.
    pub log: LogId,
    /// The number in the log.
    pub seq: Seq,
}

impl fmt::Display for Position {
    /// `subject:<id>/<writer>#<seq>`, or `point:` for a contact point.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}#{}", self.log.aggregate, self.log.writer, self.seq.get())
    }
}
