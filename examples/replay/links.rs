//! Links in messages: sent with a request, and used in one way or another.

use consent_engine::op::Decide;
use consent_engine::{
    Act, Actor, Address, Command, CommandId, CommandOutcome, ConfirmationSecret, ConfirmationToken, Evidence,
    Method, OneClick, PointKind, Presented, Rejection, Requested, Scope, SourceName, Stamp, SubjectId,
    TenantId, Timestamp, WriterId,
};

use crate::fault::Fault;
use crate::format::{ConfirmSpec, Http, OneClickSpec, PageSpec, Tampered};
use crate::label::Label;
use crate::names::Names;
use crate::outcome::Outcome;
use crate::translate;
use crate::world::{TENANT, World};

/// A tenant that a tampered token names.
const OTHER_TENANT: TenantId = TenantId::from_u128(2);

/// Carries out a command that asks for a confirmation, and keeps the token of the message.
pub(crate) fn request(
    world: &mut World,
    (id, command): (SubjectId, Command),
    link: &Label,
    (now, writer, command_id): (Timestamp, WriterId, CommandId),
) -> Result<Result<CommandOutcome, Rejection>, Fault> {
    if world.link(link).is_ok() {
        return Err(Fault::field("link", "a message before has the same: choose another"));
    }
    let (secret, stamp) = (secret_of(link)?, Stamp::new(now, command_id));
    let decide = Decide::request(world.settings(writer), id.into(), command, secret.clone(), stamp);
    Ok(world.carried_out(decide)?.map(|outcome| {
        let Requested { outcome, token, .. } = Requested::new(TENANT, outcome, &secret);
        if let Some(token) = token {
            world.send(link, token);
        }
        outcome
    }))
}

/// The host's page behind a confirmation link. It hands on every use of the link: that an opened one confirms nothing is for the engine
/// to say.
pub(crate) fn confirm(
    world: &mut World,
    spec: &ConfirmSpec,
    at: Timestamp,
    command: CommandId,
) -> Result<Outcome, Fault> {
    let text = text_of_link(world, spec)?;
    let token = match ConfirmationToken::parse(&text) {
        Ok(token) => token,
        Err(invalid) => return Ok(Outcome::BadLink(invalid)),
    };
    let presented = presented(world, &spec.page)?;
    let evidence = match (&spec.evidence, spec.http) {
        (Some(evidence), _) => evidence.clone(),
        (None, Http::Post) => by(Method::Explicit, "confirmation_page")?,
        (None, Http::Get | Http::Head) => by(Method::LinkOpened, "confirmation_page")?,
    };
    let writer = world.writer(None)?;
    let stamp = Stamp::new(at, command);
    let confirm = Decide::confirm(world.settings(writer), token, presented, evidence, stamp);
    Ok(Outcome::Act(Box::new(world.carried_out(confirm)?)))
}

/// The host's end of a `List-Unsubscribe` header: what withdraws is for the library to read.
pub(crate) fn one_click(
    world: &mut World,
    spec: &OneClickSpec,
    at: Timestamp,
    command: CommandId,
) -> Result<Outcome, Fault> {
    let id = world.person("person", &spec.person)?;
    let scopes: Vec<Scope> = translate::all_scopes(world, &spec.scopes)?;
    match OneClick::read(spec.http.method(), spec.body.as_bytes()) {
        OneClick::Nothing => Ok(Outcome::Nothing),
        OneClick::Withdraw => {
            let withdraw = Command::new(Actor::unauthenticated(), Act::OptOut(scopes))
                .with_evidence(by(Method::Explicit, "list_unsubscribe")?);
            let writer = world.writer(None)?;
            let done = world.command(id, &withdraw, (at, writer, command))?;
            Ok(Outcome::Act(Box::new(done)))
        }
    }
}

fn by(method: Method, source: &str) -> Result<Evidence, Fault> {
    let source = SourceName::new(source).map_err(|error| Fault::input(error.to_string()))?;
    Ok(Evidence::new(method, source))
}

fn secret_of(link: &Label) -> Result<ConfirmationSecret, Fault> {
    ConfirmationSecret::new(&Names::secret(link)).map_err(|error| Fault::input(error.to_string()))
}

/// The text of a link as it comes back.
fn text_of_link(world: &World, spec: &ConfirmSpec) -> Result<String, Fault> {
    let own = world.link(&spec.link)?;
    let made = |tenant, subject, request, link| {
        Ok(ConfirmationToken::new(tenant, subject, request, secret_of(link)?).expose())
    };
    let (subject, request) = (own.subject(), own.request());
    match &spec.tampered {
        None => Ok(own.expose()),
        Some(Tampered::CutOff) => {
            let whole = own.expose();
            let half = whole.len().div_euclid(2);
            Ok(whole.chars().take(half).collect())
        }
        Some(Tampered::OtherTenant) => made(OTHER_TENANT, subject, request, &spec.link),
        Some(Tampered::PersonOf(link)) => made(TENANT, world.link(link)?.subject(), request, &spec.link),
        Some(Tampered::RequestOf(link)) => made(TENANT, subject, world.link(link)?.request(), &spec.link),
        Some(Tampered::SecretOf(link)) => made(TENANT, subject, request, link),
    }
}

fn presented(world: &mut World, page: &PageSpec) -> Result<Presented, Fault> {
    let mut presented = Presented::default();
    if let Some(point) = &page.point {
        presented = presented.at(world.point("point", point)?);
    }
    if let Some(address) = &page.address {
        let address = Address::new(PointKind::Email, address.expose());
        presented = presented.at_address(address.map_err(|error| Fault::field("address", error))?);
    }
    if let Some(purposes) = &page.purposes {
        presented = presented.of(purposes.iter().copied());
    }
    if let Some(notice) = page.notice {
        presented = presented.under(notice);
    }
    Ok(presented)
}
