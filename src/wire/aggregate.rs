use alloc::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::id::{Aggregate, ContactPointId, IndexKey, SubjectId};
use crate::time::Timestamp;
use crate::view::Projection;

/// The state of a subject or contact point: what decisions need of its logs, and what it is linked to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AggregateRecord {
    /// The highest version of the policy that wrote here.
    pub(crate) policy: u64,
    /// Of a subject: every contact point it ever had.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) points: BTreeSet<ContactPointId>,
    /// Of a contact point: every subject that ever had it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) subjects: BTreeSet<SubjectId>,
    /// Of a contact point: the index keys of its address as it is written.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) spelled: BTreeSet<IndexKey>,
    /// Of a subject: the one that knows everybody who was ever merged with this one, if that is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) root: Option<SubjectId>,
    /// Of such a one: the others.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) kin: BTreeSet<SubjectId>,
    /// When something becomes due; there is a row for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) due: Option<Timestamp>,
    pub(crate) logs: Projection,
}

impl AggregateRecord {
    /// Whether all logs are of this aggregate, each once and in order.
    pub(super) fn is_of(&self, aggregate: Aggregate) -> bool {
        let logs = self.logs.logs();
        let mut pairs = logs.iter().zip(logs.iter().skip(1));
        logs.iter().all(|log| log.log().aggregate == aggregate)
            && pairs.all(|(log, next)| log.log() < next.log())
    }
}
