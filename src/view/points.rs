//! What the links say of contact points: who holds them, what replaced them, who was relieved.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::channel::{Channel, PointKind};
use crate::fact::{Fact, FactKind};
use crate::id::{Aggregate, ContactPointId, Position, SubjectId};
use crate::policy::{LimitExceeded, Limited, Limits};
use crate::subject::Subject;
use crate::time::Timestamp;
use crate::view::compile::Changed;
use crate::view::loaded::Bit;
use crate::view::projection::{Group, KeptAttach, KeptReassign, LogProjection, Projection};
use crate::view::records::{RecordSet, Records, place};

/// One contact point, as the view's person stands to it.
#[derive(Clone, Debug)]
pub(crate) struct PointState {
    pub(crate) id: ContactPointId,
    /// Its bit in the view.
    pub(crate) bit: u64,
    /// The channels that it serves in every record, as bits of any catalogue.
    pub(crate) serves: u32,
    /// The records of the person that hold it.
    pub(crate) held: RecordSet,
    /// Those of them that proved it.
    pub(crate) verified: RecordSet,
    /// Somebody else holds it too.
    pub(crate) shared: bool,
    /// The points that a restriction in this one's log covers: itself, and what replaced it.
    pub(crate) covers: u64,
    /// The fact that says that it is a role address.
    pub(crate) role_by: Option<Position>,
}

impl PointState {
    /// Whether the person holds it.
    pub(crate) const fn is_held(&self) -> bool {
        self.held != 0
    }

    /// The records that may use the point.
    pub(crate) const fn usable(&self, verified_only: bool) -> RecordSet {
        if verified_only { self.verified } else { self.held }
    }

    /// Whether it serves a channel.
    pub(crate) fn is_served_by(&self, channel: Channel) -> bool {
        self.serves & bit_of(channel) != 0
    }
}

/// Reads the state of every contact point that is mentioned anywhere in the logs.
pub(crate) fn read(
    subject: &Subject,
    records: &Records,
    projection: &Projection,
) -> Result<Vec<PointState>, LimitExceeded> {
    let people = records.all(&subject.ids);
    let ids = mentioned(subject, people, projection);
    if ids.len() > Limits::MAX_POINTS {
        return Err(LimitExceeded { which: Limited::ContactPoints, max: Limits::MAX_POINTS as u64 });
    }
    let links = Links { subject, people, projection };
    let mut points: Vec<_> = ids.into_iter().enumerate().map(|(at, id)| links.point(at, id)).collect();
    links.close_replacements(&mut points);
    Ok(points)
}

/// What a fact that a projection took in changes of what was compiled.
pub(crate) fn changed_by(points: &[PointState], fact: &Fact) -> Changed {
    let is_new = |point: Option<ContactPointId>| {
        point.is_some_and(|point| points.iter().all(|known| known.id != point))
    };
    let of_log = match fact.position.log.aggregate {
        Aggregate::Point(point) => Some(point),
        Aggregate::Subject(_) => None,
    };
    let (changed, point) = match &fact.kind {
        FactKind::Attach { .. }
        | FactKind::Verify { .. }
        | FactKind::Replace { .. }
        | FactKind::Reassign(_)
        | FactKind::Merge { .. }
        | FactKind::Unmerge { .. }
        | FactKind::Described { .. } => (Changed::Everything, None),
        FactKind::Restriction(restriction) => (Changed::Restrictions, restriction.scope.point),
        FactKind::Clear(_)
        | FactKind::Resume(_)
        | FactKind::Basis { .. }
        | FactKind::Hold(_)
        | FactKind::Release(_)
        | FactKind::Claim(_)
        | FactKind::ContestResolved { .. }
        | FactKind::Unsupported(_) => (Changed::Restrictions, None),
        FactKind::Grant(grant) | FactKind::Confirm(grant) => (Changed::Consents, grant.cell.point),
        FactKind::Request(request) => (Changed::Consents, request.cell.point),
        FactKind::Revocation(ended) | FactKind::Lapsed { ended, .. } => {
            (Changed::Consents, ended.scope.point)
        }
        FactKind::Asked(_)
        | FactKind::NoticeSeen { .. }
        | FactKind::Preference { .. }
        | FactKind::Relationship(_) => (Changed::Consents, None),
    };
    if is_new(of_log) || is_new(point) { Changed::Everything } else { changed }
}

