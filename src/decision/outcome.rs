use alloc::vec::Vec;

use serde::Serialize;

use crate::decision::answer::{Answer, CLOCK, KIND, NO_SOURCE, ROLE, UNSUPPORTED};
use crate::decision::duty::{Duty, DutySet};
use crate::decision::evaluate::Ground;
use crate::decision::remedy::Remedy;
use crate::decision::{Query, Reason, ReasonSet, Standing, Verdict};
use crate::fact::ViewToken;
use crate::id::Position;
use crate::policy::Policy;
use crate::purpose::{LawfulBasis, PurposeIndex};
use crate::time::Timestamp;
use crate::view::{Entry, EntryKind, Freshness, KeptAttach, KeptReassign, KeptUnmerge, View};

/// The answer to a question, with every reason, the facts that decide, and until when it holds.
///
/// It borrows the view it was made from; [`to_record`](Self::to_record) makes a copy to keep.
///
/// ```
/// use consent_engine::{
///     Catalogue, Channel, LawfulBasis, Policy, Projection, Purpose, PurposeClass, PurposeId, Query, Reason, RegimeSet,
///     Subject, SubjectId, Verdict, View, evaluate,
/// };
/// let news = PurposeId::new("news")?;
/// let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Web]);
/// let policy = Policy::new(1, Catalogue::new([purpose], [])?);
/// let view = View::new(&policy, Subject::new(SubjectId::from_u128(7)), Projection::default())?;
/// let query = Query::new(policy.catalogue().index(news).unwrap(), RegimeSet::OPT_IN).on(Channel::Web);
/// let decision = evaluate(&view, &query, &policy, "2026-03-02T10:00:00Z".parse()?);
/// assert_eq!(decision.verdict(), Verdict::Deny);
/// assert_eq!(decision.reasons().iter().collect::<Vec<_>>(), [Reason::ConsentMissing]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Decision<'v> {
    view: &'v View,
    query: Query,
    policy_version: u64,
    effective_now: Timestamp,
    verdict: Verdict,
    standing: Standing,
    basis: Option<LawfulBasis>,
    duties: DutySet,
    answer: Answer,
}

impl<'v> Decision<'v> {
    pub(crate) fn new(
        view: &'v View,
        query: Query,
        policy: &Policy,
        effective_now: Timestamp,
        ground: Ground,
        answer: Answer,
    ) -> Self {
        let mut answer = answer;
        if !ground.by_consent {
            answer.set_witness(NO_SOURCE);
        }
        let verdict = answer.verdict();
        let standing = match verdict {
            Verdict::Permit if ground.by_consent => Standing::Explicit,
            Verdict::Permit => Standing::Default,
            Verdict::Defer { .. } | Verdict::Deny if answer.rests_on_a_fact() => Standing::Explicit,
            Verdict::Defer { .. } | Verdict::Deny => Standing::Unknown,
        };
        let class = policy.catalogue().rules(query.purpose).map(|rules| rules.class);
        let duties = class.map_or(DutySet::default(), |class| DutySet::of(class, query.channel));
        let basis = ground.basis.filter(|_| verdict.is_permit());
        let policy_version = policy.version();
        Self { view, query, policy_version, effective_now, verdict, standing, basis, duties, answer }
    }

    /// The answer.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Whether the answer is yes.
    #[must_use]
    pub const fn is_permit(&self) -> bool {
        self.verdict.is_permit()
    }

