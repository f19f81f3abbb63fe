use proptest::prelude::*;
use proptest::sample::subsequence;

use super::catalogue::catalogues;
use super::pick::{any_of, choose, pick};
use super::world::systems;
use crate::policy::{Limits, Policy, Regime, RegimeSet};
use crate::time::Span;

/// Limits: mostly the defaults, some so small that ordinary commands meet them.
pub fn limits() -> impl Strategy<Value = Limits> + Clone {
    let small = (1u32..=3, 1u32..=4, 1u32..=3).prop_map(|(statements, cells, restrictions)| Limits {
        statements,
        cells,
        restrictions,
        ..Limits::default()
    });
    choose![Limits::default(); 9 => Just(Limits::default()), 1 => small]
}

/// Skews and the conflict windows that go with them.
fn windows() -> impl Strategy<Value = (Span, Span)> + Clone {
    let extra = any_of([Span::seconds(3), Span::ZERO, Span::micros(1), Span::seconds(60)]);
    (any_of([Span::seconds(2), Span::ZERO, Span::micros(1), Span::seconds(5)]), extra)
        .prop_map(|(skew, extra)| (skew, Span::micros(skew.as_micros().saturating_add(extra.as_micros()))))
}

/// Policies over [`catalogues`]: version, skew, conflict window, lifetime of requests, age of snapshots, majority,
/// return after erasure, the systems trusted to lift (of those of every [`World`](super::World)) and [`limits`] vary.
#[allow(clippy::expect_used, reason = "the window is never shorter than the skew, nor a lifetime zero")]
pub fn policies() -> impl Strategy<Value = Policy> + Clone {
    let lifetime = any_of([Span::days(7), Span::hours(1), Span::micros(1)]);
    let age = any_of([Span::seconds(300), Span::days(30), Span::ZERO]);
    let knobs = (any_of([1u64, 2]), any_of([18u8, 16, 21, 0]), any::<bool>(), limits());
    (catalogues(), windows(), lifetime, age, knobs, subsequence(systems(), 0..=3)).prop_map(
        |(
            catalogue,
            (skew, window),
            lifetime,
            age,
            (version, majority, erased_may_return, limits),
            lifting,
        )| {
            Policy::new(version, catalogue)
                .with_skew(Span::ZERO)
                .and_then(|policy| policy.with_conflict_window(window))
                .and_then(|policy| policy.with_skew(skew))
                .and_then(|policy| policy.with_request_lifetime(lifetime))
                .expect("a consistent policy")
                .with_snapshot_age(age)
                .with_age_of_majority(majority)
                .with_return_after_erasure(erased_may_return)
                .with_lifting_systems(lifting)
                .with_limits(limits)
        },
    )
}

/// Both regimes.
pub fn regimes() -> impl Strategy<Value = Regime> + Clone {
    any_of([Regime::OptIn, Regime::OptOut])
}

/// Every set of regimes; the empty one, which denies, is rare.
pub fn regime_sets() -> impl Strategy<Value = RegimeSet> + Clone {
    pick([
        (6, RegimeSet::OPT_IN),
        (6, RegimeSet::OPT_OUT),
        (3, RegimeSet::OPT_IN.with(Regime::OptOut)),
        (1, RegimeSet::NONE),
    ])
}
