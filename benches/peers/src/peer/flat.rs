//! A question with all that bears on it, for peers that keep nothing themselves.

use crate::data::{Ground, PURPOSES, Question, World};

/// What the host would hand over with the question.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flat {
    /// `transactional` or `marketing`.
    pub(super) class: &'static str,
    /// The ground of the purpose asked about.
    pub(super) ground: Ground,
    /// The channel asked about.
    pub(super) way: crate::data::Way,
    /// The state of the contact point, or `unknown` if it is not the subject's.
    pub(super) point_state: &'static str,
    pub(super) opted_out: bool,
    pub(super) pause_until: i64,
    pub(super) strict: bool,
}

impl Flat {
    /// Every question of the world, in order.
    pub(super) fn all(world: &World) -> impl Iterator<Item = Self> + '_ {
        world.questions.iter().map(|question| Self::new(world, question))
    }

    fn new(world: &World, question: &Question) -> Self {
        let subject = world.asked(question);
        Self {
            class: class(question.purpose),
            ground: subject.grounds[question.purpose],
            way: question.way,
            point_state: subject.point_state(question.point).map_or("unknown", |state| state.name()),
            opted_out: subject.opted_out,
            pause_until: subject.pause_until,
            strict: subject.strict,
        }
    }
}

/// The class of the purpose of a number.
pub(super) const fn class(purpose: usize) -> &'static str {
    if purpose == PURPOSES.len() - 1 { "transactional" } else { "marketing" }
}
