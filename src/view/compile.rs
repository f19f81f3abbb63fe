//! From the projection to flat entries: everything that needs no clock and no question is worked out once.

use alloc::vec::Vec;

use crate::evidence::ActorKind;
use crate::fact::{
    Cell, Consulted, Description, Named, PurposeScope, RestrictionReason, Scope, SubjectKind, ViewToken,
    Weighed,
};
use crate::id::{Aggregate, IndexKey, LogId, Position, Seq};
use crate::policy::{LimitExceeded, Policy};
use crate::purpose::{Catalogue, LawfulBasis, OTHER_CHANNEL, PurposeIndex, PurposeRules, Subtree};
use crate::subject::{Identity, Subject};
use crate::time::{Interval, Span, Timestamp};
use crate::view::bases::Bases;
use crate::view::draw::Drawing;
use crate::view::entry::{Entry, EntryKind, GrantStatus, Lifts, NO_CLASS, RequestStatus};
use crate::view::loaded::{Bit, Compiled, Source};
use crate::view::points;
use crate::view::projection::{
    EndCause, Ending, Group, KeptDescription, KeptGrant, KeptRequest, LogProjection, Projection,
};
use crate::view::records::{RecordSet, Records};

/// Whether the links between people and points are as when the view was last compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Links {
    Kept,
    Changed,
}

/// Compiles a projection, in the room of an older compilation of the same view.
pub(crate) fn compile(
    policy: &Policy,
    subject: &Subject,
    projection: &Projection,
    keys: &[(IndexKey, u64)],
    links: Links,
    mut compiled: Compiled,
) -> Result<Compiled, LimitExceeded> {
    if links == Links::Changed {
        compiled.records = Records::of(subject, projection)?;
        compiled.points = points::read(subject, &compiled.records, projection)?;
        describe(subject, projection, &mut compiled);
        projection.logs.iter().for_each(|log| compiled.token.raise(Consulted::Log(log.log), log.head));
    }
    for (key, version) in keys {
        compiled.token.raise(Consulted::Key(*key), *version);
    }
    compiled.floor = projection.logs.iter().filter_map(floor_of).max();
    compiled.unsupported = projection.logs.iter().find_map(|log| log.unsupported.map(|seq| log.log.at(seq)));
    compiled.sound = subject.identity == Identity::Resolved
        && compiled.kind.0 != SubjectKind::Deceased
        && compiled.unsupported.is_none();
    let mut drawing = Drawing::over(&mut compiled);
    let catalogue = policy.catalogue();
    let context = Context { catalogue, subject, projection, compiled: &compiled, entries_hold: false };
    let (bases, holds) = (context.bases(), context.holds());
    (compiled.bases, compiled.holds) = (bases, holds);
    let context = Context { catalogue, subject, projection, compiled: &compiled, entries_hold: false };
    drawing.draw(&context)?;
    drawing.finish(&mut compiled);
    Ok(compiled)
}

/// The clear or resume that ends every restriction of a group.
fn cleared_by(projection: &Projection, log: LogId, group: &Group) -> Option<Position> {
    let key = (&log, &group.key);
    projection.logs.iter().find_map(|other| {
        let found = other.clears.binary_search_by(|cleared| (&cleared.log, &cleared.key).cmp(&key)).ok()?;
        let cleared = other.clears.get(found).filter(|cleared| group.last <= cleared.upto)?;
        Some(other.log.at(cleared.by))
    })
}

/// Whether a list of names covers every restriction of a group.
pub(crate) fn names_group(names: &[Named], log: LogId, group: &Group) -> bool {
    names.iter().any(|named| named.log == log && named.key == group.key && group.last <= named.upto)
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

/// What is known of the person and of the addresses besides consent.
fn describe(subject: &Subject, projection: &Projection, compiled: &mut Compiled) {
    compiled.kind = (subject.kind, None);
    for (position, what) in descriptions(&compiled.records, projection) {
        match what {
            Description::Kind(kind) if compiled.kind.0 <= kind => compiled.kind = (kind, Some(position)),
            Description::RoleAddress { point, is: true } => {
                if let Some(state) = compiled.points.iter_mut().find(|state| state.id == point) {
                    state.role_by = Some(position);
                }
            }
            Description::Kind(_) | Description::RoleAddress { .. } => {}
        }
    }
}

/// The descriptions that reach the person, and that no other of these takes the place of.
fn descriptions<'a>(
    records: &Records,
    projection: &'a Projection,
) -> impl Iterator<Item = (Position, Description)> + use<'a> {
    let all = projection.logs.iter().flat_map(|log| log.descriptions.iter().map(move |kept| (log, kept)));
    let reaches = |(log, kept): &(&LogProjection, &KeptDescription)| {
        let reached = records.reached(log.log.aggregate, |unmerge| kept.unmerges.covers(unmerge));
        reached & records.own() != 0
    };
    let all: Vec<_> = all.filter(reaches).collect();
    let replaced = |log: &LogProjection, kept: &KeptDescription| {
        let others = all.iter().filter(|(other, by)| (other.log, by.seq) != (log.log, kept.seq));
        let mut alike = others.filter(|(_, other)| other.what.point() == kept.what.point());
        alike.any(|(_, other)| other.instead_of.covers(log.log.at(kept.seq)))
    };
    let left: Vec<_> = all.iter().filter(|(log, kept)| !replaced(log, kept)).copied().collect();
    left.into_iter().map(|(log, kept)| (log.log.at(kept.seq), kept.what))
}

