use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::evidence::Note;
use crate::interop::salesforce::{Action, Status};
use crate::interop::{ForeignId, Json, Problem, limit};

/// The body that answers a Consent Write, read strictly.
///
/// *Salesforce REST API Developer Guide, "Consent Write", example response.* Booleans are texts, `result` is
/// `Success` or the message of an error, and the HTTP status may be 200 in either case. What is not JSON is
/// refused, the trailing comma of the published sample among it.
///
/// ```
/// use consent_engine::interop::salesforce::WriteResponse;
/// let body = br#"{"a@example.com":{"result":"Success","edited":[
///     {"objectType":"Contact","field":"HasOptedOutOfFax","valueOfField":"true","id":"003A"}]}}"#;
/// let response = WriteResponse::parse(body)?;
/// assert_eq!(response.entries()[0].edited().len(), 1);
/// let comma = br#"{"a@example.com":{"result":"Success","edited":[],}}"#;
/// assert_eq!(WriteResponse::parse(comma).unwrap_err().code(), "Malformed");
/// # Ok::<(), consent_engine::interop::Problem>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteResponse {
    entries: Vec<WriteEntry>,
}

/// What was done about one identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteEntry {
    id: ForeignId,
    error: Option<Note>,
    edited: Vec<Edited>,
}

/// One field of one record that was edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    object: Note,
    field: Note,
    value: Note,
    id: ForeignId,
}

impl WriteResponse {
    /// Reads a body.
    ///
    /// # Errors
    ///
    /// [`Problem::ForeignReportedError`] for a list of errors (`[{"errorCode":…,"message":…}]`), else what is
    /// wrong with the body.
    ///
    /// ```
    /// use consent_engine::interop::salesforce::WriteResponse;
    /// let refused = br#"[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]"#;
    /// assert_eq!(WriteResponse::parse(refused).unwrap_err().code(), "ForeignReportedError");
    /// assert_eq!(WriteResponse::parse(b"OK").unwrap_err().code(), "Malformed");
    /// ```
    pub fn parse(body: &[u8]) -> Result<Self, Problem> {
        let json = Json::decode(body)?;
        if json.list().is_some() {
            return Err(reported(&json));
        }
        let object = entries_of(&json)?;
        let entries = object.iter().map(|(id, entry)| WriteEntry::read(id, entry));
        Ok(Self { entries: entries.collect::<Result<_, _>>()? })
    }

    /// What was done about each identifier, in the order of the identifiers.
    #[must_use]
    pub fn entries(&self) -> &[WriteEntry] {
        &self.entries
    }

    /// What was done about one identifier.
    #[must_use]
    pub fn entry(&self, id: &ForeignId) -> Option<&WriteEntry> {
        self.entries.iter().find(|entry| entry.id.matches(id))
    }
}

/// The entries of a body, one for each identifier.
pub(super) fn entries_of(json: &Json) -> Result<&BTreeMap<String, Json>, Problem> {
    let object = json.fields("the answer")?;
    if object.len() > limit::READ_IDS {
        return Err(Problem::LimitExceeded { which: "identifiers of an answer", max: limit::READ_IDS });
    }
    Ok(object)
}

/// The error of a body that is a list of errors.
pub(super) fn reported(list: &Json) -> Problem {
    let first = list.list().and_then(<[Json]>::first);
    let text = |key| first.and_then(|error| error.optional(key).ok().flatten()).unwrap_or_default();
    Problem::ForeignReportedError {
        code: Note::lossy(text("errorCode")),
        message: Note::lossy(text("message")),
    }
}

impl WriteEntry {
    fn read(id: &str, json: &Json) -> Result<Self, Problem> {
        let id = ForeignId::new(id).map_err(|_| Problem::InvalidValue { field: "ids" })?;
        let object = json.fields("the answer about one identifier")?;
        let result = json.optional("result")?.ok_or(Problem::Missing { field: "result" })?;
        let error = (result != "Success").then(|| Note::lossy(result));
        let edited = match object.get("edited") {
            None | Some(Json::Null) => Vec::new(),
            Some(other) => {
                let list = other.list().ok_or(Problem::InvalidValue { field: "edited" })?;
                list.iter().map(Edited::read).collect::<Result<_, _>>()?
            }
        };
        Ok(Self { id, error, edited })
    }

    /// Whom it is about.
    #[must_use]
    pub const fn id(&self) -> &ForeignId {
        &self.id
    }

    /// The message of the error, unless all went well.
    #[must_use]
    pub const fn error(&self) -> Option<&Note> {
        self.error.as_ref()
    }

    /// What was edited. None is no proof that there is no record: the other system cannot find every one.
    #[must_use]
    pub fn edited(&self) -> &[Edited] {
        &self.edited
    }
}

impl Edited {
    fn read(json: &Json) -> Result<Self, Problem> {
        json.fields("an item of `edited`")?;
        let text = |field| json.optional(field)?.ok_or(Problem::Missing { field });
        let note = |field| text(field).map(Note::lossy);
        let id = ForeignId::new(text("id")?).map_err(|_| Problem::InvalidValue { field: "id" })?;
        let edited =
            Self { object: note("objectType")?, field: note("field")?, value: note("valueOfField")?, id };
        match edited.action() {
            Some(_) if edited.flag().is_none() => {
                Err(Problem::unknown("valueOfField", edited.value.expose(), &["true", "false"]))
            }
            _ => Ok(edited),
        }
    }

    /// The action whose field was edited, if it is one of the documented ones.
    #[must_use]
    pub fn action(&self) -> Option<Action> {
        Action::of_field(self.field.expose())
    }

    fn flag(&self) -> Option<bool> {
        match self.value.expose() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// The status that the value stands for, by the polarity of the field.
    #[must_use]
    pub fn status(&self) -> Option<Status> {
        match self.action() {
            Some(action) => self.flag().map(|value| action.status_of(value)),
            None if self.field.expose().eq_ignore_ascii_case("PrivacyConsentStatus") => {
                Status::parse_read(self.value.expose())
            }
            None => None,
        }
    }

    /// The record.
    #[must_use]
    pub const fn id(&self) -> &ForeignId {
        &self.id
    }

    /// The kind of the record.
    #[must_use]
    pub const fn object(&self) -> &Note {
        &self.object
    }

    /// Whether the record is the Individual itself.
    pub(super) fn is_individual(&self) -> bool {
        self.object.expose().eq_ignore_ascii_case("Individual")
    }

    /// What it says of an action: its status, if the entry is about that action.
    pub(super) fn says(&self, action: Action) -> Option<Status> {
        match self.action() {
            Some(own) if own == action => self.status(),
            Some(_) => None,
            None if action.point_type().is_some() => self.status(),
            None => None,
        }
    }

    /// The name of its field, as documented.
    pub(super) fn field_name(&self) -> &'static str {
        self.action().and_then(Action::field).unwrap_or("PrivacyConsentStatus")
    }
}
