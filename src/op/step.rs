use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::error::Error;
use core::fmt;

use crate::op::plan::Intent;
use crate::op::{EngineError, Halt, Loaded, Operation, OperationError};
use crate::policy::{LimitExceeded, Limited};
use crate::store::{
    Action, Batch, BatchError, Key, ReadSet, Receipt, RecordVersion, Records, Row, Scan, Write,
};
use crate::wire::Corruption;

/// An operation that waits for the store, or is done. Each step is consumed by answering it.
///
/// ```
/// use consent_engine::op::{Load, Step};
/// use consent_engine::store::{MemoryStore, Store};
/// use consent_engine::*;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let policy = Policy::new(1, Catalogue::new([], [])?);
/// # let settings = Settings::new(TenantId::from_u128(1), WriterId::from_u128(1), policy);
/// let store = MemoryStore::new();
/// let mut step = Step::begin(Load::new(settings, SubjectId::from_u128(7).into()));
/// let loaded = loop {
///     step = match step {
///         Step::Read(what, reading) => reading.resume(store.read(&what))?,
///         Step::Commit(batch, committing) => committing.resume(store.commit(&[batch]))?,
///         Step::Done(outcome) => break outcome?,
///     };
/// };
/// assert_eq!(loaded.view.subject().ids, [SubjectId::from_u128(7)]);
/// # Ok(())
/// # }
/// ```
#[must_use = "an operation does nothing until its steps are answered"]
#[allow(clippy::exhaustive_enums, reason = "a loop over steps must answer each")]
pub enum Step<O: Operation> {
    /// Read this, and resume.
    Read(ReadSet, Reading<O>),
    /// Commit this, and resume.
    Commit(Batch, Committing<O>),
    /// This is how it ended.
    Done(Result<O::Outcome, OperationError>),
}

/// An operation that waits for a read.
#[must_use = "the operation goes on when it is resumed"]
pub struct Reading<O: Operation> {
    machine: Box<Machine<O>>,
}

/// An operation that waits for a commit.
#[must_use = "the operation goes on when it is resumed"]
pub struct Committing<O: Operation> {
    machine: Box<Machine<O>>,
    outcome: O::Outcome,
    /// Where the batch puts the record of its command.
    commands: Vec<Key>,
}

struct Machine<O> {
    operation: O,
    loaded: Loaded,
    /// The latest version ever seen of each record: it never goes back.
    seen: BTreeMap<Key, RecordVersion>,
    rounds: u32,
    attempts: u32,
    /// The end of an earlier commit is not known.
    in_doubt: bool,
    /// What the store was asked to read last.
    asked: ReadSet,
}

/// The most rounds of reading between two commits.
const MAX_ROUNDS: u32 = 32;

impl<O: Operation> Step<O> {
    /// The first step of an operation.
    pub fn begin(operation: O) -> Self {
        let machine = Machine {
            loaded: Loaded::new(operation.settings().tenant()),
            operation,
            seen: BTreeMap::new(),
            rounds: 0,
            attempts: 0,
            in_doubt: false,
            asked: ReadSet::default(),
        };
        Box::new(machine).go_on()
    }
}

impl<O: Operation> Reading<O> {
    /// Goes on with what the store returned.
    ///
    /// # Errors
    ///
    /// [`EngineError::Store`] if it failed. [`Step`] shows the loop around it.
    pub fn resume<E: Error>(self, read: Result<Records, E>) -> Result<Step<O>, EngineError<E>> {
        let Self { mut machine } = self;
        let Machine { loaded, seen, in_doubt, asked, .. } = &mut *machine;
        let records = read.map_err(|source| EngineError::Store { source, in_doubt: *in_doubt })?;
        Ok(match loaded.take(asked, records, seen) {
            Ok(()) => machine.go_on(),
            Err((key, why)) => machine.end(OperationError::StoreCorrupt { key, why }),
        })
    }

    /// What to do if the operation ends here because the store failed elsewhere.
    pub(crate) fn interrupt(self) -> OperationError {
        self.machine.interrupted()
    }
}

impl<O: Operation> Committing<O> {
    /// Goes on with what became of the batch. Anything but one receipt counts as a commit of unknown end.
    ///
    /// # Errors
    ///
    /// [`EngineError::Store`] if the store failed: the batch was certainly not committed. [`Step`] shows the loop around it.
    pub fn resume<E: Error>(self, committed: Result<Vec<Receipt>, E>) -> Result<Step<O>, EngineError<E>> {
        let Self { mut machine, outcome, commands } = self;
        let in_doubt = machine.in_doubt;
        match committed.map_err(|source| EngineError::Store { source, in_doubt })?.as_slice() {
            [Receipt::Committed] => return Ok(Step::Done(Ok(outcome))),
            [Receipt::Conflict(_)] => {}
            _ => {
                machine.in_doubt = true;
                machine.loaded.doubt(commands);
            }
        }
        machine.loaded.clear();
        machine.rounds = 0;
        Ok(machine.go_on())
    }

