//! Interleaved times: the sides take turns in one process, so that a noisy machine is noisy for all of them.
//!
//! Absolute times drift by a quarter between runs, ratios of one run hold. Each side gets the same wall time in each round; the
//! ratio is that of the fastest rounds, which other work on the machine disturbed least.

#![allow(clippy::disallowed_methods, reason = "the clock is what a bench reads")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use consent_engine::{Actor, evaluate, permits};
use consent_engine_benches::floor::Floor;
use consent_engine_benches::{Person, opt_in, opt_out};

const ROUNDS: usize = 61;
const TURN: Duration = Duration::from_millis(4);

/// One side: a name, and what it does once.
struct Side<'a> {
    name: &'a str,
    once: Box<dyn FnMut() + 'a>,
    calls: u32,
    nanos: Vec<f64>,
}

impl<'a> Side<'a> {
    fn new(name: &'a str, batch: u32, mut work: impl FnMut() + 'a) -> Self {
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

    /// The nanoseconds of a call in the fastest round.
    fn least(&self) -> f64 {
        self.nanos.iter().copied().fold(f64::INFINITY, f64::min)
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

fn main() {
    let floor = Floor::new(1_000);
    let questions = floor.questions(1_024);
    let mut next = questions.iter().cycle();
    let person = Person::new(10, 10);
    let old = Person::new(10, 100_000);
    let wide = Person::new(1_000, 10);
    let mut busy = person.clone();
    let mut eager = person.clone();
    let off = Person::command(Actor::subject(), opt_out());
    let on = Person::command(Actor::subject(), opt_in());
    let (asked, denied) = (person.question(), person.denied_question());
    let (asked_old, asked_wide) = (old.question(), wide.question());
    let permit = |person: &Person, query| {
        black_box(permits(black_box(&person.view), black_box(query), &person.policy, person.now));
    };
    let full = |query| {
        black_box(&evaluate(black_box(&person.view), black_box(query), &person.policy, person.now));
    };
    let mut sides = [
        Side::new("hand-written floor", 1_000, || {
            black_box(next.next().map(|ask| floor.reasons(black_box(ask), 1_000)));
        }),
        Side::new("permits", 1_000, || permit(&person, &asked)),
        Side::new("permits, after 100,000 facts", 1_000, || permit(&old, &asked_old)),
        Side::new("permits, 1,000 purposes", 1_000, || permit(&wide, &asked_wide)),
        Side::new("evaluate, permit", 1_000, || full(&asked)),
        Side::new("evaluate, deny", 1_000, || full(&denied)),
        Side::new("decide + apply, opt-out", 50, || drop(black_box(busy.carry_out(&off)))),
        Side::new("decide + apply, opt-in", 50, || drop(black_box(eager.carry_out(&on)))),
    ];
    for _ in 0..ROUNDS {
        sides.iter_mut().for_each(Side::turn);
    }
    let floor = sides.first().map_or(f64::NAN, Side::least);
    println!("| work | min ns | median ns | ratio to the floor |\n|---|---|---|---|");
    for side in &sides {
        let (least, median) = (side.least(), median(&side.nanos));
        println!("| {} | {least:.1} | {median:.1} | {:.1} |", side.name, least / floor);
    }
}
