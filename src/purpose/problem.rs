use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::fmt;

use thiserror::Error;

use crate::channel::{Channel, ChannelName};
use crate::purpose::{Catalogue, PurposeId, PurposeText};

/// One thing that is wrong with a catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Error)]
#[non_exhaustive]
pub enum CatalogueProblem {
    /// More purposes than [`Catalogue::MAX_PURPOSES`].
    #[error("{found} purposes, but at most {} are allowed", Catalogue::MAX_PURPOSES)]
    TooManyPurposes {
        /// How many there are.
        found: usize,
    },
    /// More channels beyond the standard ones than [`Catalogue::MAX_OTHER_CHANNELS`].
    #[error(
        "{found} channels beyond the standard ones, but at most {} are allowed",
        Catalogue::MAX_OTHER_CHANNELS
    )]
    TooManyChannels {
        /// How many there are.
        found: usize,
    },
    /// Two purposes have one id.
    #[error("purpose `{0}` is defined twice: give each its own id")]
    DuplicatePurpose(PurposeId),
    /// The parent is not in the catalogue.
    #[error("purpose `{purpose}` is below `{parent}`, which is not defined: define it or correct the name")]
    UnknownParent {
        /// The purpose.
        purpose: PurposeId,
        /// Its parent.
        parent: PurposeId,
    },
    /// The purpose is its own ancestor.
    #[error("purpose `{0}` is its own ancestor: break the cycle of parents")]
    ParentCycle(PurposeId),
    /// Marketing or Relationship without a way out (GDPR Art. 21(2), 7(3)).
    #[error("purpose `{0}` promotes and refuses opt-outs: use `allowed`")]
    OptOutRefused(PurposeId),
    /// A contact purpose without a channel.
    #[error("purpose `{0}` is a contact purpose without a channel: list at least one")]
    NoChannel(PurposeId),
    /// A channel that is not in the tenant's closed list.
    #[error("purpose `{purpose}` uses `{channel}`, which is not in the list of channels: add it there")]
    UnknownChannel {
        /// The purpose.
        purpose: PurposeId,
        /// The channel.
        channel: Channel,
    },
    /// A title, without which nobody can choose.
    #[error("purpose `{0}` has no title: say in a few words what the person gets")]
    NoTitle(PurposeId),
    /// A text that people read has a line break, another control character, or one that changes the direction of
    /// writing (Unicode `Bidi_Control`): it could forge a line of a page, a terminal or a log.
    #[error(
        "purpose `{purpose}` has a line break, control or bidirectional character in its {text}, at index {at}: remove it"
    )]
    UnsafeText {
        /// The purpose.
        purpose: PurposeId,
        /// Which of its texts.
        text: PurposeText,
        /// The index of the first offending character, in characters.
        at: usize,
    },
    /// A validity, refresh period, cap or cool-down of no length.
    #[error(
        "purpose `{0}` has a validity, refresh period, cap or cool-down of zero: leave it out or make it positive"
    )]
    ZeroSpan(PurposeId),
    /// The version is 0.
    #[error("purpose `{0}` has version 0: versions start at 1")]
    VersionZero(PurposeId),
    /// The refresh period is not shorter than the validity.
    #[error("purpose `{0}` would be refreshed only after its grants ended: shorten the refresh period")]
    RefreshAfterEnd(PurposeId),
    /// A purpose of the previous catalogue is missing.
    #[error(
        "purpose `{0}` is missing: retire a purpose instead of removing it, or its restrictions would be lost"
    )]
    PurposeRemoved(PurposeId),
    /// The parent of an id changed.
    #[error(
        "purpose `{0}` has another parent than before: make a new purpose, or a restriction could be lifted"
    )]
    ParentChanged(PurposeId),
    /// The class of an id changed.
    #[error(
        "purpose `{0}` has another class than before: make a new purpose, or a restriction could be lifted"
    )]
    ClassChanged(PurposeId),
    /// The definition changed and its version did not rise.
    #[error("purpose `{0}` changed without a higher version: raise its version")]
    VersionNotRaised(PurposeId),
    /// A channel of the previous catalogue is missing.
    #[error("channel `{0}` is missing from the list of channels: channels are only added")]
    ChannelRemoved(ChannelName),
}

/// Everything that is wrong with a catalogue, all at once.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct CatalogueError {
    problems: Vec<CatalogueProblem>,
}

impl CatalogueError {
    /// Fails if there are problems; each is told once.
    pub(super) fn unless_empty(problems: Vec<CatalogueProblem>) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self { problems: Vec::new() }.and(problems)) }
    }

    /// Tells of these too, of each once.
    pub(super) fn and(mut self, more: Vec<CatalogueProblem>) -> Self {
        let mut told: BTreeSet<_> = self.problems.iter().copied().collect();
        self.problems.extend(more.into_iter().filter(|problem| told.insert(*problem)));
        self
    }

    /// The problems, in the order of the definitions, each once; never empty.
    #[must_use]
    pub fn problems(&self) -> &[CatalogueProblem] {
        &self.problems
    }
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the catalogue has {} problem(s)", self.problems.len())?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n- {problem}"))
    }
}
