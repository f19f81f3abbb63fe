//! d25: what a command or question costs does not grow with what it does not concern.

use std::cell::Cell as Counter;

use consent_engine::store::{Batch, MemoryStore, ReadSet, Receipt, Records, Store};
use consent_engine::*;

use crate::shop::*;
use crate::support::*;

/// Counts calls, keys read and records written.
#[derive(Default)]
struct Counting {
    store: MemoryStore,
    calls: Counter<usize>,
    keys: Counter<usize>,
    writes: Counter<usize>,
    commits: Counter<usize>,
}

impl Store for Counting {
    type Error = std::convert::Infallible;

    fn read(&self, what: &ReadSet) -> Result<Records, Self::Error> {
        self.calls.set(self.calls.get() + 1);
        self.keys.set(self.keys.get() + what.keys().len());
        self.store.read(what)
    }

    fn commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, Self::Error> {
        self.calls.set(self.calls.get() + 1);
        self.commits.set(self.commits.get() + 1);
        self.writes.set(self.writes.get() + batches.iter().map(|batch| batch.writes().len()).sum::<usize>());
        self.store.commit(batches)
    }
}

fn cost(shop: &Shop<Counting>, work: impl FnOnce()) -> [usize; 3] {
    let store = shop.engine.store();
    let read = || [store.calls.get(), store.keys.get(), store.writes.get()];
    let before = read();
    work();
    let after = read();
    [after[0] - before[0], after[1] - before[1], after[2] - before[2]]
}

#[test]
fn d25_an_opt_out_by_address_costs_the_same_however_many_are_behind_it() {
    let mut costs = Vec::new();
    for people in [1, 10, 100] {
        let shop = Shop::over(Counting::default());
        for n in 0..people {
            shop.attach(SubjectId::from_u128(n + 1), "office@example.com");
        }
        let opt_out =
            cost(&shop, || drop(shop.opt_out(address("office@example.com"), Scope::EVERYTHING).unwrap()));
        let ask = cost(&shop, || drop(shop.at(SubjectId::from_u128(1), "office@example.com", "news")));
        costs.push((opt_out, ask));
    }
    assert_eq!(costs[0], costs[1]);
    assert_eq!(costs[1], costs[2]);
}

#[test]
fn commands_of_many_share_commits_though_each_person_has_several() {
    let shop = Shop::over(Counting::default());
    let people: Vec<_> = (0..32).map(|n| SubjectId::from_u128(0x1000 + n)).collect();
    let twice = people.iter().flat_map(|person| [*person, *person]);
    let opt_out = || Command::new(Actor::subject(), Act::OptOut(vec![Scope::EVERYTHING]));
    let commands: Vec<_> = twice.map(|person| (Who::Subject(person), opt_out(), shop.stamp())).collect();
    let many = shop.engine.decide_many(commands);
    let positions = many.outcomes.iter().map(|outcome| outcome.as_ref().unwrap().facts[0].1.get());
    assert!(positions.eq(people.iter().flat_map(|_| [1, 2])), "each in the order given");
    assert_eq!(shop.engine.store().commits.get(), 2);
}

#[test]
fn l50_a_command_costs_the_same_however_long_the_history() {
    let mut costs = Vec::new();
    for flips in [1, 10, 200] {
        let shop = Shop::over(Counting::default());
        shop.attach(PERSON, "ada@example.com");
        for _ in 0..flips {
            shop.opt_out(PERSON, Scope::EVERYTHING).unwrap();
            shop.opt_in(PERSON, "news").unwrap();
        }
        costs.push(cost(&shop, || drop(shop.opt_in(PERSON, "news").unwrap())));
    }
    assert_eq!(costs[0], costs[1]);
    assert_eq!(costs[1], costs[2]);
}

