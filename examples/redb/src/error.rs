/// Why the file did not answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RedbError {
    /// redb could not open, read or write the file.
    #[error("the database did not answer")]
    Database(#[source] Box<redb::Error>),
    /// The table holds a key that the engine did not make.
    #[error("the table holds a key that is not of the engine; give the engine a file of its own")]
    ForeignKey,
    /// A value is too short to begin with a version.
    #[error("a record is without a version; restore the file from a backup")]
    NoVersion,
}

impl<E: Into<redb::Error>> From<E> for RedbError {
    fn from(error: E) -> Self {
        Self::Database(Box::new(error.into()))
    }
}
