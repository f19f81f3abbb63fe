use alloc::string::String;
use alloc::vec::Vec;

use crate::id::{ContactPointId, SubjectId};
use crate::interop::ForeignId;

/// A record of another system: a Contact, Lead, User or Person Account, or an Individual itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain input, meant to be written as a literal")]
pub struct Record {
    /// The kind of the record, as the vendor spells it.
    pub object: String,
    /// Its id.
    pub id: ForeignId,
    /// The e-mail address that it lists.
    pub email: Option<ForeignId>,
    /// The Individual that it is linked to.
    pub individual: Option<ForeignId>,
}

impl Record {
    /// The Individual it is, or is linked to.
    #[must_use]
    pub fn individual(&self) -> Option<&ForeignId> {
        if self.object.eq_ignore_ascii_case("Individual") { Some(&self.id) } else { self.individual.as_ref() }
    }
}

/// What the host knows of the people that a payload names: loaded before, so that the mapping needs no I/O.
///
/// Load it with the records of every identifier in the payload
/// ([`Call::ids`](crate::interop::salesforce::Call::ids)); who else is in it does not matter.
///
/// ```
/// use consent_engine::interop::{Directory, ForeignId, Record};
/// use consent_engine::{ContactPointId, SubjectId};
/// let id = |text| ForeignId::new(text).unwrap();
/// let directory = Directory::new()
///     .with_record(Record {
///         object: "Contact".into(),
///         id: id("003A"),
///         email: Some(id("a@example.com")),
///         individual: Some(id("0PK1")),
///     })
///     .with_subject(id("0PK1"), SubjectId::from_u128(1))
///     .with_point(id("a@example.com"), ContactPointId::from_u128(7));
/// assert_eq!(directory.point(&id("A@Example.com")), Some(ContactPointId::from_u128(7)));
/// assert_eq!(directory.subject(&id("0PK1")), Some(SubjectId::from_u128(1)));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Directory {
    records: Vec<Record>,
    subjects: Vec<(ForeignId, SubjectId)>,
    points: Vec<(ForeignId, ContactPointId)>,
}

impl Directory {
    /// An empty directory.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a record.
    #[must_use]
    pub fn with_record(mut self, record: Record) -> Self {
        self.records.push(record);
        self
    }

    /// Says which subject an Individual is.
    #[must_use]
    pub fn with_subject(mut self, individual: ForeignId, subject: SubjectId) -> Self {
        self.subjects.push((individual, subject));
        self
    }

    /// Says which contact point an address is.
    #[must_use]
    pub fn with_point(mut self, address: ForeignId, point: ContactPointId) -> Self {
        self.points.push((address, point));
        self
    }

    /// The records that list an address, or that have an id or belong to the Individual of that id.
    pub fn records<'a>(&'a self, id: &'a ForeignId) -> impl Iterator<Item = &'a Record> {
        self.records.iter().filter(move |record| {
            if id.is_address() {
                record.email.as_ref().is_some_and(|email| email.matches(id))
            } else {
                record.id.matches(id) || record.individual().is_some_and(|individual| individual.matches(id))
            }
        })
    }

    /// The subject that an Individual is.
    #[must_use]
    pub fn subject(&self, individual: &ForeignId) -> Option<SubjectId> {
        self.subjects.iter().find(|(known, _)| known.matches(individual)).map(|(_, subject)| *subject)
    }

    /// The contact point that an address is.
    #[must_use]
    pub fn point(&self, address: &ForeignId) -> Option<ContactPointId> {
        self.points.iter().find(|(known, _)| known.matches(address)).map(|(_, point)| *point)
    }
}
