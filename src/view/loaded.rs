use alloc::vec::Vec;
use core::num::NonZeroU64;
use core::{iter, mem};

use crate::fact::{Consulted, Fact, SubjectKind, ViewToken};
use crate::id::{ContactPointId, IndexKey, LogId, Position};
use crate::policy::{LimitExceeded, Limited, Limits, Policy};
use crate::subject::Subject;
use crate::time::Timestamp;
use crate::view::bases::{RecordedBasis, StandingHold};
use crate::view::compile::{self, Changed};
use crate::view::context::Context;
use crate::view::points::{self, PointState};
use crate::view::projection::{KeptGrant, KeptRequest, LogProjection, Projection};
use crate::view::records::{RecordSet, Records};
use crate::view::{Applied, CellBits, Entry, FoldError};

/// A person as loaded: their logs, and those of their contact points, ready to be asked.
///
/// A view is made under one policy; under another it denies with [`Reason::PolicyChanged`](crate::Reason::PolicyChanged).
///
/// ```
/// use consent_engine::{Catalogue, Policy, Projection, Subject, SubjectId, View};
/// let policy = Policy::new(1, Catalogue::new([], []).unwrap());
/// let view = View::new(&policy, Subject::new(SubjectId::from_u128(1)), Projection::default())?;
/// assert_eq!(view.policy_version(), 1);
/// # Ok::<(), consent_engine::LimitExceeded>(())
/// ```
// In this order, so that a question reads few cache lines.
#[derive(Clone, Debug)]
#[repr(C)]
pub struct View {
    policy_version: u64,
    pub(crate) as_of: bool,
    pub(crate) compiled: Compiled,
    pub(crate) subject: Subject,
    pub(crate) projection: Projection,
    keys: Vec<(IndexKey, u64)>,
    /// Facts that came before those in between.
    early: Vec<Position>,
}

/// What a view is compiled to.
// In this order, so that a question reads few cache lines: first what each reads, then what only some read.
#[derive(Clone, Debug, Default)]
#[repr(C)]
pub(crate) struct Compiled {
    /// Nothing denies every question: the person is one and alive, the logs are whole and readable.
    pub(crate) sound: bool,
    /// The logs held more than a view takes, or facts in between are missing: every question is denied.
    pub(crate) incomplete: bool,
    /// The latest instant at which a fact was recorded.
    pub(crate) floor: Option<Timestamp>,
    pub(crate) points: Vec<PointState>,
    /// Restrictions of reasons that no grant lifts, then those of the consent reasons, then grants, requests and
    /// endings.
    pub(crate) entries: Vec<Entry>,
    /// The cell of each grant and request, in their order: a question finds its own among few bytes.
    pub(crate) cells: Vec<u32>,
    /// How many of the entries are restrictions of reasons that no grant lifts.
    pub(crate) others: usize,
    /// How many of the entries are restrictions.
    pub(crate) restrictions: usize,
    /// For each grant the restrictions of reasons that no grant lifts which apply to its cell, as bits of their places;
    /// empty if there are too many for that.
    pub(crate) blockers: Vec<u64>,
    /// The records of the person, and those that once were.
    pub(crate) records: Records,
    /// The lawful bases recorded for this person.
    pub(crate) bases: Vec<RecordedBasis>,
    /// The purposes under a legal hold.
    pub(crate) holds: Vec<StandingHold>,
    /// For each restriction the records that it reaches; empty if there is but one.
    pub(crate) reaches: Vec<RecordSet>,
    /// For each group of the projection the place of its entry; beyond the last for one that does not stand.
    pub(crate) places: Vec<u16>,
    /// Where the entries come from, by their `source`.
    pub(crate) sources: Vec<Source>,
    /// What kind of subject the person is, and the fact that says it.
    pub(crate) kind: (SubjectKind, Option<Position>),
    /// The fact that was recorded at the latest instant.
    pub(crate) floor_by: Option<Position>,
    /// The first fact that this version cannot read.
    pub(crate) unsupported: Option<Position>,
    pub(crate) token: ViewToken,
}

impl Compiled {
    /// The entries of grants, requests and endings that cover a cell.
    #[inline(always)]
    pub(crate) fn consents(&self, to: CellBits) -> impl Iterator<Item = &Entry> {
        let number = to.number();
        let consents = self.entries.get(self.restrictions..).unwrap_or_default();
        let (given, endings) = consents.split_at_checked(self.cells.len()).unwrap_or((&[], consents));
        let given = self.cells.iter().zip(given).filter(move |(cell, _)| **cell == number);
        given.map(|(_, entry)| entry).chain(endings.iter().filter(move |ending| ending.covers(to)))
    }

