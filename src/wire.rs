//! Stored records: how they are written, and the one place where they are read.

mod aggregate;
mod checksum;
mod command;
mod corruption;
mod record;
mod refusal;

pub use corruption::Corruption;
pub use refusal::RowRefusal;

pub(crate) use aggregate::AggregateRecord;
pub(crate) use command::{CommandRecord, StoredOutcome};
pub(crate) use record::{IndexRecord, Record, encode};
