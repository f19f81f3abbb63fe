//! Whether there is an order of calls that explains what each saw.
//!
//! The search is that of Wing and Gong: take any call that may be the next, and see whether the rest can be explained.
//! What was reached before is not searched again. A history is searched twice: the batches of keys that hang together,
//! and, for each key, its reads and its part of every batch; for that is what the contract promises.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// What a key holds: the number of the value that was put, or no record.
pub(super) type Held = Option<u64>;

/// What a call says of one key.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) key: usize,
    /// What the key must hold when the call takes place.
    pub(super) expect: Held,
    /// What it holds afterwards, if the call writes it.
    pub(super) write: Option<Held>,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It took place.
    Done,
    /// It did not, as one of these keys was not as expected.
    Refused(Vec<usize>),
    /// It took place, or not, or will.
    Unknown,
}

/// One call: it took place at some moment from its beginning to its end.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) steps: Vec<Step>,
    pub(super) end: End,
}

/// What a search found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Search {
    Explained,
    Unexplained,
    /// It was given up.
    TooLong,
}

impl Call {
    /// What the keys hold after the call, if it can take place now.
    fn after(&self, now: &[Held]) -> Option<Vec<Held>> {
        let holds = |step: &&Step| now.get(step.key) == Some(&step.expect);
        if let End::Refused(named) = &self.end {
            let refuses = |step: &&Step| named.contains(&step.key) && !holds(step);
            return self.steps.iter().find(refuses).map(|_| now.to_vec());
        }
        if !self.steps.iter().all(|step| holds(&step)) {
            return None;
        }
        let mut after = now.to_vec();
        for step in &self.steps {
            if let (Some(held), Some(write)) = (after.get_mut(step.key), step.write) {
                *held = write;
            }
        }
        Some(after)
    }

    /// The part of the call that is about one key.
    fn part(&self, key: usize) -> Option<Self> {
        let steps: Vec<_> = self.steps.iter().filter(|step| step.key == key).cloned().collect();
        let end = match &self.end {
            End::Refused(named) if !named.contains(&key) => return None,
            End::Refused(_) => End::Refused([key].into()),
            End::Done | End::Unknown => self.end.clone(),
        };
        (!steps.is_empty()).then_some(Self { steps, end, ..*self })
    }
}

/// Searches for an order in which no record is there at first.
pub(super) fn search(calls: &[Call], keys: usize) -> Search {
    const MAX_PLACES: usize = 200_000;
    if calls.len() > 128 {
        return Search::TooLong;
    }
    let numbered = || (0_u32..).zip(calls);
    let left = |done: u128, n: u32| done & 1_u128.rotate_left(n) == 0;
    let mut reached = BTreeSet::new();
    let mut open = Vec::from([(0_u128, alloc::vec![None; keys])]);
    while let Some((done, now)) = open.pop() {
        let must = numbered().filter(|(n, call)| left(done, *n) && call.end != End::Unknown);
        // Whatever takes place next began before the first of the others ended.
        let Some(first_end) = must.map(|(_, call)| call.to).min() else { return Search::Explained };
        for (n, call) in numbered().filter(|(n, call)| left(done, *n) && call.from <= first_end) {
            if let Some(after) = call.after(&now) {
                let place = (done | 1_u128.rotate_left(n), after);
                if reached.insert(place.clone()) {
                    open.push(place);
                }
            }
        }
        if reached.len() > MAX_PLACES {
            return Search::TooLong;
        }
    }
    Search::Unexplained
}

/// The searches of a history: for each key, then for the batches of each set of keys that hang together.
pub(super) fn parts(calls: &[Call], keys: usize) -> Vec<Vec<Call>> {
    let of_key = |key| calls.iter().filter_map(|call| call.part(key)).collect();
    let mut parts: Vec<Vec<_>> = (0..keys).map(of_key).collect();
    for set in hanging_together(calls, keys).into_iter().filter(|set| set.len() > 1) {
        let within = |call: &&Call| call.steps.iter().any(|step| set.contains(&step.key));
        // A read of one key is explained with its key.
        let batch =
            |call: &&Call| call.end != End::Done || call.steps.iter().any(|step| step.write.is_some());
        parts.push(calls.iter().filter(within).filter(batch).cloned().collect());
    }
    parts
}

/// Sets of keys that no batch joins.
fn hanging_together(calls: &[Call], keys: usize) -> Vec<BTreeSet<usize>> {
    let mut sets: Vec<BTreeSet<usize>> = (0..keys).map(|key| [key].into()).collect();
    for call in calls {
        let own: BTreeSet<usize> = call.steps.iter().map(|step| step.key).collect();
        let (mut joined, apart): (Vec<_>, Vec<_>) = sets.into_iter().partition(|set| !set.is_disjoint(&own));
        sets = apart;
        let all = joined.iter_mut().flat_map(core::mem::take).collect();
        sets.push(all);
    }
    sets
}

#[cfg(test)]
#[path = "linear_tests.rs"]
mod tests;
