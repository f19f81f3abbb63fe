use core::fmt;

use thiserror::Error;
use uuid::Uuid;

use crate::id::{Aggregate, CommandId, ContactPointId, IndexKey, LogId, Seq, SubjectId, TenantId, WriterId};
use crate::store::Row;
use crate::time::Timestamp;

/// The part of a tenant's rows that a key belongs to, for databases that shard.
///
/// All rows of one subject or contact point share a bucket, so almost every batch writes to one. The number of
/// buckets and the bucket of an id never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bucket(u8);

impl Bucket {
    /// How many buckets a tenant has.
    pub const COUNT: u16 = 256;

    /// Every bucket, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..=u8::MAX).map(Self)
    }

    /// The bucket of a subject or contact point.
    #[must_use]
    pub fn of(aggregate: Aggregate) -> Self {
        Self::of_id(match aggregate {
            Aggregate::Subject(id) => id.uuid(),
            Aggregate::Point(id) => id.uuid(),
        })
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    fn of_id(id: Uuid) -> Self {
        // Ids that are counted up, or that begin with a time, must spread too.
        let mixed = id.as_u128().wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        let [first, ..] = mixed.to_be_bytes();
        Self(first)
    }
}

/// Bytes are not the encoding of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the bytes are not a key of this engine: keep other data in another table")]
#[non_exhaustive]
pub struct InvalidKey;

/// The key of a row, in its stable, order-preserving encoding.
///
/// A store keeps [`as_bytes`](Self::as_bytes) and compares them byte by byte; it needs nothing else. The bytes are:
/// tenant (16), bucket (1), kind of row (1), then what the kind needs, numbers with the highest byte first. A key
/// is never longer than [`MAX_BYTES`](Self::MAX_BYTES).
///
/// ```
/// use consent_engine::{Aggregate, SubjectId, TenantId, store::{Key, Row}};
/// let row = Row::Aggregate(Aggregate::Subject(SubjectId::from_u128(7)));
/// let key = Key::new(TenantId::from_u128(1), row);
/// assert_eq!(Key::from_bytes(key.as_bytes()), Ok(key));
/// assert_eq!(key.row(), row);
/// # Ok::<(), consent_engine::store::InvalidKey>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Encoded);

/// The beginning of the keys of a scan. All keys of a prefix are of one tenant and bucket.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix(Encoded);

impl Key {
    /// The longest key.
    pub const MAX_BYTES: usize = 59;

    /// The key of a row of a tenant.
    #[must_use]
    pub fn new(tenant: TenantId, row: Row) -> Self {
        let mut encoded = Encoded::of(tenant, bucket_of(&row));
        encoded.push(&[row.tag()]);
        match row {
            Row::Aggregate(aggregate) => encoded.push_aggregate(aggregate),
            Row::Facts { log, first } => {
                encoded.push_aggregate(log.aggregate);
                encoded.push(log.writer.uuid().as_bytes());
                encoded.push(&first.get().to_be_bytes());
            }
            Row::Command { aggregate, command } => {
                encoded.push_aggregate(aggregate);
                encoded.push(command.uuid().as_bytes());
            }
            Row::Index(index) => encoded.push(index.uuid().as_bytes()),
            Row::Due { at, aggregate } => {
                encoded.push(&sortable(at).to_be_bytes());
                encoded.push_aggregate(aggregate);
            }
        }
        Self(encoded)
    }

    /// Reads the bytes of a key.
    ///
    /// # Errors
    ///
    /// [`InvalidKey`] if they are not exactly what [`as_bytes`](Self::as_bytes) gives.
    ///
    /// ```
    /// use consent_engine::{IndexKey, TenantId, store::{InvalidKey, Key, Row}};
    /// let key = Key::new(TenantId::from_u128(1), Row::Index(IndexKey::from_u128(7)));
    /// let bytes = key.as_bytes();
    /// assert_eq!(Key::from_bytes(bytes)?, key);
    /// assert!(Key::from_bytes(&bytes[1..]).is_err());
    /// # Ok::<(), InvalidKey>(())
    /// ```
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidKey> {
        let (tenant, row) = Reader(bytes).key()?;
        let key = Self::new(tenant, row);
        if key.as_bytes() == bytes { Ok(key) } else { Err(InvalidKey) }
    }

    /// The encoding.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The tenant.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.parts().map_or(TenantId::from_u128(0), |(tenant, _)| tenant)
    }

    /// The bucket.
    #[must_use]
    pub fn bucket(&self) -> Bucket {
        bucket_of(&self.row())
    }

    /// The row.
    #[must_use]
    pub fn row(&self) -> Row {
        // Only `new` makes keys, so there is always something to read.
        self.parts().map_or(Row::Index(IndexKey::from_u128(0)), |(_, row)| row)
    }

    fn parts(&self) -> Result<(TenantId, Row), InvalidKey> {
        Reader(self.as_bytes()).key()
    }
}

impl Prefix {
    /// The facts of one log, in the order in which they were written.
    #[must_use]
    pub fn facts(tenant: TenantId, log: LogId) -> Self {
        let mut encoded = Encoded::of(tenant, Bucket::of(log.aggregate));
        encoded.push(&[Row::FACTS]);
        encoded.push_aggregate(log.aggregate);
        encoded.push(log.writer.uuid().as_bytes());
        Self(encoded)
    }

