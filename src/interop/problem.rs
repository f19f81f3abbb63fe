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
    /// A word is outside the vocabulary.
    #[error("{field} has a value outside its vocabulary")]
    UnknownEnumValue {
        /// Where.
        field: &'static str,
        /// The value.
        value: Note,
    },
    /// The action does not know the status.
    #[error("{action} does not know the status {status}")]
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
    #[error("{param} does not go with mode={mode}")]
    UnsupportedParamInMode {
        /// The parameter.
        param: &'static str,
        /// The mode.
        mode: &'static str,
    },
    /// A required parameter or field is missing.
    #[error("{field} is missing")]
    Missing {
        /// Which.
        field: &'static str,
    },
    /// A parameter is given twice.
    #[error("{field} is given twice")]
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
    #[error("the consent ends before it starts")]
    InvalidInterval,
    /// Not a date or instant of the vendor's format.
    #[error("{field} is no valid date: use yyyy-MM-ddTHH:mm:ss.SSSZ")]
    InvalidTimestamp {
        /// Where.
        field: &'static str,
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
        /// The line, from 1; 0 if it is JSON of the wrong shape.
        line: usize,
        /// The column.
        column: usize,
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
            Self::LimitExceeded { .. } => "LimitExceeded",
        }
    }

    /// JSON of the wrong shape.
    pub(crate) const SHAPE: Self = Self::Malformed { line: 0, column: 0 };

    /// A word outside the vocabulary of `field`.
    pub(crate) fn unknown(field: &'static str, value: &str) -> Self {
        Self::UnknownEnumValue { field, value: Note::lossy(value) }
    }
}
