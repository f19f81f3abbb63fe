//! From the projection to flat entries: everything that needs no clock and no question is worked out once.

use alloc::vec::Vec;

use crate::evidence::ActorKind;
use crate::fact::{Cell, Consulted, Grant, Named, PurposeScope, Relation, RestrictionReason, Scope, Weighed};
use crate::id::{Aggregate, ContactPointId, IndexKey, LogId, Position};
use crate::policy::{LimitExceeded, Policy};
use crate::purpose::{Catalogue, LawfulBasis, OTHER_CHANNEL, PurposeIndex, PurposeRules, Subtree};
use crate::subject::Subject;
use crate::time::{Interval, Span, Timestamp};
use crate::view::entry::{Entry, EntryKind, GrantStatus, Lifts, NO_CLASS, RequestStatus};
use crate::view::loaded::{Bit, Compiled, Source};
use crate::view::points::{self, PointState};
use crate::view::projection::{EndCause, Ending, Group, KeptGrant, KeptRequest, LogProjection, Projection};

pub(crate) fn compile(
    policy: &Policy,
    subject: &Subject,
    projection: &Projection,
    keys: &[(IndexKey, u64)],
) -> Result<Compiled, LimitExceeded> {
    let mut compiled = Compiled { points: points::read(subject, projection)?, ..Compiled::default() };
    compiled.token = projection.heads();
    for (key, version) in keys {
        compiled.token.raise(Consulted::Key(*key), *version);
    }
    compiled.floor = projection.logs.iter().filter_map(floor_of).max();
    compiled.unsupported = projection.logs.iter().find_map(|log| log.unsupported.map(|seq| log.log.at(seq)));
    let context = Context { catalogue: policy.catalogue(), subject, projection, compiled: &compiled };
    let (bases, holds) = (context.bases(), context.holds());
    (compiled.bases, compiled.holds) = (bases, holds);
    let context = Context { catalogue: policy.catalogue(), subject, projection, compiled: &compiled };
    let consents = context.consents();
    let restrictions = context.restrictions();
    compiled.consents = consents.len();
    for (mut entry, source) in consents.into_iter().chain(restrictions) {
        entry.source = match u16::try_from(compiled.sources.len()) {
            Ok(source) if source < Entry::MAX_SOURCES => source,
            _ => {
                return Err(LimitExceeded {
                    which: "restrictions and grants in a view",
                    max: u64::from(Entry::MAX_SOURCES),
                });
            }
        };
        compiled.sources.push(source);
        compiled.entries.push(entry);
    }
    Ok(compiled)
}

/// The clear or resume that ends every restriction of a group.
fn cleared_by(projection: &Projection, log: LogId, group: &Group) -> Option<Position> {
    let key = (log, group.key);
    projection.logs.iter().find_map(|other| {
        let found = other.clears.binary_search_by(|cleared| (cleared.log, cleared.key).cmp(&key)).ok()?;
        let cleared = other.clears.get(found).filter(|cleared| group.last <= cleared.upto)?;
        Some(other.log.at(cleared.by))
    })
}

/// Whether a list of names covers every restriction of a group.
pub(crate) fn names_group(names: &[Named], log: LogId, group: &Group) -> bool {
    names.iter().any(|named| named.log == log && named.key == group.key && group.last <= named.upto)
}

/// The basis and standing of a purpose for one person, as restrictions are weighed against it.
pub(crate) fn weigh(
    compiled: &Compiled,
    index: PurposeIndex,
    rules: &PurposeRules,
    inbound: bool,
) -> Weighed {
    let held = !rules.class.promotes() && compiled.holds.iter().any(|(held, _)| *held == index);
    let recorded = compiled.bases.iter().find(|(of, ..)| *of == index).map(|(_, basis, _)| *basis);
    let basis = if held { LawfulBasis::LegalObligation } else { recorded.unwrap_or(rules.basis) };
    Weighed { class: rules.class, basis, opt_out: rules.opt_out, held, inbound }
}

