//! Rows of an import each second, over the store in memory: of new people, of people who are known, of what was said before.

use consent_engine::Engine;
use consent_engine::op::import::{Import, ImportCursor, ImportRow};
use consent_engine::store::MemoryStore;
use consent_engine_benches::rows::{engine, import, now, opted_in, opted_out};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

const ROWS: u64 = 512;

fn page(row: impl Fn(u64, u64) -> ImportRow, from: u64) -> Vec<ImportRow> {
    (0..ROWS).map(|at| row(from + at, at)).collect()
}

fn carry_out(engine: &Engine<MemoryStore>, import: &Import, rows: Vec<ImportRow>) {
    let imported = engine.import(import, ImportCursor::start(import), rows, now());
    assert!(imported.is_ok_and(|imported| imported.stopped.is_none()), "every row has its outcome");
}

fn rows_a_second(c: &mut Criterion) {
    let mut group = c.benchmark_group("import");
    group.throughput(Throughput::Elements(ROWS)).sample_size(20);
    let (first, second) = (import(1), import(2));
    let known = || {
        let engine = engine();
        carry_out(&engine, &first, page(opted_in, 0));
        engine
    };
    group.bench_function("new people", |b| {
        let setup = || (engine(), page(opted_in, 0));
        b.iter_batched(setup, |(engine, rows)| carry_out(&engine, &first, rows), BatchSize::PerIteration);
    });
    group.bench_function("opt-outs of known people", |b| {
        let setup = || (known(), page(opted_out, 0));
        b.iter_batched(setup, |(engine, rows)| carry_out(&engine, &second, rows), BatchSize::PerIteration);
    });
    let engine = known();
    group.bench_function("the same rows again", |b| {
        b.iter_batched(
            || page(opted_in, 0),
            |rows| carry_out(&engine, &first, rows),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("nothing new, of another import", |b| {
        b.iter_batched(
            || page(opted_in, 0),
            |rows| carry_out(&engine, &second, rows),
            BatchSize::PerIteration,
        );
    });
    group.bench_function("dry run of new people", |b| {
        let empty = consent_engine_benches::rows::engine();
        b.iter_batched(
            || page(opted_in, 0),
            |rows| empty.plan_import(&first, rows, now()).is_ok_and(|plan| plan.contactable() == ROWS),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, rows_a_second);
criterion_main!(benches);
