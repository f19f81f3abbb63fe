//! The records of a person: the subject ids that are one person by merges, and those that once were.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::iter;
use core::num::NonZeroU64;

use crate::fact::{Consulted, ViewToken};
use crate::id::{Aggregate, ContactPointId, IndexKey, Position, SubjectId};
use crate::policy::{LimitExceeded, Limited, Limits};
use crate::subject::Subject;
use crate::view::View;
use crate::view::projection::{LogProjection, Projection};

/// The person's own records first, then those that were once merged with one of them.
///
/// A person with one record that was never merged has none here, and everything reaches them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Records {
    ids: Vec<SubjectId>,
    /// How many of them are the person's own.
    own: usize,
    pairs: Vec<Pair>,
}

/// Two records that were ever merged.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pair {
    ends: [SubjectId; 2],
    /// A merge of the two was not undone.
    live: bool,
    /// The last unmerge of each log.
    parted_by: Vec<Position>,
}

/// A set of records, as bits of their places.
pub(crate) type RecordSet = u64;

/// The set of the only record of a person who has one.
pub(crate) const ONE_RECORD: RecordSet = 1;

impl Records {
    /// The records of a view.
    pub(crate) fn of(subject: &Subject, projection: &Projection) -> Result<Self, LimitExceeded> {
        let linked = projection.logs.iter().any(|log| !log.merges.is_empty());
        if subject.ids.len() <= 1 && !linked {
            return Ok(Self::default());
        }
        let ids = kin(projection, &subject.ids)?;
        if ids.len() <= 1 {
            return Ok(Self::default());
        }
        Ok(Self { pairs: pairs(projection, &ids), ids, own: subject.ids.len() })
    }

    /// Whether the person has one record that was never merged.
    pub(crate) const fn is_one(&self) -> bool {
        self.ids.is_empty()
    }

    /// Every record, own ones first; `one` if there is but one.
    pub(crate) fn all<'a>(&'a self, one: &'a [SubjectId]) -> &'a [SubjectId] {
        if self.is_one() { one } else { &self.ids }
    }

    /// The person's own records.
    pub(crate) fn own(&self) -> RecordSet {
        if self.is_one() { ONE_RECORD } else { first(self.own) }
    }

    /// Of a log the record it is of, if it is one of these.
    pub(crate) fn of_log(&self, log: &LogProjection) -> RecordSet {
        let Some(id) = log.subject() else { return 0 };
        if self.is_one() { ONE_RECORD } else { self.bit(id) }
    }

    fn bit(&self, id: SubjectId) -> RecordSet {
        self.ids.iter().position(|own| *own == id).map_or(0, place)
    }

    /// The records that a fact reaches which knew of some unmerges: those that it is of, and through each merge on, unless it knew that
    /// the merge was undone.
    ///
    /// What stands at a contact point, and in a log that is of none of the records, is of the person's own ones.
    #[inline]
    pub(crate) fn reached(&self, from: Aggregate, knew: impl Fn(Position) -> bool) -> RecordSet {
        if self.is_one() { ONE_RECORD } else { self.reached_of_several(from, knew) }
    }

    #[cold]
    fn reached_of_several(&self, from: Aggregate, knew: impl Fn(Position) -> bool) -> RecordSet {
        let own = self.own();
        let mut reached = match from {
            Aggregate::Subject(id) => Some(self.bit(id)).filter(|bit| *bit != 0).unwrap_or(own),
            Aggregate::Point(_) => own,
        };
        loop {
            let before = reached;
            if reached & own != 0 {
                reached |= own;
            }
            for pair in &self.pairs {
                let ends = pair.ends.iter().fold(0, |set, id| set | self.bit(*id));
                let open = pair.live || pair.parted_by.iter().any(|unmerge| !knew(*unmerge));
                if open && reached & ends != 0 {
                    reached |= ends;
                }
            }
            if reached == before {
                return reached;
            }
        }
    }

