//! The loaded state of a person: the projection of their logs, compiled for fast questions.

mod bases;
mod compact;
mod compile;
mod context;
mod counts;
mod draw;
mod endings;
mod entry;
mod fold;
mod grants;
mod kept;
mod loaded;
mod points;
mod projection;
mod records;
mod requests;
mod restrictions;
mod sight;

pub use fold::{Applied, FoldError};
pub use loaded::{Freshness, View};
pub use projection::{LogProjection, Projection};

pub(crate) use bases::weigh;
pub(crate) use context::Context;
pub(crate) use entry::{CellBits, Entry, EntryKind, GrantStatus, Lifts, RequestStatus};
pub(crate) use grants::valid_window;
pub(crate) use loaded::Bit;
pub(crate) use points::holders;
pub(crate) use projection::{
    EndCause, Group, KeptAttach, KeptGrant, KeptReassign, KeptRequest, KeptUnmerge, NamedDates, Reporters,
};
pub(crate) use records::{ONE_RECORD, RecordSet, place, places};
pub(crate) use restrictions::names_group;
