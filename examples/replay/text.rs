//! A step for people.

use std::io::{self, Write};

use consent_engine::CommandOutcome;
use consent_engine::op::import::{RowOutcome, RowReport};
use consent_engine::{Effect, End, Fact, Position, Rejection, Report, State, Verdict};

use crate::check::effect_name;
use crate::format::Settings;
use crate::happened::Happened;
use crate::outcome::{Answer, Imported, Outcome, Received};
use crate::paint::Paint;
use crate::words;
use crate::world::World;

/// Prints steps, one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text {
    pub(crate) paint: Paint,
    pub(crate) explain: bool,
}

impl Text {
    pub(crate) fn scenario(self, out: &mut impl Write, file: &str, settings: &Settings) -> io::Result<()> {
        let (bold, dim) = (self.paint.bold(), self.paint.dim());
        writeln!(out, "{bold}{}{bold:#}  {dim}{file}{dim:#}", settings.name)?;
        if let Some(note) = &settings.note {
            paragraph(out, note)?;
        }
        writeln!(out)
    }

    pub(crate) fn step(self, out: &mut impl Write, world: &World, done: &Happened<'_>) -> io::Result<()> {
        let dim = self.paint.dim();
        let id = done.step.id.as_ref().map_or(String::new(), |id| format!("  [{id}]"));
        let what = words::action(&done.step.action);
        writeln!(out, "{dim}{:>4}  {}{dim:#}  {what}{dim}{id}{dim:#}", done.line, words::instant(done.at))?;
        if let Some(note) = &done.step.note {
            writeln!(out, "      {dim}{}{dim:#}", visible(note))?;
        }
        if let Outcome::Import(import) = &done.outcome {
            self.import(out, world, done, import)?;
            return self.checks(out, done);
        }
        for fact in world.journal.slice(done.facts.clone()) {
            self.fact(out, world, fact)?;
        }
        match &done.outcome {
            Outcome::Act(decided) => match decided.as_ref() {
                Ok(decided) => self.decided(out, world, decided)?,
                Err(rejection) => self.rejected(out, *rejection)?,
            },
            Outcome::Payload(received) => self.received(out, world, received)?,
            Outcome::Ask(answer) => self.answer(out, world, answer)?,
            Outcome::State(state) => {
                let cause = match state.state {
                    State::Expired(cause) => format!("Expired ({cause:?})"),
                    other => format!("{other:?}"),
                };
                let pending = state.pending.map_or(String::new(), |request| {
                    format!(", a request stands until {}", words::instant(request.expires))
                });
                writeln!(out, "      = {cause}{pending}")?;
            }
            Outcome::Policy(version) => writeln!(out, "      = policy version {version}")?,
            Outcome::BadLink(invalid) => {
                let bad = self.paint.bad();
                writeln!(out, "      {bad}refused{bad:#}, nothing written: {invalid}")?;
            }
            Outcome::Nothing => writeln!(out, "      = nothing was said: show a page")?,
            Outcome::Person | Outcome::Pass | Outcome::Import(_) => {}
        }
        self.checks(out, done)
    }

    /// What was expected: one line if all was met, else each failure.
    pub(crate) fn checks(self, out: &mut impl Write, done: &Happened<'_>) -> io::Result<()> {
        let (good, bad) = (self.paint.good(), self.paint.bad());
        for check in done.failed() {
            writeln!(out, "      {bad}FAILED{bad:#} {}:{}: {}", done.file, done.line, check.what)?;
            writeln!(out, "        expected {}", check.expected)?;
            writeln!(out, "        actual   {}", check.actual)?;
        }
        if done.failed().next().is_none() && !done.checks.is_empty() {
            writeln!(out, "      {good}as expected{good:#} ({})", done.checks.len())?;
        }
        Ok(())
    }

    fn fact(self, out: &mut impl Write, world: &World, fact: &Fact) -> io::Result<()> {
        let dim = self.paint.dim();
        let at = world.names.position_name(fact.position);
        writeln!(out, "      + {}  {dim}{at}{dim:#}", words::fact(&world.names, fact))
    }