    /// Every unmerge in view, as the last of each log.
    pub(crate) fn unmerges(&self) -> ViewToken {
        let all = self.pairs.iter().flat_map(|pair| &pair.parted_by);
        all.map(|unmerge| (Consulted::Log(unmerge.log), unmerge.seq.get())).collect()
    }
}

/// The places of a set, lowest first.
pub(crate) fn places(set: RecordSet) -> impl Iterator<Item = usize> {
    let mut left = set;
    iter::from_fn(move || {
        let at = NonZeroU64::new(left)?.trailing_zeros();
        left &= left.saturating_sub(1);
        usize::try_from(at).ok()
    })
}

/// The record at a place.
pub(crate) fn place(at: usize) -> RecordSet {
    u32::try_from(at).ok().and_then(|at| 1u64.checked_shl(at)).unwrap_or(0)
}

fn first(count: usize) -> RecordSet {
    place(count).checked_sub(1).unwrap_or(RecordSet::MAX)
}

/// Everybody who was ever merged with one of some records, through any chain; those themselves come first.
fn kin(projection: &Projection, of: &[SubjectId]) -> Result<Vec<SubjectId>, LimitExceeded> {
    let mut merged_with: BTreeMap<SubjectId, BTreeSet<SubjectId>> = BTreeMap::new();
    for log in &projection.logs {
        for (own, with) in
            log.subject().into_iter().flat_map(|own| log.merges.iter().map(move |kept| (own, kept.with)))
        {
            merged_with.entry(own).or_default().insert(with);
            merged_with.entry(with).or_default().insert(own);
        }
    }
    let mut found = of.to_vec();
    let mut next = 0;
    while let Some(id) = found.get(next) {
        let more: Vec<_> =
            merged_with.get(id).into_iter().flatten().filter(|with| !found.contains(with)).collect();
        found.extend(more);
        if found.len() > Limits::MAX_MERGED {
            return Err(LimitExceeded { which: Limited::MergedRecords, max: Limits::MAX_MERGED as u64 });
        }
        next = next.saturating_add(1);
    }
    Ok(found)
}

/// Every two of some records that were ever merged.
fn pairs(projection: &Projection, ids: &[SubjectId]) -> Vec<Pair> {
    let mut ends = BTreeSet::new();
    for log in &projection.logs {
        if let Some(own) = log.subject().filter(|own| ids.contains(own)) {
            ends.extend(log.merges.iter().map(|kept| sorted(own, kept.with)));
        }
    }
    ends.into_iter().map(|ends| pair(projection, ends)).collect()
}

fn sorted(one: SubjectId, other: SubjectId) -> [SubjectId; 2] {
    [one.min(other), one.max(other)]
}

fn pair(projection: &Projection, ends: [SubjectId; 2]) -> Pair {
    let is_of = |log: &LogProjection, with| log.subject().is_some_and(|own| sorted(own, with) == ends);
    let logs = || projection.logs.iter().filter(|log| log.subject().is_some_and(|own| ends.contains(&own)));
    let unmerges: Vec<_> = logs()
        .flat_map(|log| log.unmerges.iter().map(move |kept| (log, kept)))
        .filter(|(log, kept)| is_of(log, kept.with))
        .collect();
    let merges = logs().flat_map(|log| log.merges.iter().map(move |kept| (log, kept)));
    let mut merges =
        merges.filter(|(log, kept)| is_of(log, kept.with)).map(|(log, kept)| log.log.at(kept.seq));
    Pair {
        ends,
        live: merges.any(|merge| !unmerges.iter().any(|(_, kept)| kept.ends.covers(merge))),
        parted_by: unmerges.iter().map(|(log, kept)| log.log.at(kept.seq)).collect(),
    }
}

