use serde::{Deserialize, Serialize};

/// The class of a purpose. It decides which restrictions apply. Fixed for the life of the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "a new class changes decisions; callers must see it")]
pub enum PurposeClass {
    /// Part of a transaction the person asked for: receipts, confirmations.
    Transactional,
    /// Keeps a service running for the person: outages, renewals.
    Service,
    /// Warns the person of a risk to their account or data.
    SecurityAlert,
    /// Nurtures an existing relationship: product updates, account reviews.
    Relationship,
    /// Direct marketing (GDPR Art. 21(2)).
    Marketing,
    /// Processing without contact: profiling, sharing, cross-border storage.
    Processing,
}

impl PurposeClass {
    /// Every class.
    pub const ALL: [Self; 6] = [
        Self::Transactional,
        Self::Service,
        Self::SecurityAlert,
        Self::Relationship,
        Self::Marketing,
        Self::Processing,
    ];

    /// Whether a contact of this class answers a need of the person, so that their own call is served.
    #[must_use]
    pub const fn serves_the_person(self) -> bool {
        matches!(self, Self::Transactional | Self::Service | Self::SecurityAlert)
    }

    /// Whether this is Marketing or Relationship: promotion, in the wide sense.
    #[must_use]
    pub const fn promotes(self) -> bool {
        matches!(self, Self::Marketing | Self::Relationship)
    }
}
