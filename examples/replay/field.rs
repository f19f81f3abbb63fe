use core::fmt;

use crate::fault::Fault;

impl Fault {
    /// A fault of one field of a line: what is wrong with it, and what to do.
    pub(crate) fn field(name: &str, wrong: impl fmt::Display) -> Self {
        Self::input(format!("`{name}`: {wrong}"))
    }
}
