use core::fmt;

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::interop::salesforce::Status;
use crate::interop::{DsrKind, Problem};

/// What a Consent Write is about: the 14 actions of the vendor's list.
///
/// *Salesforce REST API Developer Guide, "Consent Write", table "Action".* Names are compared without regard
/// to case.
///
/// ```
/// use consent_engine::interop::salesforce::Action;
/// assert_eq!(Action::parse("StorePIIElsewhere")?, Action::StorePiiElsewhere);
/// assert_eq!(Action::Mailing.name(), "mailing");
/// assert!(Action::parse("sms").is_err());
/// # Ok::<(), consent_engine::interop::Problem>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::exhaustive_enums, reason = "the closed list of the vendor")]
pub enum Action {
    /// Channel e-mail.
    Email,
    /// Channel fax.
    Fax,
    /// Channel voice.
    Phone,
    /// Channel postal.
    Mailing,
    /// Channel social.
    Social,
    /// Channel web.
    Web,
    /// Purpose `geotracking`.
    Geotrack,
    /// Purpose `processing`.
    Process,
    /// Purpose `profiling`.
    Profile,
    /// Purpose `solicitation`.
    Solicit,
    /// Purpose `tracking`.
    Track,
    /// Purpose `cross_border_storage`.
    StorePiiElsewhere,
    /// A request for portability, not a consent.
    Portability,
    /// A request for erasure, not a consent: `OptIn` means *forget me*.
    ShouldForget,
}

/// What an action means here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Meaning {
    /// A channel.
    Channel(Channel),
    /// A purpose without a channel, by its id in the catalogue.
    Purpose(&'static str),
    /// A request of the person.
    Request(DsrKind),
}

/// How the value of a field relates to the status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Polarity {
    /// `true` is an opt-out.
    Inverted,
    /// `true` is an opt-in, or a request.
    Direct,
}

/// One action: how it is spelled, where it is kept, and what its values mean. The only place that says so.
struct Row {
    action: Action,
    /// In a Consent Write.
    name: &'static str,
    /// In a Consent Write with mode=cdp, if it is one of its three.
    cdp: Option<&'static str>,
    /// In a Consent Read; the first is the documented one.
    read: &'static [&'static str],
    /// The keys that hold the outcome of a Consent Read.
    results: &'static [&'static str],
    /// The boolean fields that back it; the first is the documented one, the others are of Person Accounts.
    fields: &'static [&'static str],
    polarity: Polarity,
    /// The `ContactPointType` of its rows, if it has any.
    point_type: Option<&'static str>,
    meaning: Meaning,
}

#[rustfmt::skip]
const TABLE: [Row; 14] = [
    Row { action: Action::Email, name: "email", cdp: None, read: &["email"], results: &["emailResult"],
        fields: &["HasOptedOutOfEmail", "PersonHasOptedOutOfEmail"], polarity: Polarity::Inverted,
        point_type: Some("Email"), meaning: Meaning::Channel(Channel::Email) },
    Row { action: Action::Fax, name: "fax", cdp: None, read: &["fax"], results: &["faxResult"],
        fields: &["HasOptedOutOfFax", "PersonHasOptedOutOfFax"], polarity: Polarity::Inverted,
        point_type: None, meaning: Meaning::Channel(Channel::Fax) },
    Row { action: Action::Phone, name: "phone", cdp: None, read: &["phone"], results: &["phoneResult"],
        fields: &["DoNotCall", "PersonDoNotCall"], polarity: Polarity::Inverted,
        point_type: Some("Phone"), meaning: Meaning::Channel(Channel::Voice) },
    Row { action: Action::Mailing, name: "mailing", cdp: None, read: &["mail", "mailing"],
        results: &["mailingResult", "mailResult"], fields: &[], polarity: Polarity::Inverted,
        point_type: Some("MailingAddress"), meaning: Meaning::Channel(Channel::Postal) },
    Row { action: Action::Social, name: "social", cdp: None, read: &["social"], results: &["socialResult"],
        fields: &[], polarity: Polarity::Inverted, point_type: Some("Social"),
        meaning: Meaning::Channel(Channel::Social) },
    Row { action: Action::Web, name: "web", cdp: None, read: &["web"], results: &["webResult"],
        fields: &[], polarity: Polarity::Inverted, point_type: Some("Web"),
        meaning: Meaning::Channel(Channel::Web) },
    Row { action: Action::Geotrack, name: "geotrack", cdp: None, read: &["geotrack"],
        results: &["geotrackResult"],
        fields: &["HasOptedOutGeoTracking"], polarity: Polarity::Inverted, point_type: None,
        meaning: Meaning::Purpose("geotracking") },
    Row { action: Action::Process, name: "process", cdp: Some("processing"), read: &["process", "processing"],
        results: &["processResult", "processingResult"], fields: &["HasOptedOutProcessing"],
        polarity: Polarity::Inverted,
        point_type: None, meaning: Meaning::Purpose("processing") },
    Row { action: Action::Profile, name: "profile", cdp: None, read: &["profile"], results: &["profileResult"],
        fields: &["HasOptedOutProfiling"], polarity: Polarity::Inverted, point_type: None,
        meaning: Meaning::Purpose("profiling") },
    Row { action: Action::Solicit, name: "solicit", cdp: None, read: &["solicit"], results: &["solicitResult"],
        fields: &["HasOptedOutSolicit"], polarity: Polarity::Inverted, point_type: None,
        meaning: Meaning::Purpose("solicitation") },
    Row { action: Action::Track, name: "track", cdp: None, read: &["track"], results: &["trackResult"],
        fields: &["HasOptedOutTracking"], polarity: Polarity::Inverted, point_type: None,
        meaning: Meaning::Purpose("tracking") },
    Row { action: Action::StorePiiElsewhere, name: "storePiiElsewhere", cdp: None,
        read: &["storepiielsewhere", "pii"], results: &["storePIIElsewhereResult", "piiResult"],
        fields: &["CanStorePiiElsewhere"], polarity: Polarity::Direct, point_type: None,
        meaning: Meaning::Purpose("cross_border_storage") },
    Row { action: Action::Portability, name: "portability", cdp: Some("portability"), read: &["portability"],
        results: &["portabilityResult"], fields: &["SendIndividualData"], polarity: Polarity::Direct,
        point_type: None, meaning: Meaning::Request(DsrKind::Portability) },
    Row { action: Action::ShouldForget, name: "shouldForget", cdp: Some("shouldforget"),
        read: &["shouldforget", "forget"], results: &["shouldForgetResult", "forgetResult"],
        fields: &["ShouldForget"], polarity: Polarity::Direct, point_type: None,
        meaning: Meaning::Request(DsrKind::Erasure) },
];