    /// The entries of restrictions: all of them, or only those of reasons that no grant lifts.
    pub(crate) fn restrictions(&self, liftable: bool) -> &[Entry] {
        let upto = if liftable { self.restrictions } else { self.others };
        self.entries.get(..upto).unwrap_or_default()
    }

    /// What applies to the cell of a grant and is of no reason that a grant lifts, unless the person calls; [`None`] if
    /// that was not worked out.
    #[inline]
    pub(crate) fn blockers(&self, grant: u16) -> Option<impl Iterator<Item = &Entry>> {
        let place = usize::from(grant).checked_sub(self.restrictions)?;
        let mut left = *self.blockers.get(place)?;
        Some(iter::from_fn(move || {
            let at = NonZeroU64::new(left)?.trailing_zeros();
            left &= left.saturating_sub(1);
            self.entries.get(usize::try_from(at).ok()?)
        }))
    }

    #[inline]
    pub(crate) fn point(&self, id: ContactPointId) -> Option<(u64, &PointState)> {
        self.points.iter().find(|point| point.id == id).map(|point| (point.bit, point))
    }
}

/// The facts behind an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    /// The last of them.
    pub(crate) position: Position,
    /// Others that matter: those with the latest date and end of a group, those that ended a request.
    pub(crate) also: Vec<Position>,
}

/// Bits of contact points in a view.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bit;

impl Bit {
    /// "No contact point."
    pub(crate) const NO_POINT: u64 = 1 << 63;
    /// Every contact point that the view does not know.
    pub(crate) const OTHER_POINT: u64 = 1 << 62;

    /// The bit of the point at an index of the view; at most [`Limits::MAX_POINTS`] have one.
    pub(crate) fn of_point(at: usize) -> u64 {
        u32::try_from(at).ok().and_then(|at| 1u64.checked_shl(at)).unwrap_or(Self::OTHER_POINT)
    }
}

/// Whether a decision is still what the view would say, time aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "current or changed: there is no third")]
pub enum Freshness {
    /// Nothing that was consulted has changed.
    Current,
    /// Something that was consulted has changed: ask again.
    Changed,
}

impl View {
    /// A view of `subject` from the projections of the logs that the host loaded: the logs of the subject's ids and of
    /// their contact points, by every writer.
    ///
    /// # Errors
    ///
    /// [`LimitExceeded`] for more logs than a view holds. A view with more contact points than it can hold denies every
    /// question and still takes restrictions.
    ///
    /// ```
    /// # use consent_engine::*;
    /// # let news = PurposeId::new("news")?;
    /// # let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Web]);
    /// # let policy = Policy::new(1, Catalogue::new([purpose], []).unwrap());
    /// # let ada = Subject::new(SubjectId::from_u128(7));
    /// # let view = View::new(&policy, ada.clone(), Projection::default()).unwrap();
    /// # let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
    /// # let ctx = Ctx { now, writer: WriterId::from_u128(9), command: CommandId::from_u128(1), policy: &policy };
    /// let no = Command::new(Actor::subject(), Act::OptOut(vec![Scope::EVERYTHING]));
    /// let facts = decide(&view, &no, &ctx).unwrap().facts;
    /// let by_many: Vec<Fact> = (0..257)
    ///     .map(|writer| {
    ///         let mut fact = facts[0].clone();
    ///         fact.position.log.writer = WriterId::from_u128(writer);
    ///         fact
    ///     })
    ///     .collect();
    /// let (projection, _) = Projection::fold(&by_many);
    /// assert_eq!(View::new(&policy, ada, projection).unwrap_err().which, Limited::Logs);
    /// # Ok::<(), InvalidName>(())
    /// ```
    pub fn new(policy: &Policy, subject: Subject, projection: Projection) -> Result<Self, LimitExceeded> {
        Self::build(policy, subject, projection, Vec::new(), false)
    }

