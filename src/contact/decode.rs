//! Decoding of addresses whose errors never repeat the input.

use core::fmt;
use core::marker::PhantomData;
use core::str::FromStr;

use serde::{Deserializer, de};

/// Decodes a text and reads it as a `T`.
///
/// Readable formats are asked for *any* value: asked for a text, they answer a number by printing it.
pub(super) fn text<'de, D, T>(deserializer: D, expected: &'static str) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    let visitor = Visitor { expected, of: PhantomData };
    if deserializer.is_human_readable() {
        deserializer.deserialize_any(visitor)
    } else {
        deserializer.deserialize_str(visitor)
    }
}

struct Visitor<T> {
    expected: &'static str,
    of: PhantomData<T>,
}

macro_rules! refuse {
    ($($method:ident($type:ty)),*) => {
        $(fn $method<E: de::Error>(self, _: $type) -> Result<T, E> {
            Err(E::custom(format_args!("not a text: expected {}", self.expected)))
        })*
    };
}

impl<T: FromStr<Err: fmt::Display>> de::Visitor<'_> for Visitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }

    refuse!(
        visit_bool(bool),
        visit_i64(i64),
        visit_u64(u64),
        visit_i128(i128),
        visit_u128(u128),
        visit_f64(f64)
    );
}
