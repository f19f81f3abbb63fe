//! Consent Write to commands.

use crate::consent::Captured;
use crate::evidence::{Evidence, Method, Note};
use crate::interop::salesforce::action::Meaning;
use crate::interop::salesforce::people::People;
use crate::interop::salesforce::statement::{About, Statement};
use crate::interop::salesforce::{Call, ConsentWrite, Moment, Status, interim};
use crate::interop::{Context, Ingest, MapError, Noop, OpenDsr, Problem, Warning};
use crate::time::{Interval, Timestamp};

/// What a Consent Write means, as a system that takes the call in Salesforce's place, or hears of it, must
/// read it.
///
/// *Salesforce REST API Developer Guide, "Consent Write".*
///
/// * `OptIn` is a grant, reported by the system of the context: of the purpose that is named, or of every
///   purpose ([`Breadth::All`](crate::Breadth)) on that channel if none is, and by e-mail at the address that
///   is named. So broad a statement lifts broad refusals only. The address must be in the directory, unless
///   the subject is created with it.
/// * `OptOut` is an opt-out of the person, at whatever address. Whether it refuses or withdraws, the engine
///   knows.
/// * `Seen` is a notice seen, and `NotSeen` nothing. Neither ever permits.
/// * `portability` and `shouldForget` are requests, not consents.
/// * What was projected, coming back, is nothing: [`Noop::Echo`].
///
/// ```
/// use consent_engine::interop::salesforce::{Call, ingest};
/// use consent_engine::interop::{Context, Directory, Target};
/// use consent_engine::{Act, Catalogue, Channel, SystemId};
/// let (catalogue, directory) = (Catalogue::new([], []).unwrap(), Directory::new());
/// let now = "2026-03-02T10:00:00Z".parse()?;
/// let context = Context::new(now, SystemId::new("salesforce")?, &catalogue, &directory);
///
/// let several = Call::new("email", "ids=a@example.com,b@example.com&status=OptOut", b"{}");
/// let error = ingest(&several, &context).unwrap_err();
/// assert_eq!(error.problem().code(), "MultipleIdsNotSupported");
/// assert_eq!(error.interim().len(), 2, "both are blocked until somebody looks at it");
/// assert!(matches!(error.interim()[0].target, Target::Address(_)));
/// assert_eq!(error.interim()[0].channel(), Some(Channel::Email));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`MapError`] says what is wrong, and, for a call that looked like an opt-out, whom to block until it is
/// understood.
pub fn ingest(call: &Call<'_>, context: &Context<'_>) -> Result<Ingest, MapError> {
    ConsentWrite::parse(call).and_then(|write| accept(&write, context)).map_err(|problem| {
        let blocks = interim::of_call(call, &problem, context);
        MapError::new(problem, blocks)
    })
}

/// What a Consent Write that was read before means.
///
/// # Errors
///
/// As [`ingest`], without the rules that need the call itself.
///
/// ```
/// use consent_engine::interop::salesforce::{Action, ConsentWrite, Status, ingest_write};
/// use consent_engine::interop::{Context, Directory, ForeignId};
/// use consent_engine::{Catalogue, SystemId};
/// let (catalogue, directory) = (Catalogue::new([], []).unwrap(), Directory::new());
/// let now = "2026-03-02T10:00:00Z".parse()?;
/// let context = Context::new(now, SystemId::new("salesforce")?, &catalogue, &directory);
///
/// let write = ConsentWrite::new(Action::Email, ForeignId::new("a@example.com")?, Status::OptOut)?;
/// let error = ingest_write(&write, &context).unwrap_err();
/// assert_eq!(error.interim().len(), 1, "nobody is known there, so the address is blocked until somebody looks at it");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn ingest_write(write: &ConsentWrite, context: &Context<'_>) -> Result<Ingest, MapError> {
    let query = write.query();
    let body = write.body();
    ingest(&Call::new(write.action_name(), query.expose(), body.expose().as_bytes()), context)
}