impl Subject {
    /// Whom a subject id is by the merges in some logs: every record that is the same person now, the given one first.
    ///
    /// The logs must be those of all records that were ever merged with it, through any chain. Chains end after
    /// [`Limits::MAX_MERGED`] records.
    ///
    /// # Errors
    ///
    /// [`LimitExceeded`] for more records.
    ///
    /// ```
    /// use consent_engine::{Projection, Subject, SubjectId};
    /// let ada = SubjectId::from_u128(7);
    /// assert_eq!(Subject::resolve(ada, &Projection::default())?, Subject::new(ada));
    /// # Ok::<(), consent_engine::LimitExceeded>(())
    /// ```
    pub fn resolve(id: SubjectId, projection: &Projection) -> Result<Self, LimitExceeded> {
        let mut live: Vec<_> = pairs(projection, &kin(projection, &[id])?);
        live.retain(|pair| pair.live);
        let mut ids = Vec::from([id]);
        let mut next = 0;
        while let Some(id) = ids.get(next).copied() {
            let linked = live.iter().filter(|pair| pair.ends.contains(&id)).flat_map(|pair| pair.ends);
            for with in linked {
                if !ids.contains(&with) {
                    ids.push(with);
                }
            }
            next = next.saturating_add(1);
        }
        Ok(Self { ids, ..Self::default() })
    }
}

/// The claims of aliases that stand, with who claims.
fn standing_claims(projection: &Projection) -> impl Iterator<Item = (SubjectId, IndexKey, Position)> {
    let claims = projection.logs.iter().flat_map(|log| {
        let of_log = move |own| log.claims.iter().map(move |kept| (own, kept.alias, log.log.at(kept.seq)));
        log.subject().into_iter().flat_map(of_log)
    });
    let contests = || projection.logs.iter().flat_map(|log| &log.contests);
    claims.filter(move |(by, alias, claim)| {
        !contests().any(|kept| kept.alias == *alias && kept.owner != *by && kept.ends.covers(*claim))
    })
}

impl View {
    /// The standing claims of an alias, by anybody.
    pub(crate) fn claims(&self, alias: IndexKey) -> Vec<Position> {
        let all = standing_claims(&self.projection).filter(|(_, claimed, _)| *claimed == alias);
        all.map(|(.., position)| position).collect()
    }

    /// The aliases of the person.
    pub(crate) fn aliases(&self) -> BTreeSet<IndexKey> {
        self.aliases_of(&self.subject.ids)
    }

    /// The aliases of some records.
    pub(crate) fn aliases_of(&self, ids: &[SubjectId]) -> BTreeSet<IndexKey> {
        let own = standing_claims(&self.projection).filter(|(by, ..)| ids.contains(by));
        own.map(|(_, alias, _)| alias).collect()
    }

    /// The records that would be one person, or were so once, if another subject were merged with this one.
    pub(crate) fn kin_with(&self, with: SubjectId) -> Result<Vec<SubjectId>, LimitExceeded> {
        let mut ids = self.subject.ids.clone();
        ids.push(with);
        kin(&self.projection, &ids)
    }

    /// The merges of two records that stand.
    pub(crate) fn live_merges(&self, one: SubjectId, other: SubjectId) -> ViewToken {
        let ends = sorted(one, other);
        if !pair(&self.projection, ends).live {
            return ViewToken::NOTHING;
        }
        let of_pair = |log: &LogProjection, with| log.subject().is_some_and(|own| sorted(own, with) == ends);
        let logs = self.projection.logs.iter();
        let merges = logs.flat_map(|log| log.merges.iter().map(move |kept| (log, kept)));
        let merges = merges.filter(|(log, kept)| of_pair(log, kept.with));
        merges.map(|(log, kept)| (Consulted::Log(log.log), kept.seq.get())).collect()
    }

    /// What was said of the person, or of a contact point, besides consent.
    pub(crate) fn descriptions(&self, of: Option<ContactPointId>) -> ViewToken {
        let logs = self.projection.logs.iter();
        let all = logs.flat_map(|log| log.descriptions.iter().map(move |kept| (log, kept)));
        let about = all.filter(|(_, kept)| kept.what.point() == of);
        about.map(|(log, kept)| (Consulted::Log(log.log), kept.seq.get())).collect()
    }
}
