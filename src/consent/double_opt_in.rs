//! Double opt-in: requests and confirmations.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::Reverse;

use crate::consent::cell::cell_state;
use crate::consent::decide::{Effect, End, Report};
use crate::consent::draft::Draft;
use crate::consent::give::{name_all, name_of, purpose_of, refusal, shown, sight, standing_at};
use crate::consent::lift::{self, GrantAct, Sight, Standing};
use crate::consent::reject::{EvidenceProblem, Rejection};
use crate::consent::table::{Move, Step};
use crate::consent::{expand, proof};
use crate::evidence::{Role, Strength};
use crate::fact::{Cell, FactKind, Grant, Named, Request, RestrictionReason, Stated};
use crate::id::{Aggregate, ContactPointId, LogId, RequestId};
use crate::time::{Interval, Timestamp};
use crate::view::{KeptGrant, KeptRequest, names_group, valid_window};

/// Decides a request for a double opt-in, cell by cell.
pub(crate) fn request(draft: &mut Draft<'_>, stated: &[Stated]) -> Result<(), Rejection> {
    for (stated, cell) in expand::cells(draft, stated)? {
        let state = cell_state(draft.view, cell, draft.policy(), draft.now).state;
        let asked = match Step::Request.transition(state, false) {
            Move::Ask => ask(draft, stated, cell),
            other => Err(refusal(other)),
        };
        if let Err(rejection) = asked {
            draft.refuse(cell, rejection);
        }
    }
    Ok(())
}

pub(super) fn ask(draft: &mut Draft<'_>, stated: Stated, cell: Cell) -> Result<(), Rejection> {
    let purpose = purpose_of(draft, &cell)?;
    let (notice, age) = shown(draft);
    proof::notice_and_age(draft, purpose, notice, age)?;
    may_ask(draft, &cell, stated)?;
    let is_first = has_room(draft, cell.point)?;
    let age =
        age.filter(|_| draft.speaks_for_the_person() && lift::is_trusted(draft.actor(), draft.policy()));
    let sight = sight(draft);
    let seen = |standing: &Standing<'_>| lift::saw(sight, standing.log, standing.group, standing.dates);
    let seen = standing_at(draft, &cell, stated, |_| true).filter(seen).map(name_of).collect();
    let id = RequestId::new(draft.ctx.command.uuid());
    let expires = draft.now.checked_add(draft.policy().request_lifetime()).unwrap_or(draft.now);
    let token = draft.command.token_for(&cell);
    let made = Request { id, cell, stated, notice, age, expires, seen, token };
    let record = draft.record_of(cell.point)?;
    draft.append(Aggregate::Subject(record), FactKind::Request(Arc::new(made)));
    if let Some(point) = cell.point.filter(|_| is_first) {
        draft.note(Aggregate::Point(point), FactKind::Asked(id));
    }
    draft.effect(Effect::SendConfirmation { request: id, point: cell.point });
    draft.report(Report::of_cell(cell, End::Accepted));
    Ok(())
}

/// Somebody who said no may ask again; others may not, unless the policy lets them after a while.
fn may_ask(draft: &Draft<'_>, cell: &Cell, stated: Stated) -> Result<(), Rejection> {
    if draft.asks_in_person() {
        return Ok(());
    }
    let mut refused = None;
    let mut for_good = false;
    for standing in standing_at(draft, cell, stated, RestrictionReason::is_consent_reason) {
        refused = refused.max(Some(standing.group.recorded));
        for_good |=
            matches!(standing.group.key.reason, RestrictionReason::Complaint | RestrictionReason::Erasure);
    }
    if refused.is_none() {
        return Ok(());
    }
    let requests = draft.context().own_logs().flat_map(|log| &log.requests).map(|kept| kept.at);
    let last = requests.chain(asked_at(draft, cell.point)).max().max(refused);
    let wait = draft.policy().reinvitation().filter(|_| !for_good);
    match last.zip(wait).and_then(|(last, wait)| last.checked_add(wait)) {
        Some(not_before) if not_before <= draft.now => Ok(()),
        not_before => Err(Rejection::NotInvitable { not_before }),
    }
}

/// When confirmations were asked for at a contact point, whoever asked, in any region.
fn asked_at<'a>(
    draft: &Draft<'a>,
    point: Option<ContactPointId>,
) -> impl Iterator<Item = Timestamp> + use<'a> {
    let there = point.map(Aggregate::Point);
    let logs = draft.view.projection.logs().iter().filter(move |log| Some(log.log().aggregate) == there);
    logs.flat_map(|log| &log.asked).copied()
}

/// Whether this is the first cell that the command asks for; at a contact point that may get another message, and no other.
fn has_room(draft: &Draft<'_>, point: Option<ContactPointId>) -> Result<bool, Rejection> {
    let mut asked = draft.facts().iter().filter_map(|fact| match &fact.kind {
        FactKind::Request(request) => Some(request.cell.point),
        _ => None,
    });
    match asked.next() {
        Some(own) if own == point => return Ok(false),
        Some(_) => return Err(Rejection::SeveralContactPoints),
        None => {}
    }
    let (max, per) = draft.policy().request_limit();
    let ends = asked_at(draft, point).map(|at| at.saturating_add(per));
    let mut ends: Vec<_> = ends.filter(|end| draft.now < *end).collect();
    ends.sort_unstable_by_key(|end| Reverse(*end));
    let last_that_fits = usize::try_from(max.saturating_sub(1)).unwrap_or(usize::MAX);
    match ends.get(last_that_fits) {
        Some(until) => Err(Rejection::TooManyPending { until: *until }),
        None => Ok(true),
    }
}

