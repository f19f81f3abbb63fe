//! The use cases, written once for both engines. What their examples need, hidden from who reads them, is `example.txt`.

mod commands;
mod identity;
mod questions;
mod upkeep;

/// The use cases of an engine over a store: `use_cases!(Engine<S: Store>)`, with `async` and how to wait where it does.
macro_rules! use_cases {
    ($($engine:tt)*) => {
        crate::engine::use_cases::questions!($($engine)*);
        crate::engine::use_cases::commands!($($engine)*);
        crate::engine::use_cases::identity!($($engine)*);
        crate::engine::use_cases::upkeep!($($engine)*);
    };
}

pub(super) use {commands::commands, identity::identity, questions::questions, upkeep::upkeep, use_cases};