    /// The dry run, then each row with its facts.
    fn import(
        self,
        out: &mut impl Write,
        world: &World,
        done: &Happened<'_>,
        import: &Imported,
    ) -> io::Result<()> {
        writeln!(out, "      dry run")?;
        for line in world.names.rename_words(&import.plan.to_string()).lines() {
            writeln!(out, "        {line}")?;
        }
        for row in import.rows.iter().flatten() {
            self.row(out, world, done, row)?;
        }
        Ok(())
    }

    fn row(
        self,
        out: &mut impl Write,
        world: &World,
        done: &Happened<'_>,
        row: &RowReport,
    ) -> io::Result<()> {
        let (bad, number) = (self.paint.bad(), row.row);
        let of_row = |fact: &&Fact| {
            let Position { log, seq } = fact.position;
            row.facts.iter().any(|(own, first, last)| *own == log && (*first..=*last).contains(&seq))
        };
        let facts: Vec<_> = world.journal.slice(done.facts.clone()).iter().filter(of_row).collect();
        let before = if facts.is_empty() && !row.facts.is_empty() { " before" } else { "" };
        match row.outcome {
            RowOutcome::Rejected => writeln!(out, "      row {number} {bad}rejected{bad:#}")?,
            other => writeln!(out, "      row {number} {}{before}", row_ending(other))?,
        }
        for problem in &row.problems {
            writeln!(out, "        {problem}")?;
        }
        for refusal in &row.refused {
            writeln!(out, "        {bad}not taken{bad:#}: {refusal}")?;
        }
        facts.into_iter().try_for_each(|fact| self.fact(out, world, fact))?;
        self.reported(out, world, &row.reports, &row.effects)
    }

    fn decided(self, out: &mut impl Write, world: &World, decided: &CommandOutcome) -> io::Result<()> {
        self.reported(out, world, &decided.reports, &decided.effects)
    }

    fn reported(
        self,
        out: &mut impl Write,
        world: &World,
        reports: &[Report],
        effects: &[Effect],
    ) -> io::Result<()> {
        for report in reports {
            self.report(out, world, report)?;
        }
        for effect in effects {
            if effect_name(effect) != "propagate" || self.explain {
                writeln!(out, "      > {}", effect_name(effect))?;
            }
        }
        Ok(())
    }

    fn report(self, out: &mut impl Write, world: &World, report: &Report) -> io::Result<()> {
        let (wait, bad) = (self.paint.wait(), self.paint.bad());
        let names = &world.names;
        let cell = report.cell.map(|cell| words::cell(names, &cell));
        let scope = report.scope.map(|scope| words::scope(names, &scope));
        let of = cell.or(scope).unwrap_or_default();
        match &report.end {
            End::Accepted => Ok(()),
            End::Recorded { still_bites } => {
                writeln!(out, "      {wait}recorded, without effect{wait:#}: {of}")?;
                for still in still_bites {
                    let key = still.named.key;
                    let at = names.position_name(still.named.log.at(still.named.upto));
                    let (reason, scope) = (key.reason.code(), words::scope(names, &key.scope));
                    writeln!(out, "        {reason} of {scope} ({at}) still bites: {}", still.because)?;
                }
                Ok(())
            }
            End::Refused { rejection } => writeln!(out, "      {bad}refused{bad:#}: {of}: {rejection}"),
        }
    }

    fn received(self, out: &mut impl Write, world: &World, received: &Received) -> io::Result<()> {
        let (wait, bad) = (self.paint.wait(), self.paint.bad());
        for (code, problem) in &received.problems {
            writeln!(out, "      {bad}{code}{bad:#}: {problem}")?;
        }
        for warning in &received.warnings {
            writeln!(out, "      {wait}warning{wait:#}: {warning}")?;
        }
        if let Some(noop) = received.noop {
            writeln!(out, "      nothing new: {noop:?}")?;
        }
        for request in &received.requests {
            writeln!(out, "      > a request of the person: {request:?}")?;
        }
        for (who, done) in &received.decided {
            match done {
                Ok(decided) => self.decided(out, world, decided)?,
                Err(rejection) => {
                    writeln!(out, "      for {who}:")?;
                    self.rejected(out, *rejection)?;
                }
            }
        }
        for effect in &received.follow_ups {
            writeln!(out, "      > {}", effect.code())?;
        }
        Ok(())
    }

