use crate::engine::Many;
use crate::engine::group::{Ask, Group};
use crate::engine::use_cases::use_cases;
use crate::op::{EngineError, Operation, Settings, Step};
use crate::store::Store;

/// The engine over a blocking store: load, decide, commit, answer.
///
/// It holds no state of its own, so any number of engines may share a store, in one process or in many.
///
/// ```
/// use consent_engine::store::MemoryStore;
/// use consent_engine::*;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let news = PurposeId::new("news")?;
/// let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Web]);
/// let policy = Policy::new(1, Catalogue::new([purpose], [])?);
/// let engine = Engine::new(MemoryStore::new(), Settings::new(TenantId::from_u128(1), WriterId::from_u128(1), policy));
///
/// let (ada, now) = (SubjectId::from_u128(7), "2026-03-02T10:00:00Z".parse()?);
/// let query = engine.query(news, RegimeSet::OPT_IN)?.on(Channel::Web);
/// assert!(!engine.permits(ada, &query, now)?);
///
/// let stated = Stated { purpose: Breadth::Exactly(news), channel: Some(Channel::Web), point: None };
/// let evidence = Evidence::new(Method::Explicit, SourceName::new("web")?);
/// engine.opt_in(ada, [stated], evidence, Stamp::new(now, CommandId::from_u128(1)))?;
/// assert!(engine.permits(ada, &query, now)?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Engine<S> {
    store: S,
    settings: Settings,
}

impl<S: Store> Engine<S> {
    /// Drives one operation to its end.
    ///
    /// # Errors
    ///
    /// [`EngineError`] if the operation ends without its outcome, or the store fails.
    ///
    /// ```
    /// use consent_engine::op::Load;
    /// use consent_engine::store::MemoryStore;
    /// use consent_engine::*;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let policy = Policy::new(1, Catalogue::new([], [])?);
    /// # let settings = Settings::new(TenantId::from_u128(1), WriterId::from_u128(1), policy);
    /// let engine = Engine::new(MemoryStore::new(), settings.clone());
    /// let loaded = engine.run(Load::new(settings, SubjectId::from_u128(7).into()))?;
    /// assert_eq!(loaded.view.subject().ids, [SubjectId::from_u128(7)]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn run<O: Operation>(&self, operation: O) -> Result<O::Outcome, EngineError<S::Error>> {
        let mut step = Step::begin(operation);
        loop {
            step = match step {
                Step::Read(what, reading) => reading.resume(self.store.read(&what))?,
                Step::Commit(batch, committing) => committing.resume(self.store.commit(&[batch]))?,
                Step::Done(outcome) => return Ok(outcome?),
            };
        }
    }

    fn run_all<O: Operation, K: PartialEq>(&self, mut group: Group<O, K>) -> Many<O::Outcome, S::Error> {
        loop {
            match group.ask() {
                Ask::Read(set) => match self.store.read(&set) {
                    Ok(records) => group.take_read(&set, &records),
                    Err(error) => return group.end(Some(error)),
                },
                Ask::Commit(batches) => match self.store.commit(&batches) {
                    Ok(receipts) => group.take_receipts(&batches, receipts),
                    Err(error) => return group.end(Some(error)),
                },
                Ask::Nothing => return group.end(None),
            }
        }
    }
}

use_cases!(Engine<S: Store>);
