use core::time::Duration;
use std::io::{self, Write};
use std::time::Instant;

use consent_engine::Verdict;

use crate::happened::Happened;
use crate::outcome::Outcome;
use crate::paint::Paint;

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Summary {
    scenarios: u64,
    steps: u64,
    facts: u64,
    permits: u64,
    defers: u64,
    denials: u64,
    met: u64,
    failed: u64,
    bad_lines: u64,
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
            bad_lines: 0,
            started: Instant::now(),
        }
    }

    pub(crate) fn scenario(&mut self) {
        self.scenarios = self.scenarios.saturating_add(1);
    }

    pub(crate) fn bad_line(&mut self) {
        self.bad_lines = self.bad_lines.saturating_add(1);
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

    /// Whether an expectation was not met.
    pub(crate) const fn has_failures(&self) -> bool {
        self.failed > 0
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
        let paint = if self.failed == 0 { good } else { bad };
        writeln!(out, "  expectations  {paint}{} met, {} failed{paint:#}", self.met, self.failed)?;
        if self.bad_lines > 0 {
            writeln!(out, "  bad lines     {bad}{}{bad:#}", self.bad_lines)?;
        }
        writeln!(out, "  time          {}", spent(elapsed, self.steps))
    }
}

fn spent(elapsed: Duration, steps: u64) -> String {
    let millis = elapsed.as_millis();
    let rate = u128::from(steps).saturating_mul(1_000).checked_div(millis);
    rate.map_or(format!("{millis} ms"), |rate| format!("{millis} ms, {rate} steps/s"))
}
