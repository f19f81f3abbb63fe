//! From a command to facts: pure, with every cell of the command reported.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::consent::command::{Act, Command, Ctx};
use crate::consent::draft::Draft;
use crate::consent::reject::{NotNamed, Rejection};
use crate::consent::{choose, double_opt_in, give, identity, link, operate, restrict};
use crate::fact::{Cell, Fact, Named, RestrictionReason, Scope};
use crate::id::{Aggregate, ContactPointId, RequestId, SubjectId};
use crate::time::Timestamp;
use crate::view::View;

/// What a command came to: facts to append, and what the host must do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decided {
    /// The facts, in the order in which their logs take them.
    pub facts: Vec<Fact>,
    /// What became of each part of the command.
    pub reports: Vec<Report>,
    /// What the host must do once the facts are committed.
    pub effects: Vec<Effect>,
}

/// What became of one part of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// The cell of a grant, confirmation or request.
    pub cell: Option<Cell>,
    /// The scope of a restriction, as it was recorded.
    pub scope: Option<Scope>,
    /// How it ended.
    #[serde(flatten)]
    pub end: End,
}

/// How one part of a command ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "the three ends of the design")]
pub enum End {
    /// Facts were made, and count.
    Accepted,
    /// The attempt is recorded, without effect: these restrictions still bite.
    Recorded {
        /// What still bites, and why the grant does not name it.
        still_bites: Vec<StillBites>,
    },
    /// Nothing was made.
    Refused {
        /// Why.
        rejection: Rejection,
    },
}

/// A restriction that a grant could not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::exhaustive_structs, reason = "plain output")]
pub struct StillBites {
    /// The restriction.
    pub named: Named,
    /// The condition that failed.
    pub because: NotNamed,
}

/// Something the host must do, as data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "hosts must handle every effect")]
pub enum Effect {
    /// A person must look: something was not understood and was read in the widest sense.
    OpenReview {
        /// How it was recorded.
        scope: Scope,
    },
    /// Send the confirmation message of a double opt-in.
    SendConfirmation {
        /// The request.
        request: RequestId,
        /// Where to.
        point: Option<ContactPointId>,
    },
    /// Tell every system that mirrors this person or address: an obligation until each has verified it.
    Propagate {
        /// Whose state changed.
        aggregate: Aggregate,
    },
    /// Tell the person that their choices changed, and when: a change that they did not make themselves must not stay unnoticed.
    NotifyChange {
        /// Whom.
        subject: SubjectId,
        /// When it was recorded.
        at: Timestamp,
    },
    /// Slow down whoever writes this log: it has more facts than [`Limits::facts`](crate::Limits::facts), more than a person makes.
    ///
    /// A hint, for a limit on the rate of requests or a challenge in front of the form. The command was taken: what restricts always is, and
    /// decisions cost no more for a long history.
    LimitRate {
        /// The person or contact point whose log grows.
        aggregate: Aggregate,
    },
}

impl Report {
    pub(crate) const fn of_cell(cell: Cell, end: End) -> Self {
        Self { cell: Some(cell), scope: None, end }
    }

    pub(crate) const fn of_scope(scope: Scope, end: End) -> Self {
        Self { cell: None, scope: Some(scope), end }
    }

    pub(crate) const fn of_act() -> Self {
        Self::of_part(End::Accepted)
    }

    /// Of what is neither a cell nor a scope.
    pub(crate) const fn of_part(end: End) -> Self {
        Self { cell: None, scope: None, end }
    }
}

