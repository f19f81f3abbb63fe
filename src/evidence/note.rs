use alloc::string::String;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::line::{self, breaks_a_line};
use crate::redact::Pii;

/// Why a text is not a valid note. The text is never part of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum NoteError {
    /// Too long.
    #[error("the text has {len} characters, but at most {max} are allowed")]
    TooLong {
        /// The characters found; counting stops at the first beyond 10 times the limit.
        len: usize,
        /// The characters allowed.
        max: usize,
    },
    /// A character that breaks or reorders a line: a line break, NUL, a bidirectional control.
    #[error("character {at} is a control character: remove line breaks, tabs and NUL")]
    ControlCharacter {
        /// The index of the first offending character.
        at: usize,
    },
}

/// A single line of free text that may hold personal data: a reason, a user agent, an outside reference.
///
/// It hides in `Debug` and `Display`. The serde form is the text.
///
/// ```
/// use consent_engine::{Note, NoteError};
/// let note = Note::new("called the hotline")?;
/// assert_eq!(format!("{note:?}"), "Note([redacted])");
/// assert_eq!(Note::new("a\r\nb"), Err(NoteError::ControlCharacter { at: 1 }));
/// assert_eq!(Note::lossy("a\r\nb").expose(), "a  b");
/// # Ok::<(), NoteError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Note(Pii<String>);

impl Note {
    /// The longest note, in characters.
    pub const MAX_CHARS: usize = 1_024;

    /// A note of at most [`MAX_CHARS`](Self::MAX_CHARS) characters without control characters.
    ///
    /// # Errors
    ///
    /// [`NoteError`] says what is wrong and where.
    ///
    /// ```
    /// use consent_engine::{Note, NoteError};
    /// assert_eq!(Note::new("asked at the till")?.expose(), "asked at the till");
    /// let long = "x".repeat(Note::MAX_CHARS + 1);
    /// assert_eq!(Note::new(&long), Err(NoteError::TooLong { len: 1_025, max: 1_024 }));
    /// # Ok::<(), NoteError>(())
    /// ```
    pub fn new(text: &str) -> Result<Self, NoteError> {
        let len = text.chars().take(Self::MAX_CHARS.saturating_mul(10)).count();
        if len > Self::MAX_CHARS {
            return Err(NoteError::TooLong { len, max: Self::MAX_CHARS });
        }
        match line::broken_at(text) {
            Some(at) => Err(NoteError::ControlCharacter { at }),
            None => Ok(Self(Pii::new(String::from(text)))),
        }
    }

    /// A note from any text: cut at [`MAX_CHARS`](Self::MAX_CHARS), control characters replaced by spaces.
    ///
    /// For withdrawals, which are never refused for a formal reason.
    #[must_use]
    pub fn lossy(text: &str) -> Self {
        let clean = text.chars().take(Self::MAX_CHARS).map(|c| if breaks_a_line(c) { ' ' } else { c });
        Self(Pii::new(clean.collect()))
    }

    /// The text.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl TryFrom<String> for Note {
    type Error = NoteError;

    fn try_from(text: String) -> Result<Self, NoteError> {
        Self::new(&text)
    }
}

impl From<Note> for String {
    fn from(note: Note) -> Self {
        note.0.into_exposed()
    }
}
