use alloc::boxed::Box;
use alloc::format;

use crate::channel::PointKind;
use crate::redact::Pii;

use super::rules::CoarseRules;

/// A coarse form with its kind and rules: what a restriction matches, and what a host hashes with its key.
///
/// Two keys are equal only if kind, rules and text are equal. It has no serde form on purpose: a store
/// keeps the keyed hash of [`hash_input`](Self::hash_input), which is then an index key (HMAC-SHA-256 or the
/// like, one per live key version). An unkeyed hash of an address can be guessed and is still personal data.
///
/// ```
/// use consent_engine::{CoarseRules, Email};
/// let email: Email = "Jane@Example.COM".parse()?;
/// let key = email.coarse(CoarseRules::V1);
/// assert_eq!(key.text().into_exposed(), "jane@example.com");
/// assert_eq!(key.hash_input().into_exposed(), "email/1:jane@example.com");
/// assert!(!format!("{key:?}").contains("jane"));
/// # Ok::<(), consent_engine::InvalidEmail>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CoarseKey {
    kind: PointKind,
    rules: CoarseRules,
    full: Pii<Box<str>>,
}

impl CoarseKey {
    pub(super) fn email(rules: CoarseRules, local: &str, domain: &str) -> Self {
        let full = format!("email/{rules}:{local}@{domain}").into_boxed_str();
        Self { kind: PointKind::Email, rules, full: Pii::new(full) }
    }

    pub(super) fn phone(rules: CoarseRules, digits: u64) -> Self {
        let rules = rules.for_phone();
        let full = format!("phone/{rules}:+{digits}").into_boxed_str();
        Self { kind: PointKind::Phone, rules, full: Pii::new(full) }
    }

    /// The kind of the address.
    #[must_use]
    pub const fn kind(&self) -> PointKind {
        self.kind
    }

    /// The rules it was made with. Options that do not concern the kind are at their defaults.
    #[must_use]
    pub const fn rules(&self) -> CoarseRules {
        self.rules
    }

    /// The coarse form alone. It is itself an address, and its own coarse form.
    #[must_use]
    pub fn text(&self) -> Pii<&str> {
        Pii::new(self.full.expose().split_once(':').map_or("", |(_, text)| text))
    }

    /// The text to hash: the kind, the rules and the coarse form, as in `email/1+tag:jane@example.com`.
    /// Put the tenant into the key of the hash, so that tenants cannot be compared.
    #[must_use]
    pub fn hash_input(&self) -> Pii<&str> {
        Pii::new(self.full.expose())
    }
}
