//! Every interleaving of small worlds: L01, L14 to L18, L53.

use stateright::{Checker, Model};

use crate::model::{Flaw, World};
use crate::properties::{
    ATTEMPTED, CONFLICT, CONTENTION, INERT, LATE, LIFTED, PERMIT, REPEATED, SETTLED, UNSETTLED,
};
use crate::scenario::{Deed, Faults, Scenario, Work};

const NO_FAULT: Faults = Faults { unknown: 0, crash: 0, fail: 0, torn: 0 };
const WITHDRAWALS: [Deed; 3] = [Deed::OptOut, Deed::OptOutHere, Deed::OptOutByAddress];

fn full() -> bool {
    std::env::var_os("CONSENT_ENGINE_FULL").is_some()
}

/// Explores all of a scenario, and says how much that was.
fn explore(name: &str, scenario: Scenario) {
    let checker = World::new(scenario, Flaw::None).checker().threads(2).spawn_bfs().join();
    println!(
        "{name}: {} states, {} steps, {} deep, {} images of the store, {} transcripts",
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
    Scenario { work, faults, attempts: 2, reaches: vec![PERMIT, LIFTED] }
}

/// A withdrawal that both regions are told, and a grant.
pub fn told_twice(withdrawal: Deed, faults: Faults, attempts: u32) -> Scenario {
    let work = vec![
        Work::first(withdrawal, 1, 100),
        Work::second(Deed::Grant, 2, 200),
        Work::second(withdrawal, 1, 100),
    ];
    Scenario { work, faults, attempts, reaches: vec![CONFLICT, REPEATED, PERMIT, LIFTED] }
}

#[test]
fn l14_s_a_decision_sees_every_withdrawal_that_was_reported() {
    let faults = Faults { torn: 1, unknown: 1, ..NO_FAULT };
    for withdrawal in WITHDRAWALS {
        explore(&format!("{withdrawal:?}, grant, question"), asked(withdrawal, faults));
    }
}

#[test]
fn l16_s_a_command_that_is_delivered_twice_takes_effect_once() {
    let faults = Faults { unknown: 1, ..NO_FAULT };
    for withdrawal in WITHDRAWALS {
        explore(&format!("{withdrawal:?} twice, grant"), told_twice(withdrawal, faults, 2));
    }
}

#[test]
fn l18_s_the_address_moves_while_a_commit_is_in_doubt() {
    let faults = Faults { unknown: 1, ..NO_FAULT };
    let work = vec![Work::first(Deed::Reassign, 1, 100), Work::second(Deed::GrantByAddress, 2, 200)];
    explore("moves", Scenario { work, faults, attempts: 2, reaches: vec![] });
}

#[test]
fn l53_s_crash() {
    let faults = Faults { unknown: 1, crash: 1, fail: 1, torn: 1 };
    for withdrawal in WITHDRAWALS {
        explore(&format!("{withdrawal:?} twice, grant, all faults"), told_twice(withdrawal, faults, 1));
    }
}

#[test]
fn l53_s_two_by_three() {
    let work = vec![
        Work::first(Deed::OptOutHere, 1, 100),
        Work::second(Deed::OptOut, 2, 150),
        Work::first(Deed::Grant, 3, 200),
        Work::second(Deed::Grant, 4, 250),
        Work::first(Deed::Ask, 0, 1000),
        Work::second(Deed::Share, 5, 10),
    ];
    explore("2x3", Scenario { work, faults: NO_FAULT, attempts: 1, reaches: vec![] });
}
