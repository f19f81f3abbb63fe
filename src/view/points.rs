//! What the links say of contact points: who holds them, what replaced them, who was relieved.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::channel::PointKind;
use crate::id::{Aggregate, ContactPointId, Position, Seq, SubjectId};
use crate::policy::{LimitExceeded, Limits};
use crate::subject::Subject;
use crate::time::Timestamp;
use crate::view::loaded::Bit;
use crate::view::projection::{KeptAttach, KeptReassign, LogProjection, Projection};

/// One contact point, as the view's person stands to it.
#[derive(Clone, Debug)]
pub(crate) struct PointState {
    pub(crate) id: ContactPointId,
    /// Its kind, as its latest attach says.
    pub(crate) kind: Option<PointKind>,
    /// The fact that gave it to the person, if they hold it.
    pub(crate) held_by: Option<Position>,
    pub(crate) verified_by: Option<Position>,
    /// Somebody else holds it too.
    pub(crate) shared: bool,
    /// The points that a restriction in this one's log covers: itself, and what replaced it.
    pub(crate) covers: u64,
}

/// Reads the state of every contact point that is mentioned anywhere in the logs.
pub(crate) fn read(subject: &Subject, projection: &Projection) -> Result<Vec<PointState>, LimitExceeded> {
    let ids = mentioned(subject, projection);
    if ids.len() > Limits::MAX_POINTS {
        return Err(LimitExceeded { which: "contact points in a view", max: Limits::MAX_POINTS as u64 });
    }
    let links = Links { subject, projection };
    let mut points: Vec<_> = ids.into_iter().map(|id| links.point(id)).collect();
    links.close_replacements(&mut points);
    Ok(points)
}

fn mentioned(subject: &Subject, projection: &Projection) -> BTreeSet<ContactPointId> {
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
        let replaces = log.replaces.iter().filter(|kept| own(&kept.subject));
        ids.extend(replaces.flat_map(|kept| [kept.old, kept.new]));
    }
    ids
}

struct Links<'a> {
    subject: &'a Subject,
    projection: &'a Projection,
}

impl Links<'_> {
    fn logs(&self) -> impl Iterator<Item = &LogProjection> {
        self.projection.logs.iter()
    }

    fn reassigns(&self, point: ContactPointId) -> impl Iterator<Item = (Position, &KeptReassign)> {
        let all = self.logs().flat_map(|log| log.reassigns.iter().map(|kept| (log.log.at(kept.seq), kept)));
        all.filter(move |(_, kept)| kept.point == point)
    }

    /// When `holder` last lost the point.
    fn lost(&self, point: ContactPointId, holder: SubjectId) -> Option<Timestamp> {
        self.reassigns(point).filter(|(_, kept)| kept.from == holder).map(|(_, kept)| kept.at).max()
    }

    fn attaches(&self, point: ContactPointId) -> impl Iterator<Item = (Timestamp, Position, &KeptAttach)> {
        let all =
            self.logs().flat_map(|log| log.attaches.iter().map(|kept| (kept.at, log.log.at(kept.seq), kept)));
        all.filter(move |(.., kept)| kept.point == point)
    }

    /// When, and by which fact, `holder` last got the point.
    fn gained(&self, point: ContactPointId, holder: SubjectId) -> Option<(Timestamp, Position)> {
        let attached = self.attaches(point).filter(|(.., kept)| kept.subject == holder);
        let handed = self.reassigns(point).filter(|(_, kept)| kept.to == Some(holder));
        let attached = attached.map(|(at, position, _)| (at, position));
        attached.chain(handed.map(|(position, kept)| (kept.at, position))).max()
    }

    fn point(&self, id: ContactPointId) -> PointState {
        let mut state = PointState {
            id,
            kind: self
                .attaches(id)
                .max_by_key(|(at, position, _)| (*at, *position))
                .map(|(.., kept)| kept.kind),
            held_by: None,
            verified_by: None,
            shared: self.is_shared(id),
            covers: 0,
        };
        let mut latest = None;
        for holder in &self.subject.ids {
            let lost = self.lost(id, *holder);
            if let Some((at, position)) = self.gained(id, *holder)
                && lost.is_none_or(|lost| lost < at)
                && latest <= Some((at, position))
            {
                latest = Some((at, position));
                state.held_by = Some(position);
            }
            let verified = self.verified(id, *holder).filter(|(at, _)| lost.is_none_or(|lost| lost < *at));
            state.verified_by = state.verified_by.max(verified.map(|(_, position)| position));
        }
        state
    }

    fn verified(&self, point: ContactPointId, holder: SubjectId) -> Option<(Timestamp, Position)> {
        self.logs()
            .flat_map(|log| log.verifies.iter().map(|kept| (kept, log.log.at(kept.seq))))
            .filter(|(kept, _)| kept.point == point && kept.subject == holder)
            .map(|(kept, position)| (kept.at, position))
            .max()
    }

    fn is_shared(&self, point: ContactPointId) -> bool {
        let attached = self.logs().flat_map(|log| &log.attaches);
        let attached = attached.filter(|kept| kept.point == point).map(|kept| kept.subject);
        let handed = self.reassigns(point).filter_map(|(_, kept)| kept.to);
        let mut others = attached.chain(handed).filter(|holder| !self.subject.ids.contains(holder));
        others.any(|holder| {
            let gained = self.gained(point, holder).map(|(at, _)| at);
            self.lost(point, holder).is_none_or(|lost| gained >= Some(lost))
        })
    }

    fn close_replacements(&self, points: &mut [PointState]) {
        let place =
            |points: &[PointState], id: ContactPointId| points.iter().position(|point| point.id == id);
        for at in 0..points.len() {
            if let Some(point) = points.get_mut(at) {
                point.covers = Bit::of_point(at);
            }
        }
        let edges: Vec<_> = self
            .logs()
            .flat_map(|log| &log.replaces)
            .filter(|kept| self.subject.ids.contains(&kept.subject))
            .filter_map(|kept| Some((place(points, kept.old)?, place(points, kept.new)?)))
            .collect();
        for _ in 0..edges.len() {
            for (old, new) in &edges {
                let more = points.get(*new).map_or(0, |point| point.covers);
                if let Some(point) = points.get_mut(*old) {
                    point.covers |= more;
                }
            }
        }
    }

    /// Whether everybody the view is about was relieved of a restriction at `point`. Who held the point before is not
    /// relieved: the restriction may be their own.
    fn relieves(&self, point: ContactPointId, restriction: Position) -> bool {
        let relieved = |holder: &SubjectId| {
            let mut handed = self.reassigns(point).filter(|(_, kept)| kept.to == Some(*holder));
            self.lost(point, *holder).is_none() && handed.any(|(_, kept)| kept.view.covers(restriction))
        };
        !self.subject.ids.is_empty() && self.subject.ids.iter().all(relieved)
    }
}

/// Whether a reassignment relieves the view's person of the last restriction of a group.
pub(crate) fn is_relieved(
    subject: &Subject,
    projection: &Projection,
    log: &LogProjection,
    last: Seq,
) -> bool {
    match log.log.aggregate {
        Aggregate::Subject(_) => false,
        Aggregate::Point(point) => Links { subject, projection }.relieves(point, log.log.at(last)),
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
        .any(|kept| !dated || at <= kept.at || kept.view.covers(position))
}
