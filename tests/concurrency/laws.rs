//! Every interleaving of small worlds: L01, L14 to L18, L20, L22, L53.
//!
//! What every change runs has one or two faults; `CONSENT_ENGINE_FULL=1` has all at once, and six workers.

use stateright::{Checker, Model};

use crate::model::{Flaw, World};
use crate::properties::{
    ATTEMPTED, CONFLICT, CONTENTION, INERT, LATE, LIFTED, MERGED_INERT, MERGED_LIFTED, PERMIT, REPEATED,
    SETTLED, UNSETTLED,
};
use crate::scenario::{Deed, Faults, Scenario, Work};

pub const NO_FAULT: Faults = Faults { unknown: 0, crash: 0, fail: 0, torn: 0 };
const UNKNOWN: Faults = Faults { unknown: 1, ..NO_FAULT };
const WITHDRAWALS: [Deed; 3] = [Deed::OptOut, Deed::OptOutHere, Deed::OptOutByAddress];

fn full() -> bool {
    std::env::var_os("CONSENT_ENGINE_FULL").is_some()
}

/// Explores all of a scenario, and says how much that was.
fn explore(scenario: Scenario) {
    let deeds: Vec<_> = scenario.work.iter().map(|work| format!("{:?}", work.deed)).collect();
    let (deeds, faults) = (deeds.join(", "), scenario.faults);
    let checker = World::new(scenario, Flaw::None).checker().threads(2).spawn_bfs().join();
    println!(
        "{deeds}; {faults:?}: {} states, {} steps, {} deep, {} images of the store, {} transcripts",
        checker.unique_state_count(),
        checker.state_count(),
        checker.max_depth(),
        checker.model().images(),
        checker.model().replays.len(),
    );
    checker.assert_properties();
}

/// A withdrawal and a grant in two regions, and a question.
pub fn asked(withdrawal: Deed, faults: Faults) -> Scenario {
    let work = vec![Work::first(withdrawal, 1, 100), Work::second(Deed::Grant, 2, 200), Work::ask()];
    Scenario { work, faults, attempts: 2, at_once: false, reaches: vec![PERMIT, LIFTED] }
}

/// A withdrawal that both regions are told, and a grant.
pub fn told_twice(withdrawal: Deed, faults: Faults, attempts: u32) -> Scenario {
    let work = vec![
        Work::first(withdrawal, 1, 100),
        Work::second(Deed::Grant, 2, 200),
        Work::second(withdrawal, 1, 100),
    ];
    Scenario { work, faults, attempts, at_once: false, reaches: vec![CONFLICT, REPEATED, PERMIT, LIFTED] }
}

#[test]
fn l14_s_a_decision_sees_every_withdrawal_that_was_reported() {
    for withdrawal in WITHDRAWALS {
        explore(asked(withdrawal, Faults { torn: 1, ..UNKNOWN }));
    }
}

#[test]
fn l01_s_a_grant_beside_a_withdrawal_lifts_it_only_if_it_saw_it() {
    // In the last row the grant was captured before the withdrawal, or within the window of a conflict.
    let rows = [
        (Deed::OptOutHere, 200, vec![INERT, LIFTED]),
        (Deed::OptOutByAddress, 200, vec![INERT, LIFTED]),
        (Deed::OptOutHere, 103, vec![INERT, ATTEMPTED]),
        (Deed::OptOut, 50, vec![INERT, ATTEMPTED]),
    ];
    for (withdrawal, granted, reaches) in rows {
        let work = vec![
            Work::first(withdrawal, 1, 100),
            Work::second(Deed::Grant, 2, granted),
            Work::first(Deed::Grant, 3, 40),
        ];
        explore(Scenario { work, faults: UNKNOWN, attempts: 1, at_once: false, reaches });
    }
}

#[test]
fn l15_s_batches_of_two_buckets_are_all_or_nothing() {
    let work = vec![
        Work::first(Deed::Share, 1, 100),
        Work::second(Deed::OptOutHere, 2, 150),
        Work::second(Deed::Share, 1, 100),
    ];
    explore(Scenario {
        work,
        faults: UNKNOWN,
        attempts: 2,
        at_once: false,
        reaches: vec![CONFLICT, REPEATED, SETTLED],
    });
}

#[test]
fn l16_s_a_command_that_is_delivered_twice_takes_effect_once() {
    for withdrawal in WITHDRAWALS {
        explore(told_twice(withdrawal, UNKNOWN, 2));
    }
}

