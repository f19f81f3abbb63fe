//! What a deed may change, and what it must.

use consent_engine::SubjectId;
use proptest::prelude::*;

use super::deed::{By, Deed};
use super::{City, PEOPLE, Permits};

/// Whether a deed that was carried out may permit what was denied before.
const fn may_permit(deed: &Deed) -> bool {
    matches!(
        deed,
        Deed::Attach(..)
            | Deed::Verify(..)
            | Deed::OptIn(..)
            | Deed::Resume(_)
            | Deed::Confirm(_)
            | Deed::Submit(_, _, true)
            | Deed::Merge(..)
            | Deed::Replace(..)
            | Deed::Reassign(..)
            | Deed::Import(_, _, _, Some(true))
            | Deed::Hold(_)
            | Deed::Basis(..)
            | Deed::Describe(..)
    )
}

/// What a deed that was carried out must have come to.
pub(super) fn holds(
    city: &City,
    deed: &Deed,
    before: &Permits,
    after: &Permits,
) -> Result<(), TestCaseError> {
    let permitted =
        |who: &[SubjectId]| after.iter().filter(|(key, yes)| **yes && who.contains(&key.0)).count();
    let promoted = |who: &[SubjectId]| {
        after.iter().filter(|(key, yes)| **yes && who.contains(&key.0) && key.2 < 2).count()
    };
    if !may_permit(deed) {
        for (key, yes) in after {
            prop_assert!(!yes || before[key], "{:?} permits {:?}", deed, key);
        }
    }
    match *deed {
        Deed::OptOut(By::Id(who), None | Some(0)) | Deed::Pause(By::Id(who), None) => {
            prop_assert_eq!(promoted(&city.person(PEOPLE[who])), 0, "{:?}", deed);
        }
        Deed::OptOut(By::Address(at), None | Some(0)) => {
            let point = city.point(at);
            let there = after.iter().any(|(key, yes)| *yes && key.1.is_some() && key.1 == point && key.2 < 2);
            prop_assert!(!there, "{:?}", deed);
        }
        Deed::OptOut(By::Alias(alias), None | Some(0)) => {
            let view = city.shop.engine.load(City::alias(alias)).unwrap();
            prop_assert_eq!(promoted(&view.subject().ids), 0, "{:?}", deed);
        }
        Deed::Erase(By::Id(who)) => prop_assert_eq!(permitted(&city.person(PEOPLE[who])), 0, "{:?}", deed),
        Deed::Merge(one, other) => {
            for ((who, point, purpose, regimes), yes) in after {
                if *yes && city.person(PEOPLE[one]).contains(who) {
                    let alone = |who| before.get(&(who, *point, *purpose, *regimes)) == Some(&true);
                    prop_assert!(
                        alone(PEOPLE[one]) || alone(PEOPLE[other]),
                        "{:?}: {:?} {:?}",
                        deed,
                        point,
                        purpose
                    );
                }
            }
        }
        Deed::Reassign(at, from, to) => {
            let (point, from) = (city.point(at), city.person(PEOPLE[from]));
            let kept = to.is_some_and(|to| from.contains(&PEOPLE[to]));
            let there = after.iter().any(|(key, yes)| {
                *yes && key.1.is_some() && key.1 == point && from.contains(&key.0) && key.2 < 2
            });
            prop_assert!(kept || !there, "{:?}", deed);
        }
        _ => {}
    }
    Ok(())
}
