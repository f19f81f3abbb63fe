//! Merges and unmerges over three regions: L10, L11, L12, L47. And hosts that get them wrong, with the law each is seen to break.

use std::collections::BTreeSet;

use stateright::{Checker, HasDiscoveries, Model};

use crate::replicas::{APART, Deed, Flaw, L10, L11, L12, LIFTED, LINKS, MERGED, Replicas, SHED, UNSEEN};
use crate::support::{OTHER_PERSON as BOB, PERSON as ADA};

const LAWS: [&str; 4] = [L10, L11, L12, LINKS];

/// Explores all of it, and says how much that was.
fn explore(deeds: &[Deed], tells: u8, reaches: &[&'static str]) {
    let model = Replicas::new(Flaw::None, deeds, tells).reaching(reaches);
    let checker = model.checker().threads(2).spawn_bfs().join();
    println!(
        "{deeds:?}, heard of {tells} times: {} states, {} steps, {} deep, {} different knowledges",
        checker.unique_state_count(),
        checker.state_count(),
        checker.max_depth(),
        checker.model().knowledges(),
    );
    checker.assert_properties();
}

/// More rounds of hearing from each other in the full run.
fn more() -> u8 {
    u8::from(std::env::var_os("CONSENT_ENGINE_FULL").is_some())
}

#[test]
fn l10_s_a_merge_in_one_region_beside_opt_outs_and_grants_in_others() {
    let deeds = [Deed::Merge, Deed::Grant(ADA), Deed::OptOut(BOB), Deed::GrantLater(ADA)];
    explore(&deeds, 2 + more(), &[MERGED, LIFTED]);
}

#[test]
fn l47_s_an_unmerge_in_one_region_beside_opt_outs_in_others() {
    let deeds = [Deed::Merge, Deed::Unmerge, Deed::Grant(ADA), Deed::OptOut(BOB)];
    explore(&deeds, 2 + more(), &[MERGED, SHED, APART]);
}

#[test]
fn l47_s_a_merge_in_one_region_beside_an_unmerge_in_another() {
    let deeds = [Deed::Merge, Deed::Unmerge, Deed::MergeAgain, Deed::OptOut(ADA)];
    explore(&deeds, 2 + more(), &[UNSEEN]);
}

/// Looks until the law is broken.
fn breaks(flaw: Flaw, deeds: &[Deed], law: &'static str) {
    assert!(LAWS.contains(&law));
    let found = HasDiscoveries::AllOf(BTreeSet::from([law]));
    let checker = Replicas::new(flaw, deeds, 2).checker().finish_when(found).spawn_bfs().join();
    let broken = checker.discovery(law);
    let path = broken.unwrap_or_else(|| panic!("{flaw:?} is not seen to break {law}")).into_actions();
    println!("{flaw:?} breaks {law} in {} steps: {path:?}", path.len());
}

#[test]
fn l10_s_keeping_the_status_of_the_first_record_is_seen() {
    breaks(Flaw::FirstStatus, &[Deed::Merge, Deed::Grant(ADA), Deed::OptOut(BOB)], L10);
}

#[test]
fn l10_s_carrying_grants_to_the_other_record_is_seen() {
    breaks(Flaw::GrantsCarried, &[Deed::Merge, Deed::Grant(ADA)], L10);
}

#[test]
fn l47_s_an_unmerge_that_drops_restrictions_is_seen() {
    breaks(Flaw::UnmergeDrops, &[Deed::Merge, Deed::Unmerge, Deed::Grant(ADA), Deed::OptOut(BOB)], L10);
}

#[test]
fn l47_s_an_opt_out_that_claims_to_have_known_is_seen() {
    breaks(Flaw::KnowsTooMuch, &[Deed::Merge, Deed::Unmerge, Deed::Grant(ADA), Deed::OptOut(BOB)], L10);
}

#[test]
fn l47_s_an_unmerge_that_wins_over_a_merge_it_did_not_see_is_seen() {
    breaks(Flaw::UnmergeWins, &[Deed::Merge, Deed::Unmerge, Deed::MergeAgain], LINKS);
}
