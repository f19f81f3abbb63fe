use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;

use thiserror::Error;

use crate::purpose::{Catalogue, OptOutRule, Purpose, PurposeClass, PurposeId};

/// Something in a catalogue that works, and that a person who has to choose will not understand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CatalogueWarning {
    /// More choices at one level than [`Catalogue::MOST_CHOICES`].
    #[error(
        "{found} choices stand side by side{}, and people give up beyond {}: group some below another purpose",
        Below(*below),
        Catalogue::MOST_CHOICES
    )]
    TooManyChoices {
        /// The purpose they stand below; none at the top.
        below: Option<PurposeId>,
        /// How many there are.
        found: usize,
    },
    /// The title is the id.
    #[error("purpose `{0}` has its id for a title: say in a few words what the person gets")]
    TitleIsId(PurposeId),
    /// No description.
    #[error("purpose `{0}` has no description: say what the person gets, or what is done with their data")]
    NoDescription(PurposeId),
    /// No text that says how often.
    #[error("purpose `{0}` has no frequency: say how often the person will hear of it")]
    NoFrequency(PurposeId),
    /// A topic that takes no opt-out.
    #[error("purpose `{0}` is a topic and takes no opt-out, so there is nothing to choose: unmark it")]
    NoChoice(PurposeId),
    /// A purpose in use below one that is retired.
    #[error(
        "purpose `{purpose}` stands below `{parent}`, which is retired: people see it without its heading"
    )]
    ParentRetired {
        /// The purpose.
        purpose: PurposeId,
        /// Its parent.
        parent: PurposeId,
    },
}

struct Below(Option<PurposeId>);

impl fmt::Display for Below {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |id| write!(f, " below `{id}`"))
    }
}

impl Purpose {
    /// Whether a person may choose: the purpose is in use, and an opt-out of it is possible and means something.
    ///
    /// Processing on another basis than Consent answers to an objection only (GDPR Art. 21), which is no box to tick.
    #[must_use]
    pub fn is_a_choice(&self) -> bool {
        let means_something = match self.class() {
            PurposeClass::Marketing | PurposeClass::Relationship => true,
            PurposeClass::Processing => self.weighs_consent(),
            PurposeClass::Transactional | PurposeClass::Service | PurposeClass::SecurityAlert => {
                self.opt_out() != OptOutRule::Refused
            }
        };
        means_something && !self.is_retired()
    }
}

impl Catalogue {
    /// The most choices that should stand side by side in a preference view.
    pub const MOST_CHOICES: usize = 5;

    /// What a person who has to choose will not understand: of each purpose in the order of the definitions, then of each level. The
    /// catalogue works all the same.
    ///
    /// ```
    /// use consent_engine::{Catalogue, CatalogueWarning, Channel, LawfulBasis, Purpose, PurposeClass, PurposeId};
    /// let news = PurposeId::new("news")?;
    /// let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent)
    ///     .with_channels([Channel::Email])
    ///     .with_title("Newsletter")
    ///     .with_description("What is new in our shops");
    /// let catalogue = Catalogue::new([purpose], []).unwrap();
    /// assert_eq!(catalogue.lint(), [CatalogueWarning::NoFrequency(news)]);
    /// # Ok::<(), consent_engine::InvalidName>(())
    /// ```
    #[must_use]
    pub fn lint(&self) -> Vec<CatalogueWarning> {
        let mut warnings = Vec::new();
        let mut levels: BTreeMap<Option<PurposeId>, usize> = BTreeMap::new();
        for (_, purpose) in self.iter().filter(|(_, purpose)| !purpose.is_retired()) {
            self.lint_one(purpose, &mut warnings);
            if purpose.is_a_choice() {
                let found = levels.entry(purpose.parent()).or_default();
                *found = found.saturating_add(1);
            }
        }
        let crowded = levels.into_iter().filter(|(_, found)| *found > Self::MOST_CHOICES);
        warnings.extend(crowded.map(|(below, found)| CatalogueWarning::TooManyChoices { below, found }));
        warnings
    }

