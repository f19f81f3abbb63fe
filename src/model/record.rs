//! What is known of one record and of the purposes it is asked about.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::Model;
use super::identity::{Records, record};
use crate::*;

impl Model<'_> {
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

    /// R21, R38, R39: the basis of a purpose for each of some records, and whether a hold gives it; that of the catalogue
    /// for somebody without a record.
    pub(super) fn bases(&self, records: &Records, purpose: &Purpose) -> Vec<(LawfulBasis, bool)> {
        let known = (purpose.basis(), false);
        let bases = records.iter().map(|id| match self.recorded_basis(*id, purpose.id()) {
            _ if self.is_held(*id, purpose) => (LawfulBasis::LegalObligation, true),
            recorded => recorded.map_or(known, |basis| (basis, false)),
        });
        bases.chain(records.is_empty().then_some(known)).collect()
    }

    /// R39: the basis by which it is judged whether consent is asked.
    pub(super) fn basis_of_case(&self, cell: Cell, purpose: &Purpose) -> LawfulBasis {
        let mut users = self.records();
        if let Some(point) = cell.point.filter(|_| self.has_kin()) {
            users.retain(|id| self.may_use(*id, point, purpose));
        }
        let all = if users.is_empty() { self.records() } else { users };
        let bases = self.bases(&all, purpose).into_iter().map(|(basis, _)| basis);
        bases.max_by_key(|basis| basis.restrictiveness()).unwrap_or(purpose.basis())
    }

    /// R21: whether a hold on a purpose stands, in the log of a record.
    fn is_held(&self, id: SubjectId, purpose: &Purpose) -> bool {
        let releases = |fact: &Fact, hold: Position| {
            let FactKind::Release(Release { log, purpose: of, upto }) = fact.kind else { return false };
            let there = fact.position.log.aggregate == log.aggregate && log == hold.log;
            there && of == purpose.id() && upto >= hold.seq
        };
        let released = |hold: &Fact| self.facts.iter().any(|fact| releases(fact, hold.position));
        let mut holds = self.of(id).filter(|fact| match fact.kind {
            FactKind::Hold(own) => own.purpose == purpose.id() && !purpose.class().promotes(),
            _ => false,
        });
        holds.any(|hold| !released(hold))
    }

    /// R21: the basis recorded for a record: the most restrictive of the last of each log.
    fn recorded_basis(&self, id: SubjectId, of: PurposeId) -> Option<LawfulBasis> {
        let mut last = BTreeMap::new();
        for fact in self.of(id) {
            if let FactKind::Basis { purpose, basis } = fact.kind
                && purpose == of
            {
                last.insert(fact.position.log, basis);
            }
        }
        last.into_values().min_by_key(|basis| basis.restrictiveness())
    }
}
