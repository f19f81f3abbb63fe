//! The model: workers over one store, with every interleaving and the faults of a scenario.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, RwLock};

use consent_engine::Settings;
use consent_engine::store::{Batch, Receipt, Stored};
use stateright::{Model, Property};

use crate::digest;
use crate::history::{History, Told};
use crate::image::{Image, is_command};
use crate::properties;
use crate::scenario::{Faults, Scenario, before, settings};
use crate::support::WRITER;
use crate::worker::{Answer, Ending, Progress, Replays, Wants};

/// What is wrong with the store, the machine or the driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    None,
    /// The store checks the expectation of the first key of a batch only.
    ChecksFirstKeyOnly,
    /// The store does not check that the record of a command is absent.
    IgnoresAbsentCommand,
    /// The store writes a part of a batch: that of the first bucket.
    WritesFirstBucketOnly,
    /// The store answers a read with what it held at the beginning.
    ReadsStale,
    /// The store calls a batch a conflict that it has just written.
    AppliedIsConflict,
    /// The store calls a batch a conflict that it writes later.
    InFlightIsConflict,
    /// The machine neither writes nor checks the record of a command.
    NoCommandRecord,
    /// The driver takes an unknown end for a failure, and says so to the caller.
    UnknownIsFailure,
    /// The driver takes an unknown end for a commit.
    UnknownIsCommitted,
}

pub struct World {
    pub scenario: Scenario,
    pub flaw: Flaw,
    pub settings: Settings,
    pub replays: Replays,
    before: Arc<Image>,
    images: RwLock<BTreeMap<u64, Arc<Image>>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    pub store: Arc<Image>,
    pub workers: Vec<Worker>,
    /// Batches of unknown end that may still land, in order.
    in_flight: Vec<Sent>,
    faults: Faults,
    pub landed: Vec<Landed>,
    pub history: Arc<History>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Worker {
    Idle {
        /// It called before.
        called: bool,
        /// It crashed after it had sent a batch.
        crashed: bool,
    },
    Busy {
        progress: Arc<Progress>,
        /// How many batches had landed at its last read.
        read_at: u8,
        torn: Option<Torn>,
        crashed: bool,
    },
    Ended {
        progress: Arc<Progress>,
        crashed: bool,
    },
}

/// A read of which one record was read before the others.
#[derive(Clone, Debug)]
pub struct Torn {
    place: usize,
    found: Option<Stored>,
}

/// A batch that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Sent {
    worker: usize,
    /// What the worker waits for is the batch.
    progress: Arc<Progress>,
    read_at: u8,
}

/// A batch that took effect.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Landed {
    pub worker: usize,
    pub read_at: u8,
    /// Its worker had reported by then.
    pub late: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Begin(usize),
    Read(usize),
    /// One record of a read, before the others.
    ReadOne(usize, usize),
    Commit(usize),
    /// The batch is sent; its end stays unknown.
    Unknown(usize),
    /// A batch that was sent arrives.
    Land(usize),
    Fail(usize),
    Crash(usize),
}

impl World {
    pub fn new(scenario: Scenario, flaw: Flaw) -> Self {
        let jobs = scenario.work.iter().map(|work| work.job(scenario.attempts)).collect();
        let (replays, before) = (Replays::new(jobs), Arc::new(before(&scenario.work)));
        let images = RwLock::new(BTreeMap::from([(before.digest(), Arc::clone(&before))]));
        Self { scenario, flaw, settings: settings(WRITER), replays, before, images }
    }

    pub fn images(&self) -> usize {
        self.images.read().unwrap().len()
    }

    /// The one image of its kind, so that its verdict is worked out once.
    fn image(&self, image: Image) -> Arc<Image> {
        if let Some(known) = self.images.read().unwrap().get(&image.digest()) {
            return Arc::clone(known);
        }
        let mut images = self.images.write().unwrap();
        Arc::clone(images.entry(image.digest()).or_insert_with(|| Arc::new(image)))
    }

    fn batch(&self, progress: &Progress) -> Batch {
        let Wants::Commit(batch) = &progress.wants else { panic!("nothing to commit") };
        if self.flaw != Flaw::NoCommandRecord {
            return batch.clone();
        }
        Batch::new(batch.writes().iter().filter(|write| !is_command(&write.key)).cloned()).unwrap()
    }

