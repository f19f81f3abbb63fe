use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::num::NonZeroU64;

use thiserror::Error;

use crate::store::{Key, Prefix};

/// The version of a stored record.
///
/// The store gives a record a higher version with every write. The versions of one key only grow, also when the
/// record was deleted between: a number that counts all writes of the store, or of the key's shard, is enough.
/// The token of an answer shows versions. Where tenants get such tokens, count for each tenant: a number for several tells
/// each how much the others write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordVersion(NonZeroU64);

impl RecordVersion {
    /// The first version.
    pub const FIRST: Self = Self(NonZeroU64::MIN);

    /// The version number `n`, unless it is 0.
    #[must_use]
    pub const fn new(n: u64) -> Option<Self> {
        match NonZeroU64::new(n) {
            Some(n) => Some(Self(n)),
            None => None,
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0.get()
    }

    /// The next version; the last one follows itself.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// The bytes of a record, and their version.
#[derive(Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "a plain pair that stores make")]
pub struct Stored {
    /// The version that the last write gave them.
    pub version: RecordVersion,
    /// What was written.
    pub bytes: Arc<[u8]>,
}

impl Stored {
    /// A record as it was found.
    pub fn new(version: RecordVersion, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self { version, bytes: bytes.into() }
    }
}

impl fmt::Debug for Stored {
    /// Without the bytes: they may hold personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stored({} bytes at version {})", self.bytes.len(), self.version.get())
    }
}

/// A range to read: the keys with a prefix after a key, in order, and at most so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain input of a store")]
pub struct Scan {
    /// What the keys begin with.
    pub prefix: Prefix,
    /// The key before the first; none for the beginning. It need not have a record, nor begin with the prefix.
    pub after: Option<Key>,
    /// The most keys to return, from 1 to [`MAX_LIMIT`](Self::MAX_LIMIT).
    pub limit: u16,
}

impl Scan {
    /// The most keys that one scan returns.
    pub const MAX_LIMIT: u16 = 256;

    /// The beginning of a prefix.
    #[must_use]
    pub fn new(prefix: Prefix, limit: u16) -> Self {
        Self { prefix, after: None, limit: limit.clamp(1, Self::MAX_LIMIT) }
    }

    /// The same range, after a key.
    #[must_use]
    pub const fn after(mut self, key: Key) -> Self {
        self.after = Some(key);
        self
    }
}

/// Too much was asked of a store at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("at most {max} keys can be read at once: read them in rounds", max = ReadSet::MAX_KEYS)]
#[non_exhaustive]
pub struct ReadSetError;

/// What to read: up to [`MAX_KEYS`](Self::MAX_KEYS) keys, each once and in order, and up to one scan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadSet {
    keys: Vec<Key>,
    scan: Option<Scan>,
}

impl ReadSet {
    /// The most keys of one read.
    pub const MAX_KEYS: usize = 64;

    /// A read of some keys. Repeated ones are read once.
    ///
    /// # Errors
    ///
    /// [`ReadSetError`] for more than [`MAX_KEYS`](Self::MAX_KEYS).
    ///
    /// ```
    /// use consent_engine::{IndexKey, TenantId, store::{Key, ReadSet, ReadSetError, Row}};
    /// let key = |n| Key::new(TenantId::from_u128(1), Row::Index(IndexKey::from_u128(n)));
    /// assert_eq!(ReadSet::new([key(2), key(1), key(2)])?.keys().len(), 2);
    /// assert!(ReadSet::new((0..65).map(key)).is_err(), "one key too many");
    /// # Ok::<(), ReadSetError>(())
    /// ```
    pub fn new(keys: impl IntoIterator<Item = Key>) -> Result<Self, ReadSetError> {
        let mut own = Vec::new();
        for key in keys {
            if let Err(gap) = own.binary_search(&key) {
                if own.len() == Self::MAX_KEYS {
                    return Err(ReadSetError);
                }
                own.insert(gap, key);
            }
        }
        Ok(Self { keys: own, scan: None })
    }

    /// Reads the keys of another read too, unless they are too many together.
    pub(crate) fn join(&mut self, other: &Self) -> bool {
        let new: Vec<_> = other.keys.iter().filter(|key| self.keys.binary_search(key).is_err()).collect();
        if self.keys.len().saturating_add(new.len()) > Self::MAX_KEYS {
            return false;
        }
        for key in new {
            let gap = self.keys.partition_point(|own| own < key);
            self.keys.insert(gap, *key);
        }
        true
    }

    /// The same read with a scan.
    #[must_use]
    pub const fn with_scan(mut self, scan: Scan) -> Self {
        self.scan = Some(scan);
        self
    }

    /// The keys to read, in order.
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The range to read.
    #[must_use]
    pub const fn scan(&self) -> Option<&Scan> {
        self.scan.as_ref()
    }
}

/// One page of a scan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain output of a store")]
pub struct Page {
    /// The records, in the order of their keys.
    pub records: Vec<(Key, Stored)>,
    /// Whether there may be more after the last of them. If so there is a last one: an empty page has no more.
    pub more: bool,
}

/// What a read found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain output of a store")]
pub struct Records {
    /// For each key of the [`ReadSet`], in its order, the record or none.
    pub found: Vec<Option<Stored>>,
    /// What the scan found; empty without a scan.
    pub page: Page,
}

#[cfg(test)]
mod tests {
    use super::ReadSet;
    use crate::id::{IndexKey, TenantId};
    use crate::store::{Key, Row};

    fn keys(numbers: impl IntoIterator<Item = u128>) -> ReadSet {
        let key = |n| Key::new(TenantId::from_u128(1), Row::Index(IndexKey::from_u128(n)));
        ReadSet::new(numbers.into_iter().map(key)).unwrap()
    }

    #[test]
    fn reads_are_joined_in_order_and_whole_or_not_at_all() {
        let mut own = keys((0..120).step_by(2));
        assert!(own.join(&keys([7, 4, 1])));
        assert_eq!(own, keys((0..120).step_by(2).chain([1, 7])));
        let full = own.clone();
        assert!(!own.join(&keys([9, 11, 13])));
        assert_eq!(own, full);
        assert!(own.join(&keys([9, 11, 0])));
        assert_eq!(own.keys().len(), ReadSet::MAX_KEYS);
        assert!(own.join(&keys([9])));
        assert!(!own.join(&keys([13])));
    }
}
