//! What is kept of many facts as one: under which key, and how a later one joins.

use alloc::vec::Vec;

use crate::evidence::Strength;
use crate::fact::{Cell, RestrictionKey, Scope, ViewToken};
use crate::id::{ContactPointId, IndexKey, LogId, SubjectId};
use crate::purpose::PurposeId;
use crate::time::Timestamp;
use crate::view::projection::{
    Cleared, EndCause, Ending, GrantSpan, Group, KeptAttach, KeptBasis, KeptClaim, KeptContest,
    KeptDescription, KeptGrant, KeptHold, KeptMerge, KeptReassign, KeptRelease, KeptReplace, KeptRequest,
    KeptUnmerge, KeptVerify,
};

/// What is kept of the facts of one log that share a key.
pub(super) trait Kept: Sized {
    /// What the facts share; what is kept stands in its order.
    type Key<'a>: Ord
    where
        Self: 'a;

    fn key(&self) -> Self::Key<'_>;

    /// Takes in what is kept of a later fact of the same key: it takes the place of this, or each part is a maximum.
    fn join(&mut self, later: Self) {
        *self = later;
    }
}

/// Keeps what a later fact says.
pub(super) fn keep<T: Kept>(all: &mut Vec<T>, later: T) {
    match all.binary_search_by(|own| own.key().cmp(&later.key())) {
        Err(gap) => all.insert(gap, later),
        Ok(found) => {
            if let Some(own) = all.get_mut(found) {
                own.join(later);
            }
        }
    }
}

impl Kept for Group {
    type Key<'a> = (RestrictionKey, &'a ViewToken);

    fn key(&self) -> Self::Key<'_> {
        (self.key, &self.unmerges)
    }

    fn join(&mut self, later: Self) {
        self.last = later.last;
        (self.at, self.at_of) = (self.at, self.at_of).max((later.at, later.at_of));
        self.recorded = self.recorded.max(later.recorded);
        self.reporters = self.reporters.join(later.reporters);
        let open = |until: Option<Timestamp>| until.map_or((1, Timestamp::MIN), |until| (0, until));
        if open(later.until) >= open(self.until) {
            self.until = later.until;
            self.until_of = later.until_of;
        }
    }
}

impl Kept for KeptGrant {
    type Key<'a> = (Cell, Strength);

    fn key(&self) -> Self::Key<'_> {
        (self.grant.cell, self.grant.strength)
    }
}

impl Kept for GrantSpan {
    type Key<'a> = Cell;

    fn key(&self) -> Self::Key<'_> {
        self.cell
    }

    fn join(&mut self, later: Self) {
        self.first = self.first.min(later.first);
        (self.last, self.last_of) = (self.last, self.last_of).max((later.last, later.last_of));
    }
}

impl Kept for KeptRequest {
    type Key<'a> = Cell;

    fn key(&self) -> Self::Key<'_> {
        self.request.cell
    }
}

impl Kept for Ending {
    type Key<'a> = (Scope, EndCause, &'a ViewToken);

    fn key(&self) -> Self::Key<'_> {
        (self.scope, self.cause, &self.unmerges)
    }

    fn join(&mut self, later: Self) {
        (self.at, self.at_of) = (self.at, self.at_of).max((later.at, later.at_of));
        self.view.join(later.view);
        self.seq = later.seq;
    }
}

impl Kept for Cleared {
    type Key<'a> = (LogId, RestrictionKey);

    fn key(&self) -> Self::Key<'_> {
        (self.log, self.key)
    }

    fn join(&mut self, later: Self) {
        (self.upto, self.by) = (self.upto, self.by).max((later.upto, later.by));
    }
}

impl Kept for KeptBasis {
    type Key<'a> = PurposeId;

    fn key(&self) -> Self::Key<'_> {
        self.purpose
    }
}

impl Kept for KeptHold {
    type Key<'a> = PurposeId;

    fn key(&self) -> Self::Key<'_> {
        self.purpose
    }
}

impl Kept for KeptRelease {
    type Key<'a> = (LogId, PurposeId);

    fn key(&self) -> Self::Key<'_> {
        (self.log, self.purpose)
    }

    fn join(&mut self, later: Self) {
        self.upto = self.upto.max(later.upto);
    }
}

impl Kept for KeptAttach {
    type Key<'a> = (SubjectId, ContactPointId);

    fn key(&self) -> Self::Key<'_> {
        (self.subject, self.point)
    }

    fn join(&mut self, later: Self) {
        let first = self.first.min(later.first);
        if self.at <= later.at {
            *self = later;
        }
        self.first = first;
    }
}

impl Kept for KeptVerify {
    type Key<'a> = (SubjectId, ContactPointId);

    fn key(&self) -> Self::Key<'_> {
        (self.subject, self.point)
    }

    fn join(&mut self, later: Self) {
        if self.at <= later.at {
            *self = later;
        }
    }
}

impl Kept for KeptReplace {
    type Key<'a> = (SubjectId, ContactPointId, ContactPointId);

    fn key(&self) -> Self::Key<'_> {
        (self.subject, self.old, self.new)
    }
}

impl Kept for KeptReassign {
    type Key<'a> = (ContactPointId, SubjectId, Option<SubjectId>);

    fn key(&self) -> Self::Key<'_> {
        (self.point, self.from, self.to)
    }

    fn join(&mut self, later: Self) {
        self.first = self.first.min(later.first);
        self.at = self.at.max(later.at);
        self.view.join(later.view);
        self.seq = later.seq;
    }
}

impl Kept for KeptClaim {
    type Key<'a> = IndexKey;

    fn key(&self) -> Self::Key<'_> {
        self.alias
    }
}

impl Kept for KeptContest {
    type Key<'a> = (IndexKey, SubjectId);

    fn key(&self) -> Self::Key<'_> {
        (self.alias, self.owner)
    }

    fn join(&mut self, later: Self) {
        self.ends.join(later.ends);
    }
}

impl Kept for KeptMerge {
    type Key<'a> = SubjectId;

    fn key(&self) -> Self::Key<'_> {
        self.with
    }
}

impl Kept for KeptUnmerge {
    type Key<'a> = SubjectId;

    fn key(&self) -> Self::Key<'_> {
        self.with
    }

    fn join(&mut self, later: Self) {
        self.ends.join(later.ends);
        self.seq = later.seq;
    }
}

impl Kept for KeptDescription {
    type Key<'a> = (Option<ContactPointId>, &'a ViewToken);

    fn key(&self) -> Self::Key<'_> {
        (self.what.point(), &self.unmerges)
    }
}
