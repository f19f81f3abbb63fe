use std::fs::File;
use std::io::{BufReader, Read, Seek};

use consent_engine::op::import::{ImportRow, RowProblem};
use consent_engine::{Address, Alias, PointKind, SystemId, Timestamp};

use crate::cells::{Cells, Header, object, split};
use crate::fault::Fault;
use crate::hubspot;
use crate::lines::{Line, Lines};
use crate::mailchimp::{self, Status};
use crate::rules::Rules;

/// Reads a file row by row. What can't be read of it is in the rows, by number.
pub(crate) struct Reader<'a> {
    lines: Lines<BufReader<File>>,
    rules: &'a Rules,
    kind: Kind,
}

enum Kind {
    /// Of a file whose first line can't be read nothing can.
    Unreadable(RowProblem),
    Csv(Export, Header),
    /// Each line says itself of what it is.
    JsonLines,
}

#[derive(Clone, Copy)]
enum Export {
    Mailchimp(Status),
    HubSpot,
}

impl Export {
    fn of(has: impl Fn(&str) -> bool) -> Option<Self> {
        let status = Status::of(&has).map(Self::Mailchimp);
        status.or_else(|| hubspot::is_export(has).then_some(Self::HubSpot))
    }
}

impl<'a> Reader<'a> {
    pub(crate) fn open(name: &str, rules: &'a Rules) -> Result<Self, Fault> {
        let file = |error| Fault::File { file: name.to_owned(), error };
        let mut opened = File::open(name).map_err(file)?;
        let mut start = [0; 3];
        let found = opened.read(&mut start).map_err(file)?;
        let marked = start.get(..found).unwrap_or_default() == [0xef, 0xbb, 0xbf];
        opened.seek(std::io::SeekFrom::Start(if marked { 3 } else { 0 })).map_err(file)?;
        let json = start.first() == Some(&b'{') || name.ends_with(".jsonl") || name.ends_with(".ndjson");
        let mut lines = Lines::new(BufReader::with_capacity(1 << 16, opened), !json);
        let kind = if json { Kind::JsonLines } else { header(lines.next_row().map_err(file)?)? };
        Ok(Self { lines, rules, kind })
    }

    pub(crate) const fn bytes(&self) -> u64 {
        self.lines.bytes()
    }

    /// The system whose rows they are.
    pub(crate) const fn system(&self) -> SystemId {
        match &self.kind {
            Kind::Csv(Export::HubSpot, _) => self.rules.hubspot,
            Kind::Csv(Export::Mailchimp(_), _) | Kind::JsonLines | Kind::Unreadable(_) => {
                self.rules.mailchimp
            }
        }
    }

    /// The columns of the file that nothing is read from.
    pub(crate) fn unused(&self) -> Vec<&str> {
        let Kind::Csv(_, header) = &self.kind else { return Vec::new() };
        let names = header.names.iter().map(String::as_str);
        names
            .filter(|name| {
                !is_documented(name)
                    && !self.rules.fields.iter().any(|(own, date, _)| own == name || date == name)
            })
            .collect()
    }

    pub(crate) fn next_row(&mut self) -> std::io::Result<Option<ImportRow>> {
        let Some(Line { number, text, cut }) = self.lines.next_row()? else { return Ok(None) };
        let mut row = ImportRow::new(number);
        if cut {
            let max = u32::try_from(Lines::<BufReader<File>>::MAX_BYTES).unwrap_or(u32::MAX);
            row = row.malformed(RowProblem::TooLong { column: 0, max });
        }
        if let Err(error) = core::str::from_utf8(&text) {
            let at = u64::try_from(error.valid_up_to()).unwrap_or(u64::MAX);
            row = row.malformed(RowProblem::Encoding { at });
        }
        Ok(Some(match &self.kind {
            Kind::Unreadable(problem) => row.malformed(*problem),
            Kind::Csv(export, header) => {
                let (cells, problem) = Cells::csv(header, &text);
                let row = problem.into_iter().fold(row, ImportRow::malformed);
                self.read(*export, row, header, &cells)
            }
            Kind::JsonLines => match object(&text) {
                Ok((names, values)) => {
                    let header = Header::new(names);
                    let cells = Cells::json(&header, values);
                    match Export::of(|name| header.has(name)) {
                        Some(export) => self.read(export, row, &header, &cells),
                        None => row.malformed(RowProblem::Syntax { at: 0 }),
                    }
                }
                Err(problem) => row.malformed(problem),
            },
        }))
    }

