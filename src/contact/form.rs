use core::fmt;

use serde::{Deserialize, Serialize};

/// The version of the normal forms.
///
/// The version is part of every [`CoarseKey`](crate::CoarseKey). A version never changes its answers; a
/// better rule is a new version, and both stay live until the index is rebuilt. The serde form is `v1`.
///
/// # Version 1
///
/// E-mail, exact: the local part as written, unquoted if it can be (RFC 5321 4.1.2) and in NFC; the domain as
/// lower-case A-labels (RFC 5890, UTS 46 non-transitional). Coarse: the local part with Unicode full case
/// folding and NFKC applied.
///
/// Telephone, exact and coarse: `+` and the digits of ITU-T E.164, with no extension.
///
/// ```
/// use consent_engine::NormalForm;
/// assert_eq!(NormalForm::CURRENT, NormalForm::V1);
/// assert_eq!(NormalForm::V1.number(), 1);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NormalForm {
    /// The first version.
    #[default]
    V1,
}

impl NormalForm {
    /// The version that new keys are made with.
    pub const CURRENT: Self = Self::V1;

    /// The number of the version, as keys show it.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::V1 => 1,
        }
    }
}

impl fmt::Display for NormalForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.number())
    }
}
