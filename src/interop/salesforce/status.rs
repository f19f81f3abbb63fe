use core::fmt;

use serde::{Deserialize, Serialize};

use crate::interop::Problem;

/// The status of a consent: `PrivacyConsentStatus`, and the parameter `status` of a Consent Write.
///
/// *Salesforce REST API Developer Guide, "Consent Write", parameter `status`; Object Reference,
/// ContactPointTypeConsent.* Written in any case.
///
/// ```
/// use consent_engine::interop::salesforce::Status;
/// assert_eq!(Status::parse("status", "optout")?, Status::OptOut);
/// assert!(Status::parse("status", "unsubscribe").is_err());
/// # Ok::<(), consent_engine::interop::Problem>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(clippy::exhaustive_enums, reason = "the closed list of the vendor, from the least restrictive")]
pub enum Status {
    /// Consent was given.
    OptIn,
    /// A notice was seen. That is no consent.
    Seen,
    /// Nothing was seen or said.
    NotSeen,
    /// Consent was refused or withdrawn.
    OptOut,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::OptIn, Self::Seen, Self::NotSeen, Self::OptOut];

    const NAMES: [&'static str; 4] =
        [Self::OptIn.name(), Self::Seen.name(), Self::NotSeen.name(), Self::OptOut.name()];

    /// Reads a status in any case.
    ///
    /// # Errors
    ///
    /// [`Problem::UnknownEnumValue`] for `field`, for anything else: nothing is guessed.
    ///
    /// ```
    /// use consent_engine::interop::salesforce::Status;
    /// assert_eq!(Status::parse("status", "optout")?, Status::OptOut);
    /// let error = Status::parse("status", "Maybe").unwrap_err();
    /// assert!(error.to_string().contains("use OptIn, Seen, NotSeen or OptOut"));
    /// # Ok::<(), consent_engine::interop::Problem>(())
    /// ```
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Problem> {
        let found = Self::ALL.into_iter().find(|status| status.name().eq_ignore_ascii_case(text));
        found.ok_or_else(|| Problem::unknown(field, text, &Self::NAMES))
    }

    /// Reads a status as a Consent Read spells it: `opt_in`, `OPT_OUT`.
    pub(super) fn parse_read(text: &str) -> Option<Self> {
        let plain = || text.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase());
        let name = |status: &Self| status.name().chars().map(|c| c.to_ascii_lowercase()).eq(plain());
        Self::ALL.into_iter().find(name)
    }

    /// As the vendor spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OptIn => "OptIn",
            Self::Seen => "Seen",
            Self::NotSeen => "NotSeen",
            Self::OptOut => "OptOut",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
