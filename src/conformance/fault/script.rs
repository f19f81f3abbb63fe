use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::error::Error;

use crate::conformance::{Fault, FaultError, FaultKind};
use crate::store::{Batch, Key, ReadSet, Receipt, Records, Stored};

/// What goes wrong when, and what happened so far. The same for blocking and asynchronous stores.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) faults: Vec<Fault>,
    pub(super) calls: u32,
    pub(super) struck: u32,
    stopped: bool,
    /// A short scan is followed by an error.
    fail_next: bool,
    last_found: BTreeMap<Key, Option<Stored>>,
}

/// How a call goes on.
pub(super) enum Turn<T> {
    /// The store is not asked.
    Answer(T),
    /// The store is asked, and this happens to its answer.
    Ask(Option<FaultKind>),
}

impl Script {
    pub(super) fn new(faults: Vec<Fault>) -> Self {
        Self { faults, calls: 0, struck: 0, stopped: false, fail_next: false, last_found: BTreeMap::new() }
    }

    /// Counts a call, and says what happens at it; an error if it fails before anybody is asked.
    fn next<E: Error>(&mut self) -> Result<Option<FaultKind>, FaultError<E>> {
        self.calls = self.calls.saturating_add(1);
        if core::mem::take(&mut self.fail_next) || self.stopped {
            return Err(FaultError::Injected);
        }
        let fault = self.faults.iter().find(|fault| fault.at == self.calls);
        let kind = fault.map(|fault| fault.kind);
        match kind {
            Some(FaultKind::Fail) => Err(self.strike()),
            Some(FaultKind::Stop) => {
                self.stopped = true;
                Err(self.strike())
            }
            other => Ok(other),
        }
    }

    fn strike<E: Error>(&mut self) -> FaultError<E> {
        self.struck = self.struck.saturating_add(1);
        FaultError::Injected
    }

    pub(super) fn begin_read<E: Error>(&mut self) -> Result<Option<FaultKind>, FaultError<E>> {
        match self.next()? {
            Some(FaultKind::RequestLost) => Err(self.strike()),
            other => Ok(other),
        }
    }

    pub(super) fn end_read<E: Error>(
        &mut self,
        kind: Option<FaultKind>,
        what: &ReadSet,
        answer: Result<Records, E>,
    ) -> Result<Records, FaultError<E>> {
        let mut records = answer.map_err(FaultError::Store)?;
        match kind {
            Some(FaultKind::AnswerLost) => return Err(self.strike()),
            Some(FaultKind::StaleRead) => self.make_stale(what, &mut records),
            Some(FaultKind::ShortScan) => self.shorten(&mut records),
            _ => {}
        }
        self.last_found.extend(what.keys().iter().copied().zip(records.found.iter().cloned()));
        Ok(records)
    }

    fn make_stale(&mut self, what: &ReadSet, records: &mut Records) {
        let true_records = records.clone();
        for (key, found) in what.keys().iter().zip(&mut records.found) {
            if let Some(last) = self.last_found.get(key) {
                found.clone_from(last);
            }
        }
        if *records != true_records {
            self.struck = self.struck.saturating_add(1);
        }
    }

    fn shorten(&mut self, records: &mut Records) {
        let page = &mut records.page;
        let half = page.records.len() / 2;
        // A page that is not the last has a record, so that one can go on after it.
        if half > 0 {
            page.records.truncate(half);
            page.more = true;
            self.fail_next = true;
            self.struck = self.struck.saturating_add(1);
        }
    }

    pub(super) fn begin_commit<E: Error>(
        &mut self,
        batches: &[Batch],
    ) -> Result<Turn<Vec<Receipt>>, FaultError<E>> {
        let conflict =
            |batch: &Batch| Receipt::Conflict(batch.writes().iter().map(|write| write.key).collect());
        let writes = batches.iter().all(|batch| !batch.writes().is_empty());
        let receipts = match self.next()? {
            Some(FaultKind::RequestLost) => unknown(batches),
            Some(FaultKind::Conflict) if writes => batches.iter().map(conflict).collect(),
            other => return Ok(Turn::Ask(other)),
        };
        self.struck = self.struck.saturating_add(1);
        Ok(Turn::Answer(receipts))
    }

    pub(super) fn end_commit<E: Error>(
        &mut self,
        kind: Option<FaultKind>,
        batches: &[Batch],
        answer: Result<Vec<Receipt>, E>,
    ) -> Result<Vec<Receipt>, FaultError<E>> {
        if kind == Some(FaultKind::AnswerLost) {
            self.struck = self.struck.saturating_add(1);
            return Ok(unknown(batches));
        }
        answer.map_err(FaultError::Store)
    }
}

fn unknown(batches: &[Batch]) -> Vec<Receipt> {
    alloc::vec![Receipt::Unknown; batches.len()]
}
