use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::consent::Rejection;

/// Why something that a row says was not taken. It is never a restriction, unless nobody is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RowRefusal {
    /// Another part of the row can't be read.
    #[error("a part of the row can't be read: such a row grants nothing")]
    Malformed,
    /// The row names nobody.
    #[error("the row names nobody: it needs an address or an alias")]
    Nobody,
    /// Nobody is known by this address or alias, and the import may make nobody known.
    #[error("nobody is known by this address or alias, and the import has no authority to make people known")]
    UnknownPerson,
    /// Several people are behind the address.
    #[error("{subjects} people are behind this address: whose consent it is can't be told")]
    AmbiguousPerson {
        /// How many.
        subjects: u32,
    },
    /// The address belongs to one person, the alias to another.
    #[error("the address and the alias belong to two people: merge them, or correct the row")]
    TwoPeople,
    /// The same mailbox or telephone is known in another spelling.
    #[error("the address is known in another spelling: only that one can be granted for")]
    OtherSpelling,
    /// The channel needs an address and the row has none.
    #[error("the channel needs an address, and the row has none that can be read")]
    NoAddress,
    /// The engine refused the statement.
    #[error(transparent)]
    Rejected(Rejection),
}
