//! The table, and the budgets.

use crate::timing::Side;

/// How many times faster than a peer the engine is meant to be.
#[derive(Clone, Copy)]
pub struct Budget<'a> {
    /// The peer.
    pub peer: &'a Side<'a>,
    /// The engine, with as much to look up.
    pub engine: &'a Side<'a>,
    /// How many times.
    pub times: f64,
}

/// A row for each side: its time, its ratios to the floor and to the engine, its allocations.
#[must_use]
pub fn table(sides: &[Side<'_>], allocations: &[f64], floor: &Side<'_>, engine: &Side<'_>) -> String {
    let head = "| who answers | median ns | times the floor | times `permits`, looked up | allocations |\n|---|---|---|---|---|";
    let row = |(side, allocations): (&Side<'_>, &f64)| {
        let (to_floor, to_engine) = (significant(side.ratio_to(floor)), significant(side.ratio_to(engine)));
        let (name, nanos) = (side.peer().name(), significant(side.median()));
        format!("\n| {name} | {nanos} | {to_floor} | {to_engine} | {} |", significant(*allocations))
    };
    std::iter::once(String::from(head)).chain(sides.iter().zip(allocations).map(row)).collect()
}

/// A line for each budget: met or missed.
#[must_use]
pub fn budgets(budgets: &[Budget<'_>]) -> String {
    let head = "| faster than | at least | measured | |\n|---|---|---|---|";
    let line = |Budget { peer, engine, times }: &Budget<'_>| {
        let found = peer.ratio_to(engine);
        let verdict = if found >= *times { "met" } else { "**missed**" };
        format!("\n| {} | {times} times | {} times | {verdict} |", peer.peer().name(), significant(found))
    };
    std::iter::once(String::from(head)).chain(budgets.iter().map(line)).collect()
}

/// Three digits that count, with commas between thousands.
fn significant(value: f64) -> String {
    if value < 100.0 {
        let text = format!("{value:.1}");
        return String::from(text.strip_suffix(".0").unwrap_or(&text));
    }
    let digits = format!("{value:.0}");
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::significant;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(
            [0.0, 13.42, 99.96, 123.4, 15_287.2].map(significant),
            ["0", "13.4", "100", "123", "15,287"]
        );
    }
}
