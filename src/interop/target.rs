use alloc::vec::Vec;

use crate::evidence::Note;
use crate::id::SubjectId;
use crate::interop::ForeignId;

/// Whom a command of a dialect is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "the host must handle every way a person can be named")]
pub enum Target {
    /// A subject that the directory knows.
    Subject(SubjectId),
    /// The new subject of [`Ingest::created`](crate::interop::Ingest::created): create it first.
    Created,
    /// The person behind a record that the directory does not map: claim the alias for a subject first.
    Record(ForeignId),
    /// Whoever holds an address. A restriction on the channel of the address belongs in the contact point's
    /// log; any other applies to each subject that holds it.
    Address(ForeignId),
}

/// A subject that the other system made, or would make.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Created {
    /// What to call the person.
    pub name: Note,
    /// The address that led to them, if one did: their first contact point.
    pub address: Option<ForeignId>,
}

/// A record that now belongs to a subject: claim its id as an alias.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Link {
    /// The record.
    pub record: ForeignId,
    /// Its subject.
    pub target: Target,
}

/// A request of the person that is no consent: hand it to whoever answers such requests.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenDsr {
    /// What is asked.
    pub kind: DsrKind,
    /// By whom, or rather: about whom. Whether it was the person is for the host to check.
    pub targets: Vec<Target>,
}

/// The kinds of request of GDPR Art. 15 to 20 that a dialect can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DsrKind {
    /// Erasure (Art. 17).
    Erasure,
    /// Portability (Art. 20).
    Portability,
}
