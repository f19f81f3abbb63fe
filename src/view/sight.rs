use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::fact::{Consulted, ViewToken};
use crate::id::{Position, Seq};

/// What several facts of one log had in view together, and the fact that brought each version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct JoinedSight(Vec<(Consulted, u64, Seq)>);

impl JoinedSight {
    pub(crate) fn new(view: &ViewToken, by: Seq) -> Self {
        Self(view.iter().map(|(consulted, version)| (consulted, version, by)).collect())
    }

    /// Takes in what later facts had in view.
    pub(crate) fn join(&mut self, later: Self) {
        for (consulted, version, by) in later.0 {
            match self.0.binary_search_by_key(&consulted, |(consulted, ..)| *consulted) {
                Err(gap) => self.0.insert(gap, (consulted, version, by)),
                Ok(found) => {
                    if let Some((_, own, own_by)) = self.0.get_mut(found) {
                        (*own, *own_by) = (*own, *own_by).max((version, by));
                    }
                }
            }
        }
    }

    /// Whether the fact at `position` was seen.
    pub(crate) fn covers(&self, position: Position) -> bool {
        let log = Consulted::Log(position.log);
        let found = self.0.binary_search_by_key(&log, |(consulted, ..)| *consulted).ok();
        found.and_then(|found| self.0.get(found)).is_some_and(|(_, head, _)| position.seq.get() <= *head)
    }

    /// The facts that brought a version.
    pub(crate) fn brought_by(&self) -> impl Iterator<Item = Seq> + '_ {
        self.0.iter().map(|(.., by)| *by)
    }
}
