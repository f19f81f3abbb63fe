//! Identifiers: few, so that they collide.

use proptest::prelude::*;

use super::World;
use super::pick::{any_of, choose, pick};
use crate::id::{
    Aggregate, CommandId, ContactPointId, IndexKey, LogId, Position, RequestId, Seq, SubjectId, SystemId,
    TenantId, WriterId,
};

/// The world's people, the first most often.
pub fn subject_ids(world: &World) -> impl Strategy<Value = SubjectId> + Clone + use<> {
    pick([5, 2, 1].into_iter().zip(world.subjects))
}

/// The world's addresses, the first most often.
pub fn point_ids(world: &World) -> impl Strategy<Value = ContactPointId> + Clone + use<> {
    pick([4, 2, 2].into_iter().zip(world.points))
}

/// The world's writers, each as often.
pub fn writer_ids(world: &World) -> impl Strategy<Value = WriterId> + Clone + use<> {
    any_of(world.writers.clone())
}

/// The world's systems, each as often.
pub fn system_ids(world: &World) -> impl Strategy<Value = SystemId> + Clone + use<> {
    any_of(world.systems.clone())
}

/// One of two tenants.
pub fn tenant_ids() -> impl Strategy<Value = TenantId> + Clone {
    (1u128..=2).prop_map(TenantId::from_u128)
}

/// One of five commands.
pub fn command_ids() -> impl Strategy<Value = CommandId> + Clone {
    (1u128..=5).prop_map(CommandId::from_u128)
}

/// One of five requests, with the numbers of [`command_ids`].
pub fn request_ids() -> impl Strategy<Value = RequestId> + Clone {
    (1u128..=5).prop_map(RequestId::from_u128)
}

/// One of three index keys.
pub fn index_keys() -> impl Strategy<Value = IndexKey> + Clone {
    (0xD1u128..=0xD3).prop_map(IndexKey::from_u128)
}

/// A person or an address of the world, people more often.
pub fn aggregates(world: &World) -> impl Strategy<Value = Aggregate> + Clone + use<> {
    choose![
        3 => subject_ids(world).prop_map(Aggregate::Subject),
        2 => point_ids(world).prop_map(Aggregate::Point),
    ]
}

/// A log of the world.
pub fn log_ids(world: &World) -> impl Strategy<Value = LogId> + Clone + use<> {
    (aggregates(world), writer_ids(world)).prop_map(|(aggregate, writer)| LogId::new(aggregate, writer))
}

/// Small numbers of facts, and rarely the last there is.
pub fn seqs() -> impl Strategy<Value = Seq> + Clone {
    choose![40 => 0u64..8, 1 => Just(u64::MAX)].prop_map(Seq::after)
}

/// Places in the world's logs.
pub fn positions(world: &World) -> impl Strategy<Value = Position> + Clone + use<> {
    (log_ids(world), seqs()).prop_map(|(log, seq)| log.at(seq))
}
