use crate::evidence::SourceName;
use crate::interop::Problem;

/// How a consent was captured: `CaptureContactPointType`.
///
/// *Salesforce REST API Developer Guide, "Consent Write", parameter `captureContactPointType` (three values,
/// default `web`); Object Reference, ContactPointTypeConsent (all five).*
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums, reason = "the closed list of the vendor")]
pub enum CaptureType {
    /// By e-mail.
    Email,
    /// By letter; not in a Consent Write.
    MailingAddress,
    /// By telephone.
    Phone,
    /// On a social network; not in a Consent Write.
    Social,
    /// On the web.
    #[default]
    Web,
}

impl CaptureType {
    /// Every way, in the order of the Object Reference.
    pub const ALL: [Self; 5] = [Self::Email, Self::MailingAddress, Self::Phone, Self::Social, Self::Web];

    const NAMES: [&'static str; 5] = [
        Self::Email.name(),
        Self::MailingAddress.name(),
        Self::Phone.name(),
        Self::Social.name(),
        Self::Web.name(),
    ];
    const PARAMS: [&'static str; 3] = ["email", "phone", "web"];

    /// As an object has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "Email",
            Self::MailingAddress => "MailingAddress",
            Self::Phone => "Phone",
            Self::Social => "Social",
            Self::Web => "Web",
        }
    }

    /// As a Consent Write has it; none if it cannot say so.
    #[must_use]
    pub const fn param(self) -> Option<&'static str> {
        match self {
            Self::Email => Some("email"),
            Self::Phone => Some("phone"),
            Self::Web => Some("web"),
            Self::MailingAddress | Self::Social => None,
        }
    }

    pub(super) fn parse_object(text: &str) -> Result<Self, Problem> {
        Self::ALL
            .into_iter()
            .find(|own| own.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| Problem::unknown("CaptureContactPointType", text, &Self::NAMES))
    }

    pub(super) fn parse_param(text: &str) -> Result<Self, Problem> {
        Self::ALL
            .into_iter()
            .find(|own| own.param().is_some_and(|name| name.eq_ignore_ascii_case(text)))
            .ok_or_else(|| Problem::unknown("captureContactPointType", text, &Self::PARAMS))
    }

    /// Where the statement came in, in the words of this crate.
    pub(super) fn source(self) -> Result<SourceName, Problem> {
        let name = match self {
            Self::Email => "email",
            Self::MailingAddress => "mailing_address",
            Self::Phone => "phone",
            Self::Social => "social",
            Self::Web => "web",
        };
        SourceName::new(name).map_err(|_| Problem::InvalidValue { field: "CaptureContactPointType" })
    }

    /// The nearest of the five, and whether it is the very same.
    pub(super) fn of_source(source: SourceName) -> (Self, bool) {
        let exact = Self::ALL.into_iter().find(|own| own.source().is_ok_and(|name| name == source));
        match (exact, source.as_str()) {
            (Some(own), _) => (own, true),
            (None, "email_link" | "reply") => (Self::Email, false),
            (None, "call" | "voice" | "support" | "sms") => (Self::Phone, false),
            (None, "postal" | "letter" | "paper") => (Self::MailingAddress, false),
            (None, _) => (Self::Web, false),
        }
    }
}
