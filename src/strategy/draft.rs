//! Facts that do not know their place yet.

use alloc::boxed::Box;

use proptest::sample::Index;

use super::token::ViewChoice;
use crate::evidence::{Evidence, RecordedActor};
use crate::fact::{FactKind, Named};
use crate::id::{Aggregate, CommandId, Seq, SubjectId, WriterId};
use crate::time::Timestamp;

/// A fact that does not know its place yet, nor what it refers to.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) kind: FactKind,
    pub(super) recorded: Timestamp,
    pub(super) captured: Capture,
    pub(super) actor: RecordedActor,
    pub(super) command: Option<CommandId>,
    pub(super) evidence: Option<Box<Evidence>>,
    pub(super) writer: WriterId,
    pub(super) home: Home,
    pub(super) aims: Aims,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Capture {
    AsRecorded,
    At(Timestamp),
    Unknown,
}

/// Whose log a fact goes to: where it belongs, of this person; or elsewhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Home {
    pub(super) subject: SubjectId,
    /// Of a link, the log of the address and not the subject's.
    pub(super) at_point: bool,
    pub(super) elsewhere: Option<Aggregate>,
}

/// What a fact should refer to.
#[derive(Clone, Debug)]
pub(super) struct Aims {
    /// Repeat the cell or scope of an earlier fact of the kind.
    pub(super) echo: Option<Index>,
    /// The restrictions that a grant lifts or a request has seen.
    pub(super) lifts: Lifts,
    /// The restriction or hold that an end names.
    pub(super) target: Option<Index>,
    /// Named positions are off by one: too low, or too high.
    pub(super) off: Off,
    /// The token of a grant, revocation or reassignment; [`ViewChoice::None`] keeps the one drawn.
    pub(super) sight: ViewChoice,
    /// A grant is kept under the kind of actor that recorded it.
    pub(super) by_actor: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Lifts {
    /// As drawn.
    Keep,
    /// Every consent reason so far.
    All,
    /// All of those but one.
    AllButOne(Index),
    /// One of those.
    One(Index),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Off {
    Exact,
    Low,
    High,
}

impl Off {
    pub(super) fn apply(self, named: Named) -> Named {
        let seq = named.upto.get();
        let upto = match self {
            Self::Exact => Some(named.upto),
            Self::Low => Seq::new(seq.saturating_sub(1)),
            Self::High => Some(Seq::after(seq)),
        };
        Named { upto: upto.unwrap_or(named.upto), ..named }
    }
}

impl Home {
    /// The log where a fact of this kind belongs.
    pub(super) fn of(&self, kind: &FactKind) -> Aggregate {
        let own = Aggregate::Subject(self.subject);
        let link = |subject, point| match self.at_point {
            true => Aggregate::Point(point),
            false => Aggregate::Subject(subject),
        };
        match kind {
            FactKind::Restriction(restriction) => restriction.scope.point.map_or(own, Aggregate::Point),
            FactKind::Clear(named) | FactKind::Resume(named) => named.log.aggregate,
            FactKind::Release(release) => release.log.aggregate,
            FactKind::Attach { subject, point, .. } | FactKind::Verify { subject, point } => {
                link(*subject, *point)
            }
            FactKind::Reassign(reassign) => link(reassign.from, reassign.point),
            FactKind::Replace { subject, .. } => Aggregate::Subject(*subject),
            FactKind::Grant(_)
            | FactKind::Confirm(_)
            | FactKind::Request(_)
            | FactKind::Asked(_)
            | FactKind::Revocation(_)
            | FactKind::Lapsed { .. }
            | FactKind::Basis { .. }
            | FactKind::Hold(_)
            | FactKind::NoticeSeen { .. }
            | FactKind::Preference { .. }
            | FactKind::Relationship(_)
            | FactKind::Claim(_)
            | FactKind::Merge { .. }
            | FactKind::Unmerge { .. }
            | FactKind::ContestResolved { .. }
            | FactKind::Unsupported(_) => own,
            FactKind::Described { what, .. } => what.point().map_or(own, Aggregate::Point),
        }
    }
}
