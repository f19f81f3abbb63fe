//! The state table: what each command does in each state.

use alloc::format;
use alloc::string::String;

use crate::consent::state::{ExpiryCause, State};

/// The commands of the state table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Request,
    Confirm,
    Grant,
    OptOut,
    Object,
    Renew,
    Revoke,
    Invalidate,
}

/// What a command does to one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Move {
    /// A request is written; an older one is dead.
    Ask,
    /// The grant is written if it names everything that applies; else it is recorded as attempted.
    Give,
    /// The confirmation is written if it names everything that applies; else it is superseded.
    GiveConfirmed,
    /// A restriction is written.
    Restrict,
    /// A revocation is written.
    End,
    AlreadyGranted,
    AlreadyConfirmed,
    NoPendingRequest,
    TokenExpired,
    Superseded,
    NothingToRenew,
}

impl Step {
    pub(crate) const ALL: [Self; 8] = [
        Self::Request,
        Self::Confirm,
        Self::Grant,
        Self::OptOut,
        Self::Object,
        Self::Renew,
        Self::Revoke,
        Self::Invalidate,
    ];

    /// The state table of the design.
    ///
    /// `pending` says whether the request that a confirmation names is alive; it has no part in other commands.
    pub(crate) const fn transition(self, state: State, pending: bool) -> Move {
        use ExpiryCause::RequestLapsed;
        use State::{Denied, Expired, Granted, Pending, Unknown, Withdrawn};
        match (self, state) {
            (Self::Request, Unknown | Pending | Denied | Withdrawn | Expired(_)) => Move::Ask,
            (Self::Request, Granted) => Move::AlreadyGranted,
            (Self::Confirm, Unknown) => Move::NoPendingRequest,
            (Self::Confirm, Pending | Denied | Withdrawn) if pending => Move::GiveConfirmed,
            (Self::Confirm, Pending | Denied | Withdrawn) => Move::Superseded,
            (Self::Confirm, Granted) => Move::AlreadyConfirmed,
            (Self::Confirm, Expired(RequestLapsed)) => Move::TokenExpired,
            (
                Self::Confirm,
                Expired(
                    ExpiryCause::Revoked
                    | ExpiryCause::Reassigned
                    | ExpiryCause::Inactivity
                    | ExpiryCause::NoticeSuperseded
                    | ExpiryCause::EvidenceSuperseded
                    | ExpiryCause::GrantLapsed,
                ),
            ) => Move::NoPendingRequest,
            (Self::Grant, Unknown | Pending | Granted | Denied | Withdrawn | Expired(_)) => Move::Give,
            (
                Self::OptOut | Self::Object | Self::Invalidate,
                Unknown | Pending | Granted | Denied | Withdrawn | Expired(_),
            ) => Move::Restrict,
            (Self::Renew, Unknown | Pending | Denied | Withdrawn | Expired(RequestLapsed)) => {
                Move::NothingToRenew
            }
            (
                Self::Renew,
                Granted
                | Expired(
                    ExpiryCause::Revoked
                    | ExpiryCause::Reassigned
                    | ExpiryCause::Inactivity
                    | ExpiryCause::NoticeSuperseded
                    | ExpiryCause::EvidenceSuperseded
                    | ExpiryCause::GrantLapsed,
                ),
            ) => Move::Give,
            (Self::Revoke, Unknown | Pending | Granted | Denied | Withdrawn | Expired(_)) => Move::End,
        }
    }
}

/// The state table as Markdown, made from the code that decides.
#[must_use]
pub fn state_table() -> String {
    let columns: [(&str, State, bool); 8] = [
        ("Unknown", State::Unknown, false),
        ("Pending", State::Pending, true),
        ("Granted", State::Granted, false),
        ("Denied", State::Denied, false),
        ("Denied, request alive", State::Denied, true),
        ("Withdrawn", State::Withdrawn, false),
        ("Expired", State::Expired(ExpiryCause::GrantLapsed), false),
        ("Expired request", State::Expired(ExpiryCause::RequestLapsed), false),
    ];
    let mut table = String::from("| |");
    for (name, ..) in columns {
        table.push_str(&format!(" {name} |"));
    }
    table.push_str("\n|---|---|---|---|---|---|---|---|---|\n");
    for step in Step::ALL {
        table.push_str(&format!("| **{step:?}** |"));
        for (_, state, pending) in columns {
            table.push_str(&format!(" {} |", step.transition(state, pending).text(step, state)));
        }
        table.push('\n');
    }
    table
}

impl Move {
    fn text(self, step: Step, state: State) -> String {
        let refused = |code: &str| format!("`{code}`");
        match self {
            Self::Ask => String::from("Pending"),
            Self::Give if matches!(state, State::Denied | State::Withdrawn) => {
                String::from("Granted if it names all, else recorded")
            }
            Self::Give => String::from("Granted"),
            Self::GiveConfirmed => String::from("Granted if it names all, else `Superseded`"),
            Self::Restrict => String::from(match (step, state) {
                (Step::OptOut, State::Granted | State::Withdrawn) => "Withdrawn",
                (Step::OptOut, State::Expired(ExpiryCause::RequestLapsed)) => "Denied",
                (Step::OptOut, State::Expired(_)) => "Withdrawn",
                (Step::OptOut, _) => "Denied",
                (Step::Object, _) => "restricted, consent unchanged",
                _ => "restricted, request dead",
            }),
            Self::End => String::from(match state {
                State::Granted => "Expired(Revoked)",
                State::Pending => "Unknown, request dead",
                _ => "no change",
            }),
            Self::AlreadyGranted => refused("AlreadyGranted"),
            Self::AlreadyConfirmed => refused("AlreadyConfirmed"),
            Self::NoPendingRequest => refused("NoPendingRequest"),
            Self::TokenExpired => refused("TokenExpired"),
            Self::Superseded => refused("Superseded"),
            Self::NothingToRenew => refused("NothingToRenew"),
        }
    }
}