    /// A batch arrives at the store. Whether it took effect.
    fn land(&self, state: &mut State, sent: &Sent) -> bool {
        let batch = self.batch(&sent.progress);
        if !state.store.conflicts(&batch, self.flaw).is_empty() {
            return false;
        }
        state.store = self.image(state.store.after(&batch, self.flaw));
        let late = matches!(state.workers[sent.worker], Worker::Ended { .. });
        state.landed.push(Landed { worker: sent.worker, read_at: sent.read_at, late });
        true
    }

    /// The worker goes on with an answer.
    fn answered(&self, state: &mut State, worker: usize, answer: Answer) {
        let Worker::Busy { progress, read_at, .. } = &state.workers[worker] else { panic!("not waiting") };
        let read_at = match &answer {
            Answer::Found(_) => u8::try_from(state.landed.len()).unwrap(),
            Answer::Receipt(_) | Answer::Failed => *read_at,
        };
        let progress = self.replays.answer(worker, progress, answer);
        self.goes_on(state, worker, progress, read_at);
    }

    fn goes_on(&self, state: &mut State, worker: usize, progress: Arc<Progress>, read_at: u8) {
        let crashed = state.workers[worker].crashed();
        let told = match progress.ending() {
            None => {
                state.workers[worker] = Worker::Busy { progress, read_at, torn: None, crashed };
                return;
            }
            Some(Ending::Carried { accepted: true, .. }) => Some(Told::Done),
            Some(Ending::Carried { .. }) => Some(Told::Recorded),
            Some(Ending::Answered(permit)) => Some(Told::Permit(*permit)),
            Some(Ending::Nothing(_)) => Some(Told::Nothing),
            Some(Ending::InDoubt | Ending::Corrupt) => None,
        };
        state.workers[worker] = Worker::Ended { progress, crashed };
        if let Some(told) = told {
            state.history = state.history.told(u8::try_from(worker).unwrap(), told);
        }
    }

    fn begin(&self, state: &mut State, worker: usize) {
        let Worker::Idle { called, .. } = state.workers[worker] else { panic!("not idle") };
        if !called {
            let call = self.scenario.work[worker].call();
            state.history = state.history.called(u8::try_from(worker).unwrap(), call);
        }
        self.goes_on(state, worker, self.replays.begin(worker), 0);
    }

    fn read(&self, state: &mut State, worker: usize) {
        let Worker::Busy { progress, torn, .. } = &state.workers[worker] else { panic!("not waiting") };
        let Wants::Read(what) = &progress.wants else { panic!("nothing to read") };
        let store = if self.flaw == Flaw::ReadsStale { &self.before } else { &state.store };
        let find = |(place, key)| match torn {
            Some(torn) if torn.place == place => torn.found.clone(),
            _ => store.get(key),
        };
        let found = what.keys().iter().enumerate().map(find).collect();
        self.answered(state, worker, Answer::Found(found));
    }

    fn read_one(state: &mut State, worker: usize, place: usize) {
        state.faults.torn -= 1;
        let store = Arc::clone(&state.store);
        let Worker::Busy { progress, torn, .. } = &mut state.workers[worker] else { panic!("not waiting") };
        let Wants::Read(what) = &progress.wants else { panic!("nothing to read") };
        *torn = Some(Torn { place, found: store.get(&what.keys()[place]) });
    }

    fn sent(state: &State, worker: usize) -> Sent {
        let Worker::Busy { progress, read_at, .. } = &state.workers[worker] else { panic!("not waiting") };
        Sent { worker, progress: Arc::clone(progress), read_at: *read_at }
    }

    fn commit(&self, state: &mut State, worker: usize) {
        let sent = Self::sent(state, worker);
        let receipt = if self.land(state, &sent) && self.flaw != Flaw::AppliedIsConflict {
            Receipt::Committed
        } else {
            Receipt::Conflict(Vec::new())
        };
        self.answered(state, worker, Answer::Receipt(receipt));
    }

    fn send(state: &mut State, worker: usize) {
        state.in_flight.push(Self::sent(state, worker));
        state.in_flight.sort_by_key(|sent| (sent.worker, sent.progress.digest()));
    }

