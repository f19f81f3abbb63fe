//! Bytes are not what was put.

use consent_engine::store::{Action, Expect, Store, Stored, Write};

use crate::broken::{Broken, never};
use crate::defects::Defect;

pub(crate) const VALUES: &[Defect] = &[
    ("a bit flips in long values", "every_byte_is_kept", || {
        Broken::sound().finds(|_, stored| {
            let mut bytes = stored.bytes.to_vec();
            if let Some(byte) = bytes.get_mut(200) {
                *byte ^= 1;
            }
            Some(Stored::new(stored.version, bytes))
        })
    }),
    ("a value ends at its first NUL", "nul_space_and_newline_are_kept", || {
        Broken::sound().finds(|_, stored| {
            let text = stored.bytes.split(|byte| *byte == 0).next().unwrap_or_default();
            Some(Stored::new(stored.version, text))
        })
    }),
    ("a value is read as UTF-8", "every_byte_is_kept", || {
        Broken::sound().finds(|_, stored| {
            let text = String::from_utf8_lossy(&stored.bytes).into_owned();
            Some(Stored::new(stored.version, text.into_bytes()))
        })
    }),
    ("an empty value is no record", "empty_value_is_a_record", || {
        Broken::sound().finds(|_, stored| (!stored.bytes.is_empty()).then_some(stored))
    }),
    ("a deleted record is an empty one", "deleted_record_is_none", || {
        Broken::sound().writes(|_, write| match (&write.action, write.expect) {
            (Action::Delete, Expect::At(_)) => Write { action: Action::Put([].into()), ..write.clone() },
            _ => write.clone(),
        })
    }),
    ("two records are returned for one another", "each_key_keeps_its_own_value", || {
        Broken::sound().reads(|db, what| {
            let mut records = never(db.read(what));
            if let [first, second, ..] = records.found.as_mut_slice() {
                std::mem::swap(first, second);
            }
            records
        })
    }),
    ("absent keys have no place in the answer", "each_key_has_its_place", || {
        Broken::sound().reads(|db, what| {
            let mut records = never(db.read(what));
            if what.keys().len() > 1 {
                records.found.retain(Option::is_some);
            }
            records
        })
    }),
    ("of many keys only some are looked up", "read_of_64_keys", || {
        Broken::sound().reads(|db, what| {
            let mut records = never(db.read(what));
            records.found.iter_mut().skip(50).for_each(|found| *found = None);
            records
        })
    }),
];
