//! Links of messages: what an HTTP request to one says.

use consent_engine::{Evidence, Notice, Pii, PurposeId};
use serde::Deserialize;

use crate::format::ScopeSpec;
use crate::format::strict::object;
use crate::label::Label;

/// How a link is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE", expecting = "`GET`, `HEAD` or `POST`")]
pub(crate) enum Http {
    /// It is opened, by a person or a machine.
    Get,
    /// The same, by a machine that wants no page.
    Head,
    /// The button on the page behind it is pressed.
    #[default]
    Post,
}

impl Http {
    pub(crate) const fn method(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
        }
    }
}

/// The token of a confirmation link comes back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "the use of a link, an object with `link`")]
pub(crate) struct ConfirmSpec {
    /// The link of a message that was sent before.
    pub(crate) link: Label,
    #[serde(default)]
    pub(crate) http: Http,
    /// What was done to the link on the way.
    #[serde(default)]
    pub(crate) tampered: Option<Tampered>,
    /// What the page says that it confirms.
    #[serde(default, deserialize_with = "object")]
    pub(crate) page: PageSpec,
    /// By default a GET or HEAD is a link that was opened, and a POST an explicit act.
    #[serde(default)]
    pub(crate) evidence: Option<Evidence>,
}

/// What can be wrong with a token.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", expecting = "what was done to the token")]
pub(crate) enum Tampered {
    /// Its second half is missing.
    CutOff,
    /// It says that it is of another tenant.
    OtherTenant,
    /// It says that it is of the person of another link.
    PersonOf(Label),
    /// It says that it is of the request of another link.
    RequestOf(Label),
    /// It has the secret of another link, whether that was sent or not.
    SecretOf(Label),
}

/// What the page behind a link says that it confirms. It says nothing of what is absent.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "what the page says, an object")]
pub(crate) struct PageSpec {
    pub(crate) point: Option<Label>,
    /// An e-mail address.
    pub(crate) address: Option<Pii<String>>,
    pub(crate) purposes: Option<Vec<PurposeId>>,
    pub(crate) notice: Option<Notice>,
}

/// A request to the address of a `List-Unsubscribe` header (RFC 8058).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a one-click request, an object with `person` and `scopes`")]
pub(crate) struct OneClickSpec {
    /// Whose message it was in.
    pub(crate) person: Label,
    #[serde(default)]
    pub(crate) http: Http,
    #[serde(default)]
    pub(crate) body: String,
    /// From what a withdrawal would be.
    pub(crate) scopes: Vec<ScopeSpec>,
}
