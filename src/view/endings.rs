//! Revocations and lapses as entries, and which grants and requests they end.

use crate::fact::Cell;
use crate::id::{LogId, Position, Seq};
use crate::purpose::Subtree;
use crate::time::Timestamp;
use crate::view::context::Context;
use crate::view::entry::{Entry, EntryKind};
use crate::view::projection::{EndCause, Ending, LogProjection};

/// A grant or request, as far as it can be ended.
#[derive(Clone, Copy)]
pub(crate) struct Given {
    pub(crate) position: Position,
    pub(crate) at: Timestamp,
    pub(crate) dated: bool,
    pub(crate) until: Option<Timestamp>,
}

impl<'a> Context<'a> {
    /// A revocation or lapse as an entry.
    pub(crate) fn ending(&self, ending: &Ending) -> Entry {
        let scope = &ending.scope;
        Entry {
            from: i64::MIN,
            until: i64::MAX,
            points: scope.point.map_or(u64::MAX, |id| self.compiled.point(id).map_or(0, |(bit, _)| bit)),
            channels: self.channels(scope),
            purposes: self.named(scope).map_or(Subtree::ALL, |rules| rules.subtree),
            source: 0,
            kind: EntryKind::Ending { lapse: ending.cause != EndCause::Revoked },
        }
    }

    /// Whether a grant that comes next in a log would be ended by what is in view.
    pub(crate) fn is_revoked(&self, cell: &Cell, log: LogId, at: Timestamp, dated: bool) -> bool {
        let head = self.projection.log(log).map_or(0, LogProjection::head);
        let given = Given { position: log.at(Seq::after(head)), at, dated, until: None };
        self.ended(cell, given).next().is_some()
    }

    /// Why a grant or request was ended by revocations and lapses.
    pub(crate) fn ended(&self, cell: &Cell, given: Given) -> impl Iterator<Item = EndCause> {
        let Given { position, at, dated, until } = given;
        let (cell, catalogue) = (*cell, self.catalogue);
        let covers = move |ending: &&Ending| ending.scope.covers(&cell, catalogue);
        let ends = move |ending: &&Ending| !dated || at <= ending.at || ending.view.covers(position);
        let in_time = move |ending: &&Ending| until.is_none_or(|until| ending.at < until);
        self.endings()
            .map(|(_, ending)| ending)
            .filter(covers)
            .filter(ends)
            .filter(in_time)
            .map(|ending| ending.cause)
    }

    /// Every revocation and lapse that reaches the person.
    pub(crate) fn endings(&self) -> impl Iterator<Item = (&'a LogProjection, &'a Ending)> + use<'a> {
        let records = &self.compiled.records;
        let reaches = move |log: &LogProjection, ending: &Ending| {
            let knew = |unmerge| ending.unmerges.covers(unmerge);
            records.is_one() || records.reached(log.log.aggregate, knew) & records.own() != 0
        };
        let all = self.projection.logs.iter().flat_map(|log| log.endings.iter().map(move |own| (log, own)));
        all.filter(move |(log, ending)| reaches(log, ending))
    }
}
