#![no_std]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, reason = "tests may panic"))]
extern crate alloc;
mod channel;
mod consent;
mod decision;
mod evidence;
mod fact;
mod id;
mod policy;
mod purpose;
mod redact;
mod slug;
mod subject;
mod time;
mod view;
pub use channel::*;
pub use consent::*;
pub use decision::*;
pub use evidence::*;
pub use fact::*;
pub use id::*;
pub use policy::*;
pub use purpose::*;
pub use redact::*;
pub use slug::InvalidName;
pub use subject::*;
pub use time::*;
pub use view::{Applied, FoldError, Freshness, LogProjection, Projection, View};
