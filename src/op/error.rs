use alloc::boxed::Box;

use thiserror::Error;

use crate::consent::{Command, Rejection};
use crate::policy::LimitExceeded;
use crate::store::Key;
use crate::wire::Corruption;

/// Why an operation ended without its outcome.
///
/// None of these holds personal data in its message. This run wrote nothing, except where [`Unsettled`](Self::Unsettled) says otherwise.
/// An earlier run under the same command id that crashed is another run: repeat the command until one of them reports its outcome.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OperationError {
    /// Every part of the command was refused.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// Nobody is known by this alias or address.
    #[error("nobody is known by this alias or address: attach it to a subject, or name the subject")]
    UnknownSubject,
    /// Several people are behind this address.
    #[error("{subjects} people are behind this address: name the one")]
    AmbiguousSubject {
        /// How many.
        subjects: usize,
    },
    /// The alias belongs to somebody else.
    #[error("the alias belongs to another subject: merge the two, or correct the alias")]
    AliasConflict,
    /// Several persons claim the alias.
    #[error("several people claim the alias: settle whose it is, or name the subject")]
    AliasContested,
    /// The same mailbox or telephone is attached in another spelling.
    #[error("the address is attached in another spelling: use that one; opt-outs reach it in every spelling")]
    OtherSpelling,
    /// The id was used for another command.
    #[error("the command id was used for another command: make a new id for each command")]
    CommandIdReused,
    /// A newer policy has written here.
    #[error(
        "policy {stored} has decided here before; this engine has the older policy {own}: deploy the newer one"
    )]
    PolicyDowngrade {
        /// The highest version that wrote.
        stored: u64,
        /// The version of this engine.
        own: u64,
    },
    /// Addresses and aliases can't be looked up, and tokens not be kept, without secrets.
    #[error("addresses, aliases and confirmation tokens need index secrets: give them to the settings")]
    SecretsMissing,
    /// Too much.
    #[error(transparent)]
    LimitExceeded(#[from] LimitExceeded),
    /// Others kept changing the same records. The command was certainly not carried out, and is handed back.
    #[error("others kept changing the same records, {attempts} times: nothing was written, try again")]
    Contention {
        /// How often it was tried.
        attempts: u32,
        /// What was not carried out; none for upkeep.
        command: Option<Box<Command>>,
    },
    /// The store does not know whether a commit took place. Repeat the command with the same id: it takes effect once.
    #[error("the store does not know whether the command took effect: repeat it with the same command id")]
    Unsettled {
        /// What to repeat; none for upkeep.
        command: Option<Box<Command>>,
    },
    /// The store failed before its turn came. Nothing of it was written.
    #[error("the store failed before this was carried out: nothing of it was written")]
    Interrupted,
    /// The store returned what cannot be.
    #[error("the store returned what cannot be for {key:?}: {why}")]
    StoreCorrupt {
        /// The record, if one is to blame.
        key: Option<Key>,
        /// What is wrong.
        why: Corruption,
    },
}

impl OperationError {
    /// A stable code for logs and metrics.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Rejected(_) => "rejected",
            Self::UnknownSubject => "unknown_subject",
            Self::AmbiguousSubject { .. } => "ambiguous_subject",
            Self::AliasConflict => "alias_conflict",
            Self::AliasContested => "alias_contested",
            Self::OtherSpelling => "other_spelling",
            Self::CommandIdReused => "command_id_reused",
            Self::PolicyDowngrade { .. } => "policy_downgrade",
            Self::SecretsMissing => "secrets_missing",
            Self::LimitExceeded(_) => "limit_exceeded",
            Self::Contention { .. } => "contention",
            Self::Unsettled { .. } => "unsettled",
            Self::Interrupted => "interrupted",
            Self::StoreCorrupt { .. } => "store_corrupt",
        }
    }

    /// Whether the same command, under the same id, may end otherwise if it is repeated soon.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Contention { .. } | Self::Unsettled { .. } | Self::Interrupted)
    }
}

/// Why the engine did not answer: the operation ended without its outcome, or the store failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(clippy::exhaustive_enums, reason = "the two sides that can fail")]
pub enum EngineError<E: core::error::Error + 'static> {
    /// The operation ended without its outcome.
    #[error(transparent)]
    Operation(#[from] OperationError),
    /// The store did not answer.
    #[error("the store did not answer: repeat a command with the same id")]
    Store {
        /// What it said.
        source: E,
        /// Whether an earlier commit of the command may have taken place. If not, certainly nothing was written.
        in_doubt: bool,
    },
}

impl<E: core::error::Error> EngineError<E> {
    /// Why the command was refused, if it was.
    #[must_use]
    pub const fn rejection(&self) -> Option<Rejection> {
        match self {
            Self::Operation(OperationError::Rejected(rejection)) => Some(*rejection),
            Self::Operation(_) | Self::Store { .. } => None,
        }
    }

    /// Whether the same command, under the same id, may end otherwise if it is repeated soon.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Operation(error) => error.is_retryable(),
            Self::Store { .. } => true,
        }
    }
}