fn accept(write: &ConsentWrite, context: &Context<'_>) -> Result<Ingest, Problem> {
    if context.echoes.iter().any(|echo| echo.system() == context.system && write.is_echo(echo)) {
        return Ok(Ingest::nothing(Noop::Echo));
    }
    let mut ingest = Ingest::default();
    let statement = statement(write, context, &mut ingest)?;
    let people = People::find(write, context)?;
    if write.unknown_params {
        ingest.warn(Warning::UnknownParam);
    }
    if people.subject_dropped {
        ingest.warn(Warning::SubjectDropped);
    }
    if people.targets.len() > 1 {
        ingest.warn(Warning::SharedContactPoint);
    }
    match write.action.meaning() {
        Meaning::Request(kind) if write.status == Status::OptIn => {
            ingest.requests.push(OpenDsr { kind, targets: people.targets });
        }
        Meaning::Request(_) => ingest.warn(Warning::RequestTakenBack),
        // Nobody is there to hold a consent, but an opt-out holds for the address.
        Meaning::Channel(_) | Meaning::Purpose(_)
            if people.subject_dropped && write.status != Status::OptOut => {}
        Meaning::Channel(_) | Meaning::Purpose(_) => {
            statement.check_point(&people.targets, people.address.as_ref(), context)?;
            let targets = people.targets.into_iter();
            let command = |target| statement.command(target, people.address.as_ref(), context);
            ingest.commands.extend(targets.filter_map(command));
        }
    }
    ingest.created = people.created;
    ingest.links = people.links;
    Ok(ingest)
}

/// What a write says, whoever it is about.
pub(super) fn statement(
    write: &ConsentWrite,
    context: &Context<'_>,
    ingest: &mut Ingest,
) -> Result<Statement, Problem> {
    let named = write.purpose_name.as_ref().map(|name| context.purpose(name.expose())).transpose()?;
    let meant = About::of(write.action, named, write.status, context)?;
    if write.status == Status::OptOut {
        meant.about.check_opt_out(context)?;
    }
    if meant.widened {
        ingest.warn(Warning::PurposeIgnored);
    }
    let captured = write.capture_date.unwrap_or(context.now);
    if captured > context.now {
        ingest.warn(Warning::CaptureInFuture);
    }
    let window = window(write, captured, ingest)?;
    let evidence = evidence(write, context, ingest)?;
    let captured = Captured::At(captured);
    Ok(Statement { about: meant.about, status: write.status, captured, window, evidence })
}

/// When a grant holds; an opt-out holds from now on, without end.
fn window(
    write: &ConsentWrite,
    captured: Timestamp,
    ingest: &mut Ingest,
) -> Result<Option<Interval>, Problem> {
    if write.effective_from.is_none() && write.effective_to.is_none() {
        return Ok(None);
    }
    if write.status == Status::OptOut {
        ingest.warn(Warning::OptOutDatesIgnored);
        return Ok(None);
    }
    let from = write.effective_from.map_or(captured, Moment::begin);
    let interval = Interval::new(from, write.effective_to.map(Moment::end));
    interval.map(Some).map_err(|_| Problem::InvalidInterval)
}

fn evidence(write: &ConsentWrite, context: &Context<'_>, ingest: &mut Ingest) -> Result<Evidence, Problem> {
    let double_opt_in = write.double_opt_in.filter(|_| write.status == Status::OptIn);
    let counts = double_opt_in.filter(|at| *at <= context.now);
    if counts != double_opt_in {
        ingest.warn(Warning::DoubleOptInInFuture);
    }
    let method = match (write.status, counts) {
        (Status::OptIn, None) => context.opt_in_method,
        (Status::OptIn, Some(_)) | (Status::OptOut | Status::Seen | Status::NotSeen, _) => Method::Explicit,
    };
    let source = write.capture_type.unwrap_or_default().source()?;
    let detail = write.capture_source.clone();
    let detail = detail.unwrap_or_else(|| Note::lossy(ConsentWrite::DEFAULT_SOURCE));
    let mut evidence = Evidence::new(method, source).with_source_detail(detail);
    if !write.id.is_address() {
        evidence = evidence.with_external_ref(Note::lossy(write.id.expose()));
    }
    if let Some(at) = counts {
        if write.capture_date.is_some_and(|captured| at < captured) {
            ingest.warn(Warning::DoubleOptInBeforeCapture);
        }
        evidence = evidence.with_double_opt_in_at(at);
    }
    Ok(evidence)
}
