//! Rows of ContactPointTypeConsent to commands.

use alloc::vec::Vec;

use crate::channel::Channel;
use crate::consent::Captured;
use crate::evidence::{Evidence, Method, Note};
use crate::interop::salesforce::action::Meaning;
use crate::interop::salesforce::statement::{About, Statement, interim as block};
use crate::interop::salesforce::{Action, ContactPointTypeConsent, Moment, Status, people};
use crate::interop::{Addressed, Context, ForeignId, Ingest, Json, MapError, Noop, Problem, Target, Warning};
use crate::purpose::{OptOutRule, PurposeId};
use crate::time::{Interval, Timestamp};

/// What a row of ContactPointTypeConsent means.
///
/// *Salesforce Object Reference, ContactPointTypeConsent.* `body` is the record as JSON, with
/// `DataUsePurpose.Name` and `DataUsePurpose.CanDataSubjectOptOut` selected; `last` is the same row as it was
/// read before.
///
/// * `Phone` is voice. It is another channel only if the row names an engagement channel that the context
///   maps; an opt-out with one that is not mapped covers voice, text messages, WhatsApp and fax.
/// * An opt-in counts with its capture date, as the person's own act; without one it is refused. For a brand
///   that the tenant does not stand for it grants nothing, while an opt-out covers the tenant.
/// * The opt-out of a purpose that takes none is [`Problem::ImmutablePurpose`], unless the catalogue says
///   otherwise.
/// * A row that says what it said, or what was projected, is nothing.
///
/// ```
/// use consent_engine::interop::salesforce::ingest_row;
/// use consent_engine::interop::{Context, Directory};
/// use consent_engine::{Catalogue, Channel, SystemId};
/// let (catalogue, directory) = (Catalogue::new([], []).unwrap(), Directory::new());
/// let (now, system) = ("2026-03-02T10:00:00Z".parse()?, SystemId::new("salesforce")?);
/// let context = Context::new(now, system, &catalogue, &directory);
/// let row = br#"{"PartyId":"0PK1","ContactPointType":"Phone","PrivacyConsentStatus":"OptOut",
///     "CaptureDate":"2026-01-05T08:00:00.000Z","CaptureSource":"booth","CaptureContactPointType":"Web"}"#;
/// let ingest = ingest_row(row, None, &context).unwrap();
/// assert_eq!(ingest.commands[0].channel(), Some(Channel::Voice));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`MapError`] says what is wrong, and, for a row that looked like an opt-out, whom to block until it is
/// understood.
pub fn ingest_row(
    body: &[u8],
    last: Option<&ContactPointTypeConsent>,
    context: &Context<'_>,
) -> Result<Ingest, MapError> {
    let json = Json::decode(body).map_err(|problem| MapError::new(problem, Vec::new()))?;
    let row = ContactPointTypeConsent::read(&json);
    row.and_then(|row| accept(&row, last, context)).map_err(|problem| {
        let blocks = blocks(&json, &problem, context);
        MapError::new(problem, blocks)
    })
}

fn accept(
    row: &ContactPointTypeConsent,
    last: Option<&ContactPointTypeConsent>,
    context: &Context<'_>,
) -> Result<Ingest, Problem> {
    if context.echoes.iter().any(|echo| echo.system() == context.system && row.is_echo(echo)) {
        return Ok(Ingest::nothing(Noop::Echo));
    }
    if last.is_some_and(|last| last.says_the_same(row)) {
        return Ok(Ingest::nothing(Noop::Unchanged));
    }
    let mut ingest = Ingest::default();
    let purpose = purpose(row, context, &mut ingest)?;
    let foreign_brand =
        row.brand.as_ref().is_some_and(|brand| !context.brand.is_some_and(|own| own.matches(brand)));
    if foreign_brand {
        ingest.warn(Warning::BrandDropped);
        if row.status != Status::OptOut {
            return Ok(ingest);
        }
    }
    let captured = captured(row, context, &mut ingest)?;
    let window = window(row, captured, &mut ingest)?;
    let evidence = evidence(row, captured, context, &mut ingest)?;
    let target = people::target(&row.party, context);
    for channel in channels(row, context, &mut ingest)? {
        let about = About { purpose, channel: Some(channel) };
        let (status, captured) = (row.status, Captured::At(captured));
        let statement = Statement { about, status, captured, window, evidence: evidence.clone() };
        ingest.commands.extend(statement.command(target.clone(), None, context));
    }
    Ok(ingest)
}

/// The purpose of the row; none if it speaks of all.
fn purpose(
    row: &ContactPointTypeConsent,
    context: &Context<'_>,
    ingest: &mut Ingest,
) -> Result<Option<PurposeId>, Problem> {
    let by_record = row.purpose_id.as_ref().and_then(|id| context.purpose_of_record(id));
    let found = match (by_record, &row.purpose_name, &row.purpose_id) {
        (Some(purpose), _, _) => Some(Ok(purpose)),
        (None, Some(name), _) => Some(context.purpose(name.expose())),
        (None, None, Some(id)) => Some(Err(Problem::UnknownPurpose { name: Note::lossy(id.expose()) })),
        (None, None, None) => None,
    };
    if row.status == Status::OptOut {
        let known = found.as_ref().and_then(|found| found.as_ref().ok());
        let rule = known.and_then(|id| context.catalogue.find(*id)).map(crate::purpose::Purpose::opt_out);
        let refused = match rule {
            Some(rule) => rule == OptOutRule::Refused,
            None => row.can_opt_out == Some(false),
        };
        if refused {
            let name = row.purpose_name.clone();
            let name = name.or_else(|| known.map(|id| Note::lossy(id.as_str())));
            return Err(Problem::ImmutablePurpose { purpose: name.unwrap_or_else(|| Note::lossy("")) });
        }
        if row.can_opt_out == Some(false) {
            ingest.warn(Warning::OptOutRuleDiffers);
        }
    }
    found.transpose()
}

