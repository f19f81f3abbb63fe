use alloc::vec::Vec;

use crate::op::OperationError;

/// The outcomes of several operations, each in the place of the one it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain output")]
pub struct Many<T, E> {
    /// How each ended.
    pub outcomes: Vec<Result<T, OperationError>>,
    /// Why the store stopped answering, if it did. What was not done by then ended as
    /// [`Interrupted`](OperationError::Interrupted) or, if a commit was in doubt, [`Unsettled`](OperationError::Unsettled).
    pub store_error: Option<E>,
}
