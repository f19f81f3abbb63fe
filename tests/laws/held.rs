//! Legal holds of people with several records.

use consent_engine::*;

use crate::support::*;
use crate::town::*;

const FRAUD: &str = "fraud";

fn fraud() -> Cell {
    Cell { purpose: id(FRAUD), channel: None, point: None }
}

fn hold(town: &mut Town<'_>, who: SubjectId) -> (LogId, Seq) {
    let held = town.act(who, operator(), Act::Hold(id(FRAUD))).unwrap();
    let position = held.facts[0].position;
    (position.log, position.seq)
}

fn release(town: &mut Town<'_>, by: SubjectId, (log, upto): (LogId, Seq)) -> Result<(), Rejection> {
    town.act(by, operator(), Act::Release { purpose: id(FRAUD), log, upto }).map(|_| ())
}

fn objects(town: &mut Town<'_>, who: SubjectId) {
    town.act(who, Actor::subject(), Act::Object(vec![Scope::EVERYTHING])).unwrap();
}

/// While a hold stands an objection does not bite: a release that ended nothing would go on permitting.
#[test]
fn l01_a_hold_of_one_record_is_released_by_any_record_of_the_person() {
    let policy = policy();
    for by in [ADA, BOB] {
        let mut town = Town::of_two(&policy);
        objects(&mut town, ADA);
        let held = hold(&mut town, ADA);
        assert!(town.permits(ADA, fraud()), "what the law asks for answers to no objection");
        town.merge(ADA, BOB);
        release(&mut town, by, held).unwrap();
        town.unmerge(ADA, BOB);
        assert_eq!(town.reasons(ADA, fraud()), [Reason::Objection], "released by {by:?}");
    }
}

#[test]
fn l48_a_hold_of_somebody_else_is_not_released() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    let held = hold(&mut town, BOB);
    assert_eq!(
        release(&mut town, ADA, held),
        Err(Rejection::ViewTokenAhead),
        "nothing of his is in her view"
    );
    town.merge(ADA, BOB);
    town.unmerge(ADA, BOB);
    let before = town.facts.len();
    assert_eq!(release(&mut town, ADA, held), Err(Rejection::NothingToClear), "he was taken for her once");
    assert_eq!(town.facts.len(), before, "l53");
    release(&mut town, BOB, held).unwrap();
}

/// A hold is of its record: it defers the erasure of a person while that is a record of theirs, and no longer.
#[test]
fn l47_a_hold_of_who_was_taken_for_the_person_defers_no_erasure() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    hold(&mut town, BOB);
    town.merge(ADA, BOB);
    let erase = |town: &mut Town<'_>, who| town.act(who, operator(), Act::Erase).map(|_| ());
    for who in [ADA, BOB] {
        assert_eq!(erase(&mut town, who), Err(Rejection::LegalHold));
    }
    town.unmerge(ADA, BOB);
    assert_eq!(erase(&mut town, BOB), Err(Rejection::LegalHold));
    erase(&mut town, ADA).unwrap();
    assert_eq!(town.reasons(ADA, fraud()), [Reason::Erasure]);
    assert!(town.permits(BOB, fraud()), "she was erased knowing that they are two");
}
