//! Restrictions as entries, and which of them stand.

use crate::fact::{Cell, Named, RestrictionReason, Scope};
use crate::id::{Aggregate, LogId, Position};
use crate::purpose::Subtree;
use crate::time::Timestamp;
use crate::view::bases::Bases;
use crate::view::context::Context;
use crate::view::entry::{Entry, EntryKind, NO_CLASS};
use crate::view::loaded::Source;
use crate::view::points;
use crate::view::projection::{Group, LogProjection, Projection};
use crate::view::records::RecordSet;

/// A restriction, in its log.
pub(crate) type Standing<'a> = (&'a LogProjection, &'a Group);

impl<'a> Context<'a> {
    /// Every group of every log.
    pub(crate) fn groups(&self) -> impl Iterator<Item = Standing<'a>> + use<'a> {
        self.projection.logs.iter().flat_map(|log| log.groups.iter().map(move |group| (log, group)))
    }

    /// Whether a group reaches the person.
    #[inline]
    fn reaches(&self, log: &LogProjection, group: &Group) -> bool {
        let records = &self.compiled.records;
        records.is_one() || self.reached(log, group) & records.own() != 0
    }

    /// The records that a group reaches.
    #[inline]
    pub(crate) fn reached(&self, log: &LogProjection, group: &Group) -> RecordSet {
        self.compiled.records.reached(log.log.aggregate, |unmerge| group.unmerges.covers(unmerge))
    }

    /// A group as an entry, and where it comes from.
    pub(crate) fn restriction(&self, log: &LogProjection, group: &Group) -> (Entry, Source) {
        (self.reach(log, group), source_of(log, group))
    }

    pub(crate) fn reach(&self, log: &LogProjection, group: &Group) -> Entry {
        let scope = &group.key.scope;
        let named = self.named(scope);
        let class = named.map_or(NO_CLASS, |rules| rules.class as u8);
        let at_point = matches!(log.log.aggregate, Aggregate::Point(_));
        Entry {
            from: group.at.unix_micros(),
            until: group.until.map_or(i64::MAX, Timestamp::unix_micros),
            points: self.reached_points(scope),
            channels: self.channels(scope),
            purposes: named.map_or(Subtree::ALL, |rules| rules.subtree),
            source: 0,
            kind: EntryKind::Restriction { reason: group.key.reason, class, at_point },
        }
    }

    /// The points that a restriction of a scope covers: the one that it names and what replaced that.
    fn reached_points(&self, scope: &Scope) -> u64 {
        scope.point.map_or(u64::MAX, |id| self.compiled.point(id).map_or(0, |(_, state)| state.covers))
    }

    /// Every group of some reasons that applies to a cell and stands: as it was drawn, if it was.
    pub(crate) fn standing_on<R: Fn(RestrictionReason) -> bool>(
        &self,
        cell: &Cell,
        reasons: R,
    ) -> impl Iterator<Item = Standing<'a>> + use<'a, R> {
        let context = *self;
        let applies = self.applies_to(cell);
        let places = if context.entries_hold { context.compiled.places.as_slice() } else { &[] };
        let mut places = places.iter();
        self.groups().filter(move |(log, group)| {
            let place = places.next();
            reasons(group.key.reason)
                && match place {
                    None => applies(&context.reach(log, group), log, group) && context.stands(log, group),
                    Some(place) => {
                        let drawn = context.compiled.entries.get(usize::from(*place));
                        drawn.is_some_and(|entry| applies(entry, log, group))
                    }
                }
        })
    }

    /// Every group, standing or not, that applies to a cell.
    pub(crate) fn applying(&self, cell: &Cell) -> impl Iterator<Item = Standing<'a>> + use<'a> {
        let context = *self;
        let applies = self.applies_to(cell);
        self.groups().filter(move |(log, group)| {
            applies(&context.reach(log, group), log, group) && context.reaches(log, group)
        })
    }

    /// Whether a group, as an entry, applies to a cell.
    fn applies_to(&self, cell: &Cell) -> impl Fn(&Entry, &LogProjection, &Group) -> bool + use<'a> {
        let context = *self;
        let rules = self.catalogue.index(cell.purpose).and_then(|index| {
            let rules = self.catalogue.rules(index)?;
            Some((self.bits_of(cell, rules), Bases::of(self.compiled, index, rules)))
        });
        move |entry, log, group| {
            rules.is_some_and(|(of, bases)| {
                entry.covers(of) && bases.apply(entry, || context.reached(log, group))
            })
        }
    }

    pub(crate) fn stands(&self, log: &LogProjection, group: &Group) -> bool {
        self.reaches(log, group)
            && cleared_by(self.projection, log.log, group).is_none()
            && !self.is_relieved(log, group)
    }

    pub(crate) fn is_relieved(&self, log: &LogProjection, group: &Group) -> bool {
        let people = self.compiled.records.all(&self.subject.ids);
        points::is_relieved(people, self.projection, log, group)
    }
}

/// The clear or resume that ends every restriction of a group.
pub(crate) fn cleared_by(projection: &Projection, log: LogId, group: &Group) -> Option<Position> {
    let key = (&log, &group.key);
    projection.logs.iter().filter(|other| !other.clears.is_empty()).find_map(|other| {
        let found = other.clears.binary_search_by(|cleared| (&cleared.log, &cleared.key).cmp(&key)).ok()?;
        let cleared = other.clears.get(found).filter(|cleared| group.last <= cleared.upto)?;
        Some(other.log.at(cleared.by))
    })
}

/// Whether a list of names covers every restriction of a group.
pub(crate) fn names_group(names: &[Named], log: LogId, group: &Group) -> bool {
    names.iter().any(|named| group.last <= named.upto && named.key == group.key && named.log == log)
}

/// The facts behind a group: its last, and those that gave it its date and its end.
pub(crate) fn source_of(log: &LogProjection, group: &Group) -> Source {
    let position = log.log.at(group.last);
    let also = [group.at_of, group.until_of].into_iter().filter(|seq| *seq != group.last);
    Source { position, also: also.map(|seq| log.log.at(seq)).collect() }
}
