//! l31: a host with a loop of its own imports and plans as the engine does.

use consent_engine::op::import::{ApplyRow, ImportCursor, ImportPlan, Overlay, PlanRow, RowReport};
use consent_engine::op::{Operation, Step};
use consent_engine::store::{MemoryStore, Store};

use super::resumed::{bytes, prepared, rows};
use super::*;

fn drive<O: Operation>(store: &MemoryStore, operation: O) -> O::Outcome {
    let mut step = Step::begin(operation);
    loop {
        step = match step {
            Step::Read(what, reading) => reading.resume(store.read(&what)).unwrap(),
            Step::Commit(batch, committing) => committing.resume(store.commit(&[batch])).unwrap(),
            Step::Done(outcome) => return outcome.unwrap(),
        };
    }
}

fn applied(store: &MemoryStore, mut cursor: ImportCursor) -> (Vec<RowReport>, ImportCursor) {
    let mut reports = Vec::new();
    for row in rows() {
        if !cursor.is_past(row.number()) {
            let report = drive(store, ApplyRow::new(settings(), import(), row, later()));
            cursor.advance(&report);
            reports.push(report);
        }
    }
    (reports, cursor)
}

#[test]
fn l31_rows_that_a_host_drives_itself_end_as_those_of_the_engine() {
    let (theirs, own) = (prepared(), prepared());
    let imported = all(&Engine::new(&theirs, settings()), &import(), rows());
    let (reports, cursor) = applied(&own, ImportCursor::start(&import()));
    assert_eq!(reports, imported.reports);
    assert_eq!(cursor, imported.cursor);
    assert!(bytes(&own) == bytes(&theirs));
    // Delivered again to the old cursor, every row finds its own outcome; to the new one, none is asked for.
    assert_eq!(applied(&own, ImportCursor::start(&import())), (reports, cursor));
    assert_eq!(applied(&own, cursor), (Vec::new(), cursor));
    assert!(bytes(&own) == bytes(&theirs));
}

#[test]
fn l31_a_cursor_never_goes_back() {
    let store = prepared();
    let (reports, cursor) = applied(&store, ImportCursor::start(&import()));
    let mut again = cursor;
    reports.iter().for_each(|report| again.advance(report));
    assert_eq!(again, cursor);
}

#[test]
fn l32_a_dry_run_that_a_host_drives_itself_comes_to_the_plan_of_the_engine() {
    let store = prepared();
    let before = bytes(&store);
    let engine = Engine::new(&store, settings());
    let theirs = engine.plan_import(&import(), rows(), later()).unwrap();
    let mut plan = ImportPlan::new(settings().policy().clone());
    let mut overlay = Overlay::default();
    let mut reports = Vec::new();
    for row in rows() {
        let mut step = Step::begin(PlanRow::new(settings(), import(), row, later()));
        let planned = loop {
            step = match step {
                Step::Read(what, reading) => {
                    reading.resume(store.read(&what).map(|found| overlay.over(&what, found))).unwrap()
                }
                Step::Commit(batch, committing) => {
                    let taken: Result<_, std::convert::Infallible> = Ok(vec![overlay.take(&batch)]);
                    committing.resume(taken).unwrap()
                }
                Step::Done(outcome) => break outcome.unwrap(),
            };
        };
        reports.push(planned.report().clone());
        plan.take(&planned);
    }
    assert_eq!(plan.to_string(), theirs.to_string());
    assert!(plan.conflicts().eq(theirs.conflicts()));
    assert!(bytes(&store) == before, "nothing was written");
    assert_eq!(reports, all(&engine, &import(), rows()).reports, "and the import comes to what was planned");
}
