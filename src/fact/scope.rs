use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::evidence::ActorKind;
use crate::fact::{RestrictionReason, ViewToken};
use crate::id::{ContactPointId, LogId, Seq};
use crate::purpose::{Catalogue, PurposeId};
use crate::time::Timestamp;

/// The purposes a restriction covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "all or a subtree: there is no third")]
pub enum PurposeScope {
    /// Every purpose, also those added later.
    All,
    /// A purpose and everything below it, also what is added later.
    Subtree(PurposeId),
}

/// What a restriction covers: an open predicate. Absent parts cover everything.
///
/// ```
/// use consent_engine::{Catalogue, Cell, Channel, LawfulBasis, Purpose, PurposeClass, PurposeId, Scope};
/// let (news, sports) = (PurposeId::new("news")?, PurposeId::new("sports")?);
/// let purpose = |id| Purpose::new(id, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Email]);
/// let catalogue = Catalogue::new([purpose(news), purpose(sports).with_parent(news)], [])?;
/// let football_mail = Cell { purpose: sports, channel: Some(Channel::Email), point: None };
/// assert!(Scope::purpose(news).covers(&football_mail, &catalogue), "sports is below news");
/// assert!(!Scope::purpose(news).on(Channel::Sms).covers(&football_mail, &catalogue));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "plain data, meant to be written as a literal")]
pub struct Scope {
    /// The purposes.
    pub purpose: PurposeScope,
    /// The channel, or all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// The contact point, or all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<ContactPointId>,
}

impl Scope {
    /// The widest scope there is.
    pub const EVERYTHING: Self = Self { purpose: PurposeScope::All, channel: None, point: None };

    /// A purpose and everything below it, on every channel and at every address.
    #[must_use]
    pub const fn purpose(id: PurposeId) -> Self {
        Self { purpose: PurposeScope::Subtree(id), channel: None, point: None }
    }

    /// The same, on one channel only.
    #[must_use]
    pub const fn on(mut self, channel: Channel) -> Self {
        self.channel = Some(channel);
        self
    }

    /// The same, at one contact point only.
    #[must_use]
    pub const fn at(mut self, point: ContactPointId) -> Self {
        self.point = Some(point);
        self
    }

    /// Whether the scope covers a cell of `catalogue`.
    ///
    /// A purpose or channel that the catalogue does not know is read in the widest sense.
    #[must_use]
    pub fn covers(&self, cell: &Cell, catalogue: &Catalogue) -> bool {
        let purpose = match self.purpose {
            PurposeScope::All => true,
            PurposeScope::Subtree(id) => {
                catalogue.index(id).is_none() || catalogue.is_within(cell.purpose, id)
            }
        };
        let known = catalogue.channel_bit(self.channel).is_some();
        let channel = self.channel.is_none() || !known || self.channel == cell.channel;
        purpose && channel && (self.point.is_none() || self.point == cell.point)
    }
}

/// One cell of a subject: what a grant permits, exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "plain data, meant to be written as a literal")]
pub struct Cell {
    /// The purpose, and no other.
    pub purpose: PurposeId,
    /// The channel; none for processing without contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// The contact point; none where the channel needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<ContactPointId>,
}

/// The purposes a grant was stated for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "the three breadths are fixed by the design")]
pub enum Breadth {
    /// "All marketing": every purpose for which consent means anything.
    All,
    /// A purpose and everything below it.
    Subtree(PurposeId),
    /// One purpose.
    Exactly(PurposeId),
}

/// A grant as the person stated it, before it became cells. Absent parts mean "all of mine".
///
/// ```
/// use consent_engine::{Breadth, Channel, PurposeId, Scope, Stated};
/// # use consent_engine::{Catalogue, LawfulBasis, Purpose, PurposeClass};
/// let news = PurposeId::new("news")?;
/// # let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Email]);
/// # let catalogue = Catalogue::new([purpose], [])?;
/// // "Yes, send me the news by e-mail", wherever the person has an address.
/// let said = Stated { purpose: Breadth::Exactly(news), channel: Some(Channel::Email), point: None };
/// assert!(said.lies_inside(&Scope::purpose(news), &catalogue));
/// assert!(!said.lies_inside(&Scope::purpose(news).on(Channel::Sms), &catalogue));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "plain data, meant to be written as a literal")]
pub struct Stated {
    /// The purposes.
    pub purpose: Breadth,
    /// The channel, or all that the purposes use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// The contact point, or all the person has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<ContactPointId>,
}

impl Stated {
    /// Exactly one cell.
    #[must_use]
    pub const fn cell(cell: Cell) -> Self {
        Self { purpose: Breadth::Exactly(cell.purpose), channel: cell.channel, point: cell.point }
    }

    /// Whether all that was stated lies inside `scope`: the first condition of naming.
    ///
    /// A scope of a purpose or channel unknown to the catalogue holds everything, as it covers everything.
    #[must_use]
    pub fn lies_inside(&self, scope: &Scope, catalogue: &Catalogue) -> bool {
        let above = match scope.purpose {
            PurposeScope::All => None,
            PurposeScope::Subtree(of) => catalogue.rules_of(of),
        };
        let purpose = above.is_none_or(|above| match self.purpose {
            Breadth::All => false,
            Breadth::Subtree(id) | Breadth::Exactly(id) => {
                catalogue.rules_of(id).is_some_and(|own| above.subtree.contains(own.node()))
            }
        });
        let known = catalogue.channel_bit(scope.channel).is_some();
        let channel = scope.channel.is_none() || !known || scope.channel == self.channel;
        purpose && channel && (scope.point.is_none() || scope.point == self.point)
    }
}

/// What keeps restrictions apart: those of one key join, those of different keys never do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "plain stored data")]
pub struct RestrictionKey {
    /// Why it was set.
    pub reason: RestrictionReason,
    /// Who set it.
    pub by: ActorKind,
    /// What it covers.
    pub scope: Scope,
}

/// Restrictions that a grant lifts or a clear ends: those of `key` in `log`, up to `upto`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "plain stored data")]
pub struct Named {
    /// The log they stand in.
    pub log: LogId,
    /// Their key.
    pub key: RestrictionKey,
    /// The last of them.
    pub upto: Seq,
}

/// A fact that restricts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "plain stored data")]
pub struct Restriction {
    /// Why.
    pub reason: RestrictionReason,
    /// What it covers.
    pub scope: Scope,
    /// Its own end, for the reasons that have one; never for OptOut, Objection, Complaint or Erasure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The unmerges that were in view: it does not reach those whom they parted.
    #[serde(default, skip_serializing_if = "ViewToken::is_empty")]
    pub unmerges: ViewToken,
}

impl Restriction {
    /// A restriction without an end, by somebody who knew of no unmerge.
    #[must_use]
    pub const fn new(reason: RestrictionReason, scope: Scope) -> Self {
        Self { reason, scope, until: None, unmerges: ViewToken::NOTHING }
    }

    /// With an end of its own.
    #[must_use]
    pub const fn until(mut self, until: Option<Timestamp>) -> Self {
        self.until = until;
        self
    }
}
