//! The engine over a store on disk: commands beside the same calls of the bare store, which flushes before it returns.

use std::path::{Path, PathBuf};

use consent_engine_benches::commands::{self, Commands};
use consent_engine_redb::RedbStore;

const ROUNDS: usize = 5;

fn main() -> Result<(), std::io::Error> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("durable");
    std::fs::create_dir_all(&directory)?;
    let mut files = (0_u32..).map(|number| directory.join(format!("{number}.redb")));
    println!("{}", commands::HEAD);
    for (name, count, group) in [("one by one", 512, 1), ("64 together", 4_096, 64)] {
        println!("{}", Commands { count, group, people: 200 }.compare(name, ROUNDS, || empty(files.next())));
    }
    std::fs::remove_dir_all(directory)
}

fn empty(path: Option<PathBuf>) -> RedbStore {
    let path = path.expect("numbers go on");
    RedbStore::open(path).expect("a directory of our own")
}
