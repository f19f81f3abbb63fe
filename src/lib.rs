#![no_std]
extern crate alloc;
mod channel;
mod consent;
mod contact;
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
pub use channel::*;
pub use consent::*;
#[cfg(feature = "phone")]
pub use contact::ParsedPhone;
pub use contact::{
    Address, CoarseKey, CoarseRules, Email, InvalidAddress, InvalidEmail, InvalidPhone, LiveRules,
    NormalForm, PhoneNumber, PlusTag, ProviderRules,
};
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
