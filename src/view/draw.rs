//! The flat entries of a view, as they are drawn: restrictions first, so that a grant can be weighed against them.

use alloc::vec::Vec;
use core::mem;

use crate::id::Seq;
use crate::policy::{LimitExceeded, Limited};
use crate::view::compile::Changed;
use crate::view::context::Context;
use crate::view::entry::Entry;
use crate::view::loaded::{Compiled, Source};
use crate::view::projection::{Group, LogProjection};
use crate::view::records::{ONE_RECORD, RecordSet};
use crate::view::restrictions::Standing;

/// As many restrictions as there are bits.
const MOST_BLOCKERS: usize = 64;
/// The place of a restriction that does not stand.
const NOWHERE: u16 = u16::MAX;
/// The place of a restriction that is drawn after the others.
const LATER: u16 = u16::MAX - 1;

/// The parts of [`Compiled`] that grow entry by entry, in the room of an older compilation.
pub(crate) struct Drawing {
    entries: Vec<Entry>,
    cells: Vec<u32>,
    sources: Vec<Source>,
    blockers: Vec<u64>,
    places: Vec<u16>,
    reaches: Vec<RecordSet>,
    others: usize,
    restrictions: usize,
}

impl Drawing {
    pub(crate) fn over(old: &mut Compiled, changed: Changed) -> Self {
        let mut drawing = Self {
            entries: mem::take(&mut old.entries),
            cells: mem::take(&mut old.cells),
            sources: mem::take(&mut old.sources),
            blockers: mem::take(&mut old.blockers),
            places: mem::take(&mut old.places),
            reaches: mem::take(&mut old.reaches),
            others: old.others,
            restrictions: old.restrictions,
        };
        if changed >= Changed::Restrictions {
            (drawing.others, drawing.restrictions) = (0, 0);
            drawing.places.clear();
            drawing.reaches.clear();
        }
        drawing.entries.truncate(drawing.restrictions);
        drawing.sources.truncate(drawing.restrictions);
        drawing.blockers.clear();
        drawing.cells.clear();
        drawing
    }

    pub(crate) fn finish(self, compiled: &mut Compiled) {
        compiled.entries = self.entries;
        compiled.cells = self.cells;
        compiled.sources = self.sources;
        compiled.blockers = self.blockers;
        compiled.places = self.places;
        compiled.reaches = self.reaches;
        (compiled.others, compiled.restrictions) = (self.others, self.restrictions);
    }

    /// Draws what changed.
    pub(crate) fn draw(&mut self, context: &Context<'_>, changed: Changed) -> Result<(), LimitExceeded> {
        if changed >= Changed::Restrictions {
            self.restrictions(context)?;
        }
        for log in context.own_logs() {
            for kept in &log.grants {
                let Some((entry, blockers)) = context.grant(log, kept, self) else { continue };
                self.give(entry, drawn_from(log, kept.seq))?;
                if self.others <= MOST_BLOCKERS {
                    self.blockers.push(blockers);
                }
            }
        }
        for (entry, position) in context.touches() {
            self.give(entry, Source { position, also: Vec::new() })?;
        }
        for (log, kept) in context.latest_requests() {
            if let Some((entry, source)) = context.request(log, kept) {
                self.give(entry, source)?;
            }
        }
        for (log, ending) in context.endings() {
            let mut source = drawn_from(log, ending.seq);
            source.also.extend(ending.made_by().map(|seq| log.log.at(seq)));
            self.push(context.ending(ending), source)?;
        }
        Ok(())
    }

    /// Draws the restrictions that stand: those of reasons that no grant lifts, then those of the consent reasons.
    fn restrictions(&mut self, context: &Context<'_>) -> Result<(), LimitExceeded> {
        for (log, group) in context.groups() {
            let place = if !context.stands(log, group) {
                NOWHERE
            } else if group.key.reason.is_consent_reason() {
                LATER
            } else {
                self.restriction(context, log, group)?
            };
            self.places.push(place);
        }
        self.others = self.entries.len();
        for (ordinal, (log, group)) in context.groups().enumerate() {
            if self.places.get(ordinal) == Some(&LATER) {
                let place = self.restriction(context, log, group)?;
                self.places.iter_mut().skip(ordinal).take(1).for_each(|own| *own = place);
            }
        }
        self.restrictions = self.entries.len();
        Ok(())
    }

    /// Adds a restriction; the value is its place.
    fn restriction(
        &mut self,
        context: &Context<'_>,
        log: &LogProjection,
        group: &Group,
    ) -> Result<u16, LimitExceeded> {
        let (entry, source) = context.restriction(log, group);
        if !context.compiled.records.is_one() {
            self.reaches.push(context.reached(log, group));
        }
        self.push(entry, source)
    }

    /// The records that a restriction reaches.
    pub(crate) fn reached(&self, restriction: &Entry) -> RecordSet {
        self.reaches.get(usize::from(restriction.source)).copied().unwrap_or(ONE_RECORD)
    }

    /// Adds a grant or request.
    fn give(&mut self, entry: Entry, source: Source) -> Result<u16, LimitExceeded> {
        self.cells.push(entry.cell().number());
        self.push(entry, source)
    }

    /// Adds an entry; the value is its place.
    fn push(&mut self, mut entry: Entry, source: Source) -> Result<u16, LimitExceeded> {
        let place = u16::try_from(self.entries.len()).ok().filter(|place| *place < Entry::MAX_SOURCES);
        let Some(place) = place else {
            return Err(LimitExceeded { which: Limited::Entries, max: u64::from(Entry::MAX_SOURCES) });
        };
        entry.source = place;
        self.sources.push(source);
        self.entries.push(entry);
        Ok(place)
    }

    /// The restrictions of reasons that no grant lifts.
    pub(crate) fn others(&self) -> &[Entry] {
        self.entries.get(..self.others).unwrap_or_default()
    }

    /// The restrictions of the consent reasons, with their groups among all.
    pub(crate) fn liftable<'a>(
        &self,
        groups: impl Iterator<Item = Standing<'a>>,
    ) -> impl Iterator<Item = (&Entry, Standing<'a>)> {
        self.places.iter().zip(groups).filter_map(|(place, group)| {
            let place = Some(usize::from(*place)).filter(|place| self.others <= *place)?;
            Some((self.entries.get(place)?, group))
        })
    }
}

/// The one fact behind an entry.
fn drawn_from(log: &LogProjection, seq: Seq) -> Source {
    Source { position: log.log.at(seq), also: Vec::new() }
}
