//! The hand-written floor, fed with the common data.

use consent_engine_benches::floor::{
    self, Ask, BOUNCED, COMPLAINED, CONSENT, Floor, GRANTED, LEGITIMATE_INTEREST, PENDING, Row,
};

use super::Peer;
use crate::data::{Basis, NOW, PURPOSES, PointState, Question, Status, Subject, World};

const _: () = assert!(floor::TRANSACTIONAL == PURPOSES.len() - 1, "the same purpose is transactional");

/// What a careful programmer would write: a hash look-up of a small struct, and the rules as comparisons.
#[derive(Debug)]
pub struct HandWritten {
    table: Floor,
    asks: Vec<Ask>,
}

impl HandWritten {
    /// A table of everybody.
    #[must_use]
    pub fn new(world: &World) -> Self {
        let table = world.subjects.iter().map(|subject| (subject.id, row(subject))).collect();
        let asks = world.questions.iter().map(|question| ask(world, question)).collect();
        Self { table, asks }
    }
}

impl Peer for HandWritten {
    fn name(&self) -> &'static str {
        "hand-written floor, row looked up"
    }

    fn answer(&self, question: usize) -> bool {
        self.table.reasons(&self.asks[question], NOW) == 0
    }
}

/// A question as the floor takes it.
pub(super) fn ask(world: &World, question: &Question) -> Ask {
    Ask {
        subject: world.asked(question).id,
        purpose: question.purpose,
        channel: question.way.bit(),
        point: question.point,
    }
}

/// A subject as the floor keeps it.
pub(super) fn row(subject: &Subject) -> Row {
    let grounds = subject.grounds;
    Row {
        expires_at: grounds.map(|ground| ground.expires_at),
        pause_until: subject.pause_until,
        points: subject.points.map(|point| point.id),
        status: grounds.map(|ground| match ground.status {
            Status::Granted => GRANTED,
            Status::Withdrawn => 1,
            Status::Pending => PENDING,
            Status::Expired => 3,
        }),
        basis: grounds.map(|ground| match ground.basis {
            Basis::Consent => CONSENT,
            Basis::LegitimateInterest => LEGITIMATE_INTEREST,
            Basis::Contract => 2,
        }),
        channels: grounds.map(|ground| ground.channels),
        point_state: subject.points.map(|point| match point.state {
            PointState::Fine => 0,
            PointState::Bounced => BOUNCED,
            PointState::Complained => COMPLAINED,
        }),
        opted_out: subject.opted_out,
        strict: subject.strict,
    }
}
