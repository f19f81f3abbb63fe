use alloc::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use consent_engine::op::import::{Import, ImportCounts, ImportCursor, ImportPlan, ImportRow};
use consent_engine::store::{MemoryStore, Store};
use consent_engine::{
    Actor, Authority, Engine, ImportId, IndexSecrets, Interval, Power, Settings, TenantId, Timestamp,
    WriterId,
};

use crate::args::Options;
use crate::fault::Fault;
use crate::journal::Journal;
use crate::outgoing::neutral;
use crate::progress::Progress;
use crate::reader::Reader;
use crate::report::Report;
use crate::rules::Rules;

/// So many rows are in memory at once.
const PAGE: usize = 512;

pub(crate) fn run(options: &Options) -> Result<ExitCode, Fault> {
    let rules = Rules::new(options)?;
    // A service takes its secret from where it keeps secrets.
    let secrets = IndexSecrets::new([7; 32]);
    let settings = Settings::new(TenantId::from_u128(1), WriterId::from_u128(1), rules.policy()?);
    let settings = settings.with_index_secrets(secrets);
    match &options.resume {
        None => Run::new(options, &rules, Engine::new(MemoryStore::new(), settings))?.files(),
        Some(name) => {
            let store = Journal::open(name).map_err(|error| Fault::File { file: name.clone(), error })?;
            writeln!(io::stdout(), "{}: {} records", neutral(name), store.len())?;
            Run::new(options, &rules, Engine::new(store, settings))?.files()
        }
    }
}

struct Run<'a, S> {
    options: &'a Options,
    rules: &'a Rules,
    engine: Engine<S>,
    cursors: Cursors,
    report: Option<Report>,
    now: Timestamp,
    left: u64,
}

impl<'a, S: Store> Run<'a, S> {
    fn new(options: &'a Options, rules: &'a Rules, engine: Engine<S>) -> Result<Self, Fault> {
        let report = options.report.as_deref().map(Report::create).transpose()?;
        let now = match options.now {
            Some(now) => now,
            None => clock()?,
        };
        let cursors = Cursors::load(options.resume.as_deref())?;
        let left = options.stop_after.unwrap_or(u64::MAX);
        Ok(Self { options, rules, engine, cursors, report, now, left })
    }

