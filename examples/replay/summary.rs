use core::time::Duration;
use std::io::{self, Write};
use std::time::Instant;

use consent_engine::Verdict;
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::happened::Happened;
use crate::outcome::Outcome;
use crate::paint::Paint;

/// What a run came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Summary {
    scenarios: u64,
    steps: u64,
    facts: u64,
    permits: u64,
    defers: u64,
    denials: u64,
    met: u64,
    failed: u64,
    /// Lines that could not be read, or used.
    not_read: u64,
    /// Inputs without anything to check.
    unchecked: u64,
    started: Instant,
}

impl Summary {
    #[allow(clippy::disallowed_methods, reason = "the run itself is timed, no decision is")]
    pub(crate) fn start() -> Self {
        Self {
            scenarios: 0,
            steps: 0,
            facts: 0,
            permits: 0,
            defers: 0,
            denials: 0,
            met: 0,
            failed: 0,
            not_read: 0,
            unchecked: 0,
            started: Instant::now(),
        }
    }

    pub(crate) fn scenario(&mut self) {
        self.scenarios = self.scenarios.saturating_add(1);
    }

    pub(crate) fn line_not_read(&mut self) {
        self.not_read = self.not_read.saturating_add(1);
    }

    /// What an input lacks, whose counts began as `before`: without it nothing is checked. A story may do without expectations.
    pub(crate) fn lacks(&mut self, before: Self) -> Option<&'static str> {
        let lacks = [
            (self.scenarios == before.scenarios, "no line begins a `scenario`"),
            (self.steps == before.steps, "no step was done"),
        ];
        let (_, lack) = lacks.into_iter().find(|(lacks, _)| *lacks)?;
        self.unchecked = self.unchecked.saturating_add(1);
        Some(lack)
    }

    pub(crate) fn broken_law(&mut self) {
        self.failed = self.failed.saturating_add(1);
    }

    pub(crate) fn step(&mut self, happened: &Happened<'_>) {
        self.steps = self.steps.saturating_add(1);
        self.facts = self.facts.saturating_add(happened.facts.len() as u64);
        let failed = happened.failed().count();
        let met = happened.checks.len().saturating_sub(failed);
        self.failed = self.failed.saturating_add(failed as u64);
        self.met = self.met.saturating_add(met as u64);
        if let Outcome::Ask(answer) = &happened.outcome {
            let counter = match answer.record.verdict {
                Verdict::Permit => &mut self.permits,
                Verdict::Defer { .. } => &mut self.defers,
                Verdict::Deny => &mut self.denials,
            };
            *counter = counter.saturating_add(1);
        }
    }

    /// How the run ends, if it comes to its end.
    pub(crate) const fn exit(&self) -> Exit {
        match (self.failed, self.not_read, self.unchecked) {
            (0, 0, 0) => Exit::Met,
            (0, _, _) => Exit::NotChecked,
            _ => Exit::Failed,
        }
    }

    /// The counts as one object, without the time that they took: the same run prints the same.
    pub(crate) fn json(&self) -> Value {
        json!({
            "kind": "summary",
            "scenarios": self.scenarios,
            "steps": self.steps,
            "facts": self.facts,
            "decisions": { "permit": self.permits, "defer": self.defers, "deny": self.denials },
            "expectations": { "met": self.met, "failed": self.failed },
            "lines_not_read": self.not_read,
            "inputs_not_checked": self.unchecked,
            "exit": self.exit().code(),
        })
    }

    pub(crate) fn print(&self, out: &mut impl Write, paint: Paint) -> io::Result<()> {
        let elapsed = self.started.elapsed();
        let decisions = self.permits.saturating_add(self.defers).saturating_add(self.denials);
        let (bold, good, bad) = (paint.bold(), paint.good(), paint.bad());
        writeln!(out, "{bold}summary{bold:#}")?;
        writeln!(out, "  scenarios     {}", self.scenarios)?;
        writeln!(out, "  steps         {}", self.steps)?;
        writeln!(out, "  facts         {}", self.facts)?;
        let (permits, defers, denials) = (self.permits, self.defers, self.denials);
        writeln!(out, "  decisions     {decisions}: {permits} permit, {defers} defer, {denials} deny")?;
        let paint = if self.exit() == Exit::Met { good } else { bad };
        writeln!(out, "  expectations  {paint}{} met, {} failed{paint:#}", self.met, self.failed)?;
        match self.not_read {
            0 => {}
            1 => writeln!(out, "  {bad}NOT READ      1 line: what it expects was not checked{bad:#}")?,
            n => writeln!(out, "  {bad}NOT READ      {n} lines: what they expect was not checked{bad:#}")?,
        }
        match self.unchecked {
            0 => {}
            1 => writeln!(out, "  {bad}NOT CHECKED   1 input has nothing to check{bad:#}")?,
            n => writeln!(out, "  {bad}NOT CHECKED   {n} inputs have nothing to check{bad:#}")?,
        }
        writeln!(out, "  time          {}", spent(elapsed, self.steps))
    }
}

fn spent(elapsed: Duration, steps: u64) -> String {
    let millis = elapsed.as_millis();
    let rate = u128::from(steps).saturating_mul(1_000).checked_div(millis);
    rate.map_or(format!("{millis} ms"), |rate| format!("{millis} ms, {rate} steps/s"))
}
