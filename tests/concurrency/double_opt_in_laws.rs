//! L19 to L22 in every order of events, and hosts that get it wrong, each seen to break its law.

use std::collections::BTreeSet;

use stateright::{Checker, HasDiscoveries, Model};

use crate::double_opt_in::*;

/// A change of address between two requests.
const ADDRESSES: Budget =
    Budget { asks: 2, changes: 1, presented: 2, opened: 1, withdrawals: 1, forward: 1, back: 0, notes: 0 };
/// A clock that goes forward and back.
const CLOCK: Budget =
    Budget { asks: 2, changes: 0, presented: 2, opened: 0, withdrawals: 0, forward: 2, back: 1, notes: 1 };
/// Both, and more of each.
const EVERYTHING: Budget =
    Budget { asks: 2, changes: 1, presented: 2, opened: 1, withdrawals: 1, forward: 2, back: 1, notes: 1 };

fn explore(budget: Budget, reaches: &[&'static str]) {
    let model = SignUp::new(Fault::None, budget).reaching(reaches);
    let checker = model.checker().threads(2).spawn_bfs().join();
    let (states, steps) = (checker.unique_state_count(), checker.state_count());
    println!("{budget:?}: {states} states, {steps} steps, {} deep", checker.max_depth());
    checker.assert_properties();
}

#[test]
fn l19_to_l22_s_every_order_with_a_change_of_address() {
    explore(ADDRESSES, &[NEXT, AGAIN, ALREADY, SUPERSEDED, REPLACED, OPENED]);
}

#[test]
fn l20_s_every_order_with_a_clock_that_goes_forward_and_back() {
    explore(CLOCK, &[EXPIRED, EARLY, BEHIND, ALREADY, REPLACED]);
}

#[test]
fn l19_to_l22_s_everything_at_once() {
    if std::env::var_os("CONSENT_ENGINE_FULL").is_some() {
        explore(EVERYTHING, &[NEXT, AGAIN, EXPIRED, EARLY, BEHIND, ALREADY, SUPERSEDED, REPLACED, OPENED]);
    }
}

/// Looks until the law is broken.
fn breaks(fault: Fault, budget: Budget, law: &'static str) {
    let found = HasDiscoveries::AllOf(BTreeSet::from([law]));
    let checker = SignUp::new(fault, budget).checker().finish_when(found).spawn_bfs().join();
    let broken = checker.discovery(law).unwrap_or_else(|| panic!("{fault:?} is not seen to break {law}"));
    println!("{fault:?} breaks {law}: {:?}", broken.into_actions());
}

#[test]
fn l19_s_devise_5783_a_token_of_the_person_confirms_another_address() {
    breaks(Fault::TokenOfThePerson, ADDRESSES, L19);
    breaks(Fault::TokenOfThePerson, ADDRESSES, L01);
}

#[test]
fn l21_s_a_host_that_takes_opening_for_confirming_is_seen() {
    breaks(Fault::OpeningConfirms, ADDRESSES, L21);
}

#[test]
fn l22_s_a_host_that_forgets_withdrawals_is_seen() {
    breaks(Fault::WithdrawalIsForgotten, ADDRESSES, L22);
}

#[test]
fn l20_s_a_host_whose_tokens_never_expire_is_seen() {
    breaks(Fault::NothingExpires, CLOCK, L20_LATE);
    breaks(Fault::NothingExpires, CLOCK, L20_EARLY);
}

#[test]
fn l20_s_a_host_that_lets_a_token_be_used_twice_is_seen() {
    breaks(Fault::UsedTwice, ADDRESSES, L20_ONCE);
}
