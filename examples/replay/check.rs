use alloc::collections::BTreeMap;

use consent_engine::CommandOutcome;
use consent_engine::interop;
use consent_engine::{Effect, End, FactKind, NotNamed, Rejection, Report, State, Verdict};
use serde::Serialize;
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::format::{Ending, Expect};
use crate::outcome::{Answer, Outcome, Received};
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
    let Value::Object(expected) = value(expect)? else { return Ok(Vec::new()) };
    let mut checks = Vec::new();
    if !expected.is_empty() {
        let mut actual = actual(outcome)?;
        let kinds = world.journal.slice(facts.clone()).iter().map(|fact| kind_of(&fact.kind));
        actual.insert("kinds", kinds.collect::<Result<_, _>>()?);
        actual.insert("facts", facts.len().into());
        for (what, expected) in expected {
            let actual = actual.remove(what.as_str()).unwrap_or(Value::from("nothing of the kind"));
            let met = is_met(&what, &expected, &actual);
            checks.push(Check { what, expected, actual, met });
        }
    }
    if let Outcome::Ask(answer) = outcome
        && !answer.short_form_agrees
    {
        let (expected, actual) = (Value::from("permits agrees with evaluate"), Value::from("it does not"));
        checks.push(Check { what: String::from("law"), expected, actual, met: false });
    }
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

fn actual(outcome: &Outcome) -> Result<Actual, Fault> {
    Ok(match outcome {
        Outcome::Act(done) => match done.as_ref() {
            Ok(decided) => decided_values(decided)?,
            Err(rejection) => rejected(*rejection)?,
        },
        Outcome::Payload(received) => received_values(received)?,
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
fn still_bites(report: &Report) -> Vec<NotNamed> {
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
    let nothing = || Value::Array(Vec::new());
    Ok(Actual::from([
        ("outcome", json!("refused")),
        ("ends", nothing()),
        ("still_bites", nothing()),
        ("effects", nothing()),
        ("rejection", value(&rejection)?),
    ]))
}

/// The code of an effect.
pub(crate) const fn effect_name(effect: &Effect) -> &'static str {
    match effect {
        Effect::OpenReview { .. } => "open_review",
        Effect::SendConfirmation { .. } => "send_confirmation",
        Effect::Propagate { .. } => "propagate",
        Effect::NotifyChange { .. } => "notify_change",
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
