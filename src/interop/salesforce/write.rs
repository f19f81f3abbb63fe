use alloc::format;
use alloc::string::String;

use crate::evidence::Note;
use crate::interop::salesforce::query::{Param, append, encode};
use crate::interop::salesforce::said::Said;
use crate::interop::salesforce::{Action, CaptureType, Moment, Status};
use crate::interop::{Echo, ForeignId, Problem};
use crate::redact::Pii;
use crate::time::Timestamp;

/// A Consent Write: `PATCH /services/data/vXX.X/consent/action/<action>?ids=…&status=…`.
///
/// *Salesforce REST API Developer Guide, "Consent Write", from API version 48.0 on.* What is absent has the
/// vendor's default: captured at the time of the call, by `web`, from the source `Consent API`.
///
/// ```
/// use consent_engine::interop::ForeignId;
/// use consent_engine::interop::salesforce::{Action, Call, ConsentWrite, Status};
/// let write = ConsentWrite::new(Action::Fax, ForeignId::new("a+b@example.com")?, Status::OptOut)?;
/// let path = write.path_and_query("54.0");
/// assert_eq!(*path.expose(), "/services/data/v54.0/consent/action/fax?ids=a%2Bb%40example.com&status=OptOut");
/// let again = ConsentWrite::parse(&Call::new("fax", "ids=a%2Bb%40example.com&status=OptOut", b"{}"))?;
/// assert_eq!(again, write);
///
/// let id = ForeignId::new("a@example.com")?;
/// let error = ConsentWrite::new(Action::Track, id, Status::Seen).unwrap_err();
/// assert_eq!(error.code(), "InvalidStatusForAction");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentWrite {
    pub(super) action: Action,
    pub(super) id: ForeignId,
    pub(super) status: Status,
    pub(super) capture_date: Option<Timestamp>,
    pub(super) capture_type: Option<CaptureType>,
    pub(super) capture_source: Option<Note>,
    pub(super) consent_name: Option<Note>,
    pub(super) create_individual: bool,
    pub(super) double_opt_in: Option<Timestamp>,
    pub(super) effective_from: Option<Moment>,
    pub(super) effective_to: Option<Moment>,
    pub(super) individual_name: Option<Note>,
    pub(super) purpose_name: Option<Note>,
    pub(super) cdp: bool,
    pub(super) blob: Option<Pii<String>>,
    pub(super) unknown_params: bool,
}

impl ConsentWrite {
    /// The longest `captureSource`, in characters.
    pub const MAX_CAPTURE_SOURCE: usize = 255;
    /// The longest `consentName`, in characters.
    pub const MAX_CONSENT_NAME: usize = 255;
    /// The longest `individualName`, in characters.
    pub const MAX_INDIVIDUAL_NAME: usize = 80;
    /// The longest `purposeName`, in characters.
    pub const MAX_PURPOSE_NAME: usize = 255;
    /// The source where none is given.
    pub const DEFAULT_SOURCE: &'static str = "Consent API";

