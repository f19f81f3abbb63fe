//! l31: whatever is interrupted, wherever, and however often it is begun again: the end is that of one run.

use std::collections::BTreeSet;

use consent_engine::conformance::{Fault, FaultKind, FaultStore};
use consent_engine::op::import::{
    ImportCounts, ImportRow, RowOutcome, RowProblem, RowReport, RowStatement, Said,
};
use consent_engine::store::{Key, MemoryStore, Row};
use consent_engine::*;

use super::*;
use crate::golden;

/// Rows of every kind: new people and known ones, repeated, contradictory, malformed, in several spellings, by alias.
pub(super) fn rows() -> Vec<ImportRow> {
    let crm = |value| Alias::new(SystemId::new("hubspot").unwrap(), value).unwrap();
    let bounced = RowStatement::new(Said::Bounced).at(t(40));
    vec![
        row(1, ADA).saying(yes("news", 10)),
        row(2, "bob@example.com").saying(yes("news", 10)).saying(no("events", 5)),
        row(4, ADA).saying(yes("news", 10)),
        row(5, ADA).saying(no("news", 20)),
        row(6, ADA).saying(yes("news", 30)),
        row(7, ADA).saying(yes("news", 30)),
        row(8, "Bob@Example.com").saying(yes("news", 60)),
        row(9, "carol@example.com").with_alias(crm("7")).saying(yes("news", 10)).saying(yes("events", 10)),
        ImportRow::new(10).with_alias(crm("7")).saying(no("news", 70)),
        ImportRow::new(11).malformed(RowProblem::Encoding { at: 3 }).saying(no("news", 70)),
        row(12, "carol@example.com").saying(bounced.clone()).malformed(RowProblem::Date { column: 3 }),
        row(13, "dan@example.com").saying(bounced.clone()),
        row(14, "dan@example.com").saying(bounced),
        row(15, "dan@example.com").saying(yes("news", 50)).saying(yes("football", 50)),
        row(16, ADA).saying(yes("news", 10)).saying(yes("receipts", 10)),
        row(17, "eve@example.com").saying(RowStatement::new(Said::OptedIn(id("news"))).on(Channel::Email)),
    ]
}

/// What a run came to: each row's outcome, what was refused and reported of it, and the counts.
type Ends = Vec<(u64, RowOutcome, usize, usize)>;

fn ends<E: std::error::Error>(imported: &Imported<E>) -> Ends {
    let of = |report: &RowReport| (report.row, report.outcome, report.refused.len(), report.reports.len());
    imported.reports.iter().map(of).collect()
}

pub(super) fn prepared() -> MemoryStore {
    let shop = Shop::new();
    shop.attach(PERSON, "bob@example.com");
    shop.opt_out(PERSON, Scope::purpose(id("football"))).unwrap();
    shop.engine.store().clone()
}

pub(super) fn bytes(store: &MemoryStore) -> Vec<(Key, Vec<u8>)> {
    image(store).into_iter().map(|(key, stored)| (key, stored.bytes.to_vec())).collect()
}

fn whole() -> (MemoryStore, Ends, ImportCounts) {
    let store = prepared();
    let imported = all(&Engine::new(&store, settings()), &import(), rows());
    (store, ends(&imported), imported.cursor.counts())
}

#[test]
fn l31_every_kind_of_row_ends_as_it_should() {
    use RowOutcome::{Applied, Rejected, Unchanged};
    let (_, ends, counts) = whole();
    let outcomes: Vec<_> = ends.iter().map(|(row, outcome, ..)| (*row, *outcome)).collect();
    assert_eq!(
        outcomes,
        [
            (1, Applied),
            (2, Applied),
            (4, Unchanged),
            (5, Applied),
            (6, Applied),
            (7, Unchanged),
            (8, Rejected),
            (9, Applied),
            (10, Applied),
            (11, Rejected),
            (12, Applied),
            (13, Applied),
            (14, Unchanged),
            (15, Applied),
            (16, Applied),
            (17, Rejected),
        ]
    );
    assert_eq!(counts.rows(), rows().len() as u64);
}

