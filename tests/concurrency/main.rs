//! Concurrency, commands and the store: every interleaving of a small world, and threads on a real store.
//!
//! The model checker drives the real step machine of `op`, not a copy of it: see `worker.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    missing_docs,
    unreachable_pub,
    reason = "tests may panic"
)]

#[path = "../support/mod.rs"]
mod support;

/// Two values of a type are one if their `digest` is, which stands for all that they hold.
macro_rules! known_by_digest {
    ($type:ty) => {
        impl std::hash::Hash for $type {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                std::hash::Hash::hash(&self.digest, state);
            }
        }

        impl PartialEq for $type {
            fn eq(&self, other: &Self) -> bool {
                self.digest == other.digest
            }
        }

        impl Eq for $type {}
    };
}

mod double_opt_in;
mod double_opt_in_laws;
mod flaws;
mod history;
mod image;
mod known;
mod laws;
mod model;
mod properties;
mod replicas;
mod replicas_laws;
mod scenario;
mod threads;
mod worker;

use std::hash::{DefaultHasher, Hash, Hasher};

/// A number that stands for a value: the same on every run.
fn digest(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
