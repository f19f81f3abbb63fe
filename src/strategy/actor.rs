use proptest::prelude::*;
use proptest::sample::subsequence;

use super::World;
use super::id::system_ids;
use super::pick::{any_of, choose, pick};
use super::time::{EPOCH, intervals};
use crate::evidence::{Actor, ActorKind, Authority, Power, RecordedActor, Role, Via};
use crate::time::{Interval, Span, Timestamp};

const POWERS: [Power; 6] =
    [Power::Represent, Power::Block, Power::Legal, Power::Controller, Power::Erase, Power::Identity];

/// Every role, the person most often.
pub fn roles() -> impl Strategy<Value = Role> + Clone {
    pick([
        (8, Role::Subject),
        (3, Role::Operator),
        (3, Role::System),
        (2, Role::Guardian),
        (1, Role::Delegate),
        (1, Role::Importer),
        (1, Role::Partner),
        (2, Role::Unauthenticated),
    ])
}

/// Every kind of actor, as often as a role of that kind.
pub fn actor_kinds() -> impl Strategy<Value = ActorKind> + Clone {
    roles().prop_map(Role::kind)
}

/// Direct twice as often as reported by one of the world's systems.
pub fn vias(world: &World) -> impl Strategy<Value = Via> + Clone + use<> {
    choose![Via::Direct; 2 => Just(Via::Direct), 1 => system_ids(world).prop_map(Via::Reported)]
}

/// Every power.
pub fn powers() -> impl Strategy<Value = Power> + Clone {
    any_of(POWERS)
}

/// Authority with any powers, for all time or for one of [`intervals`], which may end at an instant of the grid.
pub fn authorities(world: &World) -> impl Strategy<Value = Authority> + Clone + use<> {
    let ever = Interval::starting(Timestamp::MIN);
    let late = Interval::starting(EPOCH).ending_by(EPOCH.saturating_add(Span::hours(1)));
    let during = choose![3 => Just(ever), 1 => Just(late), 1 => intervals(world)];
    let held = choose![3 => Just(POWERS.to_vec()), 2 => subsequence(POWERS.to_vec(), 0..=POWERS.len())];
    (held, during).prop_map(|(powers, during)| Authority::new(powers, during))
}

/// Authority that is enough for anything, at any time.
fn every_power() -> Authority {
    Authority::new(POWERS, Interval::starting(Timestamp::MIN))
}

/// The person, or who acts for them: in person, as a system reports, a guardian, a delegate.
pub fn person_actors(world: &World) -> impl Strategy<Value = Actor> + Clone + use<> {
    choose![
        Actor::subject();
        10 => Just(Actor::subject()),
        3 => system_ids(world).prop_map(|system| Actor::subject().reported_by(system)),
        2 => choose![1 => Just(every_power()), 1 => authorities(world)].prop_map(Actor::guardian),
        1 => authorities(world).prop_map(Actor::delegate),
        2 => Just(Actor::unauthenticated()),
        1 => (authorities(world), system_ids(world))
            .prop_map(|(authority, system)| Actor::guardian(authority).reported_by(system)),
    ]
}

/// Staff: most with every power, others with too little, or at the wrong time.
pub fn staff_actors(world: &World) -> impl Strategy<Value = Actor> + Clone + use<> {
    choose![
        5 => Just(Actor::operator(every_power())),
        2 => authorities(world).prop_map(Actor::operator),
        1 => system_ids(world).prop_map(|system| Actor::operator(every_power()).reported_by(system)),
    ]
}

/// Machines: systems that report what they saw, imports, other controllers.
pub fn machine_actors(world: &World) -> impl Strategy<Value = Actor> + Clone + use<> {
    choose![
        4 => system_ids(world).prop_map(Actor::system),
        2 => system_ids(world).prop_map(Actor::importer),
        1 => system_ids(world).prop_map(Actor::partner),
    ]
}

/// Everybody: persons, staff and machines, with and without authority.
pub fn actors(world: &World) -> impl Strategy<Value = Actor> + Clone + use<> {
    choose![4 => person_actors(world), 2 => staff_actors(world), 2 => machine_actors(world)]
}

/// Actors as facts record them: every role, direct or reported, also where no [`Actor`] could be both.
pub fn recorded_actors(world: &World) -> impl Strategy<Value = RecordedActor> + Clone + use<> {
    (roles(), vias(world)).prop_map(|(role, via)| RecordedActor { role, via })
}
