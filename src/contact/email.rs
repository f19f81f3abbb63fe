use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::redact::Pii;

use super::character::{Class, classify};
use super::invalid_email::InvalidEmail;
use super::key::CoarseKey;
use super::rules::{CoarseRules, LiveRules};
use super::{decode, domain, local};

/// An e-mail address in its exact form: what a grant matches.
///
/// The domain is folded to lower-case A-labels, because DNS ignores case (RFC 5321 2.4). The local part keeps
/// its case, because only its own host may say that case means nothing there. `Debug` and `Display` are
/// redacted.
///
/// # What is accepted
///
/// A dot-atom, `@`, and a domain of letters, digits and hyphens. A quoted local part is accepted if it says
/// the same without quotes. Comments, domain literals and a display name are refused.
///
/// A build without the feature `idna` accepts ASCII only. With it, a domain may be written in any script
/// (UTS 46, non-transitional, so `ß` stays apart from `ss`) and is kept as A-labels. The local part may hold
/// letters, digits and marks of any script (RFC 6531) and is kept in NFC. Symbols such as emoji are refused:
/// an older build cannot tell one from a letter that it does not know yet, and would fold it otherwise.
/// Zero-width joiners are refused in domains too, where some scripts use them: give that domain as A-labels.
///
/// # Stored form
///
/// The serde form is the exact form as a plain text. Decoding reads it with the same constructor. What was
/// stored is read back unchanged by every later version of this crate.
///
/// ```
/// use consent_engine::{Email, InvalidEmail};
/// let email = Email::parse("Jane@EXAMPLE.com")?;
/// assert_eq!(email.exact().into_exposed(), "Jane@example.com");
/// assert_eq!(email, Email::parse("\"Jane\"@example.com")?);
/// assert_ne!(email, Email::parse("jane@example.com")?);
/// assert_eq!(format!("{email}"), "[redacted]");
/// assert_eq!(Email::parse("jane@example.com\r\nBcc: x"), Err(InvalidEmail::Control { at: 16 }));
/// # Ok::<(), InvalidEmail>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(Pii<Box<str>>);

impl Email {
    /// The longest address, in bytes: a path of 256 without its angle brackets (RFC 5321 4.5.3.1.3).
    pub const MAX_LEN: usize = 254;

    /// The longest local part, in bytes (RFC 5321 4.5.3.1.1).
    pub const MAX_LOCAL_LEN: usize = 64;

