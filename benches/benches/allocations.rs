//! Allocations of one call, after a first one. Nothing is timed here: the counter would be part of the time.

#![allow(unsafe_code, reason = "a global allocator is an unsafe trait; this one only counts and forwards")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};

use consent_engine::{Actor, Projection, evaluate, permits};
use consent_engine_benches::{Person, broad_opt_in, opt_in, opt_out};

struct Counting;

static CALLS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is forwarded to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.fetch_add(1, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        CALLS.fetch_add(1, Ordering::Relaxed);
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

    println!("| work | allocations | at most |\n|---|---|---|");
    for (name, found, most) in &rows {
        let most = if *most == usize::MAX { String::from("-") } else { most.to_string() };
        println!("| {name} | {found} | {most} |");
    }
    for (name, found, most) in rows {
        assert!(found <= most, "{name}: {found} allocations, at most {most}");
    }
}
