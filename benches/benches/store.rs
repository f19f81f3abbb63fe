//! The engine over the store in memory: questions by number of people, and commands beside the same calls of the bare store.
//!
//! `cargo bench -p consent-engine-benches --bench store -- 1000000` asks among a million people: 6 GiB and some minutes.

#![allow(clippy::disallowed_methods, reason = "the clock is what a bench reads")]

use std::hint::black_box;
use std::time::Instant;

use consent_engine::Engine;
use consent_engine::store::{MemoryStore, Store};
use consent_engine_benches::people::{People, Recorder};
use consent_engine_benches::turns::{Side, compare};

const COMMANDS: u64 = 4_096;
const GROUP: usize = 64;
const ROUNDS: usize = 9;

fn questions(count: u64) {
    let people = People::new(MemoryStore::new(), count);
    let (store, now) = (people.engine.store(), people.now);
    // What the engine reads for each of the questions that are asked in turn.
    let recorder = Recorder::of(store.clone());
    let recording = Engine::new(&recorder, people.engine.settings().clone());
    let asked: Vec<_> = (0..10_000).map(|turn| people.somebody(turn)).collect();
    let reads: Vec<_> = asked
        .iter()
        .map(|(subject, query)| {
            assert!(
                recording.permits(*subject, query, now).is_ok_and(|permit| permit),
                "all checks are made"
            );
            recorder.take()
        })
        .collect();
    let (mut each_read, mut each, mut each_again) =
        (reads.iter().cycle(), asked.iter().cycle(), asked.iter().cycle());
    println!("\n{count} people\n");
    let mut sides = [
        Side::new("the bare reads", 100, || {
            each_read.next().into_iter().flatten().for_each(|asked| asked.of(store));
        }),
        Side::new("Engine::permits", 100, || {
            let answer = each.next().map(|(subject, query)| people.engine.permits(*subject, query, now));
            black_box(&answer);
        }),
        Side::new("Engine::evaluate", 100, || {
            let answer =
                each_again.next().map(|(subject, query)| people.engine.evaluate(*subject, query, now));
            black_box(&answer);
        }),
    ];
    compare(&mut sides, 31);
}

/// Nanoseconds of each command.
fn commands<S: Store>(people: &mut People<S>, group: usize) -> f64 {
    let all: Vec<_> = (0..COMMANDS).map(|turn| people.flip(turn)).collect();
    let start = Instant::now();
    if group == 1 {
        for (who, command, stamp) in all {
            black_box(people.engine.decide(who, command, stamp).is_ok());
        }
    } else {
        let mut left = all.into_iter().peekable();
        while left.peek().is_some() {
            let some: Vec<_> = left.by_ref().take(group).collect();
            black_box(people.engine.decide_many(some).outcomes.len());
        }
    }
    per_command(start)
}

fn per_command(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e9 / COMMANDS as f64
}

fn main() {
    let more = std::env::args().filter_map(|argument| argument.parse().ok());
    [1_000].into_iter().chain(more).for_each(questions);
    println!("\n| commands | per second | of the bare store calls, per second | ratio |\n|---|---|---|---|");
    for (name, group) in [("opt-out and opt-in, one by one", 1), ("the same, 64 together", GROUP)] {
        let mut recorder = People::new(Recorder::default(), 1_000);
        drop(recorder.engine.store().take());
        commands(&mut recorder, group);
        let asked = recorder.engine.store().take();
        let (mut engine, mut bare) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..ROUNDS {
            engine = engine.min(commands(&mut People::new(MemoryStore::new(), 1_000), group));
            let people = People::new(MemoryStore::new(), 1_000);
            let start = Instant::now();
            asked.iter().for_each(|asked| asked.of(people.engine.store()));
            bare = bare.min(per_command(start));
        }
        println!("| {name} | {:.0} | {:.0} | {:.1} |", 1e9 / engine, 1e9 / bare, engine / bare);
    }
}
