use thiserror::Error;

use crate::contact::InvalidAddress;
use crate::evidence::NoteError;

/// Why a part of a row can't be read.
///
/// Columns and bytes are named by number, columns from 1: a message never repeats what stands in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum RowProblem {
    /// The address.
    #[error("column {column}: {why}")]
    Address {
        /// The column.
        column: u32,
        /// What is wrong with it.
        why: InvalidAddress,
    },
    /// The identifier in the other system.
    #[error("column {column}: the identifier can't be kept: {why}")]
    Alias {
        /// The column.
        column: u32,
        /// What is wrong with it.
        why: NoteError,
    },
    /// The row has another number of columns than the header.
    #[error("the row has {found} columns, the header has {expected}: check quotes and separators")]
    Columns {
        /// How many it has.
        found: u32,
        /// How many the header has.
        expected: u32,
    },
    /// The header names a column twice.
    #[error(
        "the header gives column {column} a name that an earlier one has: which of them counts can't be told"
    )]
    RepeatedColumn {
        /// The later column.
        column: u32,
    },
    /// The row is not UTF-8.
    #[error("byte {at} of the row is not UTF-8: export the file as UTF-8")]
    Encoding {
        /// The offset in the row.
        at: u64,
    },
    /// The row is no row of its format, such as a line that is not a JSON object.
    #[error("the row can't be read from byte {at} on: check the format of the file")]
    Syntax {
        /// The offset in the row.
        at: u64,
    },
    /// A field or row is too long.
    #[error("column {column} is longer than the {max} bytes allowed")]
    TooLong {
        /// The column; 0 for the whole row.
        column: u32,
        /// The most bytes allowed.
        max: u32,
    },
    /// A date.
    #[error("column {column} is no date of this format: the act has no date, and grants nothing")]
    Date {
        /// The column.
        column: u32,
    },
    /// A value that the mapping does not know.
    #[error("column {column} has a value that the mapping does not know: add it to the mapping")]
    UnknownValue {
        /// The column.
        column: u32,
    },
}

impl RowProblem {
    /// What kind of problem it is, in words that are the same for all rows that have it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Address { .. } => "their address can't be kept",
            Self::Alias { .. } => "their identifier can't be kept",
            Self::Columns { .. } => "they have another number of columns than the header",
            Self::RepeatedColumn { .. } => "the header names a column twice",
            Self::Encoding { .. } => "they are not UTF-8",
            Self::Syntax { .. } => "they are no rows of the format",
            Self::TooLong { .. } => "a field or row is too long",
            Self::Date { .. } => "a date can't be read",
            Self::UnknownValue { .. } => "a value has no meaning in the mapping",
        }
    }
}