/// The window of a grant, cut at the end of its purpose's validity; nothing is left of it if that overflows.
pub(crate) fn valid_window(window: Interval, at: Timestamp, validity: Option<Span>) -> Interval {
    match validity.map(|span| at.checked_add(span)) {
        None => window,
        Some(end) => window.ending_by(end.unwrap_or(at)),
    }
}

/// Whether a restriction that came after a request makes its token dead.
const fn kills_requests(reason: RestrictionReason) -> bool {
    use RestrictionReason::{Erasure, Invalidation, OptOut};
    matches!(reason, OptOut | Erasure | Invalidation)
}

/// The facts behind a group: its last, and those that gave it its date and its end.
fn source_of(log: &LogProjection, group: &Group) -> Source {
    let position = log.log.at(group.last);
    let also = [group.at_of, group.until_of].map(|seq| log.log.at(seq));
    Source { position, also: also.into_iter().filter(|other| *other != position).collect() }
}

fn floor_of(log: &LogProjection) -> Option<(Timestamp, Position)> {
    log.latest_recorded.map(|(at, seq)| (at, log.log.at(seq)))
}

/// What a person's logs mean under a catalogue.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) subject: &'a Subject,
    pub(crate) projection: &'a Projection,
    pub(crate) compiled: &'a Compiled,
}

/// A grant or request, as far as it can be ended.
#[derive(Clone, Copy)]
struct Given {
    position: Position,
    at: Timestamp,
    dated: bool,
    until: Option<Timestamp>,
}

/// A group with what relates it to purposes.
struct Reach {
    entry: Entry,
    relation: Relation,
}

type Drawn = (Entry, Source);

impl<'a> Context<'a> {
    /// The logs of the person.
    pub(crate) fn own_logs(&self) -> impl Iterator<Item = &'a LogProjection> + use<'a> {
        let ids = &self.subject.ids;
        let own = move |log: &&LogProjection| matches!(log.log.aggregate, Aggregate::Subject(id) if ids.contains(&id));
        self.projection.logs.iter().filter(own)
    }

    /// Of each purpose with a recorded basis the most restrictive of the last of each log.
    fn bases(&self) -> Vec<(PurposeIndex, LawfulBasis, Position)> {
        let mut bases: Vec<(PurposeIndex, LawfulBasis, Position)> = Vec::new();
        for (log, kept) in self.own_logs().flat_map(|log| log.bases.iter().map(move |kept| (log, kept))) {
            let Some(index) = self.catalogue.index(kept.purpose) else { continue };
            let new = (index, kept.basis, log.log.at(kept.seq));
            match bases.iter_mut().find(|(of, ..)| *of == index) {
                None => bases.push(new),
                Some(own) if kept.basis.restrictiveness() < own.1.restrictiveness() => *own = new,
                Some(_) => {}
            }
        }
        bases
    }

    fn holds(&self) -> Vec<(PurposeIndex, Position)> {
        let all = self.own_logs().flat_map(|log| log.holds.iter().map(move |kept| (log, kept)));
        let standing = all.filter(|(log, kept)| {
            !self.own_logs().flat_map(|other| &other.releases).any(|release| {
                release.log == log.log && release.purpose == kept.purpose && kept.seq <= release.upto
            })
        });
        standing
            .filter_map(|(log, kept)| Some((self.catalogue.index(kept.purpose)?, log.log.at(kept.seq))))
            .collect()
    }

    fn restrictions(&self) -> Vec<Drawn> {
        let all =
            self.projection.logs.iter().flat_map(|log| log.groups.iter().map(move |group| (log, group)));
        all.filter(|(log, group)| self.stands(log, group))
            .map(|(log, group)| (self.reach(log, group).entry, source_of(log, group)))
            .collect()
    }

