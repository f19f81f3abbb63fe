use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use thiserror::Error;

use crate::store::{Key, RecordVersion};

/// What must be true of a record for a write to take place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "stores must meet each; a new one would break them")]
pub enum Expect {
    /// There is no record.
    Absent,
    /// The record is at this version.
    At(RecordVersion),
}

/// What a write does if its expectation holds.
#[derive(Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "stores must do each; a new one would break them")]
pub enum Action {
    /// Makes or replaces the record.
    Put(Arc<[u8]>),
    /// Deletes the record. Where none is expected, there is nothing to do.
    Delete,
    /// Nothing: only the expectation counts.
    Check,
}

impl fmt::Debug for Action {
    /// Without the bytes: they may hold personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Put(bytes) => write!(f, "Put({} bytes)", bytes.len()),
            Self::Delete => f.write_str("Delete"),
            Self::Check => f.write_str("Check"),
        }
    }
}

/// One write of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain input of a store")]
pub struct Write {
    /// Which record.
    pub key: Key,
    /// What must be true of it.
    pub expect: Expect,
    /// What to do then.
    pub action: Action,
}

/// Why writes are no batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BatchError {
    /// Too many writes.
    #[error("a batch has at most {max} writes: split the work", max = Batch::MAX_WRITES)]
    TooManyWrites,
    /// Too many bytes.
    #[error("a batch has at most {max} bytes: split the work", max = Batch::MAX_BYTES)]
    TooManyBytes,
    /// Two writes of one key.
    #[error("a batch writes {0} twice: join the two writes")]
    RepeatedKey(Key),
}

/// Writes that happen all or not at all: each key once, in order. One without writes is committed as it is.
///
/// ```
/// use consent_engine::{Aggregate, SubjectId, TenantId, store::{Action, Batch, Expect, Key, Row, Write}};
/// let key = Key::new(TenantId::from_u128(1), Row::Aggregate(Aggregate::Subject(SubjectId::from_u128(7))));
/// let write = Write { key, expect: Expect::Absent, action: Action::Put(b"state".as_slice().into()) };
/// let batch = Batch::new([write.clone()])?;
/// assert_eq!(batch.writes().len(), 1);
/// assert!(Batch::new([write.clone(), write]).is_err());
/// # Ok::<(), consent_engine::store::BatchError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch(Vec<Write>);

impl Batch {
    /// The most writes of a batch.
    pub const MAX_WRITES: usize = 64;
    /// The most bytes of a batch, keys and records together.
    pub const MAX_BYTES: usize = 256 * 1024;

    /// Sorts writes into a batch.
    ///
    /// # Errors
    ///
    /// [`BatchError`] for too many writes or bytes, or two writes of one key.
    ///
    /// ```
    /// use consent_engine::{CommandId, Aggregate, SubjectId, TenantId};
    /// use consent_engine::store::{Action, Batch, BatchError, Expect, Key, Row, Write};
    /// let aggregate = Aggregate::Subject(SubjectId::from_u128(7));
    /// let write = |bytes: usize| {
    ///     let key = Key::new(TenantId::from_u128(1), Row::Aggregate(aggregate));
    ///     Write { key, expect: Expect::Absent, action: Action::Put(vec![0; bytes].into()) }
    /// };
    /// assert_eq!(Batch::new([write(1), write(1)]), Err(BatchError::RepeatedKey(write(1).key)));
    /// assert_eq!(Batch::new([write(Batch::MAX_BYTES)]), Err(BatchError::TooManyBytes), "its key counts too");
    /// ```
    pub fn new(writes: impl IntoIterator<Item = Write>) -> Result<Self, BatchError> {
        let mut own = Vec::new();
        let mut bytes = 0_usize;
        for write in writes {
            if own.len() == Self::MAX_WRITES {
                return Err(BatchError::TooManyWrites);
            }
            bytes = bytes.saturating_add(write.key.as_bytes().len());
            if let Action::Put(put) = &write.action {
                bytes = bytes.saturating_add(put.len());
            }
            if bytes > Self::MAX_BYTES {
                return Err(BatchError::TooManyBytes);
            }
            own.push(write);
        }
        own.sort_by_key(|write: &Write| write.key);
        let mut pairs = own.iter().zip(own.iter().skip(1));
        match pairs.find(|(write, next)| write.key == next.key) {
            Some((write, _)) => Err(BatchError::RepeatedKey(write.key)),
            None => Ok(Self(own)),
        }
    }

    /// The writes, in the order of their keys.
    #[must_use]
    pub fn writes(&self) -> &[Write] {
        &self.0
    }
}

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "the ends of a commit that the engine tells apart")]
pub enum Receipt {
    /// All of it was written, and stays written.
    Committed,
    /// Nothing was written: these keys were not as expected. At least one is named.
    Conflict(Vec<Key>),
    /// All of it was written, or will yet be, or nothing: the store does not know which.
    Unknown,
}
