use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::sync::Arc;

use crate::channel::Channel;
use crate::fact::{Cell, PurposeScope, Scope};
use crate::id::{ImportId, IndexKey};
use crate::op::import::{ImportCounts, PlannedRow, RowOutcome, Said};
use crate::policy::Policy;
use crate::purpose::PurposeId;

/// What an import would come to: a dry run, of which nothing was written.
///
/// The plan of a page is exact: its rows are decided by the code that applies them, one after the other. Plans of several pages, files or
/// systems [`join`](Self::join). A joined plan compares what its rows say of whom they name by address, else by alias; that a row of one
/// page repeats one of another it does not know, and counts both as applied.
#[derive(Clone, Debug)]
pub struct ImportPlan {
    policy: Arc<Policy>,
    pub(super) counts: ImportCounts,
    /// Rows that restrict, whatever else they do.
    pub(super) restricting: u64,
    /// Rows with an opt-in that would be recorded without effect.
    pub(super) attempted: u64,
    /// Why rows are rejected, with the rows.
    pub(super) rejected: BTreeMap<String, Examples>,
    /// What rows say of whom they name.
    people: BTreeMap<IndexKey, Statements>,
    most_people: usize,
    /// Rows of people that were too many to compare.
    pub(super) uncompared: u64,
}

/// A row of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_structs, reason = "a plain pair")]
pub struct RowRef {
    /// The import.
    pub import: ImportId,
    /// The row's number.
    pub row: u64,
}

/// Two rows that say yes and no of the same. The one that restricts counts, whichever comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_structs, reason = "plain output")]
pub struct Conflict {
    /// The first row that says yes.
    pub yes: RowRef,
    /// The first row that says no.
    pub no: RowRef,
    /// The purpose that both speak of.
    pub purpose: PurposeId,
    /// The channel.
    pub channel: Option<Channel>,
}

/// How many rows there are, and the first of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Examples {
    pub(super) count: u64,
    pub(super) first: BTreeSet<RowRef>,
}

/// What rows say of one person, each thing with the first row that says it.
#[derive(Clone, Debug, Default)]
struct Statements {
    yes: BTreeMap<(PurposeId, Option<Channel>), Yes>,
    no: BTreeMap<(PurposeScope, Option<Channel>), RowRef>,
}

#[derive(Clone, Copy, Debug)]
struct Yes {
    row: RowRef,
    /// It becomes permitted by that row or a later one.
    permits: bool,
}

impl ImportPlan {
    /// So many people are compared, unless [`comparing`](Self::comparing) says otherwise: some 100 MB.
    pub const MOST_PEOPLE: usize = 1 << 18;

    /// The plan of no rows.
    #[must_use]
    pub fn new(policy: impl Into<Arc<Policy>>) -> Self {
        Self {
            policy: policy.into(),
            counts: ImportCounts { applied: 0, unchanged: 0, rejected: 0 },
            restricting: 0,
            attempted: 0,
            rejected: BTreeMap::new(),
            people: BTreeMap::new(),
            most_people: Self::MOST_PEOPLE,
            uncompared: 0,
        }
    }

    /// With how many people are compared at most. Rows of others are counted, and the summary says how many they are.
    #[must_use]
    pub const fn comparing(mut self, people: usize) -> Self {
        self.most_people = people;
        self
    }

    /// How many rows would end how.
    #[must_use]
    pub const fn counts(&self) -> ImportCounts {
        self.counts
    }

    /// Why rows would be rejected, in words, and how many.
    pub fn rejected(&self) -> impl Iterator<Item = (&str, u64)> {
        self.rejected.iter().map(|(why, rows)| (why.as_str(), rows.count))
    }

