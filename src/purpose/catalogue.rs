use alloc::vec::Vec;

use crate::channel::{Channel, ChannelName};
use crate::purpose::tree::{self, Subtree};
use crate::purpose::{
    CatalogueError, CatalogueProblem, FrequencyCap, OptOutRule, Purpose, PurposeClass, PurposeId,
    PurposeIndex, PurposeRules,
};
use crate::time::Span;

/// A tenant's closed list of purposes and channels.
///
/// ```
/// use consent_engine::{Catalogue, CatalogueProblem, Channel, LawfulBasis, OptOutRule, Purpose, PurposeClass, PurposeId};
/// let news = PurposeId::new("news")?;
/// let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Email]);
/// let catalogue = Catalogue::new([purpose.clone()], []).unwrap();
/// assert!(catalogue.index(news).is_some());
///
/// let wrong = Catalogue::new([purpose.with_opt_out(OptOutRule::Refused)], []).unwrap_err();
/// assert_eq!(wrong.problems(), [CatalogueProblem::OptOutRefused(news)]);
/// # Ok::<(), consent_engine::InvalidName>(())
/// ```
#[derive(Clone, Debug)]
pub struct Catalogue {
    purposes: Vec<Purpose>,
    rules: Vec<PurposeRules>,
    by_id: Vec<(PurposeId, PurposeIndex)>,
    other_channels: Vec<ChannelName>,
}

/// The bit of "no channel" in a set of channels.
pub(crate) const NO_CHANNEL: u32 = 1 << 31;
/// The bit of every channel outside the closed list.
pub(crate) const OTHER_CHANNEL: u32 = 1 << 30;

impl Catalogue {
    /// The most purposes a catalogue holds.
    pub const MAX_PURPOSES: usize = 4_096;
    /// The most channels beyond the standard ones.
    pub const MAX_OTHER_CHANNELS: usize = 18;

    /// Builds a catalogue from definitions and the closed list of channels beyond the standard ones.
    ///
    /// # Errors
    ///
    /// [`CatalogueError`] lists every problem at once.
    ///
    /// ```
    /// use consent_engine::{Catalogue, CatalogueProblem, Channel, ChannelName, LawfulBasis, Purpose, PurposeClass, PurposeId};
    /// let of = |id, class| Purpose::new(id, class, LawfulBasis::Consent);
    /// let (news, app) = (PurposeId::new("news")?, ChannelName::new("app.inbox")?);
    /// let purpose = of(news, PurposeClass::Marketing).with_channels([Channel::Email, Channel::Other(app)]);
    /// assert!(Catalogue::new([purpose.clone()], [app]).is_ok());
    ///
    /// let Err(error) = Catalogue::new([purpose.with_title("")], []) else { panic!("it has two problems") };
    /// let channel = Channel::Other(app);
    /// let all = [CatalogueProblem::UnknownChannel { purpose: news, channel }, CatalogueProblem::NoTitle(news)];
    /// assert_eq!(error.problems(), all);
    /// # Ok::<(), consent_engine::InvalidName>(())
    /// ```
    pub fn new(
        purposes: impl IntoIterator<Item = Purpose>,
        other_channels: impl IntoIterator<Item = ChannelName>,
    ) -> Result<Self, CatalogueError> {
        let purposes: Vec<_> = purposes.into_iter().take(Self::MAX_PURPOSES.saturating_add(1)).collect();
        let other_channels: Vec<_> =
            other_channels.into_iter().take(Self::MAX_OTHER_CHANNELS.saturating_add(1)).collect();
        let mut problems = Vec::new();
        if purposes.len() > Self::MAX_PURPOSES {
            problems.push(CatalogueProblem::TooManyPurposes { found: purposes.len() });
        }
        if other_channels.len() > Self::MAX_OTHER_CHANNELS {
            problems.push(CatalogueProblem::TooManyChannels { found: other_channels.len() });
        }
        CatalogueError::unless_empty(problems)?;
        let mut by_id: Vec<_> =
            (0u16..).zip(&purposes).map(|(index, purpose)| (purpose.id(), PurposeIndex(index))).collect();
        by_id.sort_unstable();
        let mut catalogue = Self { purposes, rules: Vec::new(), by_id, other_channels };
        CatalogueError::unless_empty(catalogue.problems())?;
        catalogue.rules = catalogue.compile();
        Ok(catalogue)
    }

