use alloc::vec::Vec;
use core::fmt;

use crate::contact::Address;
use crate::op::Alias;
use crate::op::import::{RowProblem, RowStatement};

/// What one row of an export states, and what of it can't be read.
///
/// A row is never dropped: one of which nothing can be read is still a row, with its number and its problems.
///
/// ```
/// use consent_engine::op::import::{ImportRow, RowStatement};
/// use consent_engine::{Address, PointKind, PurposeScope};
/// let address = Address::new(PointKind::Email, "ada@example.com")?;
/// let said = RowStatement::opted_out(PurposeScope::All).at("2026-03-02T10:00:00Z".parse()?);
/// let row = ImportRow::new(1).with_address(address).saying(said);
/// assert_eq!(format!("{row:?}"), "ImportRow(1, 1 statements, 0 problems)", "nothing of the person");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ImportRow {
    pub(super) number: u64,
    pub(super) address: Option<Address>,
    pub(super) alias: Option<Alias>,
    pub(super) statements: Vec<RowStatement>,
    pub(super) problems: Vec<RowProblem>,
}

impl ImportRow {
    /// The most statements of one row. One with more is read as a refusal of everything.
    pub const MAX_STATEMENTS: usize = 64;

    /// A row that says nothing yet, by its number in the file. Numbers grow from row to row.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self { number, address: None, alias: None, statements: Vec::new(), problems: Vec::new() }
    }

    /// Of whoever is behind this address.
    #[must_use]
    pub fn with_address(mut self, address: Address) -> Self {
        self.address = Some(address);
        self
    }

    /// Of whoever has this identifier in the system that exported the row.
    #[must_use]
    pub fn with_alias(mut self, alias: Alias) -> Self {
        self.alias = Some(alias);
        self
    }

    /// Making a statement.
    #[must_use]
    pub fn saying(mut self, statement: RowStatement) -> Self {
        self.statements.push(statement);
        self
    }

    /// Of which something can't be read. Such a row grants nothing; what it restricts is taken.
    #[must_use]
    pub fn malformed(mut self, problem: RowProblem) -> Self {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
        self
    }

    /// Its number in the file.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// What it states.
    #[must_use]
    pub fn statements(&self) -> &[RowStatement] {
        &self.statements
    }

    /// What can't be read.
    #[must_use]
    pub fn problems(&self) -> &[RowProblem] {
        &self.problems
    }
}

impl fmt::Debug for ImportRow {
    /// The number and how much there is; whom it names is personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (statements, problems) = (self.statements.len(), self.problems.len());
        write!(f, "ImportRow({}, {statements} statements, {problems} problems)", self.number)
    }
}
