use crate::fact::Weighed;
use crate::purpose::{PurposeIndex, PurposeRules};
use crate::view::compile::weigh;
use crate::view::entry::Entry;
use crate::view::loaded::Compiled;
use crate::view::records::{ONE_RECORD, RecordSet, place, places};

/// A purpose as each record of a person weighs restrictions against it, when we contact them.
#[derive(Clone, Copy)]
pub(crate) struct Bases<'a> {
    compiled: &'a Compiled,
    index: PurposeIndex,
    rules: &'a PurposeRules,
    /// In the only record, if there is but one.
    only: Option<Weighed>,
}

impl<'a> Bases<'a> {
    pub(crate) fn of(compiled: &'a Compiled, index: PurposeIndex, rules: &'a PurposeRules) -> Self {
        let only = compiled.records.is_one().then(|| weigh(compiled, index, rules, false, ONE_RECORD));
        Self { compiled, index, rules, only }
    }

    /// Whether a restriction applies in one of the records that it reaches.
    #[inline]
    pub(crate) fn apply(&self, entry: &Entry, reached: impl FnOnce() -> RecordSet) -> bool {
        match self.only {
            Some(weighed) => entry.applying(weighed).is_some(),
            None => places(reached()).map(place).any(|record| {
                entry.applying(weigh(self.compiled, self.index, self.rules, false, record)).is_some()
            }),
        }
    }
}
