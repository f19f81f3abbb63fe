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
//! The format is described in `examples/scenarios/README.md`. Exit codes: 0 every expectation was met; 1 one was
//! not; 2 wrong usage, a file that cannot be read, or, with `--strict`, a line that cannot be used.

extern crate alloc;

mod args;
mod backend;
mod check;
mod fault;
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
use crate::fault::Fault;
use crate::input::Input;
use crate::paint::Paint;
use crate::session::Session;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(fault) if fault.is_broken_pipe() => ExitCode::SUCCESS,
        Err(fault) => {
            let bad = Paint::for_stderr().bad();
            let _ = writeln!(io::stderr(), "{bad}error{bad:#}: {fault}");
            ExitCode::from(2)
        }
    }
}

/// Does what the command line asks; whether every expectation was met.
fn run() -> Result<bool, Fault> {
    match args::parse()? {
        Task::Help => {
            io::stdout().write_all(args::HELP.as_bytes())?;
            Ok(true)
        }
        Task::Generate { lines, seed } => {
            let mut out = BufWriter::new(io::stdout());
            generate::generate(&mut out, lines, seed)?;
            out.flush()?;
            Ok(true)
        }
        Task::Replay(options) => replay(options),
    }
}

fn replay(options: Options) -> Result<bool, Fault> {
    let inputs = match options.files.as_slice() {
        [] => bundled()?,
        files => files.iter().map(|file| (file.clone(), file.clone())).collect(),
    };
    let mut session = Session::new(options);
    for (path, name) in inputs {
        session.run(Input::open(&path, name)?)?;
    }
    session.finish()
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
    found.sort_unstable();
    Ok(found)
}
