//! What a fact says, of every kind.

use alloc::sync::Arc;

use proptest::bool::weighted as chance;
use proptest::collection::vec;
use proptest::prelude::*;

use super::World;
use super::evidence::{notes, notices};
use super::grant::{grants, rare_tokens, requests};
use super::id::{index_keys, log_ids, point_ids, request_ids, seqs, subject_ids};
use super::pick::{any_of, choose, maybe};
use super::purpose::{lawful_bases, purpose_ids};
use super::query::subject_kinds;
use super::scope::{named, points_with_kinds, restriction_reasons, scopes};
use super::time::timestamps;
use super::token::tokens;
use crate::fact::{
    Description, FactKind, Hold, Interest, LapseCause, Reassign, RelationshipKind, Release, Restriction,
    Revocation, Unsupported,
};

/// Restrictions of every reason; one in three has an end, also those that may not.
pub fn restrictions(world: &World) -> impl Strategy<Value = Restriction> + Clone + use<> {
    (restriction_reasons(), scopes(world), maybe(0.33, timestamps(world)), rare_tokens(world))
        .prop_map(|(reason, scope, until, unmerges)| Restriction { reason, scope, until, unmerges })
}

/// Every cause of a lapse.
pub fn lapse_causes() -> impl Strategy<Value = LapseCause> + Clone {
    any_of([LapseCause::GrantLapsed, LapseCause::Inactivity, LapseCause::NoticeSuperseded])
}

/// Ends of grants: a scope, and mostly an empty token.
pub fn revocations(world: &World) -> impl Strategy<Value = Revocation> + Clone + use<> {
    (scopes(world), rare_tokens(world), rare_tokens(world)).prop_map(|(scope, view, unmerges)| Revocation {
        scope,
        view,
        unmerges,
    })
}

/// Legal holds, of any purpose: also of those that may not have one.
pub fn holds(world: &World) -> impl Strategy<Value = Hold> + Clone + use<> {
    purpose_ids(world).prop_map(|purpose| Hold { purpose })
}

/// Ends of legal holds, whether any such stands or not.
pub fn releases(world: &World) -> impl Strategy<Value = Release> + Clone + use<> {
    (purpose_ids(world), log_ids(world), seqs()).prop_map(|(purpose, log, upto)| Release {
        purpose,
        log,
        upto,
    })
}

/// What is known of a person or an address besides consent.
pub fn descriptions(world: &World) -> impl Strategy<Value = Description> + Clone + use<> {
    choose![
        1 => subject_kinds().prop_map(Description::Kind),
        1 => (point_ids(world), chance(0.7)).prop_map(|(point, is)| Description::RoleAddress { point, is }),
    ]
}

/// Every kind of relationship.
pub fn relationship_kinds() -> impl Strategy<Value = RelationshipKind> + Clone {
    any_of([RelationshipKind::Purchase, RelationshipKind::Contract, RelationshipKind::Inquiry])
}

/// Addresses that went from one of the world's people to another, to nobody known, or to the holder again.
pub fn reassigns(world: &World) -> impl Strategy<Value = Reassign> + Clone + use<> {
    (point_ids(world), subject_ids(world), maybe(0.7, subject_ids(world)), rare_tokens(world))
        .prop_map(|(point, from, to, view)| Reassign { point, from, to, view })
}

/// Relevant, not relevant, not said.
pub fn interests() -> impl Strategy<Value = Interest> + Clone {
    any_of([Interest::NotRelevant, Interest::Relevant, Interest::Unstated])
}

/// Up to sixteen bytes that nobody can read.
pub fn unsupported() -> impl Strategy<Value = Unsupported> + Clone {
    vec(any::<u8>(), 0..=16).prop_map(|verbatim| Unsupported { verbatim })
}

/// Every kind of fact: grants and restrictions make up more than half; one in a few hundred is unsupported, as a
/// single one denies every question.
pub fn fact_kinds(world: &World) -> impl Strategy<Value = FactKind> + Clone + use<> {
    let grants = grants(world).prop_map(Arc::new).boxed();
    choose![
        110 => restrictions(world).prop_map(FactKind::Restriction),
        70 => grants.clone().prop_map(FactKind::Grant),
        30 => grants.prop_map(FactKind::Confirm),
        25 => requests(world).prop_map(|request| FactKind::Request(Arc::new(request))),
        60 => ending_kinds(world),
        30 => ground_kinds(world),
        12 => idle_kinds(world),
        70 => link_kinds(world),
        1 => unsupported().prop_map(FactKind::Unsupported),
    ]
}

/// What ends something.
fn ending_kinds(world: &World) -> BoxedStrategy<FactKind> {
    let (named, ended) = (named(world).boxed(), revocations(world).boxed());
    choose![
        3 => named.clone().prop_map(FactKind::Clear),
        2 => named.prop_map(FactKind::Resume),
        2 => ended.clone().prop_map(FactKind::Revocation),
        2 => (lapse_causes(), ended).prop_map(|(cause, ended)| FactKind::Lapsed { cause, ended }),
    ]
    .boxed()
}

/// What changes the lawful basis.
fn ground_kinds(world: &World) -> BoxedStrategy<FactKind> {
    choose![
        3 => (purpose_ids(world), lawful_bases()).prop_map(|(purpose, basis)| FactKind::Basis { purpose, basis }),
        2 => holds(world).prop_map(FactKind::Hold),
        1 => releases(world).prop_map(FactKind::Release),
    ]
    .boxed()
}

/// What decides nothing.
fn idle_kinds(world: &World) -> BoxedStrategy<FactKind> {
    choose![
        1 => (maybe(0.7, notices(world)), maybe(0.7, scopes(world)))
            .prop_map(|(notice, scope)| FactKind::NoticeSeen { notice, scope }),
        1 => (purpose_ids(world), interests(), maybe(0.5, notes()))
            .prop_map(|(purpose, interest, note)| FactKind::Preference { purpose, interest, note }),
        1 => relationship_kinds().prop_map(FactKind::Relationship),
        1 => request_ids().prop_map(FactKind::Asked),
    ]
    .boxed()
}

/// What links people and addresses.
fn link_kinds(world: &World) -> BoxedStrategy<FactKind> {
    let attach = (subject_ids(world), points_with_kinds(world));
    let pair = || (subject_ids(world), point_ids(world));
    choose![
        8 => attach.prop_map(|(subject, (point, point_kind))| FactKind::Attach { subject, point, point_kind }),
        3 => pair().prop_map(|(subject, point)| FactKind::Verify { subject, point }),
        3 => (pair(), point_ids(world))
            .prop_map(|((subject, old), new)| FactKind::Replace { subject, old, new }),
        3 => reassigns(world).prop_map(FactKind::Reassign),
        1 => index_keys().prop_map(FactKind::Claim),
        1 => (index_keys(), subject_ids(world), tokens(world))
            .prop_map(|(alias, owner, ends)| FactKind::ContestResolved { alias, owner, ends }),
        3 => subject_ids(world).prop_map(|with| FactKind::Merge { with }),
        4 => (subject_ids(world), tokens(world)).prop_map(|(with, ends)| FactKind::Unmerge { with, ends }),
        3 => (descriptions(world), rare_tokens(world), rare_tokens(world))
            .prop_map(|(what, instead_of, unmerges)| FactKind::Described { what, instead_of, unmerges }),
    ]
    .boxed()
}
