use core::ops::Range;

use consent_engine::Timestamp;

use crate::check::Check;
use crate::format::Step;
use crate::outcome::Outcome;

/// A step that was done, ready to be shown.
pub(crate) struct Happened<'a> {
    pub(crate) file: &'a str,
    pub(crate) line: u64,
    pub(crate) at: Timestamp,
    pub(crate) step: &'a Step,
    pub(crate) outcome: Outcome,
    /// The facts it wrote, in the journal.
    pub(crate) facts: Range<usize>,
    pub(crate) checks: Vec<Check>,
}

impl Happened<'_> {
    /// The expectations that were not met.
    pub(crate) fn failed(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| !check.met)
    }
}