#[test]
fn l18_s_a_commit_of_unknown_end_is_settled() {
    let faults = Faults { unknown: 2, ..NO_FAULT };
    for withdrawal in WITHDRAWALS {
        let work = vec![Work::first(withdrawal, 1, 100), Work::second(Deed::Grant, 2, 200)];
        explore(Scenario {
            work,
            faults,
            attempts: 2,
            at_once: false,
            reaches: vec![SETTLED, UNSETTLED, LATE],
        });
    }
}

#[test]
fn l18_s_an_address_that_moves_while_a_commit_is_in_doubt() {
    let faults = Faults { unknown: 2, ..NO_FAULT };
    let work = vec![Work::first(Deed::Reassign, 1, 100), Work::second(Deed::GrantByAddress, 2, 200)];
    explore(Scenario {
        work,
        faults,
        attempts: 3,
        at_once: false,
        reaches: vec![CONFLICT, SETTLED, UNSETTLED, LATE],
    });
}

#[test]
fn l01_s_a_merge_brings_a_withdrawal_that_a_grant_beside_it_did_not_see() {
    let faults = Faults { unknown: 1, torn: 1, ..NO_FAULT };
    let work = vec![
        Work::first(Deed::Merge, 1, 100),
        Work::second(Deed::Grant, 2, 200),
        Work::first(Deed::OptOutOfOther, 3, 150),
    ];
    let reaches = vec![CONFLICT, PERMIT, SETTLED, MERGED_INERT, MERGED_LIFTED];
    explore(Scenario { work, faults, attempts: 2, at_once: false, reaches });
}

#[test]
fn l22_s_a_confirmation_beside_a_withdrawal_is_a_withdrawal() {
    for withdrawal in WITHDRAWALS {
        let work = vec![Work::first(withdrawal, 1, 100), Work::second(Deed::Confirm, 2, 200), Work::ask()];
        let reaches = vec![PERMIT, INERT];
        explore(Scenario { work, faults: UNKNOWN, attempts: 2, at_once: false, reaches });
    }
}

#[test]
fn l20_s_of_two_presentations_at_once_one_counts() {
    let work = vec![
        Work::first(Deed::Confirm, 1, 100),
        Work::second(Deed::Confirm, 2, 150),
        Work::first(Deed::OptOut, 3, 200),
    ];
    explore(Scenario { work, faults: UNKNOWN, attempts: 2, at_once: false, reaches: vec![PERMIT, CONFLICT] });
}

#[test]
fn l53_s_what_was_reported_as_not_done_never_takes_effect() {
    let faults = Faults { crash: 1, ..UNKNOWN };
    let work = vec![Work::first(Deed::OptOutHere, 1, 100), Work::second(Deed::Grant, 2, 200)];
    let reaches = vec![CONTENTION, LATE, UNSETTLED];
    explore(Scenario { work: work.clone(), faults, attempts: 1, at_once: false, reaches: reaches.clone() });
    let faults = Faults { fail: 1, torn: 1, ..faults };
    explore(Scenario { work, faults, attempts: 1, at_once: false, reaches });
}

#[test]
fn l14_to_l18_s_every_fault_at_once() {
    if !full() {
        return;
    }
    for withdrawal in WITHDRAWALS {
        explore(told_twice(withdrawal, Faults { unknown: 1, crash: 1, fail: 1, torn: 1 }, 1));
        explore(asked(withdrawal, Faults { unknown: 1, crash: 1, fail: 0, torn: 2 }));
    }
    explore(told_twice(Deed::OptOutHere, Faults { unknown: 2, crash: 1, ..NO_FAULT }, 2));
}

#[test]
fn l14_to_l18_s_two_regions_of_three_workers() {
    if !full() {
        return;
    }
    let work = vec![
        Work::first(Deed::OptOutHere, 1, 100),
        Work::second(Deed::Grant, 4, 250),
        Work::ask(),
        Work::second(Deed::OptOutHere, 1, 100),
        Work::first(Deed::Grant, 2, 200),
        Work::first(Deed::OptOut, 3, 150),
    ];
    let reaches = vec![CONFLICT, CONTENTION, REPEATED, PERMIT, LIFTED, INERT];
    explore(Scenario { work, faults: NO_FAULT, attempts: 1, at_once: true, reaches });
}
