//! The reference model, and the engine beside it, against answers that were derived by hand from DESIGN.md.
#![cfg(feature = "model")]
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::std_instead_of_alloc,
    reason = "lints for the library; a test may panic"
)]

mod addresses;
mod asking;
mod ending;
mod granting;
mod history;
mod lifting;
mod purposes;
mod records;
mod requesting;
mod restricting;
mod size;
mod words;
