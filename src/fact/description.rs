use serde::{Deserialize, Serialize};

use crate::id::ContactPointId;

/// What kind of subject a person is. The later ones are the more restrictive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "part of the decision; callers must see a new one")]
pub enum SubjectKind {
    /// Nothing in particular.
    #[default]
    Person,
    /// Known to be a child: silence never permits promotion (GDPR Art. 8, recital 38).
    Child,
    /// Known to have died. Every question is denied.
    Deceased,
}

/// What is known of a person or an address besides consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "a new description changes decisions; callers must see it")]
pub enum Description {
    /// What kind of subject the person is.
    Kind(SubjectKind),
    /// Whether a contact point is a role address, such as `info@`.
    RoleAddress {
        /// The address.
        point: ContactPointId,
        /// It is one.
        is: bool,
    },
}

impl Description {
    /// The contact point it is about; none if it is about the person.
    #[must_use]
    pub const fn point(self) -> Option<ContactPointId> {
        match self {
            Self::Kind(_) => None,
            Self::RoleAddress { point, .. } => Some(point),
        }
    }
}
