//! Grants as entries, and what they are worth under a catalogue.

use crate::evidence::ActorKind;
use crate::fact::{Cell, RestrictionReason, ViewToken};
use crate::id::Aggregate;
use crate::purpose::PurposeRules;
use crate::time::{Interval, Span, Timestamp};
use crate::view::bases::Bases;
use crate::view::context::Context;
use crate::view::draw::Drawing;
use crate::view::endings::Given;
use crate::view::entry::{Entry, EntryKind, GrantStatus, Lifts};
use crate::view::points;
use crate::view::projection::{EndCause, KeptGrant, LogProjection};
use crate::view::restrictions::names_group;

impl<'a> Context<'a> {
    /// A grant as an entry, with the restrictions of reasons that no grant lifts which apply to its cell.
    pub(crate) fn grant(
        &self,
        log: &LogProjection,
        kept: &KeptGrant,
        drawing: &Drawing,
    ) -> Option<(Entry, u64)> {
        let grant = &*kept.grant;
        let index = self.catalogue.index(grant.cell.purpose)?;
        let rules = self.catalogue.rules(index)?;
        self.catalogue.channel_bit(grant.cell.channel)?;
        let cell = self.bits_of(&grant.cell, rules);
        let window = valid_window(grant.window, kept.at, rules.validity);
        let bases = Bases::of(self.compiled, index, rules);
        let applies = |other: &Entry, reached| other.covers(cell) && bases.apply(other, || reached);
        let others = drawing.others().iter();
        let blocking = (0u32..).zip(others).filter(|(_, other)| applies(other, drawing.reached(other)));
        let blockers = blocking.fold(0, |set, (bit, _)| set | 1u64.checked_shl(bit).unwrap_or(0));
        let biting = drawing
            .liftable(self.groups())
            .filter(|(other, _)| applies(other, drawing.reached(other)))
            .filter(|(_, (log, group))| !names_group(&grant.lifts, log.log, group));
        let lifts = biting.fold(Lifts::Everything, |lifts, (_, (_, group))| match group.key.reason {
            RestrictionReason::OptOut => Lifts::Less,
            _ if lifts == Lifts::Everything => Lifts::OptOuts,
            _ => lifts,
        });
        let status = self.status(log, kept, rules, window.until());
        let entry = Entry {
            from: grant.window.from().unix_micros(),
            until: window.until().map_or(i64::MAX, Timestamp::unix_micros),
            ..Entry::of_cell(cell, EntryKind::Grant { status, lifts })
        };
        Some((entry, blockers))
    }

    fn status(
        &self,
        log: &LogProjection,
        kept: &KeptGrant,
        rules: &PurposeRules,
        until: Option<Timestamp>,
    ) -> GrantStatus {
        let grant = &*kept.grant;
        let need = rules.evidence;
        let position = log.log.at(kept.seq);
        if !self.is_usable_in(log, &grant.cell, rules) {
            return GrantStatus::Elsewhere;
        }
        if !covers(&self.compiled.token, &grant.read) {
            return GrantStatus::Unread;
        }
        let given = Given { position, at: kept.at, dated: kept.dated, until };
        let ended = self.ended(&grant.cell, given).min();
        if ended == Some(EndCause::Revoked) {
            return GrantStatus::Revoked;
        }
        if let (Aggregate::Subject(holder), Some(point)) = (log.log.aggregate, grant.cell.point)
            && points::is_reassigned(self.projection, holder, point, (position, kept.at, kept.dated))
        {
            return GrantStatus::Reassigned;
        }
        let notice_ok = need.notice.is_none_or(|need| {
            grant.notice.is_some_and(|shown| shown.id == need.id && need.since <= shown.version)
        });
        let of_age = need
            .minimum_age
            .is_none_or(|min| grant.by == ActorKind::Guardian || grant.age.is_some_and(|age| min <= age));
        match ended {
            Some(EndCause::Lapsed(cause)) => GrantStatus::Lapsed(cause),
            _ if !notice_ok => GrantStatus::NoticeSuperseded,
            _ if grant.strength < need.strength => GrantStatus::TooWeak,
            _ if !of_age => GrantStatus::Minor,
            _ => GrantStatus::Sound,
        }
    }

    /// When the first accepted grant of a cell was given.
    pub(crate) fn first_grant(&self, cell: &Cell) -> Option<Timestamp> {
        let rules = self.catalogue.rules_of(cell.purpose)?;
        let usable = self.own_logs().filter(|log| self.is_usable_in(log, cell, rules));
        let spans = usable.flat_map(|log| &log.spans);
        spans.filter(|span| span.cell == *cell).map(|span| span.first).min()
    }
}

/// [`ViewToken::includes`], mostly in one walk of both: a grant has read some of what there is, in the same order.
fn covers(token: &ViewToken, read: &ViewToken) -> bool {
    let mut rest = token.iter();
    read.iter().all(|(consulted, version)| {
        let found = rest.find(|(own, _)| *own == consulted).map(|(_, own)| own);
        version <= found.or_else(|| token.version(consulted)).unwrap_or(0)
    })
}

/// The window of a grant, cut at the end of its purpose's validity; nothing is left of it if that overflows.
pub(crate) fn valid_window(window: Interval, at: Timestamp, validity: Option<Span>) -> Interval {
    match validity.map(|span| at.checked_add(span)) {
        None => window,
        Some(end) => window.ending_by(end.unwrap_or(at)),
    }
}