    fn read(&self, export: Export, row: ImportRow, header: &Header, cells: &Cells<'_>) -> ImportRow {
        let repeated = header.repeated.map(|column| RowProblem::RepeatedColumn { column });
        let row = repeated.into_iter().fold(row, ImportRow::malformed);
        let mut row = match export {
            Export::Mailchimp(status) => mailchimp::read(status, row, cells, self.rules),
            Export::HubSpot => hubspot::read(row, cells, self.rules),
        };
        for (name, date_name, field) in &self.rules.fields {
            let at;
            (row, at) = date(row, cells, date_name);
            row = match cells.text(name) {
                Ok((_, value)) => field.read(row, value, at),
                Err(problem) => field.read(row.malformed(problem), "unreadable", at),
            };
        }
        row
    }
}

/// The columns of a file of CSV.
fn header(line: Option<Line>) -> Result<Kind, Fault> {
    let unknown = || {
        Fault::input(
            "the columns are of no export that is known: Mailchimp's have `Email Address`, HubSpot's `Email` and `Record ID`",
        )
    };
    let line = line.ok_or_else(unknown)?;
    let names = split(&line.text).into_iter().map(String::from_utf8).collect::<Result<Vec<_>, _>>();
    let Ok(names) = names else { return Ok(Kind::Unreadable(RowProblem::Encoding { at: 0 })) };
    let header = Header::new(names.into_iter().map(|name| name.trim().to_owned()).collect());
    let export = Export::of(|name| header.has(name)).ok_or_else(unknown)?;
    Ok(Kind::Csv(export, header))
}

/// The columns that both systems document and that nothing is read from, or that are read.
fn is_documented(name: &str) -> bool {
    const NAMES: [&str; 33] = [
        "Email Address",
        "First Name",
        "Last Name",
        "Address",
        "Phone Number",
        "Birthday",
        "MEMBER_RATING",
        "OPTIN_TIME",
        "OPTIN_IP",
        "CONFIRM_TIME",
        "CONFIRM_IP",
        "UNSUB_TIME",
        "UNSUB_CAMPAIGN_TITLE",
        "UNSUB_CAMPAIGN_ID",
        "UNSUB_REASON",
        "UNSUB_REASON_OTHER",
        "CLEAN_TIME",
        "CLEAN_CAMPAIGN_TITLE",
        "CLEAN_CAMPAIGN_ID",
        "LATITUDE",
        "LONGITUDE",
        "GMTOFF",
        "DSTOFF",
        "TIMEZONE",
        "CC",
        "REGION",
        "LAST_CHANGED",
        "LEID",
        "EUID",
        "NOTES",
        "TAGS",
        "Email",
        "Record ID",
    ];
    let hubspot = [
        "Marketing contact status",
        "Unsubscribed from all email",
        "Legal basis for processing contact's data",
    ];
    NAMES.contains(&name) || hubspot.contains(&name) || name.starts_with("Opted out of email: ")
}

pub(crate) fn with_address(row: ImportRow, cells: &Cells<'_>, name: &str) -> ImportRow {
    let (row, column, text) = cells.read(row, name);
    if text.is_empty() {
        return row;
    }
    match Address::new(PointKind::Email, text) {
        Ok(address) => row.with_address(address),
        Err(why) => row.malformed(RowProblem::Address { column, why }),
    }
}

pub(crate) fn with_alias(row: ImportRow, cells: &Cells<'_>, name: &str, system: SystemId) -> ImportRow {
    let (row, column, text) = cells.read(row, name);
    if text.is_empty() {
        return row;
    }
    match Alias::new(system, text) {
        Ok(alias) => row.with_alias(alias),
        Err(why) => row.malformed(RowProblem::Alias { column, why }),
    }
}

/// An instant as both systems write it, in UTC: `2026-03-02 10:00:00`, or RFC 3339.
pub(crate) fn date(row: ImportRow, cells: &Cells<'_>, name: &str) -> (ImportRow, Option<Timestamp>) {
    let (row, column, text) = cells.read(row, name);
    if text.is_empty() {
        return (row, None);
    }
    let plain = text.replacen(' ', "T", 1);
    let read = plain.parse().or_else(|_| format!("{plain}Z").parse());
    match read {
        Ok(at) => (row, Some(at)),
        Err(_) => (row.malformed(RowProblem::Date { column }), None),
    }
}
