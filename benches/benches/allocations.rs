//! Allocations of one call, after a first one, and memory of a person in the store. Nothing is timed here: the counter would be
//! part of the time.

#![allow(unsafe_code, reason = "a global allocator is an unsafe trait; this one only counts and forwards")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};

use consent_engine::store::{MemoryStore, Row};
use consent_engine::{Actor, Aggregate, Projection, evaluate, permits};
use consent_engine_benches::people::People;
use consent_engine_benches::{Person, broad_opt_in, opt_in, opt_out};

struct Counting;

static CALLS: AtomicUsize = AtomicUsize::new(0);
static LIVE: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is forwarded to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.fetch_add(1, Ordering::Relaxed);
        LIVE.fetch_add(layout.size(), Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        CALLS.fetch_add(1, Ordering::Relaxed);
        LIVE.fetch_add(size, Ordering::Relaxed);
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations and reallocations of one call.
fn counted<T>(work: impl FnOnce() -> T) -> usize {
    let before = CALLS.load(Ordering::Relaxed);
    black_box(work());
    CALLS.load(Ordering::Relaxed) - before
}

fn main() {
    let mut person = Person::new(10, 10);
    let (asked, denied, now) = (person.question(), person.denied_question(), person.now);
    let mut rows = vec![
        ("permits", counted(|| permits(&person.view, &asked, &person.policy, now)), 0),
        ("evaluate, permit", counted(|| evaluate(&person.view, &asked, &person.policy, now).is_permit()), 0),
        ("evaluate, deny", counted(|| evaluate(&person.view, &denied, &person.policy, now).is_permit()), 0),
    ];
    for (name, act, most) in [
        ("decide + apply, opt-out", opt_out(), 8),
        ("decide + apply, opt-in", opt_in(), 8),
        ("decide + apply, broad opt-in", broad_opt_in(), usize::MAX),
    ] {
        let command = Person::command(Actor::subject(), act);
        person.carry_out(&command);
        rows.push((name, counted(|| person.carry_out(&command)), most));
    }
    let last = person.facts.last().cloned();
    let mut projection = Projection::fold(&person.facts).0;
    rows.push(("replay of a known fact", counted(|| last.map(|fact| projection.apply(&fact))), 1));

    let mut people = People::new(MemoryStore::new(), 100);
    let (subject, query) = people.somebody(1);
    let now = people.now;
    rows.push(("Engine::permits", counted(|| people.engine.permits(subject, &query, now)), usize::MAX));
    rows.push(("Engine::evaluate", counted(|| people.engine.evaluate(subject, &query, now)), usize::MAX));
    for (turn, name) in [(0, "Engine::decide, opt-out"), (1, "Engine::decide, opt-in")] {
        let (who, command, stamp) = people.flip(turn);
        rows.push((name, counted(|| people.engine.decide(who, command, stamp)), usize::MAX));
    }

    println!("| work | allocations | at most |\n|---|---|---|");
    for (name, found, most) in &rows {
        let most = if *most == usize::MAX { String::from("-") } else { most.to_string() };
        println!("| {name} | {found} | {most} |");
    }
    memory();
    for (name, found, most) in rows {
        assert!(found <= most, "{name}: {found} allocations, at most {most}");
    }
}

/// Bytes of a person in the store: what is written, and what is allocated for it.
fn memory() {
    let count = 10_000;
    let before = LIVE.load(Ordering::Relaxed);
    let people = People::new(MemoryStore::new(), count);
    let live = LIVE.load(Ordering::Relaxed) - before;
    let mut rows: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (key, stored) in people.engine.store().records() {
        let name = match key.row() {
            Row::Aggregate(Aggregate::Subject(_)) => "state of a person",
            Row::Aggregate(Aggregate::Point(_)) => "state of an address",
            Row::Facts { .. } => "facts",
            Row::Command { .. } => "commands",
            _ => "other",
        };
        let (records, bytes) = rows.entry(name).or_default();
        *records += 1;
        *bytes += key.as_bytes().len() + stored.bytes.len();
    }
    let count = usize::try_from(count).unwrap_or(1);
    println!("\n| of a person in the store | records | bytes |\n|---|---|---|");
    for (name, (records, bytes)) in &rows {
        println!("| {name} | {} | {} |", records / count, bytes / count);
    }
    let (records, bytes) = rows.values().fold((0, 0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
    println!("| all | {} | {} |\n| allocated | | {} |", records / count, bytes / count, live / count);
}
