//! A worker that runs one operation on the real step machine.
//!
//! A step is consumed by its answer, so a state of the model cannot hold one. It holds the transcript of the answers so far:
//! operations are pure, so the same answers lead to the same step. Each transcript is replayed once and kept.

use std::collections::BTreeMap;

use std::sync::{Arc, RwLock};

use consent_engine::op::{Decide, Load, Operation, Person, Step};
use consent_engine::store::{Batch, Page, ReadSet, Receipt, Records, Stored};
use consent_engine::{CommandOutcome, EngineError, OperationError};
use consent_engine::{End, LogId, Policy, Query, Seq, Timestamp, permits};

use crate::digest;

/// What a worker runs.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "few of them live at a time")]
pub enum Job {
    Command(Box<Decide>),
    Ask { load: Box<Load>, query: Query, policy: Box<Policy>, now: Timestamp },
}

/// What a worker was answered.
#[derive(Clone, Debug)]
pub enum Answer {
    Found(Vec<Option<Stored>>),
    Receipt(Receipt),
    /// The store failed: certainly nothing was written.
    Failed,
}

/// What a worker waits for after a transcript.
#[derive(Clone, Debug)]
pub enum Wants {
    Read(ReadSet),
    Commit(Batch),
    Ended(Ending),
}

/// What a worker reports to its caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    Carried {
        accepted: bool,
        repeated: bool,
        facts: Vec<(LogId, Seq, Seq)>,
    },
    Answered(bool),
    /// Certainly without effect.
    Nothing(&'static str),
    InDoubt,
    /// The store returned what cannot be.
    Corrupt,
}

/// How far a worker came: a transcript, and what comes next.
#[derive(Debug)]
pub struct Progress {
    transcript: Vec<Answer>,
    pub wants: Wants,
    digest: u64,
}

/// Every transcript that was met, replayed.
#[derive(Debug)]
pub struct Replays {
    jobs: Vec<Job>,
    known: RwLock<BTreeMap<u64, Arc<Progress>>>,
}

impl Replays {
    pub const fn new(jobs: Vec<Job>) -> Self {
        Self { jobs, known: RwLock::new(BTreeMap::new()) }
    }

    /// A worker that begins.
    pub fn begin(&self, worker: usize) -> Arc<Progress> {
        self.known(digest(&worker), || self.replay(worker, Vec::new(), digest(&worker)))
    }

    /// The same worker after one more answer.
    pub fn answer(&self, worker: usize, before: &Progress, answer: Answer) -> Arc<Progress> {
        let digest = digest(&(before.digest, digest_of(&answer)));
        self.known(digest, || {
            let mut transcript = before.transcript.clone();
            transcript.push(answer);
            self.replay(worker, transcript, digest)
        })
    }

    pub fn len(&self) -> usize {
        self.known.read().unwrap().len()
    }

    fn known(&self, digest: u64, replay: impl FnOnce() -> Progress) -> Arc<Progress> {
        if let Some(known) = self.known.read().unwrap().get(&digest) {
            return Arc::clone(known);
        }
        let progress = Arc::new(replay());
        self.known.write().unwrap().insert(digest, Arc::clone(&progress));
        progress
    }

    fn replay(&self, worker: usize, transcript: Vec<Answer>, digest: u64) -> Progress {
        let wants = match &self.jobs[worker] {
            Job::Command(decide) => run(Decide::clone(decide), &transcript, Ending::carried),
            Job::Ask { load, query, policy, now } => run(Load::clone(load), &transcript, |person: Person| {
                Ending::Answered(permits(&person.view, query, policy, *now))
            }),
        };
        Progress { transcript, wants, digest }
    }
}

fn run<O: Operation>(
    operation: O,
    transcript: &[Answer],
    ending: impl FnOnce(O::Outcome) -> Ending,
) -> Wants {
    let mut step = Step::begin(operation);
    for answer in transcript.iter().cloned() {
        let next = match (step, answer) {
            (Step::Read(_, reading), Answer::Found(found)) => {
                reading.resume(Ok::<_, std::fmt::Error>(Records { found, page: Page::default() }))
            }
            (Step::Read(_, reading), Answer::Failed) => reading.resume(Err(std::fmt::Error)),
            (Step::Commit(_, committing), Answer::Receipt(receipt)) => committing.resume(Ok(vec![receipt])),
            (Step::Commit(_, committing), Answer::Failed) => committing.resume(Err(std::fmt::Error)),
            (step, answer) => panic!("{answer:?} is no answer to {step:?}"),
        };
        step = match next {
            Ok(step) => step,
            Err(EngineError::Operation(error)) => return Wants::Ended(Ending::stopped(&error)),
            Err(EngineError::Store { in_doubt: true, .. }) => return Wants::Ended(Ending::InDoubt),
            Err(EngineError::Store { .. }) => return Wants::Ended(Ending::Nothing("store failed")),
        };
    }
    match step {
        Step::Read(what, _) => Wants::Read(what),
        Step::Commit(batch, _) => Wants::Commit(batch),
        Step::Done(Ok(outcome)) => Wants::Ended(ending(outcome)),
        Step::Done(Err(error)) => Wants::Ended(Ending::stopped(&error)),
    }
}

impl Ending {
    fn carried(outcome: CommandOutcome) -> Self {
        let accepted = outcome.reports.iter().all(|report| report.end == End::Accepted);
        Self::Carried { accepted, repeated: outcome.repeated, facts: outcome.facts }
    }

    const fn stopped(error: &OperationError) -> Self {
        match error {
            OperationError::Unsettled { .. } => Self::InDoubt,
            OperationError::StoreCorrupt { .. } => Self::Corrupt,
            error => Self::Nothing(error.code()),
        }
    }
}

impl Progress {
    /// Whether a batch of this run was answered so.
    pub fn met(&self, receipt: impl Fn(&Receipt) -> bool) -> bool {
        self.transcript.iter().any(|answer| matches!(answer, Answer::Receipt(own) if receipt(own)))
    }

    pub const fn ending(&self) -> Option<&Ending> {
        match &self.wants {
            Wants::Ended(ending) => Some(ending),
            Wants::Read(_) | Wants::Commit(_) => None,
        }
    }

    pub const fn digest(&self) -> u64 {
        self.digest
    }

    /// A run that its driver ended by itself.
    pub fn cut_short(&self, ending: Ending) -> Self {
        let digest = digest(&(self.digest, "cut short"));
        Self { transcript: self.transcript.clone(), wants: Wants::Ended(ending), digest }
    }
}

fn digest_of(answer: &Answer) -> u64 {
    match answer {
        Answer::Found(found) => {
            let rows: Vec<_> = found
                .iter()
                .map(|found| found.as_ref().map(|stored| (stored.version.get(), &*stored.bytes)))
                .collect();
            digest(&(1, rows))
        }
        Answer::Receipt(Receipt::Committed) => 2,
        // The machine does not look at the keys.
        Answer::Receipt(Receipt::Conflict(_)) => 3,
        Answer::Receipt(Receipt::Unknown) => 4,
        Answer::Failed => 5,
    }
}

known_by_digest!(Progress);
