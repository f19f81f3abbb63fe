//! Short machine names, stored inline so that copying one never allocates.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

/// Why a text is not a valid machine name.
///
/// The text itself is never part of the message: what a caller mistakes for a name may be an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidName {
    /// The text is empty.
    #[error("the name is empty: give it 1 to {max} characters")]
    Empty {
        /// The longest name allowed, in characters.
        max: usize,
    },
    /// The text is too long.
    #[error("the name has {len} bytes, but at most {max} are allowed")]
    TooLong {
        /// The length found, in bytes.
        len: usize,
        /// The longest name allowed.
        max: usize,
    },
    /// A character is outside the alphabet, or a separator stands first or last.
    #[error("byte {at} of the name is not allowed: use a-z and 0-9, and `.`, `_` or `-` between them")]
    Character {
        /// The offset of the first offending byte.
        at: usize,
    },
}

/// An inline name of 1 to `N` bytes over `a-z 0-9 . _ -`, starting and ending with a letter or digit.
///
/// Upper-case ASCII letters and surrounding white space are normalised away on the way in, so that one
/// name has one spelling everywhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Slug<const N: usize>([u8; N]);

impl<const N: usize> Slug<N> {
    pub(crate) fn new(text: &str) -> Result<Self, InvalidName> {
        let text = text.trim_matches([' ', '\t']);
        if text.is_empty() {
            return Err(InvalidName::Empty { max: N });
        }
        if text.len() > N {
            return Err(InvalidName::TooLong { len: text.len(), max: N });
        }
        let mut bytes = [0; N];
        let last = text.len().saturating_sub(1);
        for (at, (slot, byte)) in bytes.iter_mut().zip(text.bytes()).enumerate() {
            let byte = byte.to_ascii_lowercase();
            let separator = matches!(byte, b'.' | b'_' | b'-') && at != 0 && at != last;
            if !separator && !byte.is_ascii_lowercase() && !byte.is_ascii_digit() {
                return Err(InvalidName::Character { at });
            }
            *slot = byte;
        }
        Ok(Self(bytes))
    }

    pub(crate) fn as_str(&self) -> &str {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap_or(N);
        self.0.get(..end).and_then(|bytes| core::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

impl<const N: usize> fmt::Debug for Slug<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<const N: usize> FromStr for Slug<N> {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        Self::new(text)
    }
}

impl<const N: usize> Serialize for Slug<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de, const N: usize> Deserialize<'de> for Slug<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<const N: usize>;
        impl<const N: usize> de::Visitor<'_> for Visitor<N> {
            type Value = Slug<N>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a name of 1 to {N} characters over a-z, 0-9, `.`, `_`, `-`")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Slug<N>, E> {
                Slug::new(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

/// Declares a public newtype over [`Slug`].
macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident, $max:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name($crate::slug::Slug<$max>);

        impl $name {
            /// The longest name, in characters.
            pub const MAX_LEN: usize = $max;

            /// Reads a name: ASCII letters, digits, and `.`, `_`, `-` between them; case is folded.
            ///
            /// # Errors
            ///
            /// [`InvalidName`](crate::InvalidName) says what is wrong and where, without repeating the text.
            ///
            /// ```
            #[doc = concat!("use consent_engine::{InvalidName, ", stringify!($name), "};")]
            #[doc = concat!("assert_eq!(", stringify!($name), "::new(\" Web.Form \")?.as_str(), \"web.form\");")]
            #[doc = concat!("assert_eq!(", stringify!($name), "::new(\"web form\"), Err(InvalidName::Character { at: 3 }));")]
            /// # Ok::<(), InvalidName>(())
            /// ```
            pub fn new(text: &str) -> Result<Self, $crate::slug::InvalidName> {
                $crate::slug::Slug::new(text).map(Self)
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.as_str())
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl core::str::FromStr for $name {
            type Err = $crate::slug::InvalidName;

            fn from_str(text: &str) -> Result<Self, $crate::slug::InvalidName> {
                Self::new(text)
            }
        }
    };
}
pub(crate) use name_type;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d52_purpose_name_tricks() {
        assert_eq!(Slug::<8>::new(" News ").unwrap().as_str(), "news");
        assert_eq!(Slug::<8>::new(""), Err(InvalidName::Empty { max: 8 }));
        assert_eq!(Slug::<8>::new("  \t "), Err(InvalidName::Empty { max: 8 }));
        assert_eq!(Slug::<8>::new("*"), Err(InvalidName::Character { at: 0 }));
        assert_eq!(Slug::<8>::new("a*b"), Err(InvalidName::Character { at: 1 }));
        assert_eq!(Slug::<8>::new(".a"), Err(InvalidName::Character { at: 0 }));
        assert_eq!(Slug::<8>::new("a-"), Err(InvalidName::Character { at: 1 }));
        assert_eq!(Slug::<8>::new("nеws"), Err(InvalidName::Character { at: 1 }), "Cyrillic е");
        assert_eq!(Slug::<8>::new("a\0b"), Err(InvalidName::Character { at: 1 }));
        assert_eq!(Slug::<8>::new("123456789"), Err(InvalidName::TooLong { len: 9, max: 8 }));
        assert_eq!(Slug::<8>::new("12345678").unwrap().as_str(), "12345678");
    }
}
