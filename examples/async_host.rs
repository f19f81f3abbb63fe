//! An asynchronous host on tokio: many tasks on one store, whose slow calls go to the blocking threads.
//!
//! `cargo run --example async_host` runs it.

extern crate alloc;

use alloc::sync::Arc;

use consent_engine::store::{AsyncStore, Batch, MemoryStore, ReadSet, Receipt, Records, Store};
use consent_engine::*;
use tokio::task::{JoinError, JoinSet, spawn_blocking, yield_now};

/// A blocking database, called on the runtime's blocking threads.
#[derive(Clone, Default)]
struct Pooled(Arc<MemoryStore>);

impl AsyncStore for Pooled {
    type Error = JoinError;

    async fn read(&self, what: &ReadSet) -> Result<Records, JoinError> {
        let (store, what) = (Arc::clone(&self.0), what.clone());
        spawn_blocking(move || store.read(&what).unwrap_or_else(|never| match never {})).await
    }

    async fn commit(&self, batches: &[Batch]) -> Result<Vec<Receipt>, JoinError> {
        let (store, batches, asked) = (Arc::clone(&self.0), batches.to_vec(), batches.len());
        let commit = move || store.commit(&batches).unwrap_or_else(|never| match never {});
        // A thread that died may have written or not: that is no error, but a commit of unknown end.
        Ok(spawn_blocking(commit).await.unwrap_or_else(|_| vec![Receipt::Unknown; asked]))
    }
}

type Shared = Arc<AsyncEngine<Pooled>>;
type Ended<T> = Result<T, EngineError<JoinError>>;

const ADA: SubjectId = SubjectId::from_u128(7);

/// Ada refuses on one of many devices at once. Returns how often the others were in the way for too long.
async fn refuse(engine: Shared, scope: Scope, stamp: Stamp) -> Ended<u32> {
    let mut crowded = 0_u32;
    loop {
        match engine.opt_out(ADA, [scope], stamp).await {
            Ok(_) => return Ok(crowded),
            Err(error) if error.is_retryable() => crowded = crowded.saturating_add(1),
            Err(error) => return Err(error),
        }
        yield_now().await;
    }
}

/// Somebody else agrees, and is asked about at once: whoever has written reads their own words.
async fn agree(engine: Shared, who: SubjectId, yes: (Stated, Evidence, Stamp), query: Query) -> Ended<bool> {
    let (stated, evidence, stamp) = yes;
    engine.opt_in(who, [stated], evidence, stamp).await?;
    engine.permits(who, &query, stamp.now).await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn core::error::Error>> {
    const TASKS: u128 = 24;
    let news = PurposeId::new("news")?;
    let purpose =
        Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Web]);
    let policy = Policy::new(1, Catalogue::new([purpose], [])?);
    let settings = Settings::new(TenantId::from_u128(1), WriterId::from_u128(1), policy);
    let engine: Shared = Arc::new(AsyncEngine::new(Pooled::default(), settings));
    let now: Timestamp = "2026-03-02T10:00:00Z".parse()?;
    let stamp = |number| Stamp::new(now, CommandId::from_u128(number));
    let query = engine.query(news, RegimeSet::OPT_IN)?.on(Channel::Web);

    let mut refusals = JoinSet::new();
    let mut grants = JoinSet::new();
    let on_the_web = Stated { purpose: Breadth::Exactly(news), channel: Some(Channel::Web), point: None };
    for number in 1..=TASKS {
        let scope = Scope::EVERYTHING.on(Channel::Web);
        refusals.spawn(refuse(Arc::clone(&engine), scope, stamp(number)));
        let who = SubjectId::from_u128(number.saturating_add(1_000));
        let evidence = Evidence::new(Method::Explicit, SourceName::new("web-form")?);
        grants.spawn(agree(Arc::clone(&engine), who, (on_the_web, evidence, stamp(number)), query));
    }

    let mut permitted = 0_u32;
    while let Some(ended) = grants.join_next().await {
        permitted = permitted.saturating_add(u32::from(ended??));
    }
    println!("{TASKS} people agreed, each in a task of their own; {permitted} may be contacted");

    let mut crowded = 0_u32;
    while let Some(ended) = refusals.join_next().await {
        crowded = crowded.saturating_add(ended??);
    }
    let page = engine.history(Aggregate::Subject(ADA), None, 256).await?;
    println!("Ada refused on {TASKS} devices at once: {} facts, none lost or doubled", page.facts.len());
    println!("the host had to try again {crowded} times; the engine did the rest itself");

    let answer = engine.evaluate(ADA, &query, now).await?;
    println!("may we contact Ada? {:?}, because of {:?}", answer.verdict, answer.reasons);
    Ok(())
}
