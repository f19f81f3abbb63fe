//! How subjects and questions are drawn: each from its number, by a small fixed generator.

use consent_engine_benches::floor::scramble;

use super::{Basis, Ground, NEVER, NOW, PURPOSES, Point, PointState, Question, Status, Subject, Way};

const HOUR: i64 = 3_600;

/// Numbers that look random, the same for the same seed.
struct Draw(u64);

impl Draw {
    fn bits(&mut self) -> u64 {
        self.0 = scramble(self.0);
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.bits() % bound
    }

    /// Once in `times`.
    fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

impl Subject {
    /// The subject of a number.
    #[must_use]
    pub fn numbered(number: u64) -> Self {
        let mut draw = Draw(scramble(number));
        Self {
            id: u128::from(draw.bits()) << 64 | u128::from(number),
            strict: draw.once_in(3),
            opted_out: draw.once_in(16),
            pause_until: match draw.below(16) {
                0 => NOW + HOUR * 24,
                1 => NOW - HOUR,
                _ => 0,
            },
            points: [0, 1].map(|which| Point { id: number * 2 + which, state: point_state(&mut draw) }),
            grounds: [promotion(&mut draw), promotion(&mut draw), promotion(&mut draw), TRANSACTION],
        }
    }
}

fn point_state(draw: &mut Draw) -> PointState {
    match draw.below(24) {
        0 => PointState::Bounced,
        1 => PointState::Complained,
        _ => PointState::Fine,
    }
}

/// Receipts are sent by e-mail and text message, to everybody.
const TRANSACTION: Ground = Ground {
    basis: Basis::Contract,
    status: Status::Granted,
    expires_at: NEVER,
    channels: Way::Email.bit() | Way::Sms.bit(),
};

fn promotion(draw: &mut Draw) -> Ground {
    let channels = Way::ALL.into_iter().filter(|_| !draw.once_in(16)).fold(0, |set, way| set | way.bit());
    if draw.once_in(3) {
        let (status, expires_at) = (Status::Granted, NEVER);
        return Ground { basis: Basis::LegitimateInterest, status, expires_at, channels };
    }
    let status = match draw.below(16) {
        0 => Status::Withdrawn,
        1 => Status::Pending,
        2 => Status::Expired,
        _ => Status::Granted,
    };
    let expires_at = match draw.below(16) {
        0 => NOW - HOUR,
        1..8 => NOW + HOUR * 24 * 365,
        _ => NEVER,
    };
    Ground { basis: Basis::Consent, status, expires_at, channels }
}

impl Question {
    /// The question of a number.
    pub(super) fn numbered(number: u64, subjects: &[Subject]) -> Self {
        let mut draw = Draw(scramble(!number));
        let any = subjects.len() as u64;
        let subject = draw.below(any);
        let transactional = draw.once_in(10);
        let promotion = draw.below(3) as usize;
        let way = [Way::Email, Way::Email, Way::Sms, Way::Voice][draw.below(4) as usize];
        let holder = if draw.once_in(32) { draw.below(any) } else { subject };
        Self {
            subject: subject as usize,
            purpose: if transactional { PURPOSES.len() - 1 } else { promotion },
            way,
            point: subjects[holder as usize].points[way.place()].id,
        }
    }
}
