//! A person's logs read under a catalogue: which of them count, and what a cell is among the entries.

use alloc::vec::Vec;

use crate::fact::{Cell, PurposeScope, Scope};
use crate::id::Position;
use crate::purpose::{Catalogue, OTHER_CHANNEL, PurposeRules};
use crate::subject::Subject;
use crate::view::entry::{CellBits, Entry, EntryKind, GrantStatus, Lifts};
use crate::view::loaded::{Bit, Compiled};
use crate::view::projection::{LogProjection, Projection};
use crate::view::records::RecordSet;

/// What a person's logs mean under a catalogue.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) subject: &'a Subject,
    pub(crate) projection: &'a Projection,
    pub(crate) compiled: &'a Compiled,
    /// The entries were drawn from this projection, under this policy.
    pub(crate) entries_hold: bool,
}

impl<'a> Context<'a> {
    /// The logs of the person.
    pub(crate) fn own_logs(&self) -> impl Iterator<Item = &'a LogProjection> + use<'a> {
        let ids = &self.subject.ids;
        let own = move |log: &&LogProjection| log.subject().is_some_and(|id| ids.contains(&id));
        self.projection.logs.iter().filter(own)
    }

    /// The logs of the person's records and of those that once were theirs, each with its record.
    pub(crate) fn known_logs(&self) -> impl Iterator<Item = (&'a LogProjection, RecordSet)> + use<'a> {
        let (records, ids) = (&self.compiled.records, &self.subject.ids);
        let logs = self.projection.logs.iter().map(|log| (log, records.of_log(log)));
        logs.filter(move |(log, record)| {
            *record != 0 && (!records.is_one() || log.subject().is_some_and(|id| ids.contains(&id)))
        })
    }

    /// The purpose that a scope names, if the catalogue knows it.
    pub(crate) fn named(&self, scope: &Scope) -> Option<&'a PurposeRules> {
        match scope.purpose {
            PurposeScope::All => None,
            PurposeScope::Subtree(id) => self.catalogue.rules_of(id),
        }
    }

    pub(crate) fn channels(&self, scope: &Scope) -> u32 {
        let bit = |channel| self.catalogue.channel_bit(Some(channel));
        scope.channel.map_or(Some(u32::MAX), bit).unwrap_or(u32::MAX)
    }

    /// A cell as bits; [`None`] if the catalogue does not know its purpose.
    pub(crate) fn bits(&self, cell: &Cell) -> Option<CellBits> {
        Some(self.bits_of(cell, self.catalogue.rules_of(cell.purpose)?))
    }

    pub(crate) fn bits_of(&self, cell: &Cell, rules: &PurposeRules) -> CellBits {
        let point = match cell.point {
            None => Bit::NO_POINT,
            Some(id) => self.compiled.point(id).map_or(Bit::OTHER_POINT, |(bit, _)| bit),
        };
        let channel = self.catalogue.channel_bit(cell.channel).unwrap_or(OTHER_CHANNEL);
        CellBits { node: rules.node(), channel, point }
    }

    /// The entries of grants, requests and endings that cover a cell.
    pub(crate) fn entries_of(&self, cell: &Cell) -> impl Iterator<Item = &'a Entry> + use<'a> {
        let compiled = self.compiled;
        self.bits(cell).into_iter().flat_map(|cell| compiled.consents(cell))
    }

    /// Whether the record of a log may use the contact point of a cell: else two records would permit together what neither
    /// does.
    pub(crate) fn is_usable_in(&self, log: &LogProjection, cell: &Cell, rules: &PurposeRules) -> bool {
        let records = &self.compiled.records;
        if records.is_one() {
            return true;
        }
        let usable = match cell.point.and_then(|id| self.compiled.point(id)) {
            Some((_, state)) => state.usable(rules.verified_only),
            None => records.own(),
        };
        records.of_log(log) & records.own() & usable != 0
    }

    /// What records that were once merged with the person's left at cells: nothing permits there by silence.
    pub(crate) fn touches(&self) -> Vec<(Entry, Position)> {
        let records = &self.compiled.records;
        let mut touches = Vec::new();
        if records.is_one() {
            return touches;
        }
        for (log, _) in self.known_logs().filter(|(_, record)| record & records.own() == 0) {
            let known = |cell: &Cell| self.catalogue.channel_bit(cell.channel).is_some();
            let granted = log.spans.iter().filter(|span| known(&span.cell));
            let granted = granted.map(|span| (span.cell, span.last_of));
            let cells = granted.chain(log.requests.iter().map(|kept| (kept.request.cell, kept.seq)));
            let kind = EntryKind::Grant { status: GrantStatus::Elsewhere, lifts: Lifts::Less };
            touches.extend(
                cells.filter_map(|(cell, seq)| {
                    Some((Entry::of_cell(self.bits(&cell)?, kind), log.log.at(seq)))
                }),
            );
        }
        touches
    }
}
