use core::fmt;

use crate::id::{Aggregate, CommandId, IndexKey, LogId, Seq};
use crate::time::Timestamp;

/// What a row of a tenant is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Row {
    /// The state of a subject or a contact point: the projections of its logs, and what it is linked to.
    Aggregate(Aggregate),
    /// The facts that one commit appended to a log.
    Facts {
        /// The log.
        log: LogId,
        /// The number of the first of them.
        first: Seq,
    },
    /// A command that was carried out, and its outcome.
    Command {
        /// Whose command it was.
        aggregate: Aggregate,
        /// The command.
        command: CommandId,
    },
    /// Where the keyed hash of an address or alias leads to.
    Index(IndexKey),
    /// Something becomes due for a subject or contact point.
    Due {
        /// When.
        at: Timestamp,
        /// For whom.
        aggregate: Aggregate,
    },
}

impl Row {
    pub(super) const AGGREGATE: u8 = 1;
    pub(super) const FACTS: u8 = 2;
    pub(super) const COMMAND: u8 = 3;
    pub(super) const INDEX: u8 = 4;
    pub(super) const DUE: u8 = 5;

    pub(super) const fn tag(&self) -> u8 {
        match self {
            Self::Aggregate(_) => Self::AGGREGATE,
            Self::Facts { .. } => Self::FACTS,
            Self::Command { .. } => Self::COMMAND,
            Self::Index(_) => Self::INDEX,
            Self::Due { .. } => Self::DUE,
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Aggregate(aggregate) => write!(f, "aggregate/{aggregate}"),
            Self::Facts { log, first } => write!(f, "facts/{}", log.at(*first)),
            Self::Command { aggregate, command } => write!(f, "command/{aggregate}/{command}"),
            Self::Index(index) => write!(f, "index/{index}"),
            Self::Due { at, aggregate } => write!(f, "due/{at}/{aggregate}"),
        }
    }
}
