use alloc::string::String;

use crate::channel::Channel;
use crate::evidence::{Actor, Method, Note};
use crate::id::SystemId;
use crate::interop::{Directory, Echo, ForeignId, Problem};
use crate::purpose::{Catalogue, PurposeId};
use crate::time::Timestamp;

/// A purpose as another system has it, and which purpose of the catalogue it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain input, meant to be written as a literal")]
pub struct PurposeName {
    /// The id of its record over there, if known.
    pub record: Option<ForeignId>,
    /// Its name over there.
    pub name: String,
    /// What it is here.
    pub purpose: PurposeId,
}

/// What a mapping needs besides the payload. Nothing in it comes from the payload, least of all who acts.
///
/// ```
/// use consent_engine::interop::{Context, Directory};
/// use consent_engine::{Catalogue, SystemId};
/// let catalogue = Catalogue::new([], []).unwrap();
/// let directory = Directory::new();
/// let now = "2026-03-02T10:00:00Z".parse()?;
/// let context = Context::new(now, SystemId::new("salesforce")?, &catalogue, &directory);
/// assert!(context.echoes.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs, reason = "plain input, meant to be written with struct update")]
pub struct Context<'a> {
    /// When the payload came.
    pub now: Timestamp,
    /// The system that it came from.
    pub system: SystemId,
    /// The purposes of the tenant.
    pub catalogue: &'a Catalogue,
    /// The people that the payload may name.
    pub directory: &'a Directory,
    /// The purposes of the other system. Where a name is not among them, it is the id in the catalogue.
    pub purposes: &'a [PurposeName],
    /// What was projected last, so that its return is recognised.
    pub echoes: &'a [Echo],
    /// What an opt-in without more says of how the person acted. A host that knows the forms of the other
    /// system to be worse than a clear affirmative act says so here.
    pub opt_in_method: Method,
    /// The brand of the other system that this tenant stands for, if it has brands.
    pub brand: Option<&'a ForeignId>,
    /// Which channels the engagement channels of the other system are, by the id of their record.
    pub engagement_channels: &'a [(ForeignId, Channel)],
}

impl<'a> Context<'a> {
    /// A context without names, echoes or brands, that takes an opt-in as explicit.
    #[must_use]
    pub const fn new(
        now: Timestamp,
        system: SystemId,
        catalogue: &'a Catalogue,
        directory: &'a Directory,
    ) -> Self {
        Self {
            now,
            system,
            catalogue,
            directory,
            purposes: &[],
            echoes: &[],
            opt_in_method: Method::Explicit,
            brand: None,
            engagement_channels: &[],
        }
    }

    /// The person, whose act the other system reports.
    pub(crate) const fn person(&self) -> Actor {
        Actor::subject().reported_by(self.system)
    }

    /// The purpose of a name, in the catalogue.
    pub(crate) fn purpose(&self, name: &str) -> Result<PurposeId, Problem> {
        let named = || self.purposes.iter().filter(|own| own.name.trim().eq_ignore_ascii_case(name.trim()));
        let found = match named().next() {
            None => PurposeId::new(name).ok(),
            Some(first) if named().all(|own| own.purpose == first.purpose) => Some(first.purpose),
            Some(_) => {
                return Err(Problem::AmbiguousPurpose { name: Note::lossy(name), n: named().count() });
            }
        };
        found
            .filter(|id| self.catalogue.find(*id).is_some())
            .ok_or_else(|| Problem::UnknownPurpose { name: Note::lossy(name) })
    }

    /// The purpose of a record of the other system, in the catalogue.
    pub(crate) fn purpose_of_record(&self, record: &ForeignId) -> Option<PurposeId> {
        let own = |purpose: &&PurposeName| purpose.record.as_ref().is_some_and(|own| own.matches(record));
        let found = self.purposes.iter().find(own).map(|purpose| purpose.purpose)?;
        self.catalogue.find(found).map(|_| found)
    }
}
