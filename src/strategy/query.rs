//! Questions, and whom they are about.

use proptest::prelude::*;
use proptest::sample::subsequence;

use super::World;
use super::pick::{any_of, choose, maybe, pick};
use super::policy::regime_sets;
use super::scope::cells;
use super::time::timestamps;
use crate::decision::{Contacts, Direction, Foreign, Preferences, Query};
use crate::fact::SubjectKind;
use crate::purpose::PurposeIndex;
use crate::subject::{Identity, Subject};

/// Outbound five times as often as inbound.
pub fn directions() -> impl Strategy<Value = Direction> + Clone {
    pick([(5, Direction::Outbound), (1, Direction::Inbound)])
}

/// Mostly no other system counts.
pub fn foreign() -> impl Strategy<Value = Foreign> + Clone {
    pick([(16, Foreign::Agrees), (1, Foreign::MoreRestrictive), (1, Foreign::UnknownNegative)])
}

/// Mostly the preferences were read.
pub fn preferences() -> impl Strategy<Value = Preferences> + Clone {
    pick([(30, Preferences::Read), (1, Preferences::Unavailable)])
}

/// Counts about the caps of [`frequency_caps`](super::frequency_caps), with instants that are known or not, and in
/// any order.
pub fn contacts(world: &World) -> impl Strategy<Value = Contacts> + Clone + use<> {
    let counts = choose![30 => 0u32..=4, 1 => Just(u32::MAX)];
    (counts, maybe(0.7, timestamps(world)), maybe(0.7, timestamps(world)))
        .prop_map(|(count, oldest, latest)| Contacts { count, oldest, latest })
}

/// Questions about [`cells`], under any [`regime_sets`]. What denies whatever the facts say is rare.
pub fn queries(world: &World) -> impl Strategy<Value = Query> + Clone + use<> {
    let catalogue = world.policy.catalogue().clone();
    let host = (maybe(0.5, contacts(world)), foreign(), preferences(), maybe(0.06, timestamps(world)));
    (cells(world), regime_sets(), directions(), host).prop_map(
        move |(cell, regimes, direction, (contacts, foreign, preferences, snapshot))| Query {
            purpose: catalogue.index(cell.purpose).unwrap_or(PurposeIndex(u16::MAX)),
            channel: cell.channel,
            point: cell.point,
            regimes,
            direction,
            contacts,
            foreign,
            preferences,
            snapshot,
        },
    )
}

/// Mostly resolved.
pub fn identities() -> impl Strategy<Value = Identity> + Clone {
    pick([(20, Identity::Resolved), (1, Identity::Unresolved), (1, Identity::Contested)])
}

/// Mostly nothing in particular.
pub fn subject_kinds() -> impl Strategy<Value = SubjectKind> + Clone {
    pick([(12, SubjectKind::Person), (2, SubjectKind::Child), (1, SubjectKind::Deceased)])
}

/// Whom to ask about: mostly one of the world's people, others after a merge, rarely nobody; at times with role
/// addresses.
pub fn people(world: &World) -> impl Strategy<Value = Subject> + Clone + use<> {
    let [first, second, third] = world.subjects;
    let alone = any_of([first, second, third]).prop_map(|id| alloc::vec![id]);
    let ids = choose![6 => alone, 4 => subsequence(world.subjects.to_vec(), 2..=3), 1 => Just(alloc::vec![])];
    let roles = choose![4 => Just(alloc::vec![]), 1 => subsequence(world.points.to_vec(), 1..=3)];
    (ids, identities(), subject_kinds(), roles).prop_map(|(ids, identity, kind, role_addresses)| Subject {
        ids,
        identity,
        kind,
        role_addresses,
    })
}
