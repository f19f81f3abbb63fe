//! A withdrawal that is too long to be written as it was said is read wider; it is never refused.

use crate::consent::{Act, Decided, Effect};
use crate::fact::Scope;
use crate::id::Aggregate;
use crate::op::command_outcome::CommandOutcome;
use crate::op::decide::Decide;
use crate::op::target::Target;
use crate::op::{Halt, Loaded, Plan};
use crate::policy::Limits;
use crate::store::Row;

/// Beyond so many contact points an opt-out is read in the widest sense.
pub(super) const MOST_POINTS_APART: usize = 48;

/// So many contact points are erased with a person at once.
const MOST_POINTS_ERASED: usize = 24;

impl Decide {
    /// The same with every scope read in the widest sense: for an opt-out that is too long to be written as it was said.
    pub(super) fn widened(
        &self,
        see: &Loaded,
        mut target: Target,
        row: Row,
    ) -> Result<Plan<CommandOutcome>, Halt> {
        let policy = (*self.settings.policy).clone();
        let limits = Limits { statements: 0, ..*policy.limits() };
        if !matches!(self.command.act, Act::Erase) {
            target.points.clear();
        }
        self.changes(see, &target, row, &policy.with_limits(limits))
    }
}

/// Whether an act that is too long is read in the widest sense instead of being refused.
pub(super) const fn is_widened(act: &Act) -> bool {
    match act {
        Act::OptOut(_) | Act::Object(_) | Act::Erase => true,
        Act::Choose(_) => act.restricts_in_part(),
        _ => false,
    }
}

/// An erasure of more contact points than a batch holds: the person is erased, which denies everything, and of the points as many as
/// fit. Somebody must see to the rest.
pub(super) fn cut_to_size(decided: &mut Decided) {
    let mut left = MOST_POINTS_ERASED;
    decided.facts.retain(|fact| match fact.position.log.aggregate {
        Aggregate::Subject(_) => true,
        Aggregate::Point(_) => {
            let fits = left > 0;
            left = left.saturating_sub(1);
            fits
        }
    });
    decided.effects.push(Effect::OpenReview { scope: Scope::EVERYTHING });
}
