//! A blocking host: it maps errors, retries what may be retried, sends the confirmation of a double opt-in, and
//! looks again before each send.
//!
//! ```text
//! cargo run --example sync_host
//! ```

use core::cell::Cell;
use std::io;

use consent_engine::op::{CommandOutcome, EngineError, IndexSecrets, Load, OperationError, Settings, Stamp};
use consent_engine::store::{Batch, MemoryStore, ReadSet, Receipt, Records, Store};
use consent_engine::*;
use thiserror::Error;

/// A database with bad days: the next few calls time out.
#[derive(Default)]
struct Flaky {
    inner: MemoryStore,
    timeouts: Cell<u32>,
}

impl Flaky {
    fn fails(&self) -> bool {
        let left = self.timeouts.get();
        self.timeouts.set(left.saturating_sub(1));
        left > 0
    }
}

impl Store for Flaky {
    type Error = io::Error;

    fn read(&self, what: &ReadSet) -> io::Result<Records> {
        if self.fails() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let Ok(records) = self.inner.read(what);
        Ok(records)
    }

    fn commit(&self, batches: &[Batch]) -> io::Result<Vec<Receipt>> {
        let Ok(receipts) = self.inner.commit(batches);
        // A time-out after the write: it took place, but nobody heard. Never an error, always `Unknown`.
        Ok(receipts.into_iter().map(|done| if self.fails() { Receipt::Unknown } else { done }).collect())
    }
}

/// What this host tells its callers.
#[derive(Debug, Error)]
enum HostError {
    #[error("409: {0}")]
    Refused(Rejection),
    #[error("503: come back later ({0})")]
    Busy(String),
    #[error("500: {0}")]
    Broken(String),
}

impl From<EngineError<io::Error>> for HostError {
    fn from(error: EngineError<io::Error>) -> Self {
        match error {
            EngineError::Operation(OperationError::Rejected(rejection)) => Self::Refused(rejection),
            error if error.is_retryable() => Self::Busy(error.to_string()),
            error => Self::Broken(error.to_string()),
        }
    }
}

/// A service around the engine. It numbers its commands; a real one takes ids from its requests.
struct Host {
    engine: Engine<Flaky>,
    numbered: Cell<u128>,
}

impl Host {
    /// Runs a command. A retry has the same stamp, so that it counts once.
    fn command(
        &self,
        now: Timestamp,
        run: impl Fn(&Engine<Flaky>, Stamp) -> Result<CommandOutcome, EngineError<io::Error>>,
    ) -> Result<CommandOutcome, HostError> {
        self.numbered.set(self.numbered.get().saturating_add(1));
        let stamp = Stamp::new(now, CommandId::from_u128(self.numbered.get()));
        let mut tries = 1_u32;
        loop {
            match run(&self.engine, stamp) {
                Err(error) if error.is_retryable() && tries < 4 => println!("  try {tries}: {error}"),
                ended => return Ok(ended?),
            }
            tries = tries.saturating_add(1);
        }
    }

    /// Asks. What was read comes along in the answer.
    fn ask(&self, who: SubjectId, to: &Address, query: &Query, now: Timestamp) -> Asked {
        Ok(self.engine.evaluate_at(who, to, query, now)?)
    }

    /// The last step before a mail leaves: an answer of before counts only while nothing has changed.
    fn send(&self, mail: &Mail, now: Timestamp) -> Result<(), HostError> {
        let load = Load::new(self.engine.settings().clone(), mail.who.into()).at(mail.to.clone());
        let view = self.engine.run(load)?.view;
        let expired = mail.decided.valid_until.is_some_and(|until| until <= now);
        let stale = expired || recheck(&mail.decided.view_token, &view) == Freshness::Changed;
        let again = if stale { Some(self.ask(mail.who, &mail.to, &mail.query, now)?) } else { None };
        let answer = again.as_ref().unwrap_or(&mail.decided);
        let how = if stale { "asked again" } else { "as decided before" };
        println!("  {how}: {:?} {:?}", answer.verdict, answer.reasons);
        Ok(())
    }
}

type Asked = Result<DecisionRecord, HostError>;

/// A mail that waits in a queue, with the answer that let it in.
struct Mail {
    who: SubjectId,
    to: Address,
    query: Query,
    decided: DecisionRecord,
}

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let news = PurposeId::new("news")?;
    let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent)
        .with_channels([Channel::Email])
        .with_validity(Span::days(365));
    let policy = Policy::new(1, Catalogue::new([purpose], [])?);
    let settings = Settings::new(TenantId::from_u128(1), WriterId::from_u128(1), policy)
        .with_index_secrets(IndexSecrets::new([7; 32]));
    let host = Host { engine: Engine::new(Flaky::default(), settings), numbered: Cell::new(0) };
    let timeouts = &host.engine.store().timeouts;
    let ada = SubjectId::from_u128(7);
    let address = Address::new(PointKind::Email, "ada@example.com")?;
    let now: Timestamp = "2026-03-02T10:00:00Z".parse()?;
    let page = |name| Ok::<_, InvalidName>(Evidence::new(Method::Explicit, SourceName::new(name)?));

    println!("Ada signs up. The database has a bad minute.");
    timeouts.set(2);
    let point = host.command(now, |e, stamp| e.attach(ada, &address, Actor::subject(), stamp))?.point;
    let asked =
        Act::Request(vec![Stated { purpose: Breadth::Exactly(news), channel: Some(Channel::Email), point }]);
    let asked = Command::new(Actor::subject(), asked).with_evidence(page("sign-up")?);
    let outcome = host.command(now, |e, stamp| e.decide(ada, asked.clone(), stamp))?;
    let confirmation = outcome.effects.iter().find_map(|effect| match effect {
        Effect::SendConfirmation { request, .. } => Some(*request),
        Effect::OpenReview { .. } | Effect::Propagate { .. } => None,
    });
    let request = confirmation.ok_or("a double opt-in asks for a confirmation")?;
    println!("  > mail to Ada: confirm {request}");

    println!("A mail scanner opens the link, then Ada presses the button.");
    let scanned = Evidence::new(Method::LinkOpened, SourceName::new("mail-gateway")?);
    for evidence in [scanned, page("confirmation-page")?] {
        let confirm = Command::new(Actor::subject(), Act::Confirm(request)).with_evidence(evidence);
        match host.command(now, |e, stamp| e.decide(ada, confirm.clone(), stamp)) {
            Ok(_) => println!("  confirmed"),
            Err(error) => println!("  {error}"),
        }
    }

    let query = host.engine.query(news, RegimeSet::OPT_IN)?.on(Channel::Email);
    let decided = host.ask(ada, &address, &query, now)?;
    println!("A mail is queued: {:?}, valid until {:?}.", decided.verdict, decided.valid_until);
    let mail = Mail { who: ada, to: address.clone(), query, decided };
    host.send(&mail, now)?;
    println!("More than a year later that answer is too old.");
    host.send(&mail, now.saturating_add(Span::days(400)))?;
    println!("Ada unsubscribes while the mail waits.");
    host.command(now, |engine, stamp| engine.opt_out(address.clone(), [Scope::EVERYTHING], stamp))?;
    host.send(&mail, now)?;
    Ok(())
}