#[test]
fn rounds_of_reading_are_few() {
    let shop = Shop::over(Counting::default());
    shop.attach(PERSON, "ada@example.com");
    shop.opt_in(PERSON, "news").unwrap();
    let point = shop.engine.load(PERSON).unwrap().points().next().unwrap();
    let query = shop.ask("news").at(point);
    let [calls, ..] = cost(&shop, || assert!(shop.engine.permits(PERSON, &query, shop.now()).unwrap()));
    assert!(calls <= 2, "by subject and point: {calls}");
    let [calls, ..] =
        cost(&shop, || assert!(shop.permits(address("ada@example.com"), "ada@example.com", "news")));
    assert!(calls <= 5, "by address: {calls}");
    // A command reads the person and their addresses, and then commits, also if it moves the row that says when something is due.
    let pause = |until| {
        let scope = Scope::EVERYTHING;
        let act = Act::Restrict { reason: RestrictionReason::Pause, scope, until: Some(until) };
        shop.engine.decide(PERSON, Command::new(Actor::subject(), act), shop.stamp()).unwrap();
    };
    for until in [t(9_000), t(20_000)] {
        let [calls, ..] = cost(&shop, || pause(until));
        assert!(calls <= 3, "a command: {calls}");
    }
}

/// An opt-out that no batch can hold is read in the widest sense, and asks for a review; a grant is refused.
#[test]
fn d21_more_than_a_batch_holds_restricts_widely_or_is_refused() {
    for points in [30_u128, 80, 10_000] {
        let shop = Shop::new();
        shop.attach(PERSON, "ada@example.com");
        shop.opt_in(PERSON, "news").unwrap();
        let scopes: Vec<_> =
            (0..points).map(|n| Scope::EVERYTHING.at(ContactPointId::from_u128(n + 1))).collect();
        let outcome = shop.engine.opt_out(PERSON, scopes, shop.stamp()).unwrap();
        let widened = Effect::OpenReview { scope: Scope::EVERYTHING };
        assert_eq!(outcome.effects.contains(&widened), points > 30, "{points}");
        assert_eq!(shop.permits(PERSON, "ada@example.com", "news"), points == 30);
    }
}

#[test]
fn d21_a_person_has_as_many_addresses_as_a_view_holds() {
    let shop = Shop::new();
    for n in 0..Limits::MAX_POINTS {
        shop.attach(PERSON, &format!("a{n}@example.com"));
    }
    let before = image(shop.engine.store());
    let more = shop.engine.attach(PERSON, &address("more@example.com"), Actor::subject(), shop.stamp());
    let limit = Rejection::LimitExceeded { which: Limited::ContactPoints, max: Limits::MAX_POINTS as u64 };
    assert_eq!(refused(more), OperationError::Rejected(limit));
    assert_eq!(image(shop.engine.store()), before);
    shop.opt_in(PERSON, "news").unwrap();
    assert!(shop.permits(PERSON, "a7@example.com", "news"));
    shop.opt_out(PERSON, Scope::EVERYTHING).unwrap();
    assert!(!shop.permits(PERSON, "a7@example.com", "news"));
}

/// However full the records of a person are, there is room for an opt-out.
#[test]
fn l50_an_opt_out_always_finds_room() {
    let names: Vec<_> = (0..600).map(|n| format!("purpose-{n}-{}", "x".repeat(30))).collect();
    let all = names.iter().map(|name| Purpose::new(id(name), PurposeClass::Processing, LawfulBasis::Consent));
    let policy = policy_of(all.collect());
    let engine = Engine::new(MemoryStore::new(), Settings::new(TENANT, WRITER, policy));
    let shop = Shop::with(engine);
    let mut refusals = 0;
    for names in names.chunks(50) {
        let stated = names.iter().map(|name| Stated {
            purpose: Breadth::Exactly(id(name)),
            channel: None,
            point: None,
        });
        if let Err(error) = shop.engine.opt_in(PERSON, stated, explicit(), shop.stamp()) {
            assert!(error.to_string().contains("bytes of a command"), "{error}");
            refusals += 1;
        }
    }
    assert!((1..12).contains(&refusals), "the records fill up: {refusals}");
    for names in names.chunks(100) {
        let scopes = names.iter().map(|name| Scope::purpose(id(name)));
        shop.engine.opt_out(PERSON, scopes, shop.stamp()).unwrap_or_else(|error| panic!("{error}"));
    }
    shop.opt_out(PERSON, Scope::EVERYTHING).unwrap_or_else(|error| panic!("{error}"));
}
