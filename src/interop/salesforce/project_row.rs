use crate::channel::Channel;
use crate::evidence::{Evidence, Note};
use crate::interop::salesforce::desired::{dropped, state_name};
use crate::interop::salesforce::plan::{Abilities, Decided, Plan, floor, purpose_name, source_with_token};
use crate::interop::salesforce::{Action, CaptureType, ContactPointTypeConsent, Desired, Status, TargetOrg};
use crate::interop::{Echo, Effect, ForeignId, Loss, Problem, Projection};
use crate::time::Timestamp;

/// A state as a row of ContactPointTypeConsent; [`Desired::id`] is the Individual.
///
/// *Salesforce Object Reference, ContactPointTypeConsent.* A row carries the interval of a grant, and so a
/// grant that starts later. Other states are told as in a Consent Write. Only the five channels with a
/// `ContactPointType` have rows, and text messages none of their own unless `engagement_channel` says which
/// engagement channel they are.
///
/// ```
/// use consent_engine::interop::salesforce::{Desired, Status, TargetOrg, project_row};
/// use consent_engine::interop::ForeignId;
/// use consent_engine::{Channel, Interval, State, SubjectId, SystemId};
/// let id = ForeignId::new("0PK1")?;
/// let window = Interval::starting("2026-04-01T00:00:00Z".parse()?);
/// let desired = Desired {
///     channel: Some(Channel::Voice),
///     window: Some(window),
///     ..Desired::new(SubjectId::from_u128(1), 1, &id, State::Granted)
/// };
/// let org = TargetOrg::new(SystemId::new("salesforce")?);
/// let row = project_row(&desired, &org, None, "2026-03-02T10:00:00Z".parse()?)?.payload.unwrap();
/// assert_eq!(row.status(), Status::OptIn);
/// assert!(row.to_json().expose().contains(r#""EffectiveFrom":"2026-04-01T00:00:00.000Z""#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// As [`project`](crate::interop::salesforce::project); besides [`Problem::UnknownPurpose`] if the record of
/// the purpose is not known, because a row needs its id.
pub fn project_row(
    desired: &Desired<'_>,
    org: &TargetOrg<'_>,
    engagement_channel: Option<&ForeignId>,
    now: Timestamp,
) -> Result<Projection<ContactPointTypeConsent>, Problem> {
    let unrepresentable =
        || Problem::UnrepresentableState { state: state_name(desired.state), target: TARGET };
    let action = action(desired.channel, engagement_channel).ok_or_else(unrepresentable)?;
    // A row is of its purpose alone: what stands beside it has rows of its own.
    let alone = Desired { beside: None, ..*desired };
    let can = Abilities { notices: true, intervals: true, name: TARGET };
    let mut plan = match Plan::decide(&alone, org, can, now)? {
        Decided::Write(plan) => plan,
        Decided::HoldBack(at) => {
            return Ok(Projection::held_back(alloc::vec![Effect::ScheduleWrite { at }]));
        }
    };
    if desired.channel == Some(Channel::Sms) && engagement_channel.is_none() {
        if plan.status != Status::OptOut {
            return Err(unrepresentable());
        }
        plan.losses.push(Loss::ChannelMerged);
    }
    let mut row = row(desired, action, &mut plan, now);
    row.purpose_id = purpose_record(desired, org)?;
    row.engagement_channel = engagement_channel.cloned();
    let echo = Echo::new(org.system, desired.subject, desired.version, &row.said().value());
    let detail = desired.evidence.and_then(Evidence::source_detail);
    let (source, detail_dropped) = source_with_token(detail, &echo.token());
    if detail_dropped {
        plan.losses.push(Loss::EvidenceDropped { fields: alloc::vec!["source_detail"] });
    }
    row.capture_source = Some(source);
    Ok(Projection { payload: Some(row), losses: plan.losses, echo: Some(echo), effects: plan.effects })
}

const TARGET: &str = "salesforce.cptc";

/// The action whose rows a channel has.
fn action(channel: Option<Channel>, engagement_channel: Option<&ForeignId>) -> Option<Action> {
    match channel? {
        Channel::Sms => Some(Action::Phone),
        Channel::Whatsapp => engagement_channel.map(|_| Action::Phone),
        other => Action::of_channel(other).filter(|action| action.point_type().is_some()),
    }
}

/// The row of a plan, with as much of the evidence as it can hold.
fn row(desired: &Desired<'_>, action: Action, plan: &mut Plan, now: Timestamp) -> ContactPointTypeConsent {
    let captured = desired.captured_at.unwrap_or(now);
    plan.precision(floor(captured) != captured);
    dropped(desired.evidence, &mut plan.losses);
    let by = |evidence: &Evidence| CaptureType::of_source(evidence.source());
    let (capture_type, exact) = desired.evidence.map_or((CaptureType::default(), true), by);
    if !exact {
        plan.losses.push(Loss::SourceCoarsened);
    }
    let confirmed = desired.evidence.and_then(Evidence::double_opt_in_at).copied();
    ContactPointTypeConsent {
        party: desired.id.clone(),
        action,
        status: plan.status,
        purpose_id: None,
        purpose_name: None,
        can_opt_out: None,
        capture_date: Some(floor(captured)),
        capture_source: None,
        capture_type,
        effective_from: plan.from,
        effective_to: plan.to,
        double_opt_in: confirmed.filter(|at| *at <= now && plan.status == Status::OptIn).map(floor),
        engagement_channel: None,
        brand: None,
        name: None,
    }
}

/// The record of the purpose over there.
fn purpose_record(desired: &Desired<'_>, org: &TargetOrg<'_>) -> Result<Option<ForeignId>, Problem> {
    let Some(name) = purpose_name(desired, org)? else { return Ok(None) };
    let own = org.purposes.iter().find(|own| own.name.eq_ignore_ascii_case(name.expose()));
    match own.and_then(|own| own.record.clone()) {
        Some(record) => Ok(Some(record)),
        None => Err(Problem::UnknownPurpose { name: Note::lossy(name.expose()) }),
    }
}
