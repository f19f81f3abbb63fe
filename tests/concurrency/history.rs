//! What callers saw, and whether some order of single steps explains it.

use std::collections::BTreeMap;

use std::sync::Arc;

use stateright::semantics::{ConsistencyTester, LinearizabilityTester, SequentialSpec};

use crate::digest;

/// The conflict window of the default policy, in seconds.
const WINDOW: i64 = 5;

/// What a caller asks for. Instants are in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    Withdraw {
        command: u8,
        at: i64,
    },
    Grant {
        command: u8,
        at: i64,
    },
    /// The one message that was sent is answered.
    Confirm {
        command: u8,
    },
    /// Something that no decision of the model depends on.
    Other,
    Ask,
}

/// What the caller is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Told {
    Done,
    /// The attempt is recorded, without effect.
    Recorded,
    Permit(bool),
    /// Certainly without effect.
    Nothing,
}

/// One cell of one person who shares the address with nobody, one call after the other: what the engine must look like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Cell {
    /// The latest withdrawal.
    withdrawn: Option<i64>,
    /// A grant stands that names every withdrawal.
    granted: bool,
    /// What each command came to.
    done: BTreeMap<u8, Told>,
}

impl SequentialSpec for Cell {
    type Op = Call;
    type Ret = Told;

    fn invoke(&mut self, call: &Call) -> Told {
        let (command, told) = match call {
            Call::Ask => return Told::Permit(self.granted),
            Call::Other => return Told::Done,
            Call::Withdraw { command, .. } | Call::Grant { command, .. } | Call::Confirm { command }
                if self.done.contains_key(command) =>
            {
                return self.done[command];
            }
            Call::Withdraw { command, at } => {
                self.withdrawn = self.withdrawn.max(Some(*at));
                self.granted = false;
                (*command, Told::Done)
            }
            Call::Confirm { command } => {
                // It counts once, and never after a withdrawal.
                let counts = self.withdrawn.is_none() && !self.granted;
                self.granted |= counts;
                (*command, if counts { Told::Done } else { Told::Nothing })
            }
            Call::Grant { command, at } => {
                let lifts = self.withdrawn.is_none_or(|withdrawn| withdrawn <= at - WINDOW);
                self.granted |= lifts;
                (*command, if lifts { Told::Done } else { Told::Recorded })
            }
        };
        self.done.insert(command, told);
        told
    }

    fn is_valid_step(&mut self, call: &Call, told: &Told) -> bool {
        *told == Told::Nothing || self.invoke(call) == *told
    }
}

/// A history, and whether it is linearizable.
#[derive(Clone, Debug)]
pub struct History {
    tester: LinearizabilityTester<u8, Cell>,
    digest: u64,
    pub linearizable: bool,
}

impl History {
    pub fn new() -> Self {
        let tester = LinearizabilityTester::new(Cell::default());
        Self { digest: digest(&tester), tester, linearizable: true }
    }

    /// A call begins. It may take effect from now on, so the history stays as linearizable as it was.
    pub fn called(&self, worker: u8, call: Call) -> Arc<Self> {
        let mut tester = self.tester.clone();
        tester.on_invoke(worker, call).unwrap();
        Arc::new(Self { digest: digest(&tester), tester, linearizable: self.linearizable })
    }

    pub fn told(&self, worker: u8, told: Told) -> Arc<Self> {
        let mut tester = self.tester.clone();
        tester.on_return(worker, told).unwrap();
        let linearizable = self.linearizable && tester.is_consistent();
        Arc::new(Self { digest: digest(&tester), tester, linearizable })
    }
}

known_by_digest!(History);
