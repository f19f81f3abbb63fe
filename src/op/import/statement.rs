use serde::Serialize;

use crate::channel::Channel;
use crate::evidence::Evidence;
use crate::fact::PurposeScope;
use crate::purpose::PurposeId;
use crate::time::Timestamp;

/// What a row says of a person.
///
/// The serde form is written only, never read: it is part of what tells one row from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "a new meaning changes decisions; callers must see it")]
pub enum Said {
    /// They agreed to one purpose. Without evidence and a date it grants nothing.
    OptedIn(PurposeId),
    /// They refused or withdrew.
    OptedOut(PurposeScope),
    /// They reported a message as spam.
    Complained,
    /// A message could not be delivered, for good.
    Bounced,
    /// The system removed the address because nothing arrives there.
    Cleaned,
    /// Nothing that could be used.
    Unknown,
}

/// One statement of a row, with when it was made and how that is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct RowStatement {
    pub(super) said: Said,
    pub(super) channel: Option<Channel>,
    pub(super) at: Option<Timestamp>,
    pub(super) evidence: Option<Evidence>,
}

impl RowStatement {
    /// A statement on every channel, without a date or evidence.
    #[must_use]
    pub const fn new(said: Said) -> Self {
        Self { said, channel: None, at: None, evidence: None }
    }

    /// The person agreed to a purpose, at an instant, as `evidence` attests.
    ///
    /// It grants on one channel, which [`on`](Self::on) names; without one, only processing without contact.
    #[must_use]
    pub const fn opted_in(purpose: PurposeId, at: Timestamp, evidence: Evidence) -> Self {
        Self { said: Said::OptedIn(purpose), channel: None, at: Some(at), evidence: Some(evidence) }
    }

    /// The person refused or withdrew.
    #[must_use]
    pub const fn opted_out(purposes: PurposeScope) -> Self {
        Self::new(Said::OptedOut(purposes))
    }

    /// The same, on one channel only.
    #[must_use]
    pub const fn on(mut self, channel: Channel) -> Self {
        self.channel = Some(channel);
        self
    }

    /// With when it was made. An opt-in without a date grants nothing; a restriction without one counts from the date of the export.
    #[must_use]
    pub const fn at(mut self, at: Timestamp) -> Self {
        self.at = Some(at);
        self
    }

    /// With how it is known.
    #[must_use]
    pub fn with_evidence(mut self, evidence: Evidence) -> Self {
        self.evidence = Some(evidence);
        self
    }

    /// What it says.
    #[must_use]
    pub const fn said(&self) -> &Said {
        &self.said
    }

    pub(super) const fn grants(&self) -> bool {
        matches!(self.said, Said::OptedIn(_))
    }
}
