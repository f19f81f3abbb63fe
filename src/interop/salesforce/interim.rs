//! Who is blocked while a call that looked like an opt-out is not understood.

use alloc::vec::Vec;

use crate::interop::salesforce::action::Meaning;
use crate::interop::salesforce::people;
use crate::interop::salesforce::query::{Param, glean};
use crate::interop::salesforce::statement::{About, interim};
use crate::interop::salesforce::{Action, Call, Status};
use crate::interop::{Addressed, Context, DsrKind, ForeignId, Problem, Target};
use crate::purpose::PurposeId;

/// The restrictions for everybody that a rejected call names; none if it did not look like an opt-out.
pub(super) fn of_call(call: &Call<'_>, problem: &Problem, context: &Context<'_>) -> Vec<Addressed> {
    if matches!(problem, Problem::ImmutablePurpose { .. }) || !looks_like_opt_out(call) {
        return Vec::new();
    }
    let scope = about(call, context).scope();
    let mut blocks = Vec::new();
    for id in call.ids() {
        let address = people::address(&id, context);
        blocks.extend(
            targets(&id, context)
                .into_iter()
                .map(|target| interim(scope, target, address.clone(), problem, context)),
        );
    }
    blocks
}

/// Every subject behind an identifier; else the address or record itself.
pub(super) fn targets(id: &ForeignId, context: &Context<'_>) -> Vec<Target> {
    let individuals = people::individuals(id, context);
    if !individuals.is_empty() {
        return individuals.into_iter().map(|individual| people::target(individual, context)).collect();
    }
    let address = people::address(id, context);
    alloc::vec![address.map_or_else(|| Target::Record(id.clone()), Target::Address)]
}

/// A status that is not certainly something else; or a request to be forgotten.
fn looks_like_opt_out(call: &Call<'_>) -> bool {
    let mut said = glean(call.query, Param::Status);
    let status = |text: Option<&str>| text.and_then(|text| Status::parse("status", text.trim()).ok());
    match Action::parse(call.action).map(Action::meaning) {
        Ok(Meaning::Request(DsrKind::Portability)) => false,
        Ok(Meaning::Request(DsrKind::Erasure)) => {
            said.any(|text| status(text.as_deref()) != Some(Status::OptOut))
        }
        Ok(Meaning::Channel(_) | Meaning::Purpose(_)) | Err(_) => said.any(|text| {
            !matches!(status(text.as_deref()), Some(Status::OptIn | Status::Seen | Status::NotSeen))
        }),
    }
}

/// What to block: what the call named, and everything where that is not known.
fn about(call: &Call<'_>, context: &Context<'_>) -> About {
    let named: Option<PurposeId> = {
        let mut names = glean(call.query, Param::PurposeName);
        match (names.next(), names.next()) {
            (Some(Some(name)), None) => context.purpose(&name).ok(),
            _ => None,
        }
    };
    match Action::parse(call.action).or_else(|_| Action::parse_cdp(call.action)).map(Action::meaning) {
        Ok(Meaning::Channel(channel)) => About { purpose: named, channel: Some(channel) },
        Ok(Meaning::Purpose(name)) => About { purpose: context.purpose(name).ok(), channel: None },
        Ok(Meaning::Request(_)) | Err(_) => About { purpose: None, channel: None },
    }
}