    /// Whether a batch of this run or of one before it may still land.
    fn sent_before(worker: &Worker) -> bool {
        let doubted = match worker {
            Worker::Busy { progress, .. } => progress.met(|receipt| *receipt == Receipt::Unknown),
            Worker::Idle { .. } | Worker::Ended { .. } => false,
        };
        doubted || worker.crashed()
    }

    fn unknown(&self, state: &mut State, worker: usize) {
        state.faults.unknown -= 1;
        Self::send(state, worker);
        let receipt = match self.flaw {
            Flaw::InFlightIsConflict => Receipt::Conflict(Vec::new()),
            Flaw::UnknownIsCommitted => Receipt::Committed,
            Flaw::UnknownIsFailure => {
                let Sent { progress, read_at, .. } = Self::sent(state, worker);
                let progress = progress.cut_short(Ending::Nothing("the driver says so"));
                self.goes_on(state, worker, Arc::new(progress), read_at);
                return;
            }
            _ => Receipt::Unknown,
        };
        self.answered(state, worker, Answer::Receipt(receipt));
    }
}

impl Model for World {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        let mut first = State {
            store: Arc::clone(&self.before),
            workers: vec![Worker::Idle { called: false, crashed: false }; self.scenario.work.len()],
            in_flight: Vec::new(),
            faults: self.scenario.faults,
            landed: Vec::new(),
            history: Arc::new(History::new()),
        };
        if self.scenario.at_once {
            (0..first.workers.len()).for_each(|worker| self.begin(&mut first, worker));
        }
        vec![first]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Step>) {
        let may = state.faults;
        for (worker, at) in state.workers.iter().enumerate() {
            let Worker::Busy { progress, torn, .. } = at else {
                actions.extend(matches!(at, Worker::Idle { .. }).then_some(Step::Begin(worker)));
                continue;
            };
            match &progress.wants {
                Wants::Read(what) => {
                    actions.push(Step::Read(worker));
                    if may.torn > 0 && torn.is_none() && what.keys().len() > 1 {
                        actions.extend((0..what.keys().len()).map(|place| Step::ReadOne(worker, place)));
                    }
                }
                Wants::Commit(_) => {
                    actions.push(Step::Commit(worker));
                    actions.extend((may.unknown > 0).then_some(Step::Unknown(worker)));
                }
                Wants::Ended(_) => {}
            }
            actions.extend((may.fail > 0).then_some(Step::Fail(worker)));
            actions.extend((may.crash > 0).then_some(Step::Crash(worker)));
        }
        actions.extend((0..state.in_flight.len()).map(Step::Land));
    }

    fn next_state(&self, last: &State, action: Step) -> Option<State> {
        let mut state = last.clone();
        match action {
            Step::Begin(worker) => self.begin(&mut state, worker),
            Step::Read(worker) => self.read(&mut state, worker),
            Step::ReadOne(worker, place) => Self::read_one(&mut state, worker, place),
            Step::Commit(worker) => self.commit(&mut state, worker),
            Step::Unknown(worker) => self.unknown(&mut state, worker),
            Step::Land(place) => {
                let sent = state.in_flight.remove(place);
                self.land(&mut state, &sent);
            }
            Step::Fail(worker) => {
                state.faults.fail -= 1;
                self.answered(&mut state, worker, Answer::Failed);
            }
            Step::Crash(worker) => {
                state.faults.crash -= 1;
                let sending = matches!(&last.workers[worker], Worker::Busy { progress, .. }
                    if matches!(progress.wants, Wants::Commit(_)));
                if sending {
                    Self::send(&mut state, worker);
                }
                let crashed = sending || Self::sent_before(&last.workers[worker]);
                state.workers[worker] = Worker::Idle { called: true, crashed };
            }
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::laws().into_iter().chain(properties::reached(&self.scenario.reaches)).collect()
    }
}

impl Worker {
    const fn crashed(&self) -> bool {
        match self {
            Self::Idle { crashed, .. } | Self::Busy { crashed, .. } | Self::Ended { crashed, .. } => *crashed,
        }
    }
}

impl Hash for Torn {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let found = self.found.as_ref().map(|stored| (stored.version.get(), &*stored.bytes));
        digest(&(self.place, found)).hash(state);
    }
}

impl PartialEq for Torn {
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place && self.found == other.found
    }
}

impl Eq for Torn {}
