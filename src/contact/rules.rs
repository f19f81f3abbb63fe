use alloc::vec::Vec;
use core::fmt;

use serde::{Deserialize, Serialize};

use super::form::NormalForm;

/// What the coarse form of an e-mail address does with a tag after `+`, as in `jane+news@example.com`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "changes what a restriction matches; callers must see a new one")]
pub enum PlusTag {
    /// The tag is part of the address. RFC 5321 2.3.11 leaves the meaning of a local part to its host.
    #[default]
    Keep,
    /// The tag, from the first `+`, is dropped at every domain. A local part that begins with `+` is kept
    /// whole, because nothing would be left of it.
    Strip,
}

/// Which rules of single mail providers the coarse form knows. Each list is frozen; a change is a new version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProviderRules {
    /// None.
    #[default]
    None,
    /// Gmail: `googlemail.com` is `gmail.com`, dots in the local part mean nothing, and a tag after `+` is
    /// dropped. Source: Google's help pages on dots in addresses and on address variations. Workspace
    /// domains are not covered: nothing in the address shows who hosts them.
    V1,
}

/// How coarse keys are made: a version and its options. The default folds case and compatibility forms only.
///
/// ```
/// use consent_engine::{CoarseRules, Email, PlusTag};
/// let rules = CoarseRules::V1.with_plus_tag(PlusTag::Strip);
/// let tagged: Email = "Jane+news@example.com".parse()?;
/// let plain: Email = "jane@example.com".parse()?;
/// assert_eq!(tagged.coarse(rules), plain.coarse(rules));
/// assert_ne!(tagged.coarse(CoarseRules::V1), plain.coarse(CoarseRules::V1));
/// # Ok::<(), consent_engine::InvalidEmail>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoarseRules {
    form: NormalForm,
    #[serde(default)]
    plus_tag: PlusTag,
    #[serde(default)]
    providers: ProviderRules,
}

impl CoarseRules {
    /// Version 1 with no options.
    pub const V1: Self =
        Self { form: NormalForm::V1, plus_tag: PlusTag::Keep, providers: ProviderRules::None };

    /// Sets what happens to plus tags.
    #[must_use]
    pub const fn with_plus_tag(mut self, plus_tag: PlusTag) -> Self {
        self.plus_tag = plus_tag;
        self
    }

    /// Sets the rules of mail providers.
    #[must_use]
    pub const fn with_providers(mut self, providers: ProviderRules) -> Self {
        self.providers = providers;
        self
    }

    /// The version of the normal form.
    #[must_use]
    pub const fn form(self) -> NormalForm {
        self.form
    }

    /// What happens to plus tags.
    #[must_use]
    pub const fn plus_tag(self) -> PlusTag {
        self.plus_tag
    }

    /// The rules of mail providers.
    #[must_use]
    pub const fn providers(self) -> ProviderRules {
        self.providers
    }

    /// The same version without the options that concern e-mail only.
    pub(super) const fn for_phone(self) -> Self {
        Self { form: self.form, ..Self::V1 }
    }
}

/// The short name that keys carry: `1`, `1+tag`, `1+p1`, `1+tag+p1`.
impl fmt::Display for CoarseRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.form.number())?;
        match self.plus_tag {
            PlusTag::Keep => {}
            PlusTag::Strip => f.write_str("+tag")?,
        }
        match self.providers {
            ProviderRules::None => Ok(()),
            ProviderRules::V1 => f.write_str("+p1"),
        }
    }
}

/// The rules that new keys are made with, and the older rules under which keys may still be stored.
///
/// There is always at least one set of rules, so that a look-up cannot find nothing by asking for nothing.
/// The order of a change is: [`upgrade`](Self::upgrade), write and read under both, rebuild the index, and
/// only then [`retire`](Self::retire).
///
/// ```
/// use consent_engine::{CoarseRules, Email, LiveRules, PlusTag};
/// let email: Email = "jane+news@example.com".parse()?;
/// let before = LiveRules::new(CoarseRules::V1);
/// let stored = email.coarse_keys(&before);
///
/// let after = before.upgrade(CoarseRules::V1.with_plus_tag(PlusTag::Strip));
/// let looked_up = email.coarse_keys(&after);
/// assert!(stored.iter().all(|key| looked_up.contains(key)), "nothing stored is lost");
/// # Ok::<(), consent_engine::InvalidEmail>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiveRules {
    current: CoarseRules,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    older: Vec<CoarseRules>,
}

impl LiveRules {
    /// One set of rules, in a store that has no keys under any other.
    #[must_use]
    pub const fn new(current: CoarseRules) -> Self {
        Self { current, older: Vec::new() }
    }

    /// Makes `rules` current. What was current stays live.
    #[must_use]
    pub fn upgrade(mut self, rules: CoarseRules) -> Self {
        if rules != self.current {
            self.older.retain(|older| *older != rules);
            self.older.push(self.current);
            self.current = rules;
        }
        self
    }

    /// Drops an older set of rules. Restrictions whose keys were stored only under it stop matching: do this
    /// once every point has its key under the current rules. The current rules cannot be dropped.
    #[must_use]
    pub fn retire(mut self, rules: CoarseRules) -> Self {
        self.older.retain(|older| *older != rules);
        self
    }

    /// The rules that new keys are made with.
    #[must_use]
    pub const fn current(&self) -> CoarseRules {
        self.current
    }

    /// Every live set of rules, the current one first.
    pub fn iter(&self) -> impl Iterator<Item = CoarseRules> {
        core::iter::once(self.current).chain(self.older.iter().copied())
    }

    /// The keys that `make` gives, without repetition, the current one first.
    pub(super) fn keys<K: PartialEq>(&self, make: impl Fn(CoarseRules) -> K) -> Vec<K> {
        let mut keys = Vec::new();
        for key in self.iter().map(make) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }
}
