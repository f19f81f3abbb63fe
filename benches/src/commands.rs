//! Commands through the engine, beside the same calls of the bare store.

#![allow(clippy::disallowed_methods, reason = "the clock is what a bench reads")]

use std::hint::black_box;
use std::time::Instant;

use consent_engine::store::Store;

use crate::people::{Asked, People, Recorder};

/// The head of the table that [`Commands::compare`] writes the rows of.
pub const HEAD: &str =
    "| commands | per second | of the bare store calls, per second | ratio |\n|---|---|---|---|";

/// Commands of a preference centre: each person in turn goes off and on again.
#[derive(Clone, Copy, Debug)]
pub struct Commands {
    /// How many there are.
    pub count: u64,
    /// How many are committed together.
    pub group: usize,
    /// How many people there are.
    pub people: u64,
}

impl Commands {
    /// How many a second, through the engine and of the bare store, in turns on stores newly made; the best of the rounds.
    pub fn compare<S: Store>(self, name: &str, rounds: usize, mut make: impl FnMut() -> S) -> String {
        let asked = self.recorded(make());
        let (mut engine, mut bare) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..rounds {
            engine = engine.min(self.carried_out(&mut People::new(make(), self.people)));
            let people = People::new(make(), self.people);
            let start = Instant::now();
            asked.iter().for_each(|asked| asked.of(people.engine.store()));
            bare = bare.min(self.each(start));
        }
        format!("| {name} | {:.0} | {:.0} | {:.2} |", 1e9 / engine, 1e9 / bare, engine / bare)
    }

    /// What the engine asks of such a store. Stores number versions each in their way, so that another one would find conflicts.
    fn recorded<S: Store>(self, store: S) -> Vec<Asked> {
        let mut recorder = People::new(Recorder::of(store), self.people);
        drop(recorder.engine.store().take());
        self.carried_out(&mut recorder);
        recorder.engine.store().take()
    }

    /// Nanoseconds of each.
    fn carried_out<S: Store>(self, people: &mut People<S>) -> f64 {
        let all: Vec<_> = (0..self.count).map(|turn| people.flip(turn)).collect();
        let start = Instant::now();
        if self.group == 1 {
            for (who, command, stamp) in all {
                black_box(people.engine.decide(who, command, stamp).is_ok());
            }
        } else {
            let mut left = all.into_iter().peekable();
            while left.peek().is_some() {
                let some: Vec<_> = left.by_ref().take(self.group).collect();
                black_box(people.engine.decide_many(some).outcomes.len());
            }
        }
        self.each(start)
    }

    fn each(self, start: Instant) -> f64 {
        start.elapsed().as_secs_f64() * 1e9 / self.count as f64
    }
}