    /// What the answer rests on.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        self.standing
    }

    /// The lawful basis of a permit.
    #[must_use]
    pub const fn basis(&self) -> Option<LawfulBasis> {
        self.basis
    }

    /// Every failing check; empty for a permit.
    #[must_use]
    pub const fn reasons(&self) -> ReasonSet {
        self.answer.reasons
    }

    /// The instant the answer is for: now, or the latest recorded instant in view if that is later.
    #[must_use]
    pub const fn effective_now(&self) -> Timestamp {
        self.effective_now
    }

    /// The earliest instant at which time alone could change the answer. A cache may keep a permit until then.
    #[must_use]
    pub const fn valid_until(&self) -> Option<Timestamp> {
        self.answer.edge
    }

    /// The version of the policy it was made under.
    #[must_use]
    pub const fn policy_version(&self) -> u64 {
        self.policy_version
    }

    /// The question.
    #[must_use]
    pub const fn query(&self) -> &Query {
        &self.query
    }

    /// What was read: every log and index key, with its version.
    #[must_use]
    pub fn view_token(&self) -> &'v ViewToken {
        self.view.token()
    }

    /// What the sender owes if it sends.
    #[must_use]
    pub const fn duties(&self) -> DutySet {
        self.duties
    }

    /// What would turn a denial into a permit, in the order of the reasons.
    pub fn remedies(&self) -> impl Iterator<Item = Remedy> {
        let mut seen = Vec::new();
        self.answer.reasons.iter().map(Remedy::for_reason).filter(move |remedy| {
            let new = !seen.contains(remedy);
            seen.push(*remedy);
            new
        })
    }

    /// For one reason the position of a fact that gave it, if a fact did.
    #[must_use]
    pub fn fact_for(&self, reason: Reason) -> Option<Position> {
        self.answer.sources.get(reason as usize).and_then(|source| self.position(*source))
    }

    /// The grant that permits, if one does.
    #[must_use]
    pub fn witness(&self) -> Option<Position> {
        self.position(self.answer.witness)
    }

    /// When the grant that permits was given.
    #[must_use]
    pub fn witness_given_at(&self) -> Option<Timestamp> {
        self.view.grant_at(self.witness()?).map(|kept| kept.at)
    }

    fn position(&self, source: u16) -> Option<Position> {
        let compiled = &self.view.compiled;
        match source {
            NO_SOURCE => None,
            UNSUPPORTED => compiled.unsupported,
            CLOCK => compiled.floor_by,
            KIND => compiled.kind.1,
            ROLE => self.query.point.and_then(|id| compiled.point(id)).and_then(|(_, state)| state.role_by),
            source => compiled.sources.get(usize::from(source)).map(|source| source.position),
        }
    }

    /// Every fact the answer was weighed on, each once, in order: dropping all others leaves the answer as it is.
    #[must_use]
    pub fn cited(&self) -> Vec<Position> {
        let compiled = &self.view.compiled;
        let mut cited: Vec<_> =
            self.answer.sources.iter().filter_map(|source| self.position(*source)).collect();
        cited.extend(self.witness());
        let relevant = self.relevant();
        for source in relevant.filter_map(|entry| compiled.sources.get(usize::from(entry.source))) {
            cited.push(source.position);
            cited.extend(&source.also);
        }
        cited.extend(
            compiled.bases.iter().filter(|own| own.purpose == self.query.purpose).map(|own| own.position),
        );
        cited.extend(
            compiled.holds.iter().filter(|own| own.purpose == self.query.purpose).map(|own| own.position),
        );
        cited.extend(self.links());
        cited.sort_unstable();
        cited.dedup();
        cited
    }

    /// The links that give the contact point to the person, or carry restrictions to it, and what says who the person is.
    fn links(&self) -> impl Iterator<Item = Position> + 'v {
        let (view, asked) = (self.view, self.query.point);
        view.projection.logs.iter().flat_map(move |log| {
            let here = move |point| asked == Some(point);
            let attaches =
                log.attaches.iter().filter(move |kept| here(kept.point)).flat_map(KeptAttach::made_by);
            let verifies = log.verifies.iter().filter(move |kept| here(kept.point)).map(|kept| kept.seq);
            let replaces = log.replaces.iter().map(|kept| kept.seq);
            let merges = log.merges.iter().map(|kept| kept.seq);
            let unmerges = log.unmerges.iter().flat_map(KeptUnmerge::made_by);
            let descriptions = log.descriptions.iter().map(|kept| kept.seq);
            let people = merges.chain(unmerges).chain(descriptions);
            let reassigns =
                log.reassigns.iter().filter(move |kept| here(kept.point)).flat_map(KeptReassign::made_by);
            attaches.chain(verifies).chain(replaces).chain(reassigns).chain(people).map(|seq| log.log.at(seq))
        })
    }

    /// The entries that cover the cell asked about.
    fn relevant(&self) -> impl Iterator<Item = &'v Entry> {
        let target = self.answer.target;
        self.view
            .compiled
            .entries
            .iter()
            .filter(move |entry| target.is_some_and(|target| entry.covers(target)))
    }

    /// Every restriction that stands and covers the cell asked about, whether or not it bites: why and where.
    pub fn restrictions(&self) -> impl Iterator<Item = (Reason, Position)> + '_ {
        self.relevant().filter_map(|entry| {
            let EntryKind::Restriction { reason, .. } = entry.kind else { return None };
            Some((Reason::from(reason), self.position(entry.source)?))
        })
    }

    /// A copy to keep, send or print. It holds ids and codes, no personal data.
    #[must_use]
    pub fn to_record(&self) -> DecisionRecord {
        let fact = |reason| DecidingFact { reason: Some(reason), position: self.fact_for(reason) };
        let mut deciding: Vec<_> = self.answer.reasons.iter().map(fact).collect();
        if let Some(position) = self.witness().filter(|_| self.is_permit()) {
            deciding.push(DecidingFact { reason: None, position: Some(position) });
        }
        DecisionRecord {
            purpose: self.query.purpose,
            verdict: self.verdict,
            standing: self.standing,
            basis: self.basis,
            agreed_at: self.witness_given_at().filter(|_| self.is_permit()),
            reasons: self.answer.reasons,
            deciding,
            duties: self.duties.iter().collect(),
            remedies: self.remedies().collect(),
            effective_now: self.effective_now,
            valid_until: self.answer.edge,
            view_token: self.view_token().clone(),
            policy_version: self.policy_version,
        }
    }
}

