use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::conformance::{CHECKS, Check, Coverage, Exercise, Factory, NotExercised, Outcome};

/// How one check went.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Line {
    /// The check.
    pub check: Check,
    /// How it ended.
    pub outcome: Outcome,
    /// What it did, where that differs from run to run.
    pub note: Option<String>,
}

/// How a store did. Its `Display` lists every check by name.
#[derive(Clone, Debug)]
pub struct Report {
    lines: Vec<Line>,
    exercised: Result<(), NotExercised>,
}

/// Runs every check, each on a new store.
///
/// ```
/// use consent_engine::conformance::{CHECKS, run};
/// use consent_engine::store::MemoryStore;
/// let report = run(&MemoryStore::new);
/// assert!(report.passed(), "{report}");
/// assert_eq!(report.lines().len(), CHECKS.len());
/// ```
pub fn run<F: Factory>(factory: &F) -> Report {
    let coverage = Coverage::default();
    let line = |check: &Check| {
        let (outcome, note) = check.observe(factory, &coverage);
        Line { check: *check, outcome, note }
    };
    let lines = CHECKS.iter().map(line).collect();
    Report { lines, exercised: coverage.require(Exercise::REQUIRED) }
}

impl Report {
    /// Whether no check failed, and the run exercised what it must. Checks that were not run do not count against the store.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failed().next().is_none() && self.exercised.is_ok()
    }

    /// Each check and how it went, in the order of [`CHECKS`].
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The checks that failed.
    pub fn failed(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| matches!(line.outcome, Outcome::Failed(_)))
    }

    /// Whether the run exercised all it must. If every batch conflicts, for example, it cannot.
    ///
    /// # Errors
    ///
    /// [`NotExercised`] names what is missing.
    ///
    /// ```
    /// use consent_engine::conformance::run;
    /// use consent_engine::store::MemoryStore;
    /// assert_eq!(run(&MemoryStore::new).exercised(), Ok(()));
    /// ```
    pub fn exercised(&self) -> Result<(), NotExercised> {
        self.exercised.clone()
    }

    fn count(&self, counts: impl Fn(&Outcome) -> bool) -> usize {
        self.lines.iter().filter(|line| counts(&line.outcome)).count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut group = "";
        for line in &self.lines {
            if line.check.group() != group {
                group = line.check.group();
                writeln!(f, "{group}")?;
            }
            writeln!(f, "  {line}")?;
        }
        let held = self.count(|outcome| *outcome == Outcome::Held);
        let not_run = self.count(|outcome| matches!(outcome, Outcome::NotRun(_)));
        let failed = self.failed().count();
        write!(f, "{} checks: {held} held, {failed} failed, {not_run} not run", self.lines.len())?;
        match &self.exercised {
            Ok(()) => Ok(()),
            Err(missing) => write!(f, "\n✗ {missing}"),
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.check.name();
        match &self.outcome {
            Outcome::Held => write!(f, "✓ {name}")?,
            Outcome::NotRun(why) => write!(f, "– {name}: not run, as {why}")?,
            Outcome::Failed(why) => write!(f, "✗ {name}: {why}\n    {}", self.check.meaning())?,
        }
        self.note.iter().try_for_each(|note| write!(f, " ({note})"))
    }
}
