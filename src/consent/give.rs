//! Grants, renewals, requests and confirmations.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::consent::cell::cell_state;
use crate::consent::decide::{Effect, End, Report, StillBites};
use crate::consent::draft::Draft;
use crate::consent::expand;
use crate::consent::lift::{self, GrantAct, Sight, Standing};
use crate::consent::proof;
use crate::consent::reject::{EvidenceProblem, Rejection};
use crate::consent::table::{Move, Step};
use crate::evidence::{Evidence, Notice, Role, Strength, Via};
use crate::fact::{Cell, FactKind, Grant, Named, Request, RestrictionReason, Stated};
use crate::id::{Aggregate, ContactPointId, LogId, RequestId};
use crate::purpose::Purpose;
use crate::time::{Interval, Timestamp};
use crate::view::{Group, KeptGrant, KeptRequest, LogProjection, valid_window};

/// Whether a grant may be the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Grant,
    Renew,
}

/// Decides a grant or renewal, cell by cell.
pub(crate) fn grant(
    draft: &mut Draft<'_>,
    stated: &[Stated],
    window: Option<Interval>,
    mode: Mode,
) -> Result<(), Rejection> {
    let strength = proof::strength(draft)?;
    let step = match mode {
        Mode::Grant => Step::Grant,
        Mode::Renew => Step::Renew,
    };
    for (stated, cell) in expand::cells(draft, stated)? {
        if let Err(rejection) = grant_cell(draft, (stated, cell), strength, window, step) {
            draft.refuse(cell, rejection);
        }
    }
    Ok(())
}

/// Decides a grant of one cell, and of nothing else that its statement could mean.
pub(crate) fn grant_exactly(draft: &mut Draft<'_>, cell: Cell) -> Result<(), Rejection> {
    let strength = proof::strength(draft)?;
    let meant = expand::cells(draft, &[Stated::cell(cell)])?.into_iter().find(|(_, own)| *own == cell);
    grant_cell(draft, meant.ok_or(Rejection::NothingStated)?, strength, None, Step::Grant)
}

fn grant_cell(
    draft: &mut Draft<'_>,
    (stated, cell): (Stated, Cell),
    strength: Strength,
    window: Option<Interval>,
    step: Step,
) -> Result<(), Rejection> {
    let state = cell_state(draft.view, cell, draft.policy(), draft.now).state;
    match step.transition(state, false) {
        Move::Give => give(draft, stated, cell, strength, window),
        other => Err(refusal(other)),
    }
}

fn purpose_of<'a>(draft: &Draft<'a>, cell: &Cell) -> Result<&'a Purpose, Rejection> {
    draft.policy().catalogue().find(cell.purpose).ok_or(Rejection::UnknownPurpose)
}

fn give(
    draft: &mut Draft<'_>,
    stated: Stated,
    cell: Cell,
    strength: Strength,
    window: Option<Interval>,
) -> Result<(), Rejection> {
    let purpose = purpose_of(draft, &cell)?;
    let (notice, age) = shown(draft);
    proof::notice_and_age(draft, purpose, notice, age)?;
    let needed = purpose.evidence().strength;
    if strength < needed && needed == Strength::DoubleOptIn && draft.actor().role() != Role::Importer {
        return ask(draft, stated, cell);
    }
    if strength < needed {
        return Err(proof::problem(EvidenceProblem::TooWeak { found: strength, needed }));
    }
    let act = GrantAct {
        stated,
        captured_at: draft.captured_at.map(|captured| captured.min(draft.now)),
        sight: sight(draft),
        actor: draft.actor(),
        acted_at: draft.captured_at,
        age,
        confirmed_at: None,
        evidenced: true,
    };
    let (lifts, still_bites) = name_all(draft, &cell, &act);
    let from = draft.captured_at.unwrap_or(draft.now);
    let at = from.min(draft.now);
    let window = valid_window(window.unwrap_or(Interval::starting(from)), at, purpose.validity());
    if window.until().is_some_and(|until| until <= draft.now) {
        return Err(Rejection::AlreadyOver);
    }
    let record = Aggregate::Subject(draft.record_of(cell.point)?);
    let log = LogId::new(record, draft.ctx.writer);
    if draft.context().is_revoked(&cell, log, at, draft.captured_at.is_some()) {
        return Err(Rejection::AlreadyRevoked);
    }
    let attempted = !still_bites.is_empty();
    let made = Grant {
        cell,
        stated,
        window,
        strength,
        notice,
        age,
        by: draft.actor().role().kind(),
        lifts: if attempted { Vec::new() } else { lifts },
        read: draft.read_for(&cell),
        attempted,
        request: None,
    };
    draft.append(record, FactKind::Grant(Arc::new(made)));
    let end = if attempted { End::Recorded { still_bites } } else { End::Accepted };
    draft.report(Report::of_cell(cell, end));
    Ok(())
}

fn shown(draft: &Draft<'_>) -> (Option<Notice>, Option<u8>) {
    let evidence = draft.command.evidence.as_ref();
    (evidence.and_then(Evidence::notice).copied(), evidence.and_then(Evidence::age).copied())
}

/// What whoever acts had in front of them.
pub(crate) fn sight<'a>(draft: &Draft<'a>) -> Sight<'a> {
    let in_person = draft.actor().role() == Role::Subject && draft.actor().via() == Via::Direct;
    match &draft.command.view {
        Some(token) => Sight::Token(token),
        None if in_person => {
            let acted = draft.captured_at.unwrap_or(draft.now).min(draft.now);
            Sight::RecordedBy(acted.saturating_sub(draft.policy().conflict_window()))
        }
        None => Sight::Nothing,
    }
}