    fn rejected(self, out: &mut impl Write, rejection: Rejection) -> io::Result<()> {
        let bad = self.paint.bad();
        writeln!(out, "      {bad}refused{bad:#}, nothing written: {rejection}")
    }

    fn answer(self, out: &mut impl Write, world: &World, answer: &Answer) -> io::Result<()> {
        let record = &answer.record;
        let (style, verdict) = match record.verdict {
            Verdict::Permit => (self.paint.good(), String::from("PERMIT")),
            Verdict::Defer { until } => (self.paint.wait(), format!("DEFER until {}", words::instant(until))),
            Verdict::Deny => (self.paint.bad(), String::from("DENY")),
        };
        writeln!(out, "      {style}{verdict}{style:#}  {:?}", record.standing)?;
        let list =
            |items: Vec<String>| if items.is_empty() { String::from("none") } else { items.join(", ") };
        let reasons = record.reasons.iter().map(|reason| String::from(reason.code())).collect();
        writeln!(out, "        reasons: {}", list(reasons))?;
        let basis = match record.basis {
            Some(basis) => format!("{basis:?}"),
            None if record.verdict.is_permit() => String::from("none"),
            None => String::from("none, as nothing is permitted"),
        };
        writeln!(out, "        basis: {basis}")?;
        for deciding in &record.deciding {
            let reason = deciding.reason.map_or("granted", |reason| reason.code());
            let from = deciding.position.map_or(String::from(": no fact"), |at| self.cited(world, at));
            writeln!(out, "        decided by {reason}{from}")?;
        }
        if record.deciding.is_empty() {
            writeln!(out, "        decided by no fact")?;
        }
        let remedies = record.remedies.iter().map(ToString::to_string).collect();
        writeln!(out, "        remedies: {}", list(remedies))?;
        if record.verdict.is_permit() {
            let duties = record.duties.iter().map(|duty| format!("{duty:?}")).collect();
            writeln!(out, "        duties: {}", list(duties))?;
        }
        let until = record
            .valid_until
            .map_or(String::from("until further notice"), |until| format!("until {}", words::instant(until)));
        writeln!(out, "        valid {until}")?;
        if let Some(why) = &answer.why {
            writeln!(out, "        why: {why}")?;
        }
        if self.explain {
            for (reason, at) in &answer.restrictions {
                writeln!(out, "        in force: {reason}{}", self.cited(world, *at))?;
            }
            for at in &answer.cited {
                writeln!(out, "        weighed{}", self.cited(world, *at))?;
            }
        }
        Ok(())
    }

    /// A fact by its position, in words.
    fn cited(self, world: &World, at: Position) -> String {
        let dim = self.paint.dim();
        let words = world.journal.at(at).map_or(String::new(), |fact| words::fact(&world.names, fact));
        format!(": {words}  {dim}{}{dim:#}", world.names.position_name(at))
    }
}

/// How a row ended, in words.
const fn row_ending(outcome: RowOutcome) -> &'static str {
    match outcome {
        RowOutcome::Applied => "applied",
        RowOutcome::Unchanged => "unchanged",
        RowOutcome::Rejected => "rejected",
    }
}

/// A text of the scenario as one line: what would move the cursor or turn the direction is spelled out.
fn visible(text: &str) -> String {
    let turns = |c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut shown = String::new();
    for c in text.chars() {
        if c.is_control() || turns(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// A note, broken at spaces.
fn paragraph(out: &mut impl Write, note: &str) -> io::Result<()> {
    const WIDTH: usize = 96;
    let mut line = String::new();
    for word in note.split_whitespace() {
        let longer = line.chars().count().saturating_add(word.chars().count());
        if !line.is_empty() && longer >= WIDTH {
            writeln!(out, "  {line}")?;
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&visible(word));
    }
    writeln!(out, "  {line}")
}
