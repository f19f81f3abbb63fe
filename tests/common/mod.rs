//! The examples as programs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// An example beside the tests: cargo builds examples before it runs tests.
pub(crate) fn example(name: &str) -> Command {
    let own = std::env::current_exe().unwrap();
    let profile: PathBuf = own.parent().and_then(|deps| deps.parent()).unwrap().into();
    let program = profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(is_fresh(&program, name), "build the example first: cargo build --example {name}");
    let mut command = Command::new(program);
    command.env_remove("CLICOLOR_FORCE");
    command
}

/// Whether a program is newer than what it is made of: `cargo test` with `--test` alone does not build it.
fn is_fresh(program: &Path, name: &str) -> bool {
    let changed = |path: &Path| path.metadata().and_then(|data| data.modified());
    let Ok(built) = changed(program) else { return false };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let examples = root.join("examples");
    let mut left = vec![examples.join(name), examples.join(format!("{name}.rs")), root.join("src")];
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.is_file() && built < changed(&path).unwrap() {
            return false;
        }
    }
    true
}
