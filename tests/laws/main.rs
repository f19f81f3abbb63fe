//! The laws: what must always hold. Each test is named after its law.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::string_slice,
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    missing_docs,
    reason = "tests may panic"
)]

#[path = "../support/mod.rs"]
mod support;

mod asking;
mod commands;
mod compaction;
mod core_safety;
mod described;
mod differential;
mod evidence;
mod exhaustive;
mod explanation;
mod held;
mod identity;
mod inviting;
mod joining;
mod merged;
mod merging;
mod preferences;
mod privacy;
mod replaying;
mod review;
mod scope;
mod time;
mod town;
mod unknown;
