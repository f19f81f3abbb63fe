//! The kit that checks a store against the contract of [`Store`](crate::store::Store) (feature `conformance`).
//!
//! In the tests of your store, [`conformance_tests!`](crate::conformance_tests) makes one test of each check. Or run all of it
//! and print the report:
//!
//! ```
//! use consent_engine::{conformance, store::MemoryStore};
//! let report = conformance::run(&MemoryStore::new);
//! println!("{report}");
//! assert!(report.passed());
//! ```
//!
//! # What it consists of
//!
//! * [`CHECKS`] lists every check with its meaning; [`checks`] has a function for each; [`run`] runs all of them.
//! * A [`Factory`] makes the stores. It may also open a store again, and disturb a commit; without that the checks of
//!   durability and of unknown ends are not run, and the report says so.
//! * An asynchronous store is wrapped in [`BlockOn`], with the [`Runtime`] that it needs.
//! * The checks under `race` let threads work on the same keys. One writes down what each saw, and looks for an order
//!   that explains it.
//! * A run that did not exercise what it must is rejected: [`Coverage`]. [`Observed`] does the same for your own tests.
//! * [`FaultStore`] makes chosen calls of any store go wrong, to test what is built on it.
//!
//! # What it cannot find
//!
//! Whether what was committed outlives a loss of power, a full disk or a failover: only a test that pulls the plug shows that. And
//! races that come up once in a million calls; run the group `race` in a loop before you trust a new store.

mod bench;
mod block_on;
mod check;
pub mod checks;
mod coverage;
mod factory;
mod fault;
mod history;
mod linear;
mod observed;
mod outcome;
mod probe;
mod report;
mod rows;
mod table;
mod threads;

pub use block_on::{BlockOn, Park, Runtime};
pub use check::Check;
pub use checks::CHECKS;
pub use coverage::{Coverage, Exercise, NotExercised};
pub use factory::{Factory, FactoryError};
pub use fault::{Fault, FaultError, FaultKind, FaultStore};
pub use observed::Observed;
pub use outcome::{Failure, Outcome};
pub use report::{Line, Report, run};

/// Panics if a check failed, for tests.
///
/// # Panics
///
/// If the store broke the contract.
#[track_caller]
#[allow(clippy::panic, reason = "a test fails by a panic")]
pub fn assert_passed(outcome: Outcome) {
    if let Outcome::Failed(failure) = outcome {
        panic!("{failure}");
    }
}

/// Makes a `#[test]` of every check, for one [`Factory`].
///
/// ```
/// mod tests {
///     use consent_engine::store::MemoryStore;
///
///     consent_engine::conformance_tests!(MemoryStore::new); // A function that makes an empty store.
/// }
/// ```
#[macro_export]
macro_rules! conformance_tests {
    ($factory:expr) => {
        $crate::__conformance_table! { [$crate::__conformance_test] $factory }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_test {
    (($factory:expr) $($group:ident { $($name:ident: $meaning:literal,)* })*) => {
        $($(
            #[test]
            fn $name() {
                $crate::conformance::assert_passed($crate::conformance::checks::$name(&$factory));
            }
        )*)*
    };
}
