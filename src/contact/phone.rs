use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::num::NonZeroU64;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::redact::Pii;

use super::character::{Class, after_extension_mark, classify, digit_value, is_phone_separator};
use super::decode;
use super::invalid_phone::InvalidPhone;
use super::key::CoarseKey;
use super::rules::{CoarseRules, LiveRules};

/// A telephone number in its exact form, which is also its coarse form: ITU-T E.164.
///
/// It is one word and `Copy`: a country code never begins with 0, so the digits are a number. `Debug` and
/// `Display` are redacted. The order is that of the digits as a number and has no meaning.
///
/// # Two ways in
///
/// [`from_e164`](Self::from_e164) takes a number that is already in E.164. It checks the syntax only, knows no
/// numbering plan and takes the digits on trust. It is the way for stored and machine-made numbers.
///
/// `PhoneNumber::parse`, with the feature `phone`, takes what a person wrote.
///
/// # Stored form
///
/// The serde form is `+` and the digits as a text. Decoding is [`from_e164`](Self::from_e164), in every build.
///
/// ```
/// use consent_engine::{InvalidPhone, PhoneNumber};
/// let number = PhoneNumber::from_e164("+390236618300")?;
/// assert_eq!(number.exact().into_exposed(), "+390236618300");
/// assert_eq!(format!("{number}"), "[redacted]");
/// assert_eq!(PhoneNumber::from_e164("00390236618300"), Err(InvalidPhone::InternationalPrefix));
/// # Ok::<(), InvalidPhone>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(Pii<NonZeroU64>);

impl PhoneNumber {
    /// The fewest digits, with the country code. The shortest numbers in use have seven.
    pub const MIN_DIGITS: usize = 7;

    /// The most digits, with the country code (ITU-T E.164 6.1).
    pub const MAX_DIGITS: usize = 15;

    /// The longest text that is looked at, in bytes.
    pub const MAX_TEXT_LEN: usize = 64;

    /// Reads a number that is already in E.164: `+` and 7 to 15 ASCII digits, the first of them not 0.
    ///
    /// # Errors
    ///
    /// [`InvalidPhone`] says what is wrong and where, without repeating the text.
    ///
    /// ```
    /// use consent_engine::{InvalidPhone, PhoneNumber};
    /// assert!(PhoneNumber::from_e164("+15550100000").is_ok());
    /// assert_eq!(PhoneNumber::from_e164("+1800FLOWERS"), Err(InvalidPhone::Letter { at: 5 }));
    /// assert_eq!(PhoneNumber::from_e164("+15550100000x12"), Err(InvalidPhone::Extension { at: 12 }));
    /// ```
    pub fn from_e164(text: &str) -> Result<Self, InvalidPhone> {
        strict(text.as_bytes()).map(|digits| Self(Pii::new(digits))).ok_or_else(|| explain(text))
    }

    /// Reads the digits as one number, country code first.
    ///
    /// # Errors
    ///
    /// [`InvalidPhone::TooShort`] or [`InvalidPhone::TooManyDigits`].
    ///
    /// ```
    /// use consent_engine::PhoneNumber;
    /// assert_eq!(PhoneNumber::from_digits(15_550_100_000), PhoneNumber::from_e164("+15550100000"));
    /// assert!(PhoneNumber::from_digits(911).is_err());
    /// ```
    pub fn from_digits(digits: u64) -> Result<Self, InvalidPhone> {
        Self::from_e164(&format!("+{digits}"))
    }

    /// The exact form: `+` and the digits.
    #[must_use]
    pub fn exact(self) -> Pii<String> {
        Pii::new(format!("+{}", self.0.expose()))
    }

    /// The digits as one number, country code first.
    #[must_use]
    pub const fn digits(self) -> Pii<u64> {
        Pii::new(self.0.expose().get())
    }

    /// The coarse form under one set of rules: what a restriction matches. Only the version matters here.
    ///
    /// ```
    /// use consent_engine::{CoarseRules, PhoneNumber, PlusTag};
    /// let key = PhoneNumber::from_e164("+15550100000")?.coarse(CoarseRules::V1);
    /// assert_eq!(key.hash_input().into_exposed(), "phone/1:+15550100000");
    /// # Ok::<(), consent_engine::InvalidPhone>(())
    /// ```
    #[must_use]
    pub fn coarse(self, rules: CoarseRules) -> CoarseKey {
        CoarseKey::phone(rules, self.0.expose().get())
    }

    /// The coarse forms under every live set of rules, the current one first.
    #[must_use]
    pub fn coarse_keys(self, live: &LiveRules) -> Vec<CoarseKey> {
        live.keys(|rules| self.coarse(rules))
    }
}

