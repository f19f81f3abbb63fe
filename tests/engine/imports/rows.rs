//! What one row may do.

use consent_engine::op::import::{
    ImportError, ImportRow, RowOutcome, RowProblem, RowRefusal, RowStatement, Said,
};
use consent_engine::*;

use super::*;

fn outcome(
    engine: &Engine<store::MemoryStore>,
    number: u128,
    row: ImportRow,
) -> (RowOutcome, Vec<RowRefusal>) {
    let imported = all(engine, &import_of(number), [row]);
    (imported.reports[0].outcome, imported.reports[0].refused.clone())
}

#[test]
fn an_attested_row_makes_a_person_known_and_contactable() {
    let shop = Shop::new();
    assert_eq!(outcome(&shop.engine, 1, row(1, ADA).saying(yes("news", 10))), (RowOutcome::Applied, vec![]));
    assert!(may_mail(&shop.engine, ADA, "news"));
    assert!(!may_mail(&shop.engine, ADA, "events"), "a row grants what it names");
    let (again, _) = outcome(&shop.engine, 2, row(1, ADA).saying(yes("news", 10)));
    assert_eq!(again, RowOutcome::Unchanged, "another import of the same says nothing new");
}

#[test]
fn l21_rows_without_an_attested_act_grant_nothing() {
    let shop = Shop::new();
    let method = |method| Evidence::new(method, SourceName::new("web").unwrap());
    let notice = *attested().notice().unwrap();
    let plain = || RowStatement::new(Said::OptedIn(id("news"))).on(Channel::Email);
    let mut number = 0;
    let mut rejected = |statement: RowStatement| {
        number += 1;
        let (outcome, refused) = outcome(&shop.engine, number, row(1, ADA).saying(statement.clone()));
        assert_eq!((outcome, refused.len()), (RowOutcome::Rejected, 1), "{statement:?}");
        assert!(matches!(refused[0], RowRefusal::Rejected(Rejection::EvidenceRejected(_))), "{refused:?}");
    };
    for other in Method::ALL {
        if !matches!(other, Method::Explicit | Method::DoubleOptIn) {
            rejected(plain().at(t(10)).with_evidence(method(other).with_notice(notice)));
        }
    }
    rejected(plain());
    rejected(plain().at(t(10)));
    rejected(plain().with_evidence(attested()));
    rejected(plain().at(t(10)).with_evidence(explicit()));
    assert!(image(shop.engine.store()).is_empty(), "a refused row has no effect");
}

#[test]
fn d16_a_backdated_or_postdated_row_names_nothing() {
    for at in [-1_000_000, 10, 15, 86_400, 190_000] {
        let shop = Shop::new();
        let point = shop.attach(PERSON, ADA);
        shop.opt_in(PERSON, "news").unwrap();
        shop.opt_out(PERSON, Scope::EVERYTHING).unwrap();
        let report = all(&shop.engine, &import(), [row(1, ADA).saying(yes("news", at))]).reports.remove(0);
        let known = at <= 20;
        assert_eq!(report.outcome, if known { RowOutcome::Unchanged } else { RowOutcome::Applied }, "{at}");
        if !known {
            assert!(report.attempted(), "{at}");
            let End::Recorded { still_bites } = &report.reports[0].end else { panic!("{report:?}") };
            assert_eq!(still_bites[0].because, NotNamed::NotSeen);
        }
        assert_eq!(report.point, (!known).then_some(point));
        assert!(!may_mail(&shop.engine, ADA, "news"), "{at}");
    }
}

#[test]
fn d16_a_row_from_the_future_is_refused() {
    let shop = Shop::new();
    let (outcome, refused) = outcome(&shop.engine, 1, row(1, ADA).saying(yes("news", 300_000)));
    assert_eq!((outcome, refused), (RowOutcome::Rejected, vec![RowRefusal::Rejected(Rejection::ClockJump)]));
}

#[test]
fn every_restriction_is_taken_whatever_else_is_wrong() {
    for said in [Said::OptedOut(PurposeScope::All), Said::Complained, Said::Bounced, Said::Cleaned] {
        let shop = Shop::new();
        shop.attach(PERSON, ADA);
        shop.opt_in(PERSON, "news").unwrap();
        let bad = row(1, "Ada@EXAMPLE.com")
            .saying(yes("events", 10))
            .saying(RowStatement::new(said.clone()))
            .malformed(RowProblem::Date { column: 7 });
        let report = all(&shop.engine, &import(), [bad]).reports.remove(0);
        assert_eq!(report.outcome, RowOutcome::Applied);
        assert_eq!((report.refused.as_slice(), report.problems.len()), (&[RowRefusal::Malformed][..], 1));
        assert!(!may_mail(&shop.engine, ADA, "news"), "{said:?}");
        assert!(!may_mail(&shop.engine, ADA, "events"), "{said:?}");
    }
}

