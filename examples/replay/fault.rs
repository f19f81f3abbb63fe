use std::io;

use thiserror::Error;

/// What ends a run early, or makes one line unusable.
#[derive(Debug, Error)]
pub(crate) enum Fault {
    /// The command line is wrong.
    #[error("{0}")]
    Usage(String),
    /// A line, or what it refers to, is wrong.
    #[error("{0}")]
    Input(String),
    /// A file cannot be read.
    #[error("{file}: {error}")]
    File { file: String, error: io::Error },
    /// The output cannot be written.
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
}

impl Fault {
    /// A fault of the input. The text must not hold personal data.
    pub(crate) fn input(text: impl Into<String>) -> Self {
        Self::Input(text.into())
    }

    /// Whether nobody reads the output any more.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}
