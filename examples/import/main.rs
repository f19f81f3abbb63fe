//! Imports audience exports of Mailchimp and contact exports of HubSpot, as CSV or JSON Lines, row by row.
//!
//! ```text
//! cargo run --release --example import -- --generate 1000 > subscribed.csv
//! cargo run --release --example import -- --dry-run --notice signup:1 subscribed.csv
//! cargo run --release --example import -- --resume consents --stop-after 500 --notice signup:1 subscribed.csv
//! cargo run --release --example import -- --resume consents --notice signup:1 subscribed.csv
//! ```
//!
//! The columns are those that both document. A row of them rarely says what a person was shown when they agreed: whoever imports states it,
//! with `--notice`, or no row grants anything. What restricts is always taken.
//!
//! Exit codes: 0 every row has its outcome; 2 wrong usage, or a file that cannot be read; 3 stopped by `--stop-after`.

extern crate alloc;

mod args;
mod cells;
#[path = "../replay/fault.rs"]
mod fault;
mod generate;
mod hubspot;
mod journal;
mod lines;
mod mailchimp;
mod outgoing;
mod progress;
mod reader;
mod report;
mod rules;
mod run;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use crate::args::Task;
use crate::fault::Fault;

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(fault) if fault.is_broken_pipe() => ExitCode::SUCCESS,
        Err(fault) => {
            let _ = writeln!(io::stderr(), "error: {fault}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<ExitCode, Fault> {
    match args::parse()? {
        Task::Help => {
            io::stdout().write_all(args::HELP.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Task::Generate { rows, sample } => {
            let mut out = BufWriter::new(io::stdout());
            generate::generate(&mut out, rows, sample)?;
            out.flush()?;
            Ok(ExitCode::SUCCESS)
        }
        Task::Import(options) => run::run(&options),
    }
}