fn standing<'a>(draft: &Draft<'a>, log: &'a LogProjection, group: &'a Group, stated: Stated) -> Standing<'a> {
    let shared = match log.log().aggregate {
        Aggregate::Subject(_) => false,
        Aggregate::Point(id) => draft.view.point(id).is_none_or(|(_, point)| point.shared),
    };
    let mut scope = group.key.scope;
    if let (Some(from), Some(to)) = (scope.point, stated.point)
        && draft.view.reaches(from, to)
    {
        scope.point = Some(to);
    }
    Standing { log: log.log(), group, scope, shared }
}

/// The restrictions that apply to a cell and stand.
fn standing_at<'a>(draft: &Draft<'a>, cell: &Cell, stated: Stated) -> impl Iterator<Item = Standing<'a>> {
    let context = draft.context();
    let applying = context.applying(cell).filter(move |(log, group)| context.stands(log, group));
    applying.map(move |(log, group)| standing(draft, log, group, stated))
}

/// Names every consent reason that applies to a cell, and says what cannot be named.
fn name_all(draft: &Draft<'_>, cell: &Cell, act: &GrantAct<'_>) -> (Vec<Named>, Vec<StillBites>) {
    let mut named = Vec::new();
    let mut still_bites = Vec::new();
    let own_word = |standing: &Standing<'_>| standing.group.key.reason.is_consent_reason();
    for standing in standing_at(draft, cell, act.stated).filter(own_word) {
        match lift::names(act, standing, draft.policy()) {
            Ok(name) => named.push(name),
            Err(because) => still_bites.push(StillBites { named: name_of(standing), because }),
        }
    }
    (named, still_bites)
}

const fn name_of(standing: Standing<'_>) -> Named {
    Named { log: standing.log, key: standing.group.key, upto: standing.group.last }
}

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

fn ask(draft: &mut Draft<'_>, stated: Stated, cell: Cell) -> Result<(), Rejection> {
    let purpose = purpose_of(draft, &cell)?;
    let (notice, age) = shown(draft);
    proof::notice_and_age(draft, purpose, notice, age)?;
    let age =
        age.filter(|_| draft.speaks_for_the_person() && lift::is_trusted(draft.actor(), draft.policy()));
    let sight = sight(draft);
    let seen = |standing: &Standing<'_>| lift::saw(sight, standing.log, standing.group);
    let seen = standing_at(draft, &cell, stated).filter(seen).map(name_of).collect();
    let id = RequestId::new(draft.ctx.command.uuid());
    let expires = draft.now.checked_add(draft.policy().request_lifetime()).unwrap_or(draft.now);
    let made = Request { id, cell, stated, notice, age, expires, seen };
    let record = draft.record_of(cell.point)?;
    draft.append(Aggregate::Subject(record), FactKind::Request(Arc::new(made)));
    draft.effect(Effect::SendConfirmation { request: id, point: cell.point });
    draft.report(Report::of_cell(cell, End::Accepted));
    Ok(())
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
    let asked: Vec<_> = own.flat_map(|log| &log.requests).filter(|kept| kept.request.id == id).collect();
    if asked.is_empty() {
        let confirmed = |kept: &KeptGrant| kept.grant.request == Some(id);
        let before = logs.iter().flat_map(|log| &log.grants).any(confirmed);
        return Err(if before { Rejection::AlreadyConfirmed } else { Rejection::NoPendingRequest });
    }
    for kept in asked {
        if let Err(rejection) = confirm_cell(draft, kept) {
            draft.refuse(kept.request.cell, rejection);
        }
    }
    Ok(())
}

fn confirm_cell(draft: &mut Draft<'_>, kept: &KeptRequest) -> Result<(), Rejection> {
    let request = &*kept.request;
    let cell = request.cell;
    let captured = draft.captured_at.unwrap_or(draft.now).min(draft.now);
    if captured < kept.at {
        return Err(Rejection::TokenNotYetValid);
    }
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
    };
    let clears = proven_reachable(draft, cell.point, request, kept.at);
    let record = Aggregate::Subject(draft.record_of(cell.point)?);
    draft.append(record, FactKind::Confirm(Arc::new(made)));
    for named in clears {
        draft.append(record, FactKind::Clear(named));
    }
    draft.report(Report::of_cell(cell, End::Accepted));
    Ok(())
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
    standing_at(draft, &request.cell, request.stated)
        .filter(|standing| undelivered(standing.group.key.reason))
        .filter(|_| lift::is_trusted(draft.actor(), draft.policy()))
        .filter(|standing| standing.group.key.scope.point == point && point.is_some())
        .filter(|standing| lift::saw(Sight::Request(&request.seen), standing.log, standing.group))
        .filter(|standing| standing.group.at < asked_at)
        .map(name_of)
        .collect()
}

const fn refusal(refused: Move) -> Rejection {
    match refused {
        Move::AlreadyGranted => Rejection::AlreadyGranted,
        Move::AlreadyConfirmed => Rejection::AlreadyConfirmed,
        Move::NoPendingRequest => Rejection::NoPendingRequest,
        Move::TokenExpired => Rejection::TokenExpired,
        Move::NothingToRenew => Rejection::NothingToRenew,
        Move::Superseded | Move::Ask | Move::Give | Move::GiveConfirmed | Move::Restrict | Move::End => {
            Rejection::Superseded
        }
    }
}
