//! The consent state machine: commands in, facts out.

mod command;
mod reject;
mod state;

pub use command::{Act, Captured, Command, Ctx};
pub use reject::{EvidenceProblem, NotNamed, Rejection};
pub use state::{CellState, ExpiryCause, PendingRequest, State};