fn is_one_of(names: &[&str], text: &str) -> bool {
    names.iter().any(|name| name.eq_ignore_ascii_case(text))
}

impl Action {
    /// Every action, in the order of [`Meaning`]: channels, purposes, requests.
    pub const ALL: [Self; 14] = [
        Self::Email,
        Self::Fax,
        Self::Phone,
        Self::Mailing,
        Self::Social,
        Self::Web,
        Self::Geotrack,
        Self::Process,
        Self::Profile,
        Self::Solicit,
        Self::Track,
        Self::StorePiiElsewhere,
        Self::Portability,
        Self::ShouldForget,
    ];

    /// As they are in the path of a Consent Write.
    const NAMES: [&'static str; 14] = [
        Self::Email.name(),
        Self::Fax.name(),
        Self::Phone.name(),
        Self::Mailing.name(),
        Self::Social.name(),
        Self::Web.name(),
        Self::Geotrack.name(),
        Self::Process.name(),
        Self::Profile.name(),
        Self::Solicit.name(),
        Self::Track.name(),
        Self::StorePiiElsewhere.name(),
        Self::Portability.name(),
        Self::ShouldForget.name(),
    ];
    /// The types of contact points that have rows.
    pub(super) const POINT_TYPES: [&'static str; 5] = ["Email", "Phone", "MailingAddress", "Social", "Web"];

    const fn row(self) -> &'static Row {
        let [
            email,
            fax,
            phone,
            mailing,
            social,
            web,
            geotrack,
            process,
            profile,
            solicit,
            track,
            store,
            port,
            forget,
        ] = &TABLE;
        match self {
            Self::Email => email,
            Self::Fax => fax,
            Self::Phone => phone,
            Self::Mailing => mailing,
            Self::Social => social,
            Self::Web => web,
            Self::Geotrack => geotrack,
            Self::Process => process,
            Self::Profile => profile,
            Self::Solicit => solicit,
            Self::Track => track,
            Self::StorePiiElsewhere => store,
            Self::Portability => port,
            Self::ShouldForget => forget,
        }
    }

    fn find(fits: impl Fn(&Row) -> bool) -> Option<Self> {
        TABLE.iter().find(|row| fits(row)).map(|row| row.action)
    }