#[test]
fn a_restriction_needs_nobody_and_waits_for_whoever_comes() {
    let shop = Shop::new();
    let alone = Import::new(import().id(), SystemId::new("mailchimp").unwrap(), t(0));
    let rows = [row(1, ADA).saying(no("news", 10)), row(2, "b@example.com").saying(yes("news", 10))];
    let reports = all(&shop.engine, &alone, rows).reports;
    assert_eq!(reports[0].outcome, RowOutcome::Applied);
    assert_eq!(reports[1].refused, [RowRefusal::UnknownPerson], "without a registrar nobody is made known");
    shop.pass(200_000);
    shop.attach(PERSON, ADA);
    let blind = all(&shop.engine, &import_of(2), [row(1, ADA).saying(yes("news", 100))]);
    assert!(blind.reports[0].attempted());
    assert!(!may_mail(&shop.engine, ADA, "news"));
}

#[test]
fn l32_rows_that_name_nobody_are_rejected_by_number() {
    let shop = Shop::new();
    let rows = [
        ImportRow::new(3)
            .malformed(RowProblem::Address { column: 1, why: InvalidAddress::Kind })
            .saying(no("news", 1)),
        ImportRow::new(4),
        row(5, ADA),
        row(6, ADA).saying(RowStatement::new(Said::Unknown)),
        row(7, ADA).malformed(RowProblem::Columns { found: 3, expected: 9 }),
    ];
    let imported = all(&shop.engine, &import(), rows);
    let ends: Vec<_> = imported.reports.iter().map(|report| (report.row, report.outcome)).collect();
    let (rejected, unchanged) = (RowOutcome::Rejected, RowOutcome::Unchanged);
    assert_eq!(ends, [(3, rejected), (4, rejected), (5, unchanged), (6, unchanged), (7, rejected)]);
    assert_eq!(imported.cursor.counts().rows(), 5);
    assert!(image(shop.engine.store()).is_empty());
}

#[test]
fn an_alias_is_somebody() {
    let shop = Shop::new();
    let crm = |value| Alias::new(SystemId::new("hubspot").unwrap(), value).unwrap();
    let by_alias = |number, value| ImportRow::new(number).with_alias(crm(value));
    let rows = [
        row(1, ADA).with_alias(crm("7")).saying(yes("news", 10)),
        by_alias(2, "7").saying(no("news", 20)),
        by_alias(3, "8").saying(RowStatement::opted_out(PurposeScope::All)),
        by_alias(4, "7").saying(yes("events", 10)),
        row(5, "bob@example.com").with_alias(crm("9")).saying(yes("news", 10)),
        row(6, "bob@example.com").with_alias(crm("7")).saying(yes("news", 30)),
    ];
    let reports = all(&shop.engine, &import(), rows).reports;
    let refused: Vec<_> = reports.iter().flat_map(|report| report.refused.iter().copied()).collect();
    assert_eq!(refused, [RowRefusal::NoAddress, RowRefusal::TwoPeople]);
    assert!(!may_mail(&shop.engine, ADA, "news"));
    assert!(may_mail(&shop.engine, "bob@example.com", "news"));
    // Who is known by an alias alone has the restriction, and keeps it when an address is found.
    let late = all(
        &shop.engine,
        &import_of(2),
        [row(1, "c@example.com").with_alias(crm("8")).saying(yes("news", 99))],
    );
    assert!(late.reports[0].attempted());
    assert!(!may_mail(&shop.engine, "c@example.com", "news"));
}

#[test]
fn d37_a_re_import_in_another_case_meets_the_opt_out() {
    let shop = Shop::new();
    shop.attach(PERSON, ADA);
    shop.opt_in(PERSON, "news").unwrap();
    let erase = Command::new(operator(), Act::Erase);
    shop.engine.decide(PERSON, erase, shop.stamp()).unwrap();
    for (number, text) in ["ADA@EXAMPLE.COM", "ada@Example.com", "Ada@example.com", ADA].iter().enumerate() {
        all(&shop.engine, &import_of(number as u128 + 1), [row(1, text).saying(yes("news", 190_000))]);
        assert!(!may_mail(&shop.engine, text, "news"), "{text}");
    }
}

#[test]
fn somebody_behind_a_shared_address_is_not_guessed() {
    let shop = Shop::new();
    shop.attach(PERSON, ADA);
    shop.attach(OTHER_PERSON, ADA);
    let (outcome, refused) = outcome(&shop.engine, 1, row(1, ADA).saying(yes("news", 50)));
    assert_eq!((outcome, refused), (RowOutcome::Rejected, vec![RowRefusal::AmbiguousPerson { subjects: 2 }]));
}

#[test]
fn l48_nobody_is_made_known_without_authority() {
    let shop = Shop::new();
    let powerless = Actor::operator(Authority::new([Power::Block], Interval::starting(t(-1_000))));
    let import = import().registering_as(powerless);
    let report = all(&shop.engine, &import, [row(1, ADA).saying(yes("news", 10))]).reports.remove(0);
    assert_eq!(report.refused, [RowRefusal::Rejected(Rejection::NotAuthorized)]);
    assert!(image(shop.engine.store()).is_empty());
}

