use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::error::Error;
use core::fmt;
use core::pin::Pin;

use crate::store::{AsyncStore, Batch, ReadSet, Receipt, Records, Store};

/// The error of any store; [`source`](Error::source) is the store's own.
#[derive(Debug)]
pub struct StoreError(Box<dyn Error + Send + Sync>);

impl StoreError {
    fn new(error: impl Error + Send + Sync + 'static) -> Self {
        Self(Box::new(error))
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the store did not answer")
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}

/// Any blocking store, behind one type: for hosts that choose the database at run time.
#[derive(Clone)]
pub struct DynStore(Arc<dyn Store<Error = StoreError> + Send + Sync>);

struct Erase<S>(S);

impl<S: Store> Store for Erase<S> {
    type Error = StoreError;

    fn read(&self, what: &ReadSet) -> Result<Records, StoreError> {
        self.0.read(what).map_err(StoreError::new)
    }

    fn commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, StoreError> {
        self.0.commit(batches).map_err(StoreError::new)
    }
}

impl DynStore {
    /// Hides the type of a store.
    pub fn new(store: impl Store + Send + Sync + 'static) -> Self {
        Self(Arc::new(Erase(store)))
    }
}

impl Store for DynStore {
    type Error = StoreError;

    fn read(&self, what: &ReadSet) -> Result<Records, StoreError> {
        self.0.read(what)
    }

    fn commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, StoreError> {
        self.0.commit(batches)
    }
}

impl fmt::Debug for DynStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DynStore")
    }
}

type Boxed<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Any asynchronous store, behind one type. Each call costs one allocation.
#[derive(Clone)]
pub struct DynAsyncStore(Arc<dyn ErasedAsync + Send + Sync>);

trait ErasedAsync {
    fn read<'a>(&'a self, what: &'a ReadSet) -> Boxed<'a, Records>;
    fn commit<'a>(&'a self, batches: &'a [Batch]) -> Boxed<'a, Vec<Receipt>>;
}

impl<S: AsyncStore + Send + Sync> ErasedAsync for Erase<S> {
    fn read<'a>(&'a self, what: &'a ReadSet) -> Boxed<'a, Records> {
        Box::pin(async move { self.0.read(what).await.map_err(StoreError::new) })
    }

    fn commit<'a>(&'a self, batches: &'a [Batch]) -> Boxed<'a, Vec<Receipt>> {
        Box::pin(async move { self.0.commit(batches).await.map_err(StoreError::new) })
    }
}

impl DynAsyncStore {
    /// Hides the type of a store.
    pub fn new(store: impl AsyncStore + Send + Sync + 'static) -> Self {
        Self(Arc::new(Erase(store)))
    }
}

impl AsyncStore for DynAsyncStore {
    type Error = StoreError;

    async fn read(&self, what: &ReadSet) -> Result<Records, StoreError> {
        self.0.read(what).await
    }

    async fn commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, StoreError> {
        self.0.commit(batches).await
    }
}

impl fmt::Debug for DynAsyncStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DynAsyncStore")
    }
}
