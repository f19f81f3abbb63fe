extern crate std;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::error::Error;
use core::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use thiserror::Error as ThisError;

use crate::store::{AsyncStore, Batch, Key, ReadSet, Receipt, Records, Store, Stored};

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

#[derive(Debug)]
struct Script {
    faults: Vec<Fault>,
    calls: u32,
    struck: u32,
    stopped: bool,
    /// A short scan is followed by an error.
    fail_next: bool,
    last_found: BTreeMap<Key, Option<Stored>>,
}

impl<S> FaultStore<S> {
    /// A store in which these calls go wrong.
    pub fn new(store: S, faults: impl IntoIterator<Item = Fault>) -> Self {
        let script = Script {
            faults: faults.into_iter().collect(),
            calls: 0,
            struck: 0,
            stopped: false,
            fail_next: false,
            last_found: BTreeMap::new(),
        };
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

/// How a call goes on.
enum Turn<T> {
    /// The store is not asked.
    Answer(T),
    /// The store is asked, and this happens to its answer.
    Ask(Option<FaultKind>),
}

impl Script {
    /// Counts a call, and says what happens at it; an error if it fails before anybody is asked.
    fn next<E: Error>(&mut self) -> Result<Option<FaultKind>, FaultError<E>> {
        self.calls = self.calls.saturating_add(1);
        if core::mem::take(&mut self.fail_next) || self.stopped {
            return Err(FaultError::Injected);
        }
        let fault = self.faults.iter().find(|fault| fault.at == self.calls);
        let kind = fault.map(|fault| fault.kind);
        match kind {
            Some(FaultKind::Fail) => Err(self.strike()),
            Some(FaultKind::Stop) => {
                self.stopped = true;
                Err(self.strike())
            }
            other => Ok(other),
        }
    }

    fn strike<E: Error>(&mut self) -> FaultError<E> {
        self.struck = self.struck.saturating_add(1);
        FaultError::Injected
    }

    fn begin_read<E: Error>(&mut self) -> Result<Option<FaultKind>, FaultError<E>> {
        match self.next()? {
            Some(FaultKind::RequestLost) => Err(self.strike()),
            other => Ok(other),
        }
    }

    fn end_read<E: Error>(
        &mut self,
        kind: Option<FaultKind>,
        what: &ReadSet,
        answer: Result<Records, E>,
    ) -> Result<Records, FaultError<E>> {
        let mut records = answer.map_err(FaultError::Store)?;
        match kind {
            Some(FaultKind::AnswerLost) => return Err(self.strike()),
            Some(FaultKind::StaleRead) => self.make_stale(what, &mut records),
            Some(FaultKind::ShortScan) => self.shorten(&mut records),
            _ => {}
        }
        self.last_found.extend(what.keys().iter().copied().zip(records.found.iter().cloned()));
        Ok(records)
    }

    fn make_stale(&mut self, what: &ReadSet, records: &mut Records) {
        let true_records = records.clone();
        for (key, found) in what.keys().iter().zip(&mut records.found) {
            if let Some(last) = self.last_found.get(key) {
                found.clone_from(last);
            }
        }
        if *records != true_records {
            self.struck = self.struck.saturating_add(1);
        }
    }

    fn shorten(&mut self, records: &mut Records) {
        let page = &mut records.page;
        let half = page.records.len() / 2;
        // A page that is not the last has a record, so that one can go on after it.
        if half > 0 {
            page.records.truncate(half);
            page.more = true;
            self.fail_next = true;
            self.struck = self.struck.saturating_add(1);
        }
    }

    fn begin_commit<E: Error>(&mut self, batches: &[Batch]) -> Result<Turn<Vec<Receipt>>, FaultError<E>> {
        let conflict =
            |batch: &Batch| Receipt::Conflict(batch.writes().iter().map(|write| write.key).collect());
        let writes = batches.iter().all(|batch| !batch.writes().is_empty());
        let receipts = match self.next()? {
            Some(FaultKind::RequestLost) => unknown(batches),
            Some(FaultKind::Conflict) if writes => batches.iter().map(conflict).collect(),
            other => return Ok(Turn::Ask(other)),
        };
        self.struck = self.struck.saturating_add(1);
        Ok(Turn::Answer(receipts))
    }

    fn end_commit<E: Error>(
        &mut self,
        kind: Option<FaultKind>,
        batches: &[Batch],
        answer: Result<Vec<Receipt>, E>,
    ) -> Result<Vec<Receipt>, FaultError<E>> {
        if kind == Some(FaultKind::AnswerLost) {
            self.struck = self.struck.saturating_add(1);
            return Ok(unknown(batches));
        }
        answer.map_err(FaultError::Store)
    }
}

fn unknown(batches: &[Batch]) -> Vec<Receipt> {
    alloc::vec![Receipt::Unknown; batches.len()]
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
