use crate::purpose::tree::Subtree;
use crate::purpose::{EvidenceNeed, FrequencyCap, LawfulBasis, OptOutRule, PurposeClass};
use crate::time::Span;

/// What the decision path reads of a purpose, flat and small.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PurposeRules {
    pub(crate) subtree: Subtree,
    pub(crate) channels: u32,
    pub(crate) class: PurposeClass,
    pub(crate) basis: LawfulBasis,
    pub(crate) opt_out: OptOutRule,
    pub(crate) retired: bool,
    pub(crate) verified_only: bool,
    pub(crate) evidence: EvidenceNeed,
    pub(crate) validity: Option<Span>,
    pub(crate) cap: Option<FrequencyCap>,
    pub(crate) cool_down: Option<Span>,
}

impl PurposeRules {
    /// The pre-order number of the purpose itself.
    pub(crate) const fn node(&self) -> u16 {
        self.subtree.lo
    }
}
