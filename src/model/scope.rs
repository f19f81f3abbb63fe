//! What a scope covers, and what names a group of restrictions.

use super::Model;
use crate::*;

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
    /// R7, R12: whether all that was stated lies inside a local scope. One covers a cell if the statement of just
    /// that cell lies inside it.
    pub(super) fn inside(&self, stated: &Stated, scope: &Scope) -> bool {
        let purpose = match (scope.purpose, stated.purpose) {
            (PurposeScope::All, _) => true,
            (PurposeScope::Subtree(of), _) if self.policy.catalogue().find(of).is_none() => true,
            (PurposeScope::Subtree(_), Breadth::All) => false,
            (PurposeScope::Subtree(of), Breadth::Subtree(id) | Breadth::Exactly(id)) => {
                self.line(id).iter().any(|above| above.id() == of)
            }
        };
        let any_channel = scope.channel.is_none() || !self.knows(scope.channel);
        let reaches = |home| stated.point.is_some_and(|point| self.origins(point).contains(&home));
        purpose && (any_channel || scope.channel == stated.channel) && scope.point.is_none_or(reaches)
    }
}
