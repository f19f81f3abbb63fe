use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::consent::{Rejection, every_choice};
use crate::decision::{Contacts, evaluate};
use crate::fact::{Cell, Consulted, Fact, Interest, ViewToken};
use crate::id::{SubjectId, TenantId};
use crate::policy::{Policy, RegimeSet};
use crate::preference::choice::query;
use crate::preference::{Choice, Happened, Happening, PreferenceForm, ShownRow};
use crate::purpose::{Purpose, PurposeId};
use crate::subject::Identity;
use crate::time::Timestamp;
use crate::view::View;

/// Everything that a person may choose, to be shown: a row for each purpose, channel and contact point.
///
/// ```
/// use consent_engine::*;
/// let (news, offers) = (PurposeId::new("news")?, PurposeId::new("news.offers")?);
/// let web = |id| Purpose::new(id, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Web]);
/// let purposes = [
///     web(news).with_title("Newsletter").with_frequency("once a month"),
///     web(offers).with_parent(news).with_title("Offers").with_frequency("once a week"),
/// ];
/// let policy = Policy::new(1, Catalogue::new(purposes, []).unwrap());
/// let (tenant, ada) = (TenantId::from_u128(1), SubjectId::from_u128(0xada));
/// let mut view = View::new(&policy, Subject::new(ada), Projection::default()).unwrap();
/// let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
///
/// // What the page shows. The form goes out with it and comes back.
/// let page = PreferenceView::new(tenant, &view, &policy, now, &Showing::under(RegimeSet::OPT_IN)).unwrap();
/// assert_eq!(page.rows[1].title, "Offers");
/// assert_eq!(page.rows[1].choice, Choice::NotChosen { receives: false });
/// let form = page.form();
///
/// // What comes back: the form, and what was changed.
/// let yes = RowWish::new(page.rows[1].cell, Wish::Yes);
/// let evidence = Evidence::new(Method::Explicit, SourceName::new("preference_center")?);
/// let submission = Submission::new(form, [yes]).with_evidence(evidence);
/// let ctx = Ctx { now, writer: WriterId::from_u128(9), command: CommandId::from_u128(1), policy: &policy };
/// let decided = submission.decide(&view, tenant, &ctx).unwrap();
/// assert!(decided.effects.contains(&Effect::NotifyChange { subject: ada, at: now }));
/// view.apply(&policy, &decided.facts).unwrap();
///
/// let page = PreferenceView::new(tenant, &view, &policy, now, &Showing::under(RegimeSet::OPT_IN)).unwrap();
/// let choices: Vec<_> = page.rows.iter().map(|row| row.choice).collect();
/// assert_eq!(choices, [Choice::NotChosen { receives: false }, Choice::Yes]);
///
/// // Without evidence a yes is refused; a no never needs any.
/// let blind = Submission::new(page.form(), [RowWish::new(page.rows[0].cell, Wish::Yes)]);
/// let refused = Rejection::EvidenceRejected(EvidenceProblem::Missing);
/// assert_eq!(blind.decide(&view, tenant, &ctx).unwrap_err(), refused);
/// # Ok::<(), InvalidName>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PreferenceView {
    /// Whose rules.
    pub tenant: TenantId,
    /// For whom.
    pub subject: SubjectId,
    /// The instant it is for: now, or the latest recorded instant in view if that is later.
    pub at: Timestamp,
    /// The version of the policy.
    pub policy_version: u64,
    /// The rows: purposes in the order of the catalogue's tree, of each its channels, of each the contact points.
    pub rows: Vec<PreferenceRow>,
    /// The logs that were read, each with its last fact.
    pub token: ViewToken,
}

/// One thing to choose, in words for the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PreferenceRow {
    /// The purpose, the channel and the contact point.
    pub cell: Cell,
    /// The purpose above, if any: a no there covers this row too.
    pub parent: Option<PurposeId>,
    /// The catalogue marks it as a choice of its own. A front end may fold others into the row above.
    pub topic: bool,
    /// The version of the purpose that is described.
    pub version: u32,
    /// What it is called.
    pub title: String,
    /// What the person gets, or what is done with their data.
    pub description: String,
    /// How often, in words.
    pub frequency: String,
    /// What they have chosen.
    #[serde(flatten)]
    pub choice: Choice,
    /// Since when that stands; none where nobody chose.
    pub since: Option<Timestamp>,
    /// Why they receive it or not, as [`Decision::why`](crate::Decision::why) says it.
    pub why: String,
    /// Whether it takes a pause: it promotes.
    pub can_pause: bool,
    /// Whether it is relevant to them, by the last fact that says so among those the host gave.
    pub interest: Interest,
    /// What happened to it of late, the latest first.
    pub history: Vec<Happening>,
    /// The contacts of late, if the host counted them.
    pub contacts: Option<Contacts>,
}

/// What the host brings to a preference view.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs, reason = "plain input, meant to be written as a literal")]
pub struct Showing<'a> {
    /// The regimes that apply to the person: what silence means.
    pub regimes: RegimeSet,
    /// Facts to tell the history from, such as the pages of [`op::History`](crate::op::History). Those that are not in view are left out.
    pub facts: &'a [Fact],
    /// The contacts of late.
    pub contacts: &'a [(Cell, Contacts)],
    /// How many events to show of each row.
    pub most_events: usize,
}

