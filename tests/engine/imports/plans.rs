//! Dry runs: what they say is what happens, and nothing is written.

use consent_engine::op::import::{CustomField, ImportRow, Meaning, RowProblem, RowStatement, Said};
use consent_engine::*;

use super::*;

#[test]
fn a_plan_says_what_the_import_does_and_writes_nothing() {
    let shop = Shop::new();
    shop.attach(PERSON, ADA);
    shop.opt_out(PERSON, Scope::EVERYTHING).unwrap();
    let before = image(shop.engine.store());
    let rows = || {
        let people = (1..=5).map(|n| row(n, &format!("p{n}@example.com")).saying(yes("news", 10)));
        people.chain([
            row(6, "p5@example.com").saying(no("news", 5)),
            row(7, ADA).saying(yes("news", 70_000)),
            row(8, "p1@example.com").saying(yes("news", 10)),
            row(9, "p6@example.com").saying(RowStatement::new(Said::OptedIn(id("news"))).on(Channel::Email)),
            ImportRow::new(10).malformed(RowProblem::Encoding { at: 3 }),
        ])
    };
    let plan = shop.engine.plan_import(&import(), rows(), later()).unwrap();
    assert_eq!(image(shop.engine.store()), before);
    assert_eq!(plan.contactable(), 4);
    let contradicted: Vec<_> = plan.conflicts().map(|conflict| (conflict.yes.row, conflict.no.row)).collect();
    assert_eq!(contradicted, [(5, 6)]);
    let words = plan.to_string();
    for text in [
        "10 rows: 7 applied, 1 unchanged, 2 rejected.",
        "4 people become contactable, because a row attests an act of theirs and nothing stands against it: 4 for `news` by email.",
        "1 row restricts",
        "1 opt-in changes nothing, because a refusal still stands",
        "1 row is rejected, because they are not UTF-8 (row 10).",
        "say by what method, and where, the person agreed (row 9)",
        "1 conflict between rows or sources; what restricts counts:\n  `news`: row 5 says yes, row 6 says no",
    ] {
        assert!(words.contains(text), "{text}\n{words}");
    }
    let rejected: Vec<_> = plan.rejected().collect();
    let unattested = "say by what method, and where, the person agreed";
    assert_eq!(rejected.len(), 2);
    assert!(rejected.contains(&("they are not UTF-8", 1)), "{rejected:?}");
    assert!(rejected.iter().any(|(why, rows)| why.contains(unattested) && *rows == 1), "{rejected:?}");

    let imported = all(&shop.engine, &import(), rows());
    assert_eq!(imported.cursor.counts(), plan.counts());
    let contactable =
        (1..=6).filter(|n| may_mail(&shop.engine, &format!("p{n}@example.com"), "news")).count();
    assert_eq!(contactable as u64, plan.contactable());
}

#[test]
fn several_sources_are_compared_and_what_restricts_counts() {
    let shop = Shop::new();
    let (mailer, crm) = (import_of(1), import_of(2));
    let one = shop.engine.plan_import(
        &mailer,
        [row(2, ADA).saying(yes("news", 10)), row(3, "b@example.com").saying(yes("news", 10))],
        later(),
    );
    let everything = RowStatement::opted_out(PurposeScope::All);
    let two = shop.engine.plan_import(&crm, [row(9, "ADA@example.com").saying(everything.clone())], later());
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!((one.contactable(), two.contactable()), (2, 0));
    for joined in [one.clone().join(two.clone()), two.clone().join(one.clone())] {
        assert_eq!((joined.contactable(), joined.conflicts().count(), joined.counts().rows()), (1, 1, 3));
        let conflict = joined.conflicts().next().unwrap();
        assert_eq!((conflict.yes.import, conflict.yes.row), (mailer.id(), 2));
        assert_eq!((conflict.no.import, conflict.no.row), (crm.id(), 9));
    }
    let crowded = one.comparing(1).join(two);
    assert!(crowded.people() <= 2);
    // Whichever goes first, the refusal counts.
    for order in [[0, 1], [1, 0]] {
        let shop = Shop::new();
        for source in order {
            let (import, said) = [(mailer, yes("news", 50)), (crm, everything.clone())][source].clone();
            all(&shop.engine, &import, [row(2, ADA).saying(said)]);
        }
        assert!(!may_mail(&shop.engine, ADA, "news"), "{order:?}");
    }
}

#[test]
fn a_plan_remembers_no_more_people_than_it_may() {
    let shop = Shop::new();
    let empty = |people| shop.engine.plan_import(&import(), [], later()).unwrap().comparing(people);
    let plan = (1..=10).fold(empty(4), |plan, n| {
        let rows = [row(n, &format!("p{n}@example.com")).saying(yes("news", 10))];
        plan.join(shop.engine.plan_import(&import(), rows, later()).unwrap())
    });
    assert_eq!((plan.people(), plan.contactable(), plan.counts().applied), (4, 4, 10));
    assert!(plan.to_string().contains("6 rows were not compared with others"), "{plan}");
}

#[test]
fn a_custom_field_grants_only_what_it_was_told_and_attested() {
    let field = CustomField::new(4, id("news"))
        .on(Channel::Email)
        .meaning("Yes", Meaning::OptedIn)
        .meaning("not asked", Meaning::Nothing)
        .attested_by(attested());
    let unattested = CustomField::new(4, id("news")).on(Channel::Email).meaning("yes", Meaning::OptedIn);
    let strict = field.clone().rejecting_unknown();
    let refusal = RowStatement::opted_out(PurposeScope::Subtree(id("news"))).on(Channel::Email);
    let read = |field: &CustomField, value: &str| field.read(row(1, ADA), value, Some(t(10)));
    assert_eq!(read(&field, " YES ").statements(), [yes("news", 10)]);
    assert!(read(&field, "Not Asked").statements().is_empty() && read(&field, " ").statements().is_empty());
    for unknown in ["y", "true", "1", "no", "=yes", "yes\u{0}", "ｙｅｓ"] {
        assert_eq!(read(&field, unknown).statements(), [refusal.clone().at(t(10))], "{unknown}");
        assert_eq!(read(&strict, unknown).problems(), [RowProblem::UnknownValue { column: 4 }]);
        assert!(read(&strict, unknown).statements().is_empty());
    }
    let shop = Shop::new();
    let report = all(&shop.engine, &import(), [read(&unattested, "yes")]).reports.remove(0);
    assert_eq!(report.outcome, op::import::RowOutcome::Rejected);
}
