use serde::{Deserialize, Serialize};

/// Whether a purpose is relevant to the person, in their own opinion. It decides nothing: who finds a subject irrelevant
/// has not opted out of it, and who finds it relevant has not agreed to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "yes, no, or not said: there is no fourth")]
pub enum Interest {
    /// They did not say, or said it in words only.
    #[default]
    Unstated,
    /// "This is relevant to me."
    Relevant,
    /// "This isn't relevant to me."
    NotRelevant,
}

impl Interest {
    /// Whether nothing was said. Such an interest is left out of the stored form.
    #[must_use]
    pub const fn is_unstated(&self) -> bool {
        matches!(self, Self::Unstated)
    }
}
