use alloc::string::String;
use core::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::purpose::{LawfulBasis, OptOutRule, PurposeClass};

/// Why a restriction was set. Reasons are kept apart: lifting one leaves the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "a new reason changes decisions; callers must see it")]
pub enum RestrictionReason {
    /// The person said no: a refusal or a withdrawal (GDPR Art. 7(3)).
    OptOut,
    /// The person objected (GDPR Art. 21).
    Objection,
    /// The person complained of a message.
    Complaint,
    /// The subject, or a former holder of the address, was erased (GDPR Art. 17).
    Erasure,
    /// Messages to the address bounce for good.
    Bounce,
    /// The address cannot exist.
    InvalidAddress,
    /// A do-not-contact register lists the person or address.
    Register,
    /// A law or an authority forbids it.
    Legal,
    /// The controller's staff blocked it.
    OperatorBlock,
    /// An authority declared the consent invalid.
    Invalidation,
    /// A payload looked like an opt-out and could not be understood.
    Interim,
    /// The person asked for a break.
    Pause,
}

/// What a restriction is weighed against: one purpose of one person, as it stands for them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weighed {
    pub(crate) class: PurposeClass,
    pub(crate) basis: LawfulBasis,
    pub(crate) opt_out: OptOutRule,
    /// A legal hold gives the purpose its basis.
    pub(crate) held: bool,
    /// The person contacted us.
    pub(crate) inbound: bool,
}

/// How a restriction that covers a purpose relates to it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Relation {
    /// The scope names the purpose, or an ancestor of its class.
    pub(crate) by_name: bool,
    /// The scope names some purpose.
    pub(crate) names_a_purpose: bool,
    /// It stands in the log of a contact point.
    pub(crate) at_point: bool,
}

impl RestrictionReason {
    /// Every reason.
    pub const ALL: [Self; 12] = [
        Self::OptOut,
        Self::Objection,
        Self::Complaint,
        Self::Erasure,
        Self::Bounce,
        Self::InvalidAddress,
        Self::Register,
        Self::Legal,
        Self::OperatorBlock,
        Self::Invalidation,
        Self::Interim,
        Self::Pause,
    ];

    /// Whether only a grant that names it can lift it.
    #[must_use]
    pub const fn is_consent_reason(self) -> bool {
        matches!(self, Self::OptOut | Self::Objection | Self::Complaint | Self::Erasure)
    }

    /// Whether it may carry an end of its own.
    #[must_use]
    pub const fn may_end(self) -> bool {
        !self.is_consent_reason()
    }

    /// The reason table: whether a restriction that covers a purpose applies to it.
    pub(crate) const fn applies(self, to: Weighed, relation: Relation) -> bool {
        let promotes = to.class.promotes();
        let processing = matches!(to.class, PurposeClass::Processing);
        let own_call = to.inbound && to.class.serves_the_person();
        match self {
            Self::OptOut => match to.class {
                PurposeClass::Marketing | PurposeClass::Relationship => true,
                PurposeClass::Processing => matches!(to.basis, LawfulBasis::Consent) && !to.held,
                PurposeClass::Transactional | PurposeClass::Service | PurposeClass::SecurityAlert => {
                    !own_call && !to.held && opt_out_reaches(to.opt_out, relation)
                }
            },
            Self::Objection => {
                matches!(to.class, PurposeClass::Marketing) || (to.basis.answers_to_objection() && !to.held)
            }
            Self::Complaint | Self::Register | Self::Pause => promotes,
            Self::Erasure if relation.at_point => {
                promotes
                    || (processing
                        && !to.held
                        && !matches!(to.basis, LawfulBasis::Contract | LawfulBasis::LegalObligation))
            }
            Self::Bounce | Self::InvalidAddress => !own_call,
            Self::Interim => relation.names_a_purpose || matches!(to.class, PurposeClass::Marketing),
            Self::Erasure | Self::Legal | Self::OperatorBlock | Self::Invalidation => true,
        }
    }

    /// The stable code, as in the serde form.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OptOut => "opt_out",
            Self::Objection => "objection",
            Self::Complaint => "complaint",
            Self::Erasure => "erasure",
            Self::Bounce => "bounce",
            Self::InvalidAddress => "invalid_address",
            Self::Register => "register",
            Self::Legal => "legal",
            Self::OperatorBlock => "operator_block",
            Self::Invalidation => "invalidation",
            Self::Interim => "interim",
            Self::Pause => "pause",
        }
    }
}

const fn opt_out_reaches(rule: OptOutRule, relation: Relation) -> bool {
    match rule {
        OptOutRule::Allowed => true,
        OptOutRule::ByName => relation.by_name,
        OptOutRule::Refused => false,
    }
}

/// The reason table as Markdown, made from the code that decides.
///
/// A row for each reason, a column for each class; a cell lists the lawful bases on which the reason applies
/// to a purpose of that class with the default opt-out rule, for a scope that names the purpose.
#[must_use]
pub fn reason_table() -> String {
    let mut table = String::from("| reason |");
    for class in PurposeClass::ALL {
        let _ = write!(table, " {class:?} |");
    }
    table.push_str("\n|---|---|---|---|---|---|---|\n");
    for reason in RestrictionReason::ALL {
        let points: &[bool] = if reason == RestrictionReason::Erasure { &[false, true] } else { &[false] };
        for at_point in points {
            let place = if *at_point { " (of a former holder)" } else { "" };
            let _ = write!(table, "| {reason:?}{place} |");
            for class in PurposeClass::ALL {
                let _ = write!(table, " {} |", bases_text(reason, class, *at_point));
            }
            table.push('\n');
        }
    }
    table
}

fn bases_text(reason: RestrictionReason, class: PurposeClass, at_point: bool) -> String {
    let relation = Relation { by_name: true, names_a_purpose: true, at_point };
    let applies = |basis| {
        let to =
            Weighed { class, basis, opt_out: OptOutRule::default_for(class), held: false, inbound: false };
        reason.applies(to, relation)
    };
    let on = LawfulBasis::ALL.into_iter().filter(|basis| applies(*basis)).count();
    if on == LawfulBasis::ALL.len() {
        return String::from("every basis");
    }
    if on == 0 {
        return String::from("—");
    }
    let mut text = String::new();
    for basis in LawfulBasis::ALL.into_iter().filter(|basis| applies(*basis)) {
        let comma = if text.is_empty() { "" } else { ", " };
        let _ = write!(text, "{comma}{basis:?}");
    }
    text
}
