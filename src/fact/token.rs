use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::id::{IndexKey, LogId, Position};

/// Something that was read on the way to an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "logs and index keys are all there is to read")]
pub enum Consulted {
    /// A log, at the number of its last fact.
    Log(LogId),
    /// An index key, at its version.
    Key(IndexKey),
}

/// What somebody had in front of them: a version for each log and index key consulted (a version vector).
///
/// What is absent was not seen; a version of 0 says that it was looked for and found empty.
///
/// ```
/// use consent_engine::{Aggregate, Consulted, LogId, Seq, SubjectId, ViewToken, WriterId};
/// let log = LogId::new(Aggregate::Subject(SubjectId::from_u128(1)), WriterId::from_u128(9));
/// let token = ViewToken::from_iter([(Consulted::Log(log), 2)]);
/// assert!(token.covers(log.at(Seq::FIRST)));
/// assert_eq!(token.version(Consulted::Log(log)), Some(2));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<(Consulted, u64)>", into = "Vec<(Consulted, u64)>")]
pub struct ViewToken(Vec<(Consulted, u64)>);

impl ViewToken {
    /// A token that has seen nothing.
    pub const NOTHING: Self = Self(Vec::new());

    /// Whether nothing was seen.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The version of one thing consulted; [`None`] if it was not.
    #[must_use]
    pub fn version(&self, consulted: Consulted) -> Option<u64> {
        let found = self.0.binary_search_by_key(&consulted, |(consulted, _)| *consulted).ok()?;
        self.0.get(found).map(|(_, version)| *version)
    }

    /// Whether the fact at `position` was seen.
    #[must_use]
    pub fn covers(&self, position: Position) -> bool {
        self.version(Consulted::Log(position.log)).is_some_and(|head| position.seq.get() <= head)
    }

    /// Whether everything that `other` saw was seen too.
    #[must_use]
    pub fn includes(&self, other: &Self) -> bool {
        other.0.iter().all(|(consulted, version)| *version <= self.version(*consulted).unwrap_or(0))
    }

    /// Takes in what `other` saw.
    pub fn join(&mut self, other: &Self) {
        for (consulted, version) in &other.0 {
            self.raise(*consulted, *version);
        }
    }

    /// Notes that `consulted` was seen at `version` at least.
    pub fn raise(&mut self, consulted: Consulted, version: u64) {
        match self.0.binary_search_by_key(&consulted, |(consulted, _)| *consulted) {
            Ok(found) => {
                if let Some((_, own)) = self.0.get_mut(found) {
                    *own = version.max(*own);
                }
            }
            Err(gap) => self.0.insert(gap, (consulted, version)),
        }
    }

    /// Everything consulted, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Consulted, u64)> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<(Consulted, u64)> for ViewToken {
    /// Of two versions of one thing the higher counts.
    fn from_iter<I: IntoIterator<Item = (Consulted, u64)>>(versions: I) -> Self {
        let mut token = Self(versions.into_iter().collect());
        token.0.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        token.0.dedup_by_key(|(consulted, _)| *consulted);
        token
    }
}

impl From<Vec<(Consulted, u64)>> for ViewToken {
    fn from(versions: Vec<(Consulted, u64)>) -> Self {
        Self::from_iter(versions)
    }
}

impl From<ViewToken> for Vec<(Consulted, u64)> {
    fn from(token: ViewToken) -> Self {
        token.0
    }
}
