use alloc::vec::Vec;

use crate::consent::Command;
use crate::op::{Halt, Loaded, Settings};
use crate::policy::{LimitExceeded, Limited};
use crate::store::{Batch, Key};

/// One use case: a pure function from what was read to what to write.
///
/// The operations of this module are all there are; they are driven with [`Step`](crate::op::Step).
pub trait Operation {
    /// What it comes to.
    type Outcome;

    /// The settings it runs under.
    fn settings(&self) -> &Settings;

    /// What to write, or the outcome, or what else must be read.
    ///
    /// # Errors
    ///
    /// [`Halt`] if more must be read, or if there is no plan.
    fn plan(&self, see: &Loaded) -> Result<Plan<Self::Outcome>, Halt>;

    /// The command that would be handed back if it cannot be carried out.
    fn command(&self) -> Option<&Command> {
        None
    }
}

/// What an operation wants: to be done, or to write first.
#[derive(Debug)]
pub struct Plan<O> {
    pub(super) outcome: O,
    pub(super) writes: Vec<Intent>,
}

/// A record to write, as it was read: to put, or to delete.
#[derive(Debug)]
pub(super) struct Intent {
    pub(super) key: Key,
    pub(super) put: Option<Vec<u8>>,
}

impl<O> Plan<O> {
    pub(super) const fn done(outcome: O) -> Self {
        Self { outcome, writes: Vec::new() }
    }

    /// The limit of a batch that the writes exceed. What restricts has room that nothing else may fill, so that an opt-out
    /// is never too much for a record.
    pub(super) fn exceeds(&self, see: &Loaded, restricts: bool) -> Option<LimitExceeded> {
        let beside = see.beside(&self.writes).count();
        let count = self.writes.len().saturating_add(beside);
        if count > Batch::MAX_WRITES {
            return Some(LimitExceeded { which: Limited::Writes, max: Batch::MAX_WRITES as u64 });
        }
        let room = if restricts { Batch::MAX_BYTES } else { Batch::MAX_BYTES / 2 };
        let of = |write: &Intent| write.put.as_ref().map_or(0, Vec::len).saturating_add(Key::MAX_BYTES);
        let keys = beside.saturating_mul(Key::MAX_BYTES);
        let bytes = self.writes.iter().map(of).fold(keys, usize::saturating_add);
        (bytes > room).then_some(LimitExceeded { which: Limited::Bytes, max: room as u64 })
    }
}
