//! A blocking host: it maps errors, repeats what may be repeated, sends the confirmation of a double opt-in, and looks
//! again before each send.
//!
//! `cargo run --example sync_host` runs it.

use core::cell::Cell;
use std::io;

use consent_engine::op::Load;
use consent_engine::store::{Batch, MemoryStore, ReadSet, Receipt, Records, Store};
use consent_engine::*;
use thiserror::Error;

/// A database with bad days: so many reads time out, so many receipts get lost.
#[derive(Default)]
struct Flaky {
    inner: MemoryStore,
    slow: Cell<u32>,
    lost: Cell<u32>,
}

/// Takes one from what is left.
fn one_of(left: &Cell<u32>) -> bool {
    left.replace(left.get().saturating_sub(1)) > 0
}

impl Store for Flaky {
    type Error = io::Error;

    fn read(&self, what: &ReadSet) -> io::Result<Records> {
        let Ok(records) = self.inner.read(what);
        if one_of(&self.slow) { Err(io::ErrorKind::TimedOut.into()) } else { Ok(records) }
    }

    fn commit(&self, batches: &[Batch]) -> io::Result<Vec<Receipt>> {
        let Ok(receipts) = self.inner.commit(batches);
        // It was written, but nobody heard: that is never an error, always `Unknown`. The engine finds out.
        Ok(if one_of(&self.lost) { vec![Receipt::Unknown; batches.len()] } else { receipts })
    }
}

/// What this host tells its callers.
#[derive(Debug, Error)]
enum HostError {
    #[error("409 Conflict: {0}")]
    Refused(Rejection),
    #[error("503 Service Unavailable: {0}")]
    Busy(EngineError<io::Error>),
    #[error("500 Internal Server Error: {0}")]
    Broken(EngineError<io::Error>),
}

impl From<EngineError<io::Error>> for HostError {
    fn from(error: EngineError<io::Error>) -> Self {
        match error {
            EngineError::Operation(OperationError::Rejected(rejection)) => Self::Refused(rejection),
            error if error.is_retryable() => Self::Busy(error),
            error => Self::Broken(error),
        }
    }
}

struct Host(Engine<Flaky>);

/// A mail that waits in a queue, with the answer that let it in.
struct Mail {
    who: SubjectId,
    to: Address,
    query: Query,
    decided: DecisionRecord,
}

impl Host {
    /// Tries up to three times. A command keeps its stamp, so that it counts once.
    fn patiently<T>(
        &self,
        run: impl Fn(&Engine<Flaky>) -> Result<T, EngineError<io::Error>>,
    ) -> Result<T, HostError> {
        for _ in 0..2 {
            match run(&self.0) {
                Err(error) if error.is_retryable() => println!("  (again: {error})"),
                ended => return Ok(ended?),
            }
        }
        Ok(run(&self.0)?)
    }

    /// The last step before a mail leaves: an answer of before counts only while nothing has changed.
    fn send(&self, mail: &Mail, now: Timestamp) -> Result<(), HostError> {
        let load = Load::new(self.0.settings().clone(), mail.who.into()).at(mail.to.clone());
        let view = self.patiently(|engine| engine.run(load.clone()))?.view;
        let expired = mail.decided.valid_until.is_some_and(|until| until <= now);
        if !expired && recheck(&mail.decided.view_token, &view) == Freshness::Current {
            println!("  as decided before: {:?}", mail.decided.verdict);
            return Ok(());
        }
        let answer = self.patiently(|engine| engine.evaluate_at(mail.who, &mail.to, &mail.query, now))?;
        println!("  asked again: {:?} {:?}", answer.verdict, answer.reasons);
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let news = PurposeId::new("news")?;
    let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent)
        .with_channels([Channel::Email])
        .with_validity(Span::days(365));
    let policy = Policy::new(1, Catalogue::new([purpose], [])?);
    let settings = Settings::new(TenantId::from_u128(1), WriterId::from_u128(1), policy)
        .with_index_secrets(IndexSecrets::new([7; 32]));
    let host = Host(Engine::new(Flaky::default(), settings));
    let ada = SubjectId::from_u128(7);
    let address = Address::new(PointKind::Email, "ada@example.com")?;
    let now: Timestamp = "2026-03-02T10:00:00Z".parse()?;
    let stamp = |number| Stamp::new(now, CommandId::from_u128(number));
    let shown = |method, page| Ok::<_, InvalidName>(Evidence::new(method, SourceName::new(page)?));

    println!("Ada signs up. The database is slow, and loses a receipt.");
    host.0.store().slow.set(2);
    host.0.store().lost.set(1);
    let attached = host.patiently(|engine| engine.attach(ada, &address, Actor::subject(), stamp(1)))?;
    let by_mail =
        Stated { purpose: Breadth::Exactly(news), channel: Some(Channel::Email), point: attached.point };
    let ask = Command::new(Actor::subject(), Act::Request(vec![by_mail]));
    let ask = ask.with_evidence(shown(Method::Explicit, "sign-up")?);
    let asked = host.patiently(|engine| engine.decide(ada, ask.clone(), stamp(2)))?;
    let request = asked.effects.iter().find_map(|effect| match effect {
        Effect::SendConfirmation { request, .. } => Some(*request),
        Effect::OpenReview { .. }
        | Effect::Propagate { .. }
        | Effect::NotifyChange { .. }
        | Effect::LimitRate { .. } => None,
    });
    let request = request.ok_or("a request asks for a confirmation")?;
    println!("  > mail: please confirm {request}");

    println!("A mail scanner opens the link; then Ada presses the button.");
    let (opened, pressed) =
        (shown(Method::LinkOpened, "mail-gateway")?, shown(Method::Explicit, "confirmation")?);
    for (number, evidence) in [(3, opened), (4, pressed)] {
        let confirm = Command::new(Actor::subject(), Act::Confirm(request)).with_evidence(evidence);
        match host.patiently(|engine| engine.decide(ada, confirm.clone(), stamp(number))) {
            Ok(_) => println!("  confirmed"),
            Err(refused) => println!("  {refused}"),
        }
    }

    let query = host.0.query(news, RegimeSet::OPT_IN)?.on(Channel::Email);
    let decided = host.patiently(|engine| engine.evaluate_at(ada, &address, &query, now))?;
    println!("A mail is queued: {:?}.", decided.verdict);
    let mail = Mail { who: ada, to: address.clone(), query, decided };
    host.send(&mail, now)?;
    println!("More than a year later that answer is too old.");
    host.send(&mail, now.saturating_add(Span::days(400)))?;
    println!("Ada unsubscribes while the mail waits.");
    host.patiently(|engine| engine.opt_out(address.clone(), [Scope::EVERYTHING], stamp(5)))?;
    host.send(&mail, now)?;
    Ok(())
}
