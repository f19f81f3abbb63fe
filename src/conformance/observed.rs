use alloc::vec::Vec;

use crate::conformance::Coverage;
use crate::store::{AsyncStore, Batch, ReadSet, Receipt, Records, Store};

/// A store that notes what is asked of it, to reject a test run that shows nothing.
///
/// ```
/// use consent_engine::conformance::{Exercise, Observed};
/// use consent_engine::store::MemoryStore;
/// let store = Observed::new(MemoryStore::new());
/// // A simulation runs here. One without a single conflict would prove little:
/// assert!(store.coverage().require([Exercise::Conflict]).is_err());
/// ```
#[derive(Clone, Debug)]
pub struct Observed<S> {
    store: S,
    coverage: Coverage,
}

impl<S> Observed<S> {
    /// Observes a store.
    pub fn new(store: S) -> Self {
        Self::with(store, &Coverage::default())
    }

    /// Observes a store, and counts together with others.
    pub fn with(store: S, coverage: &Coverage) -> Self {
        Self { store, coverage: coverage.clone() }
    }

    /// What was exercised so far.
    pub const fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// The store.
    pub const fn get(&self) -> &S {
        &self.store
    }

    /// The store, unwrapped.
    pub fn into_inner(self) -> S {
        self.store
    }
}

impl<S: Store> Store for Observed<S> {
    type Error = S::Error;

    fn read(&self, what: &ReadSet) -> Result<Records, S::Error> {
        let answer = self.store.read(what);
        self.coverage.saw_read(what, &answer);
        answer
    }

    fn commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, S::Error> {
        let answer = self.store.commit(batches);
        self.coverage.saw_commit(batches, &answer);
        answer
    }
}

impl<S: AsyncStore + Sync> AsyncStore for Observed<S> {
    type Error = S::Error;

    async fn read(&self, what: &ReadSet) -> Result<Records, S::Error> {
        let answer = self.store.read(what).await;
        self.coverage.saw_read(what, &answer);
        answer
    }

    async fn commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, S::Error> {
        let answer = self.store.commit(batches).await;
        self.coverage.saw_commit(batches, &answer);
        answer
    }
}
