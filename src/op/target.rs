//! From what a command names to whom it is about, and what to do for them.

use alloc::vec::Vec;

use crate::consent::{Act, Rejection, Report};
use crate::contact::Address;
use crate::id::{Aggregate, ContactPointId, IndexKey, SubjectId};
use crate::op::act_points::{at_points, points_named, restricts_a_scope};
use crate::op::attachment::Attachment;
use crate::op::decide::{Decide, Task};
use crate::op::load::Whom;
use crate::op::people::people;
use crate::op::{Alias, Halt, Loaded, OperationError, Who, locate};
use crate::subject::Identity;
use crate::wire::IndexRecord;

/// Whom the command turned out to be about.
#[derive(Clone)]
pub(super) struct Target {
    /// Nobody if it was by an address; several if it was by an alias that several persons claim.
    pub(super) subjects: Vec<SubjectId>,
    /// Records that are read beside them.
    pub(super) beside: Vec<SubjectId>,
    pub(super) points: Vec<ContactPointId>,
    /// Index keys to write, and where they are to lead.
    pub(super) index: Vec<(IndexKey, IndexRecord)>,
    pub(super) spelled: Vec<IndexKey>,
    /// The contact point that an address led to.
    pub(super) index_point: Option<ContactPointId>,
    pub(super) acts: Vec<Act>,
    /// The parts of the command that are not even tried.
    pub(super) refused: Vec<Report>,
}

impl Target {
    /// The same without what may permit; the error if nothing is left.
    pub(super) fn restricting<E>(mut self, rejection: Rejection, error: E) -> Result<Self, E> {
        let parts = self.acts.iter().map(|act| act.restricting_part(rejection));
        let (acts, refused): (Vec<_>, Vec<_>) =
            parts.collect::<Option<Vec<_>>>().ok_or(error)?.into_iter().unzip();
        self.acts = acts;
        self.refused.extend(refused.into_iter().flatten());
        Ok(self)
    }

    /// Whose command it is, if that is known.
    pub(super) fn subject(&self) -> Option<SubjectId> {
        self.subjects.first().copied()
    }

    /// Whom to decide it for, one after the other.
    pub(super) fn each(&self) -> impl Iterator<Item = Whom<'_>> {
        let nobody = self.subjects.is_empty().then_some(&[] as &[_]);
        let each = self.subjects.chunks(1).chain(nobody);
        each.map(|named| Whom { named, beside: &self.beside, points: &self.points })
    }
}

impl Decide {
    /// Whose command it is: by address that of the contact point, whoever has it by now.
    pub(super) fn owner(&self, see: &Loaded) -> Result<Aggregate, Halt> {
        match &self.who {
            Who::Subject(id) => Ok(Aggregate::Subject(*id)),
            Who::Alias(alias) => {
                let found = locate::alias(&self.settings, see, alias)?.subjects;
                let first = found.first().copied();
                Ok(Aggregate::Subject(first.ok_or(OperationError::UnknownSubject)?))
            }
            Who::Address(address) => {
                let found = locate::coarse(&self.settings, see, address)?.points.first().copied();
                Ok(Aggregate::Point(found.unwrap_or_else(|| self.new_point())))
            }
        }
    }

    /// Looks up what the command names.
    pub(super) fn target(&self, see: &Loaded) -> Result<Target, Halt> {
        let mut target = match &self.who {
            Who::Subject(id) => self.plain(Vec::from([*id])),
            Who::Alias(alias) => self.of_claimants(see, alias)?,
            Who::Address(address) => return self.at_address(see, address),
        };
        let subject = target.subject().ok_or(OperationError::UnknownSubject)?;
        match &self.task {
            Task::AsItIs | Task::Request(_) | Task::Confirm { .. } => {}
            Task::Attach(address) => {
                let point = self.attaching(see, address, &mut target)?;
                target.acts = Vec::from([Act::Attach { point, kind: address.kind() }]);
            }
            Task::Replace { old, new } => self.replacing(see, old, new, &mut target)?,
            Task::Reassign { address, from, to } => {
                let point = self.known_point(see, address)?;
                target.acts = Vec::from([Act::Reassign { point, from: *from, to: *to }]);
                target.points.push(point);
            }
            Task::Claim(alias) => self.claiming(see, alias, subject, &mut target)?,
            Task::ResolveContest(alias) => self.settling(see, alias, subject, &mut target)?,
        }
        Ok(target)
    }