/// A fact that decided, and for which reason; none for the grant that permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[allow(clippy::exhaustive_structs, reason = "plain output")]
pub struct DecidingFact {
    /// The reason it gave.
    pub reason: Option<Reason>,
    /// Where it stands; none if no fact but a rule or the question gave the reason.
    pub position: Option<Position>,
}

/// A decision to keep. The serde form is documented by its fields; it holds ids and codes, no personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DecisionRecord {
    /// What was asked about, by its number in the catalogue.
    pub purpose: PurposeIndex,
    /// The answer.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// What it rests on.
    pub standing: Standing,
    /// The lawful basis of a permit.
    pub basis: Option<LawfulBasis>,
    /// When the grant that permits was given, if one does.
    pub agreed_at: Option<Timestamp>,
    /// Every failing check.
    pub reasons: ReasonSet,
    /// One deciding fact for each reason, and the grant that permits.
    pub deciding: Vec<DecidingFact>,
    /// What the sender owes if it sends.
    pub duties: Vec<Duty>,
    /// What would turn a denial into a permit.
    pub remedies: Vec<Remedy>,
    /// The instant the answer is for.
    pub effective_now: Timestamp,
    /// Until when it holds, time alone.
    pub valid_until: Option<Timestamp>,
    /// What was read.
    pub view_token: ViewToken,
    /// The version of the policy.
    pub policy_version: u64,
}

/// Whether a decision still holds: whether every log and index key it consulted, absent ones too, is as it was.
///
/// It does not look at the time: a decision holds until [`Decision::valid_until`], and then is asked anew.
#[must_use]
pub fn recheck(decided: &ViewToken, view: &View) -> Freshness {
    view.freshness_of(decided)
}
