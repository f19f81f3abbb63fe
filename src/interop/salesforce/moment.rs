use core::fmt;

use chrono::{NaiveDate, SecondsFormat};

use crate::interop::Problem;
use crate::time::{Span, Timestamp};

/// A date or an instant, as the parameters `effectiveFrom` and `effectiveTo` take either.
///
/// *Salesforce REST API Developer Guide, "Valid Date and DateTime Formats".* An instant is
/// `yyyy-MM-ddTHH:mm:ss`, with or without `.SSS`, and `Z`, `±HH:mm` or `±HHmm`; a date is `yyyy-MM-dd` and
/// takes no offset. A date is a day in UTC.
///
/// ```
/// use consent_engine::interop::salesforce::Moment;
/// let day = Moment::parse("effectiveTo", "2026-02-28")?;
/// assert_eq!(day.begin().to_string(), "2026-02-28T00:00:00.000000Z");
/// assert_eq!(day.end().to_string(), "2026-03-01T00:00:00.000000Z", "the whole day");
/// let instant = Moment::parse("effectiveTo", "2026-02-28T10:00:00+0100")?;
/// assert_eq!(instant.end().to_string(), "2026-02-28T09:00:00.000001Z", "the instant is included");
/// assert_eq!(instant.to_string(), "2026-02-28T09:00:00.000Z");
/// assert!(Moment::parse("effectiveTo", "2026-02-28+01:00").is_err(), "a date takes no offset");
/// # Ok::<(), consent_engine::interop::Problem>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Moment {
    begin: Timestamp,
    whole_day: bool,
}

impl Moment {
    /// An instant. Beyond milliseconds it cannot be written.
    #[must_use]
    pub const fn instant(at: Timestamp) -> Self {
        Self { begin: at, whole_day: false }
    }

    /// Reads a date or an instant.
    ///
    /// # Errors
    ///
    /// [`Problem::InvalidTimestamp`] for `field`.
    ///
    /// ```
    /// use consent_engine::interop::salesforce::Moment;
    /// assert!(Moment::parse("effectiveTo", "2028-02-29").is_ok());
    /// let error = Moment::parse("effectiveTo", "29.02.2028").unwrap_err();
    /// assert!(error.to_string().contains("yyyy-MM-dd") && !error.to_string().contains("29.02.2028"));
    /// ```
    pub fn parse(field: &'static str, text: &str) -> Result<Self, Problem> {
        let day = || {
            let begin = Timestamp::from_unix_seconds(day_seconds(text.as_bytes())?).ok()?;
            Some(Self { begin, whole_day: true })
        };
        match instant(text.as_bytes()) {
            Some(at) => Some(Self::instant(at)),
            None => day(),
        }
        .ok_or(Problem::InvalidTimestamp { field, allowed: &[DATE, INSTANT, INSTANT_WITH_OFFSET] })
    }

    /// The first instant of it.
    #[must_use]
    pub const fn begin(self) -> Timestamp {
        self.begin
    }

    /// The first instant after it: what is effective *through* it ends there.
    #[must_use]
    pub fn end(self) -> Timestamp {
        let length = if self.whole_day { Span::days(1) } else { Span::micros(1) };
        self.begin.saturating_add(length)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.begin.to_datetime();
        if self.whole_day {
            write!(f, "{}", time.date_naive())
        } else {
            f.write_str(&time.to_rfc3339_opts(SecondsFormat::Millis, true))
        }
    }
}

const INSTANT: &str = "yyyy-MM-ddTHH:mm:ss.SSSZ";
const INSTANT_WITH_OFFSET: &str = "yyyy-MM-ddTHH:mm:ss.SSS+HH:mm";
/// A date, which has no offset.
const DATE: &str = "yyyy-MM-dd";

/// Reads an instant of the vendor's format.
pub(super) fn parse_instant(field: &'static str, text: &str) -> Result<Timestamp, Problem> {
    let allowed = &[INSTANT, INSTANT_WITH_OFFSET];
    instant(text.as_bytes()).ok_or(Problem::InvalidTimestamp { field, allowed })
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0u32, |sum, digit| {
        let digit = char::from(*digit).to_digit(10)?;
        sum.checked_mul(10)?.checked_add(digit)
    })
}

