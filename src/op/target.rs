//! From what a command names to whom it is about, and what to do for them.

use alloc::vec::Vec;

use crate::consent::Act;
use crate::contact::Address;
use crate::fact::Scope;
use crate::id::{Aggregate, ContactPointId, IndexKey, LogId, SubjectId};
use crate::op::decide::{Decide, Task};
use crate::op::locate::Lookup;
use crate::op::{Halt, Loaded, OperationError, Who, locate};
use crate::wire::IndexRecord;

/// Whom the command turned out to be about.
pub(super) struct Target {
    pub(super) subject: Option<SubjectId>,
    pub(super) points: Vec<ContactPointId>,
    /// Index keys to write, and where they are to lead.
    pub(super) index: Vec<(IndexKey, IndexRecord)>,
    pub(super) spelled: Vec<IndexKey>,
    /// The contact point that an address led to.
    pub(super) index_point: Option<ContactPointId>,
    pub(super) acts: Vec<Act>,
}

impl Decide {
    /// Whose command it is: by address that of the contact point, whoever has it by now.
    pub(super) fn owner(&self, see: &Loaded) -> Result<Aggregate, Halt> {
        match &self.who {
            Who::Subject(id) => Ok(Aggregate::Subject(*id)),
            Who::Alias(alias) => {
                let subject = locate::alias(&self.settings, see, alias)?.subject;
                Ok(Aggregate::Subject(subject.ok_or(OperationError::UnknownSubject)?))
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
            Who::Subject(id) => self.plain(Some(*id)),
            Who::Alias(alias) => self.plain(locate::alias(&self.settings, see, alias)?.subject),
            Who::Address(address) => return self.at_address(see, address),
        };
        let subject = target.subject.ok_or(OperationError::UnknownSubject)?;
        match &self.task {
            Task::AsItIs => {}
            Task::Attach(address) => self.attaching(see, address, &mut target)?,
            Task::Claim(alias) => {
                let found = locate::alias(&self.settings, see, alias)?;
                if found.subject.is_some_and(|owner| owner != subject) {
                    return Err(OperationError::AliasConflict.into());
                }
                let first = found.consulted.first().map(|(key, _)| *key);
                target.acts = Vec::from([Act::Claim(first.ok_or(OperationError::SecretsMissing)?)]);
                target.index.extend(found.unwritten().map(|key| (key, IndexRecord::Subject(subject))));
            }
        }
        Ok(target)
    }

    fn plain(&self, subject: Option<SubjectId>) -> Target {
        let acts = Vec::from([self.command.act.clone()]);
        let points = match self.task {
            Task::AsItIs | Task::Claim(_) => points_named(&self.command.act),
            Task::Attach(_) => Vec::new(),
        };
        Target { subject, points, index: Vec::new(), spelled: Vec::new(), index_point: None, acts }
    }

    /// A contact point that is made by this command.
    const fn new_point(&self) -> ContactPointId {
        ContactPointId::new(self.stamp.command.uuid())
    }

    fn at_address(&self, see: &Loaded, address: &Address) -> Result<Target, Halt> {
        let found = locate::coarse(&self.settings, see, address)?;
        if !restricts_a_scope(&self.command.act) {
            let holder = locate::holder(see, &found.points)?.ok_or(OperationError::UnknownSubject)?;
            return Ok(self.plain(Some(holder)));
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
        Ok(Target { subject: None, points, index, spelled: Vec::new(), index_point: Some(first), acts })
    }

    fn attaching(&self, see: &Loaded, address: &Address, target: &mut Target) -> Result<(), Halt> {
        let exact = locate::exact(&self.settings, see, address)?;
        let coarse = locate::coarse(&self.settings, see, address)?;
        let Attachment { point, index, spelled } = Attachment::new(see, &exact, &coarse, self.new_point())?;
        target.acts = Vec::from([Act::Attach { point, kind: address.kind() }]);
        target.points.push(point);
        target.index_point = Some(point);
        target.index.extend(index);
        target.spelled = spelled;
        Ok(())
    }
}

/// Where an address is attached, and what makes it found there.
pub(super) struct Attachment {
    pub(super) point: ContactPointId,
    pub(super) index: Vec<(IndexKey, IndexRecord)>,
    pub(super) spelled: Vec<IndexKey>,
}

impl Attachment {
    /// Of an address that was looked up in both forms; `new` is the contact point it gets if it has none.
    pub(super) fn new(
        see: &Loaded,
        exact: &Lookup,
        coarse: &Lookup,
        new: ContactPointId,
    ) -> Result<Self, Halt> {
        let known = exact.points.first().or_else(|| coarse.points.first()).copied();
        let point = known.unwrap_or(new);
        let record = see.aggregate(Aggregate::Point(point))?;
        let spelled = record.is_some_and(|record| !record.spelled.is_empty());
        match known {
            None if record.is_some() => return Err(OperationError::CommandIdReused.into()),
            Some(_) if spelled && !exact.points.contains(&point) => {
                return Err(OperationError::OtherSpelling.into());
            }
            Some(_) | None => {}
        }
        let alike: Vec<_> = coarse.points.iter().copied().chain([point]).collect();
        let index = exact.extended(&[point]).chain(coarse.extended(&alike)).collect();
        Ok(Self { point, index, spelled: exact.consulted.iter().map(|(key, _)| *key).collect() })
    }
}

/// Whether an act sets restrictions whose scope can name a contact point.
const fn restricts_a_scope(act: &Act) -> bool {
    matches!(act, Act::OptOut(_) | Act::Object(_) | Act::Restrict { .. })
}

/// The same restriction at each of some contact points, where it names none itself.
fn at_points(act: &Act, points: &[ContactPointId]) -> Vec<Act> {
    let at_each =
        |scope: Scope| points.iter().map(move |point| Scope { point: scope.point.or(Some(*point)), ..scope });
    match act {
        Act::OptOut(scopes) => Vec::from([Act::OptOut(scopes.iter().copied().flat_map(at_each).collect())]),
        Act::Object(scopes) => Vec::from([Act::Object(scopes.iter().copied().flat_map(at_each).collect())]),
        Act::Restrict { reason, scope, until } => {
            let (reason, until) = (*reason, *until);
            at_each(*scope).map(|scope| Act::Restrict { reason, scope, until }).collect()
        }
        other => Vec::from([other.clone()]),
    }
}

/// The contact points that an act names: their logs are read, whoever has them.
fn points_named(act: &Act) -> Vec<ContactPointId> {
    let of_log = |log: LogId| match log.aggregate {
        Aggregate::Point(point) => Some(point),
        Aggregate::Subject(_) => None,
    };
    match act {
        Act::OptOut(scopes) | Act::Object(scopes) => scopes.iter().filter_map(|scope| scope.point).collect(),
        Act::Restrict { scope, .. } | Act::Revoke(scope) | Act::Lapse { scope, .. } | Act::Resume(scope) => {
            scope.point.into_iter().collect()
        }
        Act::Clear(named) => of_log(named.log).into_iter().collect(),
        Act::Release { log, .. } => of_log(*log).into_iter().collect(),
        Act::Attach { point, .. } | Act::Verify(point) | Act::Reassign { point, .. } => Vec::from([*point]),
        Act::Replace { old, new } => Vec::from([*old, *new]),
        Act::Request(_)
        | Act::Confirm(_)
        | Act::Grant { .. }
        | Act::Renew { .. }
        | Act::RecordBasis { .. }
        | Act::Hold(_)
        | Act::NoticeSeen { .. }
        | Act::Preference { .. }
        | Act::Relationship(_)
        | Act::Claim(_)
        | Act::Erase => Vec::new(),
    }
}
