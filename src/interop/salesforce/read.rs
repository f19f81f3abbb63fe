use alloc::string::String;
use alloc::vec::Vec;

use crate::evidence::Note;
use crate::interop::salesforce::query::append;
use crate::interop::salesforce::{Action, Moment};
use crate::interop::{ForeignId, Problem, limit};
use crate::redact::Pii;
use crate::time::Timestamp;

/// A Consent Read: `GET …/consent/action/<action>?ids=…`, or `…/consent/multiaction?actions=…&ids=…`.
///
/// *Salesforce REST API Developer Guide, "Compile Consent Settings" and "Compile Multiple Types of Consent
/// Settings".* It is always verbose: without its explanation an answer means nothing.
///
/// ```
/// use consent_engine::interop::ForeignId;
/// use consent_engine::interop::salesforce::{Action, ConsentRead};
/// let ids = [ForeignId::new("a@example.com")?];
/// let read = ConsentRead::new([Action::Mailing, Action::Track], ids)?.explicit();
/// assert_eq!(
///     *read.path_and_query("62.0").expose(),
///     "/services/data/v62.0/consent/multiaction?actions=mail%2Ctrack&ids=a%40example.com&verbose=true\
///      &policy=requireExplicitConsent",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRead {
    actions: Vec<Action>,
    ids: Vec<ForeignId>,
    at: Option<Timestamp>,
    purpose: Option<Note>,
    explicit: bool,
    aggregated: bool,
}

impl ConsentRead {
    /// A read of one or more actions for one or more people.
    ///
    /// # Errors
    ///
    /// [`Problem::Missing`] without an action or an identifier, [`Problem::LimitExceeded`] for more than
    /// [`limit::READ_IDS`] identifiers, or so many that the URI would be too long.
    ///
    /// ```
    /// use consent_engine::interop::{ForeignId, Problem};
    /// use consent_engine::interop::salesforce::{Action, ConsentRead};
    /// let nobody = ConsentRead::new([Action::Email], []);
    /// assert_eq!(nobody, Err(Problem::Missing { field: "ids" }));
    /// let nothing = ConsentRead::new([], [ForeignId::new("a@example.com")?]);
    /// assert_eq!(nothing, Err(Problem::Missing { field: "action" }));
    /// # Ok::<(), consent_engine::interop::InvalidForeignId>(())
    /// ```
    pub fn new(
        actions: impl IntoIterator<Item = Action>,
        ids: impl IntoIterator<Item = ForeignId>,
    ) -> Result<Self, Problem> {
        let mut actions: Vec<_> = actions.into_iter().take(Action::ALL.len()).collect();
        actions.sort_unstable();
        actions.dedup();
        let ids: Vec<_> = ids.into_iter().take(limit::READ_IDS.saturating_add(1)).collect();
        if actions.is_empty() {
            return Err(Problem::Missing { field: "action" });
        }
        if ids.is_empty() {
            return Err(Problem::Missing { field: "ids" });
        }
        if ids.len() > limit::READ_IDS {
            return Err(Problem::LimitExceeded { which: "identifiers", max: limit::READ_IDS });
        }
        let read = Self { actions, ids, at: None, purpose: None, explicit: false, aggregated: false };
        if read.path_and_query("00.0").expose().len() > limit::QUERY_BYTES {
            return Err(Problem::LimitExceeded { which: "bytes of the URI", max: limit::QUERY_BYTES });
        }
        Ok(read)
    }

    /// As of an instant, not of now.
    #[must_use]
    pub const fn at(mut self, at: Timestamp) -> Self {
        self.at = Some(at);
        self
    }

    /// For one purpose, by its name over there.
    #[must_use]
    pub fn for_purpose(mut self, name: &str) -> Self {
        self.purpose = Some(Note::lossy(name));
        self
    }

    /// With the opt-in regime (`policy=requireExplicitConsent`): silence answers `infoNotFound`, not `true`.
    #[must_use]
    pub const fn explicit(mut self) -> Self {
        self.explicit = true;
        self
    }

    /// With one answer for all identifiers. It decides whether to go on, and is never ingested: it is about
    /// nobody.
    #[must_use]
    pub const fn aggregated(mut self) -> Self {
        self.aggregated = true;
        self
    }

    /// The path and the query, for an API version such as `62.0`.
    #[must_use]
    pub fn path_and_query(&self, version: &str) -> Pii<String> {
        let mut path = String::from("/services/data/v");
        crate::interop::salesforce::query::encode(&mut path, version);
        let mut query = String::new();
        let names: Vec<_> = self.actions.iter().map(|action| action.read_name()).collect();
        if let [name] = names.as_slice() {
            path.push_str("/consent/action/");
            path.push_str(name);
        } else {
            path.push_str("/consent/multiaction");
            append(&mut query, "actions", &names.join(","));
        }
        let ids: Vec<_> = self.ids.iter().map(ForeignId::expose).collect();
        append(&mut query, "ids", &ids.join(","));
        append(&mut query, "verbose", "true");
        if let Some(at) = self.at {
            append(&mut query, "datetime", &alloc::format!("{}", Moment::instant(at)));
        }
        if let Some(purpose) = &self.purpose {
            append(&mut query, "purpose", purpose.expose());
        }
        if self.explicit {
            append(&mut query, "policy", "requireExplicitConsent");
        }
        if self.aggregated {
            append(&mut query, "aggregatedConsent", "true");
        }
        path.push('?');
        path.push_str(&query);
        Pii::new(path)
    }

    /// The actions asked about.
    #[must_use]
    pub fn actions(&self) -> &[Action] {
        &self.actions
    }

    /// The people asked about.
    #[must_use]
    pub fn ids(&self) -> &[ForeignId] {
        &self.ids
    }

    /// The name of the purpose asked about.
    #[must_use]
    pub const fn purpose(&self) -> Option<&Note> {
        self.purpose.as_ref()
    }

    /// Whether there is one answer for all.
    #[must_use]
    pub const fn is_aggregated(&self) -> bool {
        self.aggregated
    }
}
