use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::consent::{Act, Captured, Choices, Command, Ctx, Decided, End, Pause, Rejection, Report, decide};
use crate::evidence::{Actor, Evidence};
use crate::fact::{Cell, Interest, PurposeScope, Scope};
use crate::id::TenantId;
use crate::policy::Policy;
use crate::preference::{Choice, PreferenceForm, ShownRow};
use crate::time::Timestamp;
use crate::view::View;

/// What the person wants of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "what a form can say")]
pub enum Wish {
    /// To receive it. On a paused row it ends the pause too.
    Yes,
    /// Not to receive it, nor what stands below the purpose. It is always taken.
    No,
    /// A break.
    Pause {
        /// The first instant at which it is over by itself. A pause without one is refused.
        #[serde(default)]
        until: Option<Timestamp>,
    },
    /// The end of a break, and no other change.
    Resume,
}

/// What came back for one row. Rows that the person did not touch are left out, or come back as they were shown.
///
/// ```
/// # use consent_engine::*;
/// # let news = PurposeId::new("news")?;
/// # let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Web]);
/// # let policy = Policy::new(1, Catalogue::new([purpose], []).unwrap());
/// # let ada = Subject::new(SubjectId::from_u128(7));
/// # let view = View::new(&policy, ada.clone(), Projection::default()).unwrap();
/// # let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
/// # let showing = Showing::under(RegimeSet::OPT_IN);
/// let page = PreferenceView::new(TenantId::from_u128(1), &view, &policy, now, &showing).unwrap();
/// let sent = format!(r#"{{"cell":{},"wish":"no"}}"#, serde_json::to_string(&page.rows[0].cell).unwrap());
/// let row: RowWish = serde_json::from_str(&sent).unwrap();
/// assert_eq!(row, RowWish::new(page.rows[0].cell, Wish::No));
/// # Ok::<(), InvalidName>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "plain input")]
pub struct RowWish {
    /// The row.
    pub cell: Cell,
    /// What the person wants of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wish: Option<Wish>,
    /// Whether the purpose is relevant to them. It decides nothing.
    #[serde(default, skip_serializing_if = "Interest::is_unstated")]
    pub interest: Interest,
}

impl RowWish {
    /// A wish for a row.
    #[must_use]
    pub const fn new(cell: Cell, wish: Wish) -> Self {
        Self { cell, wish: Some(wish), interest: Interest::Unstated }
    }

    /// An opinion about a row, and no wish.
    #[must_use]
    pub const fn finding(cell: Cell, interest: Interest) -> Self {
        Self { cell, wish: None, interest }
    }
}

/// A form that came back: what it had shown, and what the person wants.
///
/// Only what differs from what the form showed is acted on, so that a form that was left open undoes nothing that happened since.
/// A yes lifts what the form had seen, and no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    form: PreferenceForm,
    wishes: Vec<RowWish>,
    actor: Actor,
    evidence: Option<Evidence>,
    captured: Captured,
}

/// What differs in a form from what it had shown.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Chosen {
    /// The command; none if nothing was changed.
    pub command: Option<Command>,
    /// The rows that are not even tried.
    pub refused: Vec<Report>,
}

impl Submission {
    /// The person sends the form back, now.
    #[must_use]
    pub fn new(form: PreferenceForm, wishes: impl IntoIterator<Item = RowWish>) -> Self {
        let wishes = wishes.into_iter().collect();
        Self { form, wishes, actor: Actor::subject(), evidence: None, captured: Captured::Now }
    }

    /// Somebody else sends it, such as a guardian.
    #[must_use]
    pub const fn by(mut self, actor: Actor) -> Self {
        self.actor = actor;
        self
    }

    /// With how we know. A yes needs it.
    #[must_use]
    pub fn with_evidence(mut self, evidence: Evidence) -> Self {
        self.evidence = Some(evidence);
        self
    }

    /// With when it was sent.
    #[must_use]
    pub const fn captured(mut self, captured: Captured) -> Self {
        self.captured = captured;
        self
    }

    /// Decides everything that differs from what the form showed, as one command. Nothing is written; with no change there are no facts.
    ///
    /// Every row stands for itself: look at the reports. `tenant` is whose engine this is.
    ///
    /// # Errors
    ///
    /// [`Rejection::ForeignForm`] for a form of another tenant or person, of which nothing is taken; else as [`decide`], if every
    /// row that was changed is refused.
    ///
    /// ```
    /// # use consent_engine::*;
    /// # let news = PurposeId::new("news")?;
    /// # let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Web]);
    /// # let policy = Policy::new(1, Catalogue::new([purpose], []).unwrap());
    /// # let ada = Subject::new(SubjectId::from_u128(7));
    /// # let view = View::new(&policy, ada.clone(), Projection::default()).unwrap();
    /// # let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
    /// # let (tenant, showing) = (TenantId::from_u128(1), Showing::under(RegimeSet::OPT_IN));
    /// # let page = PreferenceView::new(tenant, &view, &policy, now, &showing).unwrap();
    /// let untouched = Submission::new(page.form(), []);
    /// # let ctx = Ctx { now, writer: WriterId::from_u128(9), command: CommandId::from_u128(1), policy: &policy };
    /// assert!(untouched.decide(&view, tenant, &ctx).unwrap().facts.is_empty());
    /// let elsewhere = untouched.decide(&view, TenantId::from_u128(2), &ctx);
    /// assert_eq!(elsewhere.unwrap_err(), Rejection::ForeignForm);
    /// # Ok::<(), InvalidName>(())
    /// ```
    pub fn decide(&self, view: &View, tenant: TenantId, ctx: &Ctx<'_>) -> Result<Decided, Rejection> {
        if !view.subject().ids.contains(&self.form.subject) {
            return Err(Rejection::ForeignForm);
        }
        let Chosen { command, refused } = self.chosen(tenant, ctx.policy, ctx.now)?;
        let Some(command) = command else {
            return Ok(Decided { facts: Vec::new(), reports: refused, effects: Vec::new() });
        };
        let mut decided = decide(view, &command, ctx)?;
        decided.reports.extend(refused);
        Ok(decided)
    }

