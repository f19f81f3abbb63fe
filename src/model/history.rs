//! What the facts say, question by question: the clock, logs, purposes, descriptions, and the case of a cell.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::identity::{Records, record};
use super::{Case, Group, Model};
use crate::*;

impl Model<'_> {
    /// R2: effective now, and the floor if the clock jumped.
    pub(super) fn clock(&self, now: Timestamp) -> (Timestamp, Option<Timestamp>) {
        match self.facts.iter().map(|fact| fact.recorded_at).max() {
            Some(floor) if !self.frozen && floor > now.saturating_add(self.policy.skew()) => {
                (now, Some(floor))
            }
            Some(floor) if !self.frozen => (now.max(floor), None),
            _ => (now, None),
        }
    }

    /// R17: the facts in the logs of the subjects of the view.
    pub(super) fn own(&self) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(|fact| record(fact).is_some_and(|id| self.subject.ids.contains(&id)))
    }

    /// R17: the facts in the logs of one record.
    pub(super) fn of(&self, id: SubjectId) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(move |fact| record(fact) == Some(id))
    }

    /// A purpose and its ancestors, nearest first; empty for an unknown purpose.
    pub(super) fn line(&self, id: PurposeId) -> Vec<&Purpose> {
        let (mut line, mut next) = (Vec::new(), self.policy.catalogue().find(id));
        while let Some(purpose) = next {
            line.push(purpose);
            next = purpose.parent().and_then(|above| self.policy.catalogue().find(above));
        }
        line
    }

    /// R7: whether the catalogue knows a channel.
    pub(super) fn knows(&self, channel: Option<Channel>) -> bool {
        match channel {
            Some(Channel::Other(name)) => self.policy.catalogue().other_channels().contains(&name),
            _ => true,
        }
    }

    /// R41: whether the person is of a kind, and if so, whether a fact says it.
    pub(super) fn is_a(&self, kind: SubjectKind) -> Option<bool> {
        let described = self.described_kind().unwrap_or_default();
        (kind == described.max(self.subject.kind)).then_some(kind == described)
    }

    /// R41: whether a point is a role address, and if so, whether a fact says it.
    pub(super) fn is_role(&self, point: ContactPointId) -> Option<bool> {
        let described = self.described_role(point);
        (described || self.subject.role_addresses.contains(&point)).then_some(described)
    }

    /// R21, R39: the basis of a purpose for one record, and whether a hold gives it.
    pub(super) fn basis(&self, id: SubjectId, purpose: &Purpose) -> (LawfulBasis, bool) {
        let promotes = matches!(purpose.class(), PurposeClass::Marketing | PurposeClass::Relationship);
        if !promotes && self.is_held(id, purpose.id()) {
            return (LawfulBasis::LegalObligation, true);
        }
        (self.recorded_basis(id, purpose.id()).unwrap_or(purpose.basis()), false)
    }

    /// R39: the basis by which it is judged whether consent is asked.
    pub(super) fn basis_of_case(&self, cell: Cell, purpose: &Purpose) -> LawfulBasis {
        let mut users = self.records();
        if let Some(point) = cell.point.filter(|_| self.has_kin()) {
            users.retain(|id| self.may_use(*id, point, purpose));
        }
        let all = if users.is_empty() { self.records() } else { users };
        let bases = all.into_iter().map(|id| self.basis(id, purpose).0);
        bases.max_by_key(|basis| basis.restrictiveness()).unwrap_or(purpose.basis())
    }

    /// R21: whether a hold on a purpose stands, in the log of a record.
    pub(super) fn is_held(&self, record: SubjectId, id: PurposeId) -> bool {
        let released = |hold: &Fact| {
            self.facts.iter().any(|fact| match fact.kind {
                FactKind::Release(own) => {
                    let there = fact.position.log.aggregate == own.log.aggregate;
                    there
                        && own.purpose == id
                        && own.log == hold.position.log
                        && own.upto >= hold.position.seq
                }
                _ => false,
            })
        };
        self.of(record)
            .any(|fact| matches!(fact.kind, FactKind::Hold(own) if own.purpose == id) && !released(fact))
    }

    /// R21: the basis recorded for a record: the most restrictive of the last of each log.
    pub(super) fn recorded_basis(&self, record: SubjectId, id: PurposeId) -> Option<LawfulBasis> {
        let mut last = BTreeMap::new();
        for fact in self.of(record) {
            match fact.kind {
                FactKind::Basis { purpose, basis } if purpose == id => last.insert(fact.position.log, basis),
                _ => None,
            };
        }
        last.into_values().min_by_key(|basis| basis.restrictiveness())
    }

    /// Everything about a cell, for a purpose of the catalogue.
    pub(super) fn case(&self, cell: Cell, direction: Direction, now: Timestamp) -> Option<Case<'_>> {
        let purpose = self.policy.catalogue().find(cell.purpose)?;
        let (class, t) = (purpose.class(), self.clock(now).0);
        let promotes = matches!(class, PurposeClass::Marketing | PurposeClass::Relationship);
        let contact = !promotes && class != PurposeClass::Processing;
        let served = contact && direction == Direction::Inbound;
        let basis = self.basis_of_case(cell, purpose);
        let bases = |reached: &Records| match reached.is_empty() {
            true => alloc::vec![(purpose.basis(), false)],
            false => reached.iter().map(|id| self.basis(*id, purpose)).collect(),
        };
        let mut applying = self.groups();
        let reaches = |group: &Group, served| {
            let Named { log, key, .. } = group.named;
            let applies = |(basis, held)| self.applies(&group.named, purpose, basis, held, served);
            self.inside(&Stated::cell(cell), log, &key.scope)
                && bases(&group.reached).into_iter().any(applies)
        };
        let mut killers = applying.clone();
        killers.retain(|group| reaches(group, false) && !self.is_relieved(group));
        applying.retain(|group| self.stands(group, t) && reaches(group, served));
        let request = self.asked(cell, &killers, t);
        let (accepted, counted) = (self.accepted(purpose, cell), self.counted(purpose, cell));
        Some(Case { t, cell, purpose, promotes, served, basis, applying, accepted, counted, request })
    }
}
