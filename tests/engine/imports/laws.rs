//! l30 and l32 over random histories and rows.

use consent_engine::op::import::{ImportRow, RowOutcome, RowProblem, RowStatement, Said};
use consent_engine::*;
use proptest::prelude::*;

use super::*;

const PEOPLE: [&str; 3] = [ADA, "bob@example.com", "carol@example.com"];
const PURPOSES: [&str; 5] = ["news", "sports", "events", "care", "outages"];

/// What happens to a person before the import.
#[derive(Clone, Debug)]
enum Before {
    OptIn(usize),
    OptOut(Option<usize>, bool),
    Object(usize),
    Restrict(RestrictionReason),
    Revoke(usize),
    Erase,
}

fn before() -> impl Strategy<Value = Before> {
    use RestrictionReason::{
        Bounce, Complaint, Interim, InvalidAddress, Legal, OperatorBlock, Pause, Register,
    };
    let reasons = [Bounce, Complaint, Interim, InvalidAddress, Legal, OperatorBlock, Pause, Register];
    prop_oneof![
        4 => (0..PURPOSES.len()).prop_map(Before::OptIn),
        3 => (proptest::option::of(0..PURPOSES.len()), any::<bool>()).prop_map(|(purpose, here)| Before::OptOut(purpose, here)),
        1 => (0..PURPOSES.len()).prop_map(Before::Object),
        2 => prop::sample::select(reasons.to_vec()).prop_map(Before::Restrict),
        1 => (0..PURPOSES.len()).prop_map(Before::Revoke),
        1 => Just(Before::Erase),
    ]
}

fn statement() -> impl Strategy<Value = RowStatement> {
    let at = prop_oneof![Just(None), (-100_000i64..220_000).prop_map(Some)];
    let methods =
        prop::sample::select(vec![Method::Explicit, Method::DoubleOptIn, Method::Implicit, Method::Unknown]);
    let evidence = (methods, any::<bool>()).prop_map(|(method, notice)| {
        let evidence = Evidence::new(method, SourceName::new("web").unwrap());
        if notice { evidence.with_notice(*attested().notice().unwrap()) } else { evidence }
    });
    let said = prop_oneof![
        5 => (0..PURPOSES.len()).prop_map(|purpose| Said::OptedIn(id(PURPOSES[purpose]))),
        2 => (0..PURPOSES.len()).prop_map(|purpose| Said::OptedOut(PurposeScope::Subtree(id(PURPOSES[purpose])))),
        1 => Just(Said::OptedOut(PurposeScope::All)),
        1 => Just(Said::Complained),
        1 => Just(Said::Bounced),
        1 => Just(Said::Cleaned),
        1 => Just(Said::Unknown),
    ];
    (said, at, proptest::option::of(evidence), any::<bool>()).prop_map(|(said, at, evidence, on)| {
        let statement = RowStatement::new(said);
        let statement = if on { statement.on(Channel::Email) } else { statement };
        let statement = at.map_or(statement.clone(), |at| statement.at(t(at)));
        evidence.into_iter().fold(statement, RowStatement::with_evidence)
    })
}

fn rows() -> impl Strategy<Value = Vec<ImportRow>> {
    let alias = prop::sample::select(vec!["7", "8"])
        .prop_map(|value| Alias::new(SystemId::new("crm").unwrap(), value).unwrap());
    let one = (
        proptest::option::weighted(0.9, 0..PEOPLE.len()),
        proptest::option::weighted(0.2, alias),
        prop::collection::vec(statement(), 0..4),
        prop::bool::weighted(0.15),
    );
    prop::collection::vec(one, 0..12).prop_map(|rows| {
        let read = |at: usize, row: (Option<usize>, Option<Alias>, Vec<_>, bool)| {
            let (person, alias, statements, bad) = row;
            let mut row = ImportRow::new(at as u64 * 2);
            row = person.into_iter().fold(row, |row, person| row.with_address(address(PEOPLE[person])));
            row = alias.into_iter().fold(row, ImportRow::with_alias);
            row = statements.into_iter().fold(row, ImportRow::saying);
            if bad { row.malformed(RowProblem::Date { column: 3 }) } else { row }
        };
        rows.into_iter().enumerate().map(|(at, row)| read(at, row)).collect()
    })
}

fn settle(shop: &Shop<store::MemoryStore>, before: &[(usize, Before)]) {
    let subject = |person: usize| SubjectId::from_u128(0x50 + person as u128);
    for (person, text) in PEOPLE.iter().enumerate().take(2) {
        shop.attach(subject(person), text);
    }
    for (person, before) in before {
        let (who, at) = (subject(*person), address(PEOPLE[*person]));
        let by = |actor, act| shop.engine.decide(who, Command::new(actor, act), shop.stamp());
        // What is refused of it is not done; the law is about what stands.
        let _ = match before {
            Before::OptIn(purpose) => shop.opt_in(who, PURPOSES[*purpose]),
            Before::OptOut(purpose, here) => {
                let scope =
                    purpose.map_or(Scope::EVERYTHING, |purpose| Scope::purpose(id(PURPOSES[purpose])));
                if *here { shop.opt_out(at, scope) } else { shop.opt_out(who, scope) }
            }
            Before::Object(purpose) => {
                by(Actor::subject(), Act::Object(vec![Scope::purpose(id(PURPOSES[*purpose]))]))
            }
            Before::Restrict(reason) => by(
                operator(),
                Act::Restrict { reason: *reason, scope: Scope::EVERYTHING, until: Some(t(900_000)) },
            ),
            Before::Revoke(purpose) => by(operator(), Act::Revoke(Scope::purpose(id(PURPOSES[*purpose])))),
            Before::Erase => by(operator(), Act::Erase),
        };
    }
}

