use alloc::vec::Vec;

use crate::consent::Rejection;
use crate::op::OperationError;
use crate::policy::LimitExceeded;
use crate::store::{Key, Scan};
use crate::wire::Corruption;

/// Why a plan stops: it needs something that was not read yet, or there is no plan.
#[derive(Debug)]
#[non_exhaustive]
pub enum Halt {
    /// These records were not read yet.
    Need(Vec<Key>),
    /// This range was not read yet.
    Scan(Scan),
    /// There is no plan.
    Stop(OperationError),
}

impl Halt {
    pub(super) const fn corrupt(key: Key, why: Corruption) -> Self {
        Self::Stop(OperationError::StoreCorrupt { key: Some(key), why })
    }

    /// If a round of reading is needed, it reads these too.
    pub(super) fn beside(mut self, more: impl IntoIterator<Item = Key>) -> Self {
        if let Self::Need(keys) = &mut self {
            keys.extend(more);
        }
        self
    }
}

impl From<OperationError> for Halt {
    fn from(error: OperationError) -> Self {
        Self::Stop(error)
    }
}

impl From<Rejection> for Halt {
    fn from(rejection: Rejection) -> Self {
        Self::Stop(rejection.into())
    }
}

impl From<LimitExceeded> for Halt {
    fn from(limit: LimitExceeded) -> Self {
        Self::Stop(limit.into())
    }
}
