//! Sides that take turns in one process, so that a noisy machine is noisy for all of them.

#![allow(clippy::disallowed_methods, reason = "the clock is what a bench reads")]

use std::fmt;
use std::time::{Duration, Instant};

const TURN: Duration = Duration::from_millis(4);

/// One side: a name, and what it does once.
pub struct Side<'a> {
    name: &'a str,
    once: Box<dyn FnMut() + 'a>,
    calls: u32,
    nanos: Vec<f64>,
}

impl<'a> Side<'a> {
    /// Work that is repeated `batch` times between two looks at the clock.
    pub fn new(name: &'a str, batch: u32, mut work: impl FnMut() + 'a) -> Self {
        let once = Box::new(move || (0..batch).for_each(|_| work()));
        Self { name, once, calls: batch, nanos: Vec::new() }
    }

    /// Works for one turn; keeps the nanoseconds of a call.
    fn turn(&mut self) {
        let start = Instant::now();
        let mut batches = 0u32;
        while start.elapsed() < TURN {
            (self.once)();
            batches += 1;
        }
        self.nanos.push(start.elapsed().as_secs_f64() * 1e9 / f64::from(batches * self.calls));
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &str {
        self.name
    }

    /// The nanoseconds of a call in the fastest round.
    #[must_use]
    pub fn least(&self) -> f64 {
        self.nanos.iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// The nanoseconds of a call in the middle round.
    #[must_use]
    pub fn median(&self) -> f64 {
        let mut sorted = self.nanos.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

impl fmt::Debug for Side<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Side({})", self.name)
    }
}

/// Lets the sides take turns, and prints how long a call of each took, beside the first.
pub fn compare(sides: &mut [Side<'_>], rounds: usize) {
    for _ in 0..rounds {
        sides.iter_mut().for_each(Side::turn);
    }
    let first = sides.first().map_or(f64::NAN, Side::least);
    let name = sides.first().map_or("", Side::name);
    println!("| work | min ns | median ns | ratio to {name} |\n|---|---|---|---|");
    for side in &*sides {
        let (least, median) = (side.least(), side.median());
        println!("| {} | {least:.1} | {median:.1} | {:.1} |", side.name, least / first);
    }
}
