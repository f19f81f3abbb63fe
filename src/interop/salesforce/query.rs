//! The query of a Consent Write: parameters, percent-encoding, bounds.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use crate::interop::{Problem, limit};

macro_rules! params {
    ($($variant:ident = $name:literal,)*) => {
        /// A parameter of a Consent Write.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Param {
            $($variant,)*
        }

        impl Param {
            const ALL: &[Self] = &[$(Self::$variant,)*];

            pub(super) const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

params! {
    Ids = "ids",
    Status = "status",
    CaptureDate = "captureDate",
    CaptureContactPointType = "captureContactPointType",
    CaptureSource = "captureSource",
    ConsentName = "consentName",
    CreateIndividual = "createIndividual",
    DoubleOptIn = "doubleOptIn",
    EffectiveFrom = "effectiveFrom",
    EffectiveTo = "effectiveTo",
    IndividualName = "individualName",
    Mode = "mode",
    PurposeName = "purposeName",
    Blob = "blobParam",
}

impl Param {
    fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|param| param.name().eq_ignore_ascii_case(name))
    }

    /// Whether `+` stands for itself: no identifier or date has a space, but addresses have tags and dates
    /// have zones.
    const fn keeps_plus(self) -> bool {
        matches!(
            self,
            Self::Ids | Self::CaptureDate | Self::DoubleOptIn | Self::EffectiveFrom | Self::EffectiveTo
        )
    }
}

/// The parameters of one query, each at most once.
#[derive(Default)]
pub(super) struct Params {
    values: Vec<(Param, String)>,
    /// Whether there were parameters that the vendor does not list.
    pub(super) unknown: bool,
}

impl Params {
    pub(super) fn parse(query: &str) -> Result<Self, Problem> {
        if query.len() > limit::QUERY_BYTES {
            return Err(Problem::LimitExceeded { which: "bytes of the query", max: limit::QUERY_BYTES });
        }
        if pairs(query).nth(limit::PARAMS).is_some() {
            return Err(Problem::LimitExceeded { which: "parameters", max: limit::PARAMS });
        }
        let mut params = Self::default();
        for (name, value) in pairs(query) {
            let Some(param) = param(name) else {
                params.unknown = true;
                continue;
            };
            let field = param.name();
            let text = decode(value, param.keeps_plus()).ok_or(Problem::InvalidValue { field })?;
            if text.len() > limit::VALUE_BYTES {
                return Err(Problem::LimitExceeded { which: "bytes of a value", max: limit::VALUE_BYTES });
            }
            if params.get(param).is_some() {
                return Err(Problem::Duplicate { field });
            }
            params.values.push((param, text));
        }
        Ok(params)
    }

    pub(super) fn get(&self, param: Param) -> Option<&str> {
        self.values.iter().find(|(own, _)| *own == param).map(|(_, text)| text.as_str())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Param> {
        self.values.iter().map(|(param, _)| *param)
    }
}

/// Every value of a parameter, whatever is wrong with the rest; none for one that cannot be decoded.
pub(super) fn glean(query: &str, wanted: Param) -> impl Iterator<Item = Option<String>> {
    let cut = (0..=limit::QUERY_BYTES).rev().find_map(|end| query.get(..end));
    let readable = if query.len() > limit::QUERY_BYTES { cut.unwrap_or_default() } else { query };
    pairs(readable)
        .filter(move |(name, _)| param(name) == Some(wanted))
        .map(move |(_, value)| decode(value, wanted.keeps_plus()))
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    let query = query.strip_prefix('?').unwrap_or(query);
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

fn param(name: &str) -> Option<Param> {
    const LONGEST: usize = 128;
    if name.len() > LONGEST {
        return None;
    }
    decode(name, false).as_deref().and_then(Param::of_name)
}

fn decode(text: &str, keeps_plus: bool) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => hex(bytes.next()?)?.checked_mul(16)?.checked_add(hex(bytes.next()?)?)?,
            b'+' if !keeps_plus => b' ',
            other => other,
        });
    }
    String::from_utf8(decoded).ok()
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Appends `name=value`, percent-encoded.
pub(super) fn append(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(name);
    query.push('=');
    encode(query, value);
}

/// Appends `text` with everything but unreserved characters percent-encoded (RFC 3986, section 2.3).
pub(super) fn encode(to: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            to.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(to, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plus_is_a_space_only_where_there_can_be_one() {
        let params = Params::parse("?ids=jane+news@example.com&captureSource=a+b%2Bc&IDS2=x").unwrap();
        assert_eq!(params.get(Param::Ids), Some("jane+news@example.com"));
        assert_eq!(params.get(Param::CaptureSource), Some("a b+c"));
        assert!(params.unknown);
    }

    #[test]
    fn what_is_encoded_is_decoded() {
        let mut query = String::new();
        append(&mut query, "ids", "é+ &=%\u{10ffff}\0");
        assert_eq!(query, "ids=%C3%A9%2B%20%26%3D%25%F4%8F%BF%BF%00");
        assert_eq!(Params::parse(&query).unwrap().get(Param::Ids), Some("é+ &=%\u{10ffff}\0"));
    }

    #[test]
    fn broken_encodings_and_repetitions_are_refused_and_still_gleaned() {
        for query in ["ids=%", "ids=%4", "ids=%zz", "ids=%ff", "ids=a&Ids=b", "%69ds=a&ids=b"] {
            assert!(Params::parse(query).is_err(), "{query}");
        }
        let found: Vec<_> = glean("ids=a&status=%ff&Ids=b", Param::Ids).flatten().collect();
        assert_eq!(found, ["a", "b"]);
        assert_eq!(glean("status=%ff", Param::Status).collect::<Vec<_>>(), [None]);
    }
}
