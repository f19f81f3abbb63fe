use serde::Serialize;

use crate::channel::Channel;
use crate::id::ContactPointId;
use crate::policy::RegimeSet;
use crate::purpose::PurposeIndex;
use crate::time::Timestamp;

/// Who starts the contact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums, reason = "we or they: there is no third")]
pub enum Direction {
    /// We contact the person.
    #[default]
    Outbound,
    /// The person contacted us, and we answer.
    Inbound,
}

/// What another system is known to hold about the same question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums, reason = "part of the decision; callers must see a new one")]
pub enum Foreign {
    /// No other system counts, or it agrees.
    #[default]
    Agrees,
    /// It is more restrictive.
    MoreRestrictive,
    /// It answered with something negative that is not understood.
    UnknownNegative,
}

/// Whether the person's preferences could be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums, reason = "part of the decision; callers must see a new one")]
pub enum Preferences {
    /// They were read: the view is what the store holds.
    #[default]
    Read,
    /// They could not be read. Every question is denied.
    Unavailable,
}

/// The contacts of late under the purpose's frequency cap and cool-down, as the host counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[allow(clippy::exhaustive_structs, reason = "plain input, meant to be written as a literal")]
pub struct Contacts {
    /// How many within the span of the cap, up to now.
    pub count: u32,
    /// The oldest of those.
    pub oldest: Option<Timestamp>,
    /// The latest contact ever.
    pub latest: Option<Timestamp>,
}

/// May we contact this person for this purpose, on this channel, at this address?
///
/// ```
/// use consent_engine::{Catalogue, Channel, ContactPointId, LawfulBasis, Purpose, PurposeClass, PurposeId, Query, RegimeSet};
/// let news = PurposeId::new("news")?;
/// let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Email]);
/// let catalogue = Catalogue::new([purpose], []).unwrap();
/// let index = catalogue.index(news).unwrap();
/// let query = Query::new(index, RegimeSet::OPT_IN).on(Channel::Email).at(ContactPointId::from_u128(7));
/// assert_eq!(query.channel, Some(Channel::Email));
/// # Ok::<(), consent_engine::InvalidName>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs, reason = "plain input")]
pub struct Query {
    /// The purpose.
    pub purpose: PurposeIndex,
    /// The channel; none for processing without contact.
    pub channel: Option<Channel>,
    /// The contact point; none where the channel needs none.
    pub point: Option<ContactPointId>,
    /// The regimes that apply.
    pub regimes: RegimeSet,
    /// Who starts the contact.
    pub direction: Direction,
    /// The contacts of late; a purpose with a cap or cool-down is denied without them.
    pub contacts: Option<Contacts>,
    /// What another system holds.
    pub foreign: Foreign,
    /// Whether the preferences could be read.
    pub preferences: Preferences,
    /// When the view was read, if it may be old.
    pub snapshot: Option<Timestamp>,
}

impl Query {
    /// A question about processing; [`on`](Self::on) and [`at`](Self::at) make it one about a contact.
    #[must_use]
    pub const fn new(purpose: PurposeIndex, regimes: RegimeSet) -> Self {
        Self {
            purpose,
            channel: None,
            point: None,
            regimes,
            direction: Direction::Outbound,
            contacts: None,
            foreign: Foreign::Agrees,
            preferences: Preferences::Read,
            snapshot: None,
        }
    }

    /// On this channel.
    #[must_use]
    pub const fn on(mut self, channel: Channel) -> Self {
        self.channel = Some(channel);
        self
    }

    /// At this contact point.
    #[must_use]
    pub const fn at(mut self, point: ContactPointId) -> Self {
        self.point = Some(point);
        self
    }

    /// The person contacted us.
    #[must_use]
    pub const fn inbound(mut self) -> Self {
        self.direction = Direction::Inbound;
        self
    }

    /// With the contacts of late.
    #[must_use]
    pub const fn with_contacts(mut self, contacts: Contacts) -> Self {
        self.contacts = Some(contacts);
        self
    }
}
