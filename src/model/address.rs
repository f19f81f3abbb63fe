//! What the links say of a contact point: who holds it, what it replaced, what it serves.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::Model;
use super::grant::ends;
use super::identity::record;
use super::restriction::Group;
use crate::*;

impl Model<'_> {
    /// R17: the facts that link a subject and a contact point, in a log of either.
    pub(super) fn links(&self, point: ContactPointId) -> impl Iterator<Item = (&Fact, SubjectId)> {
        self.facts.iter().filter_map(move |fact| match fact.kind {
            FactKind::Attach { subject, point: at, .. } | FactKind::Verify { subject, point: at } => {
                let logs = [Aggregate::Subject(subject), Aggregate::Point(at)];
                (at == point && logs.contains(&fact.position.log.aggregate)).then_some((fact, subject))
            }
            _ => None,
        })
    }

    /// R17: the attaches of a contact point.
    pub(super) fn attaches(
        &self,
        point: ContactPointId,
    ) -> impl Iterator<Item = (&Fact, SubjectId, PointKind)> {
        self.links(point).filter_map(|(fact, subject)| match fact.kind {
            FactKind::Attach { point_kind, .. } => Some((fact, subject, point_kind)),
            _ => None,
        })
    }

    /// R17: the facts in the logs of a contact point.
    pub(super) fn there(&self, point: ContactPointId) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(move |fact| fact.position.log.aggregate == Aggregate::Point(point))
    }

    /// R12, R39: a point, and every point it came to replace through any chain, for this person or their kin.
    pub(super) fn origins(&self, point: ContactPointId) -> BTreeSet<ContactPointId> {
        let (mut found, kin) = (BTreeSet::from([point]), self.kin());
        for _ in &self.facts {
            for fact in &self.facts {
                if let FactKind::Replace { subject, old, new } = fact.kind
                    && record(fact) == Some(subject)
                    && kin.contains(&subject)
                    && found.contains(&new)
                {
                    found.insert(old);
                }
            }
        }
        found
    }

    /// R11: the reassignments of a point.
    pub(super) fn reassignments(&self, point: ContactPointId) -> impl Iterator<Item = (&Fact, &Reassign)> {
        self.there(point).filter_map(move |fact| match &fact.kind {
            FactKind::Reassign(own) if own.point == point => Some((fact, own)),
            _ => None,
        })
    }

    /// R11: when a point last went from a subject to somebody else.
    pub(super) fn left(&self, id: SubjectId, point: ContactPointId) -> Option<Timestamp> {
        self.reassignments(point).filter(|(_, own)| own.from == id).map(|(fact, _)| fact.at()).max()
    }

    /// R11: to whom a point was ever given, and when: attached or reassigned to them.
    pub(super) fn given(&self, point: ContactPointId) -> Vec<(SubjectId, Timestamp)> {
        let attached = self.attaches(point).map(|(fact, subject, _)| (subject, fact.at()));
        let reassigned = self.reassignments(point).filter_map(|(fact, own)| Some((own.to?, fact.at())));
        attached.chain(reassigned).collect()
    }

    /// R11: whether a point belongs to the person.
    pub(super) fn holds(&self, point: ContactPointId) -> bool {
        self.records().into_iter().any(|id| self.record_holds(id, point))
    }

    /// R11: whether a point belongs to one record.
    pub(super) fn record_holds(&self, id: SubjectId, point: ContactPointId) -> bool {
        self.given(point).iter().any(|(own, at)| *own == id && Some(*at) > self.left(id, point))
    }

    /// R39: whether a record holds a point, and proved it where the purpose asks for that.
    pub(super) fn may_use(&self, id: SubjectId, point: ContactPointId, purpose: &Purpose) -> bool {
        self.record_holds(id, point) && (!purpose.is_verified_only() || self.is_verified(id, point))
    }

    /// R11: whether somebody else holds a point, where a tie counts as holding.
    pub(super) fn is_shared(&self, point: ContactPointId) -> bool {
        let own = |id: &SubjectId| self.subject.ids.contains(id);
        self.given(point).iter().any(|(id, at)| !own(id) && Some(*at) >= self.left(*id, point))
    }

    /// Whether a record proved to hold a point, after it last went from it.
    pub(super) fn is_verified(&self, id: SubjectId, point: ContactPointId) -> bool {
        self.links(point).any(|(fact, own)| {
            let verified = matches!(fact.kind, FactKind::Verify { .. }) && own == id;
            verified && Some(fact.at()) > self.left(id, point)
        })
    }

    /// R11, R39: whether the kind of a point serves a channel in every record: that of its own latest attach, or else
    /// of the latest in the log of the point.
    pub(super) fn serves(&self, point: ContactPointId, channel: Channel) -> bool {
        let known = |id| {
            let at_home = |fact: &Fact| fact.position.log.aggregate == Aggregate::Point(point);
            let all = self.attaches(point).filter(move |(fact, own, _)| *own == id || at_home(fact));
            all.max_by_key(|(fact, own, _)| (*own == id, fact.at(), fact.position))
        };
        self.kin().into_iter().all(|id| known(id).is_some_and(|(.., kind)| channel.is_served_by(kind)))
    }

    /// R11, R39: whether reassignments relieve every record of the person, and their kin, of a group.
    pub(super) fn is_relieved(&self, group: &Group) -> bool {
        let last = group.named.log.at(group.named.upto);
        let Aggregate::Point(point) = last.log.aggregate else { return false };
        let relieves = |id| {
            let mut all = self.reassignments(point);
            let had = |(holder, at): &(SubjectId, Timestamp)| *holder == id && *at <= group.at;
            let held_before = self.left(id, point).is_some() || self.given(point).iter().any(had);
            !held_before && all.any(|(_, own)| own.to == Some(id) && own.view.covers(last))
        };
        !self.subject.ids.is_empty() && self.kin().into_iter().all(relieves)
    }

    /// R11: whether the old holder of a cell's contact point gave a grant or made a request before it went.
    pub(super) fn is_reassigned(&self, cell: Cell, given: &Fact) -> bool {
        let by_holder = |own: &Reassign| Aggregate::Subject(own.from) == given.position.log.aggregate;
        let all = cell.point.into_iter().flat_map(|point| self.reassignments(point));
        all.into_iter().any(|(fact, own)| by_holder(own) && ends(fact, &own.view, given))
    }
}