/// Decides a command on a view: the facts to append, or why not.
///
/// Nothing is written here. The host commits the facts and then applies them to the view with
/// [`View::apply`]. A grant carries in it what it lifts; a restriction is never refused for a formal reason.
///
/// # Errors
///
/// A [`Rejection`] if every part of the command is refused. Nothing has happened then.
///
/// ```
/// use consent_engine::*;
/// let news = PurposeId::new("news")?;
/// let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Web]);
/// let policy = Policy::new(1, Catalogue::new([purpose], []).unwrap());
/// let person = Subject::new(SubjectId::from_u128(1));
/// let mut view = View::new(&policy, person, Projection::default()).unwrap();
/// let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
/// let ctx = Ctx { now, writer: WriterId::from_u128(9), command: CommandId::from_u128(1), policy: &policy };
///
/// let yes = Act::Grant {
///     stated: vec![Stated { purpose: Breadth::Exactly(news), channel: Some(Channel::Web), point: None }],
///     window: None,
/// };
/// // Without evidence nothing is granted.
/// let refused = decide(&view, &Command::new(Actor::subject(), yes.clone()), &ctx);
/// assert_eq!(refused.unwrap_err(), Rejection::EvidenceRejected(EvidenceProblem::Missing));
///
/// let evidence = Evidence::new(Method::Explicit, SourceName::new("web")?);
/// let decided = decide(&view, &Command::new(Actor::subject(), yes).with_evidence(evidence), &ctx).unwrap();
/// view.apply(&policy, &decided.facts).unwrap();
/// let query = Query::new(policy.catalogue().index(news).unwrap(), RegimeSet::OPT_IN).on(Channel::Web);
/// assert!(permits(&view, &query, &policy, now));
/// # Ok::<(), InvalidName>(())
/// ```
pub fn decide(view: &View, command: &Command, ctx: &Ctx<'_>) -> Result<Decided, Rejection> {
    let mut draft = Draft::new(view, command, ctx)?;
    match &command.act {
        Act::Request(stated) => double_opt_in::request(&mut draft, stated)?,
        Act::Confirm(request) => double_opt_in::confirm(&mut draft, *request)?,
        Act::Grant { stated, window } => give::grant(&mut draft, stated, *window, give::Mode::Grant)?,
        Act::Renew { stated, window } => give::grant(&mut draft, stated, *window, give::Mode::Renew)?,
        Act::OptOut(scopes) => restrict::each(&mut draft, RestrictionReason::OptOut, scopes)?,
        Act::Object(scopes) => restrict::each(&mut draft, RestrictionReason::Objection, scopes)?,
        Act::Restrict { reason, scope, until } => restrict::other(&mut draft, *reason, *scope, *until)?,
        Act::Erase => restrict::erase(&mut draft)?,
        Act::Revoke(scope) => operate::revoke(&mut draft, *scope)?,
        Act::Lapse { scope, cause } => operate::lapse(&mut draft, *scope, *cause)?,
        Act::Clear(named) => operate::clear(&mut draft, *named)?,
        Act::Resume(scope) => operate::resume(&mut draft, scope)?,
        Act::RecordBasis { purpose, basis } => operate::basis(&mut draft, *purpose, *basis)?,
        Act::Hold(purpose) => operate::hold(&mut draft, *purpose)?,
        Act::Release { purpose, log, upto } => operate::release(&mut draft, *purpose, *log, *upto)?,
        Act::NoticeSeen { notice, scope } => operate::notice_seen(&mut draft, *notice, *scope)?,
        Act::Preference { purpose, interest, note } => {
            operate::preference(&mut draft, *purpose, *interest, note.as_ref())?;
        }
        Act::Choose(choices) => return choose::choose(draft, choices),
        Act::Relationship(kind) => operate::relationship(&mut draft, *kind)?,
        Act::Claim(alias) => link::claim(&mut draft, *alias)?,
        Act::Attach { point, kind } => link::attach(&mut draft, *point, *kind)?,
        Act::Verify(point) => link::verify(&mut draft, *point)?,
        Act::Replace { old, new } => link::replace(&mut draft, *old, *new)?,
        Act::Reassign { point, from, to } => link::reassign(&mut draft, *point, *from, *to)?,
        Act::Merge(with) => identity::merge(&mut draft, *with)?,
        Act::Unmerge(with) => identity::unmerge(&mut draft, *with)?,
        Act::ResolveContest { aliases, owner } => identity::resolve_contest(&mut draft, aliases, *owner)?,
        Act::Describe(what) => identity::describe(&mut draft, *what)?,
    }
    draft.finish()
}
