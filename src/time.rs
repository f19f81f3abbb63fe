//! Instants, spans and half-open intervals. All instants are UTC; the host brings them.

mod written;

use core::fmt;
use core::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

use self::written::Written;

/// Why an instant or an interval cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TimeError {
    /// The instant lies outside 1990-01-01 to 9999-12-31.
    #[error(
        "the instant lies outside 1990..=9999: check whether seconds, milliseconds and microseconds were mixed up"
    )]
    TimeOutOfRange,
    /// The text is not an RFC 3339 date-time with a zone.
    #[error("not an RFC 3339 date-time with a zone, such as 2026-03-02T10:00:00Z")]
    InvalidTimestamp,
    /// The interval ends before it starts.
    #[error("the interval ends before it starts")]
    InvalidInterval,
}

/// An instant: microseconds since 1970-01-01T00:00:00Z, between 1990 and 9999.
///
/// The lower bound catches mixed-up units: seconds read as milliseconds land in 1970, milliseconds read as
/// seconds land after 9999. The serde form is RFC 3339 in UTC with six digits.
///
/// ```
/// use consent_engine::{TimeError, Timestamp};
/// let t: Timestamp = "2026-03-02T10:00:00Z".parse()?;
/// assert_eq!(t.to_string(), "2026-03-02T10:00:00.000000Z");
/// assert_eq!(Timestamp::from_unix_millis(1_772_445_600), Err(TimeError::TimeOutOfRange), "those were seconds");
/// # Ok::<(), TimeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

const MICROS_PER_SECOND: i64 = 1_000_000;

impl Timestamp {
    /// 1990-01-01T00:00:00Z.
    pub const MIN: Self = Self(631_152_000 * MICROS_PER_SECOND);
    /// 9999-12-31T23:59:59.999999Z.
    pub const MAX: Self = Self(253_402_300_800 * MICROS_PER_SECOND - 1);

    /// From microseconds since the Unix epoch.
    ///
    /// # Errors
    ///
    /// [`TimeError::TimeOutOfRange`] outside 1990 to 9999.
    ///
    /// ```
    /// use consent_engine::{TimeError, Timestamp};
    /// let t = Timestamp::from_unix_micros(1_772_445_600_000_001)?;
    /// assert_eq!(t.to_string(), "2026-03-02T10:00:00.000001Z");
    /// assert_eq!(Timestamp::from_unix_micros(1_772_445_600_000), Err(TimeError::TimeOutOfRange), "those were milliseconds");
    /// # Ok::<(), TimeError>(())
    /// ```
    pub const fn from_unix_micros(micros: i64) -> Result<Self, TimeError> {
        if micros < Self::MIN.0 || micros > Self::MAX.0 {
            return Err(TimeError::TimeOutOfRange);
        }
        Ok(Self(micros))
    }

    /// From milliseconds since the Unix epoch.
    ///
    /// # Errors
    ///
    /// [`TimeError::TimeOutOfRange`] outside 1990 to 9999.
    ///
    /// ```
    /// use consent_engine::{TimeError, Timestamp};
    /// assert_eq!(Timestamp::from_unix_millis(1_772_445_600_250)?.to_string(), "2026-03-02T10:00:00.250000Z");
    /// assert_eq!(Timestamp::from_unix_millis(0), Err(TimeError::TimeOutOfRange), "the epoch is no time of a consent");
    /// # Ok::<(), TimeError>(())
    /// ```
    pub const fn from_unix_millis(millis: i64) -> Result<Self, TimeError> {
        match millis.checked_mul(1_000) {
            Some(micros) => Self::from_unix_micros(micros),
            None => Err(TimeError::TimeOutOfRange),
        }
    }

    /// From seconds since the Unix epoch.
    ///
    /// # Errors
    ///
    /// [`TimeError::TimeOutOfRange`] outside 1990 to 9999.
    ///
    /// ```
    /// use consent_engine::{TimeError, Timestamp};
    /// assert_eq!(Timestamp::from_unix_seconds(1_772_445_600)?.to_string(), "2026-03-02T10:00:00.000000Z");
    /// assert_eq!(Timestamp::from_unix_seconds(1_772_445_600_000), Err(TimeError::TimeOutOfRange), "those were milliseconds");
    /// # Ok::<(), TimeError>(())
    /// ```
    pub const fn from_unix_seconds(seconds: i64) -> Result<Self, TimeError> {
        match seconds.checked_mul(MICROS_PER_SECOND) {
            Some(micros) => Self::from_unix_micros(micros),
            None => Err(TimeError::TimeOutOfRange),
        }
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub const fn unix_micros(self) -> i64 {
        self.0
    }

    /// `self + span`, or [`None`] past the end of time.
    #[must_use]
    pub fn checked_add(self, span: Span) -> Option<Self> {
        let micros = self.0.checked_add(i64::try_from(span.0).ok()?)?;
        Self::from_unix_micros(micros).ok()
    }

    /// `self + span`, or [`Timestamp::MAX`].
    #[must_use]
    pub fn saturating_add(self, span: Span) -> Self {
        self.checked_add(span).unwrap_or(Self::MAX)
    }

    /// `self - span`, or [`Timestamp::MIN`].
    #[must_use]
    pub fn saturating_sub(self, span: Span) -> Self {
        let micros = self.0.saturating_sub(i64::try_from(span.0).unwrap_or(i64::MAX));
        Self(micros.max(Self::MIN.0))
    }

    /// The instant as a `chrono` date-time.
    #[must_use]
    pub fn to_datetime(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }
}

impl TryFrom<DateTime<Utc>> for Timestamp {
    type Error = TimeError;

