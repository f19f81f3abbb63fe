use alloc::boxed::Box;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::evidence::{Evidence, RecordedActor};
use crate::fact::{FactKind, Unsupported};
use crate::id::{CommandId, Position};
use crate::time::Timestamp;

/// A stored fact is of a kind or version that this version of the crate cannot read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "a fact of format version {found} cannot be read by this version, which reads up to {}: upgrade, or keep the fact verbatim with `Fact::unsupported`",
    Fact::VERSION
)]
#[non_exhaustive]
pub struct UnsupportedVersion {
    /// The format version found.
    pub found: u16,
}

/// An immutable event in the log of a subject or a contact point.
///
/// Times: `captured_at` is when it happened, as far as known; `recorded_at` is when the log took it in. A fact
/// counts from the earlier of the two, see [`at`](Self::at).
///
/// The serde form carries a version `v`, the position and the times first, then `what` with its `kind` and `body`. A fact that
/// does not decode is kept with [`unsupported`](Self::unsupported) and denies.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "plain stored data")]
pub struct Fact {
    /// The version of the stored form.
    pub v: Version,
    /// Where it stands.
    pub position: Position,
    /// When the log took it in.
    pub recorded_at: Timestamp,
    /// When it happened; [`None`] if that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captured_at: Option<Timestamp>,
    /// Who acted.
    pub actor: RecordedActor,
    /// The command it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<CommandId>,
    /// How we know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Box<Evidence>>,
    /// What happened.
    #[serde(rename = "what")]
    pub kind: FactKind,
}

/// The version of the stored form of a fact: only one that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Version(());

impl Version {
    /// The version this crate writes.
    pub const CURRENT: Self = Self(());
}

impl TryFrom<u16> for Version {
    type Error = UnsupportedVersion;

    fn try_from(found: u16) -> Result<Self, UnsupportedVersion> {
        if found == Fact::VERSION { Ok(Self(())) } else { Err(UnsupportedVersion { found }) }
    }
}

impl From<Version> for u16 {
    fn from(_: Version) -> Self {
        Fact::VERSION
    }
}

impl Fact {
    /// The format version of the serde form.
    pub const VERSION: u16 = 1;

    /// The instant from which the fact counts: the earlier of capture and record.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.captured_at.map_or(self.recorded_at, |captured| captured.min(self.recorded_at))
    }

    /// Keeps a fact that could not be decoded: its place is known from the envelope, the rest is verbatim.
    #[must_use]
    pub fn unsupported(envelope: &Envelope, verbatim: Vec<u8>) -> Self {
        Self {
            v: Version::CURRENT,
            position: envelope.position,
            recorded_at: envelope.recorded_at,
            captured_at: None,
            actor: envelope.actor,
            command: None,
            evidence: None,
            kind: FactKind::Unsupported(Unsupported { verbatim }),
        }
    }
}

/// The part of a stored fact that every version can read.
///
/// ```
/// use consent_engine::{Envelope, Fact, FactKind};
/// let stored = r#"{"v":7,"position":{"log":{"aggregate":{"subject":"00000000-0000-0000-0000-000000000001"},
///   "writer":"00000000-0000-0000-0000-000000000009"},"seq":1},"recorded_at":"2026-03-02T10:00:00Z",
///   "actor":{"role":"subject","via":"direct"},"what":{"kind":"telepathy","body":{}}}"#;
/// let fact = serde_json::from_str::<Fact>(stored).or_else(|_| {
///     serde_json::from_str::<Envelope>(stored).map(|envelope| Fact::unsupported(&envelope, stored.into()))
/// })?;
/// assert!(matches!(fact.kind, FactKind::Unsupported(_)));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Envelope {
    /// The version of the stored form.
    pub v: u16,
    /// Where it stands.
    pub position: Position,
    /// When the log took it in.
    pub recorded_at: Timestamp,
    /// Who acted.
    pub actor: RecordedActor,
}
