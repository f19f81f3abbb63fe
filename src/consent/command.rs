use alloc::vec::Vec;

use serde::Serialize;

use crate::channel::PointKind;
use crate::consent::choose::Choices;
use crate::evidence::{Actor, Evidence, Note, Notice};
use crate::fact::{
    Cell, Description, Interest, LapseCause, Named, RelationshipKind, RestrictionReason, Scope, Stated,
    TokenHash, ViewToken,
};
use crate::id::{CommandId, ContactPointId, IndexKey, LogId, RequestId, Seq, SubjectId, WriterId};
use crate::policy::Policy;
use crate::purpose::{LawfulBasis, PurposeId};
use crate::time::{Interval, Timestamp};

/// When the act happened, as far as the host knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "now, then, or unknown: there is no fourth")]
pub enum Captured {
    /// As the command is decided.
    #[default]
    Now,
    /// At an instant.
    At(Timestamp),
    /// Nobody knows. Such a grant lifts nothing.
    Unknown,
}

/// What somebody did or asks for.
///
/// The serde form is written only, never read: it is what tells one command from another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "the commands of the design")]
pub enum Act {
    /// Ask for a double opt-in. The request has the id of the command.
    ///
    /// A confirmation comes from one contact point, so a request is for one: cells at another are refused.
    Request(Vec<Stated>),
    /// Confirm a request, from the contact point itself.
    Confirm(RequestId),
    /// Consent.
    Grant {
        /// To what.
        stated: Vec<Stated>,
        /// When it holds; by default from capture on.
        window: Option<Interval>,
    },
    /// Consent again to what was given before.
    Renew {
        /// To what.
        stated: Vec<Stated>,
        /// When it holds; by default from capture on.
        window: Option<Interval>,
    },
    /// Opt out: refuse or withdraw.
    OptOut(Vec<Scope>),
    /// Object (GDPR Art. 21).
    Object(Vec<Scope>),
    /// End grants on the controller's behalf.
    Revoke(Scope),
    /// Report that grants ended in another system.
    Lapse {
        /// Which.
        scope: Scope,
        /// Why.
        cause: LapseCause,
    },
    /// Set a restriction of any other reason.
    Restrict {
        /// Why.
        reason: RestrictionReason,
        /// What it covers.
        scope: Scope,
        /// Its own end, for the reasons that have one.
        until: Option<Timestamp>,
    },
    /// End a restriction that is not the person's own word, up to a position.
    Clear(Named),
    /// End every pause that lies inside the scope.
    Resume(Scope),
    /// Record the lawful basis of a purpose for this person.
    RecordBasis {
        /// The purpose.
        purpose: PurposeId,
        /// The basis.
        basis: LawfulBasis,
    },
    /// Begin a legal hold on a purpose.
    Hold(PurposeId),
    /// End the legal holds on a purpose, up to a position, in whichever record of the person they stand.
    Release {
        /// The purpose.
        purpose: PurposeId,
        /// The log the holds stand in.
        log: LogId,
        /// The last of them.
        upto: Seq,
    },
    /// Record that a notice was seen.
    NoticeSeen {
        /// The notice, if known.
        notice: Option<Notice>,
        /// For what, if known.
        scope: Option<Scope>,
    },
    /// Record what interests the person.
    Preference {
        /// For what.
        purpose: PurposeId,
        /// Whether it is relevant to them.
        #[serde(skip_serializing_if = "Interest::is_unstated")]
        interest: Interest,
        /// In their words.
        note: Option<Note>,
    },
    /// What the person chose on a form, each part for itself.
    Choose(Choices),
    /// Record a purchase, a contract or an inquiry.
    Relationship(RelationshipKind),
    /// Claim an alias for the subject, by its index key.
    Claim(IndexKey),
    /// Give a contact point to the subject.
    Attach {
        /// The address.
        point: ContactPointId,
        /// Its kind.
        kind: PointKind,
    },
    /// Record that the subject proved to hold a contact point.
    Verify(ContactPointId),
    /// Replace one contact point by another.
    Replace {
        /// The address given up.
        old: ContactPointId,
        /// The address that takes its place.
        new: ContactPointId,
    },
    /// Record that a contact point went to somebody else.
    Reassign {
        /// The address.
        point: ContactPointId,
        /// The old holder.
        from: SubjectId,
        /// The next holder, if known.
        to: Option<SubjectId>,
    },
    /// Record that another subject is the same person: from now on what restricts one restricts both, and nothing more is permitted.
    Merge(SubjectId),
    /// Record that a merge was wrong. What restricted both goes on to restrict both; what is recorded from now on restricts the one.
    Unmerge(SubjectId),
    /// Settle who owns an alias that several live subjects claim.
    ResolveContest {
        /// The alias, by each of its index keys.
        aliases: Vec<IndexKey>,
        /// Its owner.
        owner: SubjectId,
    },
    /// Record what is known of the person, or of a contact point, besides consent.
    Describe(Description),
    /// Erase the subject (GDPR Art. 17): the fact that forbids, not the shredding.
    Erase,
}

