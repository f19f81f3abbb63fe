use alloc::format;
use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::id::{SubjectId, SystemId};

/// What was written to another system, kept so that its return is not taken for an act.
///
/// A pause is written as an opt-out, because the target knows no pauses. Without the echo the opt-out would
/// come back as a withdrawal, and the pause would be for ever. The host keeps the echoes of what it projected
/// last and hands them to `ingest`; an echo is only recognised with its token *and* its value, so that an
/// opt-out made over there, on a row that still carries the token, is an opt-out.
///
/// ```
/// use consent_engine::interop::Echo;
/// use consent_engine::{SubjectId, SystemId};
/// let echo = Echo::new(SystemId::new("salesforce")?, SubjectId::from_u128(7), 3, "email OptOut");
/// assert_eq!(echo.token(), "consent-engine/echo/salesforce/00000000-0000-0000-0000-000000000007/3");
/// assert!(echo.is_in("booth form consent-engine/echo/salesforce/00000000-0000-0000-0000-000000000007/3"));
/// # Ok::<(), consent_engine::InvalidName>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Echo {
    system: SystemId,
    subject: SubjectId,
    version: u64,
    value: String,
}

impl Echo {
    /// The echo of a value written to `system` about `subject`, of the version that the host gave the state.
    #[must_use]
    pub fn new(system: SystemId, subject: SubjectId, version: u64, value: &str) -> Self {
        Self { system, subject, version, value: String::from(value) }
    }

    /// The text that travels with the value.
    #[must_use]
    pub fn token(&self) -> String {
        format!("consent-engine/echo/{}/{}/{}", self.system, self.subject, self.version)
    }

    /// Whether `text` ends in the token.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        text.strip_suffix(self.token().as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with(' '))
    }

    /// Where it was written.
    #[must_use]
    pub const fn system(&self) -> SystemId {
        self.system
    }

    /// About whom.
    #[must_use]
    pub const fn subject(&self) -> SubjectId {
        self.subject
    }

    /// The version of the state that was written.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// The value, in the words of its dialect.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}
