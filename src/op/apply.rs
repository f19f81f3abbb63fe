//! From decided facts to the records to write.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use serde::Serialize;

use crate::decision::due;
use crate::fact::{Fact, FactKind};
use crate::id::{Aggregate, ContactPointId, IndexKey, LogId, Seq, SubjectId};
use crate::op::people::{kin_of, root_of};
use crate::op::plan::Intent;
use crate::op::{Halt, Loaded, OperationError, Settings};
use crate::store::{Key, Row};
use crate::time::Timestamp;
use crate::view::{Applied, View};
use crate::wire::{AggregateRecord, Corruption, IndexRecord, encode};

/// The records that a command changes, as they will be.
pub(super) struct Changes<'a> {
    settings: &'a Settings,
    see: &'a Loaded,
    aggregates: BTreeMap<Aggregate, AggregateRecord>,
    writes: Vec<Intent>,
}

impl<'a> Changes<'a> {
    pub(super) const fn new(settings: &'a Settings, see: &'a Loaded) -> Self {
        Self { settings, see, aggregates: BTreeMap::new(), writes: Vec::new() }
    }

    fn aggregate(&mut self, aggregate: Aggregate) -> Result<&mut AggregateRecord, Halt> {
        let found = self.see.aggregate(aggregate)?;
        let own = self.settings.policy.version();
        let record = self.aggregates.entry(aggregate).or_insert_with(|| found.cloned().unwrap_or_default());
        record.policy = record.policy.max(own);
        Ok(record)
    }

    /// Appends facts to their logs, and links what they link.
    pub(super) fn append(&mut self, facts: &[Fact]) -> Result<Vec<(LogId, Seq, Seq)>, Halt> {
        let touched: BTreeSet<_> = facts.iter().flat_map(touched_by).collect();
        self.see.want(touched.iter().map(|aggregate| self.see.aggregate_key(*aggregate)))?;
        // In the order in which the logs were first written to.
        let mut by_log: Vec<(LogId, Vec<&Fact>)> = Vec::new();
        for fact in facts {
            let log = fact.position.log;
            let key = self.see.aggregate_key(log.aggregate);
            let corrupt = |why| Halt::corrupt(key, why);
            let missing = Corruption::MissingFacts { expected: 0, found: fact.position.seq.get() };
            let record = self.aggregate(log.aggregate)?;
            if record.logs.apply(fact) != Ok(Applied::New) {
                return Err(corrupt(missing));
            }
            match by_log.iter_mut().find(|(own, _)| *own == log) {
                Some((_, facts)) => facts.push(fact),
                None => by_log.push((log, Vec::from([fact]))),
            }
            // It stands in the logs of both.
            if let (FactKind::Merge { with }, Aggregate::Subject(own)) = (&fact.kind, log.aggregate)
                && own < *with
            {
                self.merge(own, *with)?;
            }
            if let Some((subject, points)) = linked_by(fact) {
                for point in points.into_iter().flatten() {
                    self.link(subject, point)?;
                }
            }
        }
        let mut ranges = Vec::new();
        for (log, facts) in by_log {
            if let (Some(first), Some(last)) = (facts.first(), facts.last()) {
                ranges.push((log, first.position.seq, last.position.seq));
                self.put(Row::Facts { log, first: first.position.seq }, &facts)?;
            }
        }
        Ok(ranges)
    }

    fn link(&mut self, subject: SubjectId, point: ContactPointId) -> Result<(), Halt> {
        self.aggregate(Aggregate::Subject(subject))?.points.insert(point);
        self.aggregate(Aggregate::Point(point))?.subjects.insert(subject);
        Ok(())
    }

    /// Brings the records that know two persons together: the smaller kin comes to the larger, so that everybody's is one step away.
    fn merge(&mut self, one: SubjectId, other: SubjectId) -> Result<(), Halt> {
        let (one_root, other_root) = (root_of(self.see, one)?, root_of(self.see, other)?);
        if one_root == other_root {
            return Ok(());
        }
        let (kin, more) = (kin_of(self.see, one)?, kin_of(self.see, other)?);
        let (root, comers) = if more.len() <= kin.len() { (one_root, more) } else { (other_root, kin) };
        for comer in &comers {
            let record = self.aggregate(Aggregate::Subject(*comer))?;
            record.root = Some(root);
            record.kin.clear();
        }
        self.aggregate(Aggregate::Subject(root))?.kin.extend(comers);
        Ok(())
    }