impl<'a> Showing<'a> {
    /// Under these regimes, without history or contacts.
    #[must_use]
    pub const fn under(regimes: RegimeSet) -> Self {
        Self { regimes, facts: &[], contacts: &[], most_events: 10 }
    }

    /// With facts to tell the history from.
    #[must_use]
    pub const fn with_facts(mut self, facts: &'a [Fact]) -> Self {
        self.facts = facts;
        self
    }

    /// With the contacts of late.
    #[must_use]
    pub const fn with_contacts(mut self, contacts: &'a [(Cell, Contacts)]) -> Self {
        self.contacts = contacts;
        self
    }
}

impl PreferenceView {
    /// What the person of a view may choose, as of `now`.
    ///
    /// There is a row for every purpose in use that an opt-out could reach: what promotes, processing that rests on consent, and services
    /// as their [`OptOutRule`](crate::OptOutRule) says. What takes no opt-out is no choice.
    ///
    /// # Errors
    ///
    /// [`Rejection::UnusableView`] if the person is not known, or the view is incomplete or of another policy;
    /// [`Rejection::LimitExceeded`] for more rows than [`Limits::cells`](crate::Limits).
    ///
    /// ```
    /// # use consent_engine::*;
    /// # let news = PurposeId::new("news")?;
    /// # let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Web]);
    /// # let policy = Policy::new(1, Catalogue::new([purpose], []).unwrap());
    /// # let ada = Subject::new(SubjectId::from_u128(7));
    /// # let view = View::new(&policy, ada.clone(), Projection::default()).unwrap();
    /// # let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
    /// let (tenant, showing) = (TenantId::from_u128(1), Showing::under(RegimeSet::OPT_IN));
    /// let page = PreferenceView::new(tenant, &view, &policy, now, &showing).unwrap();
    /// assert_eq!(page.rows.len(), 1);
    ///
    /// let other = Policy::new(2, policy.catalogue().clone());
    /// let refused = PreferenceView::new(tenant, &view, &other, now, &showing).unwrap_err();
    /// assert_eq!(refused, Rejection::UnusableView, "the view is of another policy");
    /// # Ok::<(), InvalidName>(())
    /// ```
    pub fn new(
        tenant: TenantId,
        view: &View,
        policy: &Policy,
        now: Timestamp,
        showing: &Showing<'_>,
    ) -> Result<Self, Rejection> {
        let known = view.subject().ids.first().filter(|_| view.subject().identity == Identity::Resolved);
        let subject = known.copied().ok_or(Rejection::UnusableView)?;
        if view.compiled.incomplete || view.policy_version() != policy.version() {
            return Err(Rejection::UnusableView);
        }
        let at = view.effective_now(policy, now);
        let cells = every_choice(view, policy)?;
        let rows = cells.into_iter().filter_map(|cell| PreferenceRow::new(cell, view, policy, at, showing));
        // Index keys lead to the person, and are no part of what they saw.
        let logs = view.token().iter().filter(|(consulted, _)| matches!(consulted, Consulted::Log(_)));
        let token = logs.collect();
        Ok(Self { tenant, subject, at, policy_version: policy.version(), rows: rows.collect(), token })
    }

    /// What goes out with the form and comes back with what the person chose.
    #[must_use]
    pub fn form(&self) -> PreferenceForm {
        let shown = |row: &PreferenceRow| {
            let PreferenceRow { cell, version, choice, interest, .. } = *row;
            ShownRow { cell, version, choice, interest }
        };
        PreferenceForm {
            tenant: self.tenant,
            subject: self.subject,
            at: self.at,
            token: self.token.clone(),
            rows: self.rows.iter().map(shown).collect(),
        }
    }
}

impl PreferenceRow {
    fn new(cell: Cell, view: &View, policy: &Policy, now: Timestamp, showing: &Showing<'_>) -> Option<Self> {
        let index = policy.catalogue().index(cell.purpose)?;
        let purpose: &Purpose = policy.catalogue().get(index)?;
        let (choice, since) = Choice::of(view, policy, cell, showing.regimes, now);
        let why = evaluate(view, &query(index, cell, showing.regimes), policy, now).why(policy);
        let mut history: Vec<_> =
            showing.facts.iter().filter_map(|fact| Happening::of(fact, &cell, view, policy)).collect();
        history.sort_by_key(|happening| core::cmp::Reverse((happening.at, happening.position)));
        history.dedup_by_key(|happening| happening.position);
        let said = history.iter().find_map(|happening| match happening.what {
            Happened::Interest { interest } if !interest.is_unstated() => Some(interest),
            _ => None,
        });
        history.truncate(showing.most_events);
        let contacts = showing.contacts.iter().find(|(of, _)| *of == cell).map(|(_, contacts)| *contacts);
        Some(Self {
            cell,
            parent: purpose.parent(),
            topic: purpose.is_topic(),
            version: purpose.version(),
            title: purpose.title().into(),
            description: purpose.description().into(),
            frequency: purpose.frequency().into(),
            choice,
            since,
            why,
            can_pause: purpose.class().promotes(),
            interest: said.unwrap_or_default(),
            history,
            contacts,
        })
    }
}