    fn reach(&self, log: &LogProjection, group: &Group) -> Reach {
        let scope = &group.key.scope;
        let at_point = matches!(log.log.aggregate, Aggregate::Point(_));
        let named = match scope.purpose {
            PurposeScope::All => None,
            PurposeScope::Subtree(id) => self.catalogue.rules_of(id),
        };
        let mut entry = self.blank(scope);
        if let Some(point) = scope.point {
            entry.points = self.point(point).map_or(0, |(_, state)| state.covers);
        }
        entry.from = group.at.unix_micros();
        entry.until = group.until.map_or(i64::MAX, Timestamp::unix_micros);
        let class = named.map_or(NO_CLASS, |rules| rules.class as u8);
        entry.kind = EntryKind::Restriction { reason: group.key.reason, class, at_point };
        Reach { entry, relation: Relation { by_name: false, names_a_purpose: named.is_some(), at_point } }
    }

    /// An entry that covers what an open scope covers.
    fn blank(&self, scope: &Scope) -> Entry {
        let purposes = match scope.purpose {
            PurposeScope::All => Subtree::ALL,
            PurposeScope::Subtree(id) => {
                self.catalogue.rules_of(id).map_or(Subtree::ALL, |rules| rules.subtree)
            }
        };
        let channels =
            scope.channel.map_or(Some(u32::MAX), |channel| self.catalogue.channel_bit(Some(channel)));
        let points = scope.point.map_or(u64::MAX, |id| self.point(id).map_or(0, |(bit, _)| bit));
        Entry {
            from: i64::MIN,
            until: i64::MAX,
            points,
            channels: channels.unwrap_or(u32::MAX),
            purposes,
            source: 0,
            kind: EntryKind::Ending { lapse: false },
        }
    }

    /// An entry that covers one cell; [`None`] if the catalogue does not know it.
    fn exact(&self, cell: &Cell) -> Option<Entry> {
        let rules = self.catalogue.rules_of(cell.purpose)?;
        let node = rules.node();
        let point = match cell.point {
            None => Bit::NO_POINT,
            Some(id) => self.point(id).map_or(Bit::OTHER_POINT, |(bit, _)| bit),
        };
        Some(Entry {
            from: i64::MIN,
            until: i64::MAX,
            points: point,
            channels: self.catalogue.channel_bit(cell.channel).unwrap_or(OTHER_CHANNEL),
            purposes: Subtree { lo: node, hi: node.checked_add(1)? },
            source: 0,
            kind: EntryKind::Ending { lapse: false },
        })
    }

    fn point(&self, id: ContactPointId) -> Option<(u64, &PointState)> {
        let at = self.compiled.points.iter().position(|point| point.id == id)?;
        self.compiled.points.get(at).map(|point| (Bit::of_point(at), point))
    }

    fn consents(&self) -> Vec<Drawn> {
        let drawn = |log: &LogProjection, seq| Source { position: log.log.at(seq), also: Vec::new() };
        let mut entries = Vec::new();
        for log in self.own_logs() {
            let grants =
                log.grants.iter().filter_map(|kept| Some((self.grant(log, kept)?, drawn(log, kept.seq))));
            entries.extend(grants);
        }
        let requests = self.latest_requests().into_iter();
        entries.extend(requests.filter_map(|(log, kept)| self.request(log, kept)));
        for log in &self.projection.logs {
            entries.extend(log.endings.iter().map(|ending| {
                let lapse = ending.cause != EndCause::Revoked;
                let entry = Entry { kind: EntryKind::Ending { lapse }, ..self.blank(&ending.scope) };
                (entry, drawn(log, ending.seq))
            }));
        }
        entries
    }

