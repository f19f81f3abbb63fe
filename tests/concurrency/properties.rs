//! What must hold in every state, and what must be reachable.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use consent_engine::op::HistoryCursor;
use consent_engine::store::Row;
use consent_engine::{Aggregate, CommandId, Engine, LogId, Seq};
use stateright::{Expectation, Property};

use crate::image::Image;
use crate::model::{State, Worker, World};
use crate::scenario::{AGGREGATES, Faults, Work, question};
use crate::support::{PERSON, t};
use crate::worker::{Ending, Progress};

pub const L01: &str = "L01 no permit while a withdrawal bites";
pub const L14: &str = "L14 linearizable";
pub const L15: &str = "L15 a batch is all or nothing, and logs are dense";
pub const L16: &str = "L16 to L18 a command takes effect once at most";
pub const L18: &str = "L18 what was reported as done is in the store";
pub const L20: &str = "L20 a message is answered once";
pub const L22: &str = "L22 beside a withdrawal no confirmation permits";
pub const L53: &str = "L53 what was reported as not done never takes effect";
pub const AFTER_CRASH: &str = "L53 what was reported as not done after a crash never takes effect";
pub const SOUND: &str = "a sound store is never called corrupt";

pub const CONFLICT: &str = "a commit conflicts";
pub const CONTENTION: &str = "contention is reported";
pub const REPEATED: &str = "an earlier outcome is repeated";
pub const SETTLED: &str = "a commit of unknown end is settled";
pub const UNSETTLED: &str = "a commit stays in doubt";
pub const LATE: &str = "a batch lands after its worker reported";
pub const PERMIT: &str = "the person may be contacted";
pub const LIFTED: &str = "a grant lifts a withdrawal";
pub const INERT: &str = "a grant is there and a withdrawal bites";
pub const ATTEMPTED: &str = "a grant is recorded without effect";

pub const MERGED_INERT: &str = "a withdrawal of the other record makes a grant inert";
pub const MERGED_LIFTED: &str = "a grant lifts a withdrawal of the other record";

/// What one image of the store says, by the engine.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    permits: bool,
    /// Every row of facts is in order, complete, and counted by its head.
    dense: bool,
    facts: BTreeMap<CommandId, usize>,
    records: BTreeMap<CommandId, usize>,
    positions: BTreeMap<(LogId, Seq), Option<CommandId>>,
}

impl Verdict {
    fn of(world: &World, image: &Image) -> Self {
        let mut verdict = Self { dense: true, ..Self::default() };
        let engine = Engine::new(image.clone(), world.settings.clone());
        verdict.permits = engine.permits(PERSON, &question(), t(1_000)).unwrap_or(false);
        for aggregate in AGGREGATES {
            verdict.read_history(&engine, aggregate);
        }
        for key in image.keys() {
            match key.row() {
                Row::Command { command, .. } => *verdict.records.entry(command).or_default() += 1,
                Row::Facts { log, first } => {
                    verdict.dense &= verdict.positions.contains_key(&(log, first));
                }
                _ => {}
            }
        }
        verdict
    }

    fn read_history(&mut self, engine: &Engine<Image>, aggregate: Aggregate) {
        let mut cursor: Option<HistoryCursor> = None;
        let mut read: BTreeMap<LogId, u64> = BTreeMap::new();
        loop {
            let Ok(page) = engine.history(aggregate, cursor, 10) else {
                self.dense = false;
                return;
            };
            for fact in page.facts {
                *read.entry(fact.position.log).or_default() += 1;
                self.positions.insert((fact.position.log, fact.position.seq), fact.command);
                if let Some(command) = fact.command {
                    *self.facts.entry(command).or_default() += 1;
                }
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        if let Aggregate::Subject(subject) = aggregate {
            let view = engine.load(subject);
            let logs = view.iter().flat_map(|view| view.projection().logs());
            let own = logs.filter(|log| log.log().aggregate == aggregate);
            let heads: BTreeMap<_, _> = own.map(|log| (log.log(), log.head())).collect();
            self.dense &= heads == read;
        }
    }
}

fn verdict<'a>(world: &World, state: &'a State) -> &'a Verdict {
    state.store.verdict.get_or_init(|| Verdict::of(world, &state.store))
}

