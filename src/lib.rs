#![no_std]
extern crate alloc;
mod channel;
mod id;
mod redact;
mod slug;
mod time;
pub use channel::*;
pub use id::*;
pub use redact::*;
pub use slug::InvalidName;
pub use time::*;
