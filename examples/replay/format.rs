//! The scenario format: one JSON object a line.

mod act;
mod actor;
mod ask;
mod delay;
mod expect;
mod import;
mod line;
mod link;
mod parse;
mod payload;
mod person;
mod place;
mod settings;
mod strict;

pub(crate) use act::{ActSpec, ChoiceSpec, Deed, DescriptionSpec, Seen};
pub(crate) use actor::By;
pub(crate) use ask::Question;
pub(crate) use delay::Delay;
pub(crate) use expect::{Contradiction, Ending, Expect, RowEnd};
pub(crate) use import::{FieldSpec, ImportSpec, RowSpec, SaySpec, Unreadable, ValueSpec};
pub(crate) use line::{Action, Entry, Line, Step, When};
pub(crate) use link::{ConfirmSpec, Http, OneClickSpec, PageSpec, Tampered};
pub(crate) use parse::{looks_like_settings, parse};
pub(crate) use payload::{Payload, ReadAnswer, RecordSpec, WriteCall};
pub(crate) use person::{AliasSpec, PersonSpec, PointSpec};
pub(crate) use place::{CellSpec, ScopeSpec, StatedSpec};
pub(crate) use settings::{PolicyChange, PolicySpec, Settings};
pub(crate) use strict::StrictValue;
