use thiserror::Error;

/// What is wrong with what a store returned. Nothing of it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Corruption {
    /// The bytes are not those that were written under this key.
    #[error(
        "the bytes are not those that were written under this key: a bit flipped, or records were mixed up"
    )]
    Checksum,
    /// The record is of a format that this version cannot read.
    #[error("the record is of format {found}, which this version cannot read: upgrade")]
    UnsupportedVersion {
        /// The format found.
        found: u8,
    },
    /// The record does not hold what its format says.
    #[error("the record does not hold what its format says, at byte {at} of its text")]
    Unreadable {
        /// Where.
        at: usize,
    },
    /// The record holds the state of something else.
    #[error("the record holds the state of something else")]
    Misplaced,
    /// A record that another record names is not there.
    #[error("a record that another record names is not there: the store lost it")]
    Lost,
    /// The version of a record is lower than it was.
    #[error("the version of the record went back: the store returned an older state than before")]
    VersionWentBack,
    /// The store answered for more or fewer keys or batches than it was asked for.
    #[error("the store answered for {found} keys or batches instead of {asked}")]
    WrongCount {
        /// How many were asked for.
        asked: usize,
        /// How many answers came.
        found: usize,
    },
    /// A scan returned more records than its limit.
    #[error("the scan returned more records than its limit")]
    EndlessScan,
    /// A scan returned a record out of order, twice, or outside its range.
    #[error("the scan returned a record out of order, twice, or outside its range")]
    Disordered,
    /// Facts that the log had are missing.
    #[error("fact {expected} of the log is missing, {found} came next")]
    MissingFacts {
        /// The number that comes next.
        expected: u64,
        /// The number that came, or the head of the log if none did.
        found: u64,
    },
}
