//! Instants on a coarse grid: equal, a microsecond apart, or just at the edge of a window.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::World;
use super::pick::{any_of, choose, pick};
use crate::fact::{Fact, FactKind};
use crate::time::{Interval, Span, Timestamp};

/// The instant about which the others cluster: 2026-03-02T10:00:00Z. A [`Run`](super::Run) starts here.
pub const EPOCH: Timestamp = match Timestamp::from_unix_seconds(1_772_445_600) {
    Ok(epoch) => epoch,
    Err(_) => Timestamp::MIN,
};

const MICRO: Span = Span::micros(1);

/// The instants on which most times fall.
fn anchors() -> [Timestamp; 4] {
    [
        EPOCH,
        EPOCH.saturating_add(Span::hours(1)),
        EPOCH.saturating_add(Span::days(1)),
        EPOCH.saturating_sub(Span::days(30)),
    ]
}

/// The spans at which a decision under this policy may turn.
fn turning_spans(world: &World) -> Vec<Span> {
    let policy = &world.policy;
    let mut spans = alloc::vec![policy.skew(), policy.conflict_window(), policy.request_lifetime()];
    let of_purposes = policy.catalogue().iter().flat_map(|(_, purpose)| {
        [purpose.validity(), purpose.cool_down(), purpose.cap().map(|cap| cap.per)].into_iter().flatten()
    });
    let of_purposes: BTreeSet<_> = of_purposes.collect();
    spans.extend(of_purposes.into_iter().take(12));
    spans
}

fn around(t: Timestamp) -> [Timestamp; 3] {
    [t, t.saturating_sub(MICRO), t.saturating_add(MICRO)]
}

/// Instants: most on a handful of anchors, some a microsecond beside one, some at the edge of the policy's skew,
/// conflict window, request lifetime, validities, caps and cool-downs, and rarely the ends of time.
pub fn timestamps(world: &World) -> impl Strategy<Value = Timestamp> + Clone + use<> {
    grid(world, 60, Timestamp::MAX)
}

/// As [`timestamps`], but hardly ever after most [`nows`]: one such record denies every question.
pub(super) fn recorded(world: &World) -> impl Strategy<Value = Timestamp> + Clone + use<> {
    grid(world, 600, EPOCH.saturating_add(Span::days(2)))
}

/// The grid up to an instant, with one instant in so many at the ends of time.
fn grid(world: &World, rarely: usize, latest: Timestamp) -> BoxedStrategy<Timestamp> {
    const EACH: usize = 1_000;
    let near: Vec<_> = anchors().into_iter().flat_map(|anchor| around(anchor).into_iter().skip(1)).collect();
    let edges: Vec<_> = turning_spans(world)
        .into_iter()
        .flat_map(|span| {
            anchors().into_iter().flat_map(move |anchor| {
                [anchor.saturating_add(span), anchor.saturating_sub(span)].into_iter().flat_map(around)
            })
        })
        .filter(|t| *t <= latest)
        .collect();
    // Of 19 instants 12 fall on anchors, 3 near one, 4 on edges.
    let nineteenth = edges.len().saturating_mul(EACH) >> 2;
    let weight = |of_nineteen: usize, n: usize| {
        nineteenth.saturating_mul(of_nineteen).checked_div(n).unwrap_or(0).max(1)
    };
    let on = [4, 2, 1, 1].map(|part| weight(12, 8).saturating_mul(part)).into_iter().zip(anchors());
    let [first, last] = [Timestamp::MIN, Timestamp::MAX];
    let ends = [last, first, last.saturating_sub(MICRO), first.saturating_add(MICRO)];
    let end = weight(19, rarely.saturating_mul(ends.len()));
    let beside = weight(3, near.len());
    pick(
        on.chain(near.into_iter().map(|t| (beside, t)))
            .chain(edges.into_iter().map(|t| (EACH, t)))
            .chain(ends.map(|t| (end, t))),
    )
}

/// Instants at which to ask: most after everything on the grid, so that no clock seems wrong, the rest anywhere.
pub fn nows(world: &World) -> impl Strategy<Value = Timestamp> + Clone + use<> {
    let after =
        [(4, 2), (2, 40), (1, 1)].map(|(weight, days)| (weight, EPOCH.saturating_add(Span::days(days))));
    choose![3 => pick(after), 1 => timestamps(world)]
}

/// Instants at which an answer about these facts may change: every time in them, as it is, moved by the policy's
/// spans, and a microsecond to either side. Draw `now` from these to test `valid_until`.
pub fn turning_points(world: &World, facts: &[Fact]) -> impl Strategy<Value = Timestamp> + Clone + use<> {
    let mut times = BTreeSet::from([EPOCH]);
    for fact in facts {
        times.extend([Some(fact.recorded_at), fact.captured_at].into_iter().flatten());
        times.extend(inner_times(&fact.kind).into_iter().flatten());
    }
    let moved = turning_spans(world).into_iter().flat_map(|span| {
        let shift = move |t: &Timestamp| [t.saturating_add(span), t.saturating_sub(span)];
        times.iter().flat_map(shift).collect::<Vec<_>>()
    });
    let moved: Vec<_> = moved.flat_map(around).collect();
    choose![2 => any_of(times.into_iter().flat_map(around)), 1 => any_of(moved)]
}

fn inner_times(kind: &FactKind) -> [Option<Timestamp>; 2] {
    match kind {
        FactKind::Restriction(restriction) => [restriction.until, None],
        FactKind::Request(request) => [Some(request.expires), None],
        other => match other.grant() {
            Some(grant) => [Some(grant.window.from()), grant.window.until()],
            None => [None, None],
        },
    }
}

/// Spans: none at all, a microsecond, those of the policy and a microsecond to either side, round ones, and
/// rarely the longest.
pub fn spans(world: &World) -> impl Strategy<Value = Span> + Clone + use<> {
    let edges = turning_spans(world).into_iter().flat_map(|span| {
        let micros = span.as_micros();
        [micros, micros.saturating_sub(1), micros.saturating_add(1)].map(Span::micros)
    });
    choose![
        8 => any_of([Span::ZERO, MICRO, Span::seconds(1), Span::hours(1), Span::days(1), Span::days(30)]),
        8 => any_of(edges),
        1 => Just(Span::micros(u64::MAX)),
    ]
}

/// Intervals: half without an end, some empty, the others between two [`timestamps`].
pub fn intervals(world: &World) -> impl Strategy<Value = Interval> + Clone + use<> {
    choose![
        4 => timestamps(world).prop_map(Interval::starting),
        1 => timestamps(world).prop_map(|t| Interval::starting(t).ending_by(t)),
        3 => (timestamps(world), timestamps(world))
            .prop_map(|(one, other)| Interval::starting(one.min(other)).ending_by(one.max(other))),
    ]
}
