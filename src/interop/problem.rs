use alloc::string::String;

use thiserror::Error;

use crate::evidence::Note;

/// Why a payload could not be understood, or a state not be told. No variant prints personal data.
///
/// ```
/// use consent_engine::interop::Problem;
/// let problem = Problem::FieldTooLong { field: "captureSource", max: 255, len: 256 };
/// assert_eq!(problem.code(), "FieldTooLong");
/// assert_eq!(problem.to_string(), "captureSource has 256 characters, but at most 255 are allowed: shorten it");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Problem {
    /// Several subjects fit and only one may.
    #[error("{n} subjects fit, and only one may: name the person by a record of their own")]
    AmbiguousSubject {
        /// How many.
        n: usize,
    },
    /// Nobody fits, and nobody may be created.
    #[error("no record fits: correct the identifier, or allow the creation of an Individual")]
    SubjectNotFound,
    /// The purpose is not registered.
    #[error("the purpose is not registered: add it to the catalogue, or map its name")]
    UnknownPurpose {
        /// Its name.
        name: Note,
    },
    /// Several purposes have the name.
    #[error(
        "{n} purposes have this name, and the other system would take any of them: make the names differ"
    )]
    AmbiguousPurpose {
        /// The name.
        name: Note,
        /// How many.
        n: usize,
    },
    /// A word is outside the vocabulary. The message lists the vocabulary, and not the word.
    #[error("{field} has a value outside its vocabulary: {}", vocabulary(allowed))]
    UnknownEnumValue {
        /// Where.
        field: &'static str,
        /// The value.
        value: Note,
        /// The vocabulary; empty if every organization has its own.
        allowed: &'static [&'static str],
    },
    /// The action does not know the status.
    #[error("{action} does not know the status {status}: {}", vocabulary(allowed))]
    InvalidStatusForAction {
        /// The action.
        action: &'static str,
        /// The status.
        status: &'static str,
        /// What it knows.
        allowed: &'static [&'static str],
    },
    /// A text is too long; characters are counted.
    #[error("{field} has {len} characters, but at most {max} are allowed: shorten it")]
    FieldTooLong {
        /// Where.
        field: &'static str,
        /// The characters allowed.
        max: usize,
        /// The characters found.
        len: usize,
    },
    /// Several identifiers where one is allowed.
    #[error("{n} identifiers, and one is allowed: write each by itself")]
    MultipleIdsNotSupported {
        /// How many.
        n: usize,
    },
    /// A parameter does not go with the mode.
    #[error("{param} does not go with mode={mode}: leave it out, or choose the other mode")]
    UnsupportedParamInMode {
        /// The parameter.
        param: &'static str,
        /// The mode.
        mode: &'static str,
    },
    /// A required parameter or field is missing.
    #[error("{field} is missing: it is required")]
    Missing {
        /// Which.
        field: &'static str,
    },
    /// A parameter is given twice.
    #[error("{field} is given twice: give it once")]
    Duplicate {
        /// Which.
        field: &'static str,
    },
    /// A value is not encoded as it should be, or has control characters.
    #[error("{field} is not valid: check its encoding, and remove white space and control characters")]
    InvalidValue {
        /// Where.
        field: &'static str,
    },
    /// The interval ends before it starts.
    #[error(
        "the consent ends before it starts: correct effectiveFrom or effectiveTo; without effectiveFrom it starts when it was captured"
    )]
    InvalidInterval,
    /// Not a date or instant of the vendor's format.
    #[error("{field} is no date that can be read: {}, in the years 1990 to 9999", vocabulary(allowed))]
    InvalidTimestamp {
        /// Where.
        field: &'static str,
        /// The forms of it.
        allowed: &'static [&'static str],
    },
    /// The purpose takes no opt-out.
    #[error("the purpose takes no opt-out: it is needed to serve the person")]
    ImmutablePurpose {
        /// Its name.
        purpose: Note,
    },
    /// The action covers something else than the purpose: a grant would reach too far.
    #[error(
        "{action} does not lie in the purpose that is named: leave the purpose out, or name one within it"
    )]
    PurposeNotOfAction {
        /// The action.
        action: &'static str,
    },
    /// The target cannot hold the state, and nothing more restrictive stands for it.
    #[error("{target} cannot hold the state {state}, and nothing more restrictive stands for it")]
    UnrepresentableState {
        /// The state.
        state: &'static str,
        /// The target.
        target: &'static str,
    },
    /// The other system reports an error, whatever the HTTP status.
    #[error("the other system reports an error")]
    ForeignReportedError {
        /// Its code; the HTTP status if it gave none.
        code: Note,
        /// Its message.
        message: Note,
    },
    /// A grant is for an address that the directory does not map to a contact point.
    #[error("the address is no contact point that is known: attach it, and put it into the directory")]
    ContactPointUnknown,
    /// A legal hold defers the erasure.
    #[error("a legal hold defers the erasure: repeat it after the release")]
    LegalHold,
    /// Not the JSON it should be.
    #[error("the body is not the JSON it should be, near line {line}, column {column}")]
    Malformed {
        /// The line, from 1.
        line: usize,
        /// The column.
        column: usize,
    },
    /// JSON, but no object where one should be.
    #[error("{what} is JSON, but not an object ({{…}}), and must be one")]
    NotAnObject {
        /// What is none.
        what: &'static str,
    },
    /// A limit was exceeded. Nothing was read.
    #[error("{which}: at most {max} are allowed")]
    LimitExceeded {
        /// What there is too much of.
        which: &'static str,
        /// The limit.
        max: usize,
    },
}

