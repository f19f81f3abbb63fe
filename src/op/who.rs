use alloc::string::String;

use crate::contact::Address;
use crate::evidence::{Note, NoteError};
use crate::id::{SubjectId, SystemId};

/// An identifier of a person in some system, such as a contact id of a CRM.
///
/// The value hides in `Debug`.
///
/// ```
/// use consent_engine::{Alias, SystemId};
/// let alias = Alias::new(SystemId::new("salesforce").unwrap(), "003A000001abcDE")?;
/// assert!(!format!("{alias:?}").contains("003A"));
/// # Ok::<(), consent_engine::NoteError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Alias {
    system: SystemId,
    value: Note,
}

impl Alias {
    /// The value is compared byte by byte, as the system wrote it.
    ///
    /// # Errors
    ///
    /// [`NoteError`] for a value that is too long or has control characters.
    ///
    /// ```
    /// use consent_engine::{Alias, InvalidName, NoteError, SystemId};
    /// let crm = SystemId::new("hubspot")?;
    /// assert_eq!(Alias::new(crm, "contact\n42"), Err(NoteError::ControlCharacter { at: 7 }));
    /// assert_ne!(Alias::new(crm, "42"), Alias::new(crm, "042"));
    /// # Ok::<(), InvalidName>(())
    /// ```
    pub fn new(system: SystemId, value: &str) -> Result<Self, NoteError> {
        Ok(Self { system, value: Note::new(value)? })
    }

    /// The system.
    #[must_use]
    pub const fn system(&self) -> SystemId {
        self.system
    }

    /// What is hashed: the system's name has no `:`.
    pub(super) fn hash_input(&self) -> String {
        alloc::format!("{}:{}", self.system, self.value.expose())
    }
}

/// Whom a command or question is about.
///
/// ```
/// use consent_engine::{Address, PointKind, SubjectId, Who};
/// let address = Address::new(PointKind::Email, "ada@example.com")?;
/// assert_eq!(Who::from(&address), Who::Address(address));
/// assert_eq!(Who::from(SubjectId::from_u128(7)), Who::Subject(SubjectId::from_u128(7)));
/// # Ok::<(), consent_engine::InvalidAddress>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "the three ways to name a person")]
pub enum Who {
    /// The person, by the host's id.
    Subject(SubjectId),
    /// Whoever has this identifier in another system.
    Alias(Alias),
    /// Whoever is behind this address. An opt-out reaches everyone behind it; anything else needs it to be one person.
    Address(Address),
}

impl From<SubjectId> for Who {
    fn from(id: SubjectId) -> Self {
        Self::Subject(id)
    }
}

impl From<Alias> for Who {
    fn from(alias: Alias) -> Self {
        Self::Alias(alias)
    }
}

impl From<&Address> for Who {
    fn from(address: &Address) -> Self {
        Self::Address(address.clone())
    }
}

impl From<Address> for Who {
    fn from(address: Address) -> Self {
        Self::Address(address)
    }
}
