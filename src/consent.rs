//! The consent state machine: commands in, facts out.

mod cell;
mod choose;
mod command;
mod decide;
mod double_opt_in;
mod draft;
mod expand;
mod give;
mod identity;
mod lift;
mod link;
mod operate;
mod proof;
mod reject;
mod restrict;
mod state;
mod table;

pub use cell::cell_state;
pub use choose::{Choices, Pause};
pub use command::{Act, Captured, Command, Ctx};
pub use decide::{Decided, Effect, End, Report, StillBites, decide};
pub use reject::{EvidenceProblem, NotNamed, Rejection};
pub use state::{CellState, ExpiryCause, PendingRequest, State};
pub use table::state_table;

pub(crate) use expand::every_choice;
