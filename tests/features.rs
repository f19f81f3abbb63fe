//! Plain `cargo test` tests every feature: the package is its own dev-dependency with all of them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may panic")]

/// The names between `[features]` and the next table.
fn declared(manifest: &str) -> Vec<&str> {
    let (_, rest) = manifest.split_once("[features]").expect("features");
    let (table, _) = rest.split_once("\n[").expect("a table after the features");
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(" = ")).map(|(name, _)| name).collect()
}

#[test]
fn every_feature_is_on_in_tests() {
    let manifest = include_str!("../Cargo.toml");
    let own =
        manifest.lines().find(|line| line.starts_with("consent-engine = { path = \".\"")).expect("itself");
    let features = declared(manifest);
    assert!(features.len() > 5, "{features:?}");
    for feature in features.into_iter().filter(|feature| *feature != "default") {
        assert!(own.contains(&format!("\"{feature}\"")), "add `{feature}` to the dev-dependency on itself");
    }
}
