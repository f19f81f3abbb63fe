//! Where an address is attached, and what makes it found there.

use alloc::vec::Vec;

use crate::id::{Aggregate, ContactPointId, IndexKey};
use crate::op::locate::Lookup;
use crate::op::{Halt, Loaded, OperationError};
use crate::wire::IndexRecord;

/// Where an address is attached, and what makes it found there.
pub(super) struct Attachment {
    pub(super) point: ContactPointId,
    pub(super) index: Vec<(IndexKey, IndexRecord)>,
    pub(super) spelled: Vec<IndexKey>,
}

impl Attachment {
    /// Of an address that was looked up in both forms; `new` is the contact point it gets if it has none.
    pub(super) fn new(
        see: &Loaded,
        exact: &Lookup,
        coarse: &Lookup,
        new: ContactPointId,
    ) -> Result<Self, Halt> {
        let known = exact.points.first().or_else(|| coarse.points.first()).copied();
        let point = known.unwrap_or(new);
        let record = see.aggregate(Aggregate::Point(point))?;
        let spelled = record.is_some_and(|record| !record.spelled.is_empty());
        match known {
            None if record.is_some() => return Err(OperationError::CommandIdReused.into()),
            Some(_) if spelled && !exact.points.contains(&point) => {
                return Err(OperationError::OtherSpelling.into());
            }
            Some(_) | None => {}
        }
        let alike: Vec<_> = coarse.points.iter().copied().chain([point]).collect();
        let index = exact.extended(&[point]).chain(coarse.extended(&alike)).collect();
        Ok(Self { point, index, spelled: exact.consulted.iter().map(|(key, _)| *key).collect() })
    }
}
