//! What the engine answers; drawn on its own, for what stores or shows it.

use proptest::collection::vec;
use proptest::prelude::*;

use super::World;
use super::id::request_ids;
use super::pick::{any_of, choose, maybe};
use super::time::timestamps;
use crate::consent::{CellState, ExpiryCause, PendingRequest, State};
use crate::decision::{Reason, ReasonSet, Standing, Verdict};

/// Every reason of a decision.
pub fn reasons() -> impl Strategy<Value = Reason> + Clone {
    any_of(Reason::ALL)
}

/// Sets of up to six reasons.
pub fn reason_sets() -> impl Strategy<Value = ReasonSet> + Clone {
    vec(reasons(), 0..=6).prop_map(ReasonSet::from_iter)
}

/// Every verdict; a deferral until one of [`timestamps`].
pub fn verdicts(world: &World) -> impl Strategy<Value = Verdict> + Clone + use<> {
    choose![
        Verdict::Permit;
        1 => Just(Verdict::Permit),
        1 => timestamps(world).prop_map(|until| Verdict::Defer { until }),
        1 => Just(Verdict::Deny),
    ]
}

/// Every standing.
pub fn standings() -> impl Strategy<Value = Standing> + Clone {
    any_of([Standing::Explicit, Standing::Default, Standing::Unknown])
}

/// Every cause of an expiry.
pub fn expiry_causes() -> impl Strategy<Value = ExpiryCause> + Clone {
    use ExpiryCause as C;
    any_of([
        C::Revoked,
        C::Reassigned,
        C::Inactivity,
        C::NoticeSuperseded,
        C::EvidenceSuperseded,
        C::GrantLapsed,
        C::RequestLapsed,
    ])
}

/// Every state of a cell.
pub fn states() -> impl Strategy<Value = State> + Clone {
    let plain = [State::Unknown, State::Pending, State::Granted, State::Denied, State::Withdrawn];
    choose![5 => any_of(plain), 2 => expiry_causes().prop_map(State::Expired)]
}

/// Every state, with and without a request beside it.
pub fn cell_states(world: &World) -> impl Strategy<Value = CellState> + Clone + use<> {
    let pending = (request_ids(), timestamps(world)).prop_map(|(id, expires)| PendingRequest { id, expires });
    (states(), maybe(0.4, pending)).prop_map(|(state, pending)| CellState { state, pending })
}