/// Decides a confirmation: every cell of its request.
pub(crate) fn confirm(draft: &mut Draft<'_>, id: RequestId) -> Result<(), Rejection> {
    let strength = proof::strength(draft)?;
    if draft.actor().role() == Role::Importer {
        return Err(Rejection::NotAuthorized);
    }
    if strength < Strength::Explicit {
        let needed = Strength::Explicit;
        return Err(proof::problem(EvidenceProblem::TooWeak { found: strength, needed }));
    }
    let logs = draft.view.projection.logs();
    let own = draft.context().own_logs();
    let requests = own.flat_map(|log| log.requests.iter().map(|kept| (log.log(), kept)));
    let asked: Vec<_> = requests.filter(|(_, kept)| kept.request.id == id).collect();
    if asked.is_empty() {
        let confirmed = |kept: &KeptGrant| kept.grant.request == Some(id);
        let before = logs.iter().flat_map(|log| &log.grants).any(confirmed);
        return Err(if before { Rejection::AlreadyConfirmed } else { Rejection::NoPendingRequest });
    }
    for (log, kept) in asked {
        if let Err(rejection) = confirm_cell(draft, log, kept) {
            draft.refuse(kept.request.cell, rejection);
        }
    }
    Ok(())
}

fn confirm_cell(draft: &mut Draft<'_>, log: LogId, kept: &KeptRequest) -> Result<(), Rejection> {
    let request = &*kept.request;
    let cell = request.cell;
    let captured = captured_in_time(draft, kept)?;
    let state = cell_state(draft.view, cell, draft.policy(), draft.now);
    let alive = state.pending.is_some_and(|pending| pending.id == request.id);
    match Step::Confirm.transition(state.state, alive) {
        Move::GiveConfirmed => {}
        other => return Err(refusal(other)),
    }
    let purpose = purpose_of(draft, &cell)?;
    let (_, age_now) = shown(draft);
    let age = age_now.or(request.age);
    proof::notice_and_age(draft, purpose, request.notice, age)?;
    let act = GrantAct {
        stated: request.stated,
        captured_at: kept.dated.then_some(kept.at),
        sight: Sight::Request(&request.seen),
        actor: draft.actor(),
        acted_at: draft.captured_at,
        age,
        confirmed_at: cell.point,
        evidenced: true,
    };
    let (lifts, still_bites) = name_all(draft, &cell, &act);
    if !still_bites.is_empty() {
        return Err(Rejection::Superseded);
    }
    let made = Grant {
        cell,
        stated: request.stated,
        window: valid_window(Interval::starting(captured), captured, purpose.validity()),
        strength: Strength::DoubleOptIn,
        notice: request.notice,
        age,
        by: draft.actor().role().kind(),
        lifts,
        read: draft.read_for(&cell),
        attempted: false,
        request: Some(request.id),
        asked: Some(log.at(kept.seq)),
    };
    let clears = proven_reachable(draft, cell.point, request, kept.at);
    let record = Aggregate::Subject(draft.record_of(cell.point)?);
    draft.append(record, FactKind::Confirm(Arc::new(made)));
    for named in clears {
        draft.append(named.log.aggregate, FactKind::Clear(named));
    }
    draft.report(Report::of_cell(cell, End::Accepted));
    Ok(())
}

/// When the confirmation was captured, if its token is that of the request and its time can be told.
fn captured_in_time(draft: &Draft<'_>, kept: &KeptRequest) -> Result<Timestamp, Rejection> {
    if kept.request.token != draft.command.token_for(&kept.request.cell) {
        return Err(Rejection::TokenBindingMismatch);
    }
    let captured = draft.captured_at.unwrap_or(draft.now).min(draft.now);
    if captured < kept.at {
        return Err(Rejection::TokenNotYetValid);
    }
    // What was recorded later may have been after the end of the request.
    if draft.view.is_ahead_of(draft.policy(), draft.ctx.now) {
        return Err(Rejection::ClockJump);
    }
    Ok(captured)
}

/// The bounces and bad-address marks that a confirmation from the contact point disproves.
fn proven_reachable(
    draft: &Draft<'_>,
    point: Option<ContactPointId>,
    request: &Request,
    asked_at: Timestamp,
) -> Vec<Named> {
    let undelivered =
        |reason| matches!(reason, RestrictionReason::Bounce | RestrictionReason::InvalidAddress);
    standing_at(draft, &request.cell, request.stated, undelivered)
        .filter(|_| lift::is_trusted(draft.actor(), draft.policy()))
        .filter(|standing| standing.group.key.scope.point == point && point.is_some())
        .filter(|standing| names_group(&request.seen, standing.log, standing.group))
        .filter(|standing| standing.dates.at < asked_at)
        .map(name_of)
        .collect()
}
