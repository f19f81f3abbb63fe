//! From a name of a person to the person, and from an address to its contact points.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::contact::Address;
use crate::id::{Aggregate, ContactPointId, IndexKey, SubjectId};
use crate::op::people::people;
use crate::op::{Alias, Halt, IndexSecrets, Loaded, OperationError, Settings};
use crate::store::Row;
use crate::subject::Identity;
use crate::view::holders;
use crate::wire::IndexRecord;

/// Where some index keys lead to, and at which version each was read.
#[derive(Debug, Default)]
pub(super) struct Lookup {
    /// More than one if secrets changed and two persons claimed one alias.
    pub(super) subjects: Vec<SubjectId>,
    pub(super) points: Vec<ContactPointId>,
    pub(super) consulted: Vec<(IndexKey, u64)>,
    /// For each key consulted, the points it leads to.
    pub(super) leads_to: Vec<BTreeSet<ContactPointId>>,
}

impl Lookup {
    pub(super) fn of(
        see: &Loaded,
        keys: impl IntoIterator<Item = IndexKey, IntoIter: Clone>,
    ) -> Result<Self, Halt> {
        let keys = keys.into_iter();
        see.want(keys.clone().map(|key| see.key(Row::Index(key))))?;
        let mut found = Self::default();
        for key in keys {
            let (leads_to, version) = see.index(key)?;
            found.consulted.push((key, version));
            let mut points = BTreeSet::new();
            match leads_to {
                Some(IndexRecord::Subject(subject)) if !found.subjects.contains(subject) => {
                    found.subjects.push(*subject);
                }
                Some(IndexRecord::Subject(_)) => {}
                Some(IndexRecord::Points(own)) => points.extend(own),
                None => {}
            }
            for point in &points {
                if !found.points.contains(point) {
                    found.points.push(*point);
                }
            }
            found.leads_to.push(points);
        }
        Ok(found)
    }

    /// The keys that do not lead to all of these points yet, and where they are to lead.
    pub(super) fn extended(&self, to: &[ContactPointId]) -> impl Iterator<Item = (IndexKey, IndexRecord)> {
        let keys = self.consulted.iter().zip(&self.leads_to);
        let lacking = keys.filter(move |(_, own)| to.iter().any(|point| !own.contains(point)));
        lacking
            .map(move |((key, _), own)| (*key, IndexRecord::Points(own.iter().chain(to).copied().collect())))
    }

    /// Whose alias it is, if those who claim it are one person.
    pub(super) fn owner(&self, see: &Loaded) -> Result<Option<SubjectId>, Halt> {
        let resolved = people(see, &self.subjects)?.subject.identity == Identity::Resolved;
        Ok(self.subjects.first().copied().filter(|_| resolved))
    }

    /// The keys that lead nowhere yet, such as those under a secret that was added since.
    pub(super) fn unwritten(&self) -> impl Iterator<Item = IndexKey> + '_ {
        self.consulted.iter().filter(|(_, version)| *version == 0).map(|(key, _)| *key)
    }
}

fn secrets(settings: &Settings) -> Result<&IndexSecrets, Halt> {
    settings.secrets.as_ref().ok_or(Halt::Stop(OperationError::SecretsMissing))
}

pub(super) fn alias(settings: &Settings, see: &Loaded, alias: &Alias) -> Result<Lookup, Halt> {
    Lookup::of(see, secrets(settings)?.alias(settings.tenant, alias))
}

/// The contact point of an address as it is written.
pub(super) fn exact(settings: &Settings, see: &Loaded, address: &Address) -> Result<Lookup, Halt> {
    Lookup::of(see, secrets(settings)?.exact(settings.tenant, address))
}

/// The contact points that an address reaches in any spelling.
pub(super) fn coarse(settings: &Settings, see: &Loaded, address: &Address) -> Result<Lookup, Halt> {
    Lookup::of(see, secrets(settings)?.coarse(settings.tenant, address))
}

/// The subjects that are behind some contact points.
pub(super) fn holders_of(see: &Loaded, points: &[ContactPointId]) -> Result<Vec<SubjectId>, Halt> {
    see.want(points.iter().map(|point| see.aggregate_key(Aggregate::Point(*point))))?;
    let mut all = Vec::new();
    for point in points {
        if let Some(record) = see.aggregate(Aggregate::Point(*point))? {
            all.extend(holders(&record.logs, *point));
        }
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// The one subject that is behind some contact points.
pub(super) fn holder(see: &Loaded, points: &[ContactPointId]) -> Result<Option<SubjectId>, Halt> {
    match holders_of(see, points)?.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        [one, others @ ..] => {
            // Records that were merged with each other are one person.
            let same = people(see, &[*one])?.subject.ids;
            let strangers = others.iter().filter(|other| !same.contains(other)).count();
            let subjects = strangers.saturating_add(1);
            if strangers == 0 {
                Ok(Some(*one))
            } else {
                Err(OperationError::AmbiguousSubject { subjects }.into())
            }
        }
    }
}

/// Whether a restriction was ever recorded at one of some contact points.
pub(super) fn restrict_any(
    see: &Loaded,
    points: impl Iterator<Item = ContactPointId> + Clone,
) -> Result<bool, Halt> {
    see.want(points.clone().map(|point| see.aggregate_key(Aggregate::Point(point))))?;
    for point in points {
        let record = see.aggregate(Aggregate::Point(point))?;
        if record.is_some_and(|record| record.logs.logs().iter().any(|log| log.restrictions() > 0)) {
            return Ok(true);
        }
    }
    Ok(false)
}
