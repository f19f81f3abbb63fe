//! What becomes of failing checks: the first ends the walk, or all are kept.

use core::ops::ControlFlow;

use crate::decision::Reason;
use crate::decision::answer::Answer;
use crate::time::Timestamp;
use crate::view::CellBits;

/// Whether the walk goes on.
pub(crate) type Flow = ControlFlow<()>;

/// What becomes of a failing check.
pub(crate) trait Collect {
    /// Whether to go on once the answer is certain, for the edges.
    const EVERYTHING: bool;

    /// A check failed because of the entry `source`; time alone ends it at `ends`, if at all.
    fn fail(&mut self, reason: Reason, source: u16, ends: Option<Timestamp>) -> Flow;

    /// A grant is the witness.
    fn witness(&mut self, source: u16);

    /// The answer may change at this instant.
    fn edge(&mut self, at: Timestamp);

    /// The cell asked about is this one.
    fn target(&mut self, target: CellBits);
}

/// Stops at the first failing check.
pub(super) struct FirstFailure;

impl Collect for FirstFailure {
    const EVERYTHING: bool = false;

    fn fail(&mut self, _: Reason, _: u16, _: Option<Timestamp>) -> Flow {
        Flow::Break(())
    }

    fn witness(&mut self, _: u16) {}

    fn edge(&mut self, _: Timestamp) {}

    fn target(&mut self, _: CellBits) {}
}

/// Edges given in microseconds; the ends of time are none.
pub(super) trait EdgeMicros: Collect {
    fn edge_micros(&mut self, at: i64, now: i64) {
        if now < at
            && let Ok(at) = Timestamp::from_unix_micros(at)
        {
            self.edge(at);
        }
    }
}

impl<C: Collect> EdgeMicros for C {}

/// Collects every failing check.
impl Collect for Answer {
    const EVERYTHING: bool = true;

    fn fail(&mut self, reason: Reason, source: u16, ends: Option<Timestamp>) -> Flow {
        self.add(reason, source, ends);
        Flow::Continue(())
    }

    fn witness(&mut self, source: u16) {
        self.set_witness(source);
    }

    fn edge(&mut self, at: Timestamp) {
        self.add_edge(at);
    }

    fn target(&mut self, target: CellBits) {
        self.target = Some(target);
    }
}