/// The seconds from 1970 to the start of a day.
fn day_seconds(text: &[u8]) -> Option<i64> {
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = text else { return None };
    let year = i32::try_from(number(&[*y0, *y1, *y2, *y3])?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, number(&[*m0, *m1])?, number(&[*d0, *d1])?)?;
    Some(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp())
}

fn instant(text: &[u8]) -> Option<Timestamp> {
    let (day, rest) = text.split_at_checked(10)?;
    let (time, rest) = rest.split_at_checked(9)?;
    let [b'T', h0, h1, b':', m0, m1, b':', s0, s1] = time else { return None };
    let (hour, minute) = (number(&[*h0, *h1])?, number(&[*m0, *m1])?);
    let second = number(&[*s0, *s1])?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (millis, zone) = match rest {
        [b'.', a, b, c, zone @ ..] => (number(&[*a, *b, *c])?, zone),
        zone => (0, zone),
    };
    let of_day = hour.checked_mul(3_600)?.checked_add(minute.checked_mul(60)?)?.checked_add(second)?;
    let local = day_seconds(day)?.checked_add(i64::from(of_day))?;
    let utc = local.checked_sub(offset_seconds(zone)?)?;
    let in_millis = utc.checked_mul(1_000)?.checked_add(i64::from(millis))?;
    Timestamp::from_unix_millis(in_millis).ok()
}

/// The seconds by which local time is ahead of UTC.
fn offset_seconds(zone: &[u8]) -> Option<i64> {
    let (sign, h0, h1, m0, m1) = match zone {
        [b'Z'] => return Some(0),
        [sign, h0, h1, b':', m0, m1] | [sign, h0, h1, m0, m1] => (sign, h0, h1, m0, m1),
        _ => return None,
    };
    let (hours, minutes) = (number(&[*h0, *h1])?, number(&[*m0, *m1])?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = i64::from(hours.checked_mul(3_600)?.checked_add(minutes.checked_mul(60)?)?);
    match sign {
        b'+' => Some(seconds),
        b'-' => seconds.checked_neg(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    fn read(text: &str) -> Option<Timestamp> {
        parse_instant("captureDate", text).ok()
    }

    #[test]
    fn every_documented_format_is_read() {
        let expected: Timestamp = "2002-10-10T07:00:00Z".parse().unwrap();
        let same = [
            "2002-10-10T07:00:00Z",
            "2002-10-10T07:00:00.000Z",
            "2002-10-10T12:00:00+05:00",
            "2002-10-10T12:00:00.000+0500",
            "2002-10-10T00:00:00.000-07:00",
            "2002-10-09T23:59:00.000-0701",
        ];
        for text in same {
            assert_eq!(read(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn d20_other_formats_and_ends_of_time_are_refused() {
        let refused = [
            "2002-10-10",
            "2002-10-10T07:00:00",
            "2002-10-10 07:00:00Z",
            "2002-10-10t07:00:00z",
            "2002-10-10T24:00:00Z",
            "2002-10-10T23:59:60Z",
            "2002-13-10T07:00:00Z",
            "2002-02-30T07:00:00Z",
            "2002-10-10T07:00:00.00Z",
            "2002-10-10T07:00:00.0000Z",
            "2002-10-10T07:00:00+24:00",
            "2002-10-10T07:00:00+05:60",
            "2002-10-10T07:00:00+5:00",
            "2002-10-10T07:00:00ZZ",
            "1989-12-31T23:59:59Z",
            "9999-12-31T23:59:59.999-0001",
            "０002-10-10T07:00:00Z",
            "20021010T070000Z",
            "1772445600",
            "",
            "-",
        ];
        for text in refused {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_last_day_ends_on_the_restrictive_side() {
        assert_eq!(Moment::parse("effectiveTo", "9999-12-31").unwrap().end(), Timestamp::MAX);
        assert!(Moment::parse("effectiveTo", "1989-12-31").is_err());
        assert_eq!(Moment::parse("effectiveTo", "2026-02-28").unwrap().to_string(), "2026-02-28");
        assert!(Moment::parse("effectiveTo", "2026-02-28Z").is_err());
    }
}
