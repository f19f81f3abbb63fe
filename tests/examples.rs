//! Each example runs, says what its reader is promised, and ends well.
#![allow(clippy::unwrap_used, clippy::std_instead_of_core, reason = "tests may panic")]

mod common;

/// Runs an example; each text must be in what it prints, in this order.
fn prints(name: &str, texts: &[&str]) {
    let output = common::example(name).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let complaints = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{name}: {}\n{printed}{complaints}", output.status);
    let mut rest = printed.as_str();
    for text in texts {
        let found = rest.split_once(text);
        assert!(found.is_some(), "{name} does not print `{text}` in its place:\n{printed}");
        rest = found.map_or("", |(_, after)| after);
    }
    assert!(!printed.contains('@'), "{name} prints an address:\n{printed}");
}

#[test]
fn quickstart() {
    prints("quickstart", &["after the yes: Permit", "after the no:  Deny", "OptOut", "only the person"]);
}

#[test]
fn sync_host() {
    prints(
        "sync_host",
        &[
            "(again: the store did not answer",
            "please confirm",
            "409 Conflict",
            "confirmed",
            "as decided before: Permit",
            "asked again: Deny {ConsentExpired}",
            "asked again: Deny {OptOut}",
        ],
    );
}

#[test]
fn async_host() {
    prints(
        "async_host",
        &["24 may be contacted", "24 facts, none lost or doubled", "Deny, because of {OptOut}"],
    );
}

#[test]
fn own_loop() {
    prints(
        "own_loop",
        &[
            "#4 ended: there is no such request",
            "#1: Unknown",
            "#1 is done: its first commit",
            "#3 is done",
            "true",
        ],
    );
}

#[test]
fn property_test() {
    prints("property_test", &["held in 200 histories", "held in 200 histories"]);
}
