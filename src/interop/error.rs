use alloc::vec::Vec;
use core::error;
use core::fmt;

use crate::interop::{Addressed, Problem};

/// A payload that was rejected. Nothing was recorded for it, and yet a withdrawal in it is not lost.
///
/// If the payload looked like an opt-out, [`interim`](Self::interim) holds a restriction of reason
/// [`Interim`](crate::RestrictionReason::Interim) for everybody it named, as far as it could be read: decide
/// these, and open a review. They stand until an operator, or the next valid reading from that system, ends
/// them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapError {
    problem: Problem,
    interim: Vec<Addressed>,
}

impl MapError {
    /// A problem, and the restrictions that stand in for a withdrawal until it is understood.
    #[must_use]
    pub const fn new(problem: Problem, interim: Vec<Addressed>) -> Self {
        Self { problem, interim }
    }

    /// What is wrong.
    #[must_use]
    pub const fn problem(&self) -> &Problem {
        &self.problem
    }

    /// What to decide all the same.
    #[must_use]
    pub fn interim(&self) -> &[Addressed] {
        &self.interim
    }

    /// Both, taken apart.
    #[must_use]
    pub fn into_parts(self) -> (Problem, Vec<Addressed>) {
        (self.problem, self.interim)
    }
}

impl fmt::Display for MapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.problem, f)?;
        match self.interim.len() {
            0 => Ok(()),
            n => write!(f, "; it looked like an opt-out: decide the {n} interim restriction(s)"),
        }
    }
}

impl error::Error for MapError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        Some(&self.problem)
    }
}
