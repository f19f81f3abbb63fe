use alloc::format;
use alloc::string::String;
use core::fmt;

use crate::decision::{Decision, Reason, Remedy, Verdict};
use crate::policy::Policy;
use crate::purpose::{LawfulBasis, Purpose};

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
        let title = purpose.map_or("this", Purpose::title);
        match self.verdict() {
            Verdict::Permit => format!("You receive “{title}” because {}.", self.ground()),
            Verdict::Defer { until } => {
                format!(
                    "You will not receive “{title}” before {}: {}.",
                    until.to_datetime().date_naive(),
                    self.because()
                )
            }
            Verdict::Deny => format!("You do not receive “{title}”: {}.", self.because()),
        }
    }

    fn ground(&self) -> String {
        match (self.basis(), self.witness_given_at()) {
            (Some(LawfulBasis::Consent), Some(at)) => {
                format!(
                    "you agreed to it on {}; you can take that back at any time",
                    at.to_datetime().date_naive()
                )
            }
            (Some(LawfulBasis::Contract), _) => {
                String::from("it is part of what you ordered or agreed with us")
            }
            (Some(LawfulBasis::LegalObligation), _) => String::from("the law obliges us to send it"),
            (Some(LawfulBasis::VitalInterests), _) => String::from("it protects you or somebody else"),
            (Some(LawfulBasis::PublicTask), _) => String::from("it is part of a public task; you may object"),
            (Some(LawfulBasis::SoftOptIn), _) => {
                String::from("you are our customer and did not object; you may do so at any time")
            }
            _ => String::from("you did not opt out; you may do so at any time"),
        }
    }

    fn because(&self) -> String {
        let mut text = String::new();
        for reason in self.reasons().iter() {
            let words = for_the_recipient(reason);
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
const fn for_the_recipient(reason: Reason) -> &'static str {
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
        | Reason::UnknownForeignNegative => "we may not send it at the moment",
    }
}
