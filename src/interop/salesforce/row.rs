use alloc::string::{String, ToString as _};

use serde::Serialize;

use crate::evidence::Note;
use crate::interop::salesforce::moment::parse_instant;
use crate::interop::salesforce::parse::note;
use crate::interop::salesforce::said::Said;
use crate::interop::salesforce::{Action, CaptureType, ConsentWrite, Moment, Status};
use crate::interop::{Echo, ForeignId, InvalidForeignId, Json, Problem};
use crate::redact::Pii;
use crate::time::Timestamp;

/// A row of the object ContactPointTypeConsent: the consent of one Individual for one kind of contact point.
///
/// *Salesforce Object Reference, ContactPointTypeConsent.* Rows are the way to write in bulk (Bulk API 2.0,
/// composite resources), and the only one that carries an interval. The name and the opt-out rule of the
/// purpose come from the lookup `DataUsePurpose`: select `DataUsePurpose.Name` and
/// `DataUsePurpose.CanDataSubjectOptOut` with the row.
///
/// ```
/// use consent_engine::interop::salesforce::{ContactPointTypeConsent, Status};
/// let row = ContactPointTypeConsent::parse(br#"{"PartyId":"0PK1","ContactPointType":"Phone",
///     "PrivacyConsentStatus":"OptIn","CaptureDate":"2026-01-05T08:00:00.000+0000",
///     "CaptureSource":"booth","CaptureContactPointType":"Web",
///     "attributes":{"type":"ContactPointTypeConsent"}}"#)?;
/// assert_eq!(row.status(), Status::OptIn);
/// let error = ContactPointTypeConsent::parse(br#"{"PartyId":"0PK1","ContactPointType":"Fax"}"#).unwrap_err();
/// assert_eq!(error.code(), "UnknownEnumValue", "there is no such type");
/// # Ok::<(), consent_engine::interop::Problem>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactPointTypeConsent {
    pub(super) party: ForeignId,
    /// One of the five that have a point type.
    pub(super) action: Action,
    pub(super) status: Status,
    pub(super) purpose_id: Option<ForeignId>,
    pub(super) purpose_name: Option<Note>,
    pub(super) can_opt_out: Option<bool>,
    pub(super) capture_date: Option<Timestamp>,
    pub(super) capture_source: Option<Note>,
    pub(super) capture_type: CaptureType,
    pub(super) effective_from: Option<Moment>,
    pub(super) effective_to: Option<Moment>,
    pub(super) double_opt_in: Option<Timestamp>,
    pub(super) engagement_channel: Option<ForeignId>,
    pub(super) brand: Option<ForeignId>,
    pub(super) name: Option<Note>,
}

fn id(json: &Json, field: &'static str) -> Result<Option<ForeignId>, Problem> {
    json.optional(field)?.map(ForeignId::new).transpose().map_err(|error| match error {
        InvalidForeignId::Empty => Problem::Missing { field },
        InvalidForeignId::TooLong { len, max } => Problem::FieldTooLong { field, max, len },
        InvalidForeignId::Character { .. } => Problem::InvalidValue { field },
    })
}

impl ContactPointTypeConsent {
    /// The longest `CaptureSource` and `Name`, in characters.
    pub const MAX_TEXT: usize = ConsentWrite::MAX_CAPTURE_SOURCE;

    /// Reads a record as JSON.
    ///
    /// # Errors
    ///
    /// [`Problem`] says what is wrong. A missing `CaptureDate` is not: an opt-out needs none.
    ///
    /// ```
    /// use consent_engine::interop::Problem;
    /// use consent_engine::interop::salesforce::ContactPointTypeConsent;
    /// let nobody = br#"{"ContactPointType":"Email","PrivacyConsentStatus":"OptOut"}"#;
    /// assert_eq!(ContactPointTypeConsent::parse(nobody), Err(Problem::Missing { field: "PartyId" }));
    /// ```
    pub fn parse(body: &[u8]) -> Result<Self, Problem> {
        Self::read(&Json::decode(body)?)
    }

    pub(super) fn read(json: &Json) -> Result<Self, Problem> {
        json.fields("the row")?;
        let required = |field| json.optional(field)?.ok_or(Problem::Missing { field });
        let instant = |field| json.optional(field)?.map(|text| parse_instant(field, text)).transpose();
        let moment = |field| json.optional(field)?.map(|text| Moment::parse(field, text)).transpose();
        let party = id(json, "PartyId")?.ok_or(Problem::Missing { field: "PartyId" })?;
        let kind = required("ContactPointType")?;
        let action = Action::of_point_type(kind)
            .ok_or_else(|| Problem::unknown("ContactPointType", kind, &Action::POINT_TYPES))?;
        let status = Status::parse("PrivacyConsentStatus", required("PrivacyConsentStatus")?)?;
        let text = |field| note(field, json.optional(field)?.unwrap_or_default(), Self::MAX_TEXT, status);
        let (purpose_name, can_opt_out) = purpose(json, status)?;
        let row = Self {
            party,
            action,
            status,
            purpose_id: id(json, "DataUsePurposeId")?,
            purpose_name,
            can_opt_out,
            capture_date: instant("CaptureDate")?,
            capture_source: text("CaptureSource")?,
            capture_type: CaptureType::parse_object(required("CaptureContactPointType")?)?,
            effective_from: moment("EffectiveFrom")?,
            effective_to: moment("EffectiveTo")?,
            double_opt_in: instant("DoubleConsentCaptureDate")?,
            engagement_channel: id(json, "EngagementChannelTypeId")?,
            brand: id(json, "BusinessBrandId")?,
            name: text("Name")?,
        };
        match (row.effective_from, row.effective_to) {
            (Some(from), Some(to)) if from.begin() >= to.end() => Err(Problem::InvalidInterval),
            _ => Ok(row),
        }
    }

