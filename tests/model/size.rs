//! The model is only worth something while one can hold it against DESIGN.md in one sitting.

/// The lines of a file that are neither blank nor comment.
fn lines_of_code(text: &str) -> usize {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}

#[test]
fn what_the_model_says_of_fold_and_decision_has_at_most_400_lines() {
    let fold = [
        include_str!("../../src/model/restriction.rs"),
        include_str!("../../src/model/grant.rs"),
        include_str!("../../src/model/cell.rs"),
    ];
    let decision = include_str!("../../src/model/decision.rs");
    let lines: usize = fold.into_iter().chain([decision]).map(lines_of_code).sum();
    assert!((200..=400).contains(&lines), "{lines} lines: look for the missing idea");
}
