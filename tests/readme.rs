//! The README's first code is the example `quickstart`, so that what a newcomer copies is what runs.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

#[test]
fn first_code_is_the_quick_start() {
    let (_, after) = include_str!("../README.md").split_once("```rust\n").unwrap();
    let (code, _) = after.split_once("```").unwrap();
    let example = include_str!("../examples/quickstart.rs");
    let (_, program) = example.split_once("\nuse ").unwrap();
    assert_eq!(code.trim(), format!("use {}", program.trim()));
    assert!(example.lines().count() <= 40, "a quick start has at most 40 lines");
}
