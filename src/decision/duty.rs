use core::fmt;

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::purpose::PurposeClass;

/// What a sender owes if it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "senders must handle every duty")]
pub enum Duty {
    /// Say who sends, and where they can be reached (Directive 2002/58/EC Art. 13(4); 15 USC 7704(a)(5)).
    IdentifySender,
    /// Offer an easy way out in the message (GDPR Art. 7(3); Directive 2002/58/EC Art. 13(2)).
    OfferOptOut,
    /// Set the one-click unsubscribe headers (RFC 8058).
    OneClickHeader,
}

/// The duties of one contact. The serde form of a decision lists them.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct DutySet(u8);

impl DutySet {
    /// The duties of a contact for a purpose of `class` on `channel`.
    #[must_use]
    pub const fn of(class: PurposeClass, channel: Option<Channel>) -> Self {
        match channel {
            None => Self(0),
            Some(Channel::Email) if class.promotes() => Self(7),
            Some(_) if class.promotes() => Self(3),
            Some(_) => Self(1),
        }
    }

    /// The duties.
    pub fn iter(self) -> impl Iterator<Item = Duty> {
        [(1, Duty::IdentifySender), (2, Duty::OfferOptOut), (4, Duty::OneClickHeader)]
            .into_iter()
            .filter(move |(bit, _)| self.0 & bit != 0)
            .map(|(_, duty)| duty)
    }
}

impl fmt::Debug for DutySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
