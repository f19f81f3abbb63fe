//! CEL: one expression, the facts as variables. It answers yes or no, without a reason.

use std::sync::Arc;

use cel::{Context, Env, Program, Value};

use super::Peer;
use super::flat::Flat;
use crate::data::{NOW, World};

/// The expression, compiled.
struct Expression {
    env: Arc<Env>,
    program: Program,
}

impl Expression {
    fn new() -> Self {
        let env = Arc::new(Env::stdlib());
        let program = env.compile(include_str!("../../policies/consent.cel")).expect("a valid expression");
        Self { env, program }
    }

    fn context(&self, flat: &Flat) -> Context<'static, 'static> {
        let mut context = Context::with_env(Arc::clone(&self.env));
        let channels: Vec<_> = flat.ground.ways().map(|way| Value::from(way.name())).collect();
        for (name, value) in [
            ("channel", Value::from(flat.way.name())),
            ("channels", Value::from(channels)),
            ("point_state", Value::from(flat.point_state)),
            ("class", Value::from(flat.class)),
            ("opted_out", Value::Bool(flat.opted_out)),
            ("now", Value::Int(NOW)),
            ("pause_until", Value::Int(flat.pause_until)),
            ("basis", Value::from(flat.ground.basis.name())),
            ("status", Value::from(flat.ground.status.name())),
            ("expires_at", Value::Int(flat.ground.expires_at)),
            ("strict", Value::Bool(flat.strict)),
        ] {
            context.add_variable_from_value(name, value);
        }
        context
    }

    fn permits(&self, context: &Context<'_, '_>) -> bool {
        self.program.execute(context) == Ok(Value::Bool(true))
    }
}

/// CEL with a context ready for each question: only the execution is in the answer.
pub struct Cel {
    expression: Expression,
    contexts: Vec<Context<'static, 'static>>,
}

impl Cel {
    /// A context for each question.
    #[must_use]
    pub fn new(world: &World) -> Self {
        let expression = Expression::new();
        let contexts = Flat::all(world).map(|flat| expression.context(&flat)).collect();
        Self { expression, contexts }
    }
}

impl Peer for Cel {
    fn name(&self) -> &'static str {
        "cel, context at hand"
    }

    fn answer(&self, question: usize) -> bool {
        self.expression.permits(&self.contexts[question])
    }
}

/// CEL with the context built for each answer, as facts come from a store.
pub struct CelFresh {
    expression: Expression,
    flats: Vec<Flat>,
}

impl CelFresh {
    /// The facts of each question.
    #[must_use]
    pub fn new(world: &World) -> Self {
        Self { expression: Expression::new(), flats: Flat::all(world).collect() }
    }
}

impl Peer for CelFresh {
    fn name(&self) -> &'static str {
        "cel, context built"
    }

    fn answer(&self, question: usize) -> bool {
        self.expression.permits(&self.expression.context(&self.flats[question]))
    }
}
