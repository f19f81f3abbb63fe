use core::fmt;

use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// A name given in a scenario: for a person, a contact point, a writer or a step. Never an address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Label(String);

impl Label {
    const MAX_LEN: usize = 64;

    /// Reads a label: it starts with a lower-case letter and holds `a-z 0-9 . _ -`.
    pub(crate) fn new(text: &str) -> Result<Self, Fault> {
        let starts = text.starts_with(|c: char| c.is_ascii_lowercase());
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
        if starts && text.len() <= Self::MAX_LEN && text.chars().all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Fault::input("a name starts with a letter and has 1 to 64 of a-z, 0-9, `.`, `_`, `-`"))
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Label {
    type Error = Fault;

    fn try_from(text: String) -> Result<Self, Fault> {
        Self::new(&text)
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