pub fn laws() -> Vec<Property<World>> {
    vec![
        Property::always(L01, no_permit_while_a_withdrawal_bites),
        Property::always(L14, |_: &World, state: &State| state.history.linearizable),
        Property::always(L15, |world, state| {
            let verdict = verdict(world, state);
            let whole = |work: &Work| {
                let facts = verdict.facts.get(&work.id()).copied().unwrap_or(0);
                let records = verdict.records.get(&work.id()).copied().unwrap_or(0);
                (facts == 0 && records == 0) || (facts >= work.facts() && records > 0)
            };
            verdict.dense && world.scenario.work.iter().all(whole)
        }),
        Property::always(L16, |world, state| {
            let verdict = verdict(world, state);
            let once = |work: &Work| verdict.facts.get(&work.id()).is_none_or(|facts| *facts <= work.facts());
            world.scenario.work.iter().all(once)
        }),
        Property::always(L18, |world, state| {
            let positions = &verdict(world, state).positions;
            ended(state).all(|(worker, progress)| match progress.ending() {
                Some(Ending::Carried { facts, .. }) => facts.iter().all(|(log, first, last)| {
                    let own = Some(Some(world.scenario.work[worker].id()));
                    let seqs = (first.get()..=last.get()).filter_map(Seq::new);
                    first <= last && seqs.map(|seq| positions.get(&(*log, seq)).copied()).all(|at| at == own)
                }),
                _ => true,
            })
        }),
        Property::always(L20, |world: &World, state: &State| {
            let answers = state.landed.iter().filter(|landed| world.scenario.work[landed.worker].confirms());
            answers.count() <= 1
        }),
        Property::always(L22, |world, state| {
            let unasked = landed(world, state, |work| work.grants() && !work.confirms());
            unasked || !landed(world, state, Work::withdraws) || !verdict(world, state).permits
        }),
        Property::always(L53, |world: &World, state: &State| {
            not_done_never_takes_effect(world, state, false)
        }),
        Property::always(AFTER_CRASH, |world: &World, state: &State| {
            // What one run reports of an earlier one needs a last read that does not fail, of one instant.
            let Faults { fail, torn, .. } = world.scenario.faults;
            (fail, torn) != (0, 0) || not_done_never_takes_effect(world, state, true)
        }),
        Property::always(SOUND, |_, state| {
            ended(state).all(|(_, progress)| progress.ending() != Some(&Ending::Corrupt))
        }),
    ]
}

/// A permit rests on a grant that was decided on every withdrawal that the store has.
fn no_permit_while_a_withdrawal_bites(world: &World, state: &State) -> bool {
    let work = |worker: usize| &world.scenario.work[worker];
    let withdrawals: BTreeSet<_> = (0..state.landed.len())
        .filter(|place| work(state.landed[*place].worker).withdraws())
        .filter_map(|place| u8::try_from(place).ok())
        .collect();
    let places = |is: fn(&Work) -> bool| {
        let landed = state.landed.iter().enumerate().filter(move |(_, landed)| is(work(landed.worker)));
        landed.filter_map(|(place, _)| u8::try_from(place).ok()).max()
    };
    // What another record refused bites from the merge on.
    let through_merge = places(Work::withdraws_for_merged).zip(places(Work::merges));
    let through_merge = through_merge.map(|(withdrawal, merge)| withdrawal.max(merge));
    let Some(last) = withdrawals.last().copied().max(through_merge) else { return true };
    let mut grants = state.landed.iter().filter(|landed| work(landed.worker).grants());
    grants.any(|grant| grant.read_at > last) || !verdict(world, state).permits
}

