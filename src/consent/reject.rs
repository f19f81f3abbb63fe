use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::evidence::Strength;
use crate::policy::{LimitExceeded, Limited};
use crate::purpose::PurposeId;
use crate::time::{TimeError, Timestamp};

/// Which of the five conditions of naming failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Error)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "the five conditions of the design")]
pub enum NotNamed {
    /// 1: the grant was stated more broadly than the restriction.
    #[error("the grant was stated more broadly than the restriction: state it for the restricted part")]
    Broader,
    /// 2: the grant was not captured after the restriction.
    #[error("the grant was not captured after the restriction, or nobody knows when")]
    NotLater,
    /// 3: whoever granted had not seen the restriction.
    #[error("whoever granted had not seen the restriction: send the view token of what they saw")]
    NotSeen,
    /// 4: whoever granted may not lift this restriction.
    #[error("whoever granted may not lift this restriction, or not in this way")]
    NotAuthorized,
    /// 5: the evidence does not satisfy the purpose.
    #[error("the evidence does not satisfy the purpose")]
    Evidence,
}

/// Why evidence is not accepted for a purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EvidenceProblem {
    /// There is no evidence.
    #[error("no evidence: say by what method, and where, the person agreed")]
    Missing,
    /// The method is no consent: pre-ticked, silence, bundled, opened, clicked, inferred, unknown.
    #[error("the method is no consent: a clear affirmative act is needed (GDPR Art. 4(11))")]
    MethodIsNoConsent,
    /// Too weak.
    #[error("the evidence is {found:?}, the purpose asks for {needed:?}")]
    TooWeak {
        /// What there is.
        found: Strength,
        /// What is asked.
        needed: Strength,
    },
    /// The notice is missing, another, or too old.
    #[error("the notice shown is missing, another one, or too old: show the current notice")]
    Notice,
    /// The age is not known.
    #[error("the purpose has a minimum age and the age is not known: ask for it")]
    AgeUnknown,
    /// The person is too young to decide alone.
    #[error("the person is too young to decide alone: a guardian must (GDPR Art. 8)")]
    TooYoung,
    /// An imported row does not attest an act of the person.
    #[error("an imported row must attest an act of the person: method, time, source and notice")]
    NotAttested,
}

