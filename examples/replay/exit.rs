use std::process::ExitCode;

/// How a run ended. Where several fit, the one with the lowest code that is not 0 counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Every line was read, and every expectation met.
    Met,
    /// An expectation was not met.
    Failed,
    /// The command line is wrong, or a file cannot be read.
    Stopped,
    /// A line was not read, or an input had nothing to check.
    NotChecked,
}

impl Exit {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Met => 0,
            Self::Failed => 1,
            Self::Stopped => 2,
            Self::NotChecked => 3,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
