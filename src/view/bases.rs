//! On what basis each record of a person uses their data for a purpose, and what the law holds there.

use alloc::vec::Vec;

use crate::fact::Weighed;
use crate::id::Position;
use crate::purpose::{LawfulBasis, PurposeIndex, PurposeRules};
use crate::view::context::Context;
use crate::view::entry::Entry;
use crate::view::loaded::Compiled;
use crate::view::records::{ONE_RECORD, RecordSet, place, places};

/// A purpose as each record of a person weighs restrictions against it, when we contact them.
#[derive(Clone, Copy)]
pub(crate) struct Bases<'a> {
    compiled: &'a Compiled,
    index: PurposeIndex,
    rules: &'a PurposeRules,
    /// In the only record, if there is but one.
    only: Option<Weighed>,
}

impl<'a> Bases<'a> {
    pub(crate) fn of(compiled: &'a Compiled, index: PurposeIndex, rules: &'a PurposeRules) -> Self {
        let only = compiled.records.is_one().then(|| weigh(compiled, index, rules, false, ONE_RECORD));
        Self { compiled, index, rules, only }
    }

    /// Whether a restriction applies in one of the records that it reaches.
    #[inline]
    pub(crate) fn apply(&self, entry: &Entry, reached: impl FnOnce() -> RecordSet) -> bool {
        match self.only {
            Some(weighed) => entry.applying(weighed).is_some(),
            None => places(reached()).map(place).any(|record| {
                entry.applying(weigh(self.compiled, self.index, self.rules, false, record)).is_some()
            }),
        }
    }
}

/// The lawful basis that a record has for a purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RecordedBasis {
    pub(crate) purpose: PurposeIndex,
    pub(crate) record: RecordSet,
    pub(crate) basis: LawfulBasis,
    pub(crate) position: Position,
}

/// A legal hold on a purpose that stands in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StandingHold {
    pub(crate) purpose: PurposeIndex,
    pub(crate) record: RecordSet,
    pub(crate) position: Position,
}

impl<'a> Context<'a> {
    /// Of each record and purpose with a recorded basis the most restrictive of the last of each log.
    pub(crate) fn bases(&self) -> Vec<RecordedBasis> {
        let mut bases: Vec<RecordedBasis> = Vec::new();
        for (log, record) in self.known_logs() {
            for kept in &log.bases {
                let Some(purpose) = self.catalogue.index(kept.purpose) else { continue };
                let new =
                    RecordedBasis { purpose, record, basis: kept.basis, position: log.log.at(kept.seq) };
                match bases.iter_mut().find(|own| own.purpose == purpose && own.record == record) {
                    None => bases.push(new),
                    Some(own) if new.basis.restrictiveness() < own.basis.restrictiveness() => *own = new,
                    Some(_) => {}
                }
            }
        }
        bases
    }

    pub(crate) fn holds(&self) -> Vec<StandingHold> {
        let all =
            self.known_logs().flat_map(|(log, record)| log.holds.iter().map(move |kept| (log, record, kept)));
        let standing = all.filter(|(log, _, kept)| {
            !self.known_logs().flat_map(|(other, _)| &other.releases).any(|release| {
                release.log == log.log && release.purpose == kept.purpose && kept.seq <= release.upto
            })
        });
        standing
            .filter_map(|(log, record, kept)| {
                let purpose = self.catalogue.index(kept.purpose)?;
                Some(StandingHold { purpose, record, position: log.log.at(kept.seq) })
            })
            .collect()
    }
}

/// The basis and standing of a purpose in one record, as restrictions are weighed against it.
#[inline(always)]
pub(crate) fn weigh(
    compiled: &Compiled,
    index: PurposeIndex,
    rules: &PurposeRules,
    inbound: bool,
    record: RecordSet,
) -> Weighed {
    let held = !rules.class.promotes()
        && compiled.holds.iter().any(|own| own.purpose == index && own.record & record != 0);
    let recorded = compiled.bases.iter().find(|own| own.purpose == index && own.record & record != 0);
    let basis = match recorded {
        _ if held => LawfulBasis::LegalObligation,
        Some(own) => own.basis,
        None => rules.basis,
    };
    Weighed { class: rules.class, basis, opt_out: rules.opt_out, held, inbound }
}