    /// Who is meant by an alias: one person, or for what restricts everybody who claims it.
    fn of_claimants(&self, see: &Loaded, alias: &Alias) -> Result<Target, Halt> {
        let found = locate::alias(&self.settings, see, alias)?;
        if let Some(owner) = found.owner(see)? {
            let mut target = self.plain(Vec::from([owner]));
            target.index.extend(found.unwritten().map(|key| (key, IndexRecord::Subject(owner))));
            return Ok(target);
        }
        match &self.command.act {
            Act::Choose(choices) => {
                self.of_form(see, choices.subject, &found.subjects, OperationError::AliasContested)
            }
            act if act.restricts() => Ok(self.plain(found.subjects)),
            _ => Err(OperationError::AliasContested.into()),
        }
    }

    /// Of several people one of whom sent a form back, the one it was made for; only what restricts is taken.
    fn of_form(
        &self,
        see: &Loaded,
        made_for: SubjectId,
        several: &[SubjectId],
        error: OperationError,
    ) -> Result<Target, Halt> {
        for id in several {
            if people(see, &[*id])?.subject.ids.contains(&made_for) {
                let target = self.plain(Vec::from([*id]));
                let whole = self.command.act.restricts();
                return if whole {
                    Ok(target)
                } else {
                    target.restricting(Rejection::UnusableView, error.into())
                };
            }
        }
        Err(Rejection::ForeignForm.into())
    }

    fn claiming(
        &self,
        see: &Loaded,
        alias: &Alias,
        subject: SubjectId,
        target: &mut Target,
    ) -> Result<(), Halt> {
        let found = locate::alias(&self.settings, see, alias)?;
        let person = people(see, &[subject])?.subject.ids;
        if found.subjects.iter().any(|owner| !person.contains(owner)) {
            return Err(OperationError::AliasConflict.into());
        }
        let owner = found.subjects.first().copied().unwrap_or(subject);
        let first = found.consulted.first().map(|(key, _)| *key);
        let claim = Act::Claim(first.ok_or(OperationError::SecretsMissing)?);
        // Another record of the same person has it: there is nothing to claim.
        target.acts = Some(claim).filter(|_| owner == subject).into_iter().collect();
        target.index.extend(found.unwritten().map(|key| (key, IndexRecord::Subject(owner))));
        Ok(())
    }

    fn settling(
        &self,
        see: &Loaded,
        alias: &Alias,
        owner: SubjectId,
        target: &mut Target,
    ) -> Result<(), Halt> {
        let found = locate::alias(&self.settings, see, alias)?;
        if people(see, &found.subjects)?.subject.identity != Identity::Contested {
            return Err(Rejection::NothingToClear.into());
        }
        if !found.subjects.contains(&owner) {
            return Err(Rejection::NotClaimed.into());
        }
        target.beside = found.subjects.iter().copied().filter(|id| *id != owner).collect();
        target.acts = Vec::from([Act::ResolveContest {
            aliases: found.consulted.iter().map(|(key, _)| *key).collect(),
            owner,
        }]);
        target.index.extend(found.consulted.iter().map(|(key, _)| (*key, IndexRecord::Subject(owner))));
        Ok(())
    }

