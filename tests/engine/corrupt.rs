//! d42: a store that lies.

use consent_engine::op::{Corruption, Load, Step};
use consent_engine::store::{MemoryStore, Page, RecordVersion, Records, Row, Scan, Store, Stored};
use consent_engine::*;

use crate::shop::*;
use crate::support::*;

/// Loads a person while `lie` changes what the store returns.
fn load(
    shop: &Shop<MemoryStore>,
    mut lie: impl FnMut(&store::ReadSet, &mut Records),
) -> Result<View, OperationError> {
    let mut step = Step::begin(Load::new(settings(), Who::Subject(PERSON)));
    loop {
        step = match step {
            Step::Read(what, reading) => {
                let mut records = shop.engine.store().read(&what).unwrap();
                lie(&what, &mut records);
                reading.resume::<std::convert::Infallible>(Ok(records)).unwrap()
            }
            Step::Commit(..) => panic!("a load commits nothing"),
            Step::Done(outcome) => return outcome.map(|person| person.view),
        };
    }
}

fn shop() -> Shop<MemoryStore> {
    let shop = Shop::new();
    shop.attach(PERSON, "ada@example.com");
    shop.opt_in(PERSON, "news").unwrap();
    shop.opt_out(PERSON, Scope::purpose(id("events"))).unwrap();
    shop
}

fn why(outcome: Result<View, OperationError>) -> Corruption {
    match outcome {
        Err(OperationError::StoreCorrupt { why, .. }) => why,
        other => panic!("{:?}", other.map(|view| view.token().clone())),
    }
}

#[test]
fn d42_every_flipped_bit_is_noticed() {
    let shop = shop();
    let rows = image(shop.engine.store());
    let (key, stored) =
        rows.iter().find(|(key, _)| key.row() == Row::Aggregate(Aggregate::Subject(PERSON))).unwrap();
    for bit in 0..stored.bytes.len() * 8 {
        let mut bytes = stored.bytes.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let lie = |what: &store::ReadSet, records: &mut Records| {
            for (asked, found) in what.keys().iter().zip(&mut records.found) {
                if asked == key {
                    *found = Some(Stored::new(stored.version, bytes.clone()));
                }
            }
        };
        why(load(&shop, lie));
    }
}

#[test]
fn d42_swapped_records_and_records_of_another_tenant_are_noticed() {
    let shop = shop();
    let swap = |_: &store::ReadSet, records: &mut Records| records.found.reverse();
    // The subject is read alone, so swap it with a record of the next read.
    let other = image(shop.engine.store())
        .into_iter()
        .find(|(key, _)| matches!(key.row(), Row::Aggregate(Aggregate::Point(_))));
    let foreign = |_: &store::ReadSet, records: &mut Records| {
        records.found = vec![other.clone().map(|(_, stored)| stored)]
    };
    assert_eq!(why(load(&shop, foreign)), Corruption::Checksum);
    load(&shop, swap).unwrap();
    let settings = Settings::new(TenantId::from_u128(0x7f), WRITER, policy());
    let tenant = Engine::new(shop.engine.store(), settings);
    tenant.opt_out(PERSON, [Scope::EVERYTHING], shop.stamp()).unwrap();
    let theirs = image(shop.engine.store())
        .into_iter()
        .find(|(key, _)| key.tenant() != TENANT && key.row() == Row::Aggregate(Aggregate::Subject(PERSON)));
    let lie = |_: &store::ReadSet, records: &mut Records| {
        records.found = vec![theirs.clone().map(|(_, stored)| stored)]
    };
    assert_eq!(why(load(&shop, lie)), Corruption::Checksum);
}

#[test]
fn d42_too_few_and_too_many_answers_are_noticed() {
    let shop = shop();
    assert!(matches!(why(load(&shop, |_, records| records.found.clear())), Corruption::WrongCount { .. }));
    let more = |_: &store::ReadSet, records: &mut Records| records.found.push(None);
    assert!(matches!(why(load(&shop, more)), Corruption::WrongCount { .. }));
}

#[test]
fn l49_a_record_of_a_later_format_is_refused() {
    let shop = shop();
    let later = |_: &store::ReadSet, records: &mut Records| {
        for stored in records.found.iter_mut().flatten() {
            let mut bytes = stored.bytes.to_vec();
            bytes[0] = 9;
            *stored = Stored::new(stored.version, bytes);
        }
    };
    assert_eq!(why(load(&shop, later)), Corruption::UnsupportedVersion { found: 9 });
}