#[cfg(feature = "phone")]
impl PhoneNumber {
    /// Reads what a person wrote: national or international, with spaces and brackets, in digits of several
    /// scripts, with an extension.
    ///
    /// `default_region` is an ISO 3166-1 alpha-2 code and is needed for a number without `+`. A dialling prefix
    /// such as `00` or `011` is known by the region too. A trunk prefix is dropped, the leading zero of an
    /// Italian number is kept. An extension is dropped and [reported](ParsedPhone::had_extension). Letters are
    /// refused: a word is not certainly a number.
    ///
    /// The crate `phonenumber` reads the text and knows the numbering plans. Its answer is one candidate beside
    /// the digits as written and the digits without the trunk prefix, because it drops digits of some valid
    /// numbers (Russian area codes that begin with 8). A candidate counts if it fits the plan of its country.
    ///
    /// # Errors
    ///
    /// [`InvalidPhone`], above all [`NoPlus`](InvalidPhone::NoPlus) for a national number without a region,
    /// [`NotInPlan`](InvalidPhone::NotInPlan) if no candidate fits, and
    /// [`Ambiguous`](InvalidPhone::Ambiguous) if two do.
    ///
    /// ```
    /// use consent_engine::{InvalidPhone, PhoneNumber};
    /// let written = PhoneNumber::parse("(0)2-3661 8300 int", Some("IT"));
    /// assert_eq!(written, Err(InvalidPhone::Letter { at: 15 }));
    /// let written = PhoneNumber::parse("02 3661 8300 ext. 12", Some("IT"))?;
    /// assert_eq!(written.number(), PhoneNumber::from_e164("+390236618300")?);
    /// assert!(written.had_extension());
    /// assert_eq!(PhoneNumber::parse("02 3661 8300", None), Err(InvalidPhone::NoPlus));
    /// # Ok::<(), InvalidPhone>(())
    /// ```
    pub fn parse(text: &str, default_region: Option<&str>) -> Result<ParsedPhone, InvalidPhone> {
        let dialled = super::dialled::Dialled::read(text)?;
        let e164 = super::plan::resolve(&dialled, default_region)?;
        Ok(ParsedPhone { number: Self::from_e164(&e164)?, extension: dialled.extension })
    }
}

/// What [`PhoneNumber::parse`] read.
///
/// ```
/// use consent_engine::PhoneNumber;
/// let written = PhoneNumber::parse("+44 (0)20 7946 0958", None)?;
/// assert_eq!(written.number(), PhoneNumber::from_e164("+442079460958")?);
/// assert!(!written.had_extension());
/// # Ok::<(), consent_engine::InvalidPhone>(())
/// ```
#[cfg(feature = "phone")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ParsedPhone {
    number: PhoneNumber,
    extension: bool,
}

#[cfg(feature = "phone")]
impl ParsedPhone {
    /// The number, without an extension.
    #[must_use]
    pub const fn number(self) -> PhoneNumber {
        self.number
    }

    /// Whether the text had an extension, which was dropped: the number is the line of several people.
    #[must_use]
    pub const fn had_extension(self) -> bool {
        self.extension
    }
}

fn strict(text: &[u8]) -> Option<NonZeroU64> {
    let digits = text.strip_prefix(b"+")?;
    let allowed = PhoneNumber::MIN_DIGITS..=PhoneNumber::MAX_DIGITS;
    if !allowed.contains(&digits.len()) || digits.first() == Some(&b'0') {
        return None;
    }
    digits
        .iter()
        .try_fold(0_u64, |number, byte| {
            let digit = byte.wrapping_sub(b'0');
            (digit < 10).then(|| number.saturating_mul(10).saturating_add(u64::from(digit)))
        })
        .and_then(NonZeroU64::new)
}

fn explain(text: &str) -> InvalidPhone {
    if text.is_empty() {
        return InvalidPhone::Empty;
    }
    if text.len() > PhoneNumber::MAX_TEXT_LEN {
        return InvalidPhone::TooLong { len: text.len() };
    }
    if text.starts_with("00") {
        return InvalidPhone::InternationalPrefix;
    }
    let digits = text.strip_prefix('+').unwrap_or(text);
    let start = text.len().saturating_sub(digits.len());
    if let Some((offset, c)) = digits.char_indices().find(|(_, c)| !c.is_ascii_digit()) {
        let rest = digits.get(offset..).unwrap_or_default();
        return explain_character(start.saturating_add(offset), c, rest);
    }
    match digits.len() {
        _ if start == 0 => InvalidPhone::NoPlus,
        _ if digits.starts_with('0') => InvalidPhone::LeadingZero,
        digits if digits < PhoneNumber::MIN_DIGITS => InvalidPhone::TooShort { digits },
        digits => InvalidPhone::TooManyDigits { digits },
    }
}

/// Why a character is refused at `at`, where `rest` begins.
pub(super) fn explain_character(at: usize, c: char, rest: &str) -> InvalidPhone {
    match classify(c) {
        Class::Control => InvalidPhone::Control { at },
        Class::Invisible => InvalidPhone::Invisible { at },
        _ if is_phone_separator(c) => InvalidPhone::Separator { at },
        _ if c == '＋' || digit_value(c).is_some() => InvalidPhone::ForeignDigit { at },
        _ if at > 0 && after_extension_mark(rest).is_some() => InvalidPhone::Extension { at },
        _ if c.is_alphabetic() => InvalidPhone::Letter { at },
        _ => InvalidPhone::Character { at },
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({})", self.0)
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for PhoneNumber {
    type Err = InvalidPhone;

    fn from_str(text: &str) -> Result<Self, InvalidPhone> {
        Self::from_e164(text)
    }
}

impl TryFrom<&str> for PhoneNumber {
    type Error = InvalidPhone;

    fn try_from(text: &str) -> Result<Self, InvalidPhone> {
        Self::from_e164(text)
    }
}

impl Serialize for PhoneNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.exact().expose())
    }
}

impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        decode::text(deserializer, "a telephone number in E.164")
    }
}
