//! Stores, machines and drivers that are wrong, and the law that each is seen to break.

use std::collections::BTreeSet;

use stateright::{Checker, HasDiscoveries, Model};

use crate::laws::{NO_FAULT, asked, told_twice};
use crate::model::{Flaw, World};
use crate::properties::{self, L01, L14, L15, L16, L18, L53};
use crate::scenario::{Deed, Faults, Scenario, Work};

const UNKNOWN: Faults = Faults { unknown: 1, ..NO_FAULT };

/// Looks until the law is broken.
fn breaks(flaw: Flaw, scenario: Scenario, law: &'static str) {
    let scenario = Scenario { reaches: Vec::new(), ..scenario };
    let found = HasDiscoveries::AllOf(BTreeSet::from([law]));
    let checker = World::new(scenario, flaw).checker().finish_when(found).spawn_bfs().join();
    let broken = checker.discovery(law);
    let path = broken.unwrap_or_else(|| panic!("{flaw:?} is not seen to break {law}")).into_actions();
    println!("{flaw:?} breaks {law} in {} steps: {path:?}", path.len());
}

/// Two withdrawals of one address: each commit reads and writes two buckets.
fn two_withdrawals() -> Scenario {
    let work = vec![Work::first(Deed::OptOutHere, 1, 100), Work::first(Deed::OptOutByAddress, 2, 150)];
    Scenario { work, faults: NO_FAULT, attempts: 2, at_once: false, reaches: Vec::new() }
}

fn one_withdrawal(faults: Faults) -> Scenario {
    Scenario {
        work: vec![Work::first(Deed::OptOut, 1, 100)],
        faults,
        attempts: 2,
        at_once: false,
        reaches: Vec::new(),
    }
}

#[test]
fn l15_s_a_store_that_checks_one_key_only_loses_a_withdrawal() {
    breaks(Flaw::ChecksFirstKeyOnly, two_withdrawals(), L18);
}

#[test]
fn l01_s_a_store_that_checks_one_key_only_permits_over_a_withdrawal() {
    let work = vec![
        Work::first(Deed::OptOutHere, 1, 100),
        Work::first(Deed::Share, 2, 150),
        Work::second(Deed::Grant, 3, 50),
    ];
    let scenario = Scenario { work, faults: NO_FAULT, attempts: 2, at_once: false, reaches: Vec::new() };
    breaks(Flaw::ChecksFirstKeyOnly, scenario, L01);
}

#[test]
fn l15_s_a_store_that_writes_a_part_of_a_batch_is_seen() {
    breaks(Flaw::WritesFirstBucketOnly, two_withdrawals(), L15);
}

#[test]
fn l14_s_a_store_that_reads_stale_hides_a_grant() {
    let work = vec![Work::first(Deed::Grant, 1, 100), Work::ask()];
    let scenario = Scenario { work, faults: NO_FAULT, attempts: 1, at_once: false, reaches: Vec::new() };
    breaks(Flaw::ReadsStale, scenario, L14);
}

/// It takes a read of two instants: the record of the command from before the first delivery, the log from after it.
#[test]
fn l16_s_a_store_that_ignores_absent_commands_lets_one_take_effect_twice() {
    let scenario = told_twice(Deed::OptOut, Faults { torn: 1, ..NO_FAULT }, 2);
    breaks(Flaw::IgnoresAbsentCommand, scenario, L16);
}

#[test]
fn l18_s_a_machine_without_command_records_lets_a_commit_take_effect_twice() {
    breaks(Flaw::NoCommandRecord, one_withdrawal(UNKNOWN), L16);
}

#[test]
fn l18_s_a_driver_that_takes_unknown_for_committed_is_seen() {
    breaks(Flaw::UnknownIsCommitted, one_withdrawal(UNKNOWN), L18);
}

#[test]
fn l53_s_a_driver_that_takes_unknown_for_a_failure_is_seen() {
    breaks(Flaw::UnknownIsFailure, one_withdrawal(UNKNOWN), L53);
}

#[test]
fn l53_s_a_store_that_calls_a_batch_in_flight_a_conflict_is_seen() {
    let work = vec![Work::first(Deed::OptOutHere, 1, 100), Work::second(Deed::OptOut, 2, 150)];
    let scenario = Scenario { work, faults: UNKNOWN, attempts: 1, at_once: false, reaches: Vec::new() };
    breaks(Flaw::InFlightIsConflict, scenario, L53);
}

/// The last word is always a read, so that even this lie is found out: the record of the command is there.
#[test]
fn l18_s_a_store_that_calls_what_it_wrote_a_conflict_is_survived() {
    let scenario = Scenario { reaches: Vec::new(), ..asked(Deed::OptOutHere, NO_FAULT) };
    let checker = World::new(scenario, Flaw::AppliedIsConflict).checker().spawn_bfs().join();
    for law in properties::laws() {
        checker.assert_no_discovery(law.name);
    }
}