    fn grant(&self, log: &LogProjection, kept: &'a KeptGrant) -> Option<Entry> {
        let grant = &*kept.grant;
        let rules = self.catalogue.rules_of(grant.cell.purpose)?;
        self.catalogue.channel_bit(grant.cell.channel)?;
        let mut entry = self.exact(&grant.cell)?;
        entry.from = grant.window.from().unix_micros();
        let window = valid_window(grant.window, kept.at, rules.validity);
        entry.until = window.until().map_or(i64::MAX, Timestamp::unix_micros);
        entry.kind = EntryKind::Grant {
            status: self.status(log, kept, rules, window.until()),
            lifts: self.lifts(grant),
        };
        Some(entry)
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
        if !self.compiled.token.includes(&grant.read) {
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

    /// Why a grant or request was ended by revocations and lapses.
    fn ended(&self, cell: &Cell, given: Given) -> impl Iterator<Item = EndCause> {
        let Given { position, at, dated, until } = given;
        let (cell, catalogue) = (*cell, self.catalogue);
        let covers = move |ending: &&Ending| ending.scope.covers(&cell, catalogue);
        let ends = move |ending: &&Ending| !dated || at <= ending.at || ending.view.covers(position);
        let in_time = move |ending: &&Ending| until.is_none_or(|until| ending.at < until);
        let all = self.projection.logs.iter().flat_map(|log| &log.endings);
        all.filter(covers).filter(ends).filter(in_time).map(|ending| ending.cause)
    }

    /// Every group, standing or not, that applies to a cell.
    pub(crate) fn applying(
        &self,
        cell: &Cell,
    ) -> impl Iterator<Item = (&'a LogProjection, &'a Group)> + use<'a> {
        let context = *self;
        let of = self.exact(cell);
        let index = self.catalogue.index(cell.purpose);
        let rules = index.and_then(|index| self.catalogue.rules(index)).copied();
        let weighed =
            index.zip(rules).map(|(index, rules)| (weigh(self.compiled, index, &rules, false), rules.node()));
        let all =
            self.projection.logs.iter().flat_map(|log| log.groups.iter().map(move |group| (log, group)));
        all.filter(move |(log, group)| {
            let (Some((weighed, node)), Some(of)) = (weighed, of) else { return false };
            let Reach { entry, mut relation } = context.reach(log, group);
            if let EntryKind::Restriction { class, .. } = entry.kind {
                relation.by_name = class == weighed.class as u8;
            }
            entry.covers(node, of.channels, of.points) && group.key.reason.applies(weighed, relation)
        })
    }

    pub(crate) fn stands(&self, log: &LogProjection, group: &Group) -> bool {
        cleared_by(self.projection, log.log, group).is_none() && !self.is_relieved(log, group)
    }

    fn lifts(&self, grant: &Grant) -> Lifts {
        let mut lifts = Lifts::Everything;
        for (log, group) in self.applying(&grant.cell) {
            let reason = group.key.reason;
            if !reason.is_consent_reason()
                || names_group(&grant.lifts, log.log, group)
                || !self.stands(log, group)
            {
                continue;
            }
            if reason == RestrictionReason::OptOut {
                return Lifts::Less;
            }
            lifts = Lifts::OptOuts;
        }
        lifts
    }

    /// Of each cell the request that counts: the latest by time and position.
    fn latest_requests(&self) -> Vec<(&'a LogProjection, &'a KeptRequest)> {
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

    fn request(&self, log: &'a LogProjection, kept: &'a KeptRequest) -> Option<Drawn> {
        let request = &*kept.request;
        let mut entry = self.exact(&request.cell)?;
        entry.until = request.expires.unix_micros();
        let (status, also) = self.request_status(log, kept);
        entry.kind = EntryKind::Request(status);
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
        let mut spans = self.own_logs().flat_map(|log| log.spans.iter().map(move |span| (log, span)));
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

    fn is_relieved(&self, log: &LogProjection, group: &Group) -> bool {
        points::is_relieved(self.subject, self.projection, log, group.last)
    }

    /// The entries of grants, requests and endings that cover a cell.
    pub(crate) fn entries_of(&self, cell: &Cell) -> impl Iterator<Item = &'a Entry> + use<'a> {
        let of = self.exact(cell);
        let (consents, _) = self.compiled.split();
        consents
            .iter()
            .filter(move |entry| of.is_some_and(|of| entry.covers(of.purposes.lo, of.channels, of.points)))
    }

    /// When the first accepted grant of a cell was given.
    pub(crate) fn first_grant(&self, cell: &Cell) -> Option<Timestamp> {
        let spans = self.own_logs().flat_map(|log| &log.spans);
        spans.filter(|span| span.cell == *cell).map(|span| span.first).min()
    }
}
