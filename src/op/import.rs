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

pub(crate) use apply::{ApplyRow, PlanRow, PlannedRow};
pub use cursor::{ImportCounts, ImportCursor, ImportError, Imported};
pub use custom::{CustomField, Meaning};
pub(crate) use overlay::Overlay;
pub(crate) use page::{Page, dry_run};
pub use plan::{Conflict, ImportPlan, RowRef};
pub use problem::RowProblem;
pub use report::{RowOutcome, RowReport};
pub use row::ImportRow;
pub use source::Import;
pub use statement::{RowStatement, Said};

pub use crate::wire::RowRefusal;
