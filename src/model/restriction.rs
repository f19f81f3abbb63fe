//! Which restrictions there are, and which of them stand.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::Model;
use super::identity::Records;
use super::reason::is_of_consent;
use super::scope::{local, names};
use crate::RestrictionReason as R;
use crate::*;

/// The restrictions of one log that share reason, kind of actor and scope (R4), and knew of the same unmerges
/// (R38): `named` has their last position, `reached` the records that they reach.
pub(super) struct Group {
    pub(super) named: Named,
    pub(super) reached: Records,
    pub(super) at: Timestamp,
    pub(super) end: Option<Timestamp>,
    pub(super) recorded: Timestamp,
}

impl Group {
    pub(super) fn reason(&self) -> R {
        self.named.key.reason
    }
}

impl Model<'_> {
    /// R4, R38: the groups that count for the person, in the order of log and key.
    pub(super) fn groups(&self) -> Vec<Group> {
        let mut groups = self.all_groups();
        groups.retain(|group| self.subject.ids.is_empty() || !group.reached.is_disjoint(&self.records()));
        groups
    }

    /// R4: every group, whomever it reaches.
    pub(super) fn all_groups(&self) -> Vec<Group> {
        let mut groups: BTreeMap<_, Group> = BTreeMap::new();
        for fact in &self.facts {
            let FactKind::Restriction(own) = &fact.kind else { continue };
            let (log, scope) = (fact.position.log, local(own.scope, fact.position.log));
            let key = RestrictionKey { reason: own.reason, by: fact.actor.kind(), scope };
            let named = Named { log, key, upto: fact.position.seq };
            let (at, recorded) = (fact.at(), fact.recorded_at);
            let end = own.until.filter(|_| !is_of_consent(own.reason));
            let first = || Group { named, reached: self.reached(log, &own.unmerges), at, end, recorded };
            let group = groups.entry((log, key, &own.unmerges)).or_insert_with(first);
            group.named = named;
            group.at = group.at.max(at);
            group.end = group.end.zip(end).map(|(one, other)| one.max(other));
            group.recorded = group.recorded.max(recorded);
        }
        groups.into_values().collect()
    }

    /// R4, R5, R11: whether a group stands at `t`: it has not ended, and nobody cleared, resumed or relieved it.
    pub(super) fn stands(&self, group: &Group, t: Timestamp) -> bool {
        let clears = group.reason() == R::Complaint || !is_of_consent(group.reason());
        let there = |fact: &&Fact| fact.position.log.aggregate == group.named.log.aggregate;
        let cleared = self.facts.iter().filter(there).any(|fact| match fact.kind {
            FactKind::Clear(own) => clears && names(&[own], &group.named),
            FactKind::Resume(own) => group.reason() == R::Pause && names(&[own], &group.named),
            _ => false,
        });
        group.end.is_none_or(|end| t < end) && !cleared && !self.is_relieved(group)
    }
}