    /// A write with the required parameters only.
    ///
    /// # Errors
    ///
    /// [`Problem::InvalidStatusForAction`] for `Seen` or `NotSeen` of an action that lives on the Individual.
    ///
    /// ```
    /// use consent_engine::interop::ForeignId;
    /// use consent_engine::interop::salesforce::{Action, ConsentWrite, Status};
    /// let id = ForeignId::new("a@example.com")?;
    /// let write = ConsentWrite::new(Action::Email, id.clone(), Status::OptOut)?;
    /// assert!(write.path_and_query("62.0").expose().ends_with("/action/email?ids=a%40example.com&status=OptOut"));
    /// let error = ConsentWrite::new(Action::Track, id, Status::NotSeen).unwrap_err();
    /// assert!(error.to_string().contains("use OptIn or OptOut"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(action: Action, id: ForeignId, status: Status) -> Result<Self, Problem> {
        if action.is_of_individual() && !matches!(status, Status::OptIn | Status::OptOut) {
            let (action, status) = (action.name(), status.name());
            return Err(Problem::InvalidStatusForAction { action, status, allowed: &["OptIn", "OptOut"] });
        }
        Ok(Self {
            action,
            id,
            status,
            capture_date: None,
            capture_type: None,
            capture_source: None,
            consent_name: None,
            create_individual: false,
            double_opt_in: None,
            effective_from: None,
            effective_to: None,
            individual_name: None,
            purpose_name: None,
            cdp: false,
            blob: None,
            unknown_params: false,
        })
    }

    /// The path and the query, for an API version such as `54.0`.
    #[must_use]
    pub fn path_and_query(&self, version: &str) -> Pii<String> {
        let mut path = String::from("/services/data/v");
        encode(&mut path, version);
        path.push_str("/consent/action/");
        path.push_str(self.action_name());
        Pii::new(format!("{path}?{}", self.query().expose()))
    }

    /// The name of the action as this mode spells it.
    pub(super) fn action_name(&self) -> &'static str {
        self.action.cdp_name().filter(|_| self.cdp).unwrap_or(self.action.name())
    }

    /// The query, without `?`.
    #[must_use]
    pub fn query(&self) -> Pii<String> {
        let mut query = String::new();
        let mut put = |param: Param, value: Option<&str>| {
            if let Some(value) = value {
                append(&mut query, param.name(), value);
            }
        };
        let instant = |at: Option<Timestamp>| at.map(|at| format!("{}", Moment::instant(at)));
        let moment = |moment: Option<Moment>| moment.map(|moment| format!("{moment}"));
        put(Param::Ids, Some(self.id.expose()));
        put(Param::Status, Some(self.status.name()));
        put(Param::CaptureDate, instant(self.capture_date).as_deref());
        put(Param::CaptureContactPointType, self.capture_type.and_then(CaptureType::param));
        put(Param::CaptureSource, self.capture_source.as_ref().map(Note::expose));
        put(Param::ConsentName, self.consent_name.as_ref().map(Note::expose));
        put(Param::CreateIndividual, self.create_individual.then_some("true"));
        put(Param::DoubleOptIn, instant(self.double_opt_in).as_deref());
        put(Param::EffectiveFrom, moment(self.effective_from).as_deref());
        put(Param::EffectiveTo, moment(self.effective_to).as_deref());
        put(Param::IndividualName, self.individual_name.as_ref().map(Note::expose));
        put(Param::Mode, self.cdp.then_some("cdp"));
        put(Param::PurposeName, self.purpose_name.as_ref().map(Note::expose));
        Pii::new(query)
    }

    /// The body: an empty object, except with mode=cdp.
    #[must_use]
    pub fn body(&self) -> Pii<String> {
        self.blob.clone().unwrap_or_else(|| Pii::new(String::from("{}")))
    }

    /// Whether it is what `echo` stands for: its token, and its value.
    #[must_use]
    pub fn is_echo(&self, echo: &Echo) -> bool {
        self.capture_source.as_ref().is_some_and(|source| echo.is_in(source.expose()))
            && self.said().repeats(echo)
    }

    /// What an echo must repeat.
    pub(super) fn said(&self) -> Said<'_> {
        Said {
            action: self.action,
            status: self.status,
            from: self.effective_from,
            to: self.effective_to,
            purpose: [self.purpose_name.as_ref().map(Note::expose), None],
        }
    }
}

/// A getter for each parameter.
macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident -> $type:ty { $get:expr })*) => {
        impl ConsentWrite {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name(&self) -> $type {
                    let get: fn(&Self) -> $type = $get;
                    get(self)
                }
            )*
        }
    };
}

getters! {
    /// What it is about.
    action -> Action { |w| w.action }
    /// Whom it is about.
    id -> &ForeignId { |w| &w.id }
    /// What they said.
    status -> Status { |w| w.status }
    /// When it was captured; at the time of the call if absent.
    capture_date -> Option<Timestamp> { |w| w.capture_date }
    /// How it was captured; by web if absent.
    capture_type -> Option<CaptureType> { |w| w.capture_type }
    /// Where it was captured; `Consent API` if absent.
    capture_source -> Option<&Note> { |w| w.capture_source.as_ref() }
    /// The label of new consent records.
    consent_name -> Option<&Note> { |w| w.consent_name.as_ref() }
    /// Whether records without an Individual get one.
    create_individual -> bool { |w| w.create_individual }
    /// When a double opt-in was completed.
    double_opt_in -> Option<Timestamp> { |w| w.double_opt_in }
    /// From when it is effective; from the call on if absent.
    effective_from -> Option<Moment> { |w| w.effective_from }
    /// Through when it is effective; without end if absent.
    effective_to -> Option<Moment> { |w| w.effective_to }
    /// The name of a new Individual; the local part of the address if absent.
    individual_name -> Option<&Note> { |w| w.individual_name.as_ref() }
    /// The purpose.
    purpose_name -> Option<&Note> { |w| w.purpose_name.as_ref() }
    /// Whether it goes to the customer data platform (mode=cdp).
    is_cdp -> bool { |w| w.cdp }
}
