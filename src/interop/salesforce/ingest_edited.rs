//! The answer to a write to commands.

use alloc::vec::Vec;

use crate::interop::salesforce::action::Meaning;
use crate::interop::salesforce::ingest::statement;
use crate::interop::salesforce::{Call, ConsentWrite, Edited, Status, WriteResponse, interim, people};
use crate::interop::{Context, Ingest, MapError, OpenDsr, Problem, Target, Warning};

/// What an answered write means, for a host that hears of writes that others made.
///
/// It is the statement of the write, once for each person whose record was edited *and* whose edited field
/// agrees with it by polarity. An entry that says otherwise means nothing: a flag that is not set is no
/// consent. Do not use it for the host's own writes: their answers go to
/// [`respond`](crate::interop::salesforce::respond).
///
/// ```
/// use consent_engine::interop::salesforce::{Action, ConsentWrite, Status, WriteResponse, ingest_edited};
/// use consent_engine::interop::{Context, Directory, ForeignId};
/// use consent_engine::{Catalogue, LawfulBasis, Purpose, PurposeClass, PurposeId, SystemId};
/// let storage = PurposeId::new("cross_border_storage")?;
/// let purpose = Purpose::new(storage, PurposeClass::Processing, LawfulBasis::Consent);
/// let (catalogue, directory) = (Catalogue::new([purpose], []).unwrap(), Directory::new());
/// let (now, system) = ("2026-03-02T10:00:00Z".parse()?, SystemId::new("salesforce")?);
/// let context = Context::new(now, system, &catalogue, &directory);
/// let id = ForeignId::new("a@example.com")?;
/// let write = ConsentWrite::new(Action::StorePiiElsewhere, id, Status::OptIn)?;
/// let answer = WriteResponse::parse(br#"{"a@example.com":{"result":"Success","edited":[
///     {"objectType":"Individual","field":"CanStorePiiElsewhere","valueOfField":"true","id":"0PK1"}]}}"#)?;
/// let ingest = ingest_edited(&write, &answer, &context).unwrap();
/// assert_eq!(ingest.commands[0].purpose(), Some(storage), "true is an opt-in there");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`MapError`] if the answer reports an error, has no entry for the identifier, or names an unknown purpose.
pub fn ingest_edited(
    write: &ConsentWrite,
    response: &WriteResponse,
    context: &Context<'_>,
) -> Result<Ingest, MapError> {
    read(write, response, context).map_err(|problem| {
        let query = write.query();
        let call = Call::new(write.action_name(), query.expose(), b"{}");
        let blocks = interim::of_call(&call, &problem, context);
        MapError::new(problem, blocks)
    })
}

fn read(write: &ConsentWrite, response: &WriteResponse, context: &Context<'_>) -> Result<Ingest, Problem> {
    let entry = response.entry(&write.id).ok_or(Problem::Missing { field: "ids" })?;
    if let Some(message) = entry.error() {
        let (code, message) = (message.clone(), message.clone());
        return Err(Problem::ForeignReportedError { code, message });
    }
    let mut ingest = Ingest::default();
    let statement = statement(write, context, &mut ingest)?;
    let address = people::address(&write.id, context);
    let mut seen = Vec::new();
    for edited in entry.edited().iter().filter(|edited| edited.says(write.action) == Some(write.status)) {
        let target = target(edited, context);
        if seen.contains(&target) {
            continue;
        }
        seen.push(target.clone());
        match write.action.meaning() {
            Meaning::Request(kind) if write.status == Status::OptIn => {
                ingest.requests.push(OpenDsr { kind, targets: alloc::vec![target] });
            }
            Meaning::Request(_) => ingest.warn(Warning::RequestTakenBack),
            Meaning::Channel(_) | Meaning::Purpose(_) => {
                statement.check_point(core::slice::from_ref(&target), address.as_ref(), context)?;
                let statement = statement.clone().referring_to(edited.id());
                ingest.commands.extend(statement.command(target, address.as_ref(), context));
            }
        }
    }
    Ok(ingest)
}

/// The person of an edited record.
fn target(edited: &Edited, context: &Context<'_>) -> Target {
    if edited.is_individual() {
        return people::target(edited.id(), context);
    }
    match people::individuals(edited.id(), context).as_slice() {
        [individual] => people::target(individual, context),
        _ => Target::Record(edited.id().clone()),
    }
}
