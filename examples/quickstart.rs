//! The quick start: one purpose, one person, a yes, a no, and the question in between and after.
//!
//! `cargo run --example quickstart` runs it.
use consent_engine::store::MemoryStore;
use consent_engine::*;

fn main() -> Result<(), Box<dyn core::error::Error>> {
    // What data is used for, and an engine over a store. The store sees addresses only under a secret of yours.
    let news = PurposeId::new("newsletter")?;
    let purpose =
        Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Email]);
    let policy = Policy::new(1, Catalogue::new([purpose], [])?);
    let settings = Settings::new(TenantId::from_u128(1), WriterId::from_u128(1), policy);
    let engine = Engine::new(MemoryStore::new(), settings.with_index_secrets(IndexSecrets::new([7; 32])));

    // Time and ids are yours: every command brings both. A command that is repeated under its id counts once.
    let now: Timestamp = "2026-03-02T10:00:00Z".parse()?;
    let stamp = |id| Stamp::new(now, CommandId::from_u128(id));

    // Ada gives her address, and ticks the box for the newsletter by e-mail.
    let ada = SubjectId::from_u128(7);
    let address = Address::new(PointKind::Email, "ada@example.com")?;
    let point = engine.attach(ada, &address, Actor::subject(), stamp(1))?.point;
    let yes = Stated { purpose: Breadth::Exactly(news), channel: Some(Channel::Email), point };
    engine.opt_in(ada, [yes], Evidence::new(Method::Explicit, SourceName::new("web-form")?), stamp(2))?;

    // May we write to her?
    let query = engine.query(news, RegimeSet::OPT_IN)?.on(Channel::Email);
    let answer = engine.evaluate_at(ada, &address, &query, now)?;
    println!("after the yes: {:?}, on the basis of {:?}", answer.verdict, answer.basis);

    // Somebody clicks "unsubscribe": all that is known is the address. It holds for everyone behind it, for everything.
    engine.opt_out(address.clone(), [Scope::EVERYTHING], stamp(3))?;
    let answer = engine.evaluate_at(ada, &address, &query, now)?;
    println!("after the no:  {:?}, because of {:?}", answer.verdict, answer.reasons);
    answer.remedies.iter().for_each(|remedy| println!("               what would change it: {remedy}"));
    Ok(())
}
