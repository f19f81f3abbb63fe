//! The engine over the store in memory: questions by number of people, and commands beside the same calls of the bare store.
//!
//! `cargo bench -p consent-engine-benches --bench store -- 1000000` asks among a million people: 6 GiB and some minutes.

use std::hint::black_box;

use consent_engine::Engine;
use consent_engine::store::MemoryStore;
use consent_engine_benches::commands::{self, Commands};
use consent_engine_benches::people::{People, Recorder};
use consent_engine_benches::turns::{Side, compare};

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

fn main() {
    let more = std::env::args().filter_map(|argument| argument.parse().ok());
    [1_000].into_iter().chain(more).for_each(questions);
    println!("\n{}", commands::HEAD);
    for (name, group) in [("opt-out and opt-in, one by one", 1), ("the same, 64 together", GROUP)] {
        println!(
            "{}",
            Commands { count: 4_096, group, people: 1_000 }.compare(name, ROUNDS, MemoryStore::new)
        );
    }
}
