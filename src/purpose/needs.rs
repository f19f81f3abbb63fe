//! What a purpose asks for: of an opt-out, of evidence, of frequency.

use serde::{Deserialize, Serialize};

use crate::evidence::{NoticeId, Strength};
use crate::purpose::PurposeClass;
use crate::time::Span;

/// Whether, and how, a person may opt out of a purpose.
///
/// ```
/// use consent_engine::{OptOutRule, PurposeClass};
/// assert_eq!(OptOutRule::default_for(PurposeClass::Marketing), OptOutRule::Allowed);
/// assert_eq!(OptOutRule::default_for(PurposeClass::Service), OptOutRule::ByName);
/// assert_eq!(OptOutRule::default_for(PurposeClass::Transactional), OptOutRule::Refused);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "a new rule changes decisions; callers must see it")]
pub enum OptOutRule {
    /// Any opt-out that covers the purpose applies.
    Allowed,
    /// Only an opt-out that names the purpose, or an ancestor of the same class, applies.
    ByName,
    /// No opt-out applies; naming the purpose is refused as `ImmutablePurpose`.
    Refused,
}

impl OptOutRule {
    /// The rule for a class when a purpose states none.
    #[must_use]
    pub const fn default_for(class: PurposeClass) -> Self {
        match class {
            PurposeClass::Transactional => Self::Refused,
            PurposeClass::Service | PurposeClass::SecurityAlert => Self::ByName,
            PurposeClass::Relationship | PurposeClass::Marketing | PurposeClass::Processing => Self::Allowed,
        }
    }
}

/// The notice a grant must have been given under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "a plain pair")]
pub struct NoticeNeed {
    /// The notice.
    pub id: NoticeId,
    /// The oldest version that still counts. Raising it supersedes every older grant.
    pub since: u32,
}

/// What evidence a grant for a purpose needs (GDPR Art. 7(1)).
///
/// ```
/// use consent_engine::{EvidenceNeed, LawfulBasis, Purpose, PurposeClass, PurposeId, Strength};
/// let confirmed = EvidenceNeed { strength: Strength::DoubleOptIn, ..EvidenceNeed::default() };
/// let news = Purpose::new(PurposeId::new("news")?, PurposeClass::Marketing, LawfulBasis::Consent).with_evidence(confirmed);
/// assert_eq!(news.evidence().strength, Strength::DoubleOptIn);
/// # Ok::<(), consent_engine::InvalidName>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "meant to be written as a literal with ..Default")]
pub struct EvidenceNeed {
    /// The least strength.
    pub strength: Strength,
    /// The notice, if one must have been shown.
    pub notice: Option<NoticeNeed>,
    /// The least age in years for a person to decide alone (GDPR Art. 8).
    pub minimum_age: Option<u8>,
}

impl Default for EvidenceNeed {
    /// An explicit act, with no notice and no age asked.
    fn default() -> Self {
        Self { strength: Strength::Explicit, notice: None, minimum_age: None }
    }
}

/// At most `max` contacts in any span of `per`.
///
/// ```
/// use consent_engine::{FrequencyCap, Span};
/// let twice_a_week = FrequencyCap { max: 2, per: Span::days(7) };
/// # let _ = twice_a_week;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "a plain pair")]
pub struct FrequencyCap {
    /// The number of contacts allowed.
    pub max: u32,
    /// The sliding span, in microseconds.
    pub per: Span,
}
