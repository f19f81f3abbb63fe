//! What the grants, requests and endings of a cell say, together.

use crate::decision::Reason;
use crate::decision::absence::{Absence, absence};
use crate::decision::answer::NO_SOURCE;
use crate::decision::collect::{Collect, EdgeMicros as _, Flow};
use crate::time::Timestamp;
use crate::view::{CellBits, Entry, EntryKind, GrantStatus, Lifts, RequestStatus, View};

/// What the grants, requests and endings of a cell say.
#[derive(Clone, Copy, Default)]
pub(super) struct Consent {
    /// The first effective grant that names everything.
    pub(super) witness: Option<u16>,
    effective: bool,
    pub(super) touched: bool,
}

impl Consent {
    /// Reads the entries of the cell; without a need for everything, up to the witness.
    #[inline(always)]
    pub(super) fn read<C: Collect>(view: &View, target: CellBits, now: Timestamp, out: &mut C) -> Self {
        let t = now.unix_micros();
        let mut consent = Self::default();
        for entry in view.compiled.consents(target) {
            consent.touched = true;
            if let EntryKind::Request(RequestStatus::Open) = entry.kind {
                out.edge_micros(entry.until, t);
            }
            if let EntryKind::Grant { status: GrantStatus::Sound, lifts } = entry.kind {
                out.edge_micros(entry.from, t);
                out.edge_micros(entry.until, t);
                if entry.from <= t && t < entry.until {
                    consent.effective = true;
                    if lifts == Lifts::Everything && consent.witness.is_none() {
                        consent.witness = Some(entry.source);
                        out.witness(entry.source);
                        if !C::EVERYTHING {
                            return consent;
                        }
                    }
                }
            }
        }
        consent
    }

    /// Fails for each reason why consent is not there.
    #[inline(always)]
    pub(super) fn explain_absence<'e, C: Collect>(
        self,
        entries: impl Iterator<Item = &'e Entry>,
        now: Timestamp,
        opted_out: bool,
        out: &mut C,
    ) -> Flow {
        if !C::EVERYTHING {
            // An opt-out, or what an effective grant does not name, has failed before: one of the reasons below is certain.
            return out.fail(Reason::ConsentMissing, NO_SOURCE, None);
        }
        let mut explained = self.effective;
        let mut mark = None;
        for entry in entries {
            let (reason, ends) = match absence(entry, now.unix_micros()) {
                Absence::None => continue,
                Absence::Mark(reason) => {
                    if mark.is_none_or(|(_, own)| reason == Reason::ConsentRevoked && own != reason) {
                        mark = Some((entry.source, reason));
                    }
                    continue;
                }
                Absence::Because(reason) => (reason, None),
                Absence::Until(reason, ends) => (reason, Timestamp::from_unix_micros(ends).ok()),
            };
            explained = true;
            out.fail(reason, entry.source, ends)?;
        }
        match mark {
            _ if explained => Flow::Continue(()),
            Some((source, reason)) => out.fail(reason, source, None),
            None if opted_out => Flow::Continue(()),
            None => out.fail(Reason::ConsentMissing, NO_SOURCE, None),
        }
    }
}