    /// The next version of this catalogue: old purposes may be changed or retired, new ones come at the end.
    ///
    /// Indexes stay: a purpose keeps its number whatever the order of `purposes`.
    ///
    /// # Errors
    ///
    /// [`CatalogueError`] lists every problem at once, among them every change that could lift a restriction.
    ///
    /// ```
    /// use consent_engine::{Catalogue, CatalogueProblem, Channel, LawfulBasis, Purpose, PurposeClass, PurposeId};
    /// let news = PurposeId::new("news")?;
    /// let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Email]);
    /// let old = Catalogue::new([purpose.clone()], []).unwrap();
    ///
    /// // A purpose that nobody uses any more is retired: what was said against it still counts.
    /// let next = old.evolve([purpose.with_version(2).with_retired(true)], []).unwrap();
    /// assert_eq!(next.index(news), old.index(news));
    ///
    /// let error = old.evolve([], []).unwrap_err();
    /// assert_eq!(error.problems(), [CatalogueProblem::PurposeRemoved(news)]);
    /// # Ok::<(), consent_engine::InvalidName>(())
    /// ```
    pub fn evolve(
        &self,
        purposes: impl IntoIterator<Item = Purpose>,
        other_channels: impl IntoIterator<Item = ChannelName>,
    ) -> Result<Self, CatalogueError> {
        let mut purposes: Vec<_> = purposes.into_iter().take(Self::MAX_PURPOSES.saturating_add(1)).collect();
        purposes.sort_by_key(|purpose| self.index(purpose.id()).map_or(u16::MAX, |index| index.0));
        let channels: Vec<_> = other_channels.into_iter().collect();
        let lost_purposes = self.purposes.iter().filter_map(|old| Self::lost_by(old, &purposes));
        let lost_channels = self.other_channels.iter().filter(|old| !channels.contains(old));
        let lost: Vec<_> =
            lost_purposes.chain(lost_channels.map(|old| CatalogueProblem::ChannelRemoved(*old))).collect();
        match Self::new(purposes, channels) {
            Ok(next) => CatalogueError::unless_empty(lost).map(|()| next),
            Err(error) => Err(error.and(lost)),
        }
    }

    /// What a successor of `old` in `next` breaks, if anything.
    fn lost_by(old: &Purpose, next: &[Purpose]) -> Option<CatalogueProblem> {
        let id = old.id();
        let Some(new) = next.iter().find(|new| new.id() == id) else {
            return Some(CatalogueProblem::PurposeRemoved(id));
        };
        if new.parent() != old.parent() {
            Some(CatalogueProblem::ParentChanged(id))
        } else if new.class() != old.class() {
            Some(CatalogueProblem::ClassChanged(id))
        } else if new != old && new.version() <= old.version() {
            Some(CatalogueProblem::VersionNotRaised(id))
        } else {
            None
        }
    }

    /// The index of a purpose, if the catalogue has it.
    #[must_use]
    pub fn index(&self, id: PurposeId) -> Option<PurposeIndex> {
        let found = self.by_id.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        self.by_id.get(found).map(|(_, index)| *index)
    }

    /// The purpose with an index of this catalogue.
    #[must_use]
    pub fn get(&self, index: PurposeIndex) -> Option<&Purpose> {
        self.purposes.get(usize::from(index.0))
    }

    /// The purpose with an id.
    #[must_use]
    pub fn find(&self, id: PurposeId) -> Option<&Purpose> {
        self.get(self.index(id)?)
    }

    /// Every purpose with its index, in the order of the indexes.
    pub fn iter(&self) -> impl Iterator<Item = (PurposeIndex, &Purpose)> {
        (0u16..).map(PurposeIndex).zip(&self.purposes)
    }

    /// The channels beyond the standard ones.
    #[must_use]
    pub fn other_channels(&self) -> &[ChannelName] {
        &self.other_channels
    }

    /// Whether `id` is `ancestor` or below it.
    #[must_use]
    pub fn is_within(&self, id: PurposeId, ancestor: PurposeId) -> bool {
        match (self.rules_of(id), self.rules_of(ancestor)) {
            (Some(rules), Some(above)) => above.subtree.contains(rules.node()),
            _ => false,
        }
    }

    pub(crate) fn rules(&self, index: PurposeIndex) -> Option<&PurposeRules> {
        self.rules.get(usize::from(index.0))
    }

    pub(crate) fn rules_of(&self, id: PurposeId) -> Option<&PurposeRules> {
        self.rules(self.index(id)?)
    }

