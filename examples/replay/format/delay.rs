use consent_engine::Span;
use serde::Deserialize;

/// A length of time in words: `90s`, `15m`, `2h`, `7d`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Delay(pub(crate) Span);

impl TryFrom<String> for Delay {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const WRONG: &str = "`after`: a whole number with s, m, h or d, such as `90s` or `7d`";
        let number =
            text.strip_suffix(['s', 'm', 'h', 'd']).filter(|number| number.len() <= 9).ok_or(WRONG)?;
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(WRONG);
        }
        let number: u64 = number.parse().map_err(|_| WRONG)?;
        Ok(Self(match text.bytes().last() {
            Some(b's') => Span::seconds(number),
            Some(b'm') => Span::seconds(number.saturating_mul(60)),
            Some(b'h') => Span::hours(number),
            _ => Span::days(number),
        }))
    }
}
