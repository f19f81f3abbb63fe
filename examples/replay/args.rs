use lexopt::prelude::{Long, Short, Value, ValueExt};

use crate::backend::Through;
use crate::fault::Fault;

/// What the command line asks for.
#[derive(Debug)]
pub(crate) enum Task {
    Help,
    Generate { lines: u64, seed: u64 },
    Replay(Options),
}

/// How scenarios are replayed.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) files: Vec<String>,
    pub(crate) style: OutputStyle,
    pub(crate) explain: bool,
    pub(crate) strict: bool,
    pub(crate) through: Through,
}

/// What is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum OutputStyle {
    #[default]
    Steps,
    Summary,
    Json,
}

pub(crate) const HELP: &str = "\
Replays consent scenarios: one JSON object a line, see examples/scenarios/README.md.

Usage: replay [OPTIONS] [FILE]...
       replay --generate [N] [--seed S]

Without a file the bundled scenarios run; `-` is standard input.

Options:
      --explain        also why, for the person; every restriction in force; every fact weighed
      --json           one JSON object a line and step, then one of the summary, on standard output
      --summary        only the summary, and what failed
      --strict         stop at the first line that cannot be read
      --through WAY    what the operations run through: memory (default), erased, async, own-loop
      --generate [N]   print a scenario of N lines (default 100000) instead
      --seed S         another scenario of that length (default 1)
  -h, --help           this text

Exit codes; where several fit, the lowest of them that is not 0:
  0  every line was read, and every expectation met
  1  an expectation was not met
  2  wrong usage, or a file that cannot be read: the run ended there
  3  a line could not be read and was left out (with --strict the run ended there), or an input had
     nothing to check: no scenario or no step
If the reader of the output leaves, the run ends, with the code of what it saw until then.
";

pub(crate) fn parse() -> Result<Task, Fault> {
    let usage = |error: lexopt::Error| Fault::Usage(format!("{error}; see --help"));
    let mut parser = lexopt::Parser::from_env();
    let mut options = Options::default();
    let mut generate = None;
    let mut seed = None;
    while let Some(argument) = parser.next().map_err(usage)? {
        match argument {
            Short('h') | Long("help") => return Ok(Task::Help),
            Long("explain") => options.explain = true,
            Long("strict") => options.strict = true,
            Long("json") => set(&mut options.style, OutputStyle::Json)?,
            Long("summary") => set(&mut options.style, OutputStyle::Summary)?,
            Long("through") => {
                let way = parser.value().and_then(ValueExt::string).map_err(usage)?;
                options.through = Through::named(&way).ok_or_else(|| {
                    Fault::Usage(String::from("--through is memory, erased, async or own-loop; see --help"))
                })?;
            }
            Long("generate") => {
                let lines = match parser.optional_value() {
                    Some(lines) => Some(lines),
                    None => parser.values().ok().and_then(|mut values| values.next()),
                };
                let lines = lines.map(|lines| lines.parse::<u64>()).transpose().map_err(usage)?;
                generate = Some(lines.unwrap_or(100_000));
            }
            Long("seed") => {
                seed = Some(parser.value().and_then(|seed| seed.parse::<u64>()).map_err(usage)?);
            }
            Value(file) => options.files.push(file.string().map_err(usage)?),
            other => return Err(usage(other.unexpected())),
        }
    }
    match generate {
        Some(_) if !options.files.is_empty() => {
            Err(Fault::Usage(String::from("--generate reads no files; see --help")))
        }
        Some(lines) => Ok(Task::Generate { lines, seed: seed.unwrap_or(1) }),
        None if seed.is_some() => Err(Fault::Usage(String::from("--seed belongs to --generate; see --help"))),
        None => Ok(Task::Replay(options)),
    }
}

fn set(style: &mut OutputStyle, wanted: OutputStyle) -> Result<(), Fault> {
    if *style != OutputStyle::Steps && *style != wanted {
        return Err(Fault::Usage(String::from("--json and --summary exclude each other; see --help")));
    }
    *style = wanted;
    Ok(())
}
