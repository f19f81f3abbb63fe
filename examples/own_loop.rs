//! A host with a loop of its own, as WASM, a foreign language or an actor has it: the store is somewhere else, and is
//! reached by messages alone. Each operation that waits is kept under the number of its request.
//!
//! `cargo run --example own_loop` runs it.

extern crate alloc;

use alloc::collections::{BTreeMap, VecDeque};
use core::convert::Infallible;
use core::error::Error;

use consent_engine::op::{Committing, Decide, Reading, Step};
use consent_engine::store::{Batch, MemoryStore, ReadSet, Receipt, Records, Store};
use consent_engine::*;

/// What goes to the store.
enum Request {
    Read(u64, ReadSet),
    Commit(u64, Batch),
}

/// What comes back.
enum Reply {
    Found(u64, Records),
    Committed(u64, Receipt),
}

/// An operation that waits for a reply.
enum Waiting {
    ForRecords(Reading<Decide>),
    ForReceipt(Committing<Decide>),
}

/// The host: what waits, and what is to be sent. It never blocks.
#[derive(Default)]
struct Host {
    waiting: BTreeMap<u64, Waiting>,
    outbox: VecDeque<Request>,
}

impl Host {
    /// Takes an operation as far as it goes by itself.
    fn go_on(&mut self, number: u64, step: Step<Decide>) {
        let waiting = match step {
            Step::Read(what, reading) => {
                println!("  #{number} asks for {} keys", what.keys().len());
                self.outbox.push_back(Request::Read(number, what));
                Waiting::ForRecords(reading)
            }
            Step::Commit(batch, committing) => {
                println!("  #{number} commits {} writes", batch.writes().len());
                self.outbox.push_back(Request::Commit(number, batch));
                Waiting::ForReceipt(committing)
            }
            Step::Done(Ok(outcome)) => {
                let earlier = if outcome.repeated { ": its first commit had taken place" } else { "" };
                return println!("  #{number} is done{earlier}");
            }
            Step::Done(Err(error)) => return println!("  #{number} ended: {error}"),
        };
        self.waiting.insert(number, waiting);
    }

    /// Hands a reply to the operation that waits for it.
    fn take(&mut self, reply: Reply) -> Result<(), Box<dyn Error>> {
        let (number, step) = match reply {
            Reply::Found(number, records) => match self.waiting.remove(&number) {
                Some(Waiting::ForRecords(reading)) => (number, reading.resume(Ok::<_, Infallible>(records))?),
                Some(Waiting::ForReceipt(_)) | None => return Err("nobody waits for these records".into()),
            },
            Reply::Committed(number, receipt) => match self.waiting.remove(&number) {
                Some(Waiting::ForReceipt(committing)) => {
                    (number, committing.resume(Ok::<_, Infallible>(vec![receipt]))?)
                }
                Some(Waiting::ForRecords(_)) | None => return Err("nobody waits for this receipt".into()),
            },
        };
        self.go_on(number, step);
        Ok(())
    }
}

/// The other side of the wire: a database, and a network that loses the first receipt.
#[derive(Default)]
struct Remote {
    database: MemoryStore,
    commits: u32,
}

impl Remote {
    fn answer(&mut self, request: Request) -> Reply {
        match request {
            Request::Read(number, what) => {
                let Ok(records) = self.database.read(&what);
                Reply::Found(number, records)
            }
            Request::Commit(number, batch) => {
                let Ok(receipts) = self.database.commit(&[batch]);
                self.commits = self.commits.saturating_add(1);
                let lost = self.commits == 1;
                let receipt = receipts.into_iter().next().filter(|_| !lost).unwrap_or(Receipt::Unknown);
                match &receipt {
                    Receipt::Conflict(keys) => println!("  #{number}: conflict over {} keys", keys.len()),
                    other => println!("  #{number}: {other:?}"),
                }
                Reply::Committed(number, receipt)
            }
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let news = PurposeId::new("news")?;
    let purpose =
        Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Web]);
    let policy = Policy::new(1, Catalogue::new([purpose], [])?);
    let settings = Settings::new(TenantId::from_u128(1), WriterId::from_u128(1), policy);
    let now: Timestamp = "2026-03-02T10:00:00Z".parse()?;
    let on_the_web = Stated { purpose: Breadth::Exactly(news), channel: Some(Channel::Web), point: None };
    let yes = Command::new(Actor::subject(), Act::Grant { stated: vec![on_the_web], window: None })
        .with_evidence(Evidence::new(Method::Explicit, SourceName::new("web-form")?));
    let no = Command::new(Actor::subject(), Act::OptOut(vec![Scope::EVERYTHING]));
    let unasked = Command::new(Actor::subject(), Act::Confirm(RequestId::from_u128(1)))
        .with_evidence(Evidence::new(Method::Explicit, SourceName::new("link")?));

    println!("Ada and Bob agree and Ada refuses, all at once; Bob confirms what nobody asked.");
    let (ada, bob) = (SubjectId::from_u128(7), SubjectId::from_u128(8));
    let mut host = Host::default();
    let mut remote = Remote::default();
    for (number, who, command) in [(1, ada, &yes), (2, bob, &yes), (3, ada, &no), (4, bob, &unasked)] {
        let stamp = Stamp::new(now, CommandId::from_u128(u128::from(number)));
        let decide = Decide::new(settings.clone(), who.into(), command.clone(), stamp);
        host.go_on(number, Step::begin(decide));
    }
    while let Some(request) = host.outbox.pop_front() {
        let reply = remote.answer(request);
        host.take(reply)?;
    }
    println!("Nothing waits any more: {}", host.waiting.is_empty());
    Ok(())
}
