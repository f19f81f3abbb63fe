//! Double opt-in: whether something touched a cell, and where its request stands.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::Model;
use super::identity::{Records, record};
use super::restriction::Group;
use super::scope::names;
use crate::RestrictionReason as R;
use crate::*;

/// Where the request of a cell stands (R19).
pub(super) enum Asked {
    Alive(PendingRequest),
    Lapsed,
    Dead,
}

impl Model<'_> {
    /// R19, R20, R39: the accepted grants that touch a cell and answer requests for it, also those of kin.
    fn touching(&self, cell: Cell) -> Vec<&Fact> {
        let (kin, all) = (self.kin(), self.grants(cell).map(|(fact, _)| fact));
        all.filter(|fact| record(fact).is_some_and(|id| kin.contains(&id))).collect()
    }

    /// R20, R39: whether anything touched a cell.
    pub(super) fn is_touched(&self, cell: Cell) -> bool {
        let asked = !self.requests(cell, &self.kin()).is_empty();
        asked || !self.touching(cell).is_empty() || self.covering(cell).next().is_some()
    }

    /// R19: of each log of some records the last request of a cell.
    fn requests(&self, cell: Cell, records: &Records) -> BTreeMap<LogId, (&Fact, &Request)> {
        let of = |fact| record(fact).is_some_and(|id| records.contains(&id));
        let all = self.facts.iter().filter(|fact| of(fact)).filter_map(|fact| match &fact.kind {
            FactKind::Request(own) if own.cell == cell => Some((fact.position.log, (fact, &**own))),
            _ => None,
        });
        all.collect()
    }

    /// R19: where the request of a cell stands, of those in view the one that counts.
    pub(super) fn asked<'g>(
        &self,
        cell: Cell,
        mut killers: impl Iterator<Item = &'g Group>,
        t: Timestamp,
    ) -> Asked {
        let last = self.requests(cell, &self.records()).into_values();
        let Some((fact, request)) = last.max_by_key(|(fact, _)| (fact.at(), fact.position)) else {
            return Asked::Dead;
        };
        let endings = self.endings(cell, fact, Some(request.expires));
        let kills = |group: &Group| {
            matches!(group.reason(), R::OptOut | R::Erasure | R::Invalidation)
                && !(names(&request.seen, &group.named) && fact.at() > group.at)
        };
        if self.touching(cell).iter().any(|grant| grant.at() >= fact.at()) {
            Asked::Dead
        } else if endings.iter().any(Option::is_some) {
            Asked::Lapsed
        } else if endings.contains(&None) || self.is_reassigned(cell, fact) || killers.any(kills) {
            Asked::Dead
        } else if t < request.expires {
            Asked::Alive(PendingRequest { id: request.id, expires: request.expires })
        } else {
            Asked::Lapsed
        }
    }
}
