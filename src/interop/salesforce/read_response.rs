use alloc::string::String;
use alloc::vec::Vec;

use crate::evidence::Note;
use crate::interop::salesforce::response::{entries_of, reported};
use crate::interop::salesforce::{Action, Status};
use crate::interop::{ForeignId, Json, Problem, limit};

/// The body that answers a Consent Read, read strictly, one person at a time.
///
/// *Salesforce REST API Developer Guide, "Compile Consent Settings", response schema and verbose example.*
/// Booleans are texts; `ContactTypePointConsent`, as the published example spells it, and
/// `ContactPointTypeConsent` are the same.
///
/// ```
/// use consent_engine::interop::salesforce::{Action, ReadResponse, Status};
/// let body = br#"{"a@example.com":{"result":"Success","proceed":{"email":"false","emailResult":"Success"},
///     "explanation":[{"objectConsulted":"Contact","field":"HasOptedOutOfEmail","recordId":"003A",
///         "value":"true"}]}}"#;
/// let response = ReadResponse::parse(body)?;
/// let (_, entry) = &response.entries()[0];
/// let entry = entry.as_ref().unwrap();
/// assert_eq!(entry.proceed(Action::Email), Some(false));
/// assert_eq!(entry.explanation()[0].status(), Some(Status::OptOut));
/// # Ok::<(), consent_engine::interop::Problem>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadResponse {
    entries: Vec<(ForeignId, Result<ReadEntry, Problem>)>,
}

/// What is known of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadEntry {
    not_found: bool,
    proceed: Vec<(Action, bool)>,
    explanation: Vec<Consulted>,
}

/// One value that was consulted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consulted {
    object: Note,
    field: Option<Note>,
    status: Option<Note>,
    value: Option<Note>,
    purpose: Option<Note>,
    record: Option<ForeignId>,
}

impl ReadResponse {
    /// Reads a body. What is wrong with one person's entry leaves the others as they are.
    ///
    /// # Errors
    ///
    /// [`Problem`] if the body as a whole cannot be read, or reports an error.
    ///
    /// ```
    /// use consent_engine::interop::salesforce::ReadResponse;
    /// let nobody = ReadResponse::parse(b"{}")?;
    /// assert!(nobody.entries().is_empty());
    /// assert_eq!(ReadResponse::parse(b"{\"a@example.com\":").unwrap_err().code(), "Malformed");
    /// # Ok::<(), consent_engine::interop::Problem>(())
    /// ```
    pub fn parse(body: &[u8]) -> Result<Self, Problem> {
        let json = Json::decode(body)?;
        if json.list().is_some() {
            return Err(reported(&json));
        }
        let object = entries_of(&json)?;
        let entry = |(id, entry): (&String, &Json)| {
            let id = ForeignId::new(id).map_err(|_| Problem::InvalidValue { field: "ids" })?;
            Ok((id, ReadEntry::read(entry)))
        };
        Ok(Self { entries: object.iter().map(entry).collect::<Result<_, _>>()? })
    }

    /// Each person with what is known of them, or what is wrong, in the order of the identifiers.
    #[must_use = "each entry may be a problem"]
    pub fn entries(&self) -> &[(ForeignId, Result<ReadEntry, Problem>)] {
        &self.entries
    }

    /// What is known of one person.
    #[must_use]
    pub fn entry(&self, id: &ForeignId) -> Option<&Result<ReadEntry, Problem>> {
        self.entries.iter().find(|(own, _)| own.matches(id)).map(|(_, entry)| entry)
    }
}

/// Whether a result says that there is nothing, and not that something went wrong.
fn is_not_found(result: &str) -> bool {
    let plain = result.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase());
    ["infonotfound", "nopurposematch"].iter().any(|known| plain.clone().eq(known.chars()))
}

fn failure(result: &str) -> Problem {
    Problem::ForeignReportedError { code: Note::lossy(result), message: Note::lossy(result) }
}

