extern crate std;

use alloc::string::String;
use core::fmt;
use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use crate::conformance::bench::{Bench, FactoryBench};
use crate::conformance::outcome::Checked;
use crate::conformance::{Coverage, Factory, Failure, Outcome};

/// One thing that the contract says, and how to try it.
#[derive(Clone, Copy)]
pub struct Check {
    name: &'static str,
    group: &'static str,
    meaning: &'static str,
    body: Body,
}

pub(super) type Body = fn(&mut dyn Bench) -> Checked;

impl Check {
    pub(super) const fn new(
        group: &'static str,
        name: &'static str,
        meaning: &'static str,
        body: Body,
    ) -> Self {
        Self { name, group, meaning, body }
    }

    /// What the report, the function in [`checks`](super::checks) and the test of
    /// [`conformance_tests!`](crate::conformance_tests) are called.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What it belongs to, such as `atomicity`.
    #[must_use]
    pub const fn group(&self) -> &'static str {
        self.group
    }

    /// What holds if the check does, in one sentence.
    #[must_use]
    pub const fn meaning(&self) -> &'static str {
        self.meaning
    }

    /// Runs it on a new store.
    pub fn run<F: Factory>(&self, factory: &F) -> Outcome {
        self.observe(factory, &Coverage::default()).0
    }

    /// Runs it, and notes what it exercised.
    pub(super) fn observe<F: Factory>(&self, factory: &F, coverage: &Coverage) -> (Outcome, Option<String>) {
        let run = AssertUnwindSafe(|| match FactoryBench::new(factory, coverage) {
            Err(failure) => (Outcome::Failed(failure), None),
            Ok(mut bench) => (Outcome::from((self.body)(&mut bench)), bench.into_note()),
        });
        catch_unwind(run).unwrap_or_else(|_| (Outcome::Failed(Failure::new("the store panicked")), None))
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Check({}/{})", self.group, self.name)
    }
}
