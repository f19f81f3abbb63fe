use alloc::vec::Vec;

use proptest::bool::weighted as chance;
use proptest::collection::vec;
use proptest::prelude::*;

use super::World;
use super::actor::actor_kinds;
use super::evidence::{ages, notices, strengths};
use super::id::{log_ids, request_ids, seqs};
use super::pick::{any_of, choose, maybe};
use super::scope::{named, stated_for};
use super::time::{EPOCH, intervals, timestamps};
use super::token::tokens;
use crate::fact::{Grant, Named, Request, TokenHash, ViewToken};
use crate::time::{Interval, Span, Timestamp};

/// Windows of grants: most began long ago and have no end, so that the rest of the grant decides.
fn windows(world: &World) -> impl Strategy<Value = Interval> + Clone + use<> {
    let long_ago = Interval::starting(EPOCH.saturating_sub(Span::days(30)));
    choose![4 => Just(long_ago), 5 => intervals(world)]
}

/// Names of restrictions, mostly none: what a history holds is named while it is put together.
fn names(world: &World) -> impl Strategy<Value = Vec<Named>> + Clone + use<> {
    choose![Vec::new(); 3 => Just(Vec::new()), 1 => vec(named(world), 1..=3)]
}

/// Tokens, mostly empty ones.
pub(super) fn rare_tokens(world: &World) -> impl Strategy<Value = ViewToken> + Clone + use<> {
    choose![ViewToken::NOTHING; 4 => Just(ViewToken::NOTHING), 1 => tokens(world)]
}

/// Stored grants, arbitrary in all they hold: windows, strength, notices, ages, lifts of anything, `read` tokens,
/// attempted or not, with and without a request.
pub fn grants(world: &World) -> impl Strategy<Value = Grant> + Clone + use<> {
    let evidence = (strengths(), maybe(0.7, notices(world)), maybe(0.6, ages(world)), actor_kinds());
    let asked = (log_ids(world), seqs()).prop_map(|(log, seq)| log.at(seq));
    let request = (maybe(0.3, request_ids()), maybe(0.2, asked));
    let rest = (names(world), rare_tokens(world), chance(0.1), request);
    (stated_for(world), windows(world), evidence, rest).prop_map(
        |((cell, stated), window, evidence, rest)| {
            let (strength, notice, age, by) = evidence;
            let (lifts, read, attempted, (request, asked)) = rest;
            Grant { cell, stated, window, strength, notice, age, by, lifts, read, attempted, request, asked }
        },
    )
}

/// Instants at which requests expire: most long after the grid, others on it.
fn expiries(world: &World) -> impl Strategy<Value = Timestamp> + Clone + use<> {
    let late = [Span::days(7), Span::days(2), Span::hours(1)].map(|span| EPOCH.saturating_add(span));
    choose![2 => any_of(late), 1 => timestamps(world)]
}

/// Stored requests for a double opt-in, arbitrary in all they hold.
pub fn requests(world: &World) -> impl Strategy<Value = Request> + Clone + use<> {
    let evidence = (maybe(0.6, notices(world)), maybe(0.5, ages(world)));
    let token = maybe(0.3, any::<[u8; 32]>().prop_map(TokenHash::new));
    (request_ids(), stated_for(world), evidence, expiries(world), names(world), token).prop_map(
        |(id, (cell, stated), (notice, age), expires, seen, token)| Request {
            id,
            cell,
            stated,
            notice,
            age,
            expires,
            seen,
            token,
        },
    )
}
