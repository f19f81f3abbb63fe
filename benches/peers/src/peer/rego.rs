//! Rego on regorus: the subjects as data, the question as input, one rule that answers yes or no.

use std::cell::RefCell;

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Value};
use serde_json::{Map, json};

use super::Peer;
use super::flat::class;
use crate::data::{NOW, PURPOSES, Question, Subject, World};

const RULE: &str = "data.consent.allow";

/// regorus as an interpreter, with data and input ready.
pub struct Interpreter {
    engine: RefCell<Engine>,
    inputs: Vec<Value>,
}

impl Interpreter {
    /// An engine that has answered once.
    #[must_use]
    pub fn new(world: &World) -> Self {
        Self { engine: RefCell::new(engine(world)), inputs: inputs(world) }
    }
}

impl Peer for Interpreter {
    fn name(&self) -> &'static str {
        "regorus interpreter, data looked up"
    }

    fn answer(&self, question: usize) -> bool {
        let mut engine = self.engine.borrow_mut();
        engine.set_input(self.inputs[question].clone());
        engine.eval_rule(String::from(RULE)).expect("a rule that evaluates") == Value::Bool(true)
    }
}

/// regorus compiled for its virtual machine, with data and input ready.
pub struct Rvm {
    machine: RefCell<RegoVM>,
    inputs: Vec<Value>,
}

impl Rvm {
    /// A machine with the program and the data loaded.
    #[must_use]
    pub fn new(world: &World) -> Self {
        let compiled = engine(world).compile_with_entrypoint(&RULE.into()).expect("a valid policy");
        let program = Compiler::compile_from_policy(&compiled, &[RULE]).expect("a policy that compiles");
        let mut machine = RegoVM::new_with_policy(compiled);
        machine.load_program(program);
        machine.set_data(data(world)).expect("data beside the rules");
        Self { machine: RefCell::new(machine), inputs: inputs(world) }
    }
}

impl Peer for Rvm {
    fn name(&self) -> &'static str {
        "regorus RVM, data looked up"
    }

    fn answer(&self, question: usize) -> bool {
        let mut machine = self.machine.borrow_mut();
        machine.set_input(self.inputs[question].clone());
        machine.execute_entry_point_by_index(0).expect("a rule that evaluates") == Value::Bool(true)
    }
}

fn engine(world: &World) -> Engine {
    let mut engine = Engine::new();
    let policy = include_str!("../../policies/consent.rego");
    engine.add_policy(String::from("consent.rego"), String::from(policy)).expect("a valid policy");
    engine.add_data(data(world)).expect("valid data");
    engine
}

fn inputs(world: &World) -> Vec<Value> {
    let input = |question: &Question| {
        value(&json!({
            "subject": key(world.asked(question)),
            "purpose": PURPOSES[question.purpose],
            "channel": question.way.name(),
            "point": question.point.to_string(),
            "now": NOW,
        }))
    };
    world.questions.iter().map(input).collect()
}

fn data(world: &World) -> Value {
    let subjects = world.subjects.iter().map(|subject| (key(subject), record(subject)));
    value(&json!({ "subjects": subjects.collect::<Map<_, _>>() }))
}

fn record(subject: &Subject) -> serde_json::Value {
    let points = subject.points.into_iter().map(|point| (point.id.to_string(), json!(point.state.name())));
    let ground = |(purpose, name): (usize, &str)| {
        let ground = subject.grounds[purpose];
        let channels: Map<_, _> = ground.ways().map(|way| (String::from(way.name()), json!(true))).collect();
        let record = json!({
            "class": class(purpose),
            "basis": ground.basis.name(),
            "status": ground.status.name(),
            "expires_at": ground.expires_at,
            "channels": channels,
        });
        (String::from(name), record)
    };
    json!({
        "strict": subject.strict,
        "opted_out": subject.opted_out,
        "pause_until": subject.pause_until,
        "points": points.collect::<Map<_, _>>(),
        "grounds": PURPOSES.into_iter().enumerate().map(ground).collect::<Map<_, _>>(),
    })
}

fn key(subject: &Subject) -> String {
    format!("{:032x}", subject.id)
}

fn value(json: &serde_json::Value) -> Value {
    Value::from_json_str(&json.to_string()).expect("valid JSON")
}