#[test]
fn l31_every_split_is_the_whole() {
    let (reference, ends_of_whole, counts) = whole();
    for first in 0..=rows().len() {
        for second in first..=rows().len() {
            let store = prepared();
            let engine = Engine::new(&store, settings());
            let (mut cursor, mut done) = (ImportCursor::start(&import()), Vec::new());
            let rows = rows();
            for page in [&rows[..first], &rows[first..second], &rows[second..]] {
                let imported = engine.import(&import(), cursor, page.to_vec(), later()).unwrap();
                cursor = imported.cursor;
                done.extend(ends(&imported));
            }
            assert_eq!((&done, cursor.counts()), (&ends_of_whole, counts), "{first} {second}");
            assert!(bytes(&store) == bytes(&reference), "{first} {second}");
        }
    }
}

#[test]
fn l31_twice_is_once() {
    let (store, first, counts) = whole();
    let before = bytes(&store);
    let engine = Engine::new(&store, settings());
    let again = all(&engine, &import(), rows());
    assert_eq!((ends(&again), again.cursor.counts()), (first, counts), "every row finds its own outcome");
    assert!(bytes(&store) == before, "and nothing is written");
    // Each way to begin in the middle again, with rows that were done.
    for from in 0..rows().len() {
        let some = engine
            .import(&import(), ImportCursor::start(&import()), rows().split_off(from), later())
            .unwrap();
        assert_eq!(ends(&some), ends(&again)[from..]);
    }
    assert!(bytes(&store) == before);
}

/// Every fact that a store holds.
fn positions(store: &MemoryStore) -> BTreeSet<Position> {
    let engine = Engine::new(store, settings());
    let aggregates = image(store).into_iter().filter_map(|(key, _)| match key.row() {
        Row::Aggregate(aggregate) => Some(aggregate),
        _ => None,
    });
    let facts = |aggregate| engine.history(aggregate, None, u16::MAX).unwrap().facts;
    aggregates.flat_map(facts).map(|fact| fact.position).collect()
}

#[test]
fn a_report_names_each_fact_of_its_row() {
    let store = prepared();
    let before = positions(&store);
    let engine = Engine::new(&store, settings());
    let imported = all(&engine, &import(), rows());
    let mut named = BTreeSet::new();
    for report in &imported.reports {
        assert_eq!(report.facts.is_empty(), report.outcome != RowOutcome::Applied, "row {}", report.row);
        for (log, first, last) in &report.facts {
            for seq in first.get()..=last.get() {
                let at = log.at(Seq::new(seq).unwrap());
                assert!(!before.contains(&at) && named.insert(at), "row {}", report.row);
            }
        }
    }
    let added: BTreeSet<_> = positions(&store).difference(&before).copied().collect();
    assert_eq!(named, added);
    let facts = |imported: &Imported<_>| -> Vec<_> {
        imported.reports.iter().map(|report| report.facts.clone()).collect()
    };
    assert_eq!(facts(&all(&engine, &import(), rows())), facts(&imported), "again, they are the same");
}

/// Imports page by page over a store in which calls go wrong, from the last cursor that was returned or, if that was lost, from the start.
fn play(
    store: &MemoryStore,
    faults: &[Fault],
    page: usize,
    keeps_cursor: bool,
) -> (Ends, ImportCounts, u32, u32) {
    let faulty = FaultStore::new(store, faults.iter().copied());
    let healthy = FaultStore::new(store, []);
    let mut engine = Engine::new(&faulty, settings());
    let import: Import = import();
    let (mut cursor, mut done, mut left) = (ImportCursor::start(&import), Ends::new(), 12);
    loop {
        let mut stopped = false;
        for page in rows().chunks(page) {
            let imported = engine.import(&import, cursor, page.to_vec(), later()).unwrap();
            done.extend(ends(&imported));
            cursor = imported.cursor;
            if imported.stopped.is_some() {
                stopped = true;
                break;
            }
        }
        if !stopped {
            return (done, cursor.counts(), faulty.calls(), faulty.struck());
        }
        if !keeps_cursor {
            (cursor, done) = (ImportCursor::start(&import), Ends::new());
        }
        left -= 1;
        if left == 6 {
            engine = Engine::new(&healthy, settings());
        }
        assert!(left > 0, "{faults:?}");
    }
}