    /// The record as JSON, for an insert or an update.
    #[must_use]
    pub fn to_json(&self) -> Pii<String> {
        let instant = |at: Option<Timestamp>| at.map(|at| Moment::instant(at).to_string());
        let wire = Wire {
            party_id: self.party.expose(),
            contact_point_type: self.action.point_type().unwrap_or_default(),
            privacy_consent_status: self.status.name(),
            data_use_purpose_id: self.purpose_id.as_ref().map(ForeignId::expose),
            capture_date: instant(self.capture_date),
            capture_source: self.capture_source.as_ref().map(Note::expose),
            capture_contact_point_type: self.capture_type.name(),
            effective_from: self.effective_from.map(|moment| moment.to_string()),
            effective_to: self.effective_to.map(|moment| moment.to_string()),
            double_consent_capture_date: instant(self.double_opt_in),
            engagement_channel_type_id: self.engagement_channel.as_ref().map(ForeignId::expose),
            business_brand_id: self.brand.as_ref().map(ForeignId::expose),
            name: self.name.as_ref().map(Note::expose),
        };
        // Texts and options of texts: there is nothing that could fail.
        Pii::new(serde_json::to_string(&wire).unwrap_or_default())
    }

    /// Whether it is what `echo` stands for: its token, and its value.
    #[must_use]
    pub fn is_echo(&self, echo: &Echo) -> bool {
        self.capture_source.as_ref().is_some_and(|source| echo.is_in(source.expose()))
            && self.said().repeats(echo)
    }

    pub(super) fn said(&self) -> Said<'_> {
        Said {
            action: self.action,
            status: self.status,
            from: self.effective_from,
            to: self.effective_to,
            purpose: [
                self.purpose_id.as_ref().map(ForeignId::case_safe),
                self.purpose_name.as_ref().map(Note::expose),
            ],
        }
    }

    /// Whether both say the same: a new label, a corrected source or a renamed purpose is no act of the person.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        let same_purpose = match (&self.purpose_id, &other.purpose_id) {
            (Some(own), Some(others)) => own.matches(others),
            _ => self.purpose_id == other.purpose_id && self.purpose_name == other.purpose_name,
        };
        let same = |own: &Option<ForeignId>, others: &Option<ForeignId>| match (own, others) {
            (Some(own), Some(others)) => own.matches(others),
            (own, others) => own == others,
        };
        same_purpose
            && self.party.matches(&other.party)
            && self.action == other.action
            && self.status == other.status
            && self.capture_date == other.capture_date
            && self.double_opt_in == other.double_opt_in
            && self.effective_from == other.effective_from
            && self.effective_to == other.effective_to
            && same(&self.engagement_channel, &other.engagement_channel)
            && same(&self.brand, &other.brand)
    }

    /// The Individual.
    #[must_use]
    pub const fn party(&self) -> &ForeignId {
        &self.party
    }

    /// The action of a Consent Write that is about the same kind of contact point.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }

    /// The status.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.status
    }

    /// From when it is effective.
    #[must_use]
    pub const fn effective_from(&self) -> Option<Moment> {
        self.effective_from
    }

    /// Through when it is effective.
    #[must_use]
    pub const fn effective_to(&self) -> Option<Moment> {
        self.effective_to
    }
}

/// The name of the purpose, and whether it may be opted out of.
fn purpose(json: &Json, status: Status) -> Result<(Option<Note>, Option<bool>), Problem> {
    let Some(purpose) = json.object().and_then(|row| row.get("DataUsePurpose")) else {
        return Ok((None, None));
    };
    let Some(object) = purpose.object() else {
        return match purpose {
            Json::Null => Ok((None, None)),
            _ => Err(Problem::InvalidValue { field: "DataUsePurpose" }),
        };
    };
    let name = purpose.optional("Name")?.ok_or(Problem::Missing { field: "DataUsePurpose.Name" })?;
    let name = note("DataUsePurpose.Name", name, ConsentWrite::MAX_PURPOSE_NAME, status)?
        .ok_or_else(|| Problem::UnknownPurpose { name: Note::lossy("") })?;
    let field = "DataUsePurpose.CanDataSubjectOptOut";
    let can_opt_out = match object.get("CanDataSubjectOptOut") {
        None | Some(Json::Null) => None,
        Some(Json::Bool(value)) => Some(*value),
        Some(_) => return Err(Problem::InvalidValue { field }),
    };
    Ok((Some(name), can_opt_out))
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Wire<'a> {
    party_id: &'a str,
    contact_point_type: &'a str,
    privacy_consent_status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_use_purpose_id: Option<&'a str>,
    capture_date: Option<String>,
    capture_source: Option<&'a str>,
    capture_contact_point_type: &'a str,
    effective_from: Option<String>,
    effective_to: Option<String>,
    double_consent_capture_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    engagement_channel_type_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    business_brand_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}
