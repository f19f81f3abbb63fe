//! A step for programs.

use alloc::collections::BTreeMap;

use consent_engine::CommandOutcome;
use consent_engine::interop::Effect;
use consent_engine::op::import::RowReport;
use consent_engine::{Evidence, Fact, Rejection};
use serde_json::{Map, Value, json};

use crate::check::{contradictions, value, whole};
use crate::fault::Fault;
use crate::format::{Action, Settings};
use crate::happened::Happened;
use crate::outcome::{Answer, Imported, Outcome, Received};
use crate::words;
use crate::world::World;

/// The settings line as one object.
pub(crate) fn scenario(file: &str, line: u64, settings: &Settings) -> Value {
    let purposes: Vec<_> = settings.catalogue.iter().map(|purpose| purpose.id().to_string()).collect();
    json!({
        "file": file,
        "line": line,
        "scenario": settings.name.as_str(),
        "kind": "scenario",
        "note": settings.note,
        "purposes": purposes,
    })
}

/// A line that could not be read as one object.
pub(crate) fn not_read(file: &str, line: u64, problem: &str) -> Value {
    json!({ "file": file, "line": line, "kind": "not_read", "problem": problem })
}

/// A step as one object. Ids are shown by name; addresses, notes and evidence in free text are not shown.
pub(crate) fn step(world: &World, done: &Happened<'_>, explain: bool) -> Result<Value, Fault> {
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| object.insert(String::from(key), value);
    put("file", json!(done.file));
    put("line", json!(done.line));
    put("scenario", json!(world.scenario.as_str()));
    put("step", json!(done.step.id.as_ref().map(ToString::to_string)));
    put("at", value(&done.at)?);
    put("kind", json!(kind(&done.step.action)));
    put("what", json!(words::action(&done.step.action)));
    put("note", json!(done.step.note));
    let facts = world.journal.slice(done.facts.clone()).iter().map(|made| fact(world, made));
    put("facts", facts.collect::<Result<_, _>>()?);
    match &done.outcome {
        Outcome::Act(decided) => {
            put("act", act(world, decided.as_ref().as_ref())?);
        }
        Outcome::Payload(received) => {
            put("payload", payload(world, received)?);
        }
        Outcome::Import(done) => {
            put("import", import(world, done)?);
        }
        Outcome::BadLink(invalid) => {
            put("act", json!({ "outcome": "refused", "because": invalid.to_string() }));
        }
        Outcome::Nothing => {
            put("act", json!({ "outcome": "nothing" }));
        }
        Outcome::Ask(answer) => {
            put("decision", decision(world, answer, explain)?);
        }
        Outcome::State(state) => {
            put("state", world.names.rename(value(state)?));
        }
        Outcome::Policy(version) => {
            put("policy_version", json!(version));
        }
        Outcome::Person | Outcome::Pass => {}
    }
    put("checks", value(&done.checks)?);
    Ok(Value::Object(object))
}

const fn kind(action: &Action) -> &'static str {
    match action {
        Action::Person(_) => "person",
        Action::Policy(_) => "policy",
        Action::Act(_) => "act",
        Action::Payload(_) => "payload",
        Action::Import(_) => "import",
        Action::Confirm(_) => "confirm",
        Action::OneClick(_) => "one_click",
        Action::Ask(_) => "ask",
        Action::State(_) => "state",
        Action::Pass => "pass",
    }
}

fn fact(world: &World, fact: &Fact) -> Result<Value, Fault> {
    let names = &world.names;
    let evidence = fact.evidence.as_deref().map(evidence).transpose()?;
    Ok(json!({
        "position": names.position_name(fact.position),
        "recorded_at": value(&fact.recorded_at)?,
        "captured_at": value(&fact.captured_at)?,
        "actor": value(&fact.actor)?,
        "evidence": evidence,
        "what": names.rename(value(&fact.kind)?),
        "words": words::fact(names, fact),
    }))
}

/// The parts of evidence that are no personal data.
fn evidence(evidence: &Evidence) -> Result<Value, Fault> {
    Ok(json!({
        "method": value(&evidence.method())?,
        "source": value(&evidence.source())?,
        "notice": value(&evidence.notice())?,
    }))
}

