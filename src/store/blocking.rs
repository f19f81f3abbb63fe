use alloc::vec::Vec;
use core::future::ready;

use crate::store::{AsyncStore, Batch, ReadSet, Receipt, Records, Store};

/// A blocking store where an asynchronous one is asked for.
///
/// The futures do the work when they are made, on the thread that makes them. That is right for stores in memory and fast embedded
/// databases. For slow ones write an [`AsyncStore`] that hands the calls to the blocking threads of your runtime.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Blocking<S>(S);

impl<S: Store> Blocking<S> {
    /// Wraps a blocking store.
    pub const fn new(store: S) -> Self {
        Self(store)
    }

    /// The store.
    pub const fn get(&self) -> &S {
        &self.0
    }

    /// The store, unwrapped.
    pub fn into_inner(self) -> S {
        self.0
    }
}

impl<S: Store> AsyncStore for Blocking<S> {
    type Error = S::Error;

    fn read(&self, what: &ReadSet) -> impl Future<Output = Result<Records, S::Error>> + Send {
        ready(self.0.read(what))
    }

    fn commit(&self, batches: &[Batch]) -> impl Future<Output = Result<Vec<Receipt>, S::Error>> + Send {
        ready(self.0.commit(batches))
    }
}
