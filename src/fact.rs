//! Facts: what happened, immutable, in the log of a subject or of a contact point.

mod description;
mod grant;
mod interest;
mod kind;
mod reason;
mod record;
mod scope;
mod token;
mod token_hash;

pub use description::{Description, SubjectKind};
pub use grant::{Grant, Request};
pub use interest::Interest;
pub use kind::{FactKind, Hold, LapseCause, Reassign, RelationshipKind, Release, Revocation, Unsupported};
pub use reason::{RestrictionReason, reason_table};
pub use record::{Envelope, Fact, UnsupportedVersion, Version};
pub use scope::{Breadth, Cell, Named, PurposeScope, Restriction, RestrictionKey, Scope, Stated};
pub use token::{Consulted, ViewToken};
pub use token_hash::TokenHash;

pub(crate) use reason::{Relation, Weighed};