/// A store whose scans lie as the test says.
struct Scans<'a>(&'a MemoryStore, Lie);

type Lie = fn(&Scan, &mut Page);

impl Store for Scans<'_> {
    type Error = std::convert::Infallible;

    fn read(&self, what: &store::ReadSet) -> Result<Records, Self::Error> {
        let mut records = self.0.read(what)?;
        if let Some(scan) = what.scan() {
            (self.1)(scan, &mut records.page);
        }
        Ok(records)
    }

    fn commit(&self, batches: &[store::Batch]) -> Result<Vec<store::Receipt>, Self::Error> {
        self.0.commit(batches)
    }
}

#[test]
fn d42_scans_that_lie_end_with_an_error() {
    let shop = shop();
    for _ in 0..5 {
        shop.opt_out(PERSON, Scope::EVERYTHING).unwrap();
    }
    let lies: [(Lie, Corruption); 5] = [
        (|_, page| page.records.reverse(), Corruption::Disordered),
        (|_, page| page.records.push(page.records[0].clone()), Corruption::Disordered),
        (|_, page| *page = Page { records: Vec::new(), more: true }, Corruption::EndlessScan),
        (
            |scan, page| {
                let first = page.records[0].clone();
                page.records.extend(std::iter::repeat_n(first, usize::from(scan.limit)));
            },
            Corruption::EndlessScan,
        ),
        (|_, page| page.records.truncate(2), Corruption::MissingFacts { expected: 3, found: 8 }),
    ];
    for (lie, expected) in lies {
        let engine = Engine::new(Scans(shop.engine.store(), lie), settings());
        match refused(engine.history(Aggregate::Subject(PERSON), None, 20)) {
            OperationError::StoreCorrupt { why, .. } => assert_eq!(why, expected),
            other => panic!("{other}"),
        }
    }
}

/// The version of a record goes back between two attempts of one command.
#[test]
fn d42_a_version_that_goes_back_is_noticed() {
    let shop = shop();
    let command = Command::new(Actor::subject(), Act::OptOut(vec![Scope::EVERYTHING]));
    let mut step = Step::begin(op::Decide::new(settings(), Who::Subject(PERSON), command, shop.stamp()));
    let mut commits = 0;
    let outcome = loop {
        step = match step {
            Step::Read(what, reading) => {
                let mut records = shop.engine.store().read(&what).unwrap();
                for stored in records.found.iter_mut().flatten().filter(|_| commits > 0) {
                    stored.version = RecordVersion::FIRST;
                }
                reading.resume::<std::convert::Infallible>(Ok(records)).unwrap()
            }
            Step::Commit(batch, committing) => {
                commits += 1;
                let conflict = store::Receipt::Conflict(vec![batch.writes()[0].key]);
                committing.resume::<std::convert::Infallible>(Ok(vec![conflict])).unwrap()
            }
            Step::Done(outcome) => break outcome,
        };
    };
    let error = outcome.unwrap_err();
    assert!(
        matches!(error, OperationError::StoreCorrupt { why: Corruption::VersionWentBack, .. }),
        "{error}"
    );
}

/// The record of a point that is older than what the subject's grant had read: the grant does not count.
#[test]
fn d42_a_stale_read_denies() {
    let shop = Shop::new();
    let point = shop.attach(PERSON, "ada@example.com");
    let before = image(shop.engine.store());
    shop.opt_out(address("ada@example.com"), Scope::purpose(id("events"))).unwrap();
    shop.opt_in(PERSON, "news").unwrap();
    let query = shop.ask("news").at(point);
    assert!(shop.engine.permits(PERSON, &query, shop.now()).unwrap());
    let stale = |what: &store::ReadSet, records: &mut Records| {
        for (key, found) in what.keys().iter().zip(&mut records.found) {
            if key.row() == Row::Aggregate(Aggregate::Point(point)) {
                *found = before.iter().find(|(own, _)| own == key).map(|(_, stored)| stored.clone());
            }
        }
    };
    let view = load(&shop, stale).unwrap();
    let decision = evaluate(&view, &query, settings().policy(), shop.now());
    assert!(!decision.is_permit());
    assert!(decision.reasons().contains(Reason::ViewIncomplete), "{:?}", decision.reasons());
}