/// The bit of a standard channel; what is beyond those, every address serves.
fn bit_of(channel: Channel) -> u32 {
    channel.standard_bit().unwrap_or(u32::MAX)
}

/// The channels that an address of a kind serves, as bits.
fn served_by(kind: PointKind) -> u32 {
    let not_served = Channel::STANDARD.into_iter().filter(|channel| !channel.is_served_by(kind));
    not_served.fold(u32::MAX, |set, channel| set & !bit_of(channel))
}

fn mentioned(subject: &Subject, people: &[SubjectId], projection: &Projection) -> BTreeSet<ContactPointId> {
    let mut ids = BTreeSet::new();
    for log in &projection.logs {
        if let Aggregate::Point(point) = log.log.aggregate {
            ids.insert(point);
        }
        ids.extend(log.groups.iter().filter_map(|group| group.key.scope.point));
        ids.extend(log.grants.iter().filter_map(|kept| kept.grant.cell.point));
        ids.extend(log.requests.iter().filter_map(|kept| kept.request.cell.point));
        ids.extend(log.endings.iter().filter_map(|ending| ending.scope.point));
        let own = |id: &SubjectId| subject.ids.contains(id);
        ids.extend(log.attaches.iter().filter(|kept| own(&kept.subject)).map(|kept| kept.point));
        ids.extend(
            log.reassigns.iter().filter(|kept| kept.to.as_ref().is_some_and(own)).map(|kept| kept.point),
        );
        let replaces = log.replaces.iter().filter(|kept| people.contains(&kept.subject));
        ids.extend(replaces.flat_map(|kept| [kept.old, kept.new]));
    }
    ids
}

struct Links<'a> {
    subject: &'a Subject,
    /// The subjects of all records of the person, also of those that once were.
    people: &'a [SubjectId],
    projection: &'a Projection,
}

