use alloc::vec::Vec;

use crate::op::plan::Intent;
use crate::op::{Halt, Loaded, Operation, Plan, Settings};
use crate::store::{Bucket, Key, Prefix, Scan};
use crate::time::Timestamp;
use crate::wire::Record;

/// Deletes the records of commands of one bucket that are older than the retention period, a page at a time.
///
/// Only those of commands that restrict: any other command counts once for ever.
#[derive(Clone, Debug)]
pub struct ExpireCommands {
    settings: Settings,
    bucket: Bucket,
    now: Timestamp,
    after: Option<Key>,
}

/// How far the clean-up came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain output")]
pub struct Expired {
    /// How many records were deleted.
    pub deleted: usize,
    /// Where to go on; none at the end of the bucket.
    pub next: Option<Key>,
}

impl ExpireCommands {
    /// The most records of a page: all of it fits into one batch.
    const PAGE: u16 = 60;

    /// From the beginning of a bucket, or from where the last page ended.
    #[must_use]
    pub const fn new(settings: Settings, bucket: Bucket, now: Timestamp, after: Option<Key>) -> Self {
        Self { settings, bucket, now, after }
    }
}

impl Operation for ExpireCommands {
    type Outcome = Expired;

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn plan(&self, see: &Loaded) -> Result<Plan<Expired>, Halt> {
        let mut scan = Scan::new(Prefix::commands(self.settings.tenant, self.bucket), Self::PAGE);
        if let Some(after) = self.after {
            scan = scan.after(after);
        }
        let page = see.page(scan)?;
        let over = page.records.iter().filter(|(.., record)| match record {
            Record::Command(record) => record.expires.is_some_and(|expires| expires <= self.now),
            _ => false,
        });
        let writes: Vec<_> = over.map(|(key, ..)| Intent { key: *key, put: None }).collect();
        let next = page.records.last().filter(|_| page.more).map(|(key, ..)| *key);
        Ok(Plan { outcome: Expired { deleted: writes.len(), next }, writes })
    }
}
