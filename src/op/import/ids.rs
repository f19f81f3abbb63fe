use alloc::vec::Vec;

use serde::Serialize;

use crate::id::{CommandId, ContactPointId, IndexKey, SubjectId, SystemId};
use crate::op::import::{Import, ImportRow, RowStatement};
use crate::op::{Halt, OperationError, Settings};
use crate::time::Timestamp;

/// The ids of what a row makes.
///
/// They are made from the import's id and from what the row says: the same row has the same ids, wherever and whenever it is read again.
/// They are HMACs under the host's secret, so that nobody can try out addresses against them.
#[derive(Clone, Copy)]
pub(super) struct RowIds {
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
    pub(super) fn of(settings: &Settings, import: &Import, row: &ImportRow) -> Result<Self, Halt> {
        let Settings { tenant, secrets, .. } = settings;
        let secrets = secrets.as_ref().ok_or(Halt::Stop(OperationError::SecretsMissing))?;
        let mut whom = Vec::new();
        if let Some(address) = &row.address {
            whom.extend(secrets.coarse(*tenant, address).first());
            whom.extend(secrets.exact(*tenant, address).first());
        }
        if let Some(alias) = &row.alias {
            whom.extend(secrets.alias(*tenant, alias).first());
        }
        let payload = Payload {
            system: import.system,
            as_of: import.as_of,
            whom,
            statements: &row.statements,
            malformed: !row.problems.is_empty(),
        };
        let mut text = Vec::from(*import.id.uuid().as_bytes());
        text.extend(serde_json::to_vec(&payload).unwrap_or_default());
        let fingerprint = secrets.row(*tenant, &text);
        Ok(Self {
            fingerprint,
            command: CommandId::from_u128(custom_uuid(&fingerprint)),
            subject: SubjectId::from_u128(custom_uuid(&secrets.row(*tenant, &fingerprint))),
        })
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
