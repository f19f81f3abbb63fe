use consent_engine::{CellState, Decided, DecisionRecord, Position, Reason, Rejection};

/// What a step came to.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// A person is there now.
    Person,
    /// A policy of this version is in force.
    Policy(u64),
    /// A command was decided.
    Act(Box<Result<Decided, Rejection>>),
    /// A question was answered.
    Ask(Box<Answer>),
    /// A cell was looked at.
    State(CellState),
    /// Time passed.
    Pass,
}

/// An answer with all that explains it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) record: DecisionRecord,
    /// Every restriction in force on the cell.
    pub(crate) restrictions: Vec<(Reason, Position)>,
    /// Every fact it was weighed on.
    pub(crate) cited: Vec<Position>,
    /// Whether the short form for hot paths agrees.
    pub(crate) short_form_agrees: bool,
}
