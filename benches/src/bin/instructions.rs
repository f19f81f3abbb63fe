//! One kind of work, a number of times, to be counted under `valgrind --tool=callgrind`; see `instructions.sh`.
//!
//! Counting at two numbers of iterations and dividing the difference leaves the set-up out exactly.

use std::env;
use std::hint::black_box;
use std::process::ExitCode;

use consent_engine::store::MemoryStore;
use consent_engine::{Actor, Query, evaluate, permits};
use consent_engine_benches::floor::Floor;
use consent_engine_benches::people::People;
use consent_engine_benches::{Person, opt_in, opt_out};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse::<usize>().ok());
    match (arguments.first().map(String::as_str), number(1), number(2), number(3)) {
        (Some(work), Some(facts), Some(purposes), Some(iterations)) => run(work, facts, purposes, iterations),
        _ => usage(),
    }
}

fn usage() -> ExitCode {
    eprintln!(
        "usage: instructions permits|evaluate|deny|floor|opt-out|opt-in|engine-permits|engine-opt-out FACTS PURPOSES ITERATIONS"
    );
    ExitCode::from(2)
}

fn run(work: &str, facts: usize, purposes: usize, iterations: usize) -> ExitCode {
    if let "engine-permits" | "engine-opt-out" = work {
        engine(work, iterations);
        return ExitCode::SUCCESS;
    }
    if work == "floor" {
        floor(iterations);
        return ExitCode::SUCCESS;
    }
    let mut person = Person::new(purposes, facts);
    let (asked, denied, now) = (person.question(), person.denied_question(), person.now);
    match work {
        "permits" => {
            for _ in 0..iterations {
                assert!(permits(black_box(&person.view), black_box(&asked), black_box(&person.policy), now));
            }
        }
        "evaluate" => {
            for _ in 0..iterations {
                full(&person, &asked);
            }
        }
        "deny" => {
            for _ in 0..iterations {
                full(&person, &denied);
            }
        }
        "opt-out" | "opt-in" => {
            let act = if work == "opt-in" { opt_in() } else { opt_out() };
            let command = Person::command(Actor::subject(), act);
            for _ in 0..iterations {
                black_box(person.carry_out(black_box(&command)));
            }
        }
        _ => return usage(),
    }
    ExitCode::SUCCESS
}

/// A decision, left where it is made: moving it would be counted.
#[inline(always)]
fn full(person: &Person, query: &Query) {
    let decision = evaluate(black_box(&person.view), black_box(query), black_box(&person.policy), person.now);
    black_box(&decision);
}

/// The engine over the store in memory, with 100 people in it.
fn engine(work: &str, iterations: usize) {
    let mut people = People::new(MemoryStore::new(), 100);
    for _ in 0..iterations {
        if work == "engine-permits" {
            let (subject, query) = people.somebody(1);
            let answer = people.engine.permits(subject, black_box(&query), people.now);
            assert!(answer.is_ok_and(|permit| permit));
        } else {
            let (who, command, stamp) = people.flip(0);
            black_box(people.engine.decide(who, command, stamp).is_ok());
        }
    }
}

fn floor(iterations: usize) {
    let floor = Floor::new(1_000);
    let questions = floor.questions(1_000);
    for ask in questions.iter().cycle().take(iterations) {
        black_box(floor.reasons(black_box(ask), black_box(1_000)));
    }
}
