use alloc::string::String;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::interop::limit;
use crate::redact::Pii;

/// Why a text is no identifier of another system. The text is never part of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidForeignId {
    /// Nothing is left without surrounding white space.
    #[error("the identifier is empty")]
    Empty,
    /// Longer than [`limit::ID_CHARS`].
    #[error("the identifier has {len} characters, but at most {max} are allowed")]
    TooLong {
        /// The characters found; counting stops at the first beyond 100 times the limit.
        len: usize,
        /// The characters allowed.
        max: usize,
    },
    /// White space or a control character.
    #[error("character {at} of the identifier is white space or a control character")]
    Character {
        /// The index of the first offending character.
        at: usize,
    },
}

/// How another system names a person: an e-mail address or a record id.
///
/// It is personal data and hides in `Debug`. Equality is exact; [`matches`](Self::matches) compares as the
/// other system does. The serde form is the text.
///
/// ```
/// use consent_engine::interop::ForeignId;
/// let address = ForeignId::new("Jane.Doe@example.com")?;
/// assert!(address.is_address() && address.matches(&ForeignId::new("jane.doe@EXAMPLE.com")?));
/// assert_eq!(address.local_part(), Some("Jane.Doe"));
/// assert!(!format!("{address:?}").contains("Jane"));
/// assert!(ForeignId::new("a@example.com\r\nBcc: b@example.com").is_err());
/// # Ok::<(), consent_engine::interop::InvalidForeignId>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ForeignId(Pii<String>);

impl ForeignId {
    /// Takes an identifier of 1 to [`limit::ID_CHARS`] characters without white space or control characters.
    ///
    /// # Errors
    ///
    /// [`InvalidForeignId`] says what is wrong and where.
    ///
    /// ```
    /// use consent_engine::interop::{ForeignId, InvalidForeignId};
    /// assert_eq!(ForeignId::new(" 003A000001abcDE ")?.expose(), "003A000001abcDE");
    /// assert_eq!(ForeignId::new("  "), Err(InvalidForeignId::Empty));
    /// assert_eq!(ForeignId::new("a b@example.com"), Err(InvalidForeignId::Character { at: 1 }));
    /// # Ok::<(), InvalidForeignId>(())
    /// ```
    pub fn new(text: &str) -> Result<Self, InvalidForeignId> {
        let text = text.trim_matches([' ', '\t']);
        if text.is_empty() {
            return Err(InvalidForeignId::Empty);
        }
        let len = text.chars().take(limit::ID_CHARS.saturating_mul(100)).count();
        if len > limit::ID_CHARS {
            return Err(InvalidForeignId::TooLong { len, max: limit::ID_CHARS });
        }
        match text.chars().position(|c| c.is_control() || c.is_whitespace()) {
            Some(at) => Err(InvalidForeignId::Character { at }),
            None => Ok(Self(Pii::new(String::from(text)))),
        }
    }

    /// The text.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Whether it is an e-mail address; anything else is the id of a record.
    #[must_use]
    pub fn is_address(&self) -> bool {
        self.expose().contains('@')
    }

    /// What stands before the last `@`.
    #[must_use]
    pub fn local_part(&self) -> Option<&str> {
        self.expose().rsplit_once('@').map(|(local, _)| local)
    }

    /// Whether both name the same thing: addresses without regard to case, record ids with or without the
    /// three check characters that make 18 of 15.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        if self.is_address() || other.is_address() {
            return self.folded().eq(other.folded());
        }
        self.case_safe() == other.case_safe()
    }

    fn folded(&self) -> impl Iterator<Item = char> {
        self.expose().chars().flat_map(char::to_lowercase)
    }

    /// A record id without its check characters.
    pub(crate) fn case_safe(&self) -> &str {
        const LONG: usize = 18;
        const SHORT: usize = 15;
        let text = self.expose();
        if text.len() == LONG { text.get(..SHORT).unwrap_or(text) } else { text }
    }
}

impl TryFrom<String> for ForeignId {
    type Error = InvalidForeignId;

    fn try_from(text: String) -> Result<Self, InvalidForeignId> {
        Self::new(&text)
    }
}

impl From<ForeignId> for String {
    fn from(id: ForeignId) -> Self {
        id.0.into_exposed()
    }
}
