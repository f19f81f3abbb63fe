extern crate std;

mod script;

use alloc::vec::Vec;
use core::error::Error;
use core::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use thiserror::Error as ThisError;

use crate::conformance::fault::script::{Script, Turn};
use crate::store::{AsyncStore, Batch, ReadSet, Receipt, Records, Store};

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FaultKind {
    /// The call fails, and does nothing.
    Fail,
    /// The call does nothing, and nobody knows: a commit is [`Receipt::Unknown`], a read fails.
    RequestLost,
    /// The call is carried out, and nobody knows: a commit is [`Receipt::Unknown`], a read fails.
    AnswerLost,
    /// A commit writes nothing, and every batch conflicts on all its keys. A read is not affected.
    Conflict,
    /// A read finds each key as the read before this one found it. That breaks the contract. A commit is not affected.
    StaleRead,
    /// A scan ends after half of its records, says that there is more, and the next call fails. A commit is not affected.
    ShortScan,
    /// The call fails, does nothing, and so does every later one: the host stopped.
    Stop,
}

impl FaultKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Fail,
        Self::RequestLost,
        Self::AnswerLost,
        Self::Conflict,
        Self::StaleRead,
        Self::ShortScan,
        Self::Stop,
    ];
}

/// One thing that goes wrong, as data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_structs, reason = "a plain pair, to be written down in tests")]
pub struct Fault {
    /// At which call, reads and commits counted together from 1.
    pub at: u32,
    /// What happens there.
    pub kind: FaultKind,
}

/// The error of a [`FaultStore`].
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum FaultError<E: Error + 'static> {
    /// The call was told to fail.
    #[error("the call failed, as it was told to")]
    Injected,
    /// The store itself failed.
    #[error("the store failed by itself")]
    Store(#[source] E),
}

/// A store in which chosen calls go wrong, to see what becomes of whoever uses it.
///
/// ```
/// use consent_engine::conformance::{Fault, FaultKind, FaultStore};
/// use consent_engine::store::{Batch, MemoryStore, ReadSet, Receipt, Store};
/// let store = FaultStore::new(MemoryStore::new(), [Fault { at: 2, kind: FaultKind::AnswerLost }]);
/// let batch = Batch::new([])?;
/// assert_eq!(store.commit(&[batch.clone()])?, [Receipt::Committed]);
/// assert_eq!(store.commit(&[batch])?, [Receipt::Unknown]);
/// store.strike_next(FaultKind::Fail);
/// assert!(store.read(&ReadSet::default()).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct FaultStore<S> {
    store: S,
    script: Mutex<Script>,
}

impl<S> FaultStore<S> {
    /// A store in which these calls go wrong.
    pub fn new(store: S, faults: impl IntoIterator<Item = Fault>) -> Self {
        let script = Script::new(faults.into_iter().collect());
        Self { store, script: Mutex::new(script) }
    }

    /// Makes the next call go wrong too.
    pub fn strike_next(&self, kind: FaultKind) {
        let mut script = self.script();
        let at = script.calls.saturating_add(1);
        script.faults.push(Fault { at, kind });
    }

    /// How many calls there were.
    pub fn calls(&self) -> u32 {
        self.script().calls
    }

    /// How many faults had an effect. A fault at a call that was never made, or of the other sort, had none.
    pub fn struck(&self) -> u32 {
        self.script().struck
    }

    /// The store beneath, which does not fail.
    pub const fn get(&self) -> &S {
        &self.store
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Store> Store for FaultStore<S> {
    type Error = FaultError<S::Error>;

    fn read(&self, what: &ReadSet) -> Result<Records, Self::Error> {
        let kind = self.script().begin_read()?;
        let answer = self.store.read(what);
        self.script().end_read(kind, what, answer)
    }

    fn commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, Self::Error> {
        let turn = self.script().begin_commit(batches)?;
        match turn {
            Turn::Answer(receipts) => Ok(receipts),
            Turn::Ask(kind) => {
                let answer = self.store.commit(batches);
                self.script().end_commit(kind, batches, answer)
            }
        }
    }
}

impl<S: AsyncStore + Sync + Send> AsyncStore for FaultStore<S> {
    type Error = FaultError<S::Error>;

    async fn read(&self, what: &ReadSet) -> Result<Records, Self::Error> {
        let kind = self.script().begin_read()?;
        let answer = self.store.read(what).await;
        self.script().end_read(kind, what, answer)
    }

    async fn commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, Self::Error> {
        let turn = self.script().begin_commit(batches)?;
        match turn {
            Turn::Answer(receipts) => Ok(receipts),
            Turn::Ask(kind) => {
                let answer = self.store.commit(batches).await;
                self.script().end_commit(kind, batches, answer)
            }
        }
    }
}

impl<S: fmt::Debug> fmt::Debug for FaultStore<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let script = self.script();
        f.debug_struct("FaultStore")
            .field("store", &self.store)
            .field("faults", &script.faults)
            .field("calls", &script.calls)
            .finish_non_exhaustive()
    }
}
