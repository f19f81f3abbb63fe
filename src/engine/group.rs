//! Several operations that share reads and commits.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::convert::Infallible;
use core::mem;

use crate::engine::Many;
use crate::op::{EngineError, Operation, OperationError, Step};
use crate::store::{Batch, ReadSet, Receipt, Records};

/// The most operations that are under way at once.
const ABREAST: usize = 64;

/// How many of those that wait are looked at for one whose turn it is.
const AHEAD: usize = 64;

/// Operations under way. Those with one `turn` go one after the other, in the order in which they were given.
pub(super) struct Group<O: Operation, K> {
    waiting: VecDeque<Waiting<O, K>>,
    under_way: Vec<UnderWay<O, K>>,
    outcomes: Vec<Option<Result<O::Outcome, OperationError>>>,
}

struct Waiting<O, K> {
    place: usize,
    turn: K,
    operation: O,
}

struct UnderWay<O: Operation, K> {
    place: usize,
    turn: K,
    step: Step<O>,
    /// Whether the last read was for it too.
    asked: bool,
}

/// What a group asks of the store next.
pub(super) enum Ask {
    Read(ReadSet),
    Commit(Vec<Batch>),
    Nothing,
}

impl<O: Operation, K> UnderWay<O, K> {
    const fn batch(&self) -> Option<&Batch> {
        match &self.step {
            Step::Commit(batch, _) => Some(batch),
            Step::Read(..) | Step::Done(_) => None,
        }
    }
}

impl<O: Operation, K: PartialEq> Group<O, K> {
    pub(super) fn new(operations: impl IntoIterator<Item = (K, O)>) -> Self {
        let numbered = operations.into_iter().enumerate();
        let waiting: VecDeque<_> =
            numbered.map(|(place, (turn, operation))| Waiting { place, turn, operation }).collect();
        let outcomes = waiting.iter().map(|_| None).collect();
        Self { waiting, under_way: Vec::new(), outcomes }
    }

    /// What to ask of the store. Reads go first, so that many commit together.
    pub(super) fn ask(&mut self) -> Ask {
        self.start();
        if self.under_way.iter().any(|member| matches!(member.step, Step::Read(..))) {
            return Ask::Read(self.read_together());
        }
        let batches: Vec<_> = self.under_way.iter().filter_map(UnderWay::batch).cloned().collect();
        if batches.is_empty() { Ask::Nothing } else { Ask::Commit(batches) }
    }

    /// One read for as many members as it holds; a scan is read alone.
    fn read_together(&mut self) -> ReadSet {
        let mut together = ReadSet::default();
        for member in &mut self.under_way {
            let Step::Read(what, _) = &member.step else { continue };
            let room = together.scan().is_none() && (what.scan().is_none() || together.keys().is_empty());
            member.asked = room && together.join(what);
            if let Some(scan) = what.scan().filter(|_| member.asked) {
                together = together.with_scan(*scan);
            }
        }
        together
    }

    /// Begins what waits and whose turn it is. While somebody waits to commit nobody new begins to read.
    fn start(&mut self) {
        if self.under_way.iter().any(|member| member.batch().is_some()) {
            return;
        }
        let mut passed = 0;
        while passed < AHEAD
            && self.under_way.len() < ABREAST
            && let Some(next) = self.waiting.get(passed)
        {
            let earlier = self.waiting.iter().take(passed).map(|waiting| &waiting.turn);
            let mut before = earlier.chain(self.under_way.iter().map(|member| &member.turn));
            if before.any(|turn| *turn == next.turn) {
                passed = passed.saturating_add(1);
            } else if let Some(Waiting { place, turn, operation }) = self.waiting.remove(passed) {
                self.go_on(place, turn, Ok(Step::begin(operation)));
            }
        }
    }

    fn go_on(&mut self, place: usize, turn: K, step: Result<Step<O>, EngineError<Infallible>>) {
        let outcome = match step {
            Ok(Step::Done(outcome)) => outcome,
            Ok(step) => {
                self.under_way.push(UnderWay { place, turn, step, asked: false });
                return;
            }
            Err(EngineError::Operation(error)) => Err(error),
        };
        self.settle(place, outcome);
    }

    fn settle(&mut self, place: usize, outcome: Result<O::Outcome, OperationError>) {
        if let Some(own) = self.outcomes.get_mut(place) {
            *own = Some(outcome);
        }
    }

    /// Hands what was read to those it was read for.
    pub(super) fn take_read(&mut self, set: &ReadSet, records: &Records) {
        let whole = records.found.len() == set.keys().len();
        for UnderWay { place, turn, step, asked } in mem::take(&mut self.under_way) {
            match step {
                Step::Read(what, reading) if asked => {
                    let at = |key| set.keys().binary_search(key).ok().and_then(|at| records.found.get(at));
                    let found = what.keys().iter().filter_map(|key| at(key).cloned());
                    // Of a wrong number of answers nobody gets any.
                    let found = if whole { found.collect() } else { Vec::new() };
                    let page = what.scan().map_or_else(Default::default, |_| records.page.clone());
                    self.go_on(place, turn, reading.resume(Ok(Records { found, page })));
                }
                step => self.under_way.push(UnderWay { place, turn, step, asked: false }),
            }
        }
    }

    /// Hands each receipt to whose batch it is of. If there is not one for each, all are in doubt.
    pub(super) fn take_receipts(&mut self, batches: &[Batch], receipts: Vec<Receipt>) {
        let whole = receipts.len() == batches.len();
        let mut receipts = receipts.into_iter().filter(|_| whole);
        for UnderWay { place, turn, step, .. } in mem::take(&mut self.under_way) {
            match step {
                Step::Commit(_, committing) => {
                    let own = receipts.next().into_iter().collect();
                    self.go_on(place, turn, committing.resume(Ok(own)));
                }
                step => self.under_way.push(UnderWay { place, turn, step, asked: false }),
            }
        }
    }

    /// How each ended. After an error of the store the rest is interrupted.
    pub(super) fn end<E>(mut self, store_error: Option<E>) -> Many<O::Outcome, E> {
        for UnderWay { place, step, .. } in mem::take(&mut self.under_way) {
            let outcome = match step {
                Step::Read(_, reading) => Err(reading.interrupt()),
                Step::Commit(_, committing) => Err(committing.interrupt()),
                Step::Done(outcome) => outcome,
            };
            self.settle(place, outcome);
        }
        let ended = self.outcomes.into_iter();
        let outcomes = ended.map(|outcome| outcome.unwrap_or(Err(OperationError::Interrupted))).collect();
        Many { outcomes, store_error }
    }
}