    /// The bit of a channel in a set; [`None`] for a channel outside the closed list.
    pub(crate) fn channel_bit(&self, channel: Option<Channel>) -> Option<u32> {
        let Some(channel) = channel else { return Some(NO_CHANNEL) };
        let Channel::Other(name) = channel else { return channel.standard_bit() };
        let own = self.other_channels.iter().position(|other| *other == name)?;
        1u32.checked_shl(u32::try_from(own.checked_add(Channel::STANDARD.len())?).ok()?)
    }

    fn problems(&self) -> Vec<CatalogueProblem> {
        let mut problems = Vec::new();
        for pair in self.by_id.windows(2) {
            if let [(first, _), (second, _)] = pair
                && first == second
            {
                problems.push(CatalogueProblem::DuplicatePurpose(*first));
            }
        }
        for (_, purpose) in self.iter() {
            self.check(purpose, &mut problems);
        }
        problems
    }

    fn check(&self, purpose: &Purpose, problems: &mut Vec<CatalogueProblem>) {
        let id = purpose.id();
        let mut report = |wrong: bool, problem| {
            if wrong {
                problems.push(problem);
            }
        };
        let parent = purpose.parent().unwrap_or(id);
        let unknown_parent = self.index(parent).is_none();
        report(unknown_parent, CatalogueProblem::UnknownParent { purpose: id, parent });
        report(self.is_own_ancestor(purpose), CatalogueProblem::ParentCycle(id));
        let refused = purpose.class().promotes() && purpose.opt_out() == OptOutRule::Refused;
        report(refused, CatalogueProblem::OptOutRefused(id));
        let contact = purpose.class() != PurposeClass::Processing;
        report(contact && purpose.channels().is_empty(), CatalogueProblem::NoChannel(id));
        for channel in purpose.channels() {
            let unknown = self.channel_bit(Some(*channel)).is_none();
            report(unknown, CatalogueProblem::UnknownChannel { purpose: id, channel: *channel });
        }
        report(purpose.title().trim().is_empty(), CatalogueProblem::NoTitle(id));
        for (text, at) in purpose.unsafe_texts() {
            report(true, CatalogueProblem::UnsafeText { purpose: id, text, at });
        }
        report(purpose.version() == 0, CatalogueProblem::VersionZero(id));
        let cap = purpose.cap().map(|cap| cap.per);
        let spans = [purpose.validity(), purpose.refresh(), purpose.cool_down(), cap];
        let no_contact = purpose.cap().is_some_and(|cap| cap.max == 0);
        report(no_contact || spans.contains(&Some(Span::ZERO)), CatalogueProblem::ZeroSpan(id));
        let late = matches!((purpose.refresh(), purpose.validity()), (Some(refresh), Some(validity)) if refresh >= validity);
        report(late, CatalogueProblem::RefreshAfterEnd(id));
    }

    fn is_own_ancestor(&self, purpose: &Purpose) -> bool {
        let mut above = purpose.parent();
        for _ in 0..=self.purposes.len() {
            match above {
                None => return false,
                Some(id) if id == purpose.id() => return true,
                Some(id) => above = self.find(id).and_then(Purpose::parent),
            }
        }
        false
    }

    fn compile(&self) -> Vec<PurposeRules> {
        let parent = |purpose: &Purpose| purpose.parent().and_then(|parent| self.index(parent));
        let parents: Vec<_> =
            self.purposes.iter().map(|purpose| parent(purpose).map(|index| index.0)).collect();
        let caps: Vec<_> = self.purposes.iter().map(Purpose::cap).collect();
        let caps = tree::inherit(&parents, caps);
        let placed = self.purposes.iter().zip(tree::number(&parents)).zip(caps);
        placed.map(|((purpose, subtree), cap)| self.rules_for(purpose, subtree, cap)).collect()
    }

    fn rules_for(&self, purpose: &Purpose, subtree: Subtree, cap: Option<FrequencyCap>) -> PurposeRules {
        let listed = purpose.channels().iter().filter_map(|channel| self.channel_bit(Some(*channel)));
        let none = if purpose.class() == PurposeClass::Processing { NO_CHANNEL } else { 0 };
        PurposeRules {
            subtree,
            channels: listed.fold(none, |set, bit| set | bit),
            class: purpose.class(),
            basis: purpose.basis(),
            opt_out: purpose.opt_out(),
            retired: purpose.is_retired(),
            verified_only: purpose.is_verified_only(),
            evidence: purpose.evidence(),
            validity: purpose.validity(),
            cap,
            cool_down: purpose.cool_down(),
        }
    }
}
