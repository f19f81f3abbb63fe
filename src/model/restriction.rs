//! Which restrictions there are, which of them stand, and to what they apply.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::{Group, Model};
use crate::RestrictionReason as R;
use crate::*;

/// The four reasons that a grant can name.
pub(super) fn is_consent_reason(reason: R) -> bool {
    matches!(reason, R::OptOut | R::Objection | R::Complaint | R::Erasure)
}

/// R5, R16: whether one of `list` has the log and key of a group, up to its last position at least.
pub(super) fn names(list: &[Named], group: &Named) -> bool {
    list.iter().any(|own| own.log == group.log && own.key == group.key && own.upto >= group.upto)
}

/// R6: a scope as it counts in a log: at a contact point, for that point and no other.
pub(super) fn local(scope: Scope, log: LogId) -> Scope {
    match log.aggregate {
        Aggregate::Point(home) => Scope { point: Some(home), ..scope },
        Aggregate::Subject(_) => scope,
    }
}

impl Model<'_> {
    /// R6, R7, R12: whether all that was stated lies inside `scope`, in `log`. A scope covers a cell if the
    /// statement of just that cell lies inside it.
    pub(super) fn inside(&self, stated: &Stated, log: LogId, scope: &Scope) -> bool {
        let purpose = match (scope.purpose, stated.purpose) {
            (PurposeScope::All, _) => true,
            (PurposeScope::Subtree(of), _) if self.policy.catalogue().find(of).is_none() => true,
            (PurposeScope::Subtree(_), Breadth::All) => false,
            (PurposeScope::Subtree(of), Breadth::Subtree(id) | Breadth::Exactly(id)) => {
                self.line(id).iter().any(|above| above.id() == of)
            }
        };
        let channel =
            scope.channel.is_none() || !self.knows(scope.channel) || scope.channel == stated.channel;
        let point = local(*scope, log)
            .point
            .is_none_or(|home| stated.point.is_some_and(|point| self.origins(point).contains(&home)));
        purpose && channel && point
    }

    /// R4, R38: the groups that count for the person, in the order of log and key.
    pub(super) fn groups(&self) -> Vec<Group> {
        let mut groups: BTreeMap<(LogId, RestrictionKey, &ViewToken), Group> = BTreeMap::new();
        for fact in &self.facts {
            let FactKind::Restriction(own) = &fact.kind else { continue };
            if !self.counts(fact.position.log, &own.unmerges) {
                continue;
            }
            let reached = self.reached(fact.position.log, &own.unmerges);
            let scope = local(own.scope, fact.position.log);
            let key = RestrictionKey { reason: own.reason, by: fact.actor.kind(), scope };
            let named = Named { log: fact.position.log, key, upto: fact.position.seq };
            let end = own.until.filter(|_| !is_consent_reason(own.reason));
            let first = Group { named, reached, at: fact.at(), end, recorded: fact.recorded_at };
            let group = groups.entry((named.log, key, &own.unmerges)).or_insert(first);
            group.named.upto = group.named.upto.max(named.upto);
            group.at = group.at.max(fact.at());
            group.end = group.end.zip(end).map(|(one, other)| one.max(other));
            group.recorded = group.recorded.max(fact.recorded_at);
        }
        groups.into_values().collect()
    }

    /// R4, R5, R11: whether a group stands at `t`: it has not ended, and nobody cleared, resumed or
    /// relieved it.
    pub(super) fn stands(&self, group: &Group, t: Timestamp) -> bool {
        let key = group.named.key;
        let clears = key.reason == R::Complaint || !is_consent_reason(key.reason);
        let there = |fact: &&Fact| fact.position.log.aggregate == group.named.log.aggregate;
        let cleared = self.facts.iter().filter(there).any(|fact| match fact.kind {
            FactKind::Clear(own) => clears && names(&[own], &group.named),
            FactKind::Resume(own) => key.reason == R::Pause && names(&[own], &group.named),
            _ => false,
        });
        group.end.is_none_or(|end| t < end) && !cleared && !self.is_relieved(group)
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

    /// R8, R9, R10 and the table of the design: whether a restriction that covers a purpose applies to it.
    pub(super) fn applies(
        &self,
        named: &Named,
        purpose: &Purpose,
        basis: LawfulBasis,
        held: bool,
        served: bool,
    ) -> bool {
        use LawfulBasis::{Consent, Contract, LegalObligation, LegitimateInterests, PublicTask, SoftOptIn};
        let class = purpose.class();
        let promotes = matches!(class, PurposeClass::Marketing | PurposeClass::Relationship);
        let at_point = matches!(named.log.aggregate, Aggregate::Point(_));
        let line = self.line(purpose.id());
        let of = line.iter().find(|above| named.key.scope.purpose == PurposeScope::Subtree(above.id()));
        match named.key.reason {
            R::OptOut if promotes => true,
            R::OptOut if held || served => false,
            R::OptOut if class == PurposeClass::Processing => basis == Consent,
            R::OptOut => match purpose.opt_out() {
                OptOutRule::Allowed => true,
                OptOutRule::ByName => of.is_some_and(|of| of.class() == class),
                OptOutRule::Refused => false,
            },
            R::Objection if class == PurposeClass::Marketing => true,
            R::Objection => matches!(basis, LegitimateInterests | PublicTask | SoftOptIn),
            R::Complaint | R::Register | R::Pause => promotes,
            R::Bounce | R::InvalidAddress => !served,
            R::Erasure if at_point && class == PurposeClass::Processing => {
                !matches!(basis, Contract | LegalObligation)
            }
            R::Erasure => promotes || !at_point,
            R::Legal | R::OperatorBlock | R::Invalidation => true,
            R::Interim => of.is_some() || class == PurposeClass::Marketing,
        }
    }
}
