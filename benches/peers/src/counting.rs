//! Allocations, counted only while asked to: the counter would be part of every time.

#![allow(unsafe_code, reason = "a global allocator is an unsafe trait; this one only counts and forwards")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::Peer;
use crate::data::QUESTIONS;

/// The system's allocator, which counts while [`per_answer`] runs.
#[derive(Debug)]
pub struct Counting;

static ON: AtomicBool = AtomicBool::new(false);
static CALLS: AtomicUsize = AtomicUsize::new(0);

fn count() {
    if ON.load(Ordering::Relaxed) {
        CALLS.fetch_add(1, Ordering::Relaxed);
    }
}

// SAFETY: every call is forwarded to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        unsafe { System.realloc(at, layout, size) }
    }
}

/// Allocations and reallocations of an answer, on average over all questions, after a first pass.
///
/// It is 0 unless [`Counting`] is the program's allocator.
#[must_use]
pub fn per_answer(peer: &dyn Peer) -> f64 {
    peer.count(0..QUESTIONS);
    let before = CALLS.load(Ordering::Relaxed);
    ON.store(true, Ordering::Relaxed);
    peer.count(0..QUESTIONS);
    ON.store(false, Ordering::Relaxed);
    (CALLS.load(Ordering::Relaxed) - before) as f64 / QUESTIONS as f64
}
