//! Mailchimp's audience export: a file for each status, as its help describes them.

use consent_engine::op::import::{ImportRow, RowStatement, Said};
use consent_engine::{Channel, Evidence, Method, Note, PurposeScope, Timestamp};

use crate::cells::Cells;
use crate::reader::{date, with_address, with_alias};
use crate::rules::Rules;

/// Which of the files a row is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Subscribed,
    Unsubscribed,
    Cleaned,
}

impl Status {
    /// What the names of the columns tell.
    pub(crate) fn of(has: impl Fn(&str) -> bool) -> Option<Self> {
        if !has("Email Address") {
            return None;
        }
        Some(match (has("UNSUB_TIME"), has("CLEAN_TIME")) {
            (true, _) => Self::Unsubscribed,
            (false, true) => Self::Cleaned,
            (false, false) => Self::Subscribed,
        })
    }
}

pub(crate) fn read(status: Status, row: ImportRow, cells: &Cells<'_>, rules: &Rules) -> ImportRow {
    let row = with_address(row, cells, "Email Address");
    let row = with_alias(row, cells, "EUID", rules.mailchimp);
    match status {
        Status::Subscribed => subscribed(row, cells, rules),
        Status::Unsubscribed => unsubscribed(row, cells, rules),
        Status::Cleaned => {
            let (row, at) = date(row, cells, "CLEAN_TIME");
            row.saying(dated(RowStatement::new(Said::Cleaned), at))
        }
    }
}

/// Mailchimp notes the address that somebody signed up from. Without it the owner of the list added them, which is no act of theirs.
fn subscribed(row: ImportRow, cells: &Cells<'_>, rules: &Rules) -> ImportRow {
    let (row, signed_up) = date(row, cells, "OPTIN_TIME");
    let (row, confirmed) = date(row, cells, "CONFIRM_TIME");
    let (row, _, from) = cells.read(row, "OPTIN_IP");
    let (row, _, confirmed_from) = cells.read(row, "CONFIRM_IP");
    let method = if from.is_empty() { Method::Unknown } else { Method::Explicit };
    let mut evidence = Evidence::new(method, rules.signup);
    if !from.is_empty() {
        evidence = evidence.with_ip(Note::lossy(from));
    }
    if let Some(notice) = rules.notice {
        evidence = evidence.with_notice(notice);
    }
    let twice = confirmed.filter(|confirmed| signed_up < Some(*confirmed) && !confirmed_from.is_empty());
    if let Some(confirmed) = twice {
        evidence = evidence.with_double_opt_in_at(confirmed);
    }
    let agreed = RowStatement::new(Said::OptedIn(rules.list)).on(Channel::Email).with_evidence(evidence);
    row.saying(dated(agreed, signed_up))
}

fn unsubscribed(row: ImportRow, cells: &Cells<'_>, rules: &Rules) -> ImportRow {
    let (row, at) = date(row, cells, "UNSUB_TIME");
    let (mut row, _, reason) = cells.read(row, "UNSUB_REASON");
    let evidence = Evidence::new(Method::Explicit, rules.unsubscribe).with_reason(Note::lossy(reason));
    if reason.to_ascii_uppercase().contains("ABUSE") || reason.to_ascii_uppercase().contains("SPAM") {
        row = row.saying(dated(RowStatement::new(Said::Complained), at));
    }
    let left = RowStatement::opted_out(PurposeScope::Subtree(rules.list)).on(Channel::Email);
    row.saying(dated(left.with_evidence(evidence), at))
}

fn dated(statement: RowStatement, at: Option<Timestamp>) -> RowStatement {
    match at {
        Some(at) => statement.at(at),
        None => statement,
    }
}
