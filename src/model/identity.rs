//! Which records are one person, what reaches them, and what is known of them: R37 to R41.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::Model;
use crate::*;

/// Records of one person.
pub(super) type Records = BTreeSet<SubjectId>;

/// The subject in whose log a fact stands.
pub(super) fn record(fact: &Fact) -> Option<SubjectId> {
    match fact.position.log.aggregate {
        Aggregate::Subject(id) => Some(id),
        Aggregate::Point(_) => None,
    }
}

impl Model<'_> {
    /// R37: the person's own records.
    pub(super) fn records(&self) -> Records {
        self.subject.ids.iter().copied().collect()
    }

    /// R37: the person's own records, and what was ever merged with one of them through any chain.
    pub(super) fn kin(&self) -> Records {
        self.connected(self.records(), |a, b| self.were_merged(a, b))
    }

    /// R39: whether two records could permit together what neither permits alone.
    pub(super) fn has_kin(&self) -> bool {
        self.kin().len() > 1
    }

    /// R38: the records that something reaches which stands in `log`, by somebody who knew of `unmerges`.
    pub(super) fn reached(&self, log: LogId, unmerges: &ViewToken) -> Records {
        let start = match log.aggregate {
            Aggregate::Subject(id) if self.kin().contains(&id) => BTreeSet::from([id]),
            Aggregate::Subject(_) | Aggregate::Point(_) => self.records(),
        };
        let knew = |a, b| self.unmerges(a, b).all(|(fact, _)| unmerges.covers(fact.position));
        self.connected(start, |a, b| self.are_merged(a, b) || (self.were_merged(a, b) && !knew(a, b)))
    }

    /// R38: whether something that stands in `log` counts for the person. A person without a record is restricted by
    /// everything in view.
    pub(super) fn counts(&self, log: LogId, unmerges: &ViewToken) -> bool {
        self.subject.ids.is_empty() || !self.reached(log, unmerges).is_disjoint(&self.records())
    }

    /// R41: what the facts say of the person.
    pub(super) fn described_kind(&self) -> Option<SubjectKind> {
        let kind = |what| if let Description::Kind(kind) = what { Some(kind) } else { None };
        self.descriptions(None).into_iter().filter_map(kind).max()
    }

    /// R41: whether the facts say that a contact point is a role address.
    pub(super) fn described_role(&self, point: ContactPointId) -> bool {
        let role = |what| matches!(what, Description::RoleAddress { is: true, .. });
        self.descriptions(Some(point)).into_iter().any(role)
    }

    /// R41: the descriptions of the person, or of a contact point, that no other replaces.
    fn descriptions(&self, point: Option<ContactPointId>) -> Vec<Description> {
        let mut last = BTreeMap::new();
        for fact in &self.facts {
            let FactKind::Described { what, instead_of, unmerges } = &fact.kind else { continue };
            let log = fact.position.log;
            let at_home = match point {
                Some(point) => log.aggregate == Aggregate::Point(point),
                None => record(fact).is_some(),
            };
            if at_home && what.point() == point && self.counts(log, unmerges) {
                last.insert((log, unmerges), (fact.position, *what, instead_of));
            }
        }
        let replaced = |position: Position| {
            last.values().any(|(by, _, instead_of)| *by != position && instead_of.covers(position))
        };
        let left = last.values().filter(|(position, ..)| !replaced(*position));
        left.map(|(_, what, _)| *what).collect()
    }

    /// R37: the Merges of two records.
    fn merges(&self, a: SubjectId, b: SubjectId) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(move |fact| {
            matches!(fact.kind, FactKind::Merge { with } if a != b && is_between(fact, with, a, b))
        })
    }

    /// R37: the Unmerges of two records, with what they end.
    fn unmerges(&self, a: SubjectId, b: SubjectId) -> impl Iterator<Item = (&Fact, &ViewToken)> {
        self.facts.iter().filter_map(move |fact| match &fact.kind {
            FactKind::Unmerge { with, ends } if is_between(fact, *with, a, b) => Some((fact, ends)),
            _ => None,
        })
    }

    /// R37: whether two records were ever merged.
    fn were_merged(&self, a: SubjectId, b: SubjectId) -> bool {
        let own = self.records();
        (own.contains(&a) && own.contains(&b)) || self.merges(a, b).next().is_some()
    }

    /// R37: whether two records are merged.
    fn are_merged(&self, a: SubjectId, b: SubjectId) -> bool {
        let own = self.records();
        let stands = |merge: &Fact| self.unmerges(a, b).all(|(_, ends)| !ends.covers(merge.position));
        (own.contains(&a) && own.contains(&b)) || self.merges(a, b).any(stands)
    }

    /// All that is connected with `found` by pairs that are `linked`.
    fn connected(&self, mut found: Records, linked: impl Fn(SubjectId, SubjectId) -> bool) -> Records {
        let named = self.facts.iter().filter_map(|fact| match fact.kind {
            FactKind::Merge { with } => Some(with),
            _ => None,
        });
        let all: Records = named.chain(self.facts.iter().filter_map(record)).chain(self.records()).collect();
        for _ in &all {
            let next: Vec<_> = all.iter().filter(|b| found.iter().any(|a| linked(*a, **b))).collect();
            found.extend(next);
        }
        found
    }
}

/// Whether a fact of one of two records names the other.
fn is_between(fact: &Fact, with: SubjectId, a: SubjectId, b: SubjectId) -> bool {
    record(fact).is_some_and(|own| (own, with) == (a, b) || (own, with) == (b, a))
}
