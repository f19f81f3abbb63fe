//! A written telephone number, reduced to its digits. Built with the feature `phone` only.

use alloc::string::String;

use super::character::{Class, after_extension_mark, classify, digit_value, is_phone_separator};
use super::invalid_phone::InvalidPhone;
use super::phone::{PhoneNumber, explain_character};

/// The most digits that are looked at: a number with a dialling prefix and a trunk prefix.
const MAX_DIALLED: usize = 20;
const MAX_EXTENSION: usize = 7;

/// What was written, in ASCII digits. No other character reaches the library.
pub(super) struct Dialled {
    /// Whether a plus sign stands before the digits.
    pub(super) plus: bool,
    pub(super) digits: String,
    /// Whether an extension stood behind them.
    pub(super) extension: bool,
}

impl Dialled {
    pub(super) fn read(text: &str) -> Result<Self, InvalidPhone> {
        if text.len() > PhoneNumber::MAX_TEXT_LEN {
            return Err(InvalidPhone::TooLong { len: text.len() });
        }
        let number = match text.split_at_checked(4) {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("tel:") => rest,
            _ => text,
        };
        let start = text.len().saturating_sub(number.len());
        let mut read = Self { plus: false, digits: String::new(), extension: false };
        for (offset, c) in number.char_indices() {
            let rest = number.get(offset..).unwrap_or_default();
            if let Some(digit) = digit_value(c).and_then(|value| char::from_digit(value, 10)) {
                read.digits.push(digit);
            } else if matches!(c, '+' | '＋') && !read.plus && read.digits.is_empty() {
                read.plus = true;
            } else if !read.digits.is_empty() && after_extension_mark(rest).is_some_and(is_extension) {
                read.extension = true;
                break;
            } else if !is_phone_separator(c) || classify(c) == Class::Invisible {
                return Err(explain_character(start.saturating_add(offset), c, ""));
            }
        }
        match read.digits.len() {
            0 => Err(InvalidPhone::Empty),
            digits if digits > MAX_DIALLED => Err(InvalidPhone::TooManyDigits { digits }),
            _ => Ok(read),
        }
    }
}

/// Whether what follows the mark of an extension is one: up to seven digits and nothing else.
fn is_extension(rest: &str) -> bool {
    let digits = rest.trim_matches([' ', '.', ':', '#']);
    (1..=MAX_EXTENSION).contains(&digits.chars().count()) && digits.chars().all(|c| digit_value(c).is_some())
}
