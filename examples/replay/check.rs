use alloc::collections::BTreeMap;

use consent_engine::CommandOutcome;
use consent_engine::interop;
use consent_engine::op::import::{Conflict, ImportPlan, RowRef, RowReport};
use consent_engine::{Effect, End, FactKind, NotNamed, Rejection, Report, State, Verdict};
use serde::Serialize;
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::format::{Contradiction, Ending, Expect, RowEnd, StrictValue};
use crate::outcome::{Answer, Imported, Outcome, Received};
use crate::world::World;

/// One expectation, and what came.
#[derive(Debug, Serialize)]
pub(crate) struct Check {
    /// The field of `expect`.
    pub(crate) what: String,
    pub(crate) expected: Value,
    pub(crate) actual: Value,
    pub(crate) met: bool,
}

/// Compares a step with what its line expects.
pub(crate) fn checks(
    world: &World,
    expect: &Expect,
    outcome: &Outcome,
    facts: core::ops::Range<usize>,
) -> Result<Vec<Check>, Fault> {
    let Value::Object(mut expected) = value(expect)? else { return Ok(Vec::new()) };
    // Each field of a plan is an expectation of its own.
    if let Some(Value::Object(plan)) = expected.remove("plan") {
        expected.extend(plan.into_iter().map(|(what, expected)| (format!("plan.{what}"), expected)));
    }
    let mut checks = Vec::new();
    if !expected.is_empty() {
        let mut actual = actual(world, outcome)?;
        let kinds = world.journal.slice(facts.clone()).iter().map(|fact| kind_of(&fact.kind));
        actual.insert("kinds", kinds.collect::<Result<_, _>>()?);
        actual.insert("facts", facts.len().into());
        for (what, expected) in expected {
            let actual = actual.remove(what.as_str()).unwrap_or(Value::from("nothing of the kind"));
            let met = is_met(&what, &expected, &actual);
            checks.push(Check { what, expected, actual, met });
        }
    }
    let broken = match outcome {
        Outcome::Ask(answer) if !answer.short_form_agrees => "permits agrees with evaluate",
        Outcome::Import(done) if !done.foretold => "the dry run says how the rows end",
        _ => return Ok(checks),
    };
    let (expected, actual) = (Value::from(broken), Value::from("it does not"));
    checks.push(Check { what: String::from("law"), expected, actual, met: false });
    Ok(checks)
}

pub(crate) fn value(of: &impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(of).map_err(|error| Fault::input(error.to_string()))
}

/// Lists are sets, except the parts of a command; a rejection may be given by its code alone.
fn is_met(what: &str, expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Array(expected), Value::Array(actual)) if what != "ends" && what != "kinds" => {
            sorted(expected) == sorted(actual)
        }
        (Value::String(code), Value::Object(fields)) => {
            fields.len() == 1 && fields.keys().next() == Some(code)
        }
        _ => expected == actual,
    }
}

fn sorted(items: &[Value]) -> Vec<String> {
    let mut items: Vec<_> = items.iter().map(Value::to_string).collect();
    items.sort_unstable();
    items
}

/// The code of a kind of fact; a restriction has its reason as well.
fn kind_of(kind: &FactKind) -> Result<Value, Fault> {
    Ok(match kind {
        FactKind::Restriction(made) => value(&made.reason)?,
        FactKind::Grant(grant) if grant.attempted => Value::from("attempted_grant"),
        other => value(other)?.get("kind").cloned().unwrap_or_default(),
    })
}

type Actual = BTreeMap<&'static str, Value>;

fn actual(world: &World, outcome: &Outcome) -> Result<Actual, Fault> {
    Ok(match outcome {
        Outcome::Act(done) => match done.as_ref() {
            Ok(decided) => decided_values(decided)?,
            Err(rejection) => rejected(*rejection)?,
        },
        Outcome::Payload(received) => received_values(received)?,
        Outcome::Import(done) => imported(world, done)?,
        Outcome::BadLink(_) => {
            let mut actual = nothing_written("refused");
            actual.insert("problems", json!(["malformed_token"]));
            actual
        }
        Outcome::Nothing => nothing_written("nothing"),
        Outcome::Ask(answer) => answered(answer)?,
        Outcome::State(state) => {
            let (name, cause) = match state.state {
                State::Expired(cause) => (Value::from("expired"), value(&cause)?),
                other => (value(&other)?.get("state").cloned().unwrap_or_default(), Value::Null),
            };
            Actual::from([("state", name), ("cause", cause), ("pending", state.pending.is_some().into())])
        }
        Outcome::Person | Outcome::Policy(_) | Outcome::Pass => Actual::new(),
    })
}

