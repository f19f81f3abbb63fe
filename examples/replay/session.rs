use std::io::{self, BufWriter, Stdout, Write};

use crate::args::{Options, OutputStyle};
use crate::check::checks;
use crate::exit::Exit;
use crate::fault::Fault;
use crate::format::{Entry, PersonSpec, Step, looks_like_settings, parse};
use crate::happened::Happened;
use crate::input::Input;
use crate::json;
use crate::paint::{Paint, complain};
use crate::perform::{instant, perform};
use crate::progress::Progress;
use crate::summary::Summary;
use crate::text::Text;
use crate::world::World;

/// A run over any number of inputs.
pub(crate) struct Session {
    options: Options,
    text: Text,
    out: BufWriter<Stdout>,
    summary: Summary,
    /// The scenario that runs; none before the first, and after settings that could not be used.
    world: Option<World>,
    /// People of the settings line, who come in with the first step.
    arriving: Vec<PersonSpec>,
    settings_line: u64,
    progress: Progress,
}

impl Session {
    pub(crate) fn new(options: Options) -> Self {
        let text = Text { paint: Paint::for_stdout(), explain: options.explain };
        let out = BufWriter::new(io::stdout());
        let (summary, progress) = (Summary::start(), Progress::default());
        Self { options, text, out, summary, world: None, arriving: Vec::new(), settings_line: 0, progress }
    }

    /// Replays one input; a scenario does not go on in the next.
    pub(crate) fn run(&mut self, mut input: Input) -> Result<(), Fault> {
        let (file, before) = (input.name.clone(), self.summary);
        self.progress.begin(input.size);
        let mut read = 0_u64;
        while let Some(line) = input.next()? {
            read = read.saturating_add(line.bytes);
            self.progress.moved_to(line.number, read);
            let number = line.number;
            let entry = line.text.map_err(Fault::input).and_then(|text| match text.trim() {
                "" => Ok(None),
                text => parse(text).map(Some),
            });
            let done = match entry {
                Ok(None) => continue,
                Ok(Some(entry)) => self.line(&file, number, entry),
                Err(fault) => {
                    // Its steps are not those of the scenario before it.
                    if looks_like_settings(line.held) {
                        self.end_scenario(&file)?;
                    }
                    Err(fault)
                }
            };
            match done {
                Err(Fault::Input(text)) => self.line_not_read(&file, number, &text)?,
                other => other?,
            }
        }
        self.progress.end();
        self.end_scenario(&file)?;
        match self.summary.lacks(before) {
            Some(lack) => self.say(&format!("{file}: {lack}: nothing was checked")),
            None => Ok(()),
        }
    }

    fn line(&mut self, file: &str, number: u64, entry: Entry) -> Result<(), Fault> {
        match entry {
            Entry::Scenario(settings) => {
                self.end_scenario(file)?;
                let mut world = World::new(&settings, self.options.through)?;
                world.explain = self.options.explain;
                self.world = Some(world);
                self.summary.scenario();
                match self.options.style {
                    OutputStyle::Steps => self.text.scenario(&mut self.out, file, &settings)?,
                    OutputStyle::Json => {
                        writeln!(self.out, "{}", json::scenario(file, number, &settings))?;
                    }
                    OutputStyle::Summary => {}
                }
                self.arriving = settings.people;
                self.settings_line = number;
                Ok(())
            }
            Entry::Step(step) => self.step(file, number, &step),
        }
    }

    /// Does a step; before the first of a scenario its people come in.
    fn step(&mut self, file: &str, number: u64, step: &Step) -> Result<(), Fault> {
        let world = self.world.as_ref();
        let world = world.ok_or_else(|| {
            Fault::input("no scenario runs: a `scenario` line that can be read comes first")
        })?;
        if !self.arriving.is_empty() {
            let at = instant(world, step)?;
            let (people, line) = (core::mem::take(&mut self.arriving), self.settings_line);
            let mut problems = Vec::new();
            for spec in people {
                match self.do_step(file, line, &Step::arrival(at, spec)) {
                    Err(Fault::Input(problem)) => problems.push(problem),
                    other => other?,
                }
            }
            if !problems.is_empty() {
                self.line_not_read(file, line, &format!("`people`: {}", problems.join("; ")))?;
            }
        }
        self.do_step(file, number, step)
    }

