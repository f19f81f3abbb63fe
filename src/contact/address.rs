use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::channel::PointKind;
use crate::redact::Pii;

use super::decode;
use super::email::Email;
use super::invalid_email::InvalidEmail;
use super::invalid_phone::InvalidPhone;
use super::key::CoarseKey;
use super::phone::PhoneNumber;
use super::rules::{CoarseRules, LiveRules};

/// Why a text is not an address that can be kept.
///
/// ```
/// use consent_engine::{Address, InvalidAddress, InvalidEmail, PointKind};
/// assert_eq!(Address::new(PointKind::Email, "jane"), Err(InvalidAddress::Email(InvalidEmail::NoAt)));
/// assert_eq!(Address::new(PointKind::Postal, "Rome"), Err(InvalidAddress::Kind));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum InvalidAddress {
    /// Not an e-mail address.
    #[error(transparent)]
    Email(#[from] InvalidEmail),
    /// Not a telephone number.
    #[error(transparent)]
    Phone(#[from] InvalidPhone),
    /// There is no normal form for this kind of address.
    #[error(
        "only e-mail addresses and telephone numbers have a normal form: name points of other kinds by their id"
    )]
    Kind,
    /// A stored address does not begin with its kind.
    #[error("the address does not begin with its kind: write `email:` or `phone:` before it")]
    NoKind,
}

/// An address in its exact form, of a kind that has normal forms.
///
/// The serde form is a text: the kind, `:` and the exact form, as in `email:jane@example.com`. [`FromStr`] reads
/// the same text. `Debug` and `Display` are redacted.
///
/// ```
/// use consent_engine::{Address, PhoneNumber, PointKind};
/// let address = Address::new(PointKind::Phone, "+15550100000")?;
/// assert_eq!(address, PhoneNumber::from_e164("+15550100000")?.into());
/// assert_eq!(address, "phone:+15550100000".parse()?);
/// assert_eq!(address.kind(), PointKind::Phone);
/// assert_eq!(format!("{address} {address:?}"), "[redacted] Phone(PhoneNumber([redacted]))");
/// # Ok::<(), consent_engine::InvalidAddress>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Address {
    /// An e-mail address.
    Email(Email),
    /// A telephone number.
    Phone(PhoneNumber),
}

impl Address {
    /// Reads an address of a kind: an e-mail address, or a telephone number in E.164.
    ///
    /// # Errors
    ///
    /// [`InvalidAddress`] says what is wrong and where, without repeating the text.
    ///
    /// ```
    /// use consent_engine::{Address, InvalidAddress, PointKind};
    /// let address = Address::new(PointKind::Email, "Ada@Example.COM")?;
    /// assert_eq!(address.exact().expose(), "Ada@example.com");
    /// let Err(error) = Address::new(PointKind::Phone, "0201 234567") else { panic!("that is no E.164") };
    /// assert!(!error.to_string().contains("0201"), "no message repeats an address");
    /// assert_eq!(Address::new(PointKind::Postal, "1 Main Street"), Err(InvalidAddress::Kind));
    /// # Ok::<(), InvalidAddress>(())
    /// ```
    pub fn new(kind: PointKind, text: &str) -> Result<Self, InvalidAddress> {
        match kind {
            PointKind::Email => Ok(Self::Email(Email::parse(text)?)),
            PointKind::Phone => Ok(Self::Phone(PhoneNumber::from_e164(text)?)),
            PointKind::Postal | PointKind::PushToken | PointKind::SocialHandle | PointKind::Device => {
                Err(InvalidAddress::Kind)
            }
        }
    }

    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> PointKind {
        match self {
            Self::Email(_) => PointKind::Email,
            Self::Phone(_) => PointKind::Phone,
        }
    }

    /// The exact form: what a grant matches.
    #[must_use]
    pub fn exact(&self) -> Pii<String> {
        match self {
            Self::Email(email) => Pii::new(email.exact().into_exposed().into()),
            Self::Phone(number) => number.exact(),
        }
    }

    /// The coarse form under one set of rules: what a restriction matches.
    #[must_use]
    pub fn coarse(&self, rules: CoarseRules) -> CoarseKey {
        match self {
            Self::Email(email) => email.coarse(rules),
            Self::Phone(number) => number.coarse(rules),
        }
    }

    /// The coarse forms under every live set of rules, the current one first. Write all of them, look up
    /// all of them.
    ///
    /// ```
    /// use consent_engine::{Address, CoarseRules, LiveRules, PlusTag};
    /// let live = LiveRules::new(CoarseRules::V1).upgrade(CoarseRules::V1.with_plus_tag(PlusTag::Strip));
    /// let address: Address = "email:Jane+news@example.com".parse()?;
    /// let keys: Vec<_> = address.coarse_keys(&live).iter().map(|key| key.hash_input().to_string()).collect();
    /// assert_eq!(keys, ["[redacted]", "[redacted]"]);
    /// # Ok::<(), consent_engine::InvalidAddress>(())
    /// ```
    #[must_use]
    pub fn coarse_keys(&self, live: &LiveRules) -> Vec<CoarseKey> {
        live.keys(|rules| self.coarse(rules))
    }
}

impl From<Email> for Address {
    fn from(email: Email) -> Self {
        Self::Email(email)
    }
}

impl From<PhoneNumber> for Address {
    fn from(number: PhoneNumber) -> Self {
        Self::Phone(number)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Email(email) => email.fmt(f),
            Self::Phone(number) => number.fmt(f),
        }
    }
}

impl FromStr for Address {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        if let Some(text) = text.strip_prefix("email:") {
            return Self::new(PointKind::Email, text);
        }
        let text = text.strip_prefix("phone:").ok_or(InvalidAddress::NoKind)?;
        Self::new(PointKind::Phone, text)
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kind = match self {
            Self::Email(_) => "email",
            Self::Phone(_) => "phone",
        };
        serializer.serialize_str(&format!("{kind}:{}", self.exact().expose()))
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        decode::text(deserializer, "an address with its kind, such as `email:name@domain`")
    }
}
