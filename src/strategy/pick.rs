//! Weighted choice, cheap to draw: `prop_oneof!` forks the random number generator for every option it passes over.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::{self, Debug};

use proptest::prelude::*;
use proptest::strategy::{NewTree, ValueTree};
use proptest::test_runner::TestRunner;

/// One of the values, each as often as its weight says; shrinks to the first. The list must not be empty.
#[allow(clippy::expect_used, reason = "every list in this module holds a fixed value")]
pub(super) fn pick<T: Clone + Debug + 'static>(
    weighted: impl IntoIterator<Item = (usize, T)>,
) -> BoxedStrategy<T> {
    let mut total = 0usize;
    let ends: Vec<(usize, T)> = weighted
        .into_iter()
        .filter(|(weight, _)| *weight > 0)
        .map(|(weight, value)| {
            total = total.saturating_add(weight);
            (total, value)
        })
        .collect();
    let draw = move |at| {
        let found = ends.partition_point(|(end, _)| *end <= at);
        ends.get(found).map(|(_, value)| value.clone()).expect("the draw is below the sum of the weights")
    };
    (0..total).prop_map(draw).boxed()
}

/// One of the values, each as often; shrinks to the first. The list must not be empty.
pub(super) fn any_of<T: Clone + Debug + 'static>(values: impl IntoIterator<Item = T>) -> BoxedStrategy<T> {
    pick(values.into_iter().map(|value| (1, value)))
}

/// A value or none, with this chance of a value; shrinks to none first.
pub(super) fn maybe<T: Clone + Debug + 'static>(
    chance: f64,
    value: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Option<T>> {
    let some = value.prop_map(Some).boxed();
    let options = (proptest::bool::weighted(chance), Arc::new(some));
    Choice {
        simplest: Some(None),
        draw: Arc::new(move |runner| {
            if options.0.new_tree(runner)?.current() {
                options.1.new_tree(runner)
            } else {
                Ok(Box::new(Just(None)))
            }
        }),
    }
    .boxed()
}

/// One of the options, each as often as its weight says. With a value before the `;` it shrinks to that first,
/// else within the option drawn.
macro_rules! choose {
    ($simplest:expr; $($weight:expr => $option:expr),+ $(,)?) => {
        $crate::strategy::pick::one_of(
            Some($simplest),
            alloc::vec![$(($weight, proptest::strategy::Strategy::boxed($option))),+],
        )
    };
    ($($weight:expr => $option:expr),+ $(,)?) => {
        $crate::strategy::pick::one_of(
            None,
            alloc::vec![$(($weight, proptest::strategy::Strategy::boxed($option))),+],
        )
    };
}
pub(super) use choose;

/// See [`choose`]. The list must not be empty.
pub(super) fn one_of<T: Clone + Debug + 'static>(
    simplest: Option<T>,
    options: Vec<(usize, BoxedStrategy<T>)>,
) -> BoxedStrategy<T> {
    let option = pick(options);
    let draw = move |runner: &mut TestRunner| option.new_tree(runner)?.current().new_tree(runner);
    Choice { simplest, draw: Arc::new(draw) }.boxed()
}

type Draw<T> = dyn Fn(&mut TestRunner) -> NewTree<BoxedStrategy<T>>;

/// Draws in one of several ways, and shrinks to the simplest value before anything else.
struct Choice<T: Debug> {
    simplest: Option<T>,
    draw: Arc<Draw<T>>,
}

impl<T: Debug> Debug for Choice<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Choice").field("simplest", &self.simplest).finish_non_exhaustive()
    }
}

impl<T: Clone + Debug> Strategy for Choice<T> {
    type Tree = Chosen<T>;
    type Value = T;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let drawn = (self.draw)(runner)?;
        Ok(Chosen { drawn, simplest: self.simplest.clone(), shown: false })
    }
}

/// A drawn value, or the simplest in its place.
struct Chosen<T: Debug> {
    drawn: Box<dyn ValueTree<Value = T>>,
    /// Not tried yet, or shown.
    simplest: Option<T>,
    shown: bool,
}

impl<T: Clone + Debug> ValueTree for Chosen<T> {
    type Value = T;

    fn current(&self) -> T {
        match &self.simplest {
            Some(simplest) if self.shown => simplest.clone(),
            _ => self.drawn.current(),
        }
    }

    fn simplify(&mut self) -> bool {
        if self.shown {
            return false;
        }
        self.shown = self.simplest.is_some();
        self.shown || self.drawn.simplify()
    }

    fn complicate(&mut self) -> bool {
        if self.shown {
            (self.shown, self.simplest) = (false, None);
            return true;
        }
        self.drawn.complicate()
    }
}