    /// A view of the past: what `token` knew, as it held at `instant`.
    ///
    /// Facts outside the token never change the answer, whenever they arrive. Ask it with `now` = `instant`. Give every fact that the token
    /// covers: one that is left out counts as if it had never been, a restriction too.
    ///
    /// # Errors
    ///
    /// [`LimitExceeded`] for more logs than a view holds. A view with more contact points than it can hold denies every
    /// question and still takes restrictions.
    ///
    /// ```
    /// # use consent_engine::*;
    /// # let news = PurposeId::new("news")?;
    /// # let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Web]);
    /// # let policy = Policy::new(1, Catalogue::new([purpose], []).unwrap());
    /// # let ada = Subject::new(SubjectId::from_u128(7));
    /// # let mut view = View::new(&policy, ada.clone(), Projection::default()).unwrap();
    /// # let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
    /// # let ctx = Ctx { now, writer: WriterId::from_u128(9), command: CommandId::from_u128(1), policy: &policy };
    /// let no = Command::new(Actor::subject(), Act::OptOut(vec![Scope::EVERYTHING]));
    /// let facts = decide(&view, &no, &ctx).unwrap().facts;
    /// view.apply(&policy, &facts).unwrap();
    /// let token = view.token();
    /// let mut query = Query::new(policy.catalogue().index(news).unwrap(), RegimeSet::OPT_IN);
    /// query.channel = Some(Channel::Web);
    /// let reasons_at = |instant| -> Result<Vec<Reason>, LimitExceeded> {
    ///     let then = View::as_of(&policy, ada.clone(), &facts, token, instant)?;
    ///     Ok(evaluate(&then, &query, &policy, instant).reasons().iter().collect())
    /// };
    /// assert_eq!(reasons_at(now)?, [Reason::OptOut]);
    /// assert_eq!(reasons_at(now.saturating_sub(Span::micros(1)))?, [Reason::ConsentMissing]);
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub fn as_of<'a>(
        policy: &Policy,
        subject: Subject,
        facts: impl IntoIterator<Item = &'a Fact>,
        token: &ViewToken,
        instant: Timestamp,
    ) -> Result<Self, LimitExceeded> {
        let held = facts.into_iter().filter(|fact| token.covers(fact.position) && fact.at() <= instant);
        let projection = Projection::slice(held, token);
        Self::build(policy, subject, projection, Vec::new(), true)
    }

    fn build(
        policy: &Policy,
        subject: Subject,
        projection: Projection,
        keys: Vec<(IndexKey, u64)>,
        as_of: bool,
    ) -> Result<Self, LimitExceeded> {
        if projection.logs.len() > Limits::MAX_LOGS {
            return Err(LimitExceeded { which: Limited::Logs, max: Limits::MAX_LOGS as u64 });
        }
        let compiled = Compiled::default();
        let compiled = compile::compile(policy, &subject, &projection, &keys, Changed::Everything, compiled)
            .unwrap_or_else(|_| Compiled { incomplete: true, ..Compiled::default() });
        Ok(Self {
            subject,
            projection,
            policy_version: policy.version(),
            keys,
            early: Vec::new(),
            as_of,
            compiled,
        })
    }

    /// The same view, which also consulted index keys at these versions (0 for a key that was not found).
    #[must_use]
    pub fn having_consulted(mut self, keys: impl IntoIterator<Item = (IndexKey, u64)>) -> Self {
        self.keys.extend(keys);
        for (key, version) in &self.keys {
            self.compiled.token.raise(Consulted::Key(*key), *version);
        }
        self
    }

    /// Takes in facts that were committed, and compiles again.
    ///
    /// # Errors
    ///
    /// [`FoldError`] if facts are missing in between. The view then holds what it could take in, and denies every question
    /// until the missing facts have been applied.
    ///
    /// ```
    /// # use consent_engine::*;
    /// # let news = PurposeId::new("news")?;
    /// # let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Web]);
    /// # let policy = Policy::new(1, Catalogue::new([purpose], []).unwrap());
    /// # let ada = Subject::new(SubjectId::from_u128(7));
    /// # let mut view = View::new(&policy, ada.clone(), Projection::default()).unwrap();
    /// # let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
    /// # let ctx = Ctx { now, writer: WriterId::from_u128(9), command: CommandId::from_u128(1), policy: &policy };
    /// let no = Command::new(Actor::subject(), Act::OptOut(vec![Scope::EVERYTHING]));
    /// let facts = decide(&view, &no, &ctx).unwrap().facts;
    /// assert_eq!(view.apply(&policy, &facts), Ok(Applied::New));
    /// assert_eq!(view.apply(&policy, &facts), Ok(Applied::Duplicate), "a repeat changes nothing");
    ///
    /// let mut late = facts[0].clone();
    /// late.position.seq = Seq::after(5);
    /// assert_eq!(view.apply(&policy, [&late]), Err(FoldError::GapDetected { expected: 2, found: 6 }));
    /// # Ok::<(), InvalidName>(())
    /// ```
    pub fn apply<'a>(
        &mut self,
        policy: &Policy,
        facts: impl IntoIterator<Item = &'a Fact>,
    ) -> Result<Applied, FoldError> {
        let mut applied = Applied::Duplicate;
        let mut outcome = Ok(());
        let unusable = policy.version() != self.policy_version || self.compiled.incomplete;
        let mut changed = if unusable { Changed::Everything } else { Changed::Consents };
        for fact in facts {
            match self.projection.apply(fact) {
                Ok(Applied::New) => {
                    applied = Applied::New;
                    self.compiled.token.raise(Consulted::Log(fact.position.log), fact.position.seq.get());
                    changed = changed.max(points::changed_by(&self.compiled.points, fact));
                }
                Ok(Applied::Duplicate) => {}
                Err(error) => {
                    self.early.push(fact.position);
                    outcome = outcome.and(Err(error));
                }
            }
        }
        if applied == Applied::New || outcome.is_err() {
            self.compile_again(policy, changed);
        }
        outcome.map(|()| applied)
    }

    /// Compiles again under a policy, keeping to the limits by denying.
    pub fn recompile(&mut self, policy: &Policy) {
        self.compile_again(policy, Changed::Everything);
    }

    fn compile_again(&mut self, policy: &Policy, changed: Changed) {
        self.policy_version = policy.version();
        let old = Compiled { incomplete: false, ..mem::take(&mut self.compiled) };
        self.compiled = compile::compile(policy, &self.subject, &self.projection, &self.keys, changed, old)
            .unwrap_or_else(|_| Compiled { incomplete: true, ..Compiled::default() });
        let projection = &self.projection;
        self.early.retain(|early| projection.log(early.log).is_none_or(|log| log.head() < early.seq.get()));
        if !self.early.is_empty() {
            self.compiled.incomplete = true;
            self.compiled.sound = false;
        }
    }

    /// The version of the policy the view was made under.
    #[must_use]
    pub const fn policy_version(&self) -> u64 {
        self.policy_version
    }

    /// Whom the view is about.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// What the view was made from; nothing for a view of the past. That leaves facts out, which would be lost if its projection were
    /// joined with another or had facts applied to it.
    #[must_use]
    pub const fn projection(&self) -> &Projection {
        static NOTHING: Projection = Projection { logs: Vec::new() };
        if self.as_of { &NOTHING } else { &self.projection }
    }

    /// What was read: every log and index key, with its version.
    #[must_use]
    pub const fn token(&self) -> &ViewToken {
        &self.compiled.token
    }

    /// The contact points that the person holds.
    pub fn points(&self) -> impl Iterator<Item = ContactPointId> + '_ {
        self.compiled.points.iter().filter(|point| point.is_held()).map(|point| point.id)
    }

    /// Whether what a token saw is still all there is.
    #[must_use]
    pub fn freshness_of(&self, token: &ViewToken) -> Freshness {
        if token.includes(self.token()) && self.token().includes(token) {
            Freshness::Current
        } else {
            Freshness::Changed
        }
    }

    #[inline]
    pub(crate) fn point(&self, id: ContactPointId) -> Option<(u64, &PointState)> {
        self.compiled.point(id)
    }

    /// Whether a restriction at `from` reaches `to`: the same point, or one that replaced it.
    pub(crate) fn reaches(&self, from: ContactPointId, to: ContactPointId) -> bool {
        match (self.point(from), self.point(to)) {
            (Some((_, state)), Some((bit, _))) => state.covers & bit != 0,
            _ => from == to,
        }
    }

    /// The unmerges in view.
    pub(crate) fn unmerges(&self) -> ViewToken {
        self.compiled.records.unmerges()
    }

    pub(crate) fn head(&self, log: LogId) -> u64 {
        self.projection.log(log).map_or(0, LogProjection::head)
    }

    pub(crate) fn position_of(&self, entry: &Entry) -> Option<Position> {
        self.compiled.sources.get(usize::from(entry.source)).map(|source| source.position)
    }

    /// The counted grant that stands at a position.
    pub(crate) fn grant_at(&self, position: Position) -> Option<&KeptGrant> {
        self.projection.log(position.log)?.grants.iter().find(|kept| kept.seq == position.seq)
    }

    /// The counted request that stands at a position.
    pub(crate) fn request_at(&self, position: Position) -> Option<&KeptRequest> {
        self.projection.log(position.log)?.requests.iter().find(|kept| kept.seq == position.seq)
    }

    /// What the logs mean under a policy.
    pub(crate) const fn context<'a>(&'a self, policy: &'a Policy) -> Context<'a> {
        Context {
            catalogue: policy.catalogue(),
            subject: &self.subject,
            projection: &self.projection,
            compiled: &self.compiled,
            entries_hold: self.policy_version == policy.version(),
        }
    }

    /// Whether something in view was recorded later than now, and the clocks' skew does not explain it.
    pub(crate) fn is_ahead_of(&self, policy: &Policy, now: Timestamp) -> bool {
        let latest = self.compiled.floor.filter(|_| !self.as_of);
        latest.is_some_and(|floor| now.saturating_add(policy.skew()) < floor)
    }

    /// Now, or the latest recorded instant in view if that is later and the clocks' skew explains it.
    #[inline]
    pub(crate) fn effective_now(&self, policy: &Policy, now: Timestamp) -> Timestamp {
        match self.compiled.floor {
            Some(floor) if now < floor && !self.as_of && floor <= now.saturating_add(policy.skew()) => floor,
            _ => now,
        }
    }
}
