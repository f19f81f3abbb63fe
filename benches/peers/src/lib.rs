//! The same 1,024 questions to consent-engine, to a hand-written floor, and to what one would use instead.
//!
//! Start at [`data`]: the subjects and the questions, as plain records. Each module of [`peer`] makes of them what its
//! peer wants and answers behind the trait [`Peer`]. [`timing`] and [`counting`] measure, [`report`] prints.

pub mod counting;
pub mod data;
pub mod peer;
pub mod report;
pub mod timing;

pub use peer::Peer;
