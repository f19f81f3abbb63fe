use crate::engine::Many;
use crate::engine::group::{Ask, Group};
use crate::engine::use_cases::use_cases;
use crate::op::{EngineError, Operation, Settings, Step};
use crate::store::AsyncStore;

/// The engine over an asynchronous store. It is [`Engine`](crate::Engine), with every use case waited for.
///
/// A future that is dropped leaves a command in doubt: repeat it with the same id.
///
/// ```
/// use consent_engine::store::{Blocking, MemoryStore};
/// use consent_engine::*;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let policy = Policy::new(1, Catalogue::new([], [])?);
/// let settings = Settings::new(TenantId::from_u128(1), WriterId::from_u128(1), policy);
/// let engine = AsyncEngine::new(Blocking::new(MemoryStore::new()), settings);
/// let loading = async { engine.load(SubjectId::from_u128(7)).await };
/// # let mut loading = std::pin::pin!(loading);
/// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// # assert!(matches!(loading.as_mut().poll(&mut context), std::task::Poll::Ready(Ok(_))));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct AsyncEngine<S> {
    store: S,
    settings: Settings,
}

impl<S: AsyncStore> AsyncEngine<S> {
    /// Drives one operation to its end.
    ///
    /// # Errors
    ///
    /// [`EngineError`] if the operation ends without its outcome, or the store fails.
    pub async fn run<O: Operation>(&self, operation: O) -> Result<O::Outcome, EngineError<S::Error>> {
        let mut step = Step::begin(operation);
        loop {
            step = match step {
                Step::Read(what, reading) => reading.resume(self.store.read(&what).await)?,
                Step::Commit(batch, committing) => committing.resume(self.store.commit(&[batch]).await)?,
                Step::Done(outcome) => return Ok(outcome?),
            };
        }
    }

    async fn run_all<O: Operation, K: PartialEq>(
        &self,
        mut group: Group<O, K>,
    ) -> Many<O::Outcome, S::Error> {
        loop {
            match group.ask() {
                Ask::Read(set) => match self.store.read(&set).await {
                    Ok(records) => group.take_read(&set, &records),
                    Err(error) => return group.end(Some(error)),
                },
                Ask::Commit(batches) => match self.store.commit(&batches).await {
                    Ok(receipts) => group.take_receipts(&batches, receipts),
                    Err(error) => return group.end(Some(error)),
                },
                Ask::Nothing => return group.end(None),
            }
        }
    }
}

use_cases!(AsyncEngine<S: AsyncStore>, async, .await);
