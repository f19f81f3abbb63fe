use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::error::Error;

use crate::store::{Batch, ReadSet, Receipt, Records};

/// A database as the engine needs it: an ordered, versioned map from [`Key`](crate::store::Key) to bytes.
///
/// The engine brings meaning, order, encoding and retries. A store brings two things: it reads, and it commits batches
/// whose expectations hold. A hash map behind a lock is one, and so are a table of SQL with columns for key, version and bytes,
/// and a distributed key-value store. How to write one, step by step: [`writing_a_store`](crate::writing_a_store).
///
/// # What must hold
///
/// 1. **A batch is all or nothing.** Either every write of it takes place or none, also after a crash in the middle. Nobody
///    ever reads a part of it under one key.
/// 2. **Expectations are checked where the write happens**: in the transaction or the lock that writes, never before it, and they
///    hold until it is done. Of two batches that each check what the other writes, one conflicts. If an expectation does not
///    hold, nothing of the batch is written, whatever the other keys say.
/// 3. **Each key is linearizable.** A read that begins after a commit returned sees that commit, or a later one. Different keys of one
///    read need not be of one instant; the engine tells when they do not fit together.
/// 4. **The versions of one key only grow**, also over a delete.
/// 5. **Committed is durable.** What was reported as [`Receipt::Committed`] is there after a crash.
/// 6. **Bytes are returned as they were put**, keys are compared byte by byte, and scans return them in that order.
///
/// # Which direction of error is safe
///
/// If in doubt, fail: an error of a read denies, and a commit of unknown end is settled by the engine, which asks for the
/// command by its id. What is never safe: to report `Committed` for what may be lost, [`Receipt::Conflict`] or an error for what
/// may have been written, or "no record" for a record that could not be read.
///
/// # Time-outs, crashes, backups
///
/// A commit that timed out is [`Receipt::Unknown`], unless it is certain that it did not and will never take place. A
/// store restored from an older backup has lost withdrawals: give the engine a new
/// [`WriterId`](crate::WriterId), and replay what came since from elsewhere, before it decides again.
pub trait Store {
    /// Why the database did not answer.
    type Error: Error + Send + Sync + 'static;

    /// Reads up to 64 keys and up to one page of a scan.
    ///
    /// On return, [`Records::found`] has one place for each key asked, in the same order, with none for a record
    /// that is certainly not there. The page holds the first records of the range, at most as many as its limit,
    /// in the order of their keys; [`more`](crate::store::Page::more) is false only if certainly none follows.
    /// A page may be shorter than its limit.
    ///
    /// # Errors
    ///
    /// Any, if a key could not be read: then nothing of the read counts. Never return a shortened answer instead.
    fn read(&self, what: &ReadSet) -> Result<Records, Self::Error>;

    /// Commits batches one after the other, and says of each what became of it, in the same order.
    ///
    /// Each batch is atomic; together they are not. A later batch sees what an earlier one wrote. A store may make them durable
    /// together (group commit), if it returns after that. A conflict of one does not keep the next from being tried.
    ///
    /// A batch that the database gave up for the sake of another (a deadlock, a failed serialization) is no conflict until a key is
    /// found not to be as expected: the store tries it again.
    ///
    /// # Errors
    ///
    /// Only if certainly no batch was committed, nor will be. Else say [`Receipt::Unknown`] of those in doubt.
    fn commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, Self::Error>;
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<S: Store + ?Sized> Store for $pointer {
            type Error = S::Error;

            fn read(&self, what: &ReadSet) -> Result<Records, Self::Error> {
                (**self).read(what)
            }

            fn commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, Self::Error> {
                (**self).commit(batches)
            }
        }
    )*};
}

forward!(&S, Box<S>, Arc<S>);
