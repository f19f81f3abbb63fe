//! Replays consent scenarios, step by step: what came in, which facts it became, each decision and why.
//!
//! ```text
//! cargo run --release --example replay
//! cargo run --release --example replay -- --explain examples/scenarios/06-stale-form.jsonl
//! cargo run --release --example replay -- --generate 100000 | cargo run --release --example replay -- --summary -
//! ```
//!
//! Everything runs through the engine and a store in memory; `--through` chooses which way.
//!
//! The format and the exit codes are described in `examples/scenarios/README.md`, the codes in `--help` too.

extern crate alloc;

mod args;
mod backend;
mod check;
mod exit;
mod fault;
mod field;
mod foreign;
mod format;
mod generate;
mod happened;
mod imports;
mod index;
mod input;
mod journal;
mod json;
mod label;
mod links;
mod names;
mod outcome;
mod paint;
mod perform;
mod progress;
mod rules;
mod session;
mod summary;
mod text;
mod translate;
mod words;
mod world;

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::args::{Options, Task};
use crate::exit::Exit;
use crate::fault::Fault;
use crate::input::Input;
use crate::paint::complain;
use crate::session::Session;

fn main() -> ExitCode {
    match run() {
        Ok(exit) => exit.into(),
        Err(fault) if fault.is_broken_pipe() => Exit::Met.into(),
        Err(fault) => {
            complain(fault);
            Exit::Stopped.into()
        }
    }
}

/// Does what the command line asks.
fn run() -> Result<Exit, Fault> {
    match args::parse()? {
        Task::Help => {
            io::stdout().write_all(args::HELP.as_bytes())?;
            Ok(Exit::Met)
        }
        Task::Generate { lines, seed } => {
            let mut out = BufWriter::new(io::stdout());
            generate::generate(&mut out, lines, seed)?;
            out.flush()?;
            Ok(Exit::Met)
        }
        Task::Replay(options) => replay(options),
    }
}

fn replay(options: Options) -> Result<Exit, Fault> {
    let inputs: Vec<_> = match options.files.as_slice() {
        [] => bundled()?,
        files => files.iter().map(|file| (file.clone(), file.clone())).collect(),
    };
    let mut session = Session::new(options);
    let mut inputs = inputs.into_iter();
    let ran = inputs.try_for_each(|(path, name)| session.run(Input::open(&path, name)?));
    Ok(match ran.and_then(|()| session.finish()) {
        Ok(()) => session.exit(),
        Err(fault) => session.stopped_by(&fault),
    })
}

/// The scenarios that come with the example: where they are, and what they are called.
fn bundled() -> Result<Vec<(String, String)>, Fault> {
    const HERE: &str = "examples/scenarios";
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(HERE);
    let entries = fs::read_dir(&directory);
    let entries = entries.map_err(|error| Fault::File { file: String::from(HERE), error })?;
    let mut found: Vec<_> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .filter_map(|path| {
            let name = path.file_name()?.to_str()?;
            Some((path.to_str()?.to_owned(), format!("{HERE}/{name}")))
        })
        .collect();
    if found.is_empty() {
        return Err(Fault::Usage(format!("{HERE} holds no scenario: name a file; see --help")));
    }
    found.sort_unstable();
    Ok(found)
}