/// Why a command, or one cell of it, was refused. Nothing was written for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rejection {
    /// The person is not known, or contested, or the view was made under another policy.
    #[error("the view cannot take commands: resolve the person and load the view under the current policy")]
    UnusableView,
    /// The log is full.
    #[error("the log is at the end of its number space")]
    LogFull,
    /// A limit was exceeded.
    #[error("{which}: at most {max} are allowed")]
    LimitExceeded {
        /// What there is too much of.
        which: Limited,
        /// The limit.
        max: u64,
    },
    /// An interval or instant is invalid.
    #[error("an interval or instant of the command is invalid: {0}")]
    Time(TimeError),
    /// A grant captured later than now and the allowed skew, or a confirmation while the clock is behind what was recorded.
    #[error("the act was captured later than now, or the clock is behind: check the clocks")]
    ClockJump,
    /// The view token is ahead of what was read.
    #[error("the view token is ahead of what was read: read again")]
    ViewTokenAhead,
    /// The actor may not do this.
    #[error("the actor may not do this: check role, authority and its dates")]
    NotAuthorized,
    /// A purpose is not in the catalogue.
    #[error("a purpose is not in the catalogue: register it, or correct the name")]
    UnknownPurpose,
    /// A purpose is retired.
    #[error("purpose `{0}` is retired: it takes no consent")]
    RetiredPurpose(PurposeId),
    /// The statement covers no cell: no purpose, channel or address fits.
    #[error("the statement covers nothing the person has: check purposes, channels and contact points")]
    NothingStated,
    /// The contact point does not belong to the person.
    #[error("the contact point does not belong to the person: attach it first")]
    UnknownContactPoint,
    /// The purpose takes no opt-out.
    #[error("purpose `{0}` takes no opt-out: it is needed to serve the person")]
    ImmutablePurpose(PurposeId),
    /// The evidence is not accepted.
    #[error("the evidence is rejected: {0}")]
    EvidenceRejected(EvidenceProblem),
    /// Consent is already there.
    #[error("consent is already there")]
    AlreadyGranted,
    /// The request was confirmed before.
    #[error("the request was confirmed before")]
    AlreadyConfirmed,
    /// There is no such request.
    #[error("there is no such request")]
    NoPendingRequest,
    /// The request was made later than this confirmation.
    #[error("the confirmation was captured before the request: check the clocks")]
    TokenNotYetValid,
    /// The request expired.
    #[error("the request expired: ask again")]
    TokenExpired,
    /// What was presented does not belong to this request.
    #[error("the token does not belong to this request, contact point, purpose or notice: ask again")]
    TokenBindingMismatch,
    /// The request is for another contact point.
    #[error("a double opt-in is confirmed from one contact point: ask at each with a request of its own")]
    SeveralContactPoints,
    /// Too many confirmations were asked for at the contact point.
    #[error("too many confirmations were asked for at this contact point: not before {until}")]
    TooManyPending {
        /// When the next may be asked for.
        until: Timestamp,
    },
    /// The person said no, and it is not for others to ask again, or not yet.
    #[error("the person said no: only they may ask again, others when the policy allows it")]
    NotInvitable {
        /// When somebody else may ask; never if none.
        not_before: Option<Timestamp>,
    },
    /// A withdrawal or a newer request came after the request.
    #[error("a withdrawal or a newer request came after the request: ask again")]
    Superseded,
    /// The time of the grant is over.
    #[error("the time of the grant is over already: check its window, and how long the purpose lets it last")]
    AlreadyOver,
    /// The controller ended what was given by then, or nobody knows when the grant was captured.
    #[error("what was given by then has been revoked: ask again, and say when the person agreed")]
    AlreadyRevoked,
    /// There is nothing to renew.
    #[error("there is nothing to renew")]
    NothingToRenew,
    /// Nothing stands that this could end.
    #[error("nothing stands that this could end, or it may not be ended this way")]
    NothingToClear,
    /// The act is not a restriction of this kind.
    #[error("this reason has its own command")]
    WrongCommand,
    /// A legal hold defers the erasure.
    #[error("a legal hold defers the erasure: repeat it after the release")]
    LegalHold,
    /// A legal hold never reaches Marketing or Relationship.
    #[error("purpose `{0}` promotes: a legal hold never reaches it")]
    HoldOnPromotion(PurposeId),
    /// The form was made for another person, or by another tenant. Nothing of it is taken, not even what restricts: whoever sent it
    /// would act for somebody else.
    #[error("the form was made for somebody else: show the person their own form")]
    ForeignForm,
    /// The form did not show what was chosen.
    #[error("the form did not show this row: show the person the form of today")]
    NotShown,
    /// The purpose was redefined since the form was shown.
    #[error("the purpose was redefined since the form was shown: show the form of today")]
    FormOutdated,
    /// A pause without an end, or with one that has passed.
    #[error("a pause needs an end after now: ask until when, or opt out")]
    PauseWithoutEnd,
    /// A pause that covers more than was resumed.
    #[error("the pause covers more than was resumed: resume everything that it covers, or let it end")]
    PauseCoversMore,
    /// A pause of what does not promote.
    #[error("purpose `{0}` does not promote and takes no pause: opt out of it, if it may be")]
    NotPausable(PurposeId),
    /// A contact point cannot replace itself or be handed to its holder; a subject cannot be merged with itself.
    #[error("the two ends of the link are the same")]
    SelfLink,
    /// The two subjects are one person already.
    #[error("the two subjects are one person already: there is nothing to merge")]
    MergeCycle,
    /// No merge of these two subjects stands.
    #[error("no merge of these two subjects stands: name two that were merged with each other")]
    NotMerged,
    /// Nobody by that name claims the alias.
    #[error("the subject does not claim the alias: name one who does")]
    NotClaimed,
}

impl From<LimitExceeded> for Rejection {
    fn from(limit: LimitExceeded) -> Self {
        Self::LimitExceeded { which: limit.which, max: limit.max }
    }
}
