use serde::{Deserialize, Serialize};

/// How strong the evidence of a grant is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "the order of the three is the meaning")]
pub enum Strength {
    /// Inferred from conduct, or carried over from before records were kept.
    Implicit,
    /// A clear affirmative act (GDPR Art. 4(11)).
    Explicit,
    /// An explicit act, confirmed from the contact point itself.
    DoubleOptIn,
}

impl Strength {
    /// Every strength, weakest first.
    pub const ALL: [Self; 3] = [Self::Implicit, Self::Explicit, Self::DoubleOptIn];
}

/// What the person did, or did not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "a new method changes decisions; callers must see it")]
pub enum Method {
    /// A clear affirmative act: a box ticked, a button pressed, a form signed, a word said.
    Explicit,
    /// A double opt-in completed in another system.
    DoubleOptIn,
    /// Conduct from which agreement follows.
    Implicit,
    /// An agreement from before records were kept.
    Grandfathered,
    /// A box that was ticked beforehand (CJEU C-673/17, Planet49).
    PreTicked,
    /// Nothing was done (GDPR recital 32).
    Silence,
    /// Consent tied to something else (GDPR Art. 7(4)).
    Bundled,
    /// A link was opened; a scanner may have done it.
    LinkOpened,
    /// A link in a message was clicked.
    LinkClicked,
    /// A guess from other data.
    Inferred,
    /// Not known.
    Unknown,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 11] = [
        Self::Explicit,
        Self::DoubleOptIn,
        Self::Implicit,
        Self::Grandfathered,
        Self::PreTicked,
        Self::Silence,
        Self::Bundled,
        Self::LinkOpened,
        Self::LinkClicked,
        Self::Inferred,
        Self::Unknown,
    ];

    /// How strong a grant by this method is; [`None`] if it is no consent at all.
    #[must_use]
    pub const fn strength(self) -> Option<Strength> {
        match self {
            Self::DoubleOptIn => Some(Strength::DoubleOptIn),
            Self::Explicit => Some(Strength::Explicit),
            Self::Implicit | Self::Grandfathered => Some(Strength::Implicit),
            Self::PreTicked
            | Self::Silence
            | Self::Bundled
            | Self::LinkOpened
            | Self::LinkClicked
            | Self::Inferred
            | Self::Unknown => None,
        }
    }
}
