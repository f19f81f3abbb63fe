//! The acceptance cases of the Salesforce dialect, each a test named by its id, and the laws that hold for all.
#![cfg(feature = "interop")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

#[path = "salesforce/check.rs"]
mod check;
#[path = "salesforce/laws.rs"]
mod laws;
#[path = "salesforce/near.rs"]
mod near;
#[path = "salesforce/parts.rs"]
mod parts;
#[path = "salesforce/rules/mod.rs"]
mod rules;
#[path = "salesforce/world.rs"]
mod world;

use check::{Case, cases};

macro_rules! cases {
    ($($name:ident = $id:literal,)*) => {
        $(
            #[test]
            fn $name() {
                Case::find($id).run();
            }
        )*

        #[test]
        fn every_case_has_a_test() {
            assert_eq!(cases().iter().map(Case::id).collect::<Vec<_>>(), [$($id),*]);
        }
    };
}

cases! {
    sf_03_create_individual_with_two_individuals_is_rejected = "SF-03",
    sf_04_opt_in_by_a_shared_address_grants_to_nobody = "SF-04",
    sf_05_opt_out_by_a_shared_address_is_for_each = "SF-05",
    sf_07_create_individual_makes_one_and_links_all = "SF-07",
    sf_08_capture_source_of_256_characters = "SF-08",
    sf_09_characters_are_counted_not_bytes = "SF-09",
    sf_10_individual_name_of_81_characters = "SF-10",
    sf_11_seen_is_no_status_of_an_individual = "SF-11",
    sf_12_seen_is_a_notice_never_a_consent = "SF-12",
    sf_15_several_ids_are_refused_and_all_blocked = "SF-15",
    sf_17_edits_agree_by_polarity = "SF-17",
    sf_18_edits_contradict_the_intent = "SF-18",
    sf_19_direct_polarity = "SF-19",
    sf_23_least_permissive_record_wins = "SF-23",
    sf_24_effective_to_is_inclusive = "SF-24",
    sf_26_a_future_grant_does_not_permit_today = "SF-26",
    sf_27_double_opt_in_is_explicit = "SF-27",
    sf_28_cdp_supports_four_parameters = "SF-28",
    sf_30_a_pause_comes_back_as_an_echo = "SF-30",
    sf_31_a_row_with_every_field_of_evidence = "SF-31",
    sf_32_a_purpose_that_takes_no_opt_out = "SF-32",
    sf_34_a_future_grant_is_held_back = "SF-34",
}
