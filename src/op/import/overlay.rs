use alloc::collections::BTreeMap;

use crate::store::{Action, Batch, Expect, Key, ReadSet, Receipt, RecordVersion, Records, Stored};

/// What a dry run would have written, laid over what a store holds. Nothing reaches the store.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    records: BTreeMap<Key, Option<Stored>>,
}

impl Overlay {
    /// What a read returns if the writes had taken place. No row of an import is found by a scan.
    #[must_use]
    pub fn over(&self, what: &ReadSet, mut records: Records) -> Records {
        for (key, found) in what.keys().iter().zip(&mut records.found) {
            if let Some(own) = self.records.get(key) {
                found.clone_from(own);
            }
        }
        records
    }

    /// Takes in a batch. There is nobody else, so that what it expects holds.
    #[must_use = "the operation goes on when it is resumed with it"]
    pub fn take(&mut self, batch: &Batch) -> Receipt {
        for write in batch.writes() {
            let before = match write.expect {
                Expect::Absent => 0,
                Expect::At(version) => version.get(),
            };
            let version = RecordVersion::new(before.saturating_add(1)).unwrap_or(RecordVersion::FIRST);
            match &write.action {
                Action::Put(bytes) => {
                    let bytes = bytes.clone();
                    self.records.insert(write.key, Some(Stored { version, bytes }));
                }
                Action::Delete => {
                    self.records.insert(write.key, None);
                }
                Action::Check => {}
            }
        }
        Receipt::Committed
    }
}
