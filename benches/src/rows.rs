//! Rows of an export, each of another made-up person.

use consent_engine::op::import::{Import, ImportRow, RowStatement};
use consent_engine::store::MemoryStore;
use consent_engine::{
    Actor, Address, Authority, Catalogue, Channel, Engine, Evidence, ImportId, IndexSecrets, Interval,
    LawfulBasis, Method, Notice, NoticeId, PointKind, Policy, Power, Purpose, PurposeClass, PurposeId,
    PurposeScope, Settings, SourceName, SystemId, TenantId, Timestamp, WriterId,
};

/// When the rows are imported.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp::from_unix_seconds(1_780_000_000).expect("an instant in range")
}

fn news() -> PurposeId {
    PurposeId::new("news").expect("a valid name")
}

/// An engine over an empty store in memory.
#[must_use]
pub fn engine() -> Engine<MemoryStore> {
    let purpose =
        Purpose::new(news(), PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Email]);
    let policy = Policy::new(1, Catalogue::new([purpose], []).expect("a sound catalogue"));
    let settings = Settings::new(TenantId::from_u128(1), WriterId::from_u128(1), policy);
    Engine::new(MemoryStore::new(), settings.with_index_secrets(IndexSecrets::new([7; 32])))
}

/// An import that may make people known.
#[must_use]
pub fn import(id: u128) -> Import {
    let during = Interval::starting(Timestamp::MIN);
    let registrar = Actor::operator(Authority::new([Power::Identity], during));
    let system = SystemId::new("mailchimp").expect("a valid name");
    Import::new(ImportId::from_u128(id), system, now()).registering_as(registrar)
}

fn row(number: u64, person: u64) -> ImportRow {
    let address = Address::new(PointKind::Email, &format!("p{person}@example.com"));
    ImportRow::new(number).with_address(address.expect("a valid address"))
}

/// Somebody agreed, as a form attests.
#[must_use]
pub fn opted_in(number: u64, person: u64) -> ImportRow {
    let notice = Notice { id: NoticeId::new("signup").expect("a valid name"), version: 1 };
    let source = SourceName::new("signup_form").expect("a valid name");
    let evidence = Evidence::new(Method::Explicit, source).with_notice(notice);
    let at = Timestamp::from_unix_seconds(1_700_000_000).expect("an instant in range");
    row(number, person).saying(RowStatement::opted_in(news(), at, evidence).on(Channel::Email))
}

/// Somebody unsubscribed.
#[must_use]
pub fn opted_out(number: u64, person: u64) -> ImportRow {
    row(number, person).saying(RowStatement::opted_out(PurposeScope::Subtree(news())).on(Channel::Email))
}