/// The window of a grant, cut at the end of its purpose's validity; nothing is left of it if that overflows.
pub(crate) fn valid_window(window: Interval, at: Timestamp, validity: Option<Span>) -> Interval {
    match validity.map(|span| at.checked_add(span)) {
        None => window,
        Some(end) => window.ending_by(end.unwrap_or(at)),
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

/// Whether a restriction that came after a request makes its token dead.
const fn kills_requests(reason: RestrictionReason) -> bool {
    use RestrictionReason::{Erasure, Invalidation, OptOut};
    matches!(reason, OptOut | Erasure | Invalidation)
}

/// The facts behind a group: its last, and those that gave it its date and its end.
fn source_of(log: &LogProjection, group: &Group) -> Source {
    let position = log.log.at(group.last);
    let also = [group.at_of, group.until_of].into_iter().filter(|seq| *seq != group.last);
    Source { position, also: also.map(|seq| log.log.at(seq)).collect() }
}

/// The one fact behind an entry.
pub(crate) fn drawn_from(log: &LogProjection, seq: Seq) -> Source {
    Source { position: log.log.at(seq), also: Vec::new() }
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
    /// The entries were drawn from this projection, under this policy.
    pub(crate) entries_hold: bool,
}

/// A restriction, in its log.
pub(crate) type Standing<'a> = (&'a LogProjection, &'a Group);

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

/// A grant or request, as far as it can be ended.
#[derive(Clone, Copy)]
struct Given {
    position: Position,
    at: Timestamp,
    dated: bool,
    until: Option<Timestamp>,
}

impl<'a> Context<'a> {
    /// The logs of the person.
    pub(crate) fn own_logs(&self) -> impl Iterator<Item = &'a LogProjection> + use<'a> {
        let ids = &self.subject.ids;
        let own = move |log: &&LogProjection| log.subject().is_some_and(|id| ids.contains(&id));
        self.projection.logs.iter().filter(own)
    }

    /// The logs of the person's records and of those that once were theirs, each with its record.
    fn known_logs(&self) -> impl Iterator<Item = (&'a LogProjection, RecordSet)> + use<'a> {
        let (records, ids) = (&self.compiled.records, &self.subject.ids);
        let logs = self.projection.logs.iter().map(|log| (log, records.of_log(log)));
        logs.filter(move |(log, record)| {
            *record != 0 && (!records.is_one() || log.subject().is_some_and(|id| ids.contains(&id)))
        })
    }

    /// Of each record and purpose with a recorded basis the most restrictive of the last of each log.
    fn bases(&self) -> Vec<RecordedBasis> {
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

    fn holds(&self) -> Vec<StandingHold> {
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

    fn reach(&self, log: &LogProjection, group: &Group) -> Entry {
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

    /// The purpose that a scope names, if the catalogue knows it.
    fn named(&self, scope: &Scope) -> Option<&'a PurposeRules> {
        match scope.purpose {
            PurposeScope::All => None,
            PurposeScope::Subtree(id) => self.catalogue.rules_of(id),
        }
    }

    /// The points that a restriction of a scope covers: the one that it names and what replaced that.
    fn reached_points(&self, scope: &Scope) -> u64 {
        scope.point.map_or(u64::MAX, |id| self.compiled.point(id).map_or(0, |(_, state)| state.covers))
    }

    fn channels(&self, scope: &Scope) -> u32 {
        let bit = |channel| self.catalogue.channel_bit(Some(channel));
        scope.channel.map_or(Some(u32::MAX), bit).unwrap_or(u32::MAX)
    }

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

    /// An entry that covers one cell; [`None`] if the catalogue does not know it.
    fn exact(&self, cell: &Cell) -> Option<Entry> {
        self.exact_of(cell, self.catalogue.rules_of(cell.purpose)?)
    }

    fn exact_of(&self, cell: &Cell, rules: &PurposeRules) -> Option<Entry> {
        let node = rules.node();
        let point = match cell.point {
            None => Bit::NO_POINT,
            Some(id) => self.compiled.point(id).map_or(Bit::OTHER_POINT, |(bit, _)| bit),
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
        let mut entry = self.exact_of(&grant.cell, rules)?;
        entry.from = grant.window.from().unix_micros();
        let window = valid_window(grant.window, kept.at, rules.validity);
        entry.until = window.until().map_or(i64::MAX, Timestamp::unix_micros);
        let bases = Bases::of(self.compiled, index, rules);
        let applies = |other: &Entry, reached| {
            other.covers(entry.purposes.lo, entry.channels, entry.points) && bases.apply(other, || reached)
        };
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
        entry.kind = EntryKind::Grant { status: self.status(log, kept, rules, window.until()), lifts };
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

    /// Whether the record of a log may use the contact point of a cell: else two records would permit together what neither
    /// does.
    fn is_usable_in(&self, log: &LogProjection, cell: &Cell, rules: &PurposeRules) -> bool {
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

    /// Whether a grant that comes next in a log would be ended by what is in view.
    pub(crate) fn is_revoked(&self, cell: &Cell, log: LogId, at: Timestamp, dated: bool) -> bool {
        let head = self.projection.log(log).map_or(0, LogProjection::head);
        let given = Given { position: log.at(Seq::after(head)), at, dated, until: None };
        self.ended(cell, given).next().is_some()
    }

    /// Why a grant or request was ended by revocations and lapses.
    fn ended(&self, cell: &Cell, given: Given) -> impl Iterator<Item = EndCause> {
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

    /// Every group, standing or not, that applies to a cell.
    pub(crate) fn applying(
        &self,
        cell: &Cell,
    ) -> impl Iterator<Item = (&'a LogProjection, &'a Group)> + use<'a> {
        let context = *self;
        let of = self.exact(cell);
        let index = self.catalogue.index(cell.purpose);
        let bases =
            index.and_then(|index| Some(Bases::of(self.compiled, index, self.catalogue.rules(index)?)));
        let places = if context.entries_hold { context.compiled.places.as_slice() } else { &[] };
        let mut places = places.iter();
        self.groups().filter(move |(log, group)| {
            let place = places.next();
            let (Some(bases), Some(of)) = (&bases, of) else { return false };
            let drawn = place.and_then(|place| context.compiled.entries.get(usize::from(*place))).copied();
            let entry = drawn.unwrap_or_else(|| context.reach(log, group));
            entry.covers(of.purposes.lo, of.channels, of.points)
                && context.reaches(log, group)
                && bases.apply(&entry, || context.reached(log, group))
        })
    }

    pub(crate) fn stands(&self, log: &LogProjection, group: &Group) -> bool {
        self.reaches(log, group)
            && cleared_by(self.projection, log.log, group).is_none()
            && !self.is_relieved(log, group)
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
                cells.filter_map(|(cell, seq)| Some((Entry { kind, ..self.exact(&cell)? }, log.log.at(seq)))),
            );
        }
        touches
    }

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

    fn is_relieved(&self, log: &LogProjection, group: &Group) -> bool {
        let people = self.compiled.records.all(&self.subject.ids);
        points::is_relieved(people, self.projection, log, group)
    }

    /// The entries of grants, requests and endings that cover a cell.
    pub(crate) fn entries_of(&self, cell: &Cell) -> impl Iterator<Item = &'a Entry> + use<'a> {
        let of = self.exact(cell);
        let consents = self.compiled.consents();
        consents
            .iter()
            .filter(move |entry| of.is_some_and(|of| entry.covers(of.purposes.lo, of.channels, of.points)))
    }

    /// When the first accepted grant of a cell was given.
    pub(crate) fn first_grant(&self, cell: &Cell) -> Option<Timestamp> {
        let rules = self.catalogue.rules_of(cell.purpose)?;
        let usable = self.own_logs().filter(|log| self.is_usable_in(log, cell, rules));
        let spans = usable.flat_map(|log| &log.spans);
        spans.filter(|span| span.cell == *cell).map(|span| span.first).min()
    }
}
