#![no_std]
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
#[cfg(feature = "proptest")]
pub mod strategy;
mod subject;
mod time;
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
