use crate::fact::{LapseCause, Relation, RestrictionReason, Weighed};
use crate::purpose::Subtree;

/// One thing that the decision path weighs, in 40 bytes: which cells it covers, when, and what it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// The first instant it counts, in microseconds; of a restriction, since when it stands.
    pub(crate) from: i64,
    /// The first instant it no longer counts.
    pub(crate) until: i64,
    /// The contact points, as bits of the view.
    pub(crate) points: u64,
    /// The channels, as bits of the catalogue.
    pub(crate) channels: u32,
    /// The purposes, as pre-order numbers of the catalogue.
    pub(crate) purposes: Subtree,
    /// Where it comes from, as an index of the view.
    pub(crate) source: u16,
    /// What it is.
    pub(crate) kind: EntryKind,
}

/// One cell, as bits of the view and the catalogue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CellBits {
    /// The pre-order number of the purpose.
    pub(crate) node: u16,
    /// One channel.
    pub(crate) channel: u32,
    /// One contact point.
    pub(crate) point: u64,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryKind {
    /// A restriction.
    Restriction {
        reason: RestrictionReason,
        /// The class of the purpose its scope names; [`NO_CLASS`] if it names none.
        class: u8,
        at_point: bool,
    },
    /// An accepted grant of one cell.
    Grant { status: GrantStatus, lifts: Lifts },
    /// The latest request of one cell.
    Request(RequestStatus),
    /// A revocation or lapse: it leaves its mark on cells without a grant.
    Ending { lapse: bool },
}

/// The class byte of a scope that names no purpose.
pub(crate) const NO_CLASS: u8 = u8::MAX;

/// What keeps a grant from counting, besides time. The order is the order in which causes are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum GrantStatus {
    /// Nothing.
    Sound,
    /// It was decided on more than this view holds.
    Unread,
    Revoked,
    Reassigned,
    /// The record it stands in may not use the contact point, or is another person's by now.
    Elsewhere,
    Lapsed(LapseCause),
    NoticeSuperseded,
    TooWeak,
    Minor,
}

/// What a grant names of what applies to its cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lifts {
    /// Every consent reason that applies: it is a witness.
    Everything,
    /// Every opt-out, but not every other consent reason.
    OptOuts,
    /// Not even every opt-out.
    Less,
}

/// What became of a request, besides time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestStatus {
    /// Nothing yet.
    Open,
    /// A grant came.
    Answered,
    /// A withdrawal, revocation or erasure came.
    Killed,
    /// Another system reports that it lapsed.
    Lapsed,
}

impl Entry {
    /// The most entries in a view; higher numbers of sources have meanings of their own.
    pub(crate) const MAX_SOURCES: u16 = u16::MAX - 8;

    /// An entry of one cell, at any time.
    pub(crate) const fn of_cell(cell: CellBits, kind: EntryKind) -> Self {
        Self {
            from: i64::MIN,
            until: i64::MAX,
            points: cell.point,
            channels: cell.channel,
            purposes: Subtree { lo: cell.node, hi: cell.node.saturating_add(1) },
            source: 0,
            kind,
        }
    }

    /// The cell of an entry that has but one.
    pub(crate) const fn cell(&self) -> CellBits {
        CellBits { node: self.purposes.lo, channel: self.channels, point: self.points }
    }

    /// Whether it covers a cell.
    pub(crate) const fn covers(&self, cell: CellBits) -> bool {
        self.purposes.contains(cell.node)
            && self.channels & cell.channel != 0
            && self.points & cell.point != 0
    }

    /// The reason of a restriction, if it applies to a purpose that it covers.
    #[inline]
    pub(crate) const fn applying(&self, to: Weighed) -> Option<RestrictionReason> {
        let EntryKind::Restriction { reason, class, at_point } = self.kind else { return None };
        let by_name = class == to.class as u8;
        let relation = Relation { by_name, names_a_purpose: class != NO_CLASS, at_point };
        if reason.applies(to, relation) { Some(reason) } else { None }
    }
}

impl CellBits {
    /// The cell as one number: no two cells of a view share it.
    pub(crate) const fn number(self) -> u32 {
        let (channel, point) = (self.channel | 1 << 31, self.point | 1 << 63);
        (self.node as u32) << 16 | channel.trailing_zeros() << 8 | point.trailing_zeros()
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_entry_takes_40_bytes() {
        assert_eq!(size_of::<super::Entry>(), 40);
    }
}
