use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::fact::Fact;
use crate::id::{Aggregate, LogId, Seq};
use crate::op::{Halt, Loaded, Operation, Plan, Settings};
use crate::store::{Prefix, Row, Scan};
use crate::wire::{Corruption, Record};

/// Reads the facts of a subject or contact point, page by page: log by log, each in order.
///
/// A fact that the log had and that the store does not return is an error: nothing is left out in silence.
#[derive(Clone, Debug)]
pub struct History {
    settings: Settings,
    aggregate: Aggregate,
    cursor: Option<HistoryCursor>,
    limit: u16,
}

/// Where the next page begins. The serde form is for page tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HistoryCursor {
    log: LogId,
    /// The first and the last fact of the last row that was read.
    row: Option<(Seq, Seq)>,
}

impl HistoryCursor {
    /// Begins at the first fact of a commit, as [`CommandOutcome::facts`](crate::CommandOutcome::facts) names it.
    #[must_use]
    pub fn at(log: LogId, first: Seq) -> Self {
        let before = Seq::new(first.get().saturating_sub(1));
        Self { log, row: before.map(|before| (before, before)) }
    }
}

/// A page of a history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain output")]
pub struct HistoryPage {
    /// The facts.
    pub facts: Vec<Fact>,
    /// Where the next page begins; none at the end.
    pub next: Option<HistoryCursor>,
}

impl History {
    /// The history of a subject or contact point from the beginning, or from where a page ended.
    ///
    /// A page has the facts of up to `limit` commits.
    #[must_use]
    pub const fn new(
        settings: Settings,
        aggregate: Aggregate,
        cursor: Option<HistoryCursor>,
        limit: u16,
    ) -> Self {
        Self { settings, aggregate, cursor, limit }
    }
}

impl Operation for History {
    type Outcome = HistoryPage;

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn plan(&self, see: &Loaded) -> Result<Plan<HistoryPage>, Halt> {
        let record = see.aggregate(self.aggregate)?;
        let logs = record.map_or(&[][..], |record| record.logs.logs());
        let from = self.cursor.map(|cursor| cursor.log);
        let mut left = logs.iter().filter(|log| from.is_none_or(|from| from <= log.log()));
        let Some(log) = left.next() else { return Ok(Plan::done(HistoryPage::default())) };
        let read = self.cursor.filter(|cursor| cursor.log == log.log()).and_then(|cursor| cursor.row);
        let mut scan = Scan::new(Prefix::facts(self.settings.tenant, log.log()), self.limit);
        if let Some((first, _)) = read {
            scan = scan.after(see.key(Row::Facts { log: log.log(), first }));
        }
        let page = see.page(scan)?;
        let mut facts: Vec<Fact> = Vec::new();
        let mut row = read;
        for (key, _, record) in &page.records {
            let (Record::Facts(record), Row::Facts { first, .. }) = (record, key.row()) else {
                return Err(Halt::corrupt(*key, Corruption::Misplaced));
            };
            let expected = row.map_or(1, |(_, last)| last.get().saturating_add(1));
            if first.get() != expected {
                let why = Corruption::MissingFacts { expected, found: first.get() };
                return Err(Halt::corrupt(*key, why));
            }
            facts.extend(record.0.iter().cloned());
            row = record.0.last().map(|last| (first, last.position.seq));
        }
        let last = row.map_or(0, |(_, last)| last.get());
        if !page.more && last < log.head() {
            let why = Corruption::MissingFacts { expected: last.saturating_add(1), found: log.head() };
            return Err(Halt::corrupt(see.aggregate_key(self.aggregate), why));
        }
        let next = if page.more {
            Some(HistoryCursor { log: log.log(), row })
        } else {
            left.next().map(|next| HistoryCursor { log: next.log(), row: None })
        };
        Ok(Plan::done(HistoryPage { facts, next }))
    }
}
