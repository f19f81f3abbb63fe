//! Imports: a dry run, then the rows, page by page.

use consent_engine::op::import::{
    CustomField, Import, ImportCursor, ImportPlan, ImportRow, RowProblem, RowReport, RowStatement,
};
use consent_engine::{Address, Alias, Pii, PointKind, SystemId, Timestamp};

use crate::fault::Fault;
use crate::format::{FieldSpec, ImportSpec, RowSpec, SaySpec, Unreadable, ValueSpec};
use crate::label::Label;
use crate::outcome::{Imported, Outcome};
use crate::world::{World, registrar};

/// Plans an import and, unless it ends there, carries it out.
pub(crate) fn import(
    world: &mut World,
    spec: &ImportSpec,
    at: Timestamp,
    (step, number): (Option<&Label>, u64),
) -> Result<Outcome, Fault> {
    let writer = world.writer(None)?;
    let settings = world.settings(writer);
    let name = spec.name.as_ref().or(step).map_or_else(|| format!("line-{number}"), ToString::to_string);
    let id = world.names.import(&name);
    let import = Import::new(id, spec.system, spec.as_of.unwrap_or(at));
    let import = import.under(world.rules.regimes);
    let import = if spec.registers { import.registering_as(registrar()) } else { import };
    let fields: Vec<_> = spec.fields.iter().map(|field| (field.column, custom_field(field))).collect();
    let rows = spec.rows.iter().map(|row| read(row, spec.system, &fields));
    let rows = rows.collect::<Result<Vec<_>, _>>()?;

    let plan = world.backend.plan_import(&settings, &import, rows.clone(), at)?;
    if let Some(step) = step {
        world.keep_plan(step, &plan);
    }
    let counts = plan.counts();
    let join = |plan: ImportPlan, with| Ok::<_, Fault>(plan.join(world.plan(with)?));
    let plan = spec.with.iter().try_fold(plan, join)?;
    if spec.dry_run {
        return Ok(Outcome::Import(Box::new(Imported { plan, rows: None, foretold: true })));
    }
    let page = spec.page.map_or(rows.len().max(1), |page| usize::from(page.get()));
    let (mut cursor, mut reports) = (ImportCursor::start(&import), Vec::new());
    for page in rows.chunks(page) {
        let done = world.backend.import(&settings, &import, cursor, page.to_vec(), at)?;
        reports.extend(done.0);
        cursor = done.1;
    }
    for report in &reports {
        world.read_back(&report.facts)?;
        if let Some(row) = spec.rows.iter().find(|row| row.row == report.row) {
            call(world, spec, row, report)?;
        }
    }
    let foretold = counts == cursor.counts();
    Ok(Outcome::Import(Box::new(Imported { plan, rows: Some(reports), foretold })))
}

/// A row as a reader of files gives it.
fn read(spec: &RowSpec, system: SystemId, fields: &[(u32, CustomField)]) -> Result<ImportRow, Fault> {
    let mut row = ImportRow::new(spec.row);
    if let Some(text) = &spec.address {
        row = match Address::new(spec.kind, text.expose()) {
            Ok(address) => row.with_address(address),
            Err(why) => row.malformed(RowProblem::Address { column: 1, why }),
        };
    }
    if let Some(text) = &spec.alias {
        row = match Alias::new(system, text.expose()) {
            Ok(alias) => row.with_alias(alias),
            Err(why) => row.malformed(RowProblem::Alias { column: 2, why }),
        };
    }
    for (column, say) in (3..).zip(&spec.says) {
        row = saying(row, say, column);
    }
    for value in &spec.fields {
        let known = fields.iter().find(|(column, _)| *column == value.column);
        let (_, field) = known.ok_or_else(|| {
            Fault::field(
                "column",
                format!("{} is no custom field of the import: name it in `fields`", value.column),
            )
        })?;
        row = with_value(row, field, value);
    }
    Ok(match spec.unreadable {
        None => row,
        Some(Unreadable::Encoding) => row.malformed(RowProblem::Encoding { at: 0 }),
        Some(Unreadable::Syntax) => row.malformed(RowProblem::Syntax { at: 0 }),
    })
}

fn custom_field(spec: &FieldSpec) -> CustomField {
    let mut field = CustomField::new(spec.column, spec.purpose);
    if let Some(channel) = spec.channel {
        field = field.on(channel);
    }
    if let Some(evidence) = &spec.evidence {
        field = field.attested_by(evidence.clone());
    }
    if spec.rejects_unknown {
        field = field.rejecting_unknown();
    }
    let meanings = spec.meanings.iter();
    meanings.fold(field, |field, (value, meaning)| field.meaning(value, (*meaning).into()))
}

fn with_value(row: ImportRow, field: &CustomField, spec: &ValueSpec) -> ImportRow {
    let (row, at) = dated(row, spec.at.as_ref(), spec.column);
    field.read(row, spec.value.expose(), at)
}

/// A date as it is written in a file; one that is none makes the row malformed.
fn dated(row: ImportRow, text: Option<&Pii<String>>, column: u32) -> (ImportRow, Option<Timestamp>) {
    match text.map(|text| text.expose().parse()) {
        None => (row, None),
        Some(Ok(at)) => (row, Some(at)),
        Some(Err(_)) => (row.malformed(RowProblem::Date { column }), None),
    }
}

fn saying(row: ImportRow, spec: &SaySpec, column: u32) -> ImportRow {
    let mut statement = RowStatement::new(spec.said.into());
    if let Some(channel) = spec.channel {
        statement = statement.on(channel);
    }
    if let Some(evidence) = &spec.evidence {
        statement = statement.with_evidence(evidence.clone());
    }
    let (row, at) = dated(row, spec.at.as_ref(), column);
    if let Some(at) = at {
        statement = statement.at(at);
    }
    row.saying(statement)
}

/// Gives a name to whom and what a row made known.
fn call(world: &mut World, spec: &ImportSpec, row: &RowSpec, report: &RowReport) -> Result<(), Fault> {
    let fallback = || Label::new(&format!("{}.row-{}", spec.system, row.row));
    let person = row.creates.clone().map_or_else(fallback, Ok)?;
    if let Some(id) = report.subject {
        world.meet(id, &person);
    }
    if let Some(point) = report.point.filter(|point| !world.index.knows(*point)) {
        let suffix = if row.kind == PointKind::Phone { "phone" } else { "mail" };
        world.names.call_point(point, &Label::new(&format!("{person}.{suffix}"))?);
        world.index.know(point, row.kind, row.address.as_ref())?;
        world.index.find(point);
    }
    Ok(())
}
