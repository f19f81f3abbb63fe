use serde::{Deserialize, Serialize};

/// The lawful basis of processing: GDPR Art. 6(1)(a) to (f), and two that other laws know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "a new basis changes decisions; callers must see it")]
pub enum LawfulBasis {
    /// Art. 6(1)(a).
    Consent,
    /// Art. 6(1)(b).
    Contract,
    /// Art. 6(1)(c).
    LegalObligation,
    /// Art. 6(1)(d).
    VitalInterests,
    /// Art. 6(1)(e).
    PublicTask,
    /// Art. 6(1)(f).
    LegitimateInterests,
    /// The existing-customer exception of Directive 2002/58/EC Art. 13(2).
    SoftOptIn,
    /// No data protection law that knows lawful bases applies.
    NotApplicable,
}

impl LawfulBasis {
    /// Every basis.
    pub const ALL: [Self; 8] = [
        Self::Consent,
        Self::Contract,
        Self::LegalObligation,
        Self::VitalInterests,
        Self::PublicTask,
        Self::LegitimateInterests,
        Self::SoftOptIn,
        Self::NotApplicable,
    ];

    /// Whether a person may object to it (GDPR Art. 21(1)).
    #[must_use]
    pub const fn answers_to_objection(self) -> bool {
        matches!(self, Self::LegitimateInterests | Self::PublicTask | Self::SoftOptIn)
    }

    /// How restrictive it is for the sender, most restrictive first: where several writers recorded a basis
    /// for one purpose, the first of this order counts.
    #[must_use]
    pub const fn restrictiveness(self) -> u8 {
        match self {
            Self::Consent => 0,
            Self::SoftOptIn => 1,
            Self::LegitimateInterests => 2,
            Self::PublicTask => 3,
            Self::NotApplicable => 4,
            Self::Contract => 5,
            Self::VitalInterests => 6,
            Self::LegalObligation => 7,
        }
    }
}
