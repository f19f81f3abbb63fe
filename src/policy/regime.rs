use serde::{Deserialize, Serialize};

/// What the law makes of silence. The two built-in regimes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "a new regime changes decisions; callers must see it")]
pub enum Regime {
    /// Silence denies: consent is asked of Marketing, of Relationship and of every purpose based on Consent.
    OptIn,
    /// Silence permits, as long as the person never touched the matter.
    OptOut,
}

/// The regimes that apply to a question. An empty set denies.
///
/// Adding a regime never turns a denial into a permission: every regime must permit.
///
/// ```
/// use consent_engine::{Regime, RegimeSet};
/// let both = RegimeSet::OPT_IN.with(Regime::OptOut);
/// assert!(both.contains(Regime::OptIn) && both.contains(Regime::OptOut));
/// assert!(RegimeSet::NONE.is_empty(), "which permits nothing");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegimeSet(u8);

impl RegimeSet {
    /// No regime.
    pub const NONE: Self = Self(0);
    /// Only [`Regime::OptIn`].
    pub const OPT_IN: Self = Self(1);
    /// Only [`Regime::OptOut`].
    pub const OPT_OUT: Self = Self(2);

    /// The set with one more regime.
    #[must_use]
    pub const fn with(self, regime: Regime) -> Self {
        match regime {
            Regime::OptIn => Self(self.0 | Self::OPT_IN.0),
            Regime::OptOut => Self(self.0 | Self::OPT_OUT.0),
        }
    }

    /// Whether a regime is in the set.
    #[must_use]
    pub const fn contains(self, regime: Regime) -> bool {
        Self(0).with(regime).0 & self.0 != 0
    }

    /// Whether no regime applies.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<Regime> for RegimeSet {
    fn from_iter<I: IntoIterator<Item = Regime>>(regimes: I) -> Self {
        regimes.into_iter().fold(Self::NONE, Self::with)
    }
}
