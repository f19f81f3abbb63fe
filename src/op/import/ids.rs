use alloc::vec::Vec;

use serde::Serialize;

use crate::id::{CommandId, ContactPointId, IndexKey, SubjectId, SystemId};
use crate::op::Settings;
use crate::op::import::{Import, ImportRow, RowStatement};
use crate::time::Timestamp;

/// The keys of whom a row names, and the ids of what it makes.
///
/// The ids are made from the import's id and from what the row says: the same row has the same ids, wherever and whenever it is read again.
/// They are HMACs under the host's secret, so that nobody can try out addresses against them.
#[derive(Clone, Debug)]
pub(super) struct RowIds {
    /// Of the address in any spelling.
    pub(super) coarse: Vec<IndexKey>,
    /// Of the address as it is written.
    pub(super) exact: Vec<IndexKey>,
    pub(super) alias: Vec<IndexKey>,
    pub(super) fingerprint: [u8; 32],
    pub(super) command: CommandId,
    /// Of somebody who is made known by the row.
    pub(super) subject: SubjectId,
}

/// Everything that tells one row from another, beside its number.
#[derive(Serialize)]
struct Payload<'a> {
    system: SystemId,
    as_of: Timestamp,
    whom: Vec<IndexKey>,
    statements: &'a [RowStatement],
    malformed: bool,
}

impl RowIds {
    /// None without index secrets.
    pub(super) fn of(settings: &Settings, import: &Import, row: &ImportRow) -> Option<Self> {
        let Settings { tenant, secrets, .. } = settings;
        let secrets = secrets.as_ref()?;
        let address = row.address.as_ref();
        let coarse = address.map_or_else(Vec::new, |address| secrets.coarse(*tenant, address));
        let exact = address.map_or_else(Vec::new, |address| secrets.exact(*tenant, address));
        let alias = row.alias.as_ref().map_or_else(Vec::new, |alias| secrets.alias(*tenant, alias));
        let payload = Payload {
            system: import.system,
            as_of: import.as_of,
            whom: [&coarse, &exact, &alias].into_iter().filter_map(|keys| keys.first().copied()).collect(),
            statements: &row.statements,
            malformed: !row.problems.is_empty(),
        };
        let mut text = Vec::from(*import.id.uuid().as_bytes());
        text.extend(serde_json::to_vec(&payload).unwrap_or_default());
        let fingerprint = secrets.row(*tenant, &text);
        let subject = SubjectId::from_u128(custom_uuid(&secrets.row(*tenant, &fingerprint)));
        let command = CommandId::from_u128(custom_uuid(&fingerprint));
        Some(Self { coarse, exact, alias, fingerprint, command, subject })
    }

    /// All keys of whom the row names: those of its address in any spelling, then those of its alias.
    pub(super) fn names(&self) -> impl Iterator<Item = IndexKey> + '_ {
        self.coarse.iter().chain(&self.alias).copied()
    }

    /// A contact point that the row makes; as everywhere it has the id of the command.
    pub(super) const fn point(&self) -> ContactPointId {
        ContactPointId::new(self.command.uuid())
    }
}

/// A UUID of version 8 (RFC 9562, section 5.8) from the first half of a hash.
fn custom_uuid(hash: &[u8; 32]) -> u128 {
    const VERSION: u128 = 0xf << 76;
    const VARIANT: u128 = 0b11 << 62;
    let half = hash.first_chunk().copied().map_or(0, u128::from_be_bytes);
    (half & !VERSION & !VARIANT) | (8 << 76) | (0b10 << 62)
}
