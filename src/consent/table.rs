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

/// The state table as Markdown, made from the code that decides: the state of the cell after each command.
///
/// ```
/// let table = consent_engine::state_table();
/// assert!(table.contains("| **OptOut** | Denied | Denied, request dead | Withdrawn |"));
/// ```
#[must_use]
pub fn state_table() -> String {
    let columns = [
        (State::Unknown, false),
        (State::Pending, true),
        (State::Granted, false),
        (State::Denied, false),
        (State::Denied, true),
        (State::Withdrawn, false),
        (State::Withdrawn, true),
        (State::Expired(ExpiryCause::GrantLapsed), false),
        (State::Expired(ExpiryCause::RequestLapsed), false),
    ];
    let mut table = String::from("| |");
    for (state, alive) in columns {
        let beside = if alive && state != State::Pending { ", request alive" } else { "" };
        table.push_str(&format!(" {state:?}{beside} |"));
    }
    table.push_str("\n|---|");
    table.extend(columns.map(|_| "---|"));
    for step in Step::ALL {
        table.push_str(&format!("\n| **{step:?}** |"));
        for (state, alive) in columns {
            table.push_str(&format!(" {} |", step.transition(state, alive).text(step, state, alive)));
        }
    }
    table.push('\n');
    table
}

impl Move {
    /// The state afterwards, and what became of a request; or the code of the refusal.
    fn text(self, step: Step, state: State, alive: bool) -> String {
        use State::{Denied, Expired, Granted, Pending, Unknown, Withdrawn};
        let denied = matches!(state, Denied | Withdrawn);
        let dead = if alive { ", request dead" } else { "" };
        match self {
            Self::Ask if alive => format!("{state:?}, old request dead"),
            Self::Ask if denied => format!("{state:?}, request alive"),
            Self::Ask => format!("{Pending:?}"),
            Self::Give if denied => format!("{Granted:?} if it names all, else recorded"),
            Self::GiveConfirmed if denied => format!("{Granted:?} if it names all, else `Superseded`"),
            Self::Give | Self::GiveConfirmed => format!("{Granted:?}"),
            Self::Restrict => match (step, state) {
                (Step::Object, _) => format!("{state:?}, restricted"),
                (Step::Invalidate, Pending | Expired(ExpiryCause::RequestLapsed)) => {
                    format!("{Unknown:?}{dead}, restricted")
                }
                (Step::Invalidate, _) => format!("{state:?}{dead}, restricted"),
                (_, Granted | Withdrawn) => format!("{Withdrawn:?}{dead}"),
                (_, Expired(cause)) if cause != ExpiryCause::RequestLapsed => format!("{Withdrawn:?}{dead}"),
                _ => format!("{Denied:?}{dead}"),
            },
            Self::End => match state {
                Granted => format!("{:?}", Expired(ExpiryCause::Revoked)),
                Pending => format!("{Unknown:?}{dead}"),
                _ => format!("{state:?}{dead}"),
            },
            Self::AlreadyGranted
            | Self::AlreadyConfirmed
            | Self::NoPendingRequest
            | Self::TokenExpired
            | Self::Superseded
            | Self::NothingToRenew => format!("`{self:?}`"),
        }
    }
}