    fn do_step(&mut self, file: &str, number: u64, step: &Step) -> Result<(), Fault> {
        let world = self.world.as_mut().ok_or_else(|| Fault::input("no scenario runs"))?;
        let first = world.journal.len();
        let outcome = perform(world, step, number)?;
        let at = world.now.ok_or_else(|| Fault::input("the step has no instant"))?;
        let facts = first..world.journal.len();
        let checks = checks(world, &step.expect, &outcome, facts.clone())?;
        let happened = Happened { file, line: number, at, step, outcome, facts, checks };
        self.summary.step(&happened);
        let out = &mut self.out;
        match self.options.style {
            OutputStyle::Steps => self.text.step(out, world, &happened)?,
            OutputStyle::Json => writeln!(out, "{}", json::step(world, &happened, self.options.explain)?)?,
            OutputStyle::Summary if happened.failed().next().is_some() => self.text.checks(out, &happened)?,
            OutputStyle::Summary => {}
        }
        Ok(())
    }

    fn end_scenario(&mut self, file: &str) -> Result<(), Fault> {
        self.arriving.clear();
        let Some(world) = self.world.take() else { return Ok(()) };
        if !world.folds_alike()? {
            self.summary.broken_law();
            self.say(&format!("{file}: {}: folding all facts at once gives another view", world.scenario))?;
        }
        if self.options.style == OutputStyle::Steps {
            writeln!(self.out)?;
        }
        Ok(())
    }

    /// A line that cannot be read, or used: its step is not done, and what it expects not checked.
    fn line_not_read(&mut self, file: &str, number: u64, problem: &str) -> Result<(), Fault> {
        self.summary.line_not_read();
        if self.options.style == OutputStyle::Json {
            writeln!(self.out, "{}", json::not_read(file, number, problem))?;
        }
        let problem = format!("{file}:{number}: {problem}");
        if self.options.strict {
            return Err(Fault::Usage(problem));
        }
        self.say(&problem)
    }

    /// A problem, on standard error and after what was printed before it.
    fn say(&mut self, problem: &str) -> Result<(), Fault> {
        self.out.flush()?;
        self.progress.above(|| complain(problem));
        Ok(())
    }

    /// Ends the run: prints the summary.
    pub(crate) fn finish(&mut self) -> Result<(), Fault> {
        match self.options.style {
            OutputStyle::Json => {
                writeln!(self.out, "{}", self.summary.json())?;
                self.out.flush()?;
                self.summary.print(&mut io::stderr(), Paint::for_stderr())?;
            }
            OutputStyle::Steps | OutputStyle::Summary => {
                self.summary.print(&mut self.out, self.text.paint)?;
                self.out.flush()?;
            }
        }
        Ok(())
    }

    /// How a run ended that came to its end.
    pub(crate) const fn exit(&self) -> Exit {
        self.summary.exit()
    }

    /// How a run ended that a fault stopped: without a summary.
    pub(crate) fn stopped_by(&mut self, fault: &Fault) -> Exit {
        self.progress.end();
        // Whoever does not read the output is told of the fault all the same.
        let _ = self.out.flush();
        if fault.is_broken_pipe() {
            return self.exit();
        }
        complain(fault);
        match self.exit() {
            Exit::Failed => Exit::Failed,
            // It was the line that ended the run.
            Exit::NotChecked if self.options.strict => Exit::NotChecked,
            Exit::Met | Exit::Stopped | Exit::NotChecked => Exit::Stopped,
        }
    }
}
