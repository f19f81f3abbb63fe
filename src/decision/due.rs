use alloc::vec::Vec;

use serde::Serialize;

use crate::decision::Reason;
use crate::fact::Cell;
use crate::id::{Position, RequestId};
use crate::policy::Policy;
use crate::purpose::Purpose;
use crate::time::Timestamp;
use crate::view::{EntryKind, GrantStatus, RequestStatus, View};

/// Something that time alone will change, or that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[allow(clippy::exhaustive_structs, reason = "plain output")]
pub struct Due {
    /// When.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub what: DueKind,
    /// The fact it follows from.
    pub position: Position,
}

/// What time alone will change, or what is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "due", rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "hosts act on every kind")]
pub enum DueKind {
    /// A grant starts to hold.
    GrantStarts {
        /// Of this cell.
        cell: Cell,
    },
    /// A grant ends.
    GrantEnds {
        /// Of this cell.
        cell: Cell,
    },
    /// The person should be asked again; the grant still holds.
    RefreshDue {
        /// For this cell.
        cell: Cell,
    },
    /// A request can no longer be confirmed.
    RequestExpires {
        /// The request.
        id: RequestId,
        /// For this cell.
        cell: Cell,
    },
    /// A restriction reaches its own end, such as a pause.
    RestrictionEnds {
        /// Why it was set.
        reason: Reason,
    },
}

/// What will change by time alone after `now` and before `before`, and the refreshes due by then, in order.
///
/// State is derived when it is asked about, so no job must run for it to be right; this list is for hosts that
/// want to act in time: send a reminder, ask for consent again, retry.
#[must_use]
pub fn due(view: &View, policy: &Policy, now: Timestamp, before: Timestamp) -> Vec<Due> {
    let now = view.effective_now(policy, now);
    let mut list = Vec::new();
    for entry in &view.compiled.entries {
        let Some(position) = view.position_of(entry) else { continue };
        let mut note = |at: i64, what| match Timestamp::from_unix_micros(at) {
            Ok(at) if now < at && at < before => list.push(Due { at, what, position }),
            _ => {}
        };
        match entry.kind {
            EntryKind::Restriction { reason, .. } => {
                note(entry.until, DueKind::RestrictionEnds { reason: reason.into() });
            }
            EntryKind::Request(RequestStatus::Open) => {
                if let Some(kept) = view.request_at(position) {
                    let (id, cell) = (kept.request.id, kept.request.cell);
                    note(entry.until, DueKind::RequestExpires { id, cell });
                }
            }
            EntryKind::Grant { status: GrantStatus::Sound, .. } => {
                let Some(kept) = view.grant_at(position) else { continue };
                let cell = kept.grant.cell;
                note(entry.from, DueKind::GrantStarts { cell });
                note(entry.until, DueKind::GrantEnds { cell });
                let holds = entry.from <= now.unix_micros() && now.unix_micros() < entry.until;
                let refresh = policy.catalogue().find(cell.purpose).and_then(Purpose::refresh);
                let at = refresh.map(|span| kept.at.saturating_add(span));
                if let Some(at) = at.filter(|at| holds && *at < before) {
                    list.push(Due { at, what: DueKind::RefreshDue { cell }, position });
                }
            }
            EntryKind::Grant { .. } | EntryKind::Request(_) | EntryKind::Ending { .. } => {}
        }
    }
    list.sort_by_key(|due| (due.at, due.position));
    list
}
