//! What a preference form may do, and what it never does.

mod form;
mod others;
mod pause;
mod random;
mod rows;
mod stored;

use consent_engine::*;

use crate::support::*;

const TENANT: TenantId = TenantId::from_u128(0x7e);
const OTHER_TENANT: TenantId = TenantId::from_u128(0x7f);
const YES: Wish = Wish::Yes;
const NO: Wish = Wish::No;
const DAY: u64 = 86_400;

fn shown(run: &Run<'_>) -> PreferenceView {
    showing(run, &Showing::under(RegimeSet::OPT_IN))
}

fn showing(run: &Run<'_>, showing: &Showing<'_>) -> PreferenceView {
    PreferenceView::new(TENANT, &run.view, run.policy, run.now, showing).unwrap()
}

fn row(view: &PreferenceView, cell: Cell) -> PreferenceRow {
    view.rows.iter().find(|row| row.cell == cell).cloned().unwrap_or_else(|| panic!("{cell:?}"))
}

fn choice(run: &Run<'_>, cell: Cell) -> Choice {
    row(&shown(run), cell).choice
}

fn pause(run: &Run<'_>, days: u64) -> Wish {
    Wish::Pause { until: Some(run.now.saturating_add(Span::seconds(days * DAY))) }
}

/// Sends a form back and commits what it comes to.
fn submit(
    run: &mut Run<'_>,
    form: &PreferenceForm,
    wishes: impl IntoIterator<Item = (Cell, Wish)>,
) -> Result<Decided, Rejection> {
    let wishes = wishes.into_iter().map(|(cell, wish)| RowWish::new(cell, wish));
    send(run, &Submission::new(form.clone(), wishes).with_evidence(explicit()))
}

fn send(run: &mut Run<'_>, submission: &Submission) -> Result<Decided, Rejection> {
    let command = CommandId::from_u128(u128::try_from(run.facts.len()).unwrap() + 0x1_0000);
    let ctx = Ctx { now: run.now, writer: run.writer, command, policy: run.policy };
    let decided = submission.decide(&run.view, TENANT, &ctx)?;
    if !decided.facts.is_empty() {
        run.commit(&decided.facts);
    }
    Ok(decided)
}

fn ends(decided: &Decided) -> Vec<End> {
    decided.reports.iter().map(|report| report.end.clone()).collect()
}

fn refused(rejection: Rejection) -> End {
    End::Refused { rejection }
}

fn news() -> Cell {
    cell("news", EMAIL)
}

fn events() -> Cell {
    cell("events", EMAIL)
}
