//! Imports: rows of an export of another system, page by page, each with one terminal outcome.
//!
//! A row is one operation and one commit. Its command id is made from the import's id and from what the row says, under the index
//! secret of the host, so that a row which is delivered again finds its own outcome: a crash between any two calls of the store changes
//! nothing, and neither does a second run.
//!
//! What an import can do is little, on purpose. What restricts is always taken, also from a row of which the rest can't be read. What
//! grants is taken only if the row attests an act of the person (method, time, source, notice); it lifts nothing, whatever its date.
//!
//! ```
//! use consent_engine::op::import::{Import, ImportCursor, ImportRow, RowOutcome, RowStatement};
//! use consent_engine::store::MemoryStore;
//! use consent_engine::*;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let news = PurposeId::new("news")?;
//! let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Email]);
//! let settings = Settings::new(TenantId::from_u128(1), WriterId::from_u128(1), Policy::new(1, Catalogue::new([purpose], [])?))
//!     .with_index_secrets(IndexSecrets::new([7; 32]));
//! let engine = Engine::new(MemoryStore::new(), settings);
//!
//! let now = "2026-03-02T10:00:00Z".parse()?;
//! let import = Import::new(ImportId::from_u128(1), SystemId::new("mailchimp")?, now);
//! let left = RowStatement::opted_out(PurposeScope::Subtree(news)).on(Channel::Email);
//! let row = ImportRow::new(2).with_address("email:ada@example.com".parse()?).saying(left);
//! let imported = engine.import(&import, ImportCursor::start(&import), [row], now)?;
//! assert_eq!(imported.reports[0].outcome, RowOutcome::Applied);
//! assert_eq!(imported.cursor.counts().rows(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! A host with a loop of its own drives one [`ApplyRow`] for each row as it drives every other
//! [operation](super), and [advances](ImportCursor::advance) its cursor. For a dry run it drives [`PlanRow`]s, with an [`Overlay`] between
//! them and the store:
//!
//! ```
//! use consent_engine::op::Step;
//! use consent_engine::op::import::{Import, ImportPlan, ImportRow, Overlay, PlanRow};
//! use consent_engine::store::Store;
//! use consent_engine::{EngineError, Settings, Timestamp};
//!
//! fn plan_import<S: Store>(
//!     store: &S,
//!     settings: &Settings,
//!     import: Import,
//!     rows: impl IntoIterator<Item = ImportRow>,
//!     now: Timestamp,
//! ) -> Result<ImportPlan, EngineError<S::Error>> {
//!     let mut plan = ImportPlan::new(settings.policy().clone());
//!     let mut overlay = Overlay::default();
//!     for row in rows {
//!         let mut step = Step::begin(PlanRow::new(settings.clone(), import, row, now));
//!         plan.take(&loop {
//!             step = match step {
//!                 Step::Read(what, reading) => {
//!                     reading.resume(store.read(&what).map(|found| overlay.over(&what, found)))?
//!                 }
//!                 Step::Commit(batch, committing) => {
//!                     committing.resume::<S::Error>(Ok(vec![overlay.take(&batch)]))?
//!                 }
//!                 Step::Done(outcome) => break outcome?,
//!             };
//!         });
//!     }
//!     Ok(plan)
//! }
//! ```

mod apply;
mod cursor;
mod custom;
mod decided;
mod found;
mod ids;
mod overlay;
mod page;
mod plan;
mod problem;
mod report;
mod row;
mod source;
mod statement;
mod summary;

pub use apply::{ApplyRow, PlanRow, PlannedRow};
pub use cursor::{ImportCounts, ImportCursor, ImportError, Imported};
pub use custom::{CustomField, Meaning};
pub use overlay::Overlay;
pub(crate) use page::Page;
pub use plan::{Conflict, ImportPlan, RowRef};
pub use problem::RowProblem;
pub use report::{RowOutcome, RowReport};
pub use row::ImportRow;
pub use source::Import;
pub use statement::{RowStatement, Said};

pub use crate::wire::RowRefusal;
