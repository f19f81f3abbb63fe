use alloc::string::String;
use core::error::Error;
use core::fmt;

use thiserror::Error as ThisError;

/// What a store did wrong.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
#[error("{0}")]
pub struct Failure(String);

impl Failure {
    /// A failure, in words for whoever mends the store.
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }

    /// What failed, and all its causes.
    pub(super) fn because(what: &str, error: &dyn Error) -> Self {
        let mut words = alloc::format!("{what}: {error}");
        let mut cause = error.source();
        while let Some(error) = cause {
            words.push_str(&alloc::format!(": {error}"));
            cause = error.source();
        }
        Self(words)
    }
}

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
#[allow(clippy::exhaustive_enums, reason = "whoever runs a check must meet each")]
pub enum Outcome {
    /// The store did what the contract says.
    Held,
    /// The factory cannot do what the check needs.
    NotRun(&'static str),
    /// The store broke the contract.
    Failed(Failure),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Held => f.write_str("held"),
            Self::NotRun(why) => write!(f, "not run: {why}"),
            Self::Failed(why) => write!(f, "failed: {why}"),
        }
    }
}

/// Why the body of a check ended early.
#[derive(Debug)]
pub(super) enum Stop {
    Failed(Failure),
    NotRun(&'static str),
}

pub(super) type Checked = Result<(), Stop>;

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Checked> for Outcome {
    fn from(checked: Checked) -> Self {
        match checked {
            Ok(()) => Self::Held,
            Err(Stop::NotRun(why)) => Self::NotRun(why),
            Err(Stop::Failed(failure)) => Self::Failed(failure),
        }
    }
}

/// Ends a check, or a step of one, unless something holds.
macro_rules! ensure {
    ($holds:expr, $($why:tt)*) => {
        if !$holds {
            return Err($crate::conformance::Failure::new(alloc::format!($($why)*)).into());
        }
    };
}

pub(super) use ensure;
