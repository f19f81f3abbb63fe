use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::error::Error;

use crate::store::{Batch, ReadSet, Receipt, Records};

/// The same contract as [`Store`](crate::store::Store), for databases that are waited for.
///
/// Everything said there holds here. A future that is dropped before it is ready is a commit of unknown end: repeat the command with
/// the same id.
pub trait AsyncStore {
    /// Why the database did not answer.
    type Error: Error + Send + Sync + 'static;

    /// Reads up to 64 keys and up to one page of a scan, as [`Store::read`](crate::store::Store::read) does.
    fn read(&self, what: &ReadSet) -> impl Future<Output = Result<Records, Self::Error>> + Send;

    /// Commits batches one after the other, as [`Store::commit`](crate::store::Store::commit) does.
    fn commit(&self, batches: &[Batch]) -> impl Future<Output = Result<Vec<Receipt>, Self::Error>> + Send;
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<S: AsyncStore + ?Sized> AsyncStore for $pointer {
            type Error = S::Error;

            fn read(&self, what: &ReadSet) -> impl Future<Output = Result<Records, Self::Error>> + Send {
                (**self).read(what)
            }

            fn commit(
                &self,
                batches: &[Batch],
            ) -> impl Future<Output = Result<Vec<Receipt>, Self::Error>> + Send {
                (**self).commit(batches)
            }
        }
    )*};
}

forward!(&S, Box<S>, Arc<S>);
