//! Two engines with different policies on one store.

use consent_engine::store::MemoryStore;
use consent_engine::*;

use crate::shop::*;
use crate::support::*;

fn engine(store: &MemoryStore, version: u64) -> Engine<&MemoryStore> {
    let policy = Policy::new(version, Catalogue::new(purposes(), []).unwrap());
    Engine::new(store, Settings::new(TENANT, WRITER, policy))
}

#[test]
fn d51_an_older_policy_permits_nothing_where_a_newer_one_has_decided() {
    let store = MemoryStore::new();
    let (old, new) = (engine(&store, 1), engine(&store, 2));
    let stamp = |n: u8| Stamp::new(t(10 * i64::from(n)), CommandId::from_u128(n.into()));
    let query = old.query(id("profiling"), RegimeSet::OPT_IN).unwrap();
    let stated = Stated { purpose: Breadth::Exactly(id("profiling")), channel: None, point: None };
    old.opt_in(PERSON, [stated], explicit(), stamp(1)).unwrap();
    assert!(old.permits(PERSON, &query, t(10)).unwrap());
    assert!(new.permits(PERSON, &query, t(10)).unwrap(), "the newer policy reads what the older one wrote");
    new.opt_in(PERSON, [stated], explicit(), stamp(2)).unwrap();
    let downgrade = OperationError::PolicyDowngrade { stored: 2, own: 1 };
    assert_eq!(refused(old.permits(PERSON, &query, t(20))), downgrade);
    assert_eq!(refused(old.opt_in(PERSON, [stated], explicit(), stamp(3))), downgrade);
    // A withdrawal is never refused for a formal reason, and does not hide the newer policy.
    old.opt_out(PERSON, [Scope::EVERYTHING], stamp(4)).unwrap();
    assert!(!new.permits(PERSON, &query, t(40)).unwrap());
    assert_eq!(refused(old.permits(PERSON, &query, t(40))), downgrade);
}
