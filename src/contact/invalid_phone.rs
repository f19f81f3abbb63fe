use thiserror::Error;

/// Why a text is not a telephone number that can be kept.
///
/// The text is never part of the message. Offsets are in bytes of the text that was given.
///
/// ```
/// use consent_engine::{InvalidPhone, PhoneNumber};
/// let error = PhoneNumber::from_e164("+1 555 010 0000").unwrap_err();
/// assert_eq!(error, InvalidPhone::Separator { at: 2 });
/// assert!(error.to_string().starts_with("byte 2 is a space or separator: write `+` and the digits only"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum InvalidPhone {
    /// The text is empty.
    #[error("the number is empty: write it as `+`, country code and number")]
    Empty,
    /// The text is far too long to be a number.
    #[error("the text has {len} bytes, but at most {max} are read", max = crate::contact::PhoneNumber::MAX_TEXT_LEN)]
    TooLong {
        /// The length found, in bytes.
        len: usize,
    },
    /// A number without `+` is national, and nobody said of which region.
    #[error(
        "the number does not begin with `+`: write it as `+`, country code and number (ITU-T E.164), or read it as `ParsedPhone` with its region (feature `phone`)"
    )]
    NoPlus,
    /// The number begins with `00`, which is dialled and not part of the number.
    #[error("the number begins with the dialling prefix 00: write `+` instead")]
    InternationalPrefix,
    /// The country code begins with 0.
    #[error("the digit after `+` is 0, but no country code begins with 0")]
    LeadingZero,
    /// There are too few digits.
    #[error("the number has {digits} digits, but at least {min} are needed", min = crate::contact::PhoneNumber::MIN_DIGITS)]
    TooShort {
        /// How many digits were found.
        digits: usize,
    },
    /// There are too many digits (ITU-T E.164 6.1).
    #[error("the number has {digits} digits, but at most {max} are allowed", max = crate::contact::PhoneNumber::MAX_DIGITS)]
    TooManyDigits {
        /// How many digits were found.
        digits: usize,
    },
    /// A control character, such as NUL, CR or LF.
    #[error("byte {at} is a control character: remove it at the source, it may be an injection")]
    Control {
        /// The offset.
        at: usize,
    },
    /// A character that is not drawn or that changes the direction of text.
    #[error("byte {at} begins a zero-width or direction character: remove it at the source")]
    Invisible {
        /// The offset.
        at: usize,
    },
    /// A space, a hyphen, a bracket or the like.
    #[error(
        "byte {at} is a space or separator: write `+` and the digits only, or read it as `ParsedPhone` (feature `phone`)"
    )]
    Separator {
        /// The offset.
        at: usize,
    },
    /// A digit of another script, or full-width.
    #[error("byte {at} begins a digit or plus sign beyond ASCII: write `+` and ASCII digits")]
    ForeignDigit {
        /// The offset.
        at: usize,
    },
    /// An extension: a grant or a restriction is for the whole line.
    #[error("an extension begins at byte {at}: give the number without it")]
    Extension {
        /// The offset.
        at: usize,
    },
    /// A letter, as in a number spelt as a word.
    #[error("byte {at} is a letter: write the digit of the key instead")]
    Letter {
        /// The offset.
        at: usize,
    },
    /// Anything else.
    #[error("the character at byte {at} has no place in a telephone number")]
    Character {
        /// The offset.
        at: usize,
    },
    /// The default region is no region with telephones.
    #[error("the default region is unknown: give an ISO 3166-1 alpha-2 code, such as IT")]
    UnknownRegion,
    /// No reading of the text fits the numbering plan of its country.
    #[error(
        "the number does not fit the numbering plan of its country: check it, or give it in E.164 on trust"
    )]
    NotInPlan,
    /// The text can be read as two different numbers.
    #[error("the number can be read in two ways: write it as `+`, country code and number")]
    Ambiguous,
}