/// How a part of a command ended.
pub(crate) const fn ending(end: &End) -> Ending {
    match end {
        End::Accepted => Ending::Accepted,
        End::Recorded { .. } => Ending::Recorded,
        End::Refused { .. } => Ending::Refused,
    }
}

/// How a command ended, all parts taken together.
pub(crate) fn whole(decided: &CommandOutcome) -> Ending {
    let mut ends = decided.reports.iter().map(|report| ending(&report.end));
    let first = ends.next().unwrap_or(Ending::Accepted);
    if ends.all(|end| end == first) { first } else { Ending::Mixed }
}

/// The conditions of naming that failed in a part of a command.
pub(crate) fn still_bites(report: &Report) -> Vec<NotNamed> {
    match &report.end {
        End::Recorded { still_bites } => still_bites.iter().map(|still| still.because).collect(),
        End::Accepted | End::Refused { .. } => Vec::new(),
    }
}

fn decided_values(decided: &CommandOutcome) -> Result<Actual, Fault> {
    let ends: Vec<_> = decided.reports.iter().map(|report| ending(&report.end)).collect();
    let bites: Vec<_> = decided.reports.iter().flat_map(still_bites).collect();
    let effects: Vec<_> = decided.effects.iter().map(effect_name).collect();
    let refused = decided.reports.iter().find_map(|report| match report.end {
        End::Refused { rejection } => Some(rejection),
        End::Accepted | End::Recorded { .. } => None,
    });
    Ok(Actual::from([
        ("outcome", value(&whole(decided))?),
        ("ends", value(&ends)?),
        ("still_bites", value(&bites)?),
        ("effects", value(&effects)?),
        ("rejection", value(&refused)?),
    ]))
}

fn received_values(received: &Received) -> Result<Actual, Fault> {
    let mut ends = Vec::new();
    let (mut bites, mut effects, mut refused) = (Vec::new(), Vec::new(), None);
    for (_, done) in &received.decided {
        match done {
            Ok(decided) => {
                ends.extend(decided.reports.iter().map(|report| ending(&report.end)));
                bites.extend(decided.reports.iter().flat_map(still_bites));
                effects.extend(decided.effects.iter().map(effect_name));
            }
            Err(rejection) => {
                ends.push(Ending::Refused);
                refused = refused.or(Some(*rejection));
            }
        }
    }
    effects.sort_unstable();
    effects.dedup();
    let mut targets: Vec<_> = received.decided.iter().map(|(who, _)| who.as_str()).collect();
    targets.sort_unstable();
    targets.dedup();
    let first = ends.first().copied();
    let outcome = first.map(|first| if ends.iter().all(|end| *end == first) { first } else { Ending::Mixed });
    let problems: Vec<_> = received.problems.iter().map(|(code, _)| *code).collect();
    let warnings: Vec<_> = received.warnings.iter().map(|warning| format!("{warning:?}")).collect();
    let requests: Vec<_> = received.requests.iter().map(|kind| format!("{kind:?}")).collect();
    let follow_ups: Vec<_> = received.follow_ups.iter().map(interop::Effect::code).collect();
    Ok(Actual::from([
        ("outcome", value(&outcome)?),
        ("ends", value(&ends)?),
        ("still_bites", value(&bites)?),
        ("effects", value(&effects)?),
        ("rejection", value(&refused)?),
        ("targets", json!(targets)),
        ("problems", json!(problems)),
        ("noop", json!(received.noop.map(|noop| format!("{noop:?}")))),
        ("warnings", json!(warnings)),
        ("requests", json!(requests)),
        ("follow_ups", json!(follow_ups)),
    ]))
}

