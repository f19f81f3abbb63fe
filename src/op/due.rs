use alloc::vec::Vec;

use crate::decision::due;
use crate::id::Aggregate;
use crate::op::apply::Changes;
use crate::op::load::{Whom, gather};
use crate::op::{Halt, Loaded, Operation, Plan, Settings};
use crate::store::{Bucket, Key, Prefix, Row, Scan};
use crate::subject::Subject;
use crate::time::Timestamp;

/// Lists the subjects and contact points of one bucket for which something becomes due, the earliest first.
#[derive(Clone, Debug)]
pub struct DueList {
    settings: Settings,
    bucket: Bucket,
    before: Timestamp,
    cursor: Option<DueCursor>,
    limit: u16,
}

/// Where the next page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DueCursor(Key);

/// A page of what becomes due.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain output")]
pub struct DuePage {
    /// When, and for whom. What it is, [`due`] says of the loaded view.
    pub due: Vec<(Timestamp, Aggregate)>,
    /// Where the next page begins; none at the end.
    pub next: Option<DueCursor>,
}

impl DueList {
    /// What becomes due before an instant, from the beginning or from where a page ended.
    #[must_use]
    pub const fn new(
        settings: Settings,
        bucket: Bucket,
        before: Timestamp,
        cursor: Option<DueCursor>,
        limit: u16,
    ) -> Self {
        Self { settings, bucket, before, cursor, limit }
    }
}

impl Operation for DueList {
    type Outcome = DuePage;

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn plan(&self, see: &Loaded) -> Result<Plan<DuePage>, Halt> {
        let mut scan = Scan::new(Prefix::due(self.settings.tenant, self.bucket), self.limit);
        if let Some(DueCursor(after)) = self.cursor {
            scan = scan.after(after);
        }
        let page = see.page(scan)?;
        let rows = page.records.iter().filter_map(|(key, ..)| match key.row() {
            Row::Due { at, aggregate } => Some((*key, at, aggregate)),
            _ => None,
        });
        let within: Vec<_> = rows.take_while(|(_, at, _)| *at < self.before).collect();
        let all = within.len() == page.records.len() && page.more;
        let next = within.last().filter(|_| all).map(|(key, ..)| DueCursor(*key));
        let due = within.into_iter().map(|(_, at, aggregate)| (at, aggregate)).collect();
        Ok(Plan::done(DuePage { due, next }))
    }
}

/// Notes that what was due until now has been dealt with: the next thing due is listed instead.
#[derive(Clone, Debug)]
pub struct Reschedule {
    settings: Settings,
    aggregate: Aggregate,
    now: Timestamp,
}

impl Reschedule {
    /// What is due later than `now` is listed next.
    #[must_use]
    pub const fn new(settings: Settings, aggregate: Aggregate, now: Timestamp) -> Self {
        Self { settings, aggregate, now }
    }
}

impl Operation for Reschedule {
    type Outcome = Option<Timestamp>;

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn plan(&self, see: &Loaded) -> Result<Plan<Option<Timestamp>>, Halt> {
        let Some(record) = see.aggregate(self.aggregate)? else { return Ok(Plan::done(None)) };
        let next = match self.aggregate {
            Aggregate::Subject(id) => {
                let whom = Whom { named: &[id], ..Whom::default() };
                let view = gather(&self.settings, see, whom, Subject::default())?.view;
                let all = due(&view, &self.settings.policy, self.now, Timestamp::MAX);
                all.iter().map(|due| due.at).find(|at| self.now < *at)
            }
            Aggregate::Point(_) => record.logs.earliest_end_after(self.now),
        };
        if next == record.due {
            return Ok(Plan::done(next));
        }
        let mut changes = Changes::new(&self.settings, see);
        changes.due(self.aggregate, next)?;
        Ok(Plan { outcome: next, writes: changes.into_writes()? })
    }
}
