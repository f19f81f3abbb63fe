use alloc::vec::Vec;

/// Whether another system holds what was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "yes, no, or not known: there is no fourth")]
pub enum Verified {
    /// It holds it. Only this makes a write a synchronised one.
    Match,
    /// It holds something else.
    Mismatch(Vec<Mismatch>),
    /// What was observed says nothing about it.
    Unknown,
}

/// One field that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Mismatch {
    /// The field, as the vendor spells it.
    pub field: &'static str,
    /// The status that was meant.
    pub intended: &'static str,
    /// The status that was found.
    pub observed: &'static str,
}
