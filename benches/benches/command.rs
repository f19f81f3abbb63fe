//! A command: validate, decide, apply. The view stays in use, so its projection is as full as it gets.

use consent_engine::{Actor, View};
use consent_engine_benches::{Person, broad_opt_in, opt_in, opt_out};
use criterion::{Criterion, criterion_group, criterion_main};

fn command(c: &mut Criterion) {
    for purposes in [10, 1_000] {
        let mut person = Person::new(purposes, 10);
        for (name, act) in [("opt-out", opt_out()), ("opt-in", opt_in()), ("opt-in, broad", broad_opt_in())] {
            if purposes > 10 && name == "opt-in, broad" {
                continue;
            }
            let command = Person::command(Actor::subject(), act);
            c.bench_function(&format!("decide + apply/{name}/{purposes} purposes"), |b| {
                b.iter(|| person.carry_out(&command));
            });
        }
    }
    let person = Person::new(10, 10);
    c.bench_function("load a view", |b| {
        b.iter_batched(
            || (person.view.subject().clone(), person.view.projection().clone()),
            |(subject, projection)| View::new(&person.policy, subject, projection),
            criterion::BatchSize::SmallInput,
        );
    });
}

criterion_group!(benches, command);
criterion_main!(benches);
