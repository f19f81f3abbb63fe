//! Replay of decoded facts into a projection, and the join of projections.

use consent_engine::{Fact, Projection};
use consent_engine_benches::{Person, crowd};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

fn replay(c: &mut Criterion) {
    let mut group = c.benchmark_group("replay");
    for (name, mut facts) in [
        ("1 subject, 100000 facts", Person::new(10, 100_000).facts),
        ("10000 subjects, 10 facts each", crowd(10_000, 10)),
    ] {
        facts.sort_by_key(|fact| fact.position);
        group.throughput(Throughput::Elements(facts.len() as u64)).sample_size(20);
        group.bench_function(format!("{name}, log by log"), |b| b.iter(|| by_log(&facts)));
    }
    let mut facts = Person::new(10, 100_000).facts;
    group.throughput(Throughput::Elements(facts.len() as u64));
    group.bench_function("1 subject, 100000 facts, Projection::apply", |b| {
        b.iter(|| {
            let mut projection = Projection::default();
            replay_into(&mut projection, &facts);
            projection
        });
    });
    group.bench_function("1 subject, 100000 facts, Projection::fold, reversed", |b| {
        facts.sort_by_key(|fact| std::cmp::Reverse(fact.position));
        b.iter(|| Projection::fold(&facts));
    });
    group.finish();
}

/// Folds each log with [`Projection::apply`], one projection a subject.
fn by_log(facts: &[Fact]) -> usize {
    facts
        .chunk_by(|a, b| a.position.log == b.position.log)
        .map(|log| {
            let mut projection = Projection::default();
            replay_into(&mut projection, log);
            projection.logs().len()
        })
        .sum()
}

fn replay_into(projection: &mut Projection, facts: &[Fact]) {
    for fact in facts {
        assert!(projection.apply(fact).is_ok(), "the fixtures leave no gaps");
    }
}

fn join(c: &mut Criterion) {
    let person = Person::new(10, 1_000);
    let whole = person.view.projection();
    let (half, _) = Projection::fold(person.facts.iter().take(500));
    c.bench_function("join/4 logs, the other is longer", |b| {
        b.iter_batched_ref(|| half.clone(), |own| own.join(whole), BatchSize::SmallInput);
    });
    c.bench_function("join/4 logs, nothing new", |b| {
        b.iter_batched_ref(|| whole.clone(), |own| own.join(&half), BatchSize::SmallInput);
    });
}

criterion_group!(benches, replay, join);
criterion_main!(benches);
