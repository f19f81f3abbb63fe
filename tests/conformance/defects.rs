//! L56: each defect, and the check that must find it.

mod groups;
mod keys;
mod lost;
mod races;
mod scans;
mod torn;
mod unknown;
mod values;
mod versions;

use consent_engine::conformance::{CHECKS, Outcome, run};

use crate::broken::{Breaking, Broken};

/// What is wrong, the check that says so, and the store.
type Defect = (&'static str, &'static str, fn() -> Broken);

fn all() -> Vec<Defect> {
    [
        lost::LOST,
        torn::TORN,
        races::RACES,
        versions::VERSIONS,
        scans::SCANS,
        keys::KEYS,
        values::VALUES,
        groups::GROUPS,
        unknown::UNKNOWNS,
    ]
    .concat()
}

#[test]
fn l56_each_broken_store_fails_the_check_that_names_its_defect() {
    let mut missed = Vec::new();
    for (defect, name, broken) in all() {
        let check =
            CHECKS.iter().find(|check| check.name() == name).unwrap_or_else(|| panic!("no check {name}"));
        match check.run(&Breaking(broken)) {
            Outcome::Failed(_) => {}
            other => missed.push(format!("{defect}: {name} {other}")),
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn l56_the_store_that_is_broken_is_sound_before() {
    let report = run(&Breaking(Broken::sound));
    assert!(report.passed(), "{report}");
}

#[test]
fn l56_each_check_is_failed_by_some_broken_store() {
    let mut held: Vec<_> = CHECKS.iter().collect();
    for (_, _, broken) in all() {
        held.retain(|check| !matches!(check.run(&Breaking(broken)), Outcome::Failed(_)));
    }
    assert!(held.is_empty(), "no broken store fails {held:?}");
}
