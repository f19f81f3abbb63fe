//! The ways to run an operation: all come to the same.

use alloc::sync::Arc;
use alloc::task::Wake;
use core::error::Error;
use core::fmt;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::thread::{self, Thread};

use consent_engine::op::import::{
    ApplyRow, Import, ImportCursor, ImportError, ImportPlan, ImportRow, Imported, Overlay, PlanRow, RowReport,
};
use consent_engine::op::{Operation, Step};
use consent_engine::store::{Blocking, DynStore, MemoryStore, Store};
use consent_engine::{AsyncEngine, Engine, Timestamp};
use consent_engine::{EngineError, OperationError, Settings};

use crate::fault::Fault;

/// Which way the operations of a run take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Through {
    /// The engine over the store in memory.
    #[default]
    Memory,
    /// The same, with the type of the store hidden.
    Erased,
    /// The asynchronous engine.
    Async,
    /// A loop of our own over [`Step`].
    OwnLoop,
}

impl Through {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "memory" => Self::Memory,
            "erased" => Self::Erased,
            "async" => Self::Async,
            "own-loop" => Self::OwnLoop,
            _ => return None,
        })
    }
}

/// An empty store in memory, and what drives operations on it.
pub(crate) enum Backend {
    Memory(Engine<MemoryStore>),
    Erased(Engine<DynStore>),
    Async(AsyncEngine<Blocking<MemoryStore>>),
    OwnLoop(MemoryStore),
}

impl Backend {
    pub(crate) fn new(through: Through, settings: Settings) -> Self {
        let store = MemoryStore::new();
        match through {
            Through::Memory => Self::Memory(Engine::new(store, settings)),
            Through::Erased => Self::Erased(Engine::new(DynStore::new(store), settings)),
            Through::Async => Self::Async(AsyncEngine::new(Blocking::new(store), settings)),
            Through::OwnLoop => Self::OwnLoop(store),
        }
    }

    /// Drives an operation to its end; how it ended is for the caller to judge.
    pub(crate) fn run<O: Operation>(
        &self,
        operation: O,
    ) -> Result<Result<O::Outcome, OperationError>, Fault> {
        match self {
            Self::Memory(engine) => ended(engine.run(operation)),
            Self::Erased(engine) => ended(engine.run(operation)),
            Self::Async(engine) => ended(block_on(engine.run(operation))),
            Self::OwnLoop(store) => ended(drive(store, operation)),
        }
    }

    /// What rows would come to.
    pub(crate) fn plan_import(
        &self,
        settings: &Settings,
        import: &Import,
        rows: Vec<ImportRow>,
        now: Timestamp,
    ) -> Result<ImportPlan, Fault> {
        let settings = settings.clone();
        let plan = match self {
            Self::Memory(engine) => {
                ended(Engine::new(engine.store(), settings).plan_import(import, rows, now))
            }
            Self::Erased(engine) => {
                ended(Engine::new(engine.store(), settings).plan_import(import, rows, now))
            }
            Self::Async(engine) => {
                let engine = AsyncEngine::new(engine.store(), settings);
                ended(block_on(engine.plan_import(import, rows, now)))
            }
            Self::OwnLoop(store) => ended(dry_run(store, &settings, import, rows, now)),
        };
        plan?.map_err(|error| Fault::input(error.to_string()))
    }

    /// Imports a page of rows: what became of each, and where the next page begins.
    pub(crate) fn import(
        &self,
        settings: &Settings,
        import: &Import,
        cursor: ImportCursor,
        rows: Vec<ImportRow>,
        now: Timestamp,
    ) -> Result<(Vec<RowReport>, ImportCursor), Fault> {
        let settings = settings.clone();
        match self {
            Self::Memory(engine) => {
                whole(Engine::new(engine.store(), settings).import(import, cursor, rows, now))
            }
            Self::Erased(engine) => {
                whole(Engine::new(engine.store(), settings).import(import, cursor, rows, now))
            }
            Self::Async(engine) => {
                let engine = AsyncEngine::new(engine.store(), settings);
                whole(block_on(engine.import(import, cursor, rows, now)))
            }
            Self::OwnLoop(store) => apply(store, &settings, import, cursor, rows, now),
        }
    }

    /// Drives an operation that has no reason to fail.
    pub(crate) fn must<O: Operation>(&self, operation: O) -> Result<O::Outcome, Fault> {
        self.run(operation)?.map_err(|error| Fault::input(error.to_string()))
    }
}

fn ended<T, E: Error>(end: Result<T, EngineError<E>>) -> Result<Result<T, OperationError>, Fault> {
    match end {
        Ok(outcome) => Ok(Ok(outcome)),
        Err(EngineError::Operation(error)) => Ok(Err(error)),
        Err(error @ EngineError::Store { .. }) => Err(Fault::input(error.to_string())),
    }
}

/// A page of which every row was done.
fn whole<E: Error>(end: Result<Imported<E>, ImportError>) -> Result<(Vec<RowReport>, ImportCursor), Fault> {
    let done = end.map_err(|error| Fault::input(error.to_string()))?;
    match done.stopped {
        Some(error) => Err(Fault::input(error.to_string())),
        None => Ok((done.reports, done.cursor)),
    }
}

fn drive<O: Operation, S: Store>(store: &S, operation: O) -> Result<O::Outcome, EngineError<S::Error>> {
    let mut step = Step::begin(operation);
    loop {
        step = match step {
            Step::Read(what, reading) => reading.resume(store.read(&what))?,
            Step::Commit(batch, committing) => committing.resume(store.commit(&[batch]))?,
            Step::Done(outcome) => return Ok(outcome?),
        };
    }
}

/// The rows of a page that are not done, one by one.
fn apply(
    store: &MemoryStore,
    settings: &Settings,
    import: &Import,
    mut cursor: ImportCursor,
    rows: Vec<ImportRow>,
    now: Timestamp,
) -> Result<(Vec<RowReport>, ImportCursor), Fault> {
    let mut reports = Vec::new();
    for row in rows {
        if cursor.is_past(row.number()) {
            continue;
        }
        let done = drive(store, ApplyRow::new(settings.clone(), *import, row, now));
        let report = done.map_err(|error| Fault::input(error.to_string()))?;
        cursor.advance(&report);
        reports.push(report);
    }
    Ok((reports, cursor))
}

/// What the rows of a page would come to, one after the other, with nothing written.
fn dry_run<S: Store>(
    store: &S,
    settings: &Settings,
    import: &Import,
    rows: Vec<ImportRow>,
    now: Timestamp,
) -> Result<ImportPlan, EngineError<S::Error>> {
    let mut plan = ImportPlan::new(settings.policy().clone());
    let mut overlay = Overlay::default();
    for row in rows {
        let mut step = Step::begin(PlanRow::new(settings.clone(), *import, row, now));
        plan.take(&loop {
            step = match step {
                Step::Read(what, reading) => {
                    reading.resume(store.read(&what).map(|found| overlay.over(&what, found)))?
                }
                Step::Commit(batch, committing) => {
                    committing.resume::<S::Error>(Ok(vec![overlay.take(&batch)]))?
                }
                Step::Done(outcome) => break outcome?,
            };
        });
    }
    Ok(plan)
}

/// Wakes a thread that waits for a future.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory(_) => "Memory",
            Self::Erased(_) => "Erased",
            Self::Async(_) => "Async",
            Self::OwnLoop(_) => "OwnLoop",
        })
    }
}
