//! The state of one cell, from the facts in view.

use crate::consent::state::{CellState, ExpiryCause, PendingRequest, State};
use crate::fact::{Cell, RestrictionReason};
use crate::id::Position;
use crate::policy::Policy;
use crate::time::Timestamp;
use crate::view::{Entry, EntryKind, GrantStatus, Lifts, RequestStatus, View};

/// What a person would call the consent of a cell, at `now`.
///
/// It is the fold of the facts in view, and needs no job that runs: time is weighed when asked.
#[must_use]
pub fn cell_state(view: &View, cell: Cell, policy: &Policy, now: Timestamp) -> CellState {
    let now = view.effective_now(policy, now);
    let context = view.context(policy);
    let bits = context.bits(&cell);
    let entries = || bits.into_iter().flat_map(|cell| view.compiled.consents(cell));
    let t = now.unix_micros();
    let pending = entries().find_map(|entry| pending(view, entry, t));
    let effective = |lifts: fn(Lifts) -> bool| {
        entries().any(|entry| match entry.kind {
            EntryKind::Grant { status: GrantStatus::Sound, lifts: own } => {
                lifts(own) && entry.from <= t && t < entry.until
            }
            _ => false,
        })
    };
    let opt_outs = context.standing_on(&cell, |reason| reason == RestrictionReason::OptOut);
    let opt_out = opt_outs.map(|(_, group)| group.at).max();
    let state = if let Some(opt_out) = opt_out.filter(|_| !effective(|lifts| lifts != Lifts::Less)) {
        let first = context.first_grant(&cell);
        if first.is_some_and(|first| first < opt_out) { State::Withdrawn } else { State::Denied }
    } else if effective(|_| true) {
        State::Granted
    } else if pending.is_some() {
        State::Pending
    } else if let Some(cause) = expired_grant(view, entries(), t) {
        State::Expired(cause)
    } else if entries().any(|entry| is_lapsed_request(entry, t)) {
        State::Expired(ExpiryCause::RequestLapsed)
    } else {
        State::Unknown
    };
    CellState { state, pending }
}

fn pending(view: &View, entry: &Entry, t: i64) -> Option<PendingRequest> {
    if entry.kind != EntryKind::Request(RequestStatus::Open) || entry.until <= t {
        return None;
    }
    let request = &view.request_at(view.position_of(entry)?)?.request;
    Some(PendingRequest { id: request.id, expires: request.expires })
}

fn is_lapsed_request(entry: &Entry, t: i64) -> bool {
    match entry.kind {
        EntryKind::Request(RequestStatus::Open) => entry.until <= t,
        EntryKind::Request(RequestStatus::Lapsed) => true,
        _ => false,
    }
}

/// Why the latest of the grants that are over is over.
fn expired_grant<'a>(view: &View, entries: impl Iterator<Item = &'a Entry>, t: i64) -> Option<ExpiryCause> {
    let over = entries.filter(|entry| entry.from <= t).filter_map(|entry| {
        let cause = cause(entry)?;
        let position = view.position_of(entry)?;
        Some((view.grant_at(position)?.at, position, cause))
    });
    over.max_by_key(|(at, position, _): &(Timestamp, Position, _)| (*at, *position)).map(|(.., cause)| cause)
}

fn cause(entry: &Entry) -> Option<ExpiryCause> {
    let EntryKind::Grant { status, .. } = entry.kind else { return None };
    match status {
        GrantStatus::Unread | GrantStatus::Elsewhere => None,
        GrantStatus::Sound => Some(ExpiryCause::GrantLapsed),
        GrantStatus::Revoked => Some(ExpiryCause::Revoked),
        GrantStatus::Reassigned => Some(ExpiryCause::Reassigned),
        GrantStatus::Lapsed(cause) => Some(cause.into()),
        GrantStatus::NoticeSuperseded => Some(ExpiryCause::NoticeSuperseded),
        GrantStatus::TooWeak | GrantStatus::Minor => Some(ExpiryCause::EvidenceSuperseded),
    }
}
