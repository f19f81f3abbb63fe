use alloc::collections::BTreeMap;
use core::ops::Range;

use consent_engine::Settings;
use consent_engine::op::{History, HistoryCursor};
use consent_engine::{
    Aggregate, Consulted, Fact, FactKind, LogId, Named, Position, RestrictionKey, Seq, ViewToken, WriterId,
};

use crate::backend::Backend;
use crate::fault::Fault;

/// Every fact of a scenario in the order of its writing, read back from the store.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    facts: Vec<Fact>,
    logs: BTreeMap<LogId, Vec<usize>>,
}

impl Journal {
    /// How many facts there are; also the mark of this moment.
    pub(crate) fn len(&self) -> usize {
        self.facts.len()
    }

    /// Reads back what a command wrote to a log.
    pub(crate) fn read_back(
        &mut self,
        backend: &Backend,
        settings: &Settings,
        (log, first, last): (LogId, Seq, Seq),
    ) -> Result<(), Fault> {
        let mut cursor = Some(HistoryCursor::at(log, first));
        loop {
            let page = backend.must(History::new(settings.clone(), log.aggregate, cursor, 1))?;
            for fact in page.facts.into_iter().filter(|fact| fact.position.log == log) {
                let Position { seq, .. } = fact.position;
                self.logs.entry(log).or_default().push(self.facts.len());
                self.facts.push(fact);
                if seq == last {
                    return Ok(());
                }
            }
            cursor = Some(page.next.ok_or_else(|| Fault::input("the history lacks what was written"))?);
        }
    }

    pub(crate) fn slice(&self, range: Range<usize>) -> &[Fact] {
        self.facts.get(range).unwrap_or_default()
    }

    pub(crate) fn at(&self, position: Position) -> Option<&Fact> {
        let seq = usize::try_from(position.seq.get()).ok()?;
        let place = self.logs.get(&position.log)?.get(seq.checked_sub(1)?)?;
        self.facts.get(*place)
    }

    fn logs_of(&self, aggregate: Aggregate) -> impl Iterator<Item = (&LogId, &Vec<usize>)> {
        let first = LogId::new(aggregate, WriterId::from_u128(0));
        let last = LogId::new(aggregate, WriterId::from_u128(u128::MAX));
        self.logs.range(first..=last)
    }

    /// Every fact of a person or contact point.
    pub(crate) fn of(&self, aggregate: Aggregate) -> impl Iterator<Item = &Fact> {
        self.logs_of(aggregate).flat_map(|(_, places)| places).filter_map(|place| self.facts.get(*place))
    }

    /// A token of what these persons and contact points held at a mark.
    pub(crate) fn token(&self, of: impl IntoIterator<Item = Aggregate>, mark: usize) -> ViewToken {
        let logs = of.into_iter().flat_map(|aggregate| self.logs_of(aggregate));
        let held = logs.map(|(log, places)| (*log, places.partition_point(|place| *place < mark)));
        held.filter_map(|(log, head)| Some((Consulted::Log(log), u64::try_from(head).ok()?))).collect()
    }

    /// One of the restrictions written in a range.
    pub(crate) fn restriction(&self, range: Range<usize>, nth: usize) -> Result<Named, Fault> {
        let mut found = self.slice(range).iter().filter_map(|fact| match &fact.kind {
            FactKind::Restriction(made) => {
                let key = RestrictionKey { reason: made.reason, by: fact.actor.kind(), scope: made.scope };
                Some(Named { log: fact.position.log, key, upto: fact.position.seq })
            }
            _ => None,
        });
        found
            .nth(nth)
            .ok_or_else(|| Fault::field("nth", "that step wrote fewer restrictions; the first is 0"))
    }

    /// One of the legal holds written in a range, as the release of it.
    pub(crate) fn hold(&self, range: Range<usize>, nth: usize) -> Result<consent_engine::Act, Fault> {
        let mut found = self.slice(range).iter().filter_map(|fact| match &fact.kind {
            FactKind::Hold(hold) => {
                let Position { log, seq } = fact.position;
                Some(consent_engine::Act::Release { purpose: hold.purpose, log, upto: seq })
            }
            _ => None,
        });
        found.nth(nth).ok_or_else(|| Fault::field("nth", "that step wrote fewer legal holds; the first is 0"))
    }
}