    fn files(mut self) -> Result<ExitCode, Fault> {
        let started = instant();
        let mut all = None;
        let mut rows = 0_u64;
        for file in &self.options.files {
            if self.options.dry_run {
                let plan = self.plan(file)?;
                all = Some(match all {
                    Some(all) => ImportPlan::join(all, plan),
                    None => plan,
                });
            } else {
                let (done, stopped) = self.file(file)?;
                rows = rows.saturating_add(done);
                if stopped {
                    writeln!(io::stdout(), "stopped; go on with the same command")?;
                    return Ok(ExitCode::from(3));
                }
            }
        }
        if let Some(report) = self.report.take() {
            report.end()?;
        }
        let mut out = io::stdout();
        if let Some(plan) = all {
            write!(out, "{plan}")?;
            writeln!(out, "Nothing was written.")?;
        } else {
            let seconds = started.elapsed().as_secs_f64();
            writeln!(out, "{rows} rows in {seconds:.1} s")?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Imports a file from where its cursor stands; how many rows were done, and whether it was stopped.
    fn file(&mut self, file: &str) -> Result<(u64, bool), Fault> {
        let mut reader = Reader::open(file, self.rules)?;
        for unused in reader.unused() {
            writeln!(io::stdout(), "{}: column `{}` is not read", neutral(file), neutral(unused))?;
        }
        let import = self.import(file, &reader)?;
        let mut cursor = self.cursors.of(file, &import)?;
        let (bar, mut done) = (Progress::new(size(file)), 0_u64);
        let stopped = loop {
            let most = usize::try_from(self.left).unwrap_or(PAGE).min(PAGE);
            let (rows, ended) = page(&mut reader, cursor, most).map_err(|error| fault_of(file, error))?;
            let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
            let imported = self.engine.import(&import, cursor, rows, self.now);
            let imported = imported.map_err(|error| Fault::input(error.to_string()))?;
            for report in &imported.reports {
                if let Some(own) = &mut self.report {
                    own.take(file, report)?;
                }
            }
            cursor = imported.cursor;
            self.cursors.keep(file, cursor)?;
            if let Some(error) = imported.stopped {
                return Err(Fault::input(format!("the import can't go on: {error}")));
            }
            done = done.saturating_add(count);
            self.left = self.left.saturating_sub(count);
            bar.moved_to(reader.bytes(), cursor.counts().rows());
            if ended {
                break false;
            }
            if self.left == 0 {
                break true;
            }
        };
        bar.end();
        let ImportCounts { applied, unchanged, rejected } = cursor.counts();
        let rows = cursor.counts().rows();
        writeln!(
            io::stdout(),
            "{}: {rows} rows = {applied} applied + {unchanged} unchanged + {rejected} rejected",
            neutral(file)
        )?;
        if rejected > 0 && self.report.is_none() {
            writeln!(io::stdout(), "why: `--dry-run` counts the reasons, `--report FILE` lists the rows")?;
        }
        Ok((done, stopped))
    }

    /// Says what importing a file would come to.
    fn plan(&self, file: &str) -> Result<ImportPlan, Fault> {
        let mut reader = Reader::open(file, self.rules)?;
        let import = self.import(file, &reader)?;
        let start = ImportCursor::start(&import);
        let (bar, mut all) =
            (Progress::new(size(file)), ImportPlan::new(self.engine.settings().policy().clone()));
        loop {
            let (rows, ended) = page(&mut reader, start, PAGE).map_err(|error| fault_of(file, error))?;
            let plan = self.engine.plan_import(&import, rows, self.now);
            let plan = plan.map_err(|error| Fault::input(format!("the plan can't be made: {error}")))?;
            all = all.join(plan);
            bar.moved_to(reader.bytes(), all.counts().rows());
            if ended {
                break;
            }
        }
        bar.end();
        Ok(all)
    }

    /// A file of one name is one import, as of when it was written.
    fn import(&self, file: &str, reader: &Reader<'_>) -> Result<Import, Fault> {
        let written = fs::metadata(file).and_then(|data| data.modified());
        let written = timestamp(written.map_err(|error| fault_of(file, error))?)?;
        let everything = Interval::starting(Timestamp::MIN);
        let registrar = Actor::operator(Authority::new([Power::Identity], everything));
        let id = ImportId::from_u128(name_hash(file));
        Ok(Import::new(id, reader.system(), written.min(self.now)).registering_as(registrar))
    }
}

/// The next rows that are not done, and whether the file is at its end.
fn page(reader: &mut Reader<'_>, cursor: ImportCursor, most: usize) -> io::Result<(Vec<ImportRow>, bool)> {
    let mut rows = Vec::with_capacity(most);
    while rows.len() < most {
        match reader.next_row()? {
            Some(row) if cursor.is_past(row.number()) => {}
            Some(row) => rows.push(row),
            None => return Ok((rows, true)),
        }
    }
    Ok((rows, false))
}

/// The cursors of the files, beside the store.
struct Cursors {
    name: Option<String>,
    all: BTreeMap<String, ImportCursor>,
}

impl Cursors {
    fn load(store: Option<&str>) -> Result<Self, Fault> {
        let name = store.map(|store| format!("{store}.cursor"));
        let Some(file) = name.as_deref().filter(|name| Path::new(name).exists()) else {
            return Ok(Self { name, all: BTreeMap::new() });
        };
        let text = fs::read(file).map_err(|error| fault_of(file, error))?;
        let all = serde_json::from_slice(&text).map_err(|error| fault_of(file, error.into()))?;
        Ok(Self { name, all })
    }

    fn of(&self, file: &str, import: &Import) -> Result<ImportCursor, Fault> {
        Ok(self.all.get(file).copied().unwrap_or_else(|| ImportCursor::start(import)))
    }

    /// Keeps a cursor. If the process ends before, its rows are read again, and find their outcomes.
    fn keep(&mut self, file: &str, cursor: ImportCursor) -> Result<(), Fault> {
        self.all.insert(file.to_owned(), cursor);
        let Some(name) = &self.name else { return Ok(()) };
        let new = format!("{name}.new");
        let text = serde_json::to_vec(&self.all).map_err(|error| fault_of(name, error.into()))?;
        fs::write(&new, text).and_then(|()| fs::rename(&new, name)).map_err(|error| fault_of(name, error))
    }
}

fn fault_of(file: &str, error: io::Error) -> Fault {
    Fault::File { file: file.to_owned(), error }
}

fn size(file: &str) -> u64 {
    fs::metadata(file).map_or(0, |data| data.len())
}

/// FNV-1a, of 128 bits: the same name is the same import.
fn name_hash(name: &str) -> u128 {
    let start = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    name.bytes().fold(start, |hash: u128, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    })
}

#[allow(clippy::disallowed_methods, reason = "a host has a clock; the library has none")]
fn clock() -> Result<Timestamp, Fault> {
    timestamp(SystemTime::now())
}

#[allow(clippy::disallowed_methods, reason = "the run itself is timed, no decision is")]
fn instant() -> Instant {
    Instant::now()
}

fn timestamp(at: SystemTime) -> Result<Timestamp, Fault> {
    let since = at.duration_since(UNIX_EPOCH).ok().and_then(|since| i64::try_from(since.as_micros()).ok());
    let at = since.and_then(|micros| Timestamp::from_unix_micros(micros).ok());
    at.ok_or_else(|| Fault::input("the clock is out of range: set it, or give --now"))
}
