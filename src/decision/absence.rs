//! Why consent is not there.

use crate::decision::Reason;
use crate::fact::LapseCause;
use crate::view::{Entry, EntryKind, GrantStatus, RequestStatus};

/// What one entry says of absent consent.
pub(super) enum Absence {
    None,
    /// It was ended before it began: told if nothing else is.
    Mark(Reason),
    Because(Reason),
    Until(Reason, i64),
}

pub(super) fn absence(entry: &Entry, t: i64) -> Absence {
    match entry.kind {
        EntryKind::Restriction { .. } => Absence::None,
        EntryKind::Ending { lapse: false } => Absence::Mark(Reason::ConsentRevoked),
        EntryKind::Ending { lapse: true } => Absence::Mark(Reason::ConsentExpired),
        EntryKind::Request(RequestStatus::Open) if t < entry.until => {
            Absence::Because(Reason::ConsentPending)
        }
        EntryKind::Request(RequestStatus::Open | RequestStatus::Lapsed) => {
            Absence::Because(Reason::ConsentExpired)
        }
        EntryKind::Request(RequestStatus::Answered | RequestStatus::Killed) => Absence::None,
        EntryKind::Grant { status, .. } => match status {
            GrantStatus::Unread => Absence::Because(Reason::ViewIncomplete),
            GrantStatus::Revoked | GrantStatus::Reassigned => Absence::Because(Reason::ConsentRevoked),
            GrantStatus::Elsewhere => Absence::None,
            GrantStatus::Lapsed(
                LapseCause::GrantLapsed | LapseCause::Inactivity | LapseCause::NoticeSuperseded,
            ) => Absence::Because(Reason::ConsentExpired),
            GrantStatus::NoticeSuperseded => Absence::Because(Reason::NoticeSuperseded),
            GrantStatus::TooWeak => Absence::Because(Reason::EvidenceInsufficient),
            GrantStatus::Minor => Absence::Because(Reason::Minor),
            GrantStatus::Sound if entry.until <= t.max(entry.from) => {
                Absence::Because(Reason::ConsentExpired)
            }
            GrantStatus::Sound if t < entry.from => Absence::Until(Reason::NotYetEffective, entry.from),
            GrantStatus::Sound => Absence::None,
        },
    }
}
