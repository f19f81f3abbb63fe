//! Joining projections: the projection of a union of facts is the join of their projections.

use alloc::vec::Vec;

use crate::fact::{Consulted, Fact, ViewToken};
use crate::id::LogId;
#[cfg(feature = "engine")]
use crate::id::{ContactPointId, SubjectId};
#[cfg(feature = "engine")]
use crate::time::Timestamp;
use crate::view::projection::{LogProjection, Projection};

impl Projection {
    /// Takes in the logs of another projection. Of two states of one log the longer counts, as a log only grows.
    pub fn join(&mut self, other: &Self) {
        for theirs in &other.logs {
            self.insert(theirs.clone());
        }
    }

    /// Takes in one log, unless a longer state of it is there.
    pub fn insert(&mut self, log: LogProjection) {
        match self.logs.binary_search_by(|own| own.log.cmp(&log.log)) {
            Err(at) => self.logs.insert(at, log),
            Ok(at) => {
                if let Some(own) = self.logs.get_mut(at)
                    && own.head < log.head
                {
                    *own = log;
                }
            }
        }
    }

    /// The projection of some facts of logs that reach up to `heads`: what was left out does not count.
    pub(crate) fn slice<'a>(facts: impl IntoIterator<Item = &'a Fact>, heads: &ViewToken) -> Self {
        let mut facts: Vec<_> = facts.into_iter().collect();
        facts.sort_by_key(|fact| fact.position);
        facts.dedup_by_key(|fact| fact.position);
        let mut projection = Self::default();
        for (consulted, head) in heads.iter() {
            if let Consulted::Log(id) = consulted
                && let Some(log) = projection.log_mut(id)
            {
                log.head = head;
            }
        }
        for fact in facts {
            if let Some(log) = projection.log_mut(fact.position.log) {
                log.absorb(fact);
            }
        }
        projection
    }

    /// The logs, in order.
    #[must_use]
    pub fn logs(&self) -> &[LogProjection] {
        &self.logs
    }

    /// The state of one log, if a fact of it is in.
    #[must_use]
    pub fn log(&self, id: LogId) -> Option<&LogProjection> {
        let at = self.logs.binary_search_by(|own| own.log.cmp(&id)).ok()?;
        self.logs.get(at)
    }

    /// The contact points that were replaced by others.
    #[cfg(feature = "engine")]
    pub(crate) fn replaced_points(&self) -> impl Iterator<Item = ContactPointId> + '_ {
        self.logs.iter().flat_map(|log| &log.replaces).map(|kept| kept.old)
    }

    /// The records that merges name.
    #[cfg(feature = "engine")]
    pub(crate) fn merged_with(&self) -> impl Iterator<Item = SubjectId> + '_ {
        self.logs.iter().flat_map(|log| &log.merges).map(|kept| kept.with)
    }

    /// When the next restriction reaches its own end.
    #[cfg(feature = "engine")]
    pub(crate) fn earliest_end_after(&self, now: Timestamp) -> Option<Timestamp> {
        let ends = self.logs.iter().flat_map(|log| &log.groups).filter_map(|group| group.until);
        ends.filter(|end| now < *end).min()
    }

    /// The number of the last fact of each log.
    #[must_use]
    pub fn heads(&self) -> ViewToken {
        self.logs.iter().map(|log| (Consulted::Log(log.log), log.head)).collect()
    }
}
