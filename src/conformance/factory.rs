use alloc::boxed::Box;
use core::error::Error;

use crate::store::Store;

/// Whatever went wrong outside the store: no connection, no directory.
pub type FactoryError = Box<dyn Error + Send + Sync>;

/// Makes the stores that the checks run on, a new one for each check.
///
/// A function that makes a store is a factory already:
///
/// ```
/// use consent_engine::conformance::{Outcome, checks};
/// use consent_engine::store::MemoryStore;
/// assert_eq!(checks::batch_writes_every_key(&MemoryStore::new), Outcome::Held);
/// ```
///
/// A store outside the process needs a type of its own, with a guard that cleans up. An asynchronous store is wrapped in
/// [`BlockOn`](super::BlockOn).
///
/// ```
/// use consent_engine::conformance::{Factory, FactoryError, FaultKind, FaultStore};
/// use consent_engine::store::MemoryStore;
///
/// struct Directory; // Stands for a directory that is removed when it is dropped.
/// struct InDirectory;
///
/// impl Factory for InDirectory {
///     type Store = FaultStore<MemoryStore>;
///     type Guard = Directory;
///
///     fn make(&self) -> Result<(Self::Store, Directory), FactoryError> {
///         Ok((FaultStore::new(MemoryStore::new(), []), Directory))
///     }
///
///     fn reopen(&self, store: Self::Store, _: &mut Directory) -> Result<Option<Self::Store>, FactoryError> {
///         Ok(Some(store)) // Drop it, and open what it left in the directory.
///     }
///
///     fn disturb(&self, store: &Self::Store, _: &mut Directory) -> Result<bool, FactoryError> {
///         store.strike_next(FaultKind::AnswerLost);
///         Ok(true)
///     }
/// }
/// ```
pub trait Factory {
    /// The store under test.
    type Store: Store + Send + Sync;
    /// What cleans up after a check. It is dropped after the store.
    type Guard;

    /// Makes an empty store.
    ///
    /// # Errors
    ///
    /// Any; the check then fails, and says why.
    fn make(&self) -> Result<(Self::Store, Self::Guard), FactoryError>;

    /// Closes a store as a crash would, and opens again what it left; none if nothing can be opened again.
    ///
    /// Without it the checks of durability are not run, and the report says so.
    ///
    /// # Errors
    ///
    /// Any; the check then fails, and says why.
    fn reopen(
        &self,
        store: Self::Store,
        guard: &mut Self::Guard,
    ) -> Result<Option<Self::Store>, FactoryError> {
        let _ = (store, guard);
        Ok(None)
    }

    /// Makes the next commit go wrong: a connection that breaks, an answer that is lost. False if that cannot be done.
    ///
    /// The batch may take place or not, and calls after the next commit must work again. Without it the checks of unknown
    /// ends are not run, and the report says so.
    ///
    /// # Errors
    ///
    /// Any; the check then fails, and says why.
    fn disturb(&self, store: &Self::Store, guard: &mut Self::Guard) -> Result<bool, FactoryError> {
        let _ = (store, guard);
        Ok(false)
    }
}

impl<S: Store + Send + Sync, F: Fn() -> S> Factory for F {
    type Store = S;
    type Guard = ();

    fn make(&self) -> Result<(S, ()), FactoryError> {
        Ok((self(), ()))
    }
}
