//! The loaded state of a person: the projection of their logs, compiled for fast questions.

mod bases;
mod compact;
mod compile;
mod draw;
mod entry;
mod fold;
mod loaded;
mod points;
mod projection;
mod records;
mod sight;

pub use fold::{Applied, FoldError};
pub use loaded::{Freshness, View};
pub use projection::{LogProjection, Projection};

pub(crate) use compile::{Context, names_group, valid_window, weigh};
pub(crate) use entry::{Entry, EntryKind, GrantStatus, Lifts, RequestStatus};
pub(crate) use loaded::Bit;
#[cfg(feature = "engine")]
pub(crate) use points::holders;
pub(crate) use projection::{
    EndCause, Group, KeptAttach, KeptGrant, KeptReassign, KeptRequest, KeptUnmerge, Reporters,
};
pub(crate) use records::{ONE_RECORD, RecordSet, place, places};
