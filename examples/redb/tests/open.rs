//! What becomes of files that cannot be opened.

use std::error::Error;

use consent_engine_redb::{RedbError, RedbStore};

#[test]
fn a_file_of_something_else_is_refused_and_left_alone() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("letters.txt");
    std::fs::write(&path, "Dear Ada")?;
    assert!(matches!(RedbStore::open(&path), Err(RedbError::Database(_))));
    assert_eq!(std::fs::read_to_string(&path)?, "Dear Ada");
    Ok(())
}

#[test]
fn a_file_is_open_once() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("consent.redb");
    let first = RedbStore::open(&path)?;
    assert!(matches!(RedbStore::open(&path), Err(RedbError::Database(_))));
    drop(first);
    RedbStore::open(&path)?;
    Ok(())
}
