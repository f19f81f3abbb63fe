use serde::{Deserialize, Serialize};

use crate::evidence::{Method, Note, Notice, Strength};
use crate::slug::name_type;
use crate::time::Timestamp;

name_type! {
    /// Where a statement came in: `web`, `preference_center`, `email_link`, `support`.
    SourceName, 32
}

/// What the controller keeps to demonstrate consent (GDPR Art. 7(1)).
///
/// ```
/// use consent_engine::{Evidence, Method, Note, SourceName, Strength};
/// let evidence = Evidence::new(Method::Explicit, SourceName::new("web")?).with_ip(Note::lossy("192.0.2.7"));
/// assert_eq!(evidence.strength(), Some(Strength::Explicit));
/// assert!(!format!("{evidence:?}").contains("192.0.2.7"));
/// # Ok::<(), consent_engine::InvalidName>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    method: Method,
    source: SourceName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source_detail: Option<Note>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    notice: Option<Notice>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    language: Option<LanguageTag>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content_hash: Option<[u8; 32]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    age: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    double_opt_in_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ip: Option<Note>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_agent: Option<Note>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<Note>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    external_ref: Option<Note>,
}

name_type! {
    /// A language tag (BCP 47), lower-cased, such as `de-at`.
    LanguageTag, 35
}

impl Evidence {
    /// The two things every statement must say: how, and where it came in.
    #[must_use]
    pub const fn new(method: Method, source: SourceName) -> Self {
        Self {
            method,
            source,
            source_detail: None,
            notice: None,
            language: None,
            content_hash: None,
            age: None,
            double_opt_in_at: None,
            ip: None,
            user_agent: None,
            reason: None,
            external_ref: None,
        }
    }

    /// How the person acted.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }

    /// Where the statement came in.
    #[must_use]
    pub const fn source(&self) -> SourceName {
        self.source
    }

    /// How strong a grant on this evidence is; [`None`] if it is no consent at all.
    ///
    /// A completed double opt-in raises an explicit act to [`Strength::DoubleOptIn`].
    #[must_use]
    pub fn strength(&self) -> Option<Strength> {
        match (self.method.strength(), self.double_opt_in_at) {
            (Some(Strength::Explicit), Some(_)) => Some(Strength::DoubleOptIn),
            (strength, _) => strength,
        }
    }
}

/// A builder method and its getter for each optional field.
macro_rules! evidence_field {
    ($($(#[$doc:meta])* $with:ident($field:ident), $(#[$get_doc:meta])* $getter:ident: $type:ty;)*) => {
        impl Evidence {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $with(mut self, $field: $type) -> Self {
                    self.$field = Some($field);
                    self
                }

                $(#[$get_doc])*
                #[must_use]
                pub const fn $getter(&self) -> Option<&$type> {
                    self.$field.as_ref()
                }
            )*
        }
    };
}

evidence_field! {
    /// Adds more about the source, in free text.
    with_source_detail(source_detail),
    /// More about the source.
    source_detail: Note;
    /// Adds the notice that was shown.
    with_notice(notice),
    /// The notice that was shown.
    notice: Notice;
    /// Adds the language of what was shown.
    with_language(language),
    /// The language of what was shown.
    language: LanguageTag;
    /// Adds the SHA-256 of what was shown.
    with_content_hash(content_hash),
    /// The SHA-256 of what was shown.
    content_hash: [u8; 32];
    /// Adds the age the person gave, in whole years at capture.
    with_age(age),
    /// The age the person gave, in whole years at capture.
    age: u8;
    /// Adds when a double opt-in was completed.
    with_double_opt_in_at(double_opt_in_at),
    /// When a double opt-in was completed.
    double_opt_in_at: Timestamp;
    /// Adds the IP address.
    with_ip(ip),
    /// The IP address.
    ip: Note;
    /// Adds the user agent.
    with_user_agent(user_agent),
    /// The user agent.
    user_agent: Note;
    /// Adds the reason the person gave.
    with_reason(reason),
    /// The reason the person gave.
    reason: Note;
    /// Adds a reference in an outside system.
    with_external_ref(external_ref),
    /// A reference in an outside system.
    external_ref: Note;
}
