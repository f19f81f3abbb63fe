use alloc::boxed::Box;
use core::fmt;
use core::hint::black_box;

use thiserror::Error;

/// A secret is too short or too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "a confirmation secret has {found} bytes: take {} to {} from a cryptographic random source",
    ConfirmationSecret::MIN_BYTES,
    ConfirmationSecret::MAX_BYTES
)]
#[non_exhaustive]
pub struct SecretLength {
    /// The bytes found.
    pub found: usize,
}

/// What only the reader of a confirmation message knows: fresh random bytes that the host brings, for each request others.
///
/// The engine keeps a keyed hash of it and never the secret. It hides in `Debug`, and its memory is overwritten when it is dropped, as
/// far as safe code can: copies that the compiler made are beyond its reach.
///
/// ```
/// use consent_engine::ConfirmationSecret;
/// let random = [7; 32]; // From the random source of the host.
/// let secret = ConfirmationSecret::new(&random)?;
/// assert_eq!(format!("{secret:?}"), "ConfirmationSecret([redacted])");
/// assert_eq!(ConfirmationSecret::new(b"123456").unwrap_err().found, 6);
/// # Ok::<(), consent_engine::SecretLength>(())
/// ```
#[derive(Clone)]
pub struct ConfirmationSecret(Box<[u8]>);

impl ConfirmationSecret {
    /// 128 bits: fewer can be guessed in time.
    pub const MIN_BYTES: usize = 16;
    /// Longer ones only make longer links.
    pub const MAX_BYTES: usize = 64;

    /// A secret of [`MIN_BYTES`](Self::MIN_BYTES) to [`MAX_BYTES`](Self::MAX_BYTES).
    ///
    /// Whether it is random nobody can see from it: a counter or a time of enough bytes is taken, and guessed.
    ///
    /// # Errors
    ///
    /// [`SecretLength`] for fewer or more.
    ///
    /// ```
    /// use consent_engine::ConfirmationSecret;
    /// assert!(ConfirmationSecret::new(&[7; 16]).is_ok());
    /// assert_eq!(ConfirmationSecret::new(&[7; 65]).unwrap_err().found, 65);
    /// ```
    pub fn new(bytes: &[u8]) -> Result<Self, SecretLength> {
        if (Self::MIN_BYTES..=Self::MAX_BYTES).contains(&bytes.len()) {
            Ok(Self(bytes.into()))
        } else {
            Err(SecretLength { found: bytes.len() })
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for ConfirmationSecret {
    fn drop(&mut self) {
        self.0.fill(0);
        black_box(&self.0);
    }
}

impl fmt::Debug for ConfirmationSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConfirmationSecret([redacted])")
    }
}