    /// What becomes due in one bucket, the earliest first.
    #[must_use]
    pub fn due(tenant: TenantId, bucket: Bucket) -> Self {
        Self::of_rows(tenant, bucket, Row::DUE)
    }

    /// The subjects and contact points of one bucket.
    #[must_use]
    pub fn aggregates(tenant: TenantId, bucket: Bucket) -> Self {
        Self::of_rows(tenant, bucket, Row::AGGREGATE)
    }

    /// The commands of one bucket.
    #[must_use]
    pub fn commands(tenant: TenantId, bucket: Bucket) -> Self {
        Self::of_rows(tenant, bucket, Row::COMMAND)
    }

    fn of_rows(tenant: TenantId, bucket: Bucket, tag: u8) -> Self {
        let mut encoded = Encoded::of(tenant, bucket);
        encoded.push(&[tag]);
        Self(encoded)
    }

    /// The encoding: what the keys begin with.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The first key that begins so: not the key of a row, but the least that sorts before all of them.
    #[cfg(feature = "std")]
    pub(super) const fn first(&self) -> Key {
        Key(self.0)
    }

    /// Whether a key begins so.
    #[must_use]
    pub fn covers(&self, key: &Key) -> bool {
        key.as_bytes().starts_with(self.as_bytes())
    }
}

fn bucket_of(row: &Row) -> Bucket {
    match row {
        Row::Aggregate(aggregate) | Row::Command { aggregate, .. } | Row::Due { aggregate, .. } => {
            Bucket::of(*aggregate)
        }
        Row::Facts { log, .. } => Bucket::of(log.aggregate),
        Row::Index(index) => Bucket::of_id(index.uuid()),
    }
}

/// The microseconds of an instant, as a number that sorts as the instants do.
const fn sortable(at: Timestamp) -> u64 {
    at.unix_micros().cast_unsigned() ^ (1 << 63)
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Encoded {
    // Compared first; what lies beyond the end is zero, and no key is the beginning of another.
    bytes: [u8; Key::MAX_BYTES],
    len: u8,
}

impl Encoded {
    fn of(tenant: TenantId, bucket: Bucket) -> Self {
        let mut encoded = Self { bytes: [0; Key::MAX_BYTES], len: 0 };
        encoded.push(tenant.uuid().as_bytes());
        encoded.push(&[bucket.number()]);
        encoded
    }

    fn push(&mut self, more: &[u8]) {
        let from = usize::from(self.len);
        for (own, byte) in self.bytes.iter_mut().skip(from).zip(more) {
            *own = *byte;
        }
        self.len = u8::try_from(from.saturating_add(more.len()).min(Key::MAX_BYTES)).unwrap_or(u8::MAX);
    }

    fn push_aggregate(&mut self, aggregate: Aggregate) {
        let (tag, id) = match aggregate {
            Aggregate::Subject(id) => (0, id.uuid()),
            Aggregate::Point(id) => (1, id.uuid()),
        };
        self.push(&[tag]);
        self.push(id.as_bytes());
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

/// Takes the bytes of a key from the front.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn key(mut self) -> Result<(TenantId, Row), InvalidKey> {
        let tenant = TenantId::new(self.uuid()?);
        let [_, tag] = self.take()?;
        let row = match tag {
            Row::AGGREGATE => Row::Aggregate(self.aggregate()?),
            Row::FACTS => {
                let aggregate = self.aggregate()?;
                let log = LogId::new(aggregate, WriterId::new(self.uuid()?));
                let first = Seq::new(u64::from_be_bytes(self.take()?)).ok_or(InvalidKey)?;
                Row::Facts { log, first }
            }
            Row::COMMAND => {
                let aggregate = self.aggregate()?;
                Row::Command { aggregate, command: CommandId::new(self.uuid()?) }
            }
            Row::INDEX => Row::Index(IndexKey::new(self.uuid()?)),
            Row::DUE => {
                let micros = (u64::from_be_bytes(self.take()?) ^ (1 << 63)).cast_signed();
                let at = Timestamp::from_unix_micros(micros).map_err(|_| InvalidKey)?;
                Row::Due { at, aggregate: self.aggregate()? }
            }
            _ => return Err(InvalidKey),
        };
        if self.0.is_empty() { Ok((tenant, row)) } else { Err(InvalidKey) }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], InvalidKey> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(InvalidKey)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn uuid(&mut self) -> Result<Uuid, InvalidKey> {
        Ok(Uuid::from_bytes(self.take()?))
    }

    fn aggregate(&mut self) -> Result<Aggregate, InvalidKey> {
        let [tag] = self.take()?;
        let id = self.uuid()?;
        match tag {
            0 => Ok(Aggregate::Subject(SubjectId::new(id))),
            1 => Ok(Aggregate::Point(ContactPointId::new(id))),
            _ => Err(InvalidKey),
        }
    }
}

impl AsRef<[u8]> for Key {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl AsRef<[u8]> for Prefix {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

impl fmt::Display for Key {
    /// The bucket and the row. It holds ids, no personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}/{}", self.bucket().number(), self.row())
    }
}

impl fmt::Debug for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Prefix(")?;
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}
