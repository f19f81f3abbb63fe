use core::fmt;

use serde::{Deserialize, Serialize};

use crate::decision::Reason;

/// What would turn a denial into a permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "a new remedy needs a new hand to do it")]
pub enum Remedy {
    /// Resolve the person: link the alias or settle the contest.
    ResolveIdentity,
    /// Read the store again and ask again.
    ReadAgain,
    /// Correct the clock of this host, or of the writer of the cited fact.
    CorrectClock,
    /// Upgrade to a version that reads the stored fact.
    Upgrade,
    /// Correct the question: purpose, channel, contact point, regimes or counts.
    CorrectQuestion,
    /// Verify the contact point.
    VerifyContactPoint,
    /// Ask for consent.
    AskForConsent,
    /// Wait for, or resend, the confirmation of the double opt-in.
    ConfirmDoubleOptIn,
    /// Ask for consent again, under the current notice and with the evidence the purpose needs.
    RenewConsent,
    /// Ask a guardian.
    AskGuardian,
    /// Wait; the answer says until when, or the person ends it sooner.
    Wait,
    /// Have an operator with authority review it.
    OperatorReview,
    /// Correct the address.
    CorrectAddress,
    /// Compare with the other system.
    ReconcileForeign,
    /// Nothing the sender does: only the person, of their own accord.
    OnlyThePerson,
    /// Nothing.
    Nothing,
}

impl Remedy {
    /// What ends a failing check.
    #[must_use]
    pub const fn for_reason(reason: Reason) -> Self {
        match reason {
            Reason::IdentityUnresolved | Reason::IdentityContested => Self::ResolveIdentity,
            Reason::Deceased | Reason::Erasure | Reason::PurposeRetired => Self::Nothing,
            Reason::PreferencesUnavailable
            | Reason::StaleSnapshot
            | Reason::PolicyChanged
            | Reason::ViewIncomplete => Self::ReadAgain,
            Reason::ClockJump => Self::CorrectClock,
            Reason::UnsupportedFact => Self::Upgrade,
            Reason::PurposeUnknown
            | Reason::ChannelNotAllowed
            | Reason::ContactPointMissing
            | Reason::ContactPointUnknown
            | Reason::NoRegime
            | Reason::ContactsUncounted => Self::CorrectQuestion,
            Reason::ContactPointUnverified => Self::VerifyContactPoint,
            Reason::OptOut | Reason::Objection => Self::OnlyThePerson,
            Reason::Complaint
            | Reason::Register
            | Reason::Legal
            | Reason::OperatorBlock
            | Reason::Invalidation
            | Reason::Interim => Self::OperatorReview,
            Reason::Bounce | Reason::InvalidAddress => Self::CorrectAddress,
            Reason::Pause | Reason::NotYetEffective | Reason::FrequencyCap | Reason::CoolDown => Self::Wait,
            Reason::ConsentMissing | Reason::ConsentRevoked | Reason::RoleAddress => Self::AskForConsent,
            Reason::ConsentPending => Self::ConfirmDoubleOptIn,
            Reason::ConsentExpired | Reason::NoticeSuperseded | Reason::EvidenceInsufficient => {
                Self::RenewConsent
            }
            Reason::Minor => Self::AskGuardian,
            Reason::ForeignMoreRestrictive | Reason::UnknownForeignNegative => Self::ReconcileForeign,
        }
    }

    /// The remedy in words.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::ResolveIdentity => "resolve the person",
            Self::ReadAgain => "read again",
            Self::CorrectClock => "correct the clock",
            Self::Upgrade => "upgrade this service",
            Self::CorrectQuestion => "correct the question",
            Self::VerifyContactPoint => "verify the contact point",
            Self::AskForConsent => "ask for consent",
            Self::ConfirmDoubleOptIn => "confirm the double opt-in",
            Self::RenewConsent => "renew the consent",
            Self::AskGuardian => "ask a guardian",
            Self::Wait => "wait",
            Self::OperatorReview => "have an operator review it",
            Self::CorrectAddress => "correct the address",
            Self::ReconcileForeign => "reconcile with the other system",
            Self::OnlyThePerson => "only the person can change this, of their own accord",
            Self::Nothing => "nothing",
        }
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}