    /// Reads the name in the path of a Consent Write.
    ///
    /// # Errors
    ///
    /// [`Problem::UnknownEnumValue`] for anything else.
    ///
    /// ```
    /// use consent_engine::interop::salesforce::Action;
    /// assert_eq!(Action::parse("MAILING")?, Action::Mailing);
    /// let error = Action::parse("sms").unwrap_err();
    /// assert!(error.to_string().contains("email, fax, "), "it lists what may stand there: {error}");
    /// # Ok::<(), consent_engine::interop::Problem>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, Problem> {
        Self::find(|row| row.name.eq_ignore_ascii_case(text))
            .ok_or_else(|| Problem::unknown("action", text, &Self::NAMES))
    }

    /// Reads the name in the path of a Consent Write with mode=cdp.
    ///
    /// # Errors
    ///
    /// [`Problem::UnsupportedParamInMode`] for an action that the mode does not know, else as
    /// [`parse`](Self::parse).
    ///
    /// ```
    /// use consent_engine::interop::salesforce::Action;
    /// assert_eq!(Action::parse_cdp("processing")?, Action::Process);
    /// assert_eq!(Action::parse_cdp("email").unwrap_err().code(), "UnsupportedParamInMode");
    /// # Ok::<(), consent_engine::interop::Problem>(())
    /// ```
    pub fn parse_cdp(text: &str) -> Result<Self, Problem> {
        let known = Self::find(|row| row.cdp.is_some_and(|name| name.eq_ignore_ascii_case(text)));
        known.ok_or_else(|| match Self::parse(text) {
            Ok(_) => Problem::UnsupportedParamInMode { param: "action", mode: "cdp" },
            Err(problem) => problem,
        })
    }

    /// The name in the path of a Consent Write.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The name in the path of a Consent Write with mode=cdp, if the mode knows the action.
    #[must_use]
    pub const fn cdp_name(self) -> Option<&'static str> {
        self.row().cdp
    }

    /// The name in a Consent Read.
    #[must_use]
    pub fn read_name(self) -> &'static str {
        self.row().read.first().copied().unwrap_or(self.row().name)
    }

    /// What it means here.
    #[must_use]
    pub const fn meaning(self) -> Meaning {
        self.row().meaning
    }

    /// Whether it lives on the Individual, which knows only opt-in and opt-out.
    #[must_use]
    pub const fn is_of_individual(self) -> bool {
        !matches!(self.meaning(), Meaning::Channel(_))
    }

    /// Whether it is a request of the person, not a consent.
    #[must_use]
    pub const fn is_request(self) -> bool {
        matches!(self.meaning(), Meaning::Request(_))
    }

    /// The boolean field that backs it, as documented; none if only rows do.
    #[must_use]
    pub fn field(self) -> Option<&'static str> {
        self.row().fields.first().copied()
    }

    /// How the value of its field relates to the status.
    #[must_use]
    pub const fn polarity(self) -> Polarity {
        self.row().polarity
    }

    /// The `ContactPointType` of its ContactPointTypeConsent rows, if it has any.
    #[must_use]
    pub const fn point_type(self) -> Option<&'static str> {
        self.row().point_type
    }

    /// The action of a channel.
    #[must_use]
    pub fn of_channel(channel: Channel) -> Option<Self> {
        Self::find(|row| row.meaning == Meaning::Channel(channel))
    }

    /// The action of a purpose without a channel.
    #[must_use]
    pub fn of_purpose(name: &str) -> Option<Self> {
        Self::find(|row| matches!(row.meaning, Meaning::Purpose(own) if own == name))
    }

    pub(super) fn of_field(field: &str) -> Option<Self> {
        Self::find(|row| is_one_of(row.fields, field))
    }

    pub(super) fn of_point_type(text: &str) -> Option<Self> {
        Self::find(|row| row.point_type.is_some_and(|name| name.eq_ignore_ascii_case(text)))
    }

    pub(super) fn of_read_name(text: &str) -> Option<Self> {
        Self::find(|row| is_one_of(row.read, text))
    }

    pub(super) fn of_result_name(text: &str) -> Option<Self> {
        Self::find(|row| is_one_of(row.results, text))
    }

    /// The status that a value of its field stands for.
    #[must_use]
    pub const fn status_of(self, value: bool) -> Status {
        match (self.polarity(), value) {
            (Polarity::Inverted, true) | (Polarity::Direct, false) => Status::OptOut,
            (Polarity::Inverted, false) | (Polarity::Direct, true) => Status::OptIn,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for action in Action::ALL {
            assert_eq!(action.row().action, action);
            assert_eq!(Action::parse(action.name()).unwrap(), action);
            assert_eq!(Action::of_read_name(action.read_name()), Some(action));
        }
        assert_eq!(Action::NAMES, Action::ALL.map(Action::name));
        let types: Vec<_> = Action::ALL.into_iter().filter_map(Action::point_type).collect();
        assert_eq!(types, Action::POINT_TYPES);
    }

    #[test]
    fn polarity_is_as_the_vendor_has_it() {
        use Status::{OptIn, OptOut};
        let said = |field: &str, value| Action::of_field(field).map(|action| action.status_of(value));
        assert_eq!(said("HasOptedOutSolicit", true), Some(OptOut));
        assert_eq!(said("HasOptedOutofFax", true), Some(OptOut), "the seed's spelling");
        assert_eq!(said("DoNotCall", false), Some(OptIn));
        assert_eq!(said("CanStorePiiElsewhere", true), Some(OptIn));
        assert_eq!(said("ShouldForget", true), Some(OptIn), "which means: forget me");
        assert_eq!(said("Sms", true), None);
        assert_eq!(Action::of_purpose("tracking"), Some(Action::Track));
        assert_eq!(Action::of_purpose(""), None);
    }
}
