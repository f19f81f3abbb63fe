use crate::decision::{Reason, ReasonSet, Verdict};
use crate::time::Timestamp;
use crate::view::CellBits;

/// "No fact of the view."
pub(crate) const NO_SOURCE: u16 = u16::MAX;

/// The source of a reason that a fact which cannot be read gives.
pub(crate) const UNSUPPORTED: u16 = NO_SOURCE - 1;
/// The source of a reason that the latest recorded fact gives.
pub(crate) const CLOCK: u16 = NO_SOURCE - 2;
/// The source of a reason that the description of the person gives.
pub(crate) const KIND: u16 = NO_SOURCE - 3;
/// The source of a reason that the description of the contact point gives.
pub(crate) const ROLE: u16 = NO_SOURCE - 4;

/// The failing checks, as they come in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer {
    pub(crate) reasons: ReasonSet,
    /// For each reason the source of the first fact that gave it.
    pub(crate) sources: [u16; Reason::ALL.len()],
    pub(crate) witness: u16,
    pub(crate) edge: Option<Timestamp>,
    /// The cell asked about.
    pub(crate) target: Option<CellBits>,
    /// A fact of the view gave a reason.
    by_fact: bool,
    /// Some check is not ended by time.
    endless: bool,
    latest_end: Option<Timestamp>,
    earliest_start: Option<Timestamp>,
}

impl Default for Answer {
    fn default() -> Self {
        Self {
            reasons: ReasonSet::EMPTY,
            sources: [NO_SOURCE; Reason::ALL.len()],
            witness: NO_SOURCE,
            edge: None,
            target: None,
            by_fact: false,
            endless: false,
            latest_end: None,
            earliest_start: None,
        }
    }
}

impl Answer {
    pub(crate) fn add(&mut self, reason: Reason, source: u16, ends: Option<Timestamp>) {
        self.reasons.insert(reason);
        self.by_fact |= source != NO_SOURCE;
        if let Some(own) = self.sources.get_mut(reason as usize)
            && *own == NO_SOURCE
        {
            *own = source;
        }
        match ends {
            None => self.endless = true,
            Some(start) if reason == Reason::NotYetEffective => {
                self.earliest_start = Some(self.earliest_start.map_or(start, |own| own.min(start)));
            }
            end => self.latest_end = self.latest_end.max(end),
        }
    }

    pub(crate) const fn set_witness(&mut self, source: u16) {
        self.witness = source;
    }

    pub(crate) fn add_edge(&mut self, at: Timestamp) {
        self.edge = Some(self.edge.map_or(at, |own| own.min(at)));
    }

    pub(crate) fn verdict(&self) -> Verdict {
        if self.reasons.is_empty() {
            return Verdict::Permit;
        }
        match self.latest_end.max(self.earliest_start) {
            Some(until) if !self.endless => Verdict::Defer { until },
            _ => Verdict::Deny,
        }
    }

    /// Whether some fact of the view gave a reason.
    pub(crate) const fn rests_on_a_fact(&self) -> bool {
        self.by_fact
    }
}
