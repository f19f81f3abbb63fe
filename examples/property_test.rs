//! Laws over your own catalogue: the strategies of the feature `proptest` make up the histories, the engine carries
//! them out, and the laws are yours. In your tests the bodies stand in `proptest! { … }`.
//!
//! `cargo run --example property_test` runs it.

use core::cell::Cell;

use consent_engine::store::MemoryStore;
use consent_engine::strategy::{self, World};
use consent_engine::*;
use indicatif::ProgressBar;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

const CASES: u32 = 200;

/// The catalogue under test.
fn policy() -> Result<Policy, Box<dyn core::error::Error>> {
    let marketing = PurposeId::new("marketing")?;
    let consented = |id| {
        let purpose = Purpose::new(id, PurposeClass::Marketing, LawfulBasis::Consent);
        purpose.with_channels([Channel::Email, Channel::Sms])
    };
    let news = consented(PurposeId::new("marketing.news")?).with_parent(marketing);
    let offers = consented(PurposeId::new("marketing.offers")?).with_parent(marketing);
    let offers = offers.with_validity(Span::days(365));
    Ok(Policy::new(1, Catalogue::new([consented(marketing), news, offers], [])?))
}

/// A history to play: who does what, and how many hours later.
type History = Vec<(SubjectId, Command, u64)>;

/// Half are whatever a strategy makes up, mostly nonsense; half are people who say yes.
fn histories(world: &World) -> impl Strategy<Value = History> + use<> {
    let yes = strategy::stated(world).prop_map(|stated| {
        let evidence = SourceName::new("web-form").map(|page| Evidence::new(Method::Explicit, page));
        let command = Command::new(Actor::subject(), Act::Grant { stated: vec![stated], window: None });
        evidence.map_or(command.clone(), |evidence| command.with_evidence(evidence))
    });
    vec((strategy::subject_ids(world), prop_oneof![strategy::commands(world), yes], 0..48_u64), 0..16)
}

/// People who share an address, and what they did so far.
struct Played {
    engine: Engine<MemoryStore>,
    world: World,
    now: Timestamp,
    commands: u128,
}

impl Played {
    fn new(world: &World, history: &History) -> Result<Self, TestCaseError> {
        let settings = Settings::new(TenantId::from_u128(1), WriterId::from_u128(1), world.policy.clone())
            .with_index_secrets(IndexSecrets::new([7; 32]));
        let engine = Engine::new(MemoryStore::new(), settings);
        let family = Address::new(PointKind::Email, "family@example.com").map_err(fail)?;
        let [point, ..] = world.points;
        let mut played = Self { engine, world: world.clone(), now: strategy::EPOCH, commands: 0 };
        for subject in world.subjects {
            // A new contact point has the id of its command: so this is the point that the strategies know.
            let stamp = Stamp::new(played.now, CommandId::new(point.uuid()));
            played.engine.attach(subject, &family, Actor::subject(), stamp).map_err(fail)?;
        }
        for (subject, command, hours) in history {
            played.now = played.now.saturating_add(Span::hours(*hours));
            let stamp = played.stamp();
            // Most of what strategies make up is refused, as it should be.
            if let Err(error) = played.engine.decide(*subject, command.clone(), stamp)
                && error.rejection().is_none()
            {
                return Err(fail(error));
            }
        }
        Ok(played)
    }

    fn stamp(&mut self) -> Stamp {
        self.commands = self.commands.saturating_add(1);
        Stamp::new(self.now, CommandId::from_u128(self.commands))
    }

    /// Whether any purpose of the catalogue may reach a person, today or soon: at all, or at one address.
    fn reached(&self, subject: SubjectId, at: Option<ContactPointId>) -> Result<bool, TestCaseError> {
        let view = self.engine.load(subject).map_err(fail)?;
        for cell in self.world.cells() {
            let mut query = self.engine.query(cell.purpose, RegimeSet::OPT_IN).map_err(fail)?;
            (query.channel, query.point) = (cell.channel, cell.point);
            let on = |day| self.now.saturating_add(Span::days(day));
            let permitted = (0..3).any(|day| permits(&view, &query, &self.world.policy, on(day)));
            if permitted && (at.is_none() || at == cell.point) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn fail(error: impl core::fmt::Display) -> TestCaseError {
    TestCaseError::fail(error.to_string())
}

/// Whether the law was put to the test: whether marketing was permitted before.
type Lawful = Result<bool, TestCaseError>;

/// Nobody who opted out of everything is ever permitted marketing under OptIn.
fn an_opt_out_holds(world: &World, history: &History) -> Lawful {
    let mut played = Played::new(world, history)?;
    let [subject, ..] = world.subjects;
    let before = played.reached(subject, None)?;
    let stamp = played.stamp();
    played.engine.opt_out(subject, [Scope::EVERYTHING], stamp).map_err(fail)?;
    prop_assert!(!played.reached(subject, None)?);
    Ok(before)
}

/// An opt-out by address reaches everyone behind it, in whatever spelling it comes.
fn an_address_speaks_for_all(world: &World, history: &History) -> Lawful {
    let mut played = Played::new(world, history)?;
    let [point, ..] = world.points;
    let [subject, ..] = world.subjects;
    let before = played.reached(subject, Some(point))?;
    let stamp = played.stamp();
    let spelled = Address::new(PointKind::Email, "Family@EXAMPLE.com").map_err(fail)?;
    played.engine.opt_out(spelled, [Scope::EVERYTHING], stamp).map_err(fail)?;
    for subject in world.subjects {
        prop_assert!(!played.reached(subject, Some(point))?);
    }
    Ok(before)
}

type Law = fn(&World, &History) -> Lawful;

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let world = World::of(policy()?);
    let laws: [(&str, Law); 2] = [
        ("nobody who opted out of everything is permitted marketing", an_opt_out_holds),
        ("an opt-out by address reaches everyone behind it", an_address_speaks_for_all),
    ];
    for (name, law) in laws {
        let mattered = Cell::new(0_u32);
        let bar = ProgressBar::new(u64::from(CASES)).with_message(name);
        let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let ended = TestRunner::new_with_rng(config, rng).run(&histories(&world), |history| {
            bar.inc(1);
            mattered.set(mattered.get().saturating_add(u32::from(law(&world, &history)?)));
            Ok(())
        });
        bar.finish_and_clear();
        ended?;
        println!("held in {CASES} histories ({} with a permit before): {name}", mattered.get());
    }
    Ok(())
}