    /// Reads an address. Lengths are checked before anything else.
    ///
    /// # Errors
    ///
    /// [`InvalidEmail`] says what is wrong and where, without repeating the text.
    ///
    /// ```
    /// use consent_engine::{Email, InvalidEmail};
    /// assert!(Email::parse("jane@example.com").is_ok());
    /// assert_eq!(Email::parse("jane(home)@example.com"), Err(InvalidEmail::Comment { at: 4 }));
    /// ```
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        if text.is_empty() {
            return Err(InvalidEmail::Empty);
        }
        check_length(text.len())?;
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidEmail::NoAt)?;
        if local.len() > Self::MAX_LOCAL_LEN {
            return Err(InvalidEmail::LocalTooLong { len: local.len() });
        }
        check_characters(text)?;
        if local.is_empty() {
            return Err(InvalidEmail::NoLocal);
        }
        if domain.is_empty() {
            return Err(InvalidEmail::NoDomain);
        }
        let domain = domain::exact(domain, local.len().saturating_add(1))?;
        let room = Self::MAX_LEN.saturating_sub(domain.len()).saturating_sub(1).min(Self::MAX_LOCAL_LEN);
        let local = local::exact(local, room)?;
        let text = format!("{local}@{domain}");
        check_length(text.len())?;
        Ok(Self(Pii::new(text.into_boxed_str())))
    }

    /// The exact form.
    #[must_use]
    pub fn exact(&self) -> Pii<&str> {
        Pii::new(self.0.expose())
    }

    /// The part before the `@`.
    #[must_use]
    pub fn local(&self) -> Pii<&str> {
        Pii::new(self.parts().0)
    }

    /// The part after the `@`, as lower-case A-labels.
    #[must_use]
    pub fn domain(&self) -> Pii<&str> {
        Pii::new(self.parts().1)
    }

    /// The coarse form under one set of rules: what a restriction matches.
    ///
    /// ```
    /// use consent_engine::{CoarseRules, Email, ProviderRules};
    /// let rules = CoarseRules::V1.with_providers(ProviderRules::V1);
    /// let key = Email::parse("J.Doe+shop@googlemail.com")?.coarse(rules);
    /// assert_eq!(key.text().into_exposed(), "jdoe@gmail.com");
    /// # Ok::<(), consent_engine::InvalidEmail>(())
    /// ```
    #[must_use]
    pub fn coarse(&self, rules: CoarseRules) -> CoarseKey {
        let (local, domain) = self.parts();
        let (local, domain) = local::coarse(local, domain, rules);
        CoarseKey::email(rules, &local, domain)
    }

    /// The coarse forms under every live set of rules, the current one first. Write all of them, look up
    /// all of them: then no change of rules loses a restriction.
    #[must_use]
    pub fn coarse_keys(&self, live: &LiveRules) -> Vec<CoarseKey> {
        live.keys(|rules| self.coarse(rules))
    }

    /// Whether the local part or a label of the domain mixes alphabets that have look-alike letters.
    ///
    /// A simple heuristic for a warning to a person, not for a decision: the letters of one part come from two
    /// of Latin, Greek, Cyrillic, Armenian and Cherokee, or an `xn--` label cannot be decoded. A part that is
    /// wholly in one look-alike alphabet is not flagged. Nothing is suppressed by it.
    ///
    /// ```
    /// use consent_engine::Email;
    /// assert!(Email::parse("jane@аpple.com")?.is_mixed_script(), "the first letter is Cyrillic");
    /// assert!(!Email::parse("jane@apple.com")?.is_mixed_script());
    /// # Ok::<(), consent_engine::InvalidEmail>(())
    /// ```
    #[cfg(feature = "idna")]
    #[must_use]
    pub fn is_mixed_script(&self) -> bool {
        let (local, domain) = self.parts();
        super::unicode::is_mixed(local) || super::unicode::is_mixed_domain(domain)
    }

    fn parts(&self) -> (&str, &str) {
        self.0.expose().rsplit_once('@').unwrap_or_default()
    }
}

const fn check_length(len: usize) -> Result<(), InvalidEmail> {
    if len > Email::MAX_LEN { Err(InvalidEmail::TooLong { len }) } else { Ok(()) }
}

fn check_characters(text: &str) -> Result<(), InvalidEmail> {
    let mut beyond_ascii = None;
    for (at, c) in text.char_indices() {
        match classify(c) {
            Class::Visible if c.is_ascii() => {}
            Class::Visible => beyond_ascii = beyond_ascii.or(Some(at)),
            Class::Control => return Err(InvalidEmail::Control { at }),
            Class::Invisible => return Err(InvalidEmail::Invisible { at }),
            Class::Space => return Err(InvalidEmail::Space { at }),
        }
    }
    match beyond_ascii {
        Some(at) if !cfg!(feature = "idna") => Err(InvalidEmail::NotAscii { at }),
        _ => Ok(()),
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email({})", self.0)
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Email {
    type Err = InvalidEmail;

    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        Self::parse(text)
    }
}

impl TryFrom<&str> for Email {
    type Error = InvalidEmail;

    fn try_from(text: &str) -> Result<Self, InvalidEmail> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Email {
    type Error = InvalidEmail;

    fn try_from(text: String) -> Result<Self, InvalidEmail> {
        Self::parse(&text)
    }
}

impl Serialize for Email {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose())
    }
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        decode::text(deserializer, "an e-mail address")
    }
}
