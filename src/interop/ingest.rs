use alloc::vec::Vec;

use crate::interop::{Addressed, Created, Effect, Link, OpenDsr, Warning};

/// What a payload of another system means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ingest {
    /// What to decide, in this order.
    pub commands: Vec<Addressed>,
    /// The subject to create before, if any.
    pub created: Option<Created>,
    /// The records that belong to a subject from now on.
    pub links: Vec<Link>,
    /// Requests of the person that are no consent.
    pub requests: Vec<OpenDsr>,
    /// Why the payload, or a part of it, means nothing new.
    pub noop: Option<Noop>,
    /// What somebody should know of.
    pub warnings: Vec<Warning>,
    /// What to do besides.
    pub effects: Vec<Effect>,
}

/// Why a payload means nothing new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Noop {
    /// It is what was projected, coming back.
    Echo,
    /// It is what was observed before: reading a status is not an act.
    Unchanged,
    /// It says that there is nothing.
    NotSet,
}

impl Ingest {
    /// Nothing, and why.
    pub(crate) fn nothing(noop: Noop) -> Self {
        Self { noop: Some(noop), ..Self::default() }
    }

    /// Adds a warning, once.
    pub(crate) fn warn(&mut self, warning: Warning) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Adds an effect, once.
    pub(crate) fn effect(&mut self, effect: Effect) {
        if !self.effects.contains(&effect) {
            self.effects.push(effect);
        }
    }
}
