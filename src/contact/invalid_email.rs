use thiserror::Error;

/// Why a text is not an e-mail address that can be kept.
///
/// The text is never part of the message. Offsets are in bytes of the text that was given.
///
/// ```
/// use consent_engine::{Email, InvalidEmail};
/// let error = Email::parse("jane doe@example.com").unwrap_err();
/// assert_eq!(error, InvalidEmail::Space { at: 4 });
/// assert_eq!(error.to_string(), "byte 4 is white space: give the bare address, trimmed");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum InvalidEmail {
    /// The text is empty.
    #[error("the address is empty: write it as name@domain")]
    Empty,
    /// The address is too long (RFC 5321 4.5.3.1.3 with RFC 3696 erratum 1690).
    #[error("the address has {len} bytes, but at most {max} are allowed", max = crate::contact::Email::MAX_LEN)]
    TooLong {
        /// The length found, in bytes.
        len: usize,
    },
    /// The local part is too long (RFC 5321 4.5.3.1.1).
    #[error("the part before @ has {len} bytes, but at most {max} are allowed", max = crate::contact::Email::MAX_LOCAL_LEN)]
    LocalTooLong {
        /// The length found, in bytes.
        len: usize,
    },
    /// There is no `@`.
    #[error("there is no @: write the address as name@domain")]
    NoAt,
    /// Nothing stands before the `@`.
    #[error("nothing stands before the @: write the address as name@domain")]
    NoLocal,
    /// Nothing stands after the `@`.
    #[error("nothing stands after the @: write the address as name@domain")]
    NoDomain,
    /// A control character, such as NUL, CR or LF.
    #[error("byte {at} is a control character: remove it at the source, it may be an injection")]
    Control {
        /// The offset.
        at: usize,
    },
    /// White space.
    #[error("byte {at} is white space: give the bare address, trimmed")]
    Space {
        /// The offset.
        at: usize,
    },
    /// A character that is not drawn or that changes the direction of text.
    #[error("byte {at} begins a zero-width or direction character: remove it at the source")]
    Invisible {
        /// The offset.
        at: usize,
    },
    /// A character beyond ASCII, in a build without the feature `idna`.
    #[error("byte {at} is not ASCII: turn on feature `idna`, or give the domain as xn-- labels")]
    NotAscii {
        /// The offset.
        at: usize,
    },
    /// A character that may not stand there unquoted (RFC 5322 3.2.3, RFC 1123 2.1).
    #[error("the character at byte {at} may not stand there: give the bare address, such as name@domain")]
    Character {
        /// The offset.
        at: usize,
    },
    /// A symbol in the local part that is no letter, digit or mark of a script.
    #[error("byte {at} begins a symbol, or a letter newer than this build: use letters, digits and marks")]
    Symbol {
        /// The offset.
        at: usize,
    },
    /// A dot stands first, last or beside another dot in the local part (RFC 5322 3.2.3).
    #[error("the dot at byte {at} stands first, last or beside another dot: remove it")]
    Dot {
        /// The offset.
        at: usize,
    },
    /// A comment (RFC 5322 3.2.2).
    #[error("byte {at} opens or closes a comment: give the address without comments")]
    Comment {
        /// The offset.
        at: usize,
    },
    /// A quoted local part that says something which cannot be said without quotes (RFC 5321 4.1.2).
    #[error("the quoted part before @ cannot be written without quotes: such addresses are not kept")]
    Quoted,
    /// A domain literal, such as `[192.0.2.1]` (RFC 5321 4.1.3).
    #[error("the domain is an IP address in brackets: give a domain name")]
    DomainLiteral,
    /// A label of the domain is empty: a dot stands first, last or beside another dot.
    #[error("the domain has an empty part at byte {at}: remove the dot")]
    EmptyLabel {
        /// The offset.
        at: usize,
    },
    /// A label of the domain is longer than 63 bytes (RFC 1035 2.3.4).
    #[error("the part of the domain at byte {at} is longer than 63 bytes")]
    LabelTooLong {
        /// The offset.
        at: usize,
    },
    /// The domain is not valid under UTS 46.
    #[error("the domain at byte {at} is no valid international domain name (UTS 46)")]
    Domain {
        /// The offset at which the domain begins.
        at: usize,
    },
    /// The local part has no coarse form that is a local part: `⑴` stands for `(1)`, or it grows too long.
    #[error("the character at byte {at} stands for something that may not be in an address: replace it")]
    NoNormalForm {
        /// The offset of the first such character, or of the local part if they only offend together.
        at: usize,
    },
}