/// Unless the same command was delivered a second time, and that one is not known to have failed.
fn not_done_never_takes_effect(world: &World, state: &State, after_crash: bool) -> bool {
    let nothing = |worker: &Worker| match worker {
        Worker::Ended { progress, crashed } => {
            (after_crash || !crashed) && matches!(progress.ending(), Some(Ending::Nothing(_)))
        }
        Worker::Idle { .. } | Worker::Busy { .. } => false,
    };
    let failed = |work: &Work| {
        let all = world.scenario.work.iter().zip(&state.workers);
        all.filter(|(own, _)| own.id() == work.id()).all(|(_, worker)| nothing(worker))
    };
    let absent = |work: &Work| {
        let verdict = verdict(world, state);
        !verdict.facts.contains_key(&work.id()) && !verdict.records.contains_key(&work.id())
    };
    world.scenario.work.iter().all(|work| !failed(work) || absent(work))
}

fn ended(state: &State) -> impl Iterator<Item = (usize, &Arc<Progress>)> {
    let all = state.workers.iter().enumerate();
    all.filter_map(|(place, worker)| match worker {
        Worker::Ended { progress, .. } => Some((place, progress)),
        Worker::Idle { .. } | Worker::Busy { .. } => None,
    })
}

fn some_ending(state: &State, is: impl Fn(&Progress, &Ending) -> bool) -> bool {
    ended(state).any(|(_, progress)| progress.ending().is_some_and(|ending| is(progress, ending)))
}

fn landed(world: &World, state: &State, is: impl Fn(&Work) -> bool) -> bool {
    state.landed.iter().any(|landed| is(&world.scenario.work[landed.worker]))
}

type Condition = fn(&World, &State) -> bool;

/// What a scenario says is reachable.
pub fn reached(names: &[&'static str]) -> Vec<Property<World>> {
    use consent_engine::store::Receipt;

    let all: [(&'static str, Condition); 12] = [
        (MERGED_INERT, |world, state| {
            let both = landed(world, state, Work::merges) && landed(world, state, Work::withdraws_for_merged);
            both && landed(world, state, Work::grants) && !verdict(world, state).permits
        }),
        (MERGED_LIFTED, |world, state| {
            let both = landed(world, state, Work::merges) && landed(world, state, Work::withdraws_for_merged);
            both && verdict(world, state).permits
        }),
        (CONFLICT, |_, state| {
            some_ending(state, |progress, _| progress.met(|receipt| matches!(receipt, Receipt::Conflict(_))))
        }),
        (CONTENTION, |_, state| some_ending(state, |_, ending| *ending == Ending::Nothing("contention"))),
        (REPEATED, |_, state| {
            some_ending(state, |_, ending| matches!(ending, Ending::Carried { repeated: true, .. }))
        }),
        (SETTLED, |_, state| {
            some_ending(state, |progress, ending| {
                let doubted = progress.met(|receipt| *receipt == Receipt::Unknown);
                doubted && matches!(ending, Ending::Carried { repeated: true, .. })
            })
        }),
        (UNSETTLED, |_, state| some_ending(state, |_, ending| *ending == Ending::InDoubt)),
        (LATE, |_, state| state.landed.iter().any(|landed| landed.late)),
        (PERMIT, |world, state| verdict(world, state).permits),
        (LIFTED, |world, state| verdict(world, state).permits && landed(world, state, Work::withdraws)),
        (INERT, |world, state| {
            !verdict(world, state).permits
                && landed(world, state, Work::withdraws)
                && landed(world, state, Work::grants)
        }),
        (ATTEMPTED, |_, state| {
            some_ending(state, |_, ending| matches!(ending, Ending::Carried { accepted: false, .. }))
        }),
    ];
    let wanted = all.into_iter().filter(|(name, _)| names.contains(name));
    wanted
        .map(|(name, condition)| Property { expectation: Expectation::Sometimes, name, condition })
        .collect()
}