#[test]
fn more_statements_than_a_row_may_make_refuse_everything() {
    let shop = Shop::new();
    shop.attach(PERSON, ADA);
    shop.opt_in(PERSON, "events").unwrap();
    let long =
        (0..=ImportRow::MAX_STATEMENTS).fold(row(1, ADA), |row, at| row.saying(yes("news", at as i64)));
    let report = all(&shop.engine, &import(), [long]).reports.remove(0);
    assert_eq!((report.outcome, report.refused.len()), (RowOutcome::Applied, 1));
    assert!(!may_mail(&shop.engine, ADA, "events") && !may_mail(&shop.engine, ADA, "news"));
}

#[test]
fn a_page_must_be_in_order_and_of_its_import() {
    let shop = Shop::new();
    let import = import();
    let start = ImportCursor::start(&import);
    let rows = || [row(2, ADA), row(2, ADA)];
    let error = shop.engine.import(&import, start, rows(), later()).unwrap_err();
    assert_eq!(error, ImportError::OutOfOrder { row: 2 });
    let error = shop.engine.import(&import_of(2), start, rows(), later()).unwrap_err();
    assert_eq!(error, ImportError::OtherImport);
}

#[test]
fn l40_nothing_personal_is_in_what_a_row_prints() {
    let shop = Shop::new();
    let evidence = attested().with_ip(Note::lossy("192.0.2.77"));
    let statement = RowStatement::opted_in(id("news"), t(10), evidence).on(Channel::Email);
    let bad =
        row(1, ADA).saying(statement).malformed(RowProblem::Address { column: 2, why: InvalidAddress::Kind });
    let printed = format!("{bad:?} {:?}", all(&shop.engine, &import(), [bad.clone()]));
    let plan = shop.engine.plan_import(&import(), [bad.clone()], later()).unwrap();
    let printed = format!("{printed} {plan} {:?} {}", bad.problems(), bad.problems()[0]);
    assert!(!printed.contains("ada") && !printed.contains("192.0.2.77"), "{printed}");
}

/// Two secrets, each of which one engine did without: two persons could claim one alias.
#[test]
fn an_alias_of_two_people_grants_to_neither_and_restricts_both() {
    let shop = Shop::new();
    let store = shop.engine.store();
    let with = |secrets| Engine::new(store, settings().with_index_secrets(secrets));
    let alias = Alias::new(SystemId::new("hubspot").unwrap(), "7").unwrap();
    for (person, text, secret) in [(PERSON, ADA, 7), (OTHER_PERSON, "bob@example.com", 8)] {
        let alone = with(IndexSecrets::new([secret; 32]));
        alone.claim(person, &alias, operator(), shop.stamp()).unwrap();
        shop.attach(person, text);
        shop.opt_in(person, "news").unwrap();
    }
    let both = with(IndexSecrets::new([7; 32]).and([8; 32]));
    let by_alias = |number| ImportRow::new(number).with_alias(alias.clone());
    let rows = [by_alias(1).saying(no("news", 100)), by_alias(2).saying(yes("events", 100))];
    let reports = all(&both, &import(), rows.clone()).reports;
    assert_eq!((reports[0].outcome, reports[0].reports.len()), (RowOutcome::Applied, 2));
    assert_eq!(reports[1].refused, [RowRefusal::AmbiguousPerson { subjects: 2 }]);
    for (person, text) in [(PERSON, ADA), (OTHER_PERSON, "bob@example.com")] {
        assert!(shop.at(person, text, "news").reasons.contains(Reason::OptOut), "whoever it was");
    }
    let before = image(store);
    let again = all(&both, &import_of(2), rows).reports;
    assert_eq!(again[0].outcome, RowOutcome::Unchanged, "both know it");
    assert_eq!(image(store), before);
}

#[test]
fn l10_records_that_were_merged_are_one_person_and_keep_what_restricts() {
    let shop = Shop::new();
    shop.attach(PERSON, ADA);
    shop.attach(OTHER_PERSON, ADA);
    let merge = Command::new(operator(), Act::Merge(OTHER_PERSON));
    shop.engine.decide(PERSON, merge, shop.stamp()).unwrap();
    let reports = all(&shop.engine, &import(), [row(1, ADA).saying(yes("news", 100))]).reports;
    assert_eq!((reports[0].outcome, reports[0].attempted()), (RowOutcome::Applied, false));
    assert!(may_mail(&shop.engine, ADA, "news"));
    shop.opt_out(OTHER_PERSON, Scope::purpose(id("news"))).unwrap();
    let reports = all(&shop.engine, &import_of(2), [row(1, ADA).saying(yes("news", 150_000))]).reports;
    assert!(reports[0].attempted() && !may_mail(&shop.engine, ADA, "news"));
}
