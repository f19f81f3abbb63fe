use alloc::format;
use alloc::string::String;
use core::fmt;

use crate::decision::{Decision, DecisionRecord, Reason, ReasonSet, Remedy, Verdict};
use crate::policy::Policy;
use crate::purpose::{LawfulBasis, Purpose, PurposeClass};
use crate::time::Timestamp;

/// A decision in words for an operator or an auditor: ids and codes, no personal data.
///
/// Print it with `Display`: one line for the verdict, one for each reason with its fact and remedy.
#[derive(Clone, Copy, Debug)]
pub struct Explanation<'d, 'v>(&'d Decision<'v>);

impl<'v> Decision<'v> {
    /// The decision in words for an operator or an auditor.
    #[must_use]
    pub const fn explain(&self) -> Explanation<'_, 'v> {
        Explanation(self)
    }

    /// The decision in words fit for the recipient: "why am I receiving this?", or why not.
    ///
    /// It names the purpose by its title, and nobody else.
    #[must_use]
    pub fn why(&self, policy: &Policy) -> String {
        let purpose = policy.catalogue().get(self.query().purpose);
        let (verdict, basis, agreed_at, reasons) =
            (self.verdict(), self.basis(), self.witness_given_at(), self.reasons());
        Words::of(purpose, verdict, basis, agreed_at, reasons).text()
    }
}

impl DecisionRecord {
    /// The same words as [`Decision::why`], of a decision that was kept.
    ///
    /// `policy` is there for the title of the purpose: the one of today is as good as the one that decided.
    #[must_use]
    pub fn why(&self, policy: &Policy) -> String {
        let purpose = policy.catalogue().get(self.purpose);
        Words::of(purpose, self.verdict, self.basis, self.agreed_at, self.reasons).text()
    }
}

/// What the recipient is told.
struct Words<'a> {
    title: &'a str,
    /// They hear from us; else their data is used without contact.
    contacts: bool,
    verdict: Verdict,
    basis: Option<LawfulBasis>,
    /// When the grant that permits was given.
    agreed_at: Option<Timestamp>,
    reasons: ReasonSet,
}

impl<'a> Words<'a> {
    fn of(
        purpose: Option<&'a Purpose>,
        verdict: Verdict,
        basis: Option<LawfulBasis>,
        agreed_at: Option<Timestamp>,
        reasons: ReasonSet,
    ) -> Self {
        let title = purpose.map_or("this", Purpose::title);
        let contacts = purpose.is_none_or(|purpose| purpose.class() != PurposeClass::Processing);
        Self { title, contacts, verdict, basis, agreed_at, reasons }
    }

    fn text(&self) -> String {
        let [yes, later, no] = if self.contacts {
            ["You receive", "You will not receive", "You do not receive"]
        } else {
            ["We use your data for", "We will not use your data for", "We do not use your data for"]
        };
        let title = self.title;
        match self.verdict {
            Verdict::Permit => format!("{yes} “{title}” because {}.", self.ground()),
            Verdict::Defer { until } => {
                let day = until.to_datetime().date_naive();
                format!("{later} “{title}” before {day}: {}.", self.because())
            }
            Verdict::Deny => format!("{no} “{title}”: {}.", self.because()),
        }
    }

    fn ground(&self) -> String {
        let words = match (self.basis, self.agreed_at) {
            (Some(LawfulBasis::Consent), Some(at)) => {
                let day = at.to_datetime().date_naive();
                return format!("you agreed to it on {day}; you can take that back at any time");
            }
            (Some(LawfulBasis::Contract), _) => "it is part of what you ordered or agreed with us",
            (Some(LawfulBasis::LegalObligation), _) if self.contacts => "the law obliges us to send it",
            (Some(LawfulBasis::LegalObligation), _) => "the law obliges us to",
            (Some(LawfulBasis::VitalInterests), _) => "it protects you or somebody else",
            (Some(LawfulBasis::PublicTask), _) => "it is part of a public task; you may object",
            (Some(LawfulBasis::SoftOptIn), _) => {
                "you are our customer and did not object; you may do so at any time"
            }
            _ => "you did not opt out; you may do so at any time",
        };
        String::from(words)
    }

    fn because(&self) -> String {
        let mut text = String::new();
        for reason in self.reasons.iter() {
            let words = for_the_recipient(reason, self.contacts);
            if !text.contains(words) {
                text.push_str(if text.is_empty() { "" } else { "; " });
                text.push_str(words);
            }
        }
        text
    }
}

impl fmt::Display for Explanation<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decision = self.0;
        let verdict = match decision.verdict() {
            Verdict::Permit => String::from("permit"),
            Verdict::Defer { until } => format!("defer until {until}"),
            Verdict::Deny => String::from("deny"),
        };
        write!(f, "{verdict} ({:?})", decision.standing())?;
        if let Some(basis) = decision.basis() {
            write!(f, " on {basis:?}")?;
        }
        if let Some(position) = decision.witness() {
            write!(f, ", grant at {}", position)?;
        }
        for reason in decision.reasons().iter() {
            write!(f, "\n- {reason}")?;
            if let Some(position) = decision.fact_for(reason) {
                write!(f, " by {}", position)?;
            }
            write!(f, ": {}", Remedy::for_reason(reason))?;
        }
        match decision.valid_until() {
            Some(until) => write!(f, "\nvalid until {until}"),
            None => f.write_str("\nvalid until something is recorded"),
        }
    }
}

/// A reason in words that fit any recipient, and tell them nothing of anybody else.
const fn for_the_recipient(reason: Reason, contacts: bool) -> &'static str {
    match reason {
        Reason::OptOut => "you opted out",
        Reason::Objection => "you objected",
        Reason::Complaint => "you complained about a message",
        Reason::Pause => "you asked for a break",
        Reason::ConsentMissing | Reason::RoleAddress => "you have not agreed to it",
        Reason::ConsentPending => "you have not confirmed it yet",
        Reason::ConsentExpired
        | Reason::ConsentRevoked
        | Reason::NoticeSuperseded
        | Reason::EvidenceInsufficient => "your agreement has ended",
        Reason::NotYetEffective => "your agreement starts later",
        Reason::Minor => "a guardian has not agreed",
        Reason::FrequencyCap | Reason::CoolDown => "you heard from us recently",
        Reason::Bounce | Reason::InvalidAddress | Reason::ContactPointUnverified => {
            "we cannot be sure to reach you there"
        }
        Reason::Register => "a do-not-contact register lists you",
        Reason::Erasure => "your data was erased",
        Reason::IdentityUnresolved
        | Reason::IdentityContested
        | Reason::Deceased
        | Reason::PreferencesUnavailable
        | Reason::StaleSnapshot
        | Reason::PolicyChanged
        | Reason::ClockJump
        | Reason::UnsupportedFact
        | Reason::ViewIncomplete
        | Reason::PurposeUnknown
        | Reason::PurposeRetired
        | Reason::ChannelNotAllowed
        | Reason::ContactPointMissing
        | Reason::ContactPointUnknown
        | Reason::Legal
        | Reason::OperatorBlock
        | Reason::Invalidation
        | Reason::Interim
        | Reason::NoRegime
        | Reason::ContactsUncounted
        | Reason::ForeignMoreRestrictive
        | Reason::UnknownForeignNegative => {
            if contacts {
                "we may not send it at the moment"
            } else {
                "we may not do it at the moment"
            }
        }
    }
}
