//! Dialects of foreign systems: their payloads to commands, states back to their payloads.
//!
//! Pure data mappings, without I/O, clock or randomness. Each dialect has the same four functions:
//!
//! | function | from | to |
//! |---|---|---|
//! | `ingest` | a payload and a [`Context`] | an [`Ingest`] of [`Addressed`] commands, or a [`MapError`] |
//! | `project` | a state | a [`Projection`]: what to write, what it loses, how to recognise its return |
//! | `verify` | what was meant, what was observed | [`Verified`] |
//! | `respond` | what was meant, what was answered | an [`Outcome`]: what follows |
//!
//! Four rules hold for all of them.
//!
//! * **A withdrawal is never lost.** A payload that is rejected and looked like an opt-out comes with
//!   restrictions for everybody it named: [`MapError::interim`].
//! * **Reading a status is not an act.** What was observed before means nothing new; what became more
//!   permissive without a dated act of the person is [`Warning::Drift`], never a grant.
//! * **Losses go toward more restrictive only.** What would widen a permission is an error.
//! * **What was projected is recognised when it comes back**: the [`Echo`] of a pause is not a withdrawal.
//!
//! A dialect never says who acts: it reports acts of the person as [`Via::Reported`](crate::Via) by the
//! system that the [`Context`] names. Whether such an act may lift anything is for the policy.

mod addressed;
mod context;
mod directory;
mod echo;
mod effect;
mod error;
mod foreign_id;
mod ingest;
mod json;
pub mod limit;
mod loss;
mod next;
mod problem;
mod projection;
pub mod salesforce;
mod target;
mod verified;
mod warning;

pub use addressed::Addressed;
pub use context::{Context, PurposeName};
pub use directory::{Directory, Record};
pub use echo::Echo;
pub use effect::Effect;
pub use error::MapError;
pub use foreign_id::{ForeignId, InvalidForeignId};
pub use ingest::{Ingest, Noop};
pub use loss::Loss;
pub use next::{Attempt, Next, Outcome};
pub use problem::Problem;
pub use projection::Projection;
pub use target::{Created, DsrKind, Link, OpenDsr, Target};
pub use verified::{Mismatch, Verified};
pub use warning::Warning;

pub(crate) use json::Json;
