//! A strict JSON decoder: no duplicate keys, no depth or size without a bound, no echo of the input in errors.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::interop::{Problem, limit};

/// A JSON value. Numbers are only known to be numbers: no dialect here reads one.
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number,
    Text(String),
    List(Vec<Self>),
    Object(BTreeMap<String, Self>),
}

impl Json {
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::Number | Self::List(_) | Self::Object(_) => None,
        }
    }

    pub(crate) fn list(&self) -> Option<&[Self]> {
        match self {
            Self::List(list) => Some(list),
            Self::Null | Self::Bool(_) | Self::Number | Self::Text(_) | Self::Object(_) => None,
        }
    }

    pub(crate) fn object(&self) -> Option<&BTreeMap<String, Self>> {
        match self {
            Self::Object(object) => Some(object),
            Self::Null | Self::Bool(_) | Self::Number | Self::Text(_) | Self::List(_) => None,
        }
    }

    /// The fields of an object; `what` is what the error calls it if it is none.
    pub(crate) fn fields(&self, what: &'static str) -> Result<&BTreeMap<String, Self>, Problem> {
        self.object().ok_or(Problem::NotAnObject { what })
    }

    /// The text under a key: none if it is absent or null, an error if it is anything but a text.
    pub(crate) fn optional(&self, key: &'static str) -> Result<Option<&str>, Problem> {
        match self.fields("a value")?.get(key) {
            None | Some(Self::Null) => Ok(None),
            Some(Self::Text(text)) => Ok(Some(text)),
            Some(Self::Bool(_) | Self::Number | Self::List(_) | Self::Object(_)) => {
                Err(Problem::InvalidValue { field: key })
            }
        }
    }

    /// Decodes a whole body.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Problem> {
        if bytes.len() > limit::BODY_BYTES {
            return Err(Problem::LimitExceeded { which: "bytes of the body", max: limit::BODY_BYTES });
        }
        let state = State { left: Cell::new(limit::JSON_VALUES), limit: Cell::new(None) };
        let mut decoder = serde_json::Deserializer::from_slice(bytes);
        let decoded = Seed { state: &state, depth: 0 }.deserialize(&mut decoder);
        decoded.and_then(|json| decoder.end().map(|()| json)).map_err(|error| {
            let (line, column) = (error.line().max(1), error.column());
            state.limit.get().map_or(Problem::Malformed { line, column }, |(which, max)| {
                Problem::LimitExceeded { which, max }
            })
        })
    }
}

struct State {
    left: Cell<usize>,
    limit: Cell<Option<(&'static str, usize)>>,
}

#[derive(Clone, Copy)]
struct Seed<'a> {
    state: &'a State,
    depth: usize,
}

impl Seed<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        let depth = self.depth.saturating_add(1);
        if depth > limit::JSON_DEPTH {
            self.state.limit.set(Some(("levels of JSON", limit::JSON_DEPTH)));
            return Err(E::custom("too deep"));
        }
        Ok(Self { state: self.state, depth })
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        let Some(left) = self.state.left.get().checked_sub(1) else {
            self.state.limit.set(Some(("values of JSON", limit::JSON_VALUES)));
            return Err(D::Error::custom("too many values"));
        };
        self.state.left.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Json, E> {
        Ok(Json::Number)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Json, E> {
        Ok(Json::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Number)
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(String::from(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let seed = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(seed)? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let seed = self.deeper()?;
        let mut object = BTreeMap::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(seed)?;
            if object.insert(key, value).is_some() {
                return Err(A::Error::custom("a key is there twice"));
            }
        }
        Ok(Json::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(body: &str) -> &'static str {
        Json::decode(body.as_bytes()).err().map_or("", |problem| problem.code())
    }

    #[test]
    fn d22_deep_json_is_refused_before_the_stack_is_used() {
        let deep = "[".repeat(100_000);
        assert_eq!(problem(&deep), "LimitExceeded");
        let fits = alloc::format!("{}{}", "[".repeat(limit::JSON_DEPTH), "]".repeat(limit::JSON_DEPTH));
        assert_eq!(problem(&fits), "");
        assert_eq!(problem(&alloc::format!("[{fits}]")), "LimitExceeded");
    }

    #[test]
    fn d23_what_is_not_json_is_refused() {
        let refused = [
            r#"{"a":1,"a":2}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"a":[1,],"b":1}"#,
            r#"{"a":1,}"#,
            "NaN",
            "1e999",
            r#""\ud800""#,
            "\u{feff}{}",
            "{} {}",
            "",
            "01",
            "'a'",
            "{a:1}",
            "// c\n{}",
        ];
        for body in refused {
            assert_eq!(problem(body), "Malformed", "{body}");
        }
        for body in ["-0", "[123456789012345678901234567890]", r#"{"a":null}"#, r#""\ud83d\ude00""#] {
            assert_eq!(problem(body), "", "{body}");
        }
        assert!(Json::decode(b"\"\xff\"").is_err(), "not UTF-8");
    }

    #[test]
    fn d21_large_bodies_are_refused() {
        let many = alloc::format!("[{}0]", "0,".repeat(limit::JSON_VALUES));
        assert_eq!(problem(&many), "LimitExceeded");
        assert_eq!(problem(&" ".repeat(limit::BODY_BYTES + 1)), "LimitExceeded");
    }
}
