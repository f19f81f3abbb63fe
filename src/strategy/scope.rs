//! Scopes, cells and statements over the world's purposes, channels and addresses.

use alloc::vec::Vec;

use proptest::bool::weighted as chance;
use proptest::prelude::*;

use super::World;
use super::actor::actor_kinds;
use super::id::{log_ids, point_ids, seqs};
use super::pick::{any_of, choose, maybe, one_of, pick};
use super::purpose::{purpose_ids, weights};
use crate::channel::{Channel, ChannelName, PointKind};
use crate::fact::{Breadth, Cell, Named, PurposeScope, RestrictionKey, RestrictionReason, Scope, Stated};
use crate::id::ContactPointId;
use crate::purpose::{Catalogue, PurposeId};

/// Channels of the tenant's own: those of the catalogue, and `pigeon`, which [`worlds`](super::worlds) do not list.
#[allow(clippy::expect_used, reason = "a fixed name")]
pub fn channel_names(world: &World) -> impl Strategy<Value = ChannelName> + Clone + use<> {
    let listed = world.policy.catalogue().other_channels().iter().map(|name| (3, *name));
    pick(listed.chain([(1, ChannelName::new("pigeon").expect("a valid name"))]))
}

/// Channels: e-mail and text most often, then the other standard ones, and the tenant's own.
pub fn channels(world: &World) -> impl Strategy<Value = Channel> + Clone + use<> {
    choose![
        5 => Just(Channel::Email),
        3 => Just(Channel::Sms),
        2 => any_of(Channel::STANDARD),
        1 => channel_names(world).prop_map(Channel::Other),
    ]
}

/// Every kind of address.
pub fn point_kinds() -> impl Strategy<Value = PointKind> + Clone {
    use PointKind::{Device, Email, Phone, Postal, PushToken, SocialHandle};
    any_of([Email, Phone, Postal, PushToken, SocialHandle, Device])
}

/// Addresses with their kind in the world, and rarely with another.
pub(super) fn points_with_kinds(
    world: &World,
) -> impl Strategy<Value = (ContactPointId, PointKind)> + Clone + use<> {
    let points = pick([4, 2, 2].into_iter().zip(world.points.into_iter().zip(world.kinds)));
    (points, maybe(0.1, point_kinds())).prop_map(|((point, kind), wrong)| (point, wrong.unwrap_or(kind)))
}

/// Cells: most of those that make sense ([`World::cells`]), the first of each purpose most often; the rest put
/// together from anything, also of an unlisted purpose or channel.
pub fn cells(world: &World) -> impl Strategy<Value = Cell> + Clone + use<> {
    let anything = (purpose_ids(world), maybe(0.8, channels(world)), maybe(0.7, point_ids(world)))
        .prop_map(|(purpose, channel, point)| Cell { purpose, channel, point })
        .boxed();
    let mut sensible = Vec::new();
    for (weight, (_, purpose)) in weights().zip(world.policy.catalogue().iter()) {
        let own = world.cells_of(purpose);
        if !own.is_empty() {
            sensible.push((weight, pick([4, 2].into_iter().chain(core::iter::repeat(1)).zip(own)).boxed()));
        }
    }
    if sensible.is_empty() {
        return anything;
    }
    choose![8 => one_of(None, sensible), 1 => anything].boxed()
}

/// Each purpose with the one above it.
fn parents(catalogue: &Catalogue) -> Vec<(PurposeId, PurposeId)> {
    catalogue.iter().filter_map(|(_, purpose)| Some((purpose.id(), purpose.parent()?))).collect()
}

fn above(parents: &[(PurposeId, PurposeId)], id: PurposeId) -> PurposeId {
    parents.iter().find(|(own, _)| *own == id).map_or(id, |(_, parent)| *parent)
}

/// How far a statement goes beyond one purpose.
#[derive(Clone, Copy, Debug)]
enum Reach {
    Own,
    Parent,
    All,
}

/// Every purpose, or a purpose of the world with its subtree.
pub fn purpose_scopes(world: &World) -> impl Strategy<Value = PurposeScope> + Clone + use<> {
    choose![1 => Just(PurposeScope::All), 3 => purpose_ids(world).prop_map(PurposeScope::Subtree)]
}

/// Scopes: one of [`cells`], widened: to the purpose above or to all, to every channel, to every address.
pub fn scopes(world: &World) -> impl Strategy<Value = Scope> + Clone + use<> {
    let parents = parents(world.policy.catalogue());
    let reach = pick([(4, Reach::Own), (2, Reach::Parent), (3, Reach::All)]);
    (cells(world), reach, chance(0.35), chance(0.4)).prop_map(move |(cell, reach, one_channel, one_point)| {
        Scope {
            purpose: match reach {
                Reach::Own => PurposeScope::Subtree(cell.purpose),
                Reach::Parent => PurposeScope::Subtree(above(&parents, cell.purpose)),
                Reach::All => PurposeScope::All,
            },
            channel: cell.channel.filter(|_| one_channel),
            point: cell.point.filter(|_| one_point),
        }
    })
}

/// All purposes, a purpose of the world with its subtree, or that purpose alone.
pub fn breadths(world: &World) -> impl Strategy<Value = Breadth> + Clone + use<> {
    choose![
        3 => purpose_ids(world).prop_map(Breadth::Exactly),
        2 => purpose_ids(world).prop_map(Breadth::Subtree),
        1 => Just(Breadth::All),
    ]
}

/// Statements: one of [`cells`], as it is most often, else widened.
pub fn stated(world: &World) -> impl Strategy<Value = Stated> + Clone + use<> {
    stated_for(world).prop_map(|(_, stated)| stated)
}

/// A cell with a statement that holds it.
pub fn stated_for(world: &World) -> impl Strategy<Value = (Cell, Stated)> + Clone + use<> {
    let parents = parents(world.policy.catalogue());
    let reach = pick([(6, Some(Reach::Own)), (3, None), (1, Some(Reach::Parent)), (1, Some(Reach::All))]);
    (cells(world), reach, chance(0.8), chance(0.8)).prop_map(move |(cell, reach, one_channel, one_point)| {
        let purpose = match reach {
            Some(Reach::Own) => Breadth::Exactly(cell.purpose),
            None => Breadth::Subtree(cell.purpose),
            Some(Reach::Parent) => Breadth::Subtree(above(&parents, cell.purpose)),
            Some(Reach::All) => Breadth::All,
        };
        let channel = cell.channel.filter(|_| one_channel);
        (cell, Stated { purpose, channel, point: cell.point.filter(|_| one_point) })
    })
}

/// Every reason to restrict, the consent reasons more often, an opt-out most.
pub fn restriction_reasons() -> impl Strategy<Value = RestrictionReason> + Clone {
    use RestrictionReason::{Complaint, Erasure, Objection, OptOut, Pause};
    choose![
        6 => Just(OptOut),
        4 => any_of([Objection, Complaint, Pause, Erasure]),
        6 => any_of(RestrictionReason::ALL),
    ]
}

/// Keys of restrictions: a reason, a kind of actor, a scope.
pub fn restriction_keys(world: &World) -> impl Strategy<Value = RestrictionKey> + Clone + use<> {
    (restriction_reasons(), actor_kinds(), scopes(world)).prop_map(|(reason, by, scope)| RestrictionKey {
        reason,
        by,
        scope,
    })
}

/// Names of restrictions, whether any such stands or not.
pub fn named(world: &World) -> impl Strategy<Value = Named> + Clone + use<> {
    (log_ids(world), restriction_keys(world), seqs()).prop_map(|(log, key, upto)| Named { log, key, upto })
}