    fn lint_one(&self, purpose: &Purpose, warnings: &mut Vec<CatalogueWarning>) {
        let id = purpose.id();
        let mut warn = |wrong: bool, warning| {
            if wrong {
                warnings.push(warning);
            }
        };
        let empty = |text: &str| text.trim().is_empty();
        let choice = purpose.is_a_choice();
        let contacts = purpose.class() != PurposeClass::Processing;
        warn(choice && purpose.title() == id.as_str(), CatalogueWarning::TitleIsId(id));
        warn(choice && empty(purpose.description()), CatalogueWarning::NoDescription(id));
        warn(choice && contacts && empty(purpose.frequency()), CatalogueWarning::NoFrequency(id));
        warn(purpose.is_topic() && !choice, CatalogueWarning::NoChoice(id));
        if let Some(parent) = purpose.parent().and_then(|parent| self.find(parent)) {
            let parent_retired = CatalogueWarning::ParentRetired { purpose: id, parent: parent.id() };
            warn(parent.is_retired(), parent_retired);
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;
    use crate::channel::Channel;
    use crate::purpose::LawfulBasis;

    fn id(name: &str) -> PurposeId {
        PurposeId::new(name).unwrap()
    }

    fn clear(name: &str) -> Purpose {
        Purpose::new(id(name), PurposeClass::Marketing, LawfulBasis::Consent)
            .with_channels([Channel::Email])
            .with_title("A title")
            .with_description("What it is")
            .with_frequency("weekly")
    }

    fn lint(purposes: impl IntoIterator<Item = Purpose>) -> Vec<CatalogueWarning> {
        Catalogue::new(purposes, []).unwrap().lint()
    }

    #[test]
    fn a_clear_catalogue_has_no_warning() {
        assert_eq!(lint([]), []);
        assert_eq!(lint([clear("a"), clear("b").with_parent(id("a"))]), []);
    }

    #[test]
    fn each_text_that_is_missing_is_named() {
        let bare = Purpose::new(id("a"), PurposeClass::Marketing, LawfulBasis::Consent)
            .with_channels([Channel::Email]);
        let expected = [
            CatalogueWarning::TitleIsId(id("a")),
            CatalogueWarning::NoDescription(id("a")),
            CatalogueWarning::NoFrequency(id("a")),
        ];
        assert_eq!(lint([bare.clone()]), expected);
        assert_eq!(lint([bare.with_retired(true)]), [], "nobody has to choose it");
        assert_eq!(lint([clear("a").with_frequency(" ")]), [CatalogueWarning::NoFrequency(id("a"))]);
        let receipts = Purpose::new(id("r"), PurposeClass::Transactional, LawfulBasis::Contract)
            .with_channels([Channel::Email]);
        assert_eq!(lint([receipts.clone()]), [], "nothing to choose");
        assert_eq!(lint([receipts.with_topic(true)]), [CatalogueWarning::NoChoice(id("r"))]);
        let profiling = Purpose::new(id("p"), PurposeClass::Processing, LawfulBasis::Consent)
            .with_title("Profiling")
            .with_description("What it is");
        assert_eq!(lint([profiling]), [], "nobody hears of it");
    }

    #[test]
    fn five_choices_at_one_level_are_enough() {
        let at_the_top = |n: usize| (0..n).map(|n| clear(&alloc::format!("top{n}")));
        let below = |n: usize| (0..n).map(|n| clear(&alloc::format!("sub{n}")).with_parent(id("top0")));
        assert_eq!(lint(at_the_top(5).chain(below(5))), []);
        assert_eq!(lint(at_the_top(6)), [CatalogueWarning::TooManyChoices { below: None, found: 6 }]);
        let crowded = CatalogueWarning::TooManyChoices { below: Some(id("top0")), found: 7 };
        assert_eq!(lint(at_the_top(1).chain(below(7))), [crowded]);
        assert_eq!(
            crowded.to_string(),
            "7 choices stand side by side below `top0`, and people give up beyond 5: group some below another purpose"
        );
    }

    #[test]
    fn a_heading_that_is_gone_is_named() {
        let below = clear("b").with_parent(id("a"));
        assert_eq!(lint([clear("a"), below.clone()]), []);
        let parent_retired = CatalogueWarning::ParentRetired { purpose: id("b"), parent: id("a") };
        assert_eq!(lint([clear("a").with_retired(true), below]), [parent_retired]);
    }
}
