use consent_engine::interop::{DsrKind, Effect, Noop, Warning};
use consent_engine::op::import::{ImportPlan, RowReport};
use consent_engine::{CellState, DecisionRecord, Position, Reason, Rejection};
use consent_engine::{CommandOutcome, InvalidToken};

/// What a step came to.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// A person is there now.
    Person,
    /// A policy of this version is in force.
    Policy(u64),
    /// A command was carried out, or refused.
    Act(Box<Result<CommandOutcome, Rejection>>),
    /// A payload was read.
    Payload(Box<Received>),
    /// Rows of an export were imported, or tried.
    Import(Box<Imported>),
    /// A link came back that holds no token.
    BadLink(InvalidToken),
    /// Nobody said anything: a page is shown.
    Nothing,
    /// A question was answered.
    Ask(Box<Answer>),
    /// A cell was looked at.
    State(CellState),
    /// Time passed.
    Pass,
}

/// What an import came to.
#[derive(Debug)]
pub(crate) struct Imported {
    pub(crate) plan: ImportPlan,
    /// What became of each row; none if it ended with the dry run.
    pub(crate) rows: Option<Vec<RowReport>>,
    /// Whether the dry run said as many rows of each end.
    pub(crate) foretold: bool,
}

/// An answer with all that explains it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) record: DecisionRecord,
    /// Every restriction in force on the cell.
    pub(crate) restrictions: Vec<(Reason, Position)>,
    /// Every fact it was weighed on.
    pub(crate) cited: Vec<Position>,
    /// The answer in words fit for the person, if it is to be explained.
    pub(crate) why: Option<String>,
    /// Whether the short form for hot paths agrees.
    pub(crate) short_form_agrees: bool,
}

/// What a payload came to.
#[derive(Debug, Default)]
pub(crate) struct Received {
    /// What was decided, and for whom.
    pub(crate) decided: Vec<(String, Result<CommandOutcome, Rejection>)>,
    /// What was wrong with it: the stable name, and the words.
    pub(crate) problems: Vec<(&'static str, String)>,
    pub(crate) noop: Option<Noop>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) requests: Vec<DsrKind>,
    pub(crate) follow_ups: Vec<Effect>,
}
