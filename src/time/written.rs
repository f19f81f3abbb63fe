//! The form that instants are written in, of which stores hold many: `2026-03-02T10:00:00.000000Z`.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};

/// An instant as text.
pub(super) struct Written([u8; 27]);

impl Written {
    /// Of a year with four digits.
    pub(super) fn of(time: DateTime<Utc>) -> Self {
        let mut text = *b"0000-00-00T00:00:00.000000Z";
        #[rustfmt::skip]
        let [
            y0, y1, y2, y3, _, m0, m1, _, d0, d1, _,
            h0, h1, _, n0, n1, _, s0, s1, _, u0, u1, u2, u3, u4, u5, _,
        ] = &mut text;
        write([y0, y1, y2, y3], time.year().unsigned_abs());
        write([m0, m1], time.month());
        write([d0, d1], time.day());
        write([h0, h1], time.hour());
        write([n0, n1], time.minute());
        write([s0, s1], time.second());
        write([u0, u1, u2, u3, u4, u5], time.timestamp_subsec_micros());
        Self(text)
    }

    pub(super) fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Reads this form; none for every other.
pub(super) fn read(text: &str) -> Option<DateTime<Utc>> {
    #[rustfmt::skip]
    let [
        y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T',
        h0, h1, b':', n0, n1, b':', s0, s1, b'.', u0, u1, u2, u3, u4, u5, b'Z',
    ] = *text.as_bytes() else { return None };
    let year = i32::try_from(number(&[y0, y1, y2, y3])?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, number(&[m0, m1])?, number(&[d0, d1])?)?;
    let micros = number(&[u0, u1, u2, u3, u4, u5])?;
    let time = date.and_hms_micro_opt(number(&[h0, h1])?, number(&[n0, n1])?, number(&[s0, s1])?, micros)?;
    Some(time.and_utc())
}

fn write<const DIGITS: usize>(places: [&mut u8; DIGITS], mut value: u32) {
    for place in places.into_iter().rev() {
        *place = b'0' | u8::try_from(value % 10).unwrap_or(0);
        value /= 10;
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |sum, digit| {
        let digit = char::from(*digit).to_digit(10)?;
        sum.checked_mul(10)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use chrono::SecondsFormat;
    use proptest::prelude::*;

    use super::*;
    use crate::time::{TimeError, Timestamp};

    proptest! {
        #[test]
        fn every_instant_is_written_as_rfc_3339_says(micros in Timestamp::MIN.unix_micros()..=Timestamp::MAX.unix_micros()) {
            let time = Timestamp::from_unix_micros(micros).unwrap();
            let text = time.to_datetime().to_rfc3339_opts(SecondsFormat::Micros, true);
            prop_assert_eq!(time.to_string(), text.as_str());
            prop_assert_eq!(text.parse::<Timestamp>().unwrap(), time);
            prop_assert_eq!(read(&text), Some(time.to_datetime()));
        }
    }

    #[test]
    fn its_own_form_is_read_as_every_other_form_is() {
        for text in [
            "1990-01-01T00:00:00.000000Z",
            "2000-02-29T23:59:59.999999Z",
            "2026-03-02T10:00:00.000001Z",
            "9999-12-31T23:59:59.999999Z",
        ] {
            let own = read(text).expect("its own form");
            assert_eq!(own, DateTime::parse_from_rfc3339(text).unwrap(), "{text}");
            assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "T",
            "TZ",
            "2026-03-02T10:00:00Z",
            "2026-03-02T10:00:00.00000Z",
            "2026-03-02T10:00:00.0000000Z",
            "2026-03-02T10:00:00.000000z",
            "2026-03-02T10:00:00.000000+00:00",
            "2026-03-02 10:00:00.000000Z",
            "2026-02-29T10:00:00.000000Z",
            "2026-13-02T10:00:00.000000Z",
            "2026-03-02T24:00:00.000000Z",
            "2026-03-02T10:00:60.000000Z",
            "2026-03-02T10:00:00.00000-Z",
            "+026-03-02T10:00:00.000000Z",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!("1989-12-31T23:59:59.999999Z".parse::<Timestamp>(), Err(TimeError::TimeOutOfRange));
    }
}
