//! Grants and renewals.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::consent::cell::cell_state;
use crate::consent::decide::{End, Report, StillBites};
use crate::consent::draft::Draft;
use crate::consent::lift::{self, GrantAct, Sight, Standing};
use crate::consent::proof;
use crate::consent::reject::{EvidenceProblem, Rejection};
use crate::consent::table::{Move, Step};
use crate::consent::{double_opt_in, expand};
use crate::evidence::{Evidence, Notice, Role, Strength, Via};
use crate::fact::{Cell, FactKind, Grant, Named, RestrictionReason, Stated};
use crate::id::{Aggregate, LogId};
use crate::purpose::Purpose;
use crate::time::Interval;
use crate::view::{Group, LogProjection, valid_window};

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
    if draft.actor().role() == Role::Unauthenticated && mode == Mode::Grant {
        proof::affirmation(draft)?;
        return double_opt_in::request(draft, stated);
    }
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
    let stated = Stated::cell(cell);
    let mut meant = Vec::new();
    expand::add_cells(draft, &stated, &mut meant)?;
    if !meant.contains(&(stated, cell)) {
        return Err(Rejection::NothingStated);
    }
    grant_cell(draft, (stated, cell), strength, None, Step::Grant)
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

pub(super) fn purpose_of<'a>(draft: &Draft<'a>, cell: &Cell) -> Result<&'a Purpose, Rejection> {
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
        return double_opt_in::ask(draft, stated, cell);
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
        asked: None,
    };
    draft.append(record, FactKind::Grant(Arc::new(made)));
    let end = if attempted { End::Recorded { still_bites } } else { End::Accepted };
    draft.report(Report::of_cell(cell, end));
    Ok(())
}

pub(super) fn shown(draft: &Draft<'_>) -> (Option<Notice>, Option<u8>) {
    let evidence = draft.command.evidence.as_ref();
    (evidence.and_then(Evidence::notice).copied(), evidence.and_then(Evidence::age).copied())
}

/// What whoever acts had in front of them.
pub(crate) fn sight<'a>(draft: &Draft<'a>) -> Sight<'a> {
    let person = matches!(draft.actor().role(), Role::Subject | Role::Unauthenticated);
    let in_person = person && draft.actor().via() == Via::Direct;
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
    Standing { log: log.log(), group, dates: log.dates_of_name(group), scope, shared }
}

/// The restrictions of some reasons that apply to a cell and stand.
pub(super) fn standing_at<'a>(
    draft: &Draft<'a>,
    cell: &Cell,
    stated: Stated,
    reasons: impl Fn(RestrictionReason) -> bool,
) -> impl Iterator<Item = Standing<'a>> {
    let applying = draft.context().standing_on(cell, reasons);
    applying.map(move |(log, group)| standing(draft, log, group, stated))
}

/// Names every consent reason that applies to a cell, and says what cannot be named. An import names nothing, and grants only where
/// nothing at all bites.
pub(super) fn name_all(draft: &Draft<'_>, cell: &Cell, act: &GrantAct<'_>) -> (Vec<Named>, Vec<StillBites>) {
    let mut named = Vec::new();
    let mut still_bites = Vec::new();
    let imported = act.actor.role() == Role::Importer;
    let reasons = |reason: RestrictionReason| imported || reason.is_consent_reason();
    let counts = |Standing { group, .. }: &Standing<'_>| {
        group.key.reason.is_consent_reason() || group.until.is_none_or(|end| draft.now < end)
    };
    for standing in standing_at(draft, cell, act.stated, reasons).filter(counts) {
        match lift::names(act, standing, draft.policy()) {
            Ok(name) => named.push(name),
            Err(because) => still_bites.push(StillBites { named: name_of(standing), because }),
        }
    }
    (named, still_bites)
}

pub(super) const fn name_of(standing: Standing<'_>) -> Named {
    Named { log: standing.log, key: standing.group.key, upto: standing.group.last }
}

pub(super) const fn refusal(refused: Move) -> Rejection {
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
