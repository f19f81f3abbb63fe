extern crate std;

use alloc::sync::Arc;
use alloc::task::Wake;
use alloc::vec::Vec;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::thread::{self, Thread};

use crate::store::{AsyncStore, Batch, ReadSet, Receipt, Records, Store};

/// Waits for futures. The runtime of your database driver is one, behind a type of yours that calls its `block_on`.
pub trait Runtime {
    /// Waits for a future.
    fn block_on<F: Future>(&self, future: F) -> F::Output;
}

/// Waits on the thread that asks, without a runtime.
///
/// ```
/// use consent_engine::conformance::{Park, Runtime};
/// assert_eq!(Park.block_on(async { 7 }), 7);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "it has nothing to hold")]
pub struct Park;

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

impl Runtime for Park {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut context = Context::from_waker(&waker);
        loop {
            match future.as_mut().poll(&mut context) {
                Poll::Ready(output) => return output,
                Poll::Pending => thread::park(),
            }
        }
    }
}

/// An asynchronous store where a blocking one is asked for, so that the same checks run on both.
///
/// ```
/// use consent_engine::conformance::{BlockOn, Outcome, checks};
/// use consent_engine::store::{Blocking, MemoryStore};
/// let factory = || BlockOn::new(Blocking::new(MemoryStore::new()));
/// assert_eq!(checks::old_version_conflicts(&factory), Outcome::Held);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlockOn<S, R = Park> {
    store: S,
    runtime: R,
}

impl<S: AsyncStore> BlockOn<S> {
    /// A store that needs no runtime.
    pub const fn new(store: S) -> Self {
        Self { store, runtime: Park }
    }
}

impl<S: AsyncStore, R: Runtime> BlockOn<S, R> {
    /// A store whose futures only a runtime of its own can run.
    pub const fn with_runtime(store: S, runtime: R) -> Self {
        Self { store, runtime }
    }

    /// The store.
    pub const fn get(&self) -> &S {
        &self.store
    }
}

impl<S: AsyncStore, R: Runtime> Store for BlockOn<S, R> {
    type Error = S::Error;

    fn read(&self, what: &ReadSet) -> Result<Records, S::Error> {
        self.runtime.block_on(self.store.read(what))
    }

    fn commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, S::Error> {
        self.runtime.block_on(self.store.commit(batches))
    }
}
