//! `permits` and `evaluate` on a loaded view, beside the hand-written floor.

use std::hint::black_box;

use consent_engine::{evaluate, permits};
use consent_engine_benches::Person;
use consent_engine_benches::floor::Floor;
use criterion::{Criterion, criterion_group, criterion_main};

fn decision(c: &mut Criterion) {
    let floor = Floor::new(1_000);
    let questions = floor.questions(1_024);
    let mut next = questions.iter().cycle();
    c.bench_function("floor/1000 subjects", |b| {
        b.iter(|| next.next().map(|ask| floor.reasons(black_box(ask), black_box(1_000))));
    });
    for (facts, purposes) in [(10, 10), (1_000, 10), (100_000, 10), (10, 1_000)] {
        let person = Person::new(purposes, facts);
        let (asked, denied, now) = (person.question(), person.denied_question(), person.now);
        let case = format!("{facts} facts, {purposes} purposes");
        c.bench_function(&format!("permits/{case}"), |b| {
            b.iter(|| permits(black_box(&person.view), black_box(&asked), &person.policy, now));
        });
        c.bench_function(&format!("evaluate/permit/{case}"), |b| {
            b.iter(|| evaluate(black_box(&person.view), black_box(&asked), &person.policy, now).is_permit());
        });
        c.bench_function(&format!("evaluate/deny/{case}"), |b| {
            b.iter(|| evaluate(black_box(&person.view), black_box(&denied), &person.policy, now).is_permit());
        });
    }
}

criterion_group!(benches, decision);
criterion_main!(benches);
