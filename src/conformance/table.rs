/// The one list of checks: each with its name and its meaning, by group. It is handed to another macro.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_table {
    ([$($then:tt)*] $($given:tt)*) => { $($then)*! { ($($given)*)
        atomicity {
            batch_writes_every_key: "A committed batch has written each of its keys.",
            batch_across_buckets_is_whole: "A batch with keys of several buckets is written whole.",
            batch_mixes_puts_deletes_and_checks: "One batch can put, delete and check.",
            conflict_on_first_key_writes_nothing: "If the first key is not as expected, nothing is written.",
            conflict_on_second_key_writes_nothing: "If the second key is not as expected, nothing is written.",
            conflict_on_last_key_writes_nothing: "If the last of many keys is not as expected, nothing is written.",
            conflict_in_other_bucket_writes_nothing: "If a key of another bucket is not as expected, nothing is written.",
            conflict_deletes_nothing: "A batch that conflicts deletes nothing either.",
        }
        conflict {
            creating_what_exists_conflicts: "A put that expects no record conflicts with the one that is there.",
            replacing_what_is_absent_conflicts: "A put that expects a version conflicts where there is no record.",
            old_version_conflicts: "A put that expects an older version conflicts.",
            version_not_yet_given_conflicts: "A put that expects a version not yet given conflicts.",
            deleting_an_old_version_conflicts: "A delete that expects an older version conflicts.",
            checking_an_old_version_conflicts: "A check that expects an older version conflicts, and the put beside it is not written.",
            checking_absence_of_what_exists_conflicts: "A check that expects no record conflicts with the one that is there.",
            swapped_versions_conflict: "The version of one key is not accepted for another.",
            conflict_names_only_what_differs: "A conflict names keys that were not as expected, and no other.",
        }
        absence {
            missing_record_is_none: "A key that was never written has no record.",
            deleted_record_is_none: "A deleted record is gone, for reads and for scans.",
            each_key_has_its_place: "A read answers each key in the order of the keys, with none for those that are absent.",
            empty_read_finds_nothing: "A read of nothing returns nothing.",
            checking_absence_holds: "A check that expects no record holds where there is none, and makes none.",
            deleting_what_is_absent_does_nothing: "A delete that expects no record is committed where there is none.",
        }
        repetition {
            repeated_creation_conflicts: "The same batch again conflicts, and changes neither bytes nor version.",
            repeated_replacement_conflicts: "A replacement is carried out once, however often it is sent.",
            repeated_delete_conflicts: "A delete is carried out once, and spares a record made since.",
            repeated_check_holds: "A check can be repeated, as it changes nothing.",
            equal_batches_apply_once: "Of two equal batches in one commit the first is carried out.",
        }
        order {
            scan_is_in_byte_order: "A scan returns keys in the order of their bytes, whatever order they were written in.",
            scan_after_is_exclusive: "A scan after a key does not return that key.",
            scan_after_a_missing_key_goes_on: "A scan goes on after a key that has no record.",
            scan_after_the_last_is_empty: "A scan after the last key returns nothing, and no more follows.",
            scan_after_is_bound_by_its_prefix: "A key outside the prefix can be gone on after, and changes no bound of the prefix.",
            due_rows_are_in_order_of_time: "Rows that become due come in the order of their instants.",
        }
        paging {
            page_ends_at_its_limit: "A page has at most as many records as its limit, and says that more follow.",
            last_page_says_so: "The last page has no more, and nothing is missing before it.",
            pages_join_without_gap: "Pages of every size, one after the other, return each record once.",
            paging_survives_changes: "What is written and deleted between pages moves no other record.",
            scan_and_keys_in_one_read: "A read can have keys and a scan, and answers both.",
        }
        isolation {
            read_after_commit_sees_it: "A read that begins after a commit returned sees it.",
            scan_after_commit_sees_it: "A scan that begins after a commit returned sees it.",
            other_threads_see_a_commit: "Another thread sees a commit that returned before it asked.",
            reader_sees_whole_values: "A read during commits returns a value as it was put, never a mixture of two.",
            reader_never_goes_back: "Who saw a value never reads an older one after it.",
        }
        value {
            every_byte_is_kept: "Each of the 256 bytes comes back as it was put.",
            nul_space_and_newline_are_kept: "Nothing is trimmed, ended, escaped or normalised.",
            empty_value_is_a_record: "A record of no bytes is a record.",
            shorter_value_replaces_all: "A shorter value leaves nothing of the longer one.",
            large_value_is_kept: "A record as large as a batch may be comes back whole.",
            each_key_keeps_its_own_value: "Values written together come back under their own keys.",
        }
        limit {
            read_of_64_keys: "A read of 64 keys answers all of them.",
            batch_of_64_writes: "A batch of 64 writes is written whole.",
            page_of_256_records: "A scan of 256 records and more comes back in pages, without a gap.",
            commit_of_many_batches: "A commit of 100 batches carries out each.",
        }
        key {
            keys_differ_in_case: "Keys that differ as capital and small letters do are apart.",
            keys_differ_in_one_byte: "Keys that differ in one byte anywhere are apart, also in blanks and zeros at their end.",
            wildcards_match_only_themselves: "Bytes that are wildcards or quotes elsewhere mean nothing in a prefix.",
            prefix_of_highest_bytes_is_scanned: "A prefix that ends in the highest bytes has an end too.",
            rows_of_all_kinds_are_kept: "Rows of every kind are kept apart and come back under their keys.",
            scan_keeps_to_its_kind: "A scan of one kind of row returns no other.",
            logs_are_apart: "A scan of one log returns nothing of another of the same subject.",
        }
        tenant {
            tenants_are_apart: "The same row of two tenants is two records.",
            scan_keeps_to_its_tenant: "A scan never returns a row of another tenant.",
        }
        bucket {
            scan_keeps_to_its_bucket: "A scan never returns a row of another bucket.",
            all_buckets_hold_all: "Scans of all buckets together return each record once.",
        }
        group {
            receipts_are_in_order: "A commit of several batches has one receipt for each, in their order.",
            later_batch_sees_earlier: "A batch sees what an earlier one of the same commit wrote.",
            conflict_does_not_stop_the_next: "A batch that conflicts does not keep the next from being tried.",
            each_batch_is_atomic_alone: "Of several batches in one commit, those that conflict write nothing and the others all.",
            nothing_to_commit: "A commit of no batch has no receipt, and a batch of no writes is committed.",
        }
        version {
            every_put_gives_a_new_version: "Each put gives a new version, also for the same bytes.",
            recreation_gives_a_new_version: "A record made anew after a delete has a version of its own, and the old one conflicts.",
            versions_only_grow: "The versions of a key only grow, whatever was put and deleted between.",
            check_keeps_the_version: "A check leaves the version as it is.",
            conflict_keeps_the_version: "A batch that conflicts leaves every version as it is.",
            other_keys_keep_their_version: "A write leaves the versions of other keys as they are.",
            scan_and_read_agree: "A scan gives the bytes and versions that a read gives.",
        }
        race {
            concurrent_increments_add_up: "Of many increments at once, none is lost and none counts twice.",
            one_creation_wins: "If many create one record at once, one succeeds.",
            crossed_checks_do_not_both_commit: "Of two batches that each check what the other writes, one conflicts.",
            concurrent_batches_add_up: "Of many batches over several keys at once, none is lost, torn or counted twice.",
            histories_are_linearizable: "What threads saw of keys and batches has an order that explains it.",
        }
        unknown {
            disturbed_commit_is_whole_or_nothing: "A commit that went wrong took place whole or not at all, and says nothing else.",
            disturbed_commit_settles: "After a commit that went wrong, the same batch again ends in exactly one effect.",
        }
        durable {
            committed_survives_reopening: "What was committed is there after the store was opened again.",
            deleted_stays_deleted_after_reopening: "What was deleted stays so after the store was opened again.",
            versions_grow_after_reopening: "The versions of a key go on growing after the store was opened again.",
        }
    } };
}

macro_rules! define {
    (() $($group:ident { $($name:ident: $meaning:literal,)* })*) => {
        /// Every check, by group.
        pub const CHECKS: &[Check] = &[
            $($(Check::new(stringify!($group), stringify!($name), $meaning, $group::$name),)*)*
        ];

        $($(
            #[doc = $meaning]
            pub fn $name<F: Factory>(factory: &F) -> Outcome {
                Check::new(stringify!($group), stringify!($name), $meaning, $group::$name).run(factory)
            }
        )*)*
    };
}

pub(super) use define;