fn act(world: &World, done: Result<&CommandOutcome, &Rejection>) -> Result<Value, Fault> {
    match done {
        Ok(decided) => Ok(json!({
            "outcome": value(&whole(decided))?,
            "parts": world.names.rename(value(&decided.reports)?),
            "effects": world.names.rename(value(&decided.effects)?),
        })),
        Err(rejection) => Ok(json!({
            "outcome": "refused",
            "rejection": value(rejection)?,
            "because": rejection.to_string(),
        })),
    }
}

fn payload(world: &World, received: &Received) -> Result<Value, Fault> {
    let decided = received.decided.iter().map(|(who, done)| {
        let mut act = act(world, done.as_ref())?;
        if let Value::Object(fields) = &mut act {
            fields.insert(String::from("person"), json!(who));
        }
        Ok(act)
    });
    let decided = decided.collect::<Result<Vec<_>, Fault>>()?;
    let problems: Vec<_> = received.problems.iter().map(|(code, _)| *code).collect();
    let warnings: Vec<_> = received.warnings.iter().map(|warning| format!("{warning:?}")).collect();
    let requests: Vec<_> = received.requests.iter().map(|kind| format!("{kind:?}")).collect();
    let follow_ups: Vec<_> = received.follow_ups.iter().map(Effect::code).collect();
    Ok(json!({
        "decided": decided,
        "problems": problems,
        "noop": received.noop.map(|noop| format!("{noop:?}")),
        "warnings": warnings,
        "requests": requests,
        "follow_ups": follow_ups,
    }))
}

fn import(world: &World, done: &Imported) -> Result<Value, Fault> {
    let plan = &done.plan;
    let because: BTreeMap<_, _> = plan.rejected().collect();
    let contactable_for: Vec<_> = plan
        .contactable_for()
        .into_iter()
        .map(|((purpose, channel), people)| json!({ "purpose": purpose, "channel": channel, "people": people }))
        .collect();
    let rows = done.rows.iter().flatten().map(|report| row(world, report)).collect::<Result<Vec<_>, _>>()?;
    let rows = done.rows.is_some().then_some(rows);
    Ok(json!({
        "plan": {
            "counts": value(&plan.counts())?,
            "because": because,
            "contactable": plan.contactable(),
            "contactable_for": contactable_for,
            "conflicts": value(&contradictions(world, plan))?,
            "words": world.names.rename_words(&plan.to_string()),
        },
        "rows": rows,
    }))
}

fn row(world: &World, report: &RowReport) -> Result<Value, Fault> {
    let problems: Vec<_> = report.problems.iter().map(ToString::to_string).collect();
    let refused =
        report.refused.iter().map(|why| Ok(json!({ "rejection": value(why)?, "because": why.to_string() })));
    Ok(json!({
        "row": report.row,
        "outcome": value(&report.outcome)?,
        "problems": problems,
        "refused": refused.collect::<Result<Vec<_>, Fault>>()?,
        "parts": world.names.rename(value(&report.reports)?),
        "effects": world.names.rename(value(&report.effects)?),
        "person": report.subject.map(|id| world.names.subject_name(id)),
        "point": report.point.map(|id| world.names.point_name(id)),
    }))
}

fn decision(world: &World, answer: &Answer, explain: bool) -> Result<Value, Fault> {
    let mut decision = world.names.rename(value(&answer.record)?);
    if explain && let Value::Object(fields) = &mut decision {
        let restrictions: Vec<_> = answer
            .restrictions
            .iter()
            .map(|(reason, at)| json!({ "reason": reason.code(), "fact": world.names.position_name(*at) }))
            .collect();
        let cited: Vec<_> = answer.cited.iter().map(|at| world.names.position_name(*at)).collect();
        fields.insert(String::from("restrictions"), restrictions.into());
        fields.insert(String::from("cited"), cited.into());
        fields.insert(String::from("why"), json!(answer.why));
    }
    Ok(decision)
}
