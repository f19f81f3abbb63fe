//! The contract between the engine and a database: an ordered, versioned map of bytes.

mod asynch;
mod batch;
mod blocking;
mod erased;
mod key;
#[cfg(feature = "std")]
mod memory;
mod read;
mod row;
mod sync;

pub use asynch::AsyncStore;
pub use batch::{Action, Batch, BatchError, Expect, Receipt, Write};
pub use blocking::Blocking;
pub use erased::{DynAsyncStore, DynStore, StoreError};
pub use key::{Bucket, InvalidKey, Key, Prefix};
#[cfg(feature = "std")]
pub use memory::MemoryStore;
pub use read::{Page, ReadSet, ReadSetError, RecordVersion, Records, Scan, Stored};
pub use row::Row;
pub use sync::Store;
