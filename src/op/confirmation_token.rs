use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use thiserror::Error;
use uuid::Uuid;

use crate::id::{RequestId, SubjectId, TenantId};
use crate::op::{ConfirmationSecret, base64url};

/// A text is no confirmation token. The text is never part of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidToken {
    /// It is not what a token looks like: cut off, wrapped, or not a token at all.
    #[error("this is no confirmation token: take the whole of what the link holds, without white space")]
    Malformed,
    /// It is of a version that this version of the crate does not know.
    #[error("the confirmation token is of version {found}, which is not known: upgrade, or ask again")]
    UnsupportedVersion {
        /// The version found.
        found: u8,
    },
}

/// What a confirmation link carries: who asked for what, and the secret that proves that the message was read.
///
/// [`expose`](Self::expose) gives the text for the link (RFC 4648, section 5, without padding: safe in a path or a query), [`parse`](Self::parse) reads
/// it. It hides in `Debug` and has no `Display`: whoever has it can confirm, so it belongs into the one message and into no log.
///
/// **Opening the link confirms nothing.** Mail scanners and previews open links: answer a GET with a page that has a button, and
/// confirm on the POST of that button.
///
/// ```
/// use consent_engine::*;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let secret = ConfirmationSecret::new(&[7; 16])?;
/// let ids = (TenantId::from_u128(1), SubjectId::from_u128(2), RequestId::from_u128(3));
/// let token = ConfirmationToken::new(ids.0, ids.1, ids.2, secret);
/// let link = format!("https://shop.example/confirm/{}", token.expose());
///
/// let (_, text) = link.rsplit_once('/').unwrap();
/// assert_eq!(ConfirmationToken::parse(text)?.request(), ids.2);
/// assert_eq!(ConfirmationToken::parse("AQID").unwrap_err(), InvalidToken::Malformed);
/// assert_eq!(format!("{token:?}"), "ConfirmationToken([redacted])");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ConfirmationToken {
    tenant: TenantId,
    subject: SubjectId,
    request: RequestId,
    secret: ConfirmationSecret,
}

const VERSION: u8 = 1;

impl ConfirmationToken {
    /// The longest text of a token, in bytes.
    pub const MAX_TEXT: usize = 151;

    /// The token of a request, as [`Engine::request`](crate::Engine::request) makes it.
    #[must_use]
    pub const fn new(
        tenant: TenantId,
        subject: SubjectId,
        request: RequestId,
        secret: ConfirmationSecret,
    ) -> Self {
        Self { tenant, subject, request, secret }
    }

    /// Reads the text of a link.
    ///
    /// # Errors
    ///
    /// [`InvalidToken`], for whatever the text may be.
    ///
    /// ```
    /// use consent_engine::{ConfirmationToken, InvalidToken};
    /// assert_eq!(ConfirmationToken::parse("cut off by a mail program").unwrap_err(), InvalidToken::Malformed);
    /// let unknown = InvalidToken::UnsupportedVersion { found: 2 };
    /// assert_eq!(ConfirmationToken::parse("AgAA").unwrap_err(), unknown, "of a later version of the library");
    /// ```
    pub fn parse(text: &str) -> Result<Self, InvalidToken> {
        if text.len() > Self::MAX_TEXT {
            return Err(InvalidToken::Malformed);
        }
        let mut bytes = base64url::decode(text).ok_or(InvalidToken::Malformed)?;
        let token = Self::from_bytes(&bytes);
        bytes.fill(0);
        token
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidToken> {
        use InvalidToken::{Malformed, UnsupportedVersion};
        let (version, rest) = bytes.split_first().ok_or(Malformed)?;
        if *version != VERSION {
            return Err(UnsupportedVersion { found: *version });
        }
        let (tenant, rest) = rest.split_first_chunk().ok_or(Malformed)?;
        let (subject, rest) = rest.split_first_chunk().ok_or(Malformed)?;
        let (request, secret) = rest.split_first_chunk().ok_or(Malformed)?;
        Ok(Self {
            tenant: TenantId::new(Uuid::from_bytes(*tenant)),
            subject: SubjectId::new(Uuid::from_bytes(*subject)),
            request: RequestId::new(Uuid::from_bytes(*request)),
            secret: ConfirmationSecret::new(secret).map_err(|_| Malformed)?,
        })
    }

    /// The text for the link. Keep it out of logs.
    #[must_use]
    pub fn expose(&self) -> String {
        let ids = [self.tenant.uuid(), self.subject.uuid(), self.request.uuid()];
        let mut bytes = Vec::from([VERSION]);
        bytes.extend(ids.iter().flat_map(|id| id.as_bytes()));
        bytes.extend(self.secret.bytes());
        let text = base64url::encode(&bytes);
        bytes.fill(0);
        text
    }

    /// The tenant it says it is of: a host of several tenants chooses the engine by it.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The person it says it is of.
    #[must_use]
    pub const fn subject(&self) -> SubjectId {
        self.subject
    }

    /// The request it says it confirms.
    #[must_use]
    pub const fn request(&self) -> RequestId {
        self.request
    }

    pub(super) const fn secret(&self) -> &ConfirmationSecret {
        &self.secret
    }
}

impl FromStr for ConfirmationToken {
    type Err = InvalidToken;

    fn from_str(text: &str) -> Result<Self, InvalidToken> {
        Self::parse(text)
    }
}

impl fmt::Debug for ConfirmationToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConfirmationToken([redacted])")
    }
}
