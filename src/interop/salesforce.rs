//! Salesforce Consent Write, Consent Read, and rows of ContactPointTypeConsent.
//!
//! | from Salesforce | to Salesforce |
//! |---|---|
//! | [`ingest`]: a Consent Write | [`project`]: a state as a Consent Write |
//! | [`ingest_edited`]: the answer to somebody else's write | [`respond`]: what follows from an answer to us |
//! | [`ingest_read`]: a Consent Read | [`verify`]: whether Salesforce holds what was meant |
//! | [`ingest_row`]: a ContactPointTypeConsent | [`project_row`]: a state as a ContactPointTypeConsent |
//! | | [`project_request`]: an erasure or portability request |
//!
//! Sources: *REST API Developer Guide*, "Consent Write", "Compile Consent Settings", "Compile Multiple Types
//! of Consent Settings", "Use the Consent API with Data 360", "Valid Date and DateTime Formats"; *Object
//! Reference*, ContactPointTypeConsent, DataUsePurpose, Individual.
//!
//! # Statuses
//!
//! | status | in | out |
//! |---|---|---|
//! | `OptIn` | a grant | Granted, within its window |
//! | `OptOut` | an opt-out; the engine tells refusal from withdrawal | Denied, Withdrawn, Expired; Paused; Pending, unless as below |
//! | `Seen` | a notice seen | Unknown with a notice seen; Pending, if every reader asks for explicit consent |
//! | `NotSeen` | nothing | Unknown |
//!
//! # Traps
//!
//! * **Polarity.** `HasOptedOutSolicit = "true"` is an opt-out, `CanStorePiiElsewhere = "true"` an opt-in,
//!   `ShouldForget = "true"` a request for erasure. One table says so: [`Action`].
//! * **No dates on flags.** They are asked on every read and know no interval. So a grant that starts later
//!   is held back, and one that ends comes with a [`ScheduleWrite`](crate::interop::Effect::ScheduleWrite).
//! * **`false` is not an opt-out**, and `true` not a consent, in a Consent Read without explanation.
//! * **200 is not success**, and success without edits is not proof that there is no record.
//! * **An address is not a person.** An opt-in by an address that several share is refused; an opt-out is for
//!   each.

mod action;
mod call;
mod capture_type;
mod desired;
mod ingest;
mod ingest_edited;
mod ingest_read;
mod ingest_row;
mod interim;
mod moment;
mod observation;
mod parse;
mod people;
mod plan;
mod project;
mod project_request;
mod project_row;
mod query;
mod read;
mod read_response;
mod respond;
mod response;
mod row;
mod said;
mod statement;
mod status;
mod verify;
mod write;

pub use action::{Action, Meaning, Polarity};
pub use call::Call;
pub use capture_type::CaptureType;
pub use desired::{Desired, Pause, TargetOrg};
pub use ingest::{ingest, ingest_write};
pub use ingest_edited::ingest_edited;
pub use ingest_read::ingest_read;
pub use ingest_row::ingest_row;
pub use moment::Moment;
pub use observation::{Observation, ReadIngest, Reading};
pub use project::project;
pub use project_request::project_request;
pub use project_row::project_row;
pub use read::ConsentRead;
pub use read_response::{Consulted, ReadEntry, ReadResponse};
pub use respond::{Reply, respond};
pub use response::{Edited, WriteEntry, WriteResponse};
pub use row::ContactPointTypeConsent;
pub use status::Status;
pub use verify::{Observed, verify};
pub use write::ConsentWrite;
