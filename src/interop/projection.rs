use alloc::vec::Vec;

use crate::interop::{Echo, Effect, Loss};

/// A state in the words of another system.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Projection<P> {
    /// What to write; none if nothing may be written now.
    pub payload: Option<P>,
    /// What the target cannot hold.
    pub losses: Vec<Loss>,
    /// What to recognise when it comes back; none if nothing is written.
    pub echo: Option<Echo>,
    /// What to do besides.
    pub effects: Vec<Effect>,
}

impl<P> Projection<P> {
    /// Nothing to write now.
    pub(crate) const fn held_back(effects: Vec<Effect>) -> Self {
        Self { payload: None, losses: Vec::new(), echo: None, effects }
    }
}
