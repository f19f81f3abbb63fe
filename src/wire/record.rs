use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::checksum::checksum;
use super::{AggregateRecord, CommandRecord, Corruption};
use crate::fact::{Envelope, Fact};
use crate::id::{ContactPointId, LogId, Seq, SubjectId};
use crate::store::{Key, Row};

/// The format that is written. Every format ever written can be read.
const FORMAT: u8 = 1;

/// A record of any kind, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    Aggregate(AggregateRecord),
    Facts(FactsRecord),
    Command(CommandRecord),
    Index(IndexRecord),
    Due,
}

/// Where an index key leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IndexRecord {
    Subject(SubjectId),
    /// More than one if a change of the rules made one mailbox of several addresses.
    Points(BTreeSet<ContactPointId>),
}

/// The facts that one commit appended to a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FactsRecord(pub(crate) Vec<Fact>);

/// The bytes of a record: format, checksum, JSON.
///
/// A record whose text cannot be written has no bytes; the types of this crate have none such.
pub(crate) fn encode(key: &Key, record: &impl Serialize) -> Option<Vec<u8>> {
    let payload = serde_json::to_vec(record).ok()?;
    let mut bytes = Vec::with_capacity(payload.len().saturating_add(9));
    bytes.push(FORMAT);
    bytes.extend(checksum(key, &payload));
    bytes.extend(payload);
    Some(bytes)
}

impl Record {
    /// Reads the bytes found under a key.
    pub(crate) fn decode(key: &Key, bytes: &[u8]) -> Result<Self, Corruption> {
        let (format, rest) = bytes.split_first().ok_or(Corruption::Checksum)?;
        if *format != FORMAT {
            return Err(Corruption::UnsupportedVersion { found: *format });
        }
        let (sum, payload) = rest.split_first_chunk().ok_or(Corruption::Checksum)?;
        if *sum != checksum(key, payload) {
            return Err(Corruption::Checksum);
        }
        match key.row() {
            Row::Aggregate(aggregate) => {
                let record: AggregateRecord = parse(payload)?;
                let own = record.is_of(aggregate);
                own.then_some(Self::Aggregate(record)).ok_or(Corruption::Misplaced)
            }
            Row::Facts { log, first } => FactsRecord::decode(payload, log, first).map(Self::Facts),
            Row::Command { .. } => parse(payload).map(Self::Command),
            Row::Index(_) => parse(payload).map(Self::Index),
            Row::Due { .. } => Ok(Self::Due),
        }
    }
}

impl FactsRecord {
    /// A fact of a newer version is kept as it is; the log then denies.
    fn decode(payload: &[u8], log: LogId, first: Seq) -> Result<Self, Corruption> {
        let facts: Vec<&serde_json::value::RawValue> = borrow(payload)?;
        let facts = facts.into_iter().map(|text| {
            let text = text.get();
            serde_json::from_str::<Fact>(text).or_else(|_| {
                let envelope = serde_json::from_str::<Envelope>(text).map_err(unreadable)?;
                Ok(Fact::unsupported(&envelope, text.to_owned().into_bytes()))
            })
        });
        let facts = facts.collect::<Result<Vec<_>, Corruption>>()?;
        let dense = facts
            .iter()
            .zip(first.get()..)
            .all(|(fact, seq)| fact.position.log == log && fact.position.seq.get() == seq);
        if dense && !facts.is_empty() { Ok(Self(facts)) } else { Err(Corruption::Misplaced) }
    }
}

fn parse<T: DeserializeOwned>(payload: &[u8]) -> Result<T, Corruption> {
    borrow(payload)
}

fn borrow<'a, T: Deserialize<'a>>(payload: &'a [u8]) -> Result<T, Corruption> {
    // Checked once as a whole: from bytes, every string would be checked for itself.
    let text = str::from_utf8(payload).map_err(|error| Corruption::Unreadable { at: error.valid_up_to() })?;
    serde_json::from_str(text).map_err(unreadable)
}

/// Keeps where the text went wrong, and nothing of the text.
#[allow(clippy::needless_pass_by_value, reason = "the form that map_err wants")]
fn unreadable(error: serde_json::Error) -> Corruption {
    Corruption::Unreadable { at: error.column() }
}
