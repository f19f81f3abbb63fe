//! SQLite: a row looked up by its key in a prepared statement inside an open transaction; the rules are the floor's.
//!
//! The database is in memory and the statement reads only the columns that the question needs, so this is about the
//! least that a store in SQLite costs.

use std::cell::RefCell;

use consent_engine_benches::floor::{Ask, Row};
use rusqlite::types::Value;
use rusqlite::{Connection, Statement, params_from_iter};

use super::Peer;
use super::floor::{ask, row};
use crate::data::{NOW, PURPOSES, Subject, World};

/// A database of many subjects, those of every [`World`] among them.
#[derive(Debug)]
pub struct Database {
    connection: Connection,
}

impl Database {
    /// The first `subjects` subjects, and a transaction that stays open.
    #[must_use]
    pub fn new(subjects: u64) -> Self {
        let connection = Connection::open_in_memory().expect("a database in memory");
        fill(&connection, subjects).expect("rows that fit the table");
        connection.execute_batch("BEGIN").expect("a transaction");
        Self { connection }
    }
}

fn fill(connection: &Connection, subjects: u64) -> rusqlite::Result<()> {
    connection.execute_batch(include_str!("../../policies/schema.sql"))?;
    let transaction = connection.unchecked_transaction()?;
    let places = vec!["?"; 24].join(", ");
    let mut insert = connection.prepare(&format!("INSERT INTO subject VALUES ({places})"))?;
    for number in 0..subjects {
        insert.execute(params_from_iter(columns(&Subject::numbered(number))))?;
    }
    transaction.commit()
}

/// A subject as the columns of the table.
fn columns(subject: &Subject) -> impl Iterator<Item = Value> {
    let row = row(subject);
    let own = [row.strict.into(), row.opted_out.into(), row.pause_until];
    let points = (0..2).flat_map(move |at| [number(row.points[at]), row.point_state[at].into()]);
    let grounds = (0..PURPOSES.len()).flat_map(move |at| {
        [row.basis[at].into(), row.status[at].into(), row.expires_at[at], row.channels[at].into()]
    });
    let numbers = own.into_iter().chain(points).chain(grounds);
    std::iter::once(Value::Blob(key(subject.id).to_vec())).chain(numbers.map(Value::Integer))
}

const fn key(id: u128) -> [u8; 16] {
    id.to_be_bytes()
}

fn number(point: u64) -> i64 {
    i64::try_from(point).expect("a small number")
}

/// SQLite with a prepared statement for each purpose.
pub struct Sqlite<'a> {
    statements: [RefCell<Statement<'a>>; 4],
    asks: Vec<Ask>,
}

impl<'a> Sqlite<'a> {
    /// Statements on a database that has the world's subjects.
    #[must_use]
    pub fn new(database: &'a Database, world: &World) -> Self {
        let statement = |at: usize| {
            let text = format!(
                "SELECT strict, opted_out, pause_until, point_0, point_state_0, point_1, point_state_1,
                 basis_{at}, status_{at}, expires_at_{at}, channels_{at} FROM subject WHERE id = ?"
            );
            RefCell::new(database.connection.prepare(&text).expect("a valid statement"))
        };
        let asks = world.questions.iter().map(|question| ask(world, question)).collect();
        Self { statements: [0, 1, 2, 3].map(statement), asks }
    }
}

impl Peer for Sqlite<'_> {
    fn name(&self) -> &'static str {
        "SQLite, row looked up in an open transaction"
    }

    fn answer(&self, question: usize) -> bool {
        let ask = &self.asks[question];
        let mut statement = self.statements[ask.purpose].borrow_mut();
        let found = statement.query_row([key(ask.subject)], |found| read(found, ask.purpose));
        ask.reasons(found.ok().as_ref(), NOW) == 0
    }
}

/// The part of a row that the rules for one purpose read.
fn read(found: &rusqlite::Row<'_>, purpose: usize) -> rusqlite::Result<Row> {
    let mut row = Row {
        strict: found.get(0)?,
        opted_out: found.get(1)?,
        pause_until: found.get(2)?,
        points: [found.get::<_, i64>(3)?.cast_unsigned(), found.get::<_, i64>(5)?.cast_unsigned()],
        point_state: [found.get(4)?, found.get(6)?],
        ..Row::default()
    };
    row.basis[purpose] = found.get(7)?;
    row.status[purpose] = found.get(8)?;
    row.expires_at[purpose] = found.get(9)?;
    row.channels[purpose] = found.get(10)?;
    Ok(row)
}