fn captured(
    row: &ContactPointTypeConsent,
    context: &Context<'_>,
    ingest: &mut Ingest,
) -> Result<Timestamp, Problem> {
    match row.capture_date {
        Some(at) => {
            if at > context.now {
                ingest.warn(Warning::CaptureInFuture);
            }
            Ok(at)
        }
        None if row.status == Status::OptIn => Err(Problem::Missing { field: "CaptureDate" }),
        None => Ok(context.now),
    }
}

fn window(
    row: &ContactPointTypeConsent,
    captured: Timestamp,
    ingest: &mut Ingest,
) -> Result<Option<Interval>, Problem> {
    if row.effective_from.is_none() && row.effective_to.is_none() {
        return Ok(None);
    }
    if row.status == Status::OptOut {
        // Every row has a start; only an end, or a start that is yet to come, is ignored at a loss.
        if row.effective_to.is_some() || row.effective_from.is_some_and(|from| from.begin() > captured) {
            ingest.warn(Warning::OptOutDatesIgnored);
        }
        return Ok(None);
    }
    let from = row.effective_from.map_or(captured, Moment::begin);
    let interval = Interval::new(from, row.effective_to.map(Moment::end));
    interval.map(Some).map_err(|_| Problem::InvalidInterval)
}

fn evidence(
    row: &ContactPointTypeConsent,
    captured: Timestamp,
    context: &Context<'_>,
    ingest: &mut Ingest,
) -> Result<Evidence, Problem> {
    let confirmed = row.double_opt_in.filter(|_| row.status == Status::OptIn);
    let counts = confirmed.filter(|at| *at <= context.now);
    if counts != confirmed {
        ingest.warn(Warning::DoubleOptInInFuture);
    }
    let bare = row.status == Status::OptIn && counts.is_none();
    let method = if bare { context.opt_in_method } else { Method::Explicit };
    let mut evidence = Evidence::new(method, row.capture_type.source()?);
    if let Some(detail) = row.capture_source.clone() {
        evidence = evidence.with_source_detail(detail);
    }
    if let Some(at) = counts {
        if at < captured {
            ingest.warn(Warning::DoubleOptInBeforeCapture);
        }
        evidence = evidence.with_double_opt_in_at(at);
    }
    Ok(evidence)
}

/// The channels the row is about: one, unless an opt-out does not say which.
fn channels(
    row: &ContactPointTypeConsent,
    context: &Context<'_>,
    ingest: &mut Ingest,
) -> Result<Vec<Channel>, Problem> {
    let Meaning::Channel(own) = row.action.meaning() else { return Ok(Vec::new()) };
    let Some(engagement) = &row.engagement_channel else { return Ok(alloc::vec![own]) };
    let known = context.engagement_channels.iter().find(|(id, _)| id.matches(engagement));
    match (known, row.status) {
        (Some((_, channel)), _) => Ok(alloc::vec![*channel]),
        (None, Status::OptOut) => {
            ingest.warn(Warning::EngagementChannelUnknown);
            let by_phone = [Channel::Voice, Channel::Sms, Channel::Whatsapp, Channel::Fax];
            Ok(if row.action == Action::Phone { by_phone.into() } else { alloc::vec![own] })
        }
        (None, _) => Err(Problem::unknown("EngagementChannelTypeId", engagement.expose(), &[])),
    }
}

/// Whom to block while a row that looked like an opt-out is not understood.
fn blocks(json: &Json, problem: &Problem, context: &Context<'_>) -> Vec<Addressed> {
    let text = |key| json.optional(key).ok().flatten();
    let status = text("PrivacyConsentStatus").and_then(|text| Status::parse("", text).ok());
    let said = json.object().is_some_and(|row| row.contains_key("PrivacyConsentStatus"));
    let certainly_not = matches!(status, Some(Status::OptIn | Status::Seen | Status::NotSeen)) || !said;
    if certainly_not || matches!(problem, Problem::ImmutablePurpose { .. }) {
        return Vec::new();
    }
    let Some(party) = text("PartyId").and_then(|party| ForeignId::new(party).ok()) else {
        return Vec::new();
    };
    let channel = match text("ContactPointType").and_then(Action::of_point_type).map(Action::meaning) {
        // The row may mean another channel that the number serves.
        Some(Meaning::Channel(channel)) if text("EngagementChannelTypeId").is_none() => Some(channel),
        _ => None,
    };
    let name = json.object().and_then(|row| row.get("DataUsePurpose"));
    let name = name.and_then(|purpose| purpose.optional("Name").ok().flatten());
    let purpose = name.and_then(|name| context.purpose(name).ok());
    let target: Target = people::target(&party, context);
    alloc::vec![block(About { purpose, channel }.scope(), target, None, problem, context)]
}
