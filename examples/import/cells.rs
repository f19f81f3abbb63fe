use alloc::collections::BTreeSet;

use consent_engine::op::import::{ImportRow, RowProblem};
use csv_core::{ReadRecordResult, Reader};
use serde::de::{Deserializer as _, MapAccess, Visitor};

/// The names of the columns of a file.
#[derive(Debug, Default)]
pub(crate) struct Header {
    pub(crate) names: Vec<String>,
    /// The first column whose name stood there before.
    pub(crate) repeated: Option<u32>,
}

/// The cells of one row, each under its column's name.
#[derive(Debug)]
pub(crate) struct Cells<'a> {
    header: &'a Header,
    values: Vec<Vec<u8>>,
    /// The first byte of the row that is not UTF-8.
    invalid: u64,
}

/// The longest cell that is looked into, in bytes.
const MAX_CELL: usize = 1_024;

impl Header {
    pub(crate) fn new(names: Vec<String>) -> Self {
        let mut known = BTreeSet::new();
        let repeated = names.iter().position(|name| !name.is_empty() && !known.insert(name.as_str()));
        let repeated = repeated.map(column);
        Self { names, repeated }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|own| own == name)
    }
}

impl<'a> Cells<'a> {
    /// The cells of a line of CSV, and what is wrong with the line as a whole.
    pub(crate) fn csv(header: &'a Header, line: &[u8]) -> (Self, Option<RowProblem>) {
        let invalid = core::str::from_utf8(line).map_or_else(|error| offset(error.valid_up_to()), |_| 0);
        let cells = Self { header, values: split(line), invalid };
        let (found, expected) = (cells.values.len(), header.names.len());
        let problem = (found != expected)
            .then(|| RowProblem::Columns { found: count(found), expected: count(expected) });
        (cells, problem)
    }

    pub(crate) fn json(header: &'a Header, values: Vec<String>) -> Self {
        Self { header, values: values.into_iter().map(String::into_bytes).collect(), invalid: 0 }
    }

    /// The columns that have names, with their numbers.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.header.names.iter().map(String::as_str)
    }

    /// The text of a cell without white space around it, or what is wrong with it; empty if there is no such column.
    pub(crate) fn text(&self, name: &str) -> Result<(u32, &str), RowProblem> {
        let Some(at) = self.header.names.iter().position(|own| own == name) else { return Ok((0, "")) };
        let bytes = self.values.get(at).map_or(&[][..], Vec::as_slice);
        let column = column(at);
        if bytes.len() > MAX_CELL {
            return Err(RowProblem::TooLong { column, max: count(MAX_CELL) });
        }
        let text = core::str::from_utf8(bytes).map_err(|_| RowProblem::Encoding { at: self.invalid })?;
        Ok((column, text.trim()))
    }

    /// The same; what is wrong goes to the row.
    pub(crate) fn read(&self, row: ImportRow, name: &str) -> (ImportRow, u32, &str) {
        match self.text(name) {
            Ok((column, text)) => (row, column, text),
            Err(problem) => (row.malformed(problem), 0, ""),
        }
    }
}

/// The fields of a line of CSV (RFC 4180).
pub(crate) fn split(line: &[u8]) -> Vec<Vec<u8>> {
    let mut reader = Reader::new();
    let (mut text, mut ends) = (vec![0; line.len().saturating_add(1)], vec![0; line.len().saturating_add(2)]);
    let (mut written, mut fields, mut rest) = (0, 0, line);
    loop {
        let (text_left, ends_left) = (text.get_mut(written..), ends.get_mut(fields..));
        let (Some(text_left), Some(ends_left)) = (text_left, ends_left) else { break };
        let (result, read, wrote, ended) = reader.read_record(rest, text_left, ends_left);
        rest = rest.get(read..).unwrap_or_default();
        written = written.saturating_add(wrote);
        fields = fields.saturating_add(ended);
        match result {
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::Record
            | ReadRecordResult::End
            | ReadRecordResult::OutputFull
            | ReadRecordResult::OutputEndsFull => break,
        }
    }
    let mut from = 0;
    let mut split = Vec::with_capacity(fields);
    for end in ends.iter().take(fields) {
        split.push(text.get(from..*end).unwrap_or_default().to_vec());
        from = *end;
    }
    split
}

/// The names and values of a JSON object, in its order, with names that are repeated; values are scalars.
pub(crate) fn object(line: &[u8]) -> Result<(Vec<String>, Vec<String>), RowProblem> {
    struct Pairs;
    impl<'de> Visitor<'de> for Pairs {
        type Value = (Vec<String>, Vec<String>);

        fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            f.write_str("an object of names and scalars")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let (mut names, mut values) = (Vec::new(), Vec::new());
            while let Some((name, value)) = map.next_entry::<String, serde_json::Value>()? {
                names.push(name.trim().to_owned());
                values.push(match value {
                    serde_json::Value::Null => String::new(),
                    serde_json::Value::String(text) => text,
                    other => other.to_string(),
                });
            }
            Ok((names, values))
        }
    }
    let text = core::str::from_utf8(line)
        .map_err(|error| RowProblem::Encoding { at: offset(error.valid_up_to()) })?;
    let mut parser = serde_json::Deserializer::from_str(text);
    let pairs = parser.deserialize_map(Pairs).and_then(|pairs| parser.end().map(|()| pairs));
    pairs.map_err(|error| RowProblem::Syntax { at: offset(error.column()) })
}

/// The number of a column, from 1.
fn column(at: usize) -> u32 {
    count(at.saturating_add(1))
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn offset(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
