extern crate std;

use alloc::vec::Vec;
use std::sync::Barrier;
use std::thread;

use crate::conformance::Failure;

/// Does work on threads that begin together, each with its number, and returns what each made of it.
pub(super) fn on_threads<T: Send>(
    count: usize,
    work: impl Fn(usize) -> Result<T, Failure> + Sync,
) -> Result<Vec<T>, Failure> {
    let start = Barrier::new(count);
    let (work, start) = (&work, &start);
    thread::scope(|scope| {
        let begin = |n| {
            scope.spawn(move || {
                start.wait();
                work(n)
            })
        };
        let threads: Vec<_> = (0..count).map(begin).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err(panicked()))).collect()
    })
}

fn panicked() -> Failure {
    Failure::new("the store panicked on one of several threads")
}
