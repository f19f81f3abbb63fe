use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::id::IndexKey;
use crate::op::import::{ApplyRow, Import, ImportCursor, ImportError, ImportRow, Imported, RowReport};
use crate::op::{EngineError, OperationError, Settings};
use crate::time::Timestamp;

/// The rows of a page that are not done yet.
pub(crate) struct Page<'a> {
    settings: &'a Settings,
    import: Import,
    cursor: ImportCursor,
    rows: Vec<ImportRow>,
    now: Timestamp,
}

impl<'a> Page<'a> {
    pub(crate) fn new(
        settings: &'a Settings,
        import: Import,
        cursor: ImportCursor,
        rows: impl IntoIterator<Item = ImportRow>,
        now: Timestamp,
    ) -> Result<Self, ImportError> {
        if cursor.import() != import.id {
            return Err(ImportError::OtherImport);
        }
        let rows: Vec<_> = rows.into_iter().collect();
        let mut pairs = rows.iter().zip(rows.iter().skip(1));
        if let Some((_, late)) = pairs.find(|(row, next)| next.number <= row.number) {
            return Err(ImportError::OutOfOrder { row: late.number });
        }
        let rows = rows.into_iter().filter(|row| !cursor.is_past(row.number)).collect();
        Ok(Self { settings, import, cursor, rows, now })
    }

    /// The rows as operations. Those that name a person alike have one turn, and go one after the other.
    pub(crate) fn operations(&mut self) -> Vec<(usize, ApplyRow)> {
        let rows = core::mem::take(&mut self.rows);
        let apply = |row| ApplyRow::new(self.settings.clone(), self.import, row, self.now);
        let operations: Vec<_> = rows.into_iter().map(apply).collect();
        turns(&operations).into_iter().zip(operations).collect()
    }

    /// What the page came to: the outcomes up to the first row that is not done.
    pub(crate) fn end<E: core::error::Error>(
        self,
        outcomes: Vec<Result<RowReport, OperationError>>,
        store_error: Option<E>,
    ) -> Imported<E> {
        let Self { mut cursor, .. } = self;
        let mut reports = Vec::new();
        for outcome in outcomes {
            match outcome {
                Ok(report) => {
                    cursor.advance(&report);
                    reports.push(report);
                }
                Err(error) => {
                    let stopped = Some(why(error, store_error));
                    return Imported { reports, cursor, stopped };
                }
            }
        }
        Imported { reports, cursor, stopped: None }
    }
}

fn why<E: core::error::Error>(error: OperationError, store_error: Option<E>) -> EngineError<E> {
    match (error, store_error) {
        (OperationError::Interrupted, Some(source)) => EngineError::Store { source, in_doubt: false },
        (OperationError::Unsettled { .. }, Some(source)) => EngineError::Store { source, in_doubt: true },
        (error, _) => EngineError::Operation(error),
    }
}

/// A number for each row: the same for rows that share a key, directly or through others.
fn turns(rows: &[ApplyRow]) -> Vec<usize> {
    let mut turns: Vec<usize> = Vec::new();
    let mut first: BTreeMap<IndexKey, usize> = BTreeMap::new();
    for (place, row) in rows.iter().enumerate() {
        let keys: Vec<_> = row.names().collect();
        let known: Vec<_> = keys.iter().filter_map(|key| first.get(key).copied()).collect();
        let turn = known.iter().copied().min().unwrap_or(place);
        turns.push(turn);
        if known.iter().any(|other| *other != turn) {
            let joined = |own: &mut usize| {
                if known.contains(own) {
                    *own = turn;
                }
            };
            turns.iter_mut().for_each(joined);
            first.values_mut().for_each(joined);
        }
        first.extend(keys.into_iter().map(|key| (key, turn)));
    }
    turns
}
