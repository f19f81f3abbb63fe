//! Operations: each use case as a pure plan, behind one step machine.
//!
//! [`Engine`](crate::Engine) and [`AsyncEngine`](crate::AsyncEngine) drive them for you. A host with a loop of its own (WASM, a foreign
//! language, an actor) drives them itself. **The canonical loop** is this, and nothing else is needed:
//!
//! ```
//! use consent_engine::op::{Operation, Step};
//! use consent_engine::EngineError;
//! use consent_engine::store::Store;
//!
//! fn drive<O: Operation, S: Store>(operation: O, store: &S) -> Result<O::Outcome, EngineError<S::Error>> {
//!     let mut step = Step::begin(operation);
//!     loop {
//!         step = match step {
//!             Step::Read(what, reading) => reading.resume(store.read(&what))?,
//!             Step::Commit(batch, committing) => committing.resume(store.commit(&[batch]))?,
//!             Step::Done(outcome) => return Ok(outcome?),
//!         };
//!     }
//! }
//! ```
//!
//! A commit of unknown end is [`Receipt::Unknown`](crate::store::Receipt::Unknown) and goes into `resume` like any other: the machine
//! forgets what it read, looks for the command's record, and plans again.

mod act_points;
mod apply;
mod attachment;
mod base64url;
mod binding;
pub(crate) mod command_outcome;
pub(crate) mod confirmation_secret;
pub(crate) mod confirmation_token;
mod decide;
pub(crate) mod double_opt_in;
mod due;
pub(crate) mod error;
mod expire;
mod fingerprint;
mod halt;
mod history;
pub mod import;
mod load;
mod loaded;
mod locate;
mod people;
mod plan;
pub(crate) mod presented;
pub(crate) mod secret;
pub(crate) mod settings;
mod step;
mod submit;
mod target;
pub(crate) mod who;
mod widen;

pub(crate) use command_outcome::CommandOutcome;
pub(crate) use confirmation_secret::ConfirmationSecret;
pub(crate) use confirmation_token::ConfirmationToken;
pub use decide::Decide;
pub(crate) use double_opt_in::Requested;
pub use due::{DueCursor, DueList, DuePage, Reschedule};
pub(crate) use error::{EngineError, OperationError};
pub use expire::{ExpireCommands, Expired};
pub use halt::Halt;
pub use history::{History, HistoryCursor, HistoryPage};
pub use load::{Load, Person};
pub use loaded::Loaded;
pub use plan::{Operation, Plan};
pub(crate) use presented::Presented;
pub(crate) use secret::IndexSecrets;
pub(crate) use settings::{Settings, Stamp};
pub use step::{Committing, Reading, Step};
pub use submit::{SubmitPreferences, Submitted};
pub(crate) use who::{Alias, Who};

pub use crate::wire::Corruption;

use crate::id::ContactPointId;

/// A contact point that nobody can have: what an unknown address leads to. It is the Max UUID (RFC 9562, section 5.10).
pub(crate) const NOBODYS_POINT: ContactPointId = ContactPointId::from_u128(u128::MAX);