impl Links<'_> {
    fn logs(&self) -> impl Iterator<Item = &LogProjection> {
        self.projection.logs.iter()
    }

    fn reassigns(&self, point: ContactPointId) -> impl Iterator<Item = &KeptReassign> {
        self.logs().flat_map(|log| &log.reassigns).filter(move |kept| kept.point == point)
    }

    /// When `holder` last lost the point.
    fn lost(&self, point: ContactPointId, holder: SubjectId) -> Option<Timestamp> {
        self.reassigns(point).filter(|kept| kept.from == holder).map(|kept| kept.at.0).max()
    }

    fn attaches(&self, point: ContactPointId) -> impl Iterator<Item = (Timestamp, Position, &KeptAttach)> {
        let all =
            self.logs().flat_map(|log| log.attaches.iter().map(|kept| (kept.at, log.log.at(kept.seq), kept)));
        all.filter(move |(.., kept)| kept.point == point)
    }

    /// When `holder` last got the point.
    fn gained(&self, point: ContactPointId, holder: SubjectId) -> Option<Timestamp> {
        let attached = self.attaches(point).filter(|(.., kept)| kept.subject == holder);
        let handed = self.reassigns(point).filter(|kept| kept.to == Some(holder));
        attached.map(|(at, ..)| at).chain(handed.map(|kept| kept.at.0)).max()
    }

    fn point(&self, at: usize, id: ContactPointId) -> PointState {
        let kinds = self.people.iter().map(|holder| self.kind(id, *holder).map_or(0, served_by));
        let mut state = PointState {
            id,
            bit: Bit::of_point(at),
            serves: kinds.reduce(|all, own| all & own).unwrap_or(0),
            held: 0,
            verified: 0,
            shared: self.is_shared(id),
            covers: 0,
            role_by: None,
        };
        for (record, holder) in self.subject.ids.iter().enumerate() {
            let lost = self.lost(id, *holder);
            let is_kept = |at: Option<Timestamp>| at.is_some_and(|at| lost.is_none_or(|lost| lost < at));
            if is_kept(self.gained(id, *holder)) {
                state.held |= place(record);
                if is_kept(self.verified(id, *holder)) {
                    state.verified |= place(record);
                }
            }
        }
        state
    }

    /// The kind of a point for one record, as its own latest attach says, or else the latest in the log of the point.
    fn kind(&self, point: ContactPointId, record: SubjectId) -> Option<PointKind> {
        let there = self.attaches(point).filter(|(_, position, kept)| {
            kept.subject == record || position.log.aggregate == Aggregate::Point(point)
        });
        let latest = there.max_by_key(|(at, position, kept)| (kept.subject == record, *at, *position));
        latest.map(|(.., kept)| kept.kind)
    }

    fn verified(&self, point: ContactPointId, holder: SubjectId) -> Option<Timestamp> {
        let all = self.logs().flat_map(|log| &log.verifies);
        all.filter(|kept| kept.point == point && kept.subject == holder).map(|kept| kept.at).max()
    }

    fn is_shared(&self, point: ContactPointId) -> bool {
        let mut others = self.takers(point).filter(|holder| !self.subject.ids.contains(holder));
        others.any(|holder| self.holds(point, holder))
    }

    /// Everybody who ever got the point.
    fn takers(&self, point: ContactPointId) -> impl Iterator<Item = SubjectId> {
        let attached = self.attaches(point).map(|(.., kept)| kept.subject);
        attached.chain(self.reassigns(point).filter_map(|kept| kept.to))
    }

    /// Whether somebody who got the point has not lost it since; a tie counts as holding.
    fn holds(&self, point: ContactPointId, holder: SubjectId) -> bool {
        self.lost(point, holder).is_none_or(|lost| self.gained(point, holder) >= Some(lost))
    }

    fn close_replacements(&self, points: &mut [PointState]) {
        let index =
            |points: &[PointState], id: ContactPointId| points.iter().position(|point| point.id == id);
        for point in &mut *points {
            point.covers = point.bit;
        }
        let edges: Vec<_> = self
            .logs()
            .flat_map(|log| &log.replaces)
            .filter(|kept| self.people.contains(&kept.subject))
            .filter_map(|kept| Some((index(points, kept.old)?, index(points, kept.new)?)))
            .collect();
        // No chain is longer than there are contact points.
        for _ in 0..points.len() {
            for (old, new) in &edges {
                let more = points.get(*new).map_or(0, |point| point.covers);
                if let Some(point) = points.get_mut(*old) {
                    point.covers |= more;
                }
            }
        }
    }

    /// Whether everybody the view is about was relieved of a group at `point`. Who held the point when it was set, or
    /// lost it since, is not: the restriction may be their own.
    fn relieves(&self, point: ContactPointId, last: Position, set_at: Timestamp) -> bool {
        let held_before = |holder: SubjectId| {
            self.lost(point, holder).is_some()
                || self.attaches(point).any(|(.., kept)| kept.subject == holder && kept.first.0 <= set_at)
                || self.reassigns(point).any(|kept| kept.to == Some(holder) && kept.first.0 <= set_at)
        };
        let relieved = |holder: &SubjectId| {
            let mut handed = self.reassigns(point).filter(|kept| kept.to == Some(*holder));
            handed.any(|kept| kept.view.covers(last)) && !held_before(*holder)
        };
        !self.people.is_empty() && self.people.iter().all(relieved)
    }
}

/// Who holds a contact point, as its own log says; a tie counts as holding.
pub(crate) fn holders(projection: &Projection, point: ContactPointId) -> Vec<SubjectId> {
    let links = Links { subject: &Subject::default(), people: &[], projection };
    let mut holders: Vec<_> = links.takers(point).filter(|holder| links.holds(point, *holder)).collect();
    holders.sort_unstable();
    holders.dedup();
    holders
}

/// Whether a reassignment relieves the view's person of a group.
pub(crate) fn is_relieved(
    people: &[SubjectId],
    projection: &Projection,
    log: &LogProjection,
    group: &Group,
) -> bool {
    match log.log.aggregate {
        Aggregate::Subject(_) => false,
        Aggregate::Point(point) => {
            let links = Links { subject: &Subject::default(), people, projection };
            links.relieves(point, log.log.at(group.last), group.at)
        }
    }
}

/// Whether a reassignment took the grant's contact point from the holder who gave it.
pub(crate) fn is_reassigned(
    projection: &Projection,
    holder: SubjectId,
    point: ContactPointId,
    grant: (Position, Timestamp, bool),
) -> bool {
    let (position, at, dated) = grant;
    projection
        .logs
        .iter()
        .flat_map(|log| &log.reassigns)
        .filter(|kept| kept.point == point && kept.from == holder)
        .any(|kept| !dated || at <= kept.at.0 || kept.view.covers(position))
}
