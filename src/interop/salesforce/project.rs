use alloc::vec::Vec;

use crate::channel::Channel;
use crate::evidence::Evidence;
use crate::interop::salesforce::desired::{dropped, state_name};
use crate::interop::salesforce::plan::{Abilities, Decided, Plan, floor, purpose_name, source_with_token};
use crate::interop::salesforce::{Action, CaptureType, ConsentWrite, Desired, Status, TargetOrg};
use crate::interop::{Echo, Effect, Loss, Problem, Projection};
use crate::time::Timestamp;

/// A state as a Consent Write.
///
/// *Salesforce REST API Developer Guide, "Consent Write".* The write ends in flags that know neither purposes
/// nor dates and are asked on every read. So a grant that starts later is held back, an expired one is an
/// opt-out, a pause is an opt-out with an [`Echo`], and a grant that would clear what another statement
/// refused ([`Desired::beside`]) is an error.
///
/// ```
/// use consent_engine::interop::salesforce::{Desired, Status, TargetOrg, project};
/// use consent_engine::interop::{ForeignId, Loss};
/// use consent_engine::{Channel, ExpiryCause, State, SubjectId, SystemId};
/// let id = ForeignId::new("a@example.com")?;
/// let expired = State::Expired(ExpiryCause::GrantLapsed);
/// let expired = Desired::new(SubjectId::from_u128(1), 1, &id, expired);
/// let desired = Desired { channel: Some(Channel::Email), ..expired };
/// let org = TargetOrg::new(SystemId::new("salesforce")?);
/// let projection = project(&desired, &org, "2026-03-02T10:00:00Z".parse()?)?;
/// assert_eq!(projection.payload.unwrap().status(), Status::OptOut, "there silence would permit");
/// assert_eq!(projection.losses, [Loss::ExpiredAsOptOut]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`Problem::UnrepresentableState`] if nothing that can be written is as restrictive,
/// [`Problem::UnknownPurpose`] and [`Problem::AmbiguousPurpose`] if the purpose has no name of its own over
/// there.
pub fn project(
    desired: &Desired<'_>,
    org: &TargetOrg<'_>,
    now: Timestamp,
) -> Result<Projection<ConsentWrite>, Problem> {
    let (action, merged) = action(desired)?;
    let named = if action.is_of_individual() { None } else { purpose_name(desired, org)? };
    let notices = !action.is_of_individual() && action != Action::Fax;
    let can = Abilities { notices, intervals: false, name: action.name() };
    let mut plan = match Plan::decide(desired, org, can, now)? {
        Decided::Write(plan) => plan,
        Decided::HoldBack(at) => {
            return Ok(Projection::held_back(alloc::vec![Effect::ScheduleWrite { at }]));
        }
    };
    if merged {
        if plan.status != Status::OptOut {
            let state = state_name(desired.state);
            return Err(Problem::UnrepresentableState { state, target: action.name() });
        }
        plan.losses.push(Loss::ChannelMerged);
    }
    if named.is_some() && plan.status == Status::OptOut {
        plan.losses.push(Loss::PurposeDropped);
    }
    let mut write = ConsentWrite::new(action, desired.id.clone(), plan.status)?;
    write.purpose_name = named;
    write.create_individual = org.create_individual;
    write.effective_from = plan.from;
    write.effective_to = plan.to;
    write.capture_date = desired.captured_at.map(floor);
    plan.precision(write.capture_date != desired.captured_at);
    write_evidence(&mut write, desired.evidence, now, &mut plan.losses);
    let echo = Echo::new(org.system, desired.subject, desired.version, &write.said().value());
    let detail = desired.evidence.and_then(Evidence::source_detail);
    let (source, detail_dropped) = source_with_token(detail, &echo.token());
    if detail_dropped {
        plan.losses.push(Loss::EvidenceDropped { fields: alloc::vec!["source_detail"] });
    }
    write.capture_source = Some(source);
    Ok(Projection { payload: Some(write), losses: plan.losses, echo: Some(echo), effects: plan.effects })
}

/// The action of a state, and whether it shares it with another channel.
fn action(desired: &Desired<'_>) -> Result<(Action, bool), Problem> {
    let found = match desired.channel {
        Some(Channel::Sms) => Some((Action::Phone, true)),
        Some(channel) => Action::of_channel(channel).map(|action| (action, false)),
        None => desired.purpose.and_then(|id| Action::of_purpose(id.as_str())).map(|action| (action, false)),
    };
    let target = "salesforce.consent_write";
    found.ok_or(Problem::UnrepresentableState { state: state_name(desired.state), target })
}

fn write_evidence(
    write: &mut ConsentWrite,
    evidence: Option<&Evidence>,
    now: Timestamp,
    losses: &mut Vec<Loss>,
) {
    dropped(evidence, losses);
    let Some(evidence) = evidence else { return };
    let (by, exact) = CaptureType::of_source(evidence.source());
    let writable = by.param().is_some();
    write.capture_type = Some(if writable { by } else { CaptureType::Web });
    if !(exact && writable) {
        losses.push(Loss::SourceCoarsened);
    }
    let confirmed = evidence.double_opt_in_at().copied().filter(|at| *at <= now);
    write.double_opt_in = confirmed.filter(|_| write.status == Status::OptIn).map(floor);
}
