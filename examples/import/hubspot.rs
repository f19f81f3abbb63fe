//! HubSpot's contact export: one file, with a column for each property.

use consent_engine::op::import::{CustomField, ImportRow, Meaning, RowStatement, Said};
use consent_engine::{Channel, Evidence, Method, PurposeId};

use crate::cells::Cells;
use crate::reader::{with_address, with_alias};
use crate::rules::Rules;

const EVERYTHING: &str = "Unsubscribed from all email";
const ONE_TYPE: &str = "Opted out of email: ";
const BASIS: &str = "Legal basis for processing contact's data";

/// Whether the names of the columns are those of a contact export.
pub(crate) fn is_export(has: impl Fn(&str) -> bool) -> bool {
    has("Email") && (has("Record ID") || has(EVERYTHING) || has(BASIS))
}

pub(crate) fn read(row: ImportRow, cells: &Cells<'_>, rules: &Rules) -> ImportRow {
    let row = with_address(row, cells, "Email");
    let mut row = with_alias(row, cells, "Record ID", rules.hubspot);
    if cells.names().any(|name| name == EVERYTHING) {
        row = opted_out(row, cells, EVERYTHING, rules.marketing);
    }
    for name in cells.names() {
        if let Some(kind) = name.strip_prefix(ONE_TYPE) {
            row = opted_out(row, cells, name, rules.purpose_of(kind));
        }
    }
    // HubSpot notes a basis that somebody chose for the contact, not an act of theirs: it can never be enough.
    let (row, _, basis) = cells.read(row, BASIS);
    if basis.to_ascii_lowercase().contains("freely given consent") {
        let evidence = Evidence::new(Method::Unknown, rules.signup);
        return row
            .saying(RowStatement::new(Said::OptedIn(rules.list)).on(Channel::Email).with_evidence(evidence));
    }
    row
}

/// A column that is true of who opted out. What is neither true nor false is read as true.
fn opted_out(row: ImportRow, cells: &Cells<'_>, name: &str, purpose: PurposeId) -> ImportRow {
    let (row, column, value) = match cells.text(name) {
        Ok((column, value)) => (row, column, value),
        // A cell that can't be read may be a refusal.
        Err(problem) => (row.malformed(problem), 0, "unreadable"),
    };
    let field = ["false", "no", "0"].into_iter().fold(CustomField::new(column, purpose), |field, value| {
        field.on(Channel::Email).meaning(value, Meaning::Nothing)
    });
    field.read(row, value, None)
}
