//! The hand-written floor: what a careful programmer would write instead of the engine, without its rules.
//!
//! One hash look-up of a fixed 72-byte struct, and all reasons as a bit set. It knows four purposes, two contact points,
//! one opt-out and one pause; no scopes, no windows of evidence, no audit, no time at which its answer changes.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

/// What a subject is known by: 72 bytes, no pointers.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Row {
    /// When the consent to each purpose ends.
    pub expires_at: [i64; 4],
    /// Until when nothing is to be promoted.
    pub pause_until: i64,
    /// The contact points.
    pub points: [u64; 2],
    /// The status of each purpose: [`GRANTED`], 1 withdrawn, [`PENDING`] or 3 expired.
    pub status: [u8; 4],
    /// The basis of each purpose: [`CONSENT`] or [`LEGITIMATE_INTEREST`].
    pub basis: [u8; 4],
    /// The channels of each purpose, as bits.
    pub channels: [u8; 4],
    /// The state of each contact point: 0 fine, [`BOUNCED`] or [`COMPLAINED`].
    pub point_state: [u8; 2],
    /// Opted out of all promotion.
    pub opted_out: bool,
    /// Legitimate interest does not carry promotion where the person lives.
    pub strict: bool,
}

/// One question.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    /// Who.
    pub subject: u128,
    /// What for: a number below 4, the last of which is [`TRANSACTIONAL`].
    pub purpose: usize,
    /// One bit.
    pub channel: u8,
    /// Where.
    pub point: u64,
}

/// A table of subjects.
#[derive(Debug)]
pub struct Floor {
    rows: HashMap<u128, Row, FxBuildHasher>,
}

/// The status of a consent that was given.
pub const GRANTED: u8 = 0;
/// The status of a consent that was asked for.
pub const PENDING: u8 = 2;
/// The basis that asks for a status.
pub const CONSENT: u8 = 0;
/// The basis that asks for none.
pub const LEGITIMATE_INTEREST: u8 = 1;
/// The state of a contact point whose messages come back.
pub const BOUNCED: u8 = 1;
/// The state of a contact point whose holder complained.
pub const COMPLAINED: u8 = 2;
/// The one purpose that promotes nothing.
pub const TRANSACTIONAL: usize = 3;

/// Bits of a set of reasons.
mod reason {
    pub(super) const UNKNOWN: u32 = 1;
    pub(super) const OPTED_OUT: u32 = 1 << 1;
    pub(super) const PAUSED: u32 = 1 << 2;
    pub(super) const CHANNEL: u32 = 1 << 3;
    pub(super) const POINT: u32 = 1 << 4;
    pub(super) const BOUNCED: u32 = 1 << 5;
    pub(super) const COMPLAINED: u32 = 1 << 6;
    pub(super) const WITHDRAWN: u32 = 1 << 7;
    pub(super) const PENDING: u32 = 1 << 8;
    pub(super) const EXPIRED: u32 = 1 << 9;
    pub(super) const STRICT: u32 = 1 << 10;
}

impl Floor {
    /// A table of `subjects`, the same on every run.
    #[must_use]
    pub fn new(subjects: u64) -> Self {
        let mut rows = HashMap::with_hasher(FxBuildHasher);
        for number in 0..subjects {
            let mut bits = scramble(number);
            let mut draw = |below: u64| {
                bits = scramble(bits);
                bits % below
            };
            let row = Row {
                expires_at: std::array::from_fn(|_| if draw(8) == 0 { 10 } else { i64::MAX }),
                pause_until: if draw(10) == 0 { i64::MAX } else { 0 },
                points: [number * 2, number * 2 + 1],
                status: std::array::from_fn(|_| u8::try_from(draw(16) / 13).unwrap_or(GRANTED)),
                basis: std::array::from_fn(|_| u8::try_from(draw(2)).unwrap_or(CONSENT)),
                channels: std::array::from_fn(|_| 7),
                point_state: std::array::from_fn(|_| u8::try_from(draw(20) / 18).unwrap_or(0)),
                opted_out: draw(10) == 0,
                strict: draw(3) == 0,
            };
            rows.insert(subject(number), row);
        }
        Self { rows }
    }

    /// Questions on random subjects, the same on every run.
    #[must_use]
    pub fn questions(&self, count: u64) -> Vec<Ask> {
        let subjects = u64::try_from(self.rows.len()).unwrap_or(1).max(1);
        (0..count)
            .map(|number| {
                let bits = scramble(number ^ 0x5eed);
                let who = bits % subjects;
                let purpose = if bits >> 60 == 0 { TRANSACTIONAL } else { (bits >> 32) as usize % 3 };
                Ask { subject: subject(who), purpose, channel: 1 << (bits >> 40 & 1), point: who * 2 }
            })
            .collect()
    }

    /// Every reason against it; 0 permits.
    #[must_use]
    pub fn reasons(&self, ask: &Ask, now: i64) -> u32 {
        ask.reasons(self.rows.get(&ask.subject), now)
    }
}

impl FromIterator<(u128, Row)> for Floor {
    /// A table of the given subjects.
    fn from_iter<I: IntoIterator<Item = (u128, Row)>>(rows: I) -> Self {
        Self { rows: rows.into_iter().collect() }
    }
}

impl Ask {
    /// Every reason against it, given what the subject is known by; 0 permits.
    // Inlined by order: left to itself the compiler adds six instructions to the floor.
    #[inline(always)]
    #[must_use]
    pub fn reasons(&self, row: Option<&Row>, now: i64) -> u32 {
        let Some(row) = row else { return reason::UNKNOWN };
        let at = self.purpose & 3;
        let mut set = 0;
        let mut fail = |wrong: bool, reason: u32| set |= if wrong { reason } else { 0 };
        let here = row.points.iter().position(|point| *point == self.point);
        let state = here.map_or(0, |at| row.point_state[at]);
        fail(row.channels[at] & self.channel == 0, reason::CHANNEL);
        fail(here.is_none(), reason::POINT);
        fail(state == BOUNCED, reason::BOUNCED);
        if self.purpose != TRANSACTIONAL {
            fail(row.opted_out, reason::OPTED_OUT);
            fail(now < row.pause_until, reason::PAUSED);
            fail(state == COMPLAINED, reason::COMPLAINED);
            let basis = row.basis[at];
            fail(basis == LEGITIMATE_INTEREST && row.strict, reason::STRICT);
            if basis == CONSENT {
                let status = row.status[at];
                fail(status == PENDING, reason::PENDING);
                fail(status != GRANTED && status != PENDING, reason::WITHDRAWN);
                fail(row.expires_at[at] <= now, reason::EXPIRED);
            }
        }
        set
    }
}

pub(crate) fn subject(number: u64) -> u128 {
    u128::from(scramble(number)) << 64 | u128::from(scramble(!number))
}

/// A fixed bijection that looks random (SplitMix64).
#[must_use]
pub const fn scramble(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

const _: () = assert!(size_of::<Row>() == 72, "the floor is one small struct");
