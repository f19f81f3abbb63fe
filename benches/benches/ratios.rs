//! Interleaved times: the sides take turns in one process, so that a noisy machine is noisy for all of them.
//!
//! Absolute times drift by a quarter between runs, ratios of one run hold. Each side gets the same wall time in each round; the
//! ratio is that of the fastest rounds, which other work on the machine disturbed least.

use std::hint::black_box;

use consent_engine::{Actor, evaluate, permits};
use consent_engine_benches::floor::Floor;
use consent_engine_benches::turns::{Side, compare};
use consent_engine_benches::{Person, opt_in, opt_out};

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
    compare(&mut sides, 61);
}
