//! The facade: one method per use case, over a blocking or an asynchronous store.

mod asynch;
mod group;
mod many;
mod sync;
mod use_cases;

pub use asynch::AsyncEngine;
pub use many::Many;
pub use sync::Engine;