    /// Both plans as one, such as of two systems.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.counts = self.counts.join(other.counts);
        self.restricting = self.restricting.saturating_add(other.restricting);
        self.attempted = self.attempted.saturating_add(other.attempted);
        self.uncompared = self.uncompared.saturating_add(other.uncompared);
        for (why, examples) in other.rejected {
            let own = self.rejected.entry(why).or_default();
            own.count = own.count.saturating_add(examples.count);
            examples.first.into_iter().for_each(|row| own.keep(row));
        }
        for (person, said) in other.people {
            match self.statements(person) {
                Some(own) => own.join(said),
                None => self.uncompared = self.uncompared.saturating_add(said.rows()),
            }
        }
        self
    }

    /// The rows of this plan that contradict each other about one person, purpose and channel, in no order.
    pub fn conflicts(&self) -> impl Iterator<Item = Conflict> + '_ {
        self.people.values().flat_map(|said| {
            said.yes.iter().filter_map(|((purpose, channel), yes)| {
                let no = said.denied(*purpose, *channel, &self.policy)?;
                Some(Conflict { yes: yes.row, no, purpose: *purpose, channel: *channel })
            })
        })
    }

    /// How many people become contactable who are not: those of whom a row permits something, and no row takes it back.
    #[must_use]
    pub fn contactable(&self) -> u64 {
        count(self.people.values().filter(|said| said.permitted(&self.policy).next().is_some()))
    }

    /// For what and how people become contactable, and how many.
    #[must_use]
    pub fn contactable_for(&self) -> BTreeMap<(PurposeId, Option<Channel>), u64> {
        let mut all: BTreeMap<_, u64> = BTreeMap::new();
        for cell in self.people.values().flat_map(|said| said.permitted(&self.policy)) {
            let count = all.entry(cell).or_default();
            *count = count.saturating_add(1);
        }
        all
    }

    /// How many people the rows that are compared name.
    #[must_use]
    pub fn people(&self) -> u64 {
        count(self.people.values())
    }

    /// Takes in what the next row would come to.
    pub fn take(&mut self, planned: &PlannedRow) {
        let PlannedRow { import, row, person, report, permitted } = planned;
        let at = RowRef { import: *import, row: row.number };
        self.counts.add(report.outcome);
        self.attempted = self.attempted.saturating_add(u64::from(report.attempted()));
        let restricts = report.reports.iter().any(|report| report.scope.is_some());
        self.restricting = self.restricting.saturating_add(u64::from(restricts));
        if report.outcome == RowOutcome::Rejected {
            let problem = report.problems.first().map(|problem| String::from(problem.kind()));
            let why = problem.or_else(|| report.refused.first().map(ToString::to_string));
            let examples = self.rejected.entry(why.unwrap_or_default()).or_default();
            examples.count = examples.count.saturating_add(1);
            examples.keep(at);
        }
        let Some(person) = person else { return };
        let said = row.statements.iter().filter(|statement| statement.said != Said::Unknown);
        if said.clone().next().is_none() {
            return;
        }
        match self.statements(*person) {
            Some(own) => {
                said.for_each(|statement| own.take(at, &statement.said, statement.channel, permitted))
            }
            None => self.uncompared = self.uncompared.saturating_add(1),
        }
    }

    /// What is said of a person, unless they are too many.
    fn statements(&mut self, person: IndexKey) -> Option<&mut Statements> {
        let room = self.people.len() < self.most_people;
        if room { Some(self.people.entry(person).or_default()) } else { self.people.get_mut(&person) }
    }
}

impl Examples {
    /// So many rows are named.
    const MOST: usize = 5;

    fn keep(&mut self, row: RowRef) {
        self.first.insert(row);
        if self.first.len() > Self::MOST {
            self.first.pop_last();
        }
    }
}

impl Statements {
    fn take(&mut self, row: RowRef, said: &Said, channel: Option<Channel>, permitted: &[Cell]) {
        let scope = match said {
            Said::OptedIn(purpose) => {
                let permits =
                    permitted.iter().any(|cell| cell.purpose == *purpose && cell.channel == channel);
                let own = self.yes.entry((*purpose, channel)).or_insert(Yes { row, permits });
                own.permits |= permits;
                return;
            }
            Said::OptedOut(purposes) => *purposes,
            Said::Complained | Said::Bounced | Said::Cleaned => PurposeScope::All,
            Said::Unknown => return,
        };
        self.no.entry((scope, channel)).or_insert(row);
    }

    fn join(&mut self, other: Self) {
        for (cell, yes) in other.yes {
            let own = self.yes.entry(cell).or_insert(yes);
            own.permits |= yes.permits;
        }
        for (scope, row) in other.no {
            self.no.entry(scope).or_insert(row);
        }
    }

    /// The first row that says no of a purpose and channel.
    fn denied(&self, purpose: PurposeId, channel: Option<Channel>, policy: &Policy) -> Option<RowRef> {
        let cell = Cell { purpose, channel, point: None };
        let covers = |scope: &(PurposeScope, Option<Channel>)| {
            Scope { purpose: scope.0, channel: scope.1, point: None }.covers(&cell, policy.catalogue())
        };
        self.no.iter().filter(|(scope, _)| covers(scope)).map(|(_, row)| *row).min()
    }

    fn permitted<'a>(
        &'a self,
        policy: &'a Policy,
    ) -> impl Iterator<Item = (PurposeId, Option<Channel>)> + 'a {
        let permitted = self.yes.iter().filter(|(_, yes)| yes.permits).map(|(cell, _)| *cell);
        permitted.filter(|(purpose, channel)| self.denied(*purpose, *channel, policy).is_none())
    }

    fn rows(&self) -> u64 {
        let yes = self.yes.values().map(|yes| yes.row);
        count(yes.chain(self.no.values().copied()).collect::<BTreeSet<_>>())
    }
}

fn count<T>(all: impl IntoIterator<Item = T>) -> u64 {
    u64::try_from(all.into_iter().count()).unwrap_or(u64::MAX)
}
