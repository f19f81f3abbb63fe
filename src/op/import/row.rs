use alloc::vec::Vec;
use core::fmt;

use crate::contact::Address;
use crate::id::IndexKey;
use crate::op::import::{RowProblem, RowStatement};
use crate::op::{Alias, Settings};

/// What one row of an export states, and what of it can't be read.
///
/// A row is never dropped: one of which nothing can be read is still a row, with its number and its problems.
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

    /// The keys of whom it names: those of its address in any spelling, then those of its alias.
    pub(super) fn names(&self, settings: &Settings) -> Vec<IndexKey> {
        let Settings { tenant, secrets, .. } = settings;
        let Some(secrets) = secrets else { return Vec::new() };
        let address = self.address.iter().flat_map(|address| secrets.coarse(*tenant, address));
        let alias = self.alias.iter().flat_map(|alias| secrets.alias(*tenant, alias));
        address.chain(alias).collect()
    }
}

impl fmt::Debug for ImportRow {
    /// The number and how much there is; whom it names is personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (statements, problems) = (self.statements.len(), self.problems.len());
        write!(f, "ImportRow({}, {statements} statements, {problems} problems)", self.number)
    }
}