    /// The contact point of an address as it is written.
    fn known_point(&self, see: &Loaded, address: &Address) -> Result<ContactPointId, Halt> {
        let found = locate::exact(&self.settings, see, address)?.points.first().copied();
        Ok(found.ok_or(Rejection::UnknownContactPoint)?)
    }

    fn replacing(&self, see: &Loaded, old: &Address, new: &Address, target: &mut Target) -> Result<(), Halt> {
        let before = self.known_point(see, old)?;
        // The new address goes to the record that has the old one, so that it is still there after an unmerge.
        let ids = people(see, &target.subjects)?.subject.ids;
        let holders = locate::holders_of(see, &[before])?;
        let record = ids.into_iter().find(|id| holders.contains(id));
        target.subjects = record.or(target.subject()).into_iter().collect();
        let point = self.attaching(see, new, target)?;
        target.points.push(before);
        let attach = Act::Attach { point, kind: new.kind() };
        target.acts = Vec::from([attach, Act::Replace { old: before, new: point }]);
        Ok(())
    }

    fn plain(&self, subjects: Vec<SubjectId>) -> Target {
        let act = &self.command.act;
        let points = match self.task {
            Task::AsItIs | Task::Request(_) | Task::Confirm { .. } => points_named(act),
            Task::Attach(_)
            | Task::Replace { .. }
            | Task::Reassign { .. }
            | Task::Claim(_)
            | Task::ResolveContest(_) => Vec::new(),
        };
        let beside = match act {
            Act::Merge(with) | Act::Unmerge(with) => Vec::from([*with]),
            // Every record of whoever loses an address loses it.
            Act::Reassign { from, .. } => Vec::from([*from]),
            _ => Vec::new(),
        };
        let (index, spelled, acts) = (Vec::new(), Vec::new(), Vec::from([act.clone()]));
        let refused = Vec::new();
        Target { subjects, beside, points, index, spelled, index_point: None, acts, refused }
    }

    /// A contact point that is made by this command.
    const fn new_point(&self) -> ContactPointId {
        ContactPointId::new(self.stamp.command.uuid())
    }

    fn at_address(&self, see: &Loaded, address: &Address) -> Result<Target, Halt> {
        let found = locate::coarse(&self.settings, see, address)?;
        if !restricts_a_scope(&self.command.act) {
            return match (locate::holder(see, &found.points), &self.command.act) {
                (Err(Halt::Stop(error @ OperationError::AmbiguousSubject { .. })), Act::Choose(choices)) => {
                    let holders = locate::holders_of(see, &found.points)?;
                    self.of_form(see, choices.subject, &holders, error)
                }
                (holder, _) => Ok(self.plain(Vec::from([holder?.ok_or(OperationError::UnknownSubject)?]))),
            };
        }
        let mut points = found.points.clone();
        if points.is_empty() {
            // The point that this command makes must not be one that another made under the same id.
            if see.aggregate(Aggregate::Point(self.new_point()))?.is_some() {
                return Err(OperationError::CommandIdReused.into());
            }
            points.push(self.new_point());
        }
        let first = points.first().copied().unwrap_or_else(|| self.new_point());
        let acts = at_points(&self.command.act, &points);
        let index = found.extended(&points).collect();
        points.extend(points_named(&self.command.act));
        let (subjects, beside, spelled, refused) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Ok(Target { subjects, beside, points, index, spelled, index_point: Some(first), acts, refused })
    }

    /// The contact point that an address gets, and what leads to it.
    fn attaching(
        &self,
        see: &Loaded,
        address: &Address,
        target: &mut Target,
    ) -> Result<ContactPointId, Halt> {
        let exact = locate::exact(&self.settings, see, address)?;
        let coarse = locate::coarse(&self.settings, see, address)?;
        let Attachment { point, index, spelled } = Attachment::new(see, &exact, &coarse, self.new_point())?;
        target.points.push(point);
        target.index_point = Some(point);
        target.index.extend(index);
        target.spelled = spelled;
        Ok(point)
    }
}
