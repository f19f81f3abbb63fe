//! What can happen in a city.

use consent_engine::*;
use proptest::prelude::*;

/// By what somebody is named.
#[derive(Clone, Copy, Debug)]
pub(super) enum By {
    Id(usize),
    Alias(usize),
    Address(usize),
}

/// The numbers say who, where and for what.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    Pass(u64),
    Attach(usize, usize),
    Claim(usize, usize),
    Verify(usize, usize),
    OptIn(By, usize),
    OptOut(By, Option<usize>),
    Object(By),
    Bounce(usize),
    Pause(By, Option<u64>),
    Resume(usize),
    Ask(usize, usize),
    Confirm(usize),
    Submit(usize, usize, bool),
    Merge(usize, usize),
    /// Two of those who are merged.
    Unmerge(usize),
    /// One of their addresses, by another.
    Replace(usize, usize, usize),
    Reassign(usize, usize, Option<usize>),
    Import(Option<usize>, Option<usize>, usize, Option<bool>),
    Hold(usize),
    /// The last hold, by a record of whoever has it.
    Release(usize),
    Basis(usize, LawfulBasis),
    Revoke(usize),
    Describe(usize, SubjectKind),
    Erase(By),
}

pub(super) fn deed() -> impl Strategy<Value = Deed> {
    let three = || 0..3usize;
    let by = || prop_oneof![3 => (0..3usize).prop_map(By::Id), 1 => (0..2usize).prop_map(By::Alias), 1 => (0..3usize).prop_map(By::Address)];
    let kind = prop::sample::select(vec![SubjectKind::Person, SubjectKind::Child, SubjectKind::Deceased]);
    let basis = prop::sample::select(vec![LawfulBasis::Consent, LawfulBasis::LegitimateInterests]);
    prop_oneof![
        2 => prop::sample::select(vec![1u64, 4, 60, 86_400]).prop_map(Deed::Pass),
        3 => (three(), three()).prop_map(|(who, at)| Deed::Attach(who, at)),
        2 => (three(), 0..2usize).prop_map(|(who, alias)| Deed::Claim(who, alias)),
        1 => (three(), three()).prop_map(|(who, at)| Deed::Verify(who, at)),
        5 => (by(), 0..4usize).prop_map(|(by, purpose)| Deed::OptIn(by, purpose)),
        3 => (by(), prop::option::of(0..4usize)).prop_map(|(by, purpose)| Deed::OptOut(by, purpose)),
        1 => by().prop_map(Deed::Object),
        1 => three().prop_map(Deed::Bounce),
        1 => (by(), prop::option::of(1..900u64)).prop_map(|(by, until)| Deed::Pause(by, until)),
        1 => three().prop_map(Deed::Resume),
        2 => (three(), 0..2usize).prop_map(|(who, purpose)| Deed::Ask(who, purpose)),
        3 => three().prop_map(Deed::Confirm),
        1 => (three(), three(), any::<bool>()).prop_map(|(by, of, yes)| Deed::Submit(by, of, yes)),
        3 => (three(), three()).prop_map(|(one, other)| Deed::Merge(one, other)),
        3 => three().prop_map(Deed::Unmerge),
        1 => (three(), three(), three()).prop_map(|(who, old, new)| Deed::Replace(who, old, new)),
        1 => (three(), three(), prop::option::of(three())).prop_map(|(at, from, to)| Deed::Reassign(at, from, to)),
        4 => (prop::option::weighted(0.8, three()), prop::option::of(0..2usize), 0..4usize, prop::option::of(any::<bool>()))
            .prop_map(|(at, alias, purpose, yes)| Deed::Import(at, alias, purpose, yes)),
        1 => three().prop_map(Deed::Hold),
        2 => three().prop_map(Deed::Release),
        1 => (three(), basis).prop_map(|(who, basis)| Deed::Basis(who, basis)),
        1 => three().prop_map(Deed::Revoke),
        1 => (three(), kind).prop_map(|(who, kind)| Deed::Describe(who, kind)),
        1 => by().prop_map(Deed::Erase),
    ]
}
