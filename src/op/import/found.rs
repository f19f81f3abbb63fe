use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::consent::Act;
use crate::id::{Aggregate, ContactPointId, IndexKey, SubjectId};
use crate::op::attachment::Attachment;
use crate::op::import::decided::RowDecisions;
use crate::op::import::ids::RowIds;
use crate::op::import::{Import, ImportRow, RowRefusal};
use crate::op::locate::{self, Lookup};
use crate::op::people::people;
use crate::op::{Halt, Loaded, OperationError};
use crate::store::Row;
use crate::subject::Identity;
use crate::view::View;
use crate::wire::IndexRecord;

/// Where the address and the alias of a row lead.
pub(super) struct Found {
    coarse: Lookup,
    exact: Lookup,
    alias: Lookup,
    /// The points of the address, or the one that is made for it; none without an address.
    pub(super) points: Vec<ContactPointId>,
}

/// What makes a person found by what a row names.
#[derive(Default)]
pub(super) struct Links {
    pub(super) point: Option<ContactPointId>,
    pub(super) index: BTreeMap<IndexKey, IndexRecord>,
    pub(super) spelled: Vec<IndexKey>,
}

impl Found {
    pub(super) fn of(see: &Loaded, row: &ImportRow, ids: &RowIds) -> Result<Self, Halt> {
        let all = [&ids.coarse, &ids.exact, &ids.alias].into_iter().flatten();
        see.want(all.map(|key| see.key(Row::Index(*key))))?;
        let of = |keys: &[IndexKey]| Lookup::of(see, keys.iter().copied());
        let (coarse, exact, alias) = (of(&ids.coarse)?, of(&ids.exact)?, of(&ids.alias)?);
        let mut points = coarse.points.clone();
        if points.is_empty() && row.address.is_some() {
            points.push(ids.point());
        }
        Ok(Self { coarse, exact, alias, points })
    }

    /// Whether the point that the row would make is one that another command made under the same id.
    pub(super) fn is_taken(&self, see: &Loaded) -> Result<bool, Halt> {
        let made = self.points.first().filter(|_| self.coarse.points.is_empty());
        Ok(match made {
            Some(point) => see.aggregate(Aggregate::Point(*point))?.is_some(),
            None => false,
        })
    }

    /// Whose row it is: that of the contact point, if it has an address.
    pub(super) fn owner(&self, ids: &RowIds) -> Aggregate {
        let person = self.alias.subjects.first().copied().unwrap_or(ids.subject);
        self.points.first().map_or(Aggregate::Subject(person), |point| Aggregate::Point(*point))
    }

    /// Whoever claims the alias.
    pub(super) fn claimants(&self) -> &[SubjectId] {
        &self.alias.subjects
    }

    /// Whoever claims the alias and does not hold the address.
    pub(super) fn strangers(&self, see: &Loaded) -> Result<Vec<SubjectId>, Halt> {
        let holders = locate::holders_of(see, &self.coarse.points)?;
        let mut strangers = Vec::new();
        for claimant in self.claimants() {
            if !people(see, &[*claimant])?.subject.ids.iter().any(|id| holders.contains(id)) {
                strangers.push(*claimant);
            }
        }
        Ok(strangers)
    }

    /// What makes the address lead to its points, for whoever comes later.
    pub(super) fn index(&self) -> impl Iterator<Item = (IndexKey, IndexRecord)> {
        self.coarse.extended(&self.points)
    }

    /// What is known by the row's names but does not lead there yet from every key, such as those under a secret that was added since: else
    /// it would be lost with the oldest secret.
    pub(super) fn renewed(&self, see: &Loaded) -> Result<Vec<(IndexKey, IndexRecord)>, Halt> {
        let coarse = self.coarse.extended(&self.coarse.points);
        let spelled: Vec<_> = self.exact.points.first().copied().into_iter().collect();
        let exact = self.exact.extended(&spelled);
        let mut renewed: Vec<_> = coarse.chain(exact).collect();
        if let Some(owner) = self.alias.owner(see)? {
            renewed.extend(self.alias.unwritten().map(|key| (key, IndexRecord::Subject(owner))));
        }
        Ok(renewed)
    }

    /// Whom the row is about; somebody new if nobody is known and the import may make people known.
    pub(super) fn person(
        &self,
        see: &Loaded,
        import: &Import,
        ids: &RowIds,
    ) -> Result<Result<SubjectId, RowRefusal>, Halt> {
        let holders = locate::holders_of(see, &self.coarse.points)?;
        let [named, behind] = [&self.alias.subjects, &holders];
        let [named_are, behind_are] = [people(see, named)?.subject, people(see, behind)?.subject];
        let several = |of: &[SubjectId]| {
            let subjects = u32::try_from(of.len()).unwrap_or(u32::MAX);
            Ok(Err(RowRefusal::AmbiguousPerson { subjects }))
        };
        Ok(match (named.first(), behind.first()) {
            _ if named_are.identity == Identity::Contested => return several(named),
            (Some(named), None) => Ok(*named),
            (Some(named), Some(_)) if behind.iter().any(|holder| named_are.ids.contains(holder)) => {
                Ok(*named)
            }
            (Some(_), Some(_)) => Err(RowRefusal::TwoPeople),
            _ if behind_are.identity == Identity::Contested => return several(behind),
            (None, Some(holder)) => Ok(*holder),
            (None, None) if import.registrar.is_none() => Err(RowRefusal::UnknownPerson),
            (None, None) => Ok(ids.subject),
        })
    }

    /// Gives the person what the row names and they do not have yet, by the authority of the registrar.
    pub(super) fn link(
        &self,
        see: &Loaded,
        row: &ImportRow,
        person: (SubjectId, &mut View),
        ids: &RowIds,
        decisions: &mut RowDecisions<'_>,
    ) -> Result<Result<Links, RowRefusal>, Halt> {
        let (person, view) = person;
        let mut links = Links::default();
        let mut acts = Vec::new();
        if let Some(address) = &row.address {
            let attachment = match Attachment::new(see, &self.exact, &self.coarse, ids.point()) {
                Ok(attachment) => attachment,
                Err(Halt::Stop(OperationError::OtherSpelling)) => return Ok(Err(RowRefusal::OtherSpelling)),
                Err(halt) => return Err(halt),
            };
            let Attachment { point, index, spelled } = attachment;
            let held = view.point(point).is_some_and(|(_, state)| state.is_held());
            if !held || !self.exact.points.contains(&point) {
                acts.push(Act::Attach { point, kind: address.kind() });
                links.spelled = spelled;
            }
            links.index.extend(index);
            links.point = Some(point);
        }
        let unclaimed = self.alias.consulted.first().filter(|_| self.alias.subjects.is_empty());
        if let Some((alias, _)) = unclaimed.filter(|_| decisions.registers()) {
            acts.push(Act::Claim(*alias));
            links.index.extend(self.alias.unwritten().map(|key| (key, IndexRecord::Subject(person))));
        }
        let linked = acts.into_iter().try_for_each(|act| decisions.link(view, act));
        Ok(linked.map(|()| links))
    }
}
