use alloc::vec::Vec;

use crate::interop::{Effect, Problem, Verified};
use crate::time::{Span, Timestamp};

/// What follows from the answer to a write. `Accepted` is never "synchronised": only a matching read-back is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "the host must handle every outcome of a write")]
pub enum Next {
    /// The other system says that it did it.
    Accepted,
    /// The other system says that all is well and names no record that it changed.
    NoRecordMatched,
    /// The other system says that it did the opposite.
    Mismatch,
    /// The other system refuses: repeating the same will not help.
    Rejected(Problem),
    /// Not now.
    Retry {
        /// The earliest instant.
        at: Timestamp,
    },
    /// Nobody knows whether it was done: read back before anything else.
    Unknown(Problem),
}

impl Next {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Accepted => "Accepted",
            Self::NoRecordMatched => "NoRecordMatched",
            Self::Mismatch => "Mismatch",
            Self::Rejected(_) => "Rejected",
            Self::Retry { .. } => "Retry",
            Self::Unknown(_) => "Unknown",
        }
    }
}

/// The outcome of one attempt to write.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// What follows.
    pub next: Next,
    /// What the answer itself shows.
    pub verified: Verified,
    /// What to do.
    pub effects: Vec<Effect>,
}

/// One attempt to write, and how long to wait for the next.
///
/// ```
/// use consent_engine::Span;
/// use consent_engine::interop::Attempt;
/// let third = Attempt::new(3, "2026-03-02T10:00:00Z".parse()?);
/// assert_eq!(third.delay(None), Span::seconds(4), "1 s, 2 s, 4 s");
/// assert_eq!(third.delay(Some(Span::seconds(60))), Span::seconds(60), "never before Retry-After");
/// assert_eq!(Attempt { number: u32::MAX, ..third }.delay(None), third.longest);
/// # Ok::<(), consent_engine::TimeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain input, meant to be written with struct update")]
pub struct Attempt {
    /// Its number, from 1.
    pub number: u32,
    /// When the answer came.
    pub now: Timestamp,
    /// The first delay; each further one is twice as long.
    pub first: Span,
    /// The longest delay.
    pub longest: Span,
    /// How long after an accepted write it is read back.
    pub verify_after: Span,
}

impl Attempt {
    /// An attempt with delays of 1 s to 5 min, read back after 60 s.
    #[must_use]
    pub const fn new(number: u32, now: Timestamp) -> Self {
        let (first, longest) = (Span::seconds(1), Span::seconds(300));
        Self { number, now, first, longest, verify_after: Span::seconds(60) }
    }

    /// How long to wait before the next attempt: never less than what the other system asks for.
    #[must_use]
    pub fn delay(&self, retry_after: Option<Span>) -> Span {
        let doublings = self.number.saturating_sub(1).min(63);
        let doubled = self.first.as_micros().saturating_mul(1u64.checked_shl(doublings).unwrap_or(u64::MAX));
        let own = Span::micros(doubled).min(self.longest);
        retry_after.map_or(own, |asked| asked.max(own))
    }

    /// When to try again.
    #[must_use]
    pub fn retry_at(&self, retry_after: Option<Span>) -> Timestamp {
        self.now.saturating_add(self.delay(retry_after))
    }

    /// When to read back.
    #[must_use]
    pub fn verify_at(&self) -> Timestamp {
        self.now.saturating_add(self.verify_after)
    }
}
