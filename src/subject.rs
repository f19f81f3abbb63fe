//! Whom a view is about, as the host's identity look-up left it.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::fact::SubjectKind;
use crate::id::{ContactPointId, SubjectId};

/// How the look-up of a person ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "part of the decision; callers must see a new one")]
pub enum Identity {
    /// One live subject was found.
    #[default]
    Resolved,
    /// Nobody was found. Every question is denied.
    Unresolved,
    /// Two live subjects claim the alias. Every question is denied.
    Contested,
}

/// Whom a view is about: one person, who may have several subject ids after a merge.
///
/// ```
/// use consent_engine::{Subject, SubjectId, SubjectKind};
/// let ada = Subject::new(SubjectId::from_u128(7));
/// let child = Subject { kind: SubjectKind::Child, ..ada.clone() };
/// assert_eq!(ada.ids, child.ids);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain input, meant to be written as a literal with ..Default")]
pub struct Subject {
    /// The ids whose logs make up the person.
    pub ids: Vec<SubjectId>,
    /// How the look-up ended.
    pub identity: Identity,
    /// What is known of the person.
    pub kind: SubjectKind,
    /// Contact points that are role addresses, such as `info@`: silence never permits promotion there.
    pub role_addresses: Vec<ContactPointId>,
}

impl Subject {
    /// One resolved person with one id.
    #[must_use]
    pub fn new(id: SubjectId) -> Self {
        Self { ids: alloc::vec![id], ..Self::default() }
    }
}
