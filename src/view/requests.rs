//! Requests for a confirmation as entries, and what became of them.

use alloc::vec::Vec;

use crate::fact::RestrictionReason;
use crate::id::{Aggregate, Position};
use crate::view::context::Context;
use crate::view::endings::Given;
use crate::view::entry::{Entry, EntryKind, RequestStatus};
use crate::view::loaded::Source;
use crate::view::points;
use crate::view::projection::{EndCause, KeptRequest, LogProjection};
use crate::view::restrictions::{cleared_by, names_group, source_of};

impl<'a> Context<'a> {
    /// Of each cell the request that counts: the latest by time and position.
    pub(crate) fn latest_requests(&self) -> Vec<(&'a LogProjection, &'a KeptRequest)> {
        let mut latest: Vec<(&LogProjection, &KeptRequest)> = Vec::new();
        for log in self.own_logs() {
            for kept in &log.requests {
                match latest.iter_mut().find(|(_, own)| own.request.cell == kept.request.cell) {
                    None => latest.push((log, kept)),
                    Some(own) if (own.1.at, own.0.log.at(own.1.seq)) < (kept.at, log.log.at(kept.seq)) => {
                        *own = (log, kept);
                    }
                    Some(_) => {}
                }
            }
        }
        latest
    }

    pub(crate) fn request(&self, log: &'a LogProjection, kept: &'a KeptRequest) -> Option<(Entry, Source)> {
        let request = &*kept.request;
        let cell = self.bits(&request.cell)?;
        let (status, also) = self.request_status(log, kept);
        let until = request.expires.unix_micros();
        let entry = Entry { until, ..Entry::of_cell(cell, EntryKind::Request(status)) };
        Some((entry, Source { position: log.log.at(kept.seq), also }))
    }

    /// What became of a request, and the facts that ended it.
    fn request_status(
        &self,
        log: &'a LogProjection,
        kept: &'a KeptRequest,
    ) -> (RequestStatus, Vec<Position>) {
        let request = &*kept.request;
        let cell = &request.cell;
        let position = log.log.at(kept.seq);
        let mut spans = self.known_logs().flat_map(|(log, _)| log.spans.iter().map(move |span| (log, span)));
        if let Some((log, span)) = spans.find(|(_, span)| span.cell == *cell && kept.at <= span.last) {
            return (RequestStatus::Answered, Vec::from([log.log.at(span.last_of)]));
        }
        let given = Given { position, at: kept.at, dated: kept.dated, until: Some(request.expires) };
        match self.ended(cell, given).max() {
            Some(EndCause::Lapsed(_)) => return (RequestStatus::Lapsed, Vec::new()),
            Some(EndCause::Revoked) => return (RequestStatus::Killed, Vec::new()),
            None => {}
        }
        if let (Aggregate::Subject(holder), Some(point)) = (log.log.aggregate, cell.point)
            && points::is_reassigned(self.projection, holder, point, (position, kept.at, kept.dated))
        {
            return (RequestStatus::Killed, Vec::new());
        }
        let mut killers = self.applying(cell).filter(|(log, group)| {
            let seen = names_group(&request.seen, log.log, group) && group.at < kept.at;
            kills_requests(group.key.reason) && !seen && !self.is_relieved(log, group)
        });
        match killers.next() {
            None => (RequestStatus::Open, Vec::new()),
            Some((log, group)) => {
                let Source { position, mut also } = source_of(log, group);
                also.push(position);
                also.extend(cleared_by(self.projection, log.log, group));
                (RequestStatus::Killed, also)
            }
        }
    }
}

/// Whether a restriction that came after a request makes its token dead.
const fn kills_requests(reason: RestrictionReason) -> bool {
    use RestrictionReason::{Erasure, Invalidation, OptOut};
    matches!(reason, OptOut | Erasure | Invalidation)
}