    /// Notes how the address of a point is written.
    pub(super) fn spell(
        &mut self,
        point: ContactPointId,
        keys: impl IntoIterator<Item = IndexKey>,
    ) -> Result<(), Halt> {
        self.aggregate(Aggregate::Point(point))?.spelled.extend(keys);
        Ok(())
    }

    /// Makes index keys lead somewhere.
    pub(super) fn lead(
        &mut self,
        index: impl IntoIterator<Item = (IndexKey, IndexRecord)>,
    ) -> Result<(), Halt> {
        index.into_iter().try_for_each(|(key, leads_to)| self.put(Row::Index(key), &leads_to))
    }

    /// Moves the row that says when something becomes due.
    pub(super) fn due(&mut self, aggregate: Aggregate, at: Option<Timestamp>) -> Result<(), Halt> {
        let record = self.aggregate(aggregate)?;
        let before = record.due;
        if before == at {
            return Ok(());
        }
        record.due = at;
        if let Some(at) = before {
            let key = self.see.key(Row::Due { at, aggregate });
            self.see.want([key])?;
            self.writes.push(Intent { key, put: None });
        }
        match at {
            Some(at) => self.put(Row::Due { at, aggregate }, &()),
            None => Ok(()),
        }
    }

    /// Notes when something becomes due for each record that changes.
    pub(super) fn due_of_all(&mut self, view: &View, now: Timestamp) -> Result<(), Halt> {
        let changed: Vec<_> = self.aggregates.keys().copied().collect();
        for aggregate in changed {
            let at = match aggregate {
                Aggregate::Subject(id) if view.subject().ids.contains(&id) => {
                    due(view, &self.settings.policy, now, Timestamp::MAX).first().map(|due| due.at)
                }
                Aggregate::Subject(_) => continue,
                Aggregate::Point(_) => self.aggregate(aggregate)?.logs.earliest_end_after(now),
            };
            self.due(aggregate, at)?;
        }
        Ok(())
    }

    pub(super) fn put(&mut self, row: Row, record: &impl Serialize) -> Result<(), Halt> {
        let key = self.see.key(row);
        let put = Some(bytes(&key, record)?);
        self.writes.push(Intent { key, put });
        Ok(())
    }

    pub(super) fn into_writes(mut self) -> Result<Vec<Intent>, Halt> {
        for (aggregate, record) in core::mem::take(&mut self.aggregates) {
            self.put(Row::Aggregate(aggregate), &record)?;
        }
        Ok(self.writes)
    }
}

fn bytes(key: &Key, record: &impl Serialize) -> Result<Vec<u8>, Halt> {
    let unwritable = OperationError::StoreCorrupt { key: Some(*key), why: Corruption::Unreadable { at: 0 } };
    encode(key, record).ok_or(Halt::Stop(unwritable))
}

/// The subject and the contact points that a fact brings together.
const fn linked_by(fact: &Fact) -> Option<(SubjectId, [Option<ContactPointId>; 2])> {
    match &fact.kind {
        FactKind::Attach { subject, point, .. } => Some((*subject, [Some(*point), None])),
        FactKind::Replace { subject, old, new } => Some((*subject, [Some(*old), Some(*new)])),
        FactKind::Reassign(reassign) => match reassign.to {
            Some(to) => Some((to, [Some(reassign.point), None])),
            None => None,
        },
        _ => None,
    }
}

fn touched_by(fact: &Fact) -> impl Iterator<Item = Aggregate> + use<> {
    let linked = linked_by(fact).into_iter().flat_map(|(subject, points)| {
        let points = points.into_iter().flatten().map(Aggregate::Point);
        points.chain([Aggregate::Subject(subject)])
    });
    linked.chain([fact.position.log.aggregate])
}
