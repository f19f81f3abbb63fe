use std::fs::File;
use std::io::{BufWriter, Write};

use consent_engine::op::import::{RowOutcome, RowReport};

use crate::fault::Fault;
use crate::outgoing::neutral;

/// The rows that were rejected, and why, as CSV that a spreadsheet may open.
pub(crate) struct Report {
    name: String,
    out: BufWriter<File>,
}

impl Report {
    pub(crate) fn create(name: &str) -> Result<Self, Fault> {
        let file = |error| Fault::File { file: name.to_owned(), error };
        let mut out = BufWriter::new(File::create(name).map_err(file)?);
        out.write_all(b"file,row,why\n").map_err(file)?;
        Ok(Self { name: name.to_owned(), out })
    }

    pub(crate) fn take(&mut self, file: &str, report: &RowReport) -> Result<(), Fault> {
        if report.outcome != RowOutcome::Rejected {
            return Ok(());
        }
        let problems = report.problems.iter().map(ToString::to_string);
        let why: Vec<_> = problems.chain(report.refused.iter().map(ToString::to_string)).collect();
        let (file, why) = (quoted(file), quoted(&why.join("; ")));
        let written = writeln!(self.out, "{file},{},{why}", report.row);
        written.map_err(|error| Fault::File { file: self.name.clone(), error })
    }

    pub(crate) fn end(mut self) -> Result<(), Fault> {
        self.out.flush().map_err(|error| Fault::File { file: self.name, error })
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", neutral(text).replace('"', "\"\""))
}
