use super::*;

fn call(from: u64, to: u64, end: End, steps: &[(usize, Held, Option<Held>)]) -> Call {
    let steps = steps.iter().map(|&(key, expect, write)| Step { key, expect, write }).collect();
    Call { from, to, steps, end }
}

fn put(from: u64, to: u64, expect: Held, value: u64) -> Call {
    call(from, to, End::Done, &[(0, expect, Some(Some(value)))])
}

fn read(from: u64, to: u64, saw: Held) -> Call {
    call(from, to, End::Done, &[(0, saw, None)])
}

#[test]
fn a_read_after_a_commit_must_see_it() {
    assert_eq!(search(&[put(0, 1, None, 7), read(2, 3, Some(7))], 1), Search::Explained);
    assert_eq!(search(&[put(0, 1, None, 7), read(2, 3, None)], 1), Search::Unexplained);
}

#[test]
fn a_read_during_a_commit_may_see_either() {
    for saw in [None, Some(7)] {
        assert_eq!(search(&[put(0, 3, None, 7), read(1, 2, saw)], 1), Search::Explained);
    }
    let back = [put(0, 5, None, 7), read(1, 2, Some(7)), read(3, 4, None)];
    assert_eq!(search(&back, 1), Search::Unexplained, "a value was seen, and then the one before it");
}

#[test]
fn of_two_replacements_of_one_version_one_is_refused() {
    let both = [put(0, 3, None, 7), put(1, 2, None, 8)];
    assert_eq!(search(&both, 1), Search::Unexplained);
    let refused = call(1, 2, End::Refused(Vec::from([0])), &[(0, None, Some(Some(8)))]);
    assert_eq!(search(&[put(0, 3, None, 7), refused.clone()], 1), Search::Explained);
    assert_eq!(search(&[refused], 1), Search::Unexplained, "nobody else wrote, and it was refused");
}

#[test]
fn what_ended_unknown_may_take_place_late_or_never() {
    let unknown = call(0, 1, End::Unknown, &[(0, None, Some(Some(7)))]);
    for seen in [[None, None], [None, Some(7)], [Some(7), Some(7)]] {
        let [first, second] = seen;
        let calls = [unknown.clone(), read(2, 3, first), read(4, 5, second)];
        assert_eq!(search(&calls, 1), Search::Explained, "{seen:?}");
    }
    let calls = [unknown, read(2, 3, Some(7)), read(4, 5, None)];
    assert_eq!(search(&calls, 1), Search::Unexplained);
}

#[test]
fn crossed_checks_are_found_in_the_batches_of_both_keys() {
    let crossed = [
        call(0, 2, End::Done, &[(0, None, None), (1, None, Some(Some(7)))]),
        call(1, 3, End::Done, &[(1, None, None), (0, None, Some(Some(8)))]),
    ];
    let ends: Vec<_> = parts(&crossed, 2).iter().map(|part| search(part, 2)).collect();
    assert_eq!(ends, [Search::Explained, Search::Explained, Search::Unexplained]);
}

#[test]
fn keys_that_no_batch_joins_are_searched_apart() {
    let calls =
        [call(0, 1, End::Done, &[(0, None, Some(Some(1))), (2, None, Some(Some(2)))]), read(2, 3, Some(1))];
    assert_eq!(hanging_together(&calls, 4), [[1].into(), [3].into(), BTreeSet::from([0, 2])]);
}

#[test]
fn a_search_without_end_is_given_up() {
    let calls: Vec<_> = (0..129).map(|n| read(n, n + 1, None)).collect();
    assert_eq!(search(&calls, 1), Search::TooLong);
}
