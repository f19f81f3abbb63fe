//! Which facts count where they stand.

use crate::fact::{Description, FactKind, RestrictionReason};
use crate::id::{Aggregate, ContactPointId, LogId, SubjectId};

/// Whether a fact of this kind can count for a decision in `log` (Readings 5, 13, 17, 37 and 41).
pub(super) fn counts_in(log: LogId, kind: &FactKind) -> bool {
    let own = log.aggregate;
    match kind {
        FactKind::Grant(grant) | FactKind::Confirm(grant) => !grant.attempted,
        FactKind::Restriction(_)
        | FactKind::Request(_)
        | FactKind::Revocation(_)
        | FactKind::Lapsed { .. }
        | FactKind::Basis { .. }
        | FactKind::Hold(_)
        | FactKind::ContestResolved { .. }
        | FactKind::Unsupported(_) => true,
        FactKind::Clear(named) => named.log.aggregate == own && may_clear(named.key.reason),
        FactKind::Resume(named) => named.log.aggregate == own && named.key.reason == RestrictionReason::Pause,
        FactKind::Release(release) => release.log.aggregate == own,
        FactKind::Asked(_) => matches!(own, Aggregate::Point(_)),
        FactKind::Attach { subject, point, .. } | FactKind::Verify { subject, point } => {
            is_of_either(own, *subject, *point)
        }
        FactKind::Replace { subject, .. } => own == Aggregate::Subject(*subject),
        FactKind::Reassign(reassign) => own == Aggregate::Point(reassign.point),
        FactKind::Claim(_) => matches!(own, Aggregate::Subject(_)),
        FactKind::Merge { with } | FactKind::Unmerge { with, .. } => is_of_another(own, *with),
        FactKind::Described { what, .. } => is_of_what_is_described(own, *what),
        FactKind::NoticeSeen { .. } | FactKind::Preference { .. } | FactKind::Relationship(_) => false,
    }
}

/// Whether a `Clear` can end a restriction for this reason: not a word of the person's own.
fn may_clear(reason: RestrictionReason) -> bool {
    !reason.is_consent_reason() || reason == RestrictionReason::Complaint
}

fn is_of_either(own: Aggregate, subject: SubjectId, point: ContactPointId) -> bool {
    [Aggregate::Subject(subject), Aggregate::Point(point)].contains(&own)
}

fn is_of_another(own: Aggregate, with: SubjectId) -> bool {
    matches!(own, Aggregate::Subject(subject) if subject != with)
}

/// A person is described in their log, an address in its own.
fn is_of_what_is_described(own: Aggregate, what: Description) -> bool {
    match own {
        Aggregate::Subject(_) => what.point().is_none(),
        Aggregate::Point(point) => what.point() == Some(point),
    }
}