impl ReadEntry {
    fn read(json: &Json) -> Result<Self, Problem> {
        let object = json.fields("the answer about one identifier")?;
        let result = json.optional("result")?.ok_or(Problem::Missing { field: "result" })?;
        let mut not_found = is_not_found(result);
        if result != "Success" && !not_found {
            return Err(failure(result));
        }
        let mut proceed = Vec::new();
        if let Some(answers) = object.get("proceed").and_then(Json::object) {
            for (key, value) in answers {
                let text = value.text().ok_or(Problem::InvalidValue { field: "proceed" })?;
                if let Some(action) = Action::of_read_name(key) {
                    let answer =
                        boolean(text).ok_or_else(|| Problem::unknown("proceed", text, &["true", "false"]))?;
                    proceed.push((action, answer));
                } else if Action::of_result_name(key).is_some() && text != "Success" {
                    if !is_not_found(text) {
                        return Err(failure(text));
                    }
                    not_found = true;
                }
            }
        }
        let explanation = match object.get("explanation") {
            None | Some(Json::Null) => Vec::new(),
            Some(other) => {
                let list = other.list().ok_or(Problem::InvalidValue { field: "explanation" })?;
                if list.len() > limit::READ_ROWS {
                    return Err(Problem::LimitExceeded {
                        which: "rows of one person",
                        max: limit::READ_ROWS,
                    });
                }
                list.iter().map(Consulted::read).collect::<Result<_, _>>()?
            }
        };
        Ok(Self { not_found, proceed, explanation })
    }

    /// Whether the other system says, of some action, that it has no information.
    #[must_use]
    pub const fn is_not_found(&self) -> bool {
        self.not_found
    }

    /// Its answer for an action. `false` may only say that there is no record; `true`, that nobody objected.
    #[must_use]
    pub fn proceed(&self, action: Action) -> Option<bool> {
        self.proceed.iter().find(|(own, _)| *own == action).map(|(_, answer)| *answer)
    }

    /// Why.
    #[must_use]
    pub fn explanation(&self) -> &[Consulted] {
        &self.explanation
    }

    /// What its rows say of an action, for verification: each field with its status.
    pub(super) fn says(&self, action: Action, purpose: Option<&Note>) -> Vec<(&'static str, Status)> {
        let field = |row: &Consulted| match row.action() {
            Some(own) if own == action => Some(action.field().unwrap_or_default()),
            Some(_) => None,
            None if row.is_consent_row() && action.point_type().is_some() => {
                let same = row.purpose.as_ref().is_none_or(|own| {
                    purpose.is_none_or(|name| own.expose().eq_ignore_ascii_case(name.expose()))
                });
                same.then_some("PrivacyConsentStatus")
            }
            None => None,
        };
        let says = |row: &Consulted| Some((field(row)?, row.status()?));
        self.explanation.iter().filter_map(says).collect()
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

impl Consulted {
    fn read(json: &Json) -> Result<Self, Problem> {
        json.fields("an item of `explanation`")?;
        let note = |key| json.optional(key).map(|text| text.map(Note::lossy));
        let record = json.optional("recordId")?.map(ForeignId::new).transpose();
        Ok(Self {
            object: note("objectConsulted")?.ok_or(Problem::Missing { field: "objectConsulted" })?,
            field: note("field")?,
            status: note("status")?,
            value: note("value")?,
            purpose: note("purpose")?,
            record: record.map_err(|_| Problem::InvalidValue { field: "recordId" })?,
        })
    }

    /// Whether it is a ContactPointTypeConsent, in either spelling.
    #[must_use]
    pub fn is_consent_row(&self) -> bool {
        let object = self.object.expose();
        ["ContactPointTypeConsent", "ContactTypePointConsent"]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(object))
    }

    /// The action whose flag was consulted, if it was a documented flag.
    #[must_use]
    pub fn action(&self) -> Option<Action> {
        self.field.as_ref().and_then(|field| Action::of_field(field.expose()))
    }

    /// The status that it stands for: of a flag by its polarity, of a row by its status.
    #[must_use]
    pub fn status(&self) -> Option<Status> {
        let value = self.value.as_ref().map(Note::expose);
        if self.is_consent_row() {
            let said = self.status.as_ref().map(Note::expose).and_then(Status::parse_read);
            return said.or_else(|| value.and_then(Status::parse_read));
        }
        Some(self.action()?.status_of(boolean(value?)?))
    }

    /// What it says of the person's own act: a flag that stands on its default says nothing.
    pub(super) fn said(&self) -> Option<Status> {
        if self.is_consent_row() {
            return self.status();
        }
        let set = self.value.as_ref().and_then(|value| boolean(value.expose()))?;
        self.status().filter(|_| set)
    }

    /// Whether it could be read at all.
    pub(super) fn is_readable(&self) -> bool {
        self.status().is_some()
    }

    /// The purpose of a row, by its name over there.
    #[must_use]
    pub const fn purpose(&self) -> Option<&Note> {
        self.purpose.as_ref()
    }

    /// The record.
    #[must_use]
    pub const fn record(&self) -> Option<&ForeignId> {
        self.record.as_ref()
    }
}
