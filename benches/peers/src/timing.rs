//! Interleaved times: the peers take turns in one process, so that a noisy machine is noisy for all of them.
//!
//! Each peer gets the same wall time in each round. Ratios are taken within a round, and their median is reported.

#![allow(clippy::disallowed_methods, reason = "the clock is what a bench reads")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::Peer;
use crate::data::QUESTIONS;

/// Short enough that most turns pass without another process in between.
const TURN: Duration = Duration::from_millis(5);
/// A batch should take at least this long, so that reading the clock is not seen.
const BATCH: Duration = Duration::from_micros(20);

/// One peer, and how long its answers took in each round.
pub struct Side<'a> {
    peer: &'a dyn Peer,
    /// Questions between two looks at the clock; divides their number.
    batch: usize,
    next: usize,
    nanos: Vec<f64>,
}

impl<'a> Side<'a> {
    /// A peer that has not been timed.
    #[must_use]
    pub fn new(peer: &'a dyn Peer) -> Self {
        let mut side = Self { peer, batch: 1, next: 0, nanos: Vec::new() };
        while side.batch < QUESTIONS && side.clocked() < BATCH {
            side.batch *= 2;
            side.next = 0;
        }
        side
    }

    /// The peer.
    #[must_use]
    pub const fn peer(&self) -> &'a dyn Peer {
        self.peer
    }

    /// Answers for one turn.
    pub fn turn(&mut self) {
        let (mut spent, mut answers) = (Duration::ZERO, 0usize);
        while spent < TURN {
            spent += self.clocked();
            answers += self.batch;
        }
        self.nanos.push(spent.as_secs_f64() * 1e9 / answers as f64);
    }

    fn clocked(&mut self) -> Duration {
        let start = Instant::now();
        black_box(self.peer.count(self.next..self.next + self.batch));
        let spent = start.elapsed();
        self.next = (self.next + self.batch) % QUESTIONS;
        spent
    }

    /// The nanoseconds of an answer, in the median round.
    #[must_use]
    pub fn median(&self) -> f64 {
        median(self.nanos.clone())
    }

    /// Between which times the middle half of the rounds was.
    #[must_use]
    pub fn middle_half(&self) -> (f64, f64) {
        let sorted = sorted(self.nanos.clone());
        let at = |part: usize| sorted.get(sorted.len() * part / 4).copied().unwrap_or(f64::NAN);
        (at(1), at(3))
    }

    /// How many times as long as the other's an answer took, in the median round.
    #[must_use]
    pub fn ratio_to(&self, other: &Self) -> f64 {
        median(self.nanos.iter().zip(&other.nanos).map(|(own, other)| own / other).collect())
    }
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

fn median(values: Vec<f64>) -> f64 {
    let middle = values.len() / 2;
    sorted(values).get(middle).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_the_middle_one() {
        assert_eq!(median(vec![9.0, 1.0, 2.0]), 2.0);
    }
}