const fn restricts(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::OptOut
            | Reason::Objection
            | Reason::Complaint
            | Reason::Erasure
            | Reason::Bounce
            | Reason::InvalidAddress
            | Reason::Register
            | Reason::Legal
            | Reason::OperatorBlock
            | Reason::Invalidation
            | Reason::Interim
            | Reason::Pause
    )
}

/// For each person and purpose whether it is permitted, and which restrictions bite.
fn answers(shop: &Shop<store::MemoryStore>) -> Vec<(usize, usize, bool, Vec<Reason>)> {
    let mut answers = Vec::new();
    for (person, text) in PEOPLE.iter().enumerate() {
        for (purpose, name) in PURPOSES.iter().enumerate() {
            let query = shop.engine.query(id(name), RegimeSet::OPT_IN).unwrap().on(Channel::Email);
            let record = shop.engine.evaluate_at(address(text), &address(text), &query, later()).unwrap();
            let bites = record.reasons.iter().filter(|reason| restricts(*reason)).collect();
            answers.push((person, purpose, record.verdict.is_permit(), bites));
        }
    }
    answers
}

/// Whether a row says that the person agreed to the purpose, and can be read in whole. A purpose that needs no consent becomes permitted
/// for who becomes known, which takes an agreement to some purpose.
fn attests(row: &ImportRow, person: usize, purpose: usize) -> bool {
    let names = *row == row.clone().with_address(address(PEOPLE[person]));
    let agreed = |statement: &RowStatement| match statement.said() {
        Said::OptedIn(own) => PURPOSES[purpose] == "outages" || *own == id(PURPOSES[purpose]),
        _ => false,
    };
    names && row.problems().is_empty() && row.statements().iter().any(agreed)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if std::env::var_os("CONSENT_ENGINE_FULL").is_some() { 2_000 } else { 150 }, ..ProptestConfig::default() })]

    #[test]
    fn l30_imports_cannot_lift(before in prop::collection::vec((0..2usize, before()), 0..8), rows in rows()) {
        let shop = Shop::new();
        settle(&shop, &before);
        let was = answers(&shop);
        let imported = all(&shop.engine, &import(), rows.clone());
        for ((person, purpose, permitted, bit), (_, _, permits, bites)) in was.into_iter().zip(answers(&shop)) {
            for reason in bit {
                prop_assert!(bites.contains(&reason), "{reason:?} no longer bites on {} of {person}", PURPOSES[purpose]);
            }
            if permits && !permitted {
                prop_assert!(rows.iter().any(|row| attests(row, person, purpose)), "{person} {}", PURPOSES[purpose]);
            }
        }
        // No fact of the import ends or lifts anything.
        for report in &imported.reports {
            prop_assert!(report.outcome == RowOutcome::Applied || report.reports.is_empty());
        }
        for aggregate in image(shop.engine.store()).iter().filter_map(|(key, _)| match key.row() {
            store::Row::Aggregate(aggregate) => Some(aggregate),
            _ => None,
        }) {
            let facts = shop.engine.history(aggregate, None, u16::MAX).unwrap().facts;
            for fact in facts.iter().filter(|fact| fact.actor.role == Role::Importer) {
                match &fact.kind {
                    FactKind::Grant(grant) => prop_assert!(grant.lifts.is_empty()),
                    FactKind::Restriction(_) => {}
                    other => prop_assert!(false, "{other:?}"),
                }
            }
        }
    }

    #[test]
    fn l32_rows_in_are_rows_out(before in prop::collection::vec((0..2usize, before()), 0..4), rows in rows(), at in 0..12usize) {
        let shop = Shop::new();
        settle(&shop, &before);
        let planned = shop.engine.plan_import(&import(), rows.clone(), later()).unwrap();
        let (first, second) = rows.split_at(at.min(rows.len()));
        let start = ImportCursor::start(&import());
        let first = shop.engine.import(&import(), start, first.to_vec(), later()).unwrap();
        let second = shop.engine.import(&import(), first.cursor, second.to_vec(), later()).unwrap();
        prop_assert!(first.stopped.is_none() && second.stopped.is_none());
        let counts = second.cursor.counts();
        prop_assert_eq!(counts.applied + counts.unchanged + counts.rejected, rows.len() as u64);
        prop_assert_eq!(planned.counts(), counts, "a plan is exact");
        let reports: Vec<_> = first.reports.iter().chain(&second.reports).collect();
        prop_assert_eq!(reports.len(), rows.len());
        for (row, report) in rows.iter().zip(reports) {
            prop_assert_eq!(row.number(), report.row);
            let reasons = report.refused.len() + report.problems.len();
            prop_assert!(report.outcome != RowOutcome::Rejected || reasons > 0);
            prop_assert!(report.outcome != RowOutcome::Unchanged || reasons == 0);
        }
    }
}