impl Problem {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AmbiguousSubject { .. } => "AmbiguousSubject",
            Self::SubjectNotFound => "SubjectNotFound",
            Self::UnknownPurpose { .. } => "UnknownPurpose",
            Self::AmbiguousPurpose { .. } => "AmbiguousPurpose",
            Self::UnknownEnumValue { .. } => "UnknownEnumValue",
            Self::InvalidStatusForAction { .. } => "InvalidStatusForAction",
            Self::FieldTooLong { .. } => "FieldTooLong",
            Self::MultipleIdsNotSupported { .. } => "MultipleIdsNotSupported",
            Self::UnsupportedParamInMode { .. } => "UnsupportedParamInMode",
            Self::Missing { .. } => "Missing",
            Self::Duplicate { .. } => "Duplicate",
            Self::InvalidValue { .. } => "InvalidValue",
            Self::InvalidInterval => "InvalidInterval",
            Self::InvalidTimestamp { .. } => "InvalidTimestamp",
            Self::ImmutablePurpose { .. } => "ImmutablePurpose",
            Self::PurposeNotOfAction { .. } => "PurposeNotOfAction",
            Self::UnrepresentableState { .. } => "UnrepresentableState",
            Self::ForeignReportedError { .. } => "ForeignReportedError",
            Self::ContactPointUnknown => "ContactPointUnknown",
            Self::LegalHold => "LegalHold",
            Self::Malformed { .. } => "Malformed",
            Self::NotAnObject { .. } => "NotAnObject",
            Self::LimitExceeded { .. } => "LimitExceeded",
        }
    }

    /// A word outside the vocabulary of `field`.
    pub(crate) fn unknown(field: &'static str, value: &str, allowed: &'static [&'static str]) -> Self {
        Self::UnknownEnumValue { field, value: Note::lossy(value), allowed }
    }
}

/// What to do about a word that is not in a list.
fn vocabulary(allowed: &[&str]) -> String {
    match allowed {
        [] => String::from("map it in the `Context`"),
        [only] => alloc::format!("use {only}"),
        [first @ .., last] => alloc::format!("use {} or {last}", first.join(", ")),
    }
}
