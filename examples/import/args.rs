use consent_engine::{Notice, NoticeId, PurposeId, Timestamp};
use lexopt::prelude::{Long, Short, Value, ValueExt};

use crate::fault::Fault;
use crate::generate::Sample;

/// What the command line asks for.
#[derive(Debug)]
pub(crate) enum Task {
    Help,
    Generate { rows: u64, sample: Sample },
    Import(Options),
}

/// How files are imported.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) files: Vec<String>,
    pub(crate) dry_run: bool,
    pub(crate) resume: Option<String>,
    pub(crate) stop_after: Option<u64>,
    pub(crate) report: Option<String>,
    pub(crate) notice: Option<Notice>,
    pub(crate) fields: Vec<(String, PurposeId)>,
    pub(crate) now: Option<Timestamp>,
}

pub(crate) const HELP: &str = "\
Imports Mailchimp audience exports and HubSpot contact exports: CSV, or JSON Lines with the same names.

Usage: import [OPTIONS] FILE...
       import --generate N [--sample KIND]

What a file is its columns say: Mailchimp's subscribed, unsubscribed and cleaned files, or HubSpot's contacts.

Options:
      --dry-run          say what would happen, and write nothing
      --resume STORE     keep what is imported in the file STORE, and go on where it ended
      --stop-after N     stop after N rows, as if killed there; go on with --resume
      --report FILE      write the rows that were rejected, and why, as CSV
      --notice ID:N      what people were shown when they agreed; without it no row grants
      --field NAME=PURPOSE
                         a custom field: yes or no to a purpose, dated by the field \"NAME date\"
      --now INSTANT      another clock, such as 2026-03-02T10:00:00Z
      --generate N       print a sample of N rows instead
      --sample KIND      subscribed (default), unsubscribed, cleaned, hubspot, or jsonl
  -h, --help             this text

Exit codes: 0 every row has its outcome; 2 wrong usage, or a file that cannot be read; 3 stopped by --stop-after.
";

pub(crate) fn parse() -> Result<Task, Fault> {
    let usage = |error: lexopt::Error| Fault::Usage(format!("{error}; see --help"));
    let mut parser = lexopt::Parser::from_env();
    let (mut options, mut generate, mut sample) = (Options::default(), None, Sample::Subscribed);
    while let Some(argument) = parser.next().map_err(usage)? {
        match argument {
            Short('h') | Long("help") => return Ok(Task::Help),
            Long("dry-run") => options.dry_run = true,
            Long("resume") => options.resume = Some(text(&mut parser)?),
            Long("report") => options.report = Some(text(&mut parser)?),
            Long("stop-after") => options.stop_after = Some(number(&text(&mut parser)?)?),
            Long("generate") => generate = Some(number(&text(&mut parser)?)?),
            Long("sample") => sample = Sample::named(&text(&mut parser)?).ok_or_else(|| wrong("--sample"))?,
            Long("notice") => {
                options.notice = Some(notice(&text(&mut parser)?).ok_or_else(|| wrong("--notice"))?)
            }
            Long("field") => options.fields.push(field(&text(&mut parser)?).ok_or_else(|| wrong("--field"))?),
            Long("now") => options.now = Some(text(&mut parser)?.parse().map_err(|_| wrong("--now"))?),
            Value(file) => options.files.push(file.string().map_err(usage)?),
            other => return Err(usage(other.unexpected())),
        }
    }
    if let Some(rows) = generate {
        return Ok(Task::Generate { rows, sample });
    }
    if options.files.is_empty() {
        return Err(Fault::Usage(String::from("name a file to import; see --help")));
    }
    if options.stop_after.is_some() && options.resume.is_none() {
        return Err(Fault::Usage(String::from("--stop-after needs --resume, or all is lost; see --help")));
    }
    Ok(Task::Import(options))
}

fn text(parser: &mut lexopt::Parser) -> Result<String, Fault> {
    let value = parser.value().and_then(ValueExt::string);
    value.map_err(|error| Fault::Usage(format!("{error}; see --help")))
}

fn wrong(option: &str) -> Fault {
    Fault::Usage(format!("{option} has a value that it does not take; see --help"))
}

fn number(text: &str) -> Result<u64, Fault> {
    text.parse().map_err(|_| Fault::Usage(String::from("a number of rows is expected; see --help")))
}

fn notice(text: &str) -> Option<Notice> {
    let (id, version) = text.split_once(':')?;
    Some(Notice { id: NoticeId::new(id).ok()?, version: version.parse().ok()? })
}

fn field(text: &str) -> Option<(String, PurposeId)> {
    let (name, purpose) = text.split_once('=')?;
    Some((name.to_owned(), PurposeId::new(purpose).ok()?))
}