    /// What to do if the operation ends here because the store failed elsewhere.
    pub(crate) fn interrupt(self) -> OperationError {
        self.machine.interrupted()
    }
}

impl<O: Operation> Machine<O> {
    fn go_on(mut self: Box<Self>) -> Step<O> {
        let plan = match self.operation.plan(&self.loaded) {
            Ok(plan) => plan,
            Err(Halt::Need(keys)) => return self.read(&keys, None),
            Err(Halt::Scan(scan)) => return self.read(&[], Some(scan)),
            Err(Halt::Stop(error)) => return self.end(error),
        };
        if plan.writes.is_empty() {
            return Step::Done(Ok(plan.outcome));
        }
        if self.attempts >= self.operation.settings().attempts {
            let (attempts, command) = (self.attempts, None);
            return self.end(OperationError::Contention { attempts, command });
        }
        match self.batch(plan.writes) {
            Ok(batch) => {
                self.attempts = self.attempts.saturating_add(1);
                let commands = commands_put(&batch);
                Step::Commit(batch, Committing { machine: self, outcome: plan.outcome, commands })
            }
            Err(error) => self.end(error),
        }
    }

    fn read(mut self: Box<Self>, keys: &[Key], scan: Option<Scan>) -> Step<O> {
        self.rounds = self.rounds.saturating_add(1);
        if self.rounds > MAX_ROUNDS {
            let limit = LimitExceeded { which: Limited::Rounds, max: u64::from(MAX_ROUNDS) };
            return self.end(limit.into());
        }
        let first = keys.iter().copied().take(ReadSet::MAX_KEYS);
        let asked = ReadSet::new(first).unwrap_or_default();
        let asked = match scan {
            Some(scan) => asked.with_scan(scan),
            None => asked,
        };
        self.asked = asked.clone();
        Step::Read(asked, Reading { machine: self })
    }

    /// The writes, each on the condition of what was read.
    fn batch(&self, writes: Vec<Intent>) -> Result<Batch, OperationError> {
        let beside: Vec<_> = self.loaded.beside(&writes).map(|key| (key, Action::Check)).collect();
        let intended = writes
            .into_iter()
            .map(|Intent { key, put }| (key, put.map_or(Action::Delete, |bytes| Action::Put(bytes.into()))));
        let all = intended.chain(beside);
        Batch::new(all.map(|(key, action)| Write { key, expect: self.loaded.expect(&key), action })).map_err(
            |error| {
                let (which, max) = match error {
                    BatchError::TooManyWrites => (Limited::Writes, Batch::MAX_WRITES),
                    BatchError::TooManyBytes => (Limited::Bytes, Batch::MAX_BYTES),
                    BatchError::RepeatedKey(key) => {
                        return OperationError::StoreCorrupt { key: Some(key), why: Corruption::Misplaced };
                    }
                };
                LimitExceeded { which, max: max as u64 }.into()
            },
        )
    }

    fn interrupted(&self) -> OperationError {
        if self.in_doubt {
            OperationError::Unsettled { command: self.operation.command().cloned().map(Box::new) }
        } else {
            OperationError::Interrupted
        }
    }

    /// While a commit is in doubt, only finding it again says how the command ended.
    fn end(&self, error: OperationError) -> Step<O> {
        let command = || self.operation.command().cloned().map(Box::new);
        Step::Done(Err(match error {
            _ if self.in_doubt => OperationError::Unsettled { command: command() },
            OperationError::Contention { attempts, .. } => {
                OperationError::Contention { attempts, command: command() }
            }
            error => error,
        }))
    }
}

fn commands_put(batch: &Batch) -> Vec<Key> {
    let puts = batch.writes().iter().filter(|write| matches!(write.action, Action::Put(_)));
    puts.map(|write| write.key).filter(|key| matches!(key.row(), Row::Command { .. })).collect()
}

impl<O: Operation> fmt::Debug for Step<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(what, _) => write!(f, "Read({} keys)", what.keys().len()),
            Self::Commit(batch, _) => write!(f, "Commit({} writes)", batch.writes().len()),
            Self::Done(Ok(_)) => f.write_str("Done"),
            Self::Done(Err(error)) => write!(f, "Done({error})"),
        }
    }
}

impl<O: Operation> fmt::Debug for Reading<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reading({} keys)", self.machine.asked.keys().len())
    }
}

impl<O: Operation> fmt::Debug for Committing<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Committing(attempt {})", self.machine.attempts)
    }
}
