//! The engine over a store: what a use case comes to, once and only once, and what a bad store cannot make it do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::std_instead_of_core,
    clippy::string_slice,
    clippy::std_instead_of_alloc,
    missing_docs,
    reason = "tests may panic"
)]

#[path = "../support/mod.rs"]
mod support;

mod addresses;
mod alike;
mod at_once;
mod bounds;
mod city;
mod corrupt;
mod double_opt_in;
mod due;
mod faults;
mod fresh;
mod golden;
mod history;
mod hostile;
mod imports;
mod many;
mod merges;
mod once;
mod policies;
mod preferences;
mod review;
mod shop;
mod sign_up;
mod tenants;
mod together;
mod token_life;