/// An act with who did it, when, on what evidence, and what they had in front of them.
///
/// It has no serde form: a payload becomes a command only through code of the host, which knows who acts.
///
/// ```
/// use consent_engine::{Act, Actor, Command, Scope};
/// let everything_off = Command::new(Actor::subject(), Act::OptOut(vec![Scope::EVERYTHING]));
/// assert_eq!(everything_off.actor(), Actor::subject());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    pub(crate) actor: Actor,
    pub(crate) act: Act,
    pub(crate) captured: Captured,
    pub(crate) evidence: Option<Evidence>,
    pub(crate) view: Option<ViewToken>,
    pub(crate) tokens: Vec<(Cell, TokenHash)>,
}

impl Command {
    /// An act that happens now, without evidence or a view.
    #[must_use]
    pub const fn new(actor: Actor, act: Act) -> Self {
        Self { actor, act, captured: Captured::Now, evidence: None, view: None, tokens: Vec::new() }
    }

    /// With when it happened.
    #[must_use]
    pub const fn captured(mut self, captured: Captured) -> Self {
        self.captured = captured;
        self
    }

    /// With how we know.
    #[must_use]
    pub fn with_evidence(mut self, evidence: Evidence) -> Self {
        self.evidence = Some(evidence);
        self
    }

    /// With what the actor had in front of them.
    #[must_use]
    pub fn having_seen(mut self, view: ViewToken) -> Self {
        self.view = Some(view);
        self
    }

    /// With the hash of what confirms a cell: a request keeps it, and from then on only a confirmation that brings the same hash for
    /// that cell is taken.
    ///
    /// With the feature `engine` use `Engine::request` and `Engine::confirm`, which make it.
    ///
    /// ```
    /// use consent_engine::*;
    /// # let news = PurposeId::new("news")?;
    /// # let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Web]);
    /// # let policy = Policy::new(1, Catalogue::new([purpose], []).unwrap());
    /// # let mut view = View::new(&policy, Subject::new(SubjectId::from_u128(1)), Projection::default()).unwrap();
    /// # let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
    /// # let ctx = Ctx { now, writer: WriterId::from_u128(9), command: CommandId::from_u128(1), policy: &policy };
    /// let cell = Cell { purpose: news, channel: Some(Channel::Web), point: None };
    /// let ask = Command::new(Actor::subject(), Act::Request(vec![Stated::cell(cell)]));
    /// let asked = decide(&view, &ask.with_token(cell, TokenHash::new([7; 32])), &ctx).unwrap();
    /// view.apply(&policy, &asked.facts).unwrap();
    ///
    /// let evidence = Evidence::new(Method::Explicit, SourceName::new("web")?);
    /// let confirm = Command::new(Actor::subject(), Act::Confirm(RequestId::from_u128(1))).with_evidence(evidence);
    /// let forged = confirm.clone().with_token(cell, TokenHash::new([8; 32]));
    /// assert_eq!(decide(&view, &forged, &ctx).unwrap_err(), Rejection::TokenBindingMismatch);
    /// assert!(decide(&view, &confirm.with_token(cell, TokenHash::new([7; 32])), &ctx).is_ok());
    /// # Ok::<(), InvalidName>(())
    /// ```
    #[must_use]
    pub fn with_token(mut self, cell: Cell, hash: TokenHash) -> Self {
        self.tokens.push((cell, hash));
        self
    }

    /// The hash that confirms a cell.
    pub(crate) fn token_for(&self, cell: &Cell) -> Option<TokenHash> {
        self.tokens.iter().rfind(|(of, _)| of == cell).map(|(_, hash)| *hash)
    }

    /// Who acts.
    #[must_use]
    pub const fn actor(&self) -> Actor {
        self.actor
    }

    /// What they had in front of them, if they sent it.
    #[must_use]
    pub const fn view(&self) -> Option<&ViewToken> {
        self.view.as_ref()
    }

    /// What they do.
    #[must_use]
    pub const fn act(&self) -> &Act {
        &self.act
    }
}

/// What the host brings to a command: the time, the ids, the policy.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs, reason = "plain input, meant to be written as a literal")]
pub struct Ctx<'a> {
    /// Now, by the host's clock.
    pub now: Timestamp,
    /// The writer whose logs the facts go to.
    pub writer: WriterId,
    /// The id of the command; of a request too.
    pub command: CommandId,
    /// The policy in force.
    pub policy: &'a Policy,
}
