use hmac_sha256::Hash;
use serde::Serialize;

use crate::consent::{Act, Captured, Command};
use crate::evidence::{Evidence, RecordedActor};
use crate::fact::{Cell, TokenHash, ViewToken};
use crate::id::IndexKey;

/// Everything that tells one command from another, in the order in which it is hashed.
#[derive(Serialize)]
struct Payload<'a> {
    actor: RecordedActor,
    act: &'a Act,
    captured: Captured,
    evidence: Option<&'a Evidence>,
    view: Option<&'a ViewToken>,
    whom: &'a [IndexKey],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tokens: &'a [(Cell, TokenHash)],
}

/// SHA-256 of a command and of whom it names, stable across versions of this crate.
pub(super) fn fingerprint(command: &Command, whom: &[IndexKey]) -> [u8; 32] {
    let payload = Payload {
        actor: command.actor.record(),
        act: &command.act,
        captured: command.captured,
        evidence: command.evidence.as_ref(),
        view: command.view.as_ref(),
        whom,
        tokens: &command.tokens,
    };
    Hash::hash(&serde_json::to_vec(&payload).unwrap_or_default())
}
