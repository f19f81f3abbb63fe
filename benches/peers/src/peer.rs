//! The peers, each behind the same small trait.

use std::hint::black_box;
use std::ops::Range;

use crate::data::World;

mod casbin;
mod cedar;
mod cel;
mod engine;
mod flat;
mod floor;
mod rego;
mod sqlite;

pub use casbin::Casbin;
pub use cedar::Cedar;
pub use cel::{Cel, CelFresh};
pub use engine::{Evaluate, Known, Permits, PermitsAtHand};
pub use floor::HandWritten;
pub use rego::{Interpreter, Rvm};
pub use sqlite::{Database, Sqlite};

/// Somebody who answers the questions of a [`World`].
pub trait Peer {
    /// What the row of the table is called.
    fn name(&self) -> &'static str;

    /// Whether it permits the question of a number.
    fn answer(&self, question: usize) -> bool;

    /// How many of the questions it permits. One virtual call for all of them.
    fn count(&self, questions: Range<usize>) -> usize {
        questions.filter(|question| self.answer(black_box(*question))).count()
    }
}

/// How many questions everybody permits.
///
/// # Panics
///
/// If two peers differ on a question: their times would mean nothing.
#[must_use]
pub fn agreement(peers: &[&dyn Peer], world: &World) -> usize {
    let agreed = |question: &usize| {
        let answers = || peers.iter().map(|peer| peer.answer(*question));
        let permits = answers().next().unwrap_or(false);
        if answers().any(|answer| answer != permits) {
            let told: Vec<_> = peers.iter().map(|peer| peer.name()).zip(answers()).collect();
            let asked = world.questions[*question];
            panic!("question {question}, {asked:?} of {:?}: {told:#?}", world.asked(&asked));
        }
        permits
    };
    world.all().filter(agreed).count()
}
