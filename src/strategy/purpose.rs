use proptest::prelude::*;

use super::World;
use super::pick::{any_of, choose, maybe, pick};
use crate::evidence::{NoticeId, Strength};
use crate::purpose::{
    EvidenceNeed, FrequencyCap, LawfulBasis, NoticeNeed, OptOutRule, PurposeClass, PurposeId, PurposeIndex,
};
use crate::time::Span;

#[allow(clippy::expect_used, reason = "fixed names")]
pub(super) fn id(name: &str) -> PurposeId {
    PurposeId::new(name).expect("a valid name")
}

#[allow(clippy::expect_used, reason = "fixed names")]
pub(super) fn notice_id(name: &str) -> NoticeId {
    NoticeId::new(name).expect("a valid name")
}

/// A purpose that the catalogues of this module never have.
pub(super) fn unlisted() -> PurposeId {
    id("unlisted")
}

/// How often a purpose is drawn, by its place in the catalogue: the first ones more.
pub(super) fn weights() -> impl Iterator<Item = usize> {
    [8, 4, 3, 2].into_iter().chain(core::iter::repeat(1))
}

/// Ids of the world's purposes, the first of the catalogue most often, and rarely `unlisted`.
pub fn purpose_ids(world: &World) -> impl Strategy<Value = PurposeId> + Clone + use<> {
    let listed = weights().zip(world.purposes());
    pick(listed.chain([(1, unlisted())]))
}

/// Indexes of the world's purposes, as [`purpose_ids`], and rarely one beyond the catalogue.
pub fn purpose_indexes(world: &World) -> impl Strategy<Value = PurposeIndex> + Clone + use<> {
    let catalogue = world.policy.catalogue().clone();
    purpose_ids(world).prop_map(move |id| catalogue.index(id).unwrap_or(PurposeIndex(u16::MAX)))
}

/// Every class.
pub fn purpose_classes() -> impl Strategy<Value = PurposeClass> + Clone {
    any_of(PurposeClass::ALL)
}

/// Every lawful basis.
pub fn lawful_bases() -> impl Strategy<Value = LawfulBasis> + Clone {
    any_of(LawfulBasis::ALL)
}

/// Lawful bases that a purpose of this class may well have.
pub(super) fn bases_for(class: PurposeClass) -> impl Strategy<Value = LawfulBasis> + Clone {
    use LawfulBasis as B;
    let likely: &[_] = match class {
        PurposeClass::Marketing => &[(5, B::Consent), (2, B::LegitimateInterests), (1, B::SoftOptIn)],
        PurposeClass::Relationship => &[(2, B::Consent), (3, B::LegitimateInterests), (1, B::Contract)],
        PurposeClass::Service => &[(4, B::Contract), (1, B::Consent), (2, B::LegitimateInterests)],
        PurposeClass::SecurityAlert => &[(2, B::LegalObligation), (1, B::VitalInterests), (1, B::Contract)],
        PurposeClass::Transactional => &[(4, B::Contract), (1, B::LegalObligation), (1, B::PublicTask)],
        PurposeClass::Processing => &[(4, B::Consent), (3, B::LegitimateInterests), (1, B::NotApplicable)],
    };
    choose![9 => pick(likely.iter().copied()), 1 => lawful_bases()]
}

/// The rules a purpose of this class may have: Marketing and Relationship never refuse an opt-out.
pub fn opt_out_rules(class: PurposeClass) -> impl Strategy<Value = OptOutRule> + Clone {
    let refused = usize::from(!class.promotes());
    pick([(2, OptOutRule::Allowed), (2, OptOutRule::ByName), (refused, OptOutRule::Refused)])
}

/// A need for version 1 to 3 of one of two notices.
pub fn notice_needs() -> impl Strategy<Value = NoticeNeed> + Clone {
    (any_of(["privacy", "marketing"].map(notice_id)), 1u32..=3)
        .prop_map(|(id, since)| NoticeNeed { id, since })
}

/// What a purpose may ask: mostly an explicit act, some a double opt-in, a notice, an age.
pub fn evidence_needs() -> impl Strategy<Value = EvidenceNeed> + Clone {
    let strength = pick([(6, Strength::Explicit), (3, Strength::DoubleOptIn), (1, Strength::Implicit)]);
    let age = any_of([16u8, 13, 18, 0]);
    (strength, maybe(0.3, notice_needs()), maybe(0.15, age))
        .prop_map(|(strength, notice, minimum_age)| EvidenceNeed { strength, notice, minimum_age })
}

/// Caps of 0 to 3 contacts within an hour, a day or 30 days.
pub fn frequency_caps() -> impl Strategy<Value = FrequencyCap> + Clone {
    (any_of([2u32, 1, 3]), any_of([Span::days(1), Span::hours(1), Span::days(30)]))
        .prop_map(|(max, per)| FrequencyCap { max, per })
}
