use alloc::string::String;

use crate::conformance::outcome::{Checked, Stop};
use crate::conformance::probe::{Probe, Tested};
use crate::conformance::{Coverage, Factory, Failure, Observed};
use crate::store::{Batch, ReadSet, Receipt, Records};

/// What a check works with: a new store, and what its factory can do to it.
pub(super) trait Bench {
    fn store(&self) -> Probe<'_>;
    fn reopen(&mut self) -> Checked;
    fn disturb(&mut self) -> Checked;
    /// Says in the report what was done.
    fn note(&mut self, note: String);
}

/// The bench of one factory. The store is dropped before its guard.
pub(super) struct FactoryBench<'a, F: Factory> {
    factory: &'a F,
    store: Option<Observed<F::Store>>,
    guard: F::Guard,
    coverage: Coverage,
    note: Option<String>,
}

impl<'a, F: Factory> FactoryBench<'a, F> {
    pub(super) fn new(factory: &'a F, coverage: &Coverage) -> Result<Self, Failure> {
        let made = factory.make();
        let (store, guard) = made.map_err(|error| Failure::because("the factory made no store", &*error))?;
        let store = Some(Observed::with(store, coverage));
        Ok(Self { factory, store, guard, coverage: coverage.clone(), note: None })
    }

    pub(super) fn into_note(self) -> Option<String> {
        self.note
    }
}

impl<F: Factory> Bench for FactoryBench<'_, F> {
    fn store(&self) -> Probe<'_> {
        match &self.store {
            Some(store) => Probe::new(store),
            None => Probe::new(&Closed),
        }
    }

    fn reopen(&mut self) -> Checked {
        let Some(store) = self.store.take() else { return Ok(()) };
        let opened = self.factory.reopen(store.into_inner(), &mut self.guard);
        match opened.map_err(|error| Failure::because("the factory did not open the store again", &*error))? {
            None => Err(Stop::NotRun("the factory cannot open a store again")),
            Some(store) => {
                self.store = Some(Observed::with(store, &self.coverage));
                Ok(())
            }
        }
    }

    fn disturb(&mut self) -> Checked {
        let Some(store) = &self.store else { return Ok(()) };
        let disturbed = self.factory.disturb(store.get(), &mut self.guard);
        match disturbed.map_err(|error| Failure::because("the factory did not disturb the store", &*error))? {
            true => Ok(()),
            false => Err(Stop::NotRun("the factory cannot disturb a commit")),
        }
    }

    fn note(&mut self, note: String) {
        self.note = Some(note);
    }
}

/// Stands where a store was closed and none was opened.
struct Closed;

impl Tested for Closed {
    fn try_read(&self, _: &ReadSet) -> Result<Records, Failure> {
        Err(Failure::new("the store is closed"))
    }

    fn try_commit(&self, _: &[Batch]) -> Result<alloc::vec::Vec<Receipt>, Failure> {
        Err(Failure::new("the store is closed"))
    }
}
