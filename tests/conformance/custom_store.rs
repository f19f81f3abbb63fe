//! The store of the example passes, and the same store without its comparison fails and says why.

use consent_engine::conformance::{CHECKS, Outcome, run};
use consent_engine::store::{Batch, Expect, ReadSet, Receipt, Records, Store, Write};

#[path = "../../examples/custom_store.rs"]
mod example;

use example::{TableError, TableStore, Tables};

#[test]
fn the_store_of_the_example_passes() {
    let report = run(&Tables);
    assert!(report.passed(), "{report}");
    assert!(report.lines().iter().all(|line| line.outcome == Outcome::Held), "{report}");
    let drawn = report.to_string();
    for check in CHECKS {
        assert!(drawn.contains(&format!("✓ {}", check.name())), "{drawn}");
    }
}

/// The store of the example, as if its `commit` compared nothing.
#[derive(Default)]
struct WithoutComparison(TableStore);

impl Store for WithoutComparison {
    type Error = TableError;

    fn read(&self, what: &ReadSet) -> Result<Records, TableError> {
        self.0.read(what)
    }

    fn commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, TableError> {
        let one = |batch: &Batch| {
            let found =
                self.0.read(&ReadSet::new(batch.writes().iter().map(|write| write.key)).unwrap())?.found;
            let now = found
                .into_iter()
                .map(|found| found.map_or(Expect::Absent, |found| Expect::At(found.version)));
            let writes =
                batch.writes().iter().zip(now).map(|(write, expect)| Write { expect, ..write.clone() });
            Ok(self.0.commit(&[Batch::new(writes).unwrap()])?.remove(0))
        };
        batches.iter().map(one).collect()
    }
}

#[test]
fn without_the_comparison_it_fails_and_says_why() {
    let report = run(&WithoutComparison::default);
    assert!(!report.passed());
    let failed: Vec<_> = report.failed().map(|line| line.check.name()).collect();
    for name in [
        "creating_what_exists_conflicts",
        "old_version_conflicts",
        "conflict_on_second_key_writes_nothing",
        "concurrent_increments_add_up",
    ] {
        assert!(failed.contains(&name), "{name} held\n{report}");
    }
    let why = "✗ old_version_conflicts: an expectation does not hold, but the receipt is Committed";
    assert!(report.to_string().contains(why), "{report}");
}

#[test]
fn the_guide_shows_the_code_of_the_example() {
    let example = include_str!("../../examples/custom_store.rs");
    let guide = include_str!("../../src/store/writing_a_store.md");
    for name in ["    fn find(", "    fn commit(&mut self"] {
        let code = &example[example.find(name).unwrap()..];
        let code = &code[..code.find("\n    }\n").unwrap()];
        assert!(guide.contains(code), "the guide has another version of:\n{code}");
    }
}
