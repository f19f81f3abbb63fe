//! What a merge would change, before it is recorded.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::channel::Channel;
use crate::decision::{Query, ReasonSet, Verdict, evaluate};
use crate::fact::Cell;
use crate::id::{ContactPointId, SubjectId};
use crate::policy::{LimitExceeded, Policy, RegimeSet};
use crate::subject::Subject;
use crate::time::Timestamp;
use crate::view::View;

/// A cell for which the answer about a subject would change if it were merged with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MergeChange {
    /// Who is asked about.
    pub subject: SubjectId,
    /// The purpose, channel and contact point.
    pub cell: Cell,
    /// The answer now.
    pub before: Verdict,
    /// The answer after the merge.
    pub after: Verdict,
    /// Why not, after the merge.
    pub reasons: ReasonSet,
}

impl MergeChange {
    /// Whether the merge would permit what is not permitted about this subject now: at a contact point of the other, where the other is
    /// permitted already.
    #[must_use]
    pub const fn is_more(&self) -> bool {
        self.after.is_permit() && !self.before.is_permit()
    }
}

/// What would be permitted more or less of two persons if they were merged, for every purpose, channel and contact point of either.
///
/// The merge itself permits nothing that neither is permitted (law L10): what is more is that the contact points of one become those of the other.
/// The views must hold the logs of two persons who are not merged yet.
///
/// # Errors
///
/// [`LimitExceeded`] if the merged person would be more than a view holds.
///
/// ```
/// use consent_engine::*;
/// let policy = Policy::new(1, Catalogue::new([], []).unwrap());
/// let view = |id| View::new(&policy, Subject::new(SubjectId::from_u128(id)), Projection::default());
/// let now = "2026-03-02T10:00:00Z".parse().unwrap();
/// assert!(preview_merge(&view(1)?, &view(2)?, &policy, RegimeSet::OPT_IN, now)?.is_empty());
/// # Ok::<(), LimitExceeded>(())
/// ```
pub fn preview_merge(
    one: &View,
    other: &View,
    policy: &Policy,
    regimes: RegimeSet,
    now: Timestamp,
) -> Result<Vec<MergeChange>, LimitExceeded> {
    let merged = merged(one, other, policy)?;
    let points: BTreeSet<_> = one.points().chain(other.points()).collect();
    let mut changes = Vec::new();
    for (index, purpose) in policy.catalogue().iter() {
        let channels = purpose.channels().iter().copied().map(Some).chain([None]);
        for channel in channels {
            for point in asked(channel, &points) {
                let query = Query { channel, point, ..Query::new(index, regimes) };
                let after = evaluate(&merged, &query, policy, now);
                let changed = |view: &View| {
                    let before = evaluate(view, &query, policy, now).verdict();
                    let changed = before.is_permit() != after.is_permit();
                    let cell = Cell { purpose: purpose.id(), channel, point };
                    let subject = view.subject().ids.first().copied().filter(|_| changed)?;
                    Some(MergeChange {
                        subject,
                        cell,
                        before,
                        after: after.verdict(),
                        reasons: after.reasons(),
                    })
                };
                changes.extend([one, other].into_iter().filter_map(changed));
            }
        }
    }
    Ok(changes)
}

/// The person that two would be.
fn merged(one: &View, other: &View, policy: &Policy) -> Result<View, LimitExceeded> {
    let mut logs = one.projection().clone();
    logs.join(other.projection());
    let (one, other) = (one.subject(), other.subject());
    let role_addresses = one.role_addresses.iter().chain(&other.role_addresses).copied().collect();
    let ids = one.ids.iter().chain(&other.ids).copied().collect();
    let identity = one.identity.max(other.identity);
    let person = Subject { ids, identity, kind: one.kind.max(other.kind), role_addresses };
    View::new(policy, person, logs)
}

/// The contact points to ask about on a channel.
fn asked(
    channel: Option<Channel>,
    points: &BTreeSet<ContactPointId>,
) -> impl Iterator<Item = Option<ContactPointId>> + '_ {
    let at_points = channel.is_some_and(Channel::needs_point);
    let none = (!at_points).then_some(None);
    none.into_iter().chain(points.iter().copied().map(Some).filter(move |_| at_points))
}