fn rejected(rejection: Rejection) -> Result<Actual, Fault> {
    let mut actual = nothing_written("refused");
    actual.insert("rejection", value(&rejection)?);
    Ok(actual)
}

fn nothing_written(outcome: &'static str) -> Actual {
    let nothing = || Value::Array(Vec::new());
    Actual::from([
        ("outcome", json!(outcome)),
        ("ends", nothing()),
        ("still_bites", nothing()),
        ("effects", nothing()),
    ])
}

fn imported(world: &World, done: &Imported) -> Result<Actual, Fault> {
    let plan = &done.plan;
    let counts = plan.counts();
    let because: BTreeMap<_, _> = plan.rejected().collect();
    let mut actual = Actual::from([
        ("plan.applied", json!(counts.applied)),
        ("plan.unchanged", json!(counts.unchanged)),
        ("plan.rejected", json!(counts.rejected)),
        ("plan.because", json!(because)),
        ("plan.contactable", json!(plan.contactable())),
        ("plan.conflicts", value(&contradictions(world, plan))?),
    ]);
    if let Some(rows) = &done.rows {
        let reports = || rows.iter().flat_map(|row| &row.reports);
        let mut effects: Vec<_> = rows.iter().flat_map(|row| &row.effects).map(effect_name).collect();
        effects.sort_unstable();
        effects.dedup();
        let bites: Vec<_> = reports().flat_map(still_bites).collect();
        let ends = rows.iter().map(row_end).collect::<Result<Vec<_>, _>>()?;
        actual.insert("effects", json!(effects));
        actual.insert("still_bites", value(&bites)?);
        actual.insert("rows", value(&ends)?);
    }
    Ok(actual)
}

/// The conflicts of a plan, in the order of their rows.
pub(crate) fn contradictions(world: &World, plan: &ImportPlan) -> Vec<Contradiction> {
    let mut all: Vec<_> = plan.conflicts().collect();
    all.sort_unstable();
    let name = |found: &Conflict, row: RowRef| {
        (found.yes.import != found.no.import).then(|| world.names.import_name(row.import))
    };
    let of = |found: Conflict| Contradiction {
        yes: found.yes.row,
        yes_of: name(&found, found.yes),
        no: found.no.row,
        no_of: name(&found, found.no),
        purpose: found.purpose,
        channel: found.channel,
    };
    all.into_iter().map(of).collect()
}

fn row_end(row: &RowReport) -> Result<RowEnd, Fault> {
    let name = |because: NotNamed| Ok(value(&because)?.as_str().unwrap_or_default().to_owned());
    Ok(RowEnd {
        row: row.row,
        outcome: row.outcome,
        problems: row.problems.iter().map(|problem| problem.kind().to_owned()).collect(),
        refused: row.refused.iter().map(|why| value(why).map(StrictValue)).collect::<Result<_, _>>()?,
        still_bites: row.reports.iter().flat_map(still_bites).map(name).collect::<Result<_, Fault>>()?,
    })
}

/// The code of an effect.
pub(crate) const fn effect_name(effect: &Effect) -> &'static str {
    match effect {
        Effect::OpenReview { .. } => "open_review",
        Effect::SendConfirmation { .. } => "send_confirmation",
        Effect::Propagate { .. } => "propagate",
        Effect::NotifyChange { .. } => "notify_change",
        Effect::LimitRate { .. } => "limit_rate",
    }
}

fn answered(answer: &Answer) -> Result<Actual, Fault> {
    let record = &answer.record;
    let (verdict, until) = match record.verdict {
        Verdict::Permit => ("permit", None),
        Verdict::Deny => ("deny", None),
        Verdict::Defer { until } => ("defer", Some(until)),
    };
    let restrictions: Vec<_> = answer.restrictions.iter().map(|(reason, _)| reason).collect();
    Ok(Actual::from([
        ("verdict", json!(verdict)),
        ("until", value(&until)?),
        ("standing", value(&record.standing)?),
        ("basis", value(&record.basis)?),
        ("reasons", value(&record.reasons)?),
        ("remedies", value(&record.remedies)?),
        ("duties", value(&record.duties)?),
        ("valid_until", value(&record.valid_until)?),
        ("restrictions", value(&restrictions)?),
    ]))
}
