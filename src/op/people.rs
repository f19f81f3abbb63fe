//! From the name of a record to the person, by the merges in the store.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::id::{Aggregate, ContactPointId, SubjectId};
use crate::op::{Halt, Loaded};
use crate::subject::{Identity, Subject};
use crate::view::Projection;
use crate::wire::Corruption;

/// Whom some records are, and the logs of everybody who was ever merged with them.
#[derive(Debug)]
pub(super) struct People {
    pub(super) subject: Subject,
    pub(super) logs: Projection,
    /// Every record that was read, those asked for first.
    pub(super) kin: Vec<SubjectId>,
}

/// Reads the person of some records: nobody of none, one if they are merged with each other, else a contest between them.
pub(super) fn people(see: &Loaded, named: &[SubjectId]) -> Result<People, Halt> {
    let mut kin: Vec<SubjectId> = Vec::new();
    for id in named {
        for record in kin_of(see, *id)? {
            if !kin.contains(&record) {
                kin.push(record);
            }
        }
    }
    see.want(kin.iter().map(|id| see.aggregate_key(Aggregate::Subject(*id))))?;
    let mut logs = Projection::default();
    for id in &kin {
        if let Some(record) = see.aggregate(Aggregate::Subject(*id))? {
            logs.join(&record.logs);
        }
    }
    let subject = resolve(named, &logs)?;
    Ok(People { subject, logs, kin })
}

fn resolve(named: &[SubjectId], logs: &Projection) -> Result<Subject, Halt> {
    let Some((first, others)) = named.split_first() else {
        return Ok(Subject { identity: Identity::Unresolved, ..Subject::default() });
    };
    let mut subject = Subject::resolve(*first, logs)?;
    for other in others {
        if !subject.ids.contains(other) {
            subject.identity = Identity::Contested;
            subject.ids.extend(Subject::resolve(*other, logs)?.ids);
        }
    }
    Ok(subject)
}

/// The record that knows all that were ever merged with another.
pub(super) fn root_of(see: &Loaded, id: SubjectId) -> Result<SubjectId, Halt> {
    let mut seen = BTreeSet::from([id]);
    let mut at = id;
    while let Some(next) = see.aggregate(Aggregate::Subject(at))?.and_then(|record| record.root) {
        if !seen.insert(next) {
            return Err(Halt::corrupt(see.aggregate_key(Aggregate::Subject(at)), Corruption::Misplaced));
        }
        at = next;
    }
    Ok(at)
}

/// A record, and every other that was ever merged with it, through any chain.
pub(super) fn kin_of(see: &Loaded, id: SubjectId) -> Result<Vec<SubjectId>, Halt> {
    let root = root_of(see, id)?;
    let known = see.aggregate(Aggregate::Subject(root))?.into_iter().flat_map(|record| &record.kin);
    let others: BTreeSet<_> = known.copied().chain([root]).collect();
    if id != root && !others.contains(&id) {
        return Err(Halt::corrupt(see.aggregate_key(Aggregate::Subject(root)), Corruption::Lost));
    }
    Ok([id].into_iter().chain(others.into_iter().filter(|other| *other != id)).collect())
}

impl People {
    /// The contact points whose logs matter: those that the person ever had, and those of kin that were replaced by others.
    pub(super) fn points(&self, see: &Loaded) -> Result<BTreeSet<ContactPointId>, Halt> {
        let mut points = BTreeSet::new();
        for id in &self.kin {
            if let Some(record) = see.aggregate(Aggregate::Subject(*id))? {
                let own = self.subject.ids.contains(id);
                points.extend(record.points.iter().filter(|_| own));
                points.extend(record.logs.replaced_points().filter(|_| !own));
            }
        }
        Ok(points)
    }
}
