//! Imports: what rows may do, and that nothing is lost or done twice.

mod laws;
mod own_loop;
mod plans;
mod resumed;
mod rotated;
mod rows;
mod wild;

use consent_engine::op::import::{Import, ImportCursor, ImportRow, Imported, RowStatement};
use consent_engine::store::Store;
use consent_engine::*;

use crate::shop::*;
use crate::support::*;

pub(crate) const ADA: &str = "ada@example.com";

pub(crate) fn import() -> Import {
    import_of(1)
}

/// An import as of a day after the beginning, by an operator who may make people known.
pub(crate) fn import_of(id: u128) -> Import {
    let system = SystemId::new("mailchimp").unwrap();
    Import::new(ImportId::from_u128(id), system, t(86_400)).registering_as(operator())
}

pub(crate) fn attested() -> Evidence {
    explicit().with_notice(Notice { id: NoticeId::new("signup").unwrap(), version: 1 })
}

pub(crate) fn row(number: u64, text: &str) -> ImportRow {
    ImportRow::new(number).with_address(address(text))
}

pub(crate) fn yes(purpose: &str, at: i64) -> RowStatement {
    RowStatement::opted_in(id(purpose), t(at), attested()).on(Channel::Email)
}

pub(crate) fn no(purpose: &str, at: i64) -> RowStatement {
    RowStatement::opted_out(PurposeScope::Subtree(id(purpose))).on(Channel::Email).at(t(at))
}

pub(crate) fn later() -> Timestamp {
    t(200_000)
}

/// Imports all rows as one page.
pub(crate) fn all<S: Store>(
    engine: &Engine<S>,
    import: &Import,
    rows: impl IntoIterator<Item = ImportRow>,
) -> Imported<S::Error> {
    let imported = engine.import(import, ImportCursor::start(import), rows, later()).unwrap();
    assert!(imported.stopped.is_none(), "{:?}", imported.stopped);
    imported
}

/// Whether whoever is behind an address may be mailed.
pub(crate) fn may_mail<S: Store>(engine: &Engine<S>, text: &str, purpose: &str) -> bool {
    let query = engine.query(id(purpose), RegimeSet::OPT_IN).unwrap().on(Channel::Email);
    engine.evaluate_at(address(text), &address(text), &query, later()).unwrap().verdict.is_permit()
}
