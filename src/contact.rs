//! Addresses and their two normal forms.
//!
//! * The *exact* form is what a grant matches. It is what [`Email`] and [`PhoneNumber`] hold, compare and
//!   store: nothing is folded that could belong to two people.
//! * The *coarse* form is what a restriction matches. It is a [`CoarseKey`]: case is folded, full-width
//!   letters are narrowed and, if the policy asks for it, plus tags are dropped. It may be too broad and is
//!   never too narrow, because sending to nobody is the safe error.
//!
//! One constructor makes the exact form, for writes and for reads, and the coarse form is a function of the
//! exact form. So equal exact forms have equal coarse forms, and the form of a form is itself.
//!
//! Coarse keys carry the version of their form and the options in force ([`CoarseRules`]). An index keeps the
//! keys under every set of rules that is still [live](LiveRules), so a change of rules loses no restriction.
//!
//! # What is refused
//!
//! Whatever is not certainly an address is an error that says what is wrong and where, and never repeats
//! the text. Lengths are checked before anything else. White space, control characters, zero-width and
//! direction characters are refused and not removed: removing them would turn two texts into one key.

mod address;
mod character;
mod decode;
#[cfg(feature = "phone")]
mod dialled;
mod domain;
mod email;
mod form;
mod invalid_email;
mod invalid_phone;
mod key;
mod local;
mod phone;
#[cfg(feature = "phone")]
mod plan;
mod rules;
#[cfg(feature = "idna")]
mod unicode;

#[cfg(test)]
mod tests;

pub use address::{Address, InvalidAddress};
pub use email::Email;
pub use form::NormalForm;
pub use invalid_email::InvalidEmail;
pub use invalid_phone::InvalidPhone;
pub use key::CoarseKey;
#[cfg(feature = "phone")]
pub use phone::ParsedPhone;
pub use phone::PhoneNumber;
pub use rules::{CoarseRules, LiveRules, PlusTag, ProviderRules};
