use crate::time::Timestamp;

/// What the host must do besides deciding commands. The library does no I/O.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Effect {
    /// Read the value back and [`verify`](crate::interop::salesforce::verify) it.
    ScheduleVerify {
        /// When.
        at: Timestamp,
    },
    /// Project the state then in force, and write it.
    ScheduleWrite {
        /// When.
        at: Timestamp,
    },
    /// Write the same again.
    RetryWrite {
        /// When.
        at: Timestamp,
    },
    /// Keep what was meant beside what was found.
    LogDiscrepancy,
    /// Let somebody look at it.
    OpenReview,
    /// Read the rows behind the answer: they carry the dates that the answer lacks.
    Refetch,
}

impl Effect {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ScheduleVerify { .. } => "ScheduleVerify",
            Self::ScheduleWrite { .. } => "ScheduleWrite",
            Self::RetryWrite { .. } => "RetryWrite",
            Self::LogDiscrepancy => "LogDiscrepancy",
            Self::OpenReview => "OpenReview",
            Self::Refetch => "Refetch",
        }
    }
}
