//! The conformance kit: sound stores pass it, and each broken store fails a check that names its defect.
#![cfg(feature = "conformance")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test"
)]

mod broken;
mod coverage;
mod custom_store;
mod defects;
mod fault;
mod kit;
mod sound;
