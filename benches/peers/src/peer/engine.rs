//! consent-engine, on loaded views that real commands made.

mod story;

use std::hint::black_box;

use consent_engine::{
    Catalogue, Channel, ContactPointId, LawfulBasis, Policy, Purpose, PurposeClass, PurposeId, Query,
    RegimeSet, Timestamp, View, evaluate, permits,
};
use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::Peer;
use crate::data::{NOW, PURPOSES, Question, Way, World};

/// What a host would hold: the policy, and the views it loaded.
#[derive(Debug)]
pub struct Known {
    policy: Policy,
    views: HashMap<u128, View, FxBuildHasher>,
    questions: Vec<(u128, Query)>,
    now: Timestamp,
}

impl Known {
    /// Tells the engine of everybody, command by command.
    #[must_use]
    pub fn new(world: &World) -> Self {
        let policy = policy();
        let views =
            world.subjects.iter().map(|subject| (subject.id, story::told(&policy, subject))).collect();
        let query = |question: &Question| (world.asked(question).id, query(&policy, world, question));
        let questions = world.questions.iter().map(query).collect();
        Self { policy, views, questions, now: instant(NOW) }
    }
}

/// The short answer, on the view that belongs to the question.
#[derive(Debug)]
pub struct PermitsAtHand<'a> {
    known: &'a Known,
    views: Vec<&'a View>,
}

impl<'a> PermitsAtHand<'a> {
    /// Finds the view of each question beforehand.
    #[must_use]
    pub fn new(known: &'a Known) -> Self {
        let views = known.questions.iter().filter_map(|(subject, _)| known.views.get(subject)).collect();
        Self { known, views }
    }
}

impl Peer for PermitsAtHand<'_> {
    fn name(&self) -> &'static str {
        "**consent-engine, `permits`**, view at hand"
    }

    fn answer(&self, question: usize) -> bool {
        let known = self.known;
        permits(self.views[question], &known.questions[question].1, &known.policy, known.now)
    }
}

/// The short answer, after a hash look-up of the view.
#[derive(Debug)]
pub struct Permits<'a>(pub &'a Known);

impl Peer for Permits<'_> {
    fn name(&self) -> &'static str {
        "**consent-engine, `permits`**, view looked up"
    }

    fn answer(&self, question: usize) -> bool {
        let (subject, query) = &self.0.questions[question];
        let known = self.0;
        known.views.get(subject).is_some_and(|view| permits(view, query, &known.policy, known.now))
    }
}

/// The full answer with all reasons, after a hash look-up of the view.
#[derive(Debug)]
pub struct Evaluate<'a>(pub &'a Known);

impl Peer for Evaluate<'_> {
    fn name(&self) -> &'static str {
        "**consent-engine, `evaluate`**, view looked up"
    }

    fn answer(&self, question: usize) -> bool {
        let (subject, query) = &self.0.questions[question];
        let known = self.0;
        known
            .views
            .get(subject)
            .is_some_and(|view| black_box(&evaluate(view, query, &known.policy, known.now)).is_permit())
    }
}

/// Three purposes that promote, on consent unless a person's record says otherwise, and one that serves a contract.
fn policy() -> Policy {
    let ways = Way::ALL.map(channel);
    let [newsletter, offers, partners, receipts] = PURPOSES.map(purpose);
    let promotion = |id| Purpose::new(id, PurposeClass::Marketing, LawfulBasis::Consent).with_channels(ways);
    let transaction = Purpose::new(receipts, PurposeClass::Transactional, LawfulBasis::Contract)
        .with_channels([Channel::Email, Channel::Sms]);
    let purposes = [promotion(newsletter), promotion(offers), promotion(partners), transaction];
    Policy::new(1, Catalogue::new(purposes, []).expect("a valid catalogue"))
}

/// Where legitimate interest does not carry promotion, silence denies; elsewhere it permits.
fn query(policy: &Policy, world: &World, question: &Question) -> Query {
    let index = policy.catalogue().index(purpose(PURPOSES[question.purpose])).expect("a known purpose");
    let regimes = if world.asked(question).strict { RegimeSet::OPT_IN } else { RegimeSet::OPT_OUT };
    Query::new(index, regimes).on(channel(question.way)).at(point(question.point))
}

fn purpose(name: &str) -> PurposeId {
    PurposeId::new(name).expect("a valid name")
}

const fn channel(way: Way) -> Channel {
    match way {
        Way::Email => Channel::Email,
        Way::Sms => Channel::Sms,
        Way::Voice => Channel::Voice,
    }
}

fn point(id: u64) -> ContactPointId {
    ContactPointId::from_u128(u128::from(id))
}

fn instant(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds).expect("an instant in range")
}