#[test]
fn l31_c_a_fault_at_every_call_leaves_the_end_as_it_is() {
    let (reference, ends_of_whole, counts) = whole();
    let (mut runs, mut struck) = (0, 0);
    let deep = std::env::var_os("CONSENT_ENGINE_FULL").is_some();
    for page in if deep { vec![1, 5, 64] } else { vec![6] } {
        let (_, _, calls, _) = play(&prepared(), &[], page, true);
        for (at, kind) in (1..=calls).flat_map(|at| FaultKind::ALL.map(|kind| (at, kind))) {
            let store = prepared();
            let faults = [Fault { at, kind }];
            let keeps_cursor = at.is_multiple_of(2);
            let (done, ended, _, had) = play(&store, &faults, page, keeps_cursor);
            runs += 1;
            struck += had;
            if kind == FaultKind::StaleRead {
                // No store may answer from the past. If one does, nothing more may be permitted.
                not_wider(&store, &reference);
                continue;
            }
            assert_eq!((&done, ended), (&ends_of_whole, counts), "{faults:?} {page} {keeps_cursor}");
            assert!(bytes(&store) == bytes(&reference), "{faults:?} {page} {keeps_cursor}");
        }
    }
    println!("{runs} runs with one fault each, {struck} of them struck");
    assert!(runs > 100 && struck * 3 > runs, "{runs} {struck}");
}

fn not_wider(store: &MemoryStore, reference: &MemoryStore) {
    let (engine, reference) = (Engine::new(store, settings()), Engine::new(reference, settings()));
    for text in [ADA, "bob@example.com", "carol@example.com", "dan@example.com", "eve@example.com"] {
        for purpose in ["news", "events", "football"] {
            assert!(
                !may_mail(&engine, text, purpose) || may_mail(&reference, text, purpose),
                "{text} {purpose}"
            );
        }
    }
}

#[test]
fn l31_one_person_in_a_hundred_thousand_rows_is_one() {
    let shop = Shop::new();
    let deep = std::env::var_os("CONSENT_ENGINE_FULL").is_some();
    let count = if deep { 100_000 } else { 3_000 };
    let (mut cursor, mut facts) = (ImportCursor::start(&import()), 0);
    for page in 0..count / 500 {
        let rows = (0..500).map(|at| {
            let number = page * 500 + at;
            let said = if number % 3 == 0 { no("news", 20) } else { yes("news", 10) };
            row(number + 1, if number % 2 == 0 { ADA } else { "ADA@example.com" }).saying(said)
        });
        let imported = shop.engine.import(&import(), cursor, rows, later()).unwrap();
        assert!(imported.stopped.is_none());
        cursor = imported.cursor;
        facts += imported.reports.iter().map(|report| report.reports.len()).sum::<usize>();
    }
    assert_eq!(cursor.counts().rows(), count);
    assert!(facts < 6, "what was said before appends nothing: {facts}");
    assert!(!may_mail(&shop.engine, ADA, "news"));
}

#[test]
fn the_asynchronous_engine_imports_alike() {
    let (reference, ends_of_whole, _) = whole();
    let store = prepared();
    let engine = AsyncEngine::new(store::Blocking::new(&store), settings());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let import = import();
    let importing = engine.import(&import, ImportCursor::start(&import), rows(), later());
    let imported = runtime.block_on(importing).unwrap();
    assert_eq!(ends(&imported), ends_of_whole);
    assert!(bytes(&store) == bytes(&reference));
    let planned = runtime.block_on(engine.plan_import(&import_of(2), rows(), later())).unwrap();
    let own = Engine::new(&store, settings()).plan_import(&import_of(2), rows(), later()).unwrap();
    assert_eq!(planned.to_string(), own.to_string());
}

/// `UPDATE_GOLDEN=1 cargo test --test engine l07_rows` writes the records anew, after a change of the format that was meant.
#[test]
fn l07_rows_that_were_imported_by_the_first_version_are_known_for_ever() {
    let path = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/import-v1.txt");
    let (reference, ends_of_whole, _) = whole();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, golden::text(&reference)).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    for (found, expected) in golden::text(&reference).lines().zip(expected.lines()) {
        assert_eq!(found, expected);
    }
    let old = golden::restored(&expected);
    let before = bytes(&old);
    let again = all(&Engine::new(&old, settings()), &import(), rows());
    assert_eq!(ends(&again), ends_of_whole);
    assert!(bytes(&old) == before);
}
