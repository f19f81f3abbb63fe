//! A plan in words.

use alloc::collections::BTreeSet;
use core::fmt;

use crate::op::import::plan::Examples;
use crate::op::import::{Conflict, ImportPlan, RowRef};

/// So many conflicts are named in words.
const MOST_CONFLICTS: usize = 10;

impl fmt::Display for ImportPlan {
    /// Some lines for whoever decides whether to import: numbers of rows, no personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.counts;
        writeln!(
            f,
            "{}: {} applied, {} unchanged, {} rejected.",
            Counted(counts.rows(), "row", "rows"),
            counts.applied,
            counts.unchanged,
            counts.rejected
        )?;
        self.contactable_in_words(f)?;
        if self.restricting > 0 {
            let rows = Counted(self.restricting, "row restricts", "rows restrict");
            writeln!(f, "{rows}: opt-outs, complaints and addresses that nothing reaches are always taken.")?;
        }
        if self.attempted > 0 {
            let rows = Counted(self.attempted, "opt-in changes nothing", "opt-ins change nothing");
            writeln!(f, "{rows}, because a refusal still stands; an import lifts none.")?;
        }
        for (why, examples) in &self.rejected {
            let rows = Counted(examples.count, "row is rejected", "rows are rejected");
            writeln!(f, "{rows}, because {why} ({examples}).")?;
        }
        self.conflicts_in_words(f)?;
        if self.uncompared > 0 {
            let rows = Counted(self.uncompared, "row was", "rows were");
            writeln!(f, "{rows} not compared with others: people and conflicts may be more or fewer.")?;
        }
        Ok(())
    }
}

impl ImportPlan {
    fn contactable_in_words(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let people = self.contactable();
        if people == 0 {
            return writeln!(f, "Nobody becomes contactable.");
        }
        let becomes = Counted(people, "person becomes contactable", "people become contactable");
        write!(f, "{becomes}, because a row attests an act of theirs and nothing stands against it: ")?;
        for (at, ((purpose, channel), count)) in self.contactable_for().into_iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            match channel {
                Some(channel) => write!(f, "{comma}{count} for `{purpose}` by {channel}")?,
                None => write!(f, "{comma}{count} for `{purpose}`")?,
            }
        }
        writeln!(f, ".")
    }

    fn conflicts_in_words(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut all, mut first) = (0_u64, BTreeSet::new());
        for conflict in self.conflicts() {
            all = all.saturating_add(1);
            first.insert(conflict);
            if first.len() > MOST_CONFLICTS {
                first.pop_last();
            }
        }
        if all == 0 {
            return Ok(());
        }
        let conflicts = Counted(all, "conflict", "conflicts");
        writeln!(f, "{conflicts} between rows or sources; what restricts counts:")?;
        for Conflict { purpose, yes, no, .. } in first {
            if yes.import == no.import {
                writeln!(f, "  `{purpose}`: row {} says yes, row {} says no", yes.row, no.row)?;
            } else {
                writeln!(f, "  `{purpose}`: {yes} says yes, {no} says no")?;
            }
        }
        let more = all.saturating_sub(MOST_CONFLICTS as u64);
        if more > 0 { writeln!(f, "  and {more} more") } else { Ok(()) }
    }
}

impl fmt::Display for RowRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {} of import {}", self.row, self.import)
    }
}

impl fmt::Display for Examples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.count == 1 { "row " } else { "rows " })?;
        for (at, RowRef { row, .. }) in self.first.iter().enumerate() {
            write!(f, "{}{row}", if at == 0 { "" } else { ", " })?;
        }
        let named = u64::try_from(self.first.len()).unwrap_or(u64::MAX);
        match self.count.saturating_sub(named) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// A number with a word in the right form.
struct Counted(u64, &'static str, &'static str);

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, if self.0 == 1 { self.1 } else { self.2 })
    }
}
