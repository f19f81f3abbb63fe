//! Personal data that must not reach a log.

use core::fmt;

use serde::{Deserialize, Serialize};

/// A value that is personal data: an address, a free text, an IP address.
///
/// `Debug` and `Display` print `[redacted]`. The serde form is the plain value, because a store must keep
/// it; whoever serialises it for another reader calls [`expose`](Self::expose) on purpose.
///
/// ```
/// use consent_engine::Pii;
/// let address = Pii::new("jane@example.com");
/// assert_eq!(format!("{address} {address:?}"), "[redacted] [redacted]");
/// assert_eq!(*address.expose(), "jane@example.com");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pii<T>(T);

impl<T> Pii<T> {
    /// What `Debug` and `Display` print.
    pub const REDACTED: &'static str = "[redacted]";

    /// Marks a value as personal data.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value. Keep it out of errors, logs and metrics.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value, taken out.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::REDACTED)
    }
}

impl<T> fmt::Display for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::REDACTED)
    }
}