    /// The command that says what differs from what the form showed, for a host that carries commands out itself.
    ///
    /// # Errors
    ///
    /// [`Rejection::ForeignForm`] for a form of another tenant; the first of the rejections if every row that was changed is refused.
    ///
    /// ```
    /// # use consent_engine::*;
    /// # let news = PurposeId::new("news")?;
    /// # let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Web]);
    /// # let policy = Policy::new(1, Catalogue::new([purpose], []).unwrap());
    /// # let ada = Subject::new(SubjectId::from_u128(7));
    /// # let view = View::new(&policy, ada.clone(), Projection::default()).unwrap();
    /// # let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
    /// # let (tenant, showing) = (TenantId::from_u128(1), Showing::under(RegimeSet::OPT_IN));
    /// # let page = PreferenceView::new(tenant, &view, &policy, now, &showing).unwrap();
    /// let untouched = Submission::new(page.form(), []);
    /// assert_eq!(untouched.chosen(tenant, &policy, now).unwrap().command, None);
    /// let no = Submission::new(page.form(), [RowWish::new(page.rows[0].cell, Wish::No)]);
    /// let command = no.chosen(tenant, &policy, now).unwrap().command;
    /// assert!(command.is_some_and(|command| matches!(command.act(), Act::Choose(_))));
    /// # Ok::<(), InvalidName>(())
    /// ```
    pub fn chosen(&self, tenant: TenantId, policy: &Policy, now: Timestamp) -> Result<Chosen, Rejection> {
        if self.form.tenant != tenant {
            return Err(Rejection::ForeignForm);
        }
        let mut rows: BTreeMap<Cell, &ShownRow> = BTreeMap::new();
        for row in &self.form.rows {
            rows.entry(row.cell).or_insert(row);
        }
        let mut choices = Choices::of(self.form.subject);
        let mut refused = Vec::new();
        let ahead = self.form.at > now.saturating_add(policy.skew());
        for row in &self.wishes {
            let shown = rows.get(&row.cell).copied();
            let permits = permissible(shown, &row.cell, policy, ahead);
            if let Some(rejection) = add(&mut choices, row, shown, permits).err() {
                refused.push(Report::of_cell(row.cell, End::Refused { rejection }));
            }
        }
        if let (true, Some(Report { end: End::Refused { rejection }, .. })) =
            (choices.is_empty(), refused.first())
        {
            return Err(*rejection);
        }
        let command = (!choices.is_empty()).then(|| Command {
            actor: self.actor,
            act: Act::Choose(choices),
            captured: self.captured,
            evidence: self.evidence.clone(),
            view: Some(self.form.token.clone()),
            tokens: Vec::new(),
        });
        Ok(Chosen { command, refused })
    }
}

/// Whether a form may say yes to a row: it had shown it, as the purpose is today.
fn permissible(shown: Option<&ShownRow>, cell: &Cell, policy: &Policy, ahead: bool) -> Result<(), Rejection> {
    let shown = shown.ok_or(Rejection::NotShown)?;
    let purpose = policy.catalogue().find(cell.purpose).ok_or(Rejection::UnknownPurpose)?;
    if purpose.version() != shown.version {
        return Err(Rejection::FormOutdated);
    }
    if ahead { Err(Rejection::ClockJump) } else { Ok(()) }
}

/// Adds what differs from what was shown.
fn add(
    choices: &mut Choices,
    row: &RowWish,
    shown: Option<&ShownRow>,
    permits: Result<(), Rejection>,
) -> Result<(), Rejection> {
    let cell = row.cell;
    let scope =
        Scope { purpose: PurposeScope::Subtree(cell.purpose), channel: cell.channel, point: cell.point };
    let choice = shown.map(|shown| shown.choice);
    if !row.interest.is_unstated() && shown.is_none_or(|shown| shown.interest != row.interest) {
        choices.interests.push((cell.purpose, row.interest));
    }
    match (row.wish, choice) {
        (None, _) | (Some(Wish::No), Some(Choice::No)) => {}
        (Some(Wish::No), _) => choices.no.push(scope),
        (Some(Wish::Pause { until }), Some(Choice::Paused { until: shown })) if until == shown => {}
        (Some(Wish::Pause { until }), _) => choices.pause.push(Pause { scope, until }),
        (Some(Wish::Yes), Some(Choice::Yes | Choice::NotChosen { receives: true })) => {}
        (Some(Wish::Yes), choice) => {
            permits?;
            if matches!(choice, Some(Choice::Paused { .. })) {
                choices.resume.push(cell);
            }
            choices.yes.push(cell);
        }
        (Some(Wish::Resume), Some(Choice::Paused { .. })) => {
            permits?;
            choices.resume.push(cell);
        }
        (Some(Wish::Resume), Some(_)) => {}
        (Some(Wish::Resume), None) => return permits,
    }
    Ok(())
}