    /// A leap second counts as the last microsecond before it.
    fn try_from(time: DateTime<Utc>) -> Result<Self, TimeError> {
        let micros = i64::from(time.timestamp_subsec_micros()).min(MICROS_PER_SECOND - 1);
        time.timestamp()
            .checked_mul(MICROS_PER_SECOND)
            .and_then(|seconds| seconds.checked_add(micros))
            .map_or(Err(TimeError::TimeOutOfRange), Self::from_unix_micros)
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        const LONGEST: usize = 64;
        if text.len() > LONGEST {
            return Err(TimeError::InvalidTimestamp);
        }
        if let Some(time) = written::read(text) {
            return time.try_into();
        }
        let time = DateTime::parse_from_rfc3339(text).map_err(|_| TimeError::InvalidTimestamp)?;
        time.with_timezone(&Utc).try_into()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(Written::of(self.to_datetime()).as_str())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(Written::of(self.to_datetime()).as_str())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Timestamp;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an RFC 3339 date-time with a zone")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

/// A length of time, in whole microseconds. The serde form is that number.
///
/// ```
/// use consent_engine::{Span, Timestamp};
/// assert_eq!(Span::days(1), Span::hours(24));
/// assert_eq!(Span::seconds(2).as_micros(), 2_000_000);
/// let noon: Timestamp = "2026-03-02T12:00:00Z".parse()?;
/// assert_eq!(noon.saturating_add(Span::hours(1)), "2026-03-02T13:00:00Z".parse()?);
/// # Ok::<(), consent_engine::TimeError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(u64);

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// A span of `n` seconds; the longest span if that overflows.
    #[must_use]
    pub const fn seconds(n: u64) -> Self {
        Self(n.saturating_mul(1_000_000))
    }

    /// A span of `n` hours of 3,600 seconds.
    #[must_use]
    pub const fn hours(n: u64) -> Self {
        Self::seconds(n.saturating_mul(3_600))
    }

    /// A span of `n` days of 86,400 seconds.
    #[must_use]
    pub const fn days(n: u64) -> Self {
        Self::hours(n.saturating_mul(24))
    }

    /// A span of `n` microseconds.
    #[must_use]
    pub const fn micros(n: u64) -> Self {
        Self(n)
    }

    /// The span in microseconds.
    #[must_use]
    pub const fn as_micros(self) -> u64 {
        self.0
    }
}

/// A half-open interval `[from, until)`; without `until` it never ends.
///
/// ```
/// use consent_engine::{Interval, TimeError, Timestamp};
/// let from: Timestamp = "2026-01-01T00:00:00Z".parse()?;
/// let until: Timestamp = "2026-02-01T00:00:00Z".parse()?;
/// let january = Interval::new(from, Some(until))?;
/// assert!(january.contains(from) && !january.contains(until));
/// assert_eq!(Interval::new(until, Some(from)), Err(TimeError::InvalidInterval));
/// # Ok::<(), TimeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "RawInterval", into = "RawInterval")]
pub struct Interval {
    from: Timestamp,
    until: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "Interval", deny_unknown_fields)]
struct RawInterval {
    from: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
}

impl Interval {
    /// The instants from `from` up to, and not including, `until`. Equal bounds hold no instant.
    ///
    /// # Errors
    ///
    /// [`TimeError::InvalidInterval`] if `until` is before `from`.
    ///
    /// ```
    /// use consent_engine::{Interval, TimeError, Timestamp};
    /// let noon: Timestamp = "2026-03-02T12:00:00Z".parse()?;
    /// let forever = Interval::new(noon, None)?;
    /// assert!(forever.contains(Timestamp::MAX));
    /// let nothing = Interval::new(noon, Some(noon))?;
    /// assert!(!nothing.contains(noon));
    /// assert_eq!(Interval::new(noon, Some(Timestamp::MIN)), Err(TimeError::InvalidInterval));
    /// # Ok::<(), TimeError>(())
    /// ```
    pub fn new(from: Timestamp, until: Option<Timestamp>) -> Result<Self, TimeError> {
        match until {
            Some(until) if until < from => Err(TimeError::InvalidInterval),
            _ => Ok(Self { from, until }),
        }
    }

    /// Everything from `from` on.
    #[must_use]
    pub const fn starting(from: Timestamp) -> Self {
        Self { from, until: None }
    }

    /// The first instant inside.
    #[must_use]
    pub const fn from(&self) -> Timestamp {
        self.from
    }

    /// The first instant that is no longer inside.
    #[must_use]
    pub const fn until(&self) -> Option<Timestamp> {
        self.until
    }

    /// Whether `t` is inside.
    #[must_use]
    pub fn contains(&self, t: Timestamp) -> bool {
        self.from <= t && self.until.is_none_or(|until| t < until)
    }

    /// The same start, ending at `until` at the latest; empty if that is before the start.
    #[must_use]
    pub fn ending_by(&self, until: Timestamp) -> Self {
        let until = self.until.map_or(until, |own| own.min(until)).max(self.from);
        Self { from: self.from, until: Some(until) }
    }
}

impl From<Interval> for RawInterval {
    fn from(interval: Interval) -> Self {
        Self { from: interval.from, until: interval.until }
    }
}

impl TryFrom<RawInterval> for Interval {
    type Error = TimeError;

    fn try_from(raw: RawInterval) -> Result<Self, TimeError> {
        Self::new(raw.from, raw.until)
    }
}
