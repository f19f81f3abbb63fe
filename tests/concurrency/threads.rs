//! Threads on the store in memory: what they saw must fit one order of single steps that fits the order of time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Barrier, Mutex};
use std::thread;

use consent_engine::op::Stamp;
use consent_engine::store::MemoryStore;
use consent_engine::{Breadth, Channel, CommandId, End, Engine, Scope, Stated};

use crate::scenario::{POINT, prepare, question, settings};
use crate::support::{OTHER_WRITER, PERSON, WRITER, explicit, id, t};

/// What a thread did, and when by the common clock it began and ended.
#[derive(Clone, Copy, Debug)]
struct Event {
    began: u64,
    ended: u64,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    OptOut,
    OptIn,
    Asked { permitted: bool },
}

/// A clock of turns: what ends before something else begins has the lower turn.
#[derive(Default)]
struct Log {
    turn: AtomicU64,
    events: Mutex<Vec<Event>>,
}

impl Log {
    /// Notes what was done, if it was.
    fn note(&self, work: impl FnOnce() -> Option<What>) {
        let began = self.turn.fetch_add(1, Ordering::SeqCst);
        let Some(what) = work() else { return };
        let ended = self.turn.fetch_add(1, Ordering::SeqCst);
        self.events.lock().unwrap().push(Event { began, ended, what });
    }
}

const ROUNDS: u64 = 80;
/// A command that is repeated this often got its turn.
const ATTEMPTS: u32 = 1_000;

/// A command with an id of its own. Instants grow with the turns, far enough apart to be out of the window of conflicts.
fn stamp(log: &Log) -> Stamp {
    let turn = log.turn.fetch_add(1, Ordering::SeqCst);
    Stamp::new(t(i64::try_from(turn).unwrap() * 10), CommandId::from_u128(u128::from(turn) << 16))
}

fn opt_in(engine: &Engine<MemoryStore>, log: &Log) -> Option<What> {
    let purpose = Breadth::Exactly(id("news"));
    let stated = Stated { purpose, channel: Some(Channel::Email), point: Some(POINT) };
    let outcome = engine.opt_in(PERSON, [stated], explicit(), stamp(log)).unwrap();
    let accepted = outcome.reports.iter().all(|report| report.end == End::Accepted);
    accepted.then_some(What::OptIn)
}

fn opt_out(engine: &Engine<MemoryStore>, log: &Log, round: u64) -> Option<What> {
    // In turn in the log of the person and in that of the address.
    let scope = if round.is_multiple_of(2) { Scope::EVERYTHING } else { Scope::EVERYTHING.at(POINT) };
    engine.opt_out(PERSON, [scope], stamp(log)).unwrap();
    Some(What::OptOut)
}

/// In each of two regions a thread opts out, one opts in and one asks, all at once.
fn hammer(log: &Log) {
    let store = MemoryStore::new();
    prepare(&store);
    let start = &Barrier::new(6);
    thread::scope(|threads| {
        for writer in [WRITER, OTHER_WRITER] {
            let engine = Engine::new(store.clone(), settings(writer).with_attempts(ATTEMPTS));
            let (refuses, consents, asks) = (engine.clone(), engine.clone(), engine);
            threads.spawn(move || {
                start.wait();
                (0..ROUNDS).for_each(|round| log.note(|| opt_out(&refuses, log, round)));
            });
            threads.spawn(move || {
                start.wait();
                (0..2 * ROUNDS).for_each(|_| log.note(|| opt_in(&consents, log)));
            });
            threads.spawn(move || {
                start.wait();
                for _ in 0..4 * ROUNDS {
                    // Later than every command, so that no clock seems to jump.
                    let permitted = || asks.permits(PERSON, &question(), t(1_000_000)).unwrap();
                    log.note(|| Some(What::Asked { permitted: permitted() }));
                }
            });
        }
    });
}

#[test]
fn l14_threads_see_every_opt_out_that_was_reported() {
    let log = Log::default();
    hammer(&log);
    let events = log.events.into_inner().unwrap();
    let of = |what: What| events.iter().filter(move |event| event.what == what);
    for asked in of(What::Asked { permitted: true }) {
        // A permit rests on an opt-in that ended after each opt-out which had ended before the question began.
        let last = of(What::OptOut).filter(|out| out.ended < asked.began).map(|out| out.began).max();
        let later = |own: &Event| own.began < asked.ended && last.is_none_or(|last| own.ended > last);
        assert!(of(What::OptIn).any(later), "{asked:?} permits over an opt-out that was reported");
    }
    let permits = of(What::Asked { permitted: true }).count();
    println!("{} calls, {} opt-ins with effect, {permits} permits", events.len(), of(What::OptIn).count());
    assert_eq!(of(What::OptOut).count(), usize::try_from(2 * ROUNDS).unwrap());
}
