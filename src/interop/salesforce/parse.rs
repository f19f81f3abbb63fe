//! From a call to a Consent Write: every rule that needs nothing but the call.

use alloc::string::String;

use crate::evidence::Note;
use crate::interop::salesforce::moment::parse_instant;
use crate::interop::salesforce::query::{Param, Params};
use crate::interop::salesforce::{Action, Call, CaptureType, ConsentWrite, Moment, Status};
use crate::interop::{ForeignId, InvalidForeignId, Json, Problem};
use crate::redact::Pii;
use crate::time::Timestamp;

impl ConsentWrite {
    /// Reads a call.
    ///
    /// ```
    /// use consent_engine::interop::salesforce::{Call, ConsentWrite, Status};
    /// let call = Call::new("EMAIL", "ids=a@example.com&status=optin&effectiveTo=2026-02-28", b"{}");
    /// let write = ConsentWrite::parse(&call)?;
    /// assert_eq!(write.status(), Status::OptIn);
    /// let call = Call::new("email", "ids=a@example.com&status=OptIn&mode=cdp", b"{}");
    /// let error = ConsentWrite::parse(&call).unwrap_err();
    /// assert_eq!(error.code(), "UnsupportedParamInMode", "the mode knows three actions, not e-mail");
    /// # Ok::<(), consent_engine::interop::Problem>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Problem`] says what is wrong. [`ingest`](crate::interop::salesforce::ingest) says besides whom to
    /// block.
    pub fn parse(call: &Call<'_>) -> Result<Self, Problem> {
        let params = Params::parse(call.query)?;
        let cdp = mode_is_cdp(&params)?;
        let action = if cdp { Action::parse_cdp(call.action)? } else { Action::parse(call.action)? };
        let id = single_id(&params)?;
        let status = params.get(Param::Status).ok_or(Problem::Missing { field: "status" })?;
        let mut write = Self::new(action, id, Status::parse("status", status)?)?;
        write.cdp = cdp;
        write.unknown_params = params.unknown;
        write.read_dates(&params)?;
        write.read_texts(&params)?;
        write.create_individual = boolean(&params, Param::CreateIndividual)?;
        write.blob = body(call.body, cdp)?;
        Ok(write)
    }

    fn read_dates(&mut self, params: &Params) -> Result<(), Problem> {
        self.capture_date = instant(params, Param::CaptureDate)?;
        self.double_opt_in = instant(params, Param::DoubleOptIn)?;
        self.effective_from = moment(params, Param::EffectiveFrom)?;
        self.effective_to = moment(params, Param::EffectiveTo)?;
        match (self.effective_from, self.effective_to) {
            (Some(from), Some(to)) if from.begin() >= to.end() => Err(Problem::InvalidInterval),
            _ => Ok(()),
        }
    }

    fn read_texts(&mut self, params: &Params) -> Result<(), Problem> {
        let text = |param, max| text(params, param, max, self.status);
        self.capture_source = text(Param::CaptureSource, Self::MAX_CAPTURE_SOURCE)?;
        self.consent_name = text(Param::ConsentName, Self::MAX_CONSENT_NAME)?;
        self.individual_name = text(Param::IndividualName, Self::MAX_INDIVIDUAL_NAME)?;
        let by = params.get(Param::CaptureContactPointType);
        self.capture_type = by.map(CaptureType::parse_param).transpose()?;
        self.purpose_name = text(Param::PurposeName, Self::MAX_PURPOSE_NAME)?;
        if params.get(Param::PurposeName).is_some() && self.purpose_name.is_none() {
            return Err(Problem::UnknownPurpose { name: Note::lossy("") });
        }
        Ok(())
    }
}

/// mode=cdp supports only the action, `ids`, `status` and the body.
fn mode_is_cdp(params: &Params) -> Result<bool, Problem> {
    let mode = params.get(Param::Mode).unwrap_or("normal");
    if mode.eq_ignore_ascii_case("normal") {
        return match params.get(Param::Blob) {
            Some(_) => Err(Problem::UnsupportedParamInMode { param: "blobParam", mode: "normal" }),
            None => Ok(false),
        };
    }
    if !mode.eq_ignore_ascii_case("cdp") {
        return Err(Problem::unknown("mode", mode, &["normal", "cdp"]));
    }
    let unsupported = |param: &Param| !matches!(param, Param::Ids | Param::Status | Param::Mode);
    match params.iter().find(unsupported) {
        Some(param) => Err(Problem::UnsupportedParamInMode { param: param.name(), mode: "cdp" }),
        None if params.unknown => Err(Problem::UnsupportedParamInMode { param: "(unknown)", mode: "cdp" }),
        None => Ok(true),
    }
}

fn single_id(params: &Params) -> Result<ForeignId, Problem> {
    let field = "ids";
    let ids = || params.get(Param::Ids).unwrap_or_default().split(',').filter(|id| !id.trim().is_empty());
    match ids().count() {
        0 | 1 => {}
        n => return Err(Problem::MultipleIdsNotSupported { n }),
    }
    ForeignId::new(ids().next().unwrap_or_default()).map_err(|error| match error {
        InvalidForeignId::Empty => Problem::Missing { field },
        InvalidForeignId::TooLong { len, max } => Problem::FieldTooLong { field, max, len },
        InvalidForeignId::Character { .. } => Problem::InvalidValue { field },
    })
}

fn instant(params: &Params, param: Param) -> Result<Option<Timestamp>, Problem> {
    params.get(param).map(|text| parse_instant(param.name(), text)).transpose()
}

fn moment(params: &Params, param: Param) -> Result<Option<Moment>, Problem> {
    params.get(param).map(|text| Moment::parse(param.name(), text)).transpose()
}

fn boolean(params: &Params, param: Param) -> Result<bool, Problem> {
    match params.get(param) {
        None => Ok(false),
        Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
        Some(text) => Err(Problem::unknown(param.name(), text, &["true", "false"])),
    }
}

/// A text of at most `max` characters; blank is absent. A withdrawal is not refused for a control character.
fn text(params: &Params, param: Param, max: usize, status: Status) -> Result<Option<Note>, Problem> {
    let text = params.get(param).unwrap_or_default();
    note(param.name(), text, max, status)
}

pub(super) fn note(
    field: &'static str,
    text: &str,
    max: usize,
    status: Status,
) -> Result<Option<Note>, Problem> {
    let len = text.chars().count();
    if len > max {
        return Err(Problem::FieldTooLong { field, max, len });
    }
    if text.trim().is_empty() {
        return Ok(None);
    }
    if status == Status::OptOut {
        return Ok(Some(Note::lossy(text)));
    }
    Note::new(text).map(Some).map_err(|_| Problem::InvalidValue { field })
}

/// An empty object, or with mode=cdp any object, passed through as it is.
fn body(bytes: &[u8], cdp: bool) -> Result<Option<Pii<String>>, Problem> {
    let json = Json::decode(bytes)?;
    let object = json.fields("the body")?;
    if object.is_empty() {
        return Ok(None);
    }
    if !cdp {
        let param = if object.contains_key("blobParam") { "blobParam" } else { "body" };
        return Err(Problem::UnsupportedParamInMode { param, mode: "normal" });
    }
    let text = core::str::from_utf8(bytes).map_err(|_| Problem::InvalidValue { field: "body" })?;
    Ok(Some(Pii::new(String::from(text))))
}
