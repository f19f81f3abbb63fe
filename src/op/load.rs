use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::contact::Address;
use crate::fact::{Fact, SubjectKind};
use crate::id::{Aggregate, ContactPointId, SubjectId};
use crate::op::locate::Lookup;
use crate::op::people::people;
use crate::op::{Halt, Loaded, Operation, OperationError, Plan, Settings, Who, locate};
use crate::policy::Policy;
use crate::subject::Subject;
use crate::view::View;
use crate::wire::Corruption;

/// Loads a person, ready to be asked.
///
/// It takes two rounds of reading: the subject, and their contact points; one more by alias, up to three more by address.
#[derive(Clone, Debug)]
pub struct Load {
    settings: Settings,
    who: Who,
    address: Option<Address>,
    point: Option<ContactPointId>,
    kind: SubjectKind,
    role_addresses: Vec<ContactPointId>,
}

/// A person as a store holds them.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "plain output")]
pub struct Person {
    /// The view to ask.
    pub view: View,
    /// The contact point of the address asked about, if it is known in this spelling, and nothing was recorded against another
    /// spelling of it that has a contact point of its own (from before the rules of coarse forms were changed).
    pub point: Option<ContactPointId>,
}

impl Load {
    /// Of this person.
    #[must_use]
    pub const fn new(settings: Settings, who: Who) -> Self {
        Self {
            settings,
            who,
            address: None,
            point: None,
            kind: SubjectKind::Person,
            role_addresses: Vec::new(),
        }
    }

    /// Looking up an address too.
    #[must_use]
    pub fn at(mut self, address: Address) -> Self {
        self.address = Some(address);
        self
    }

    /// Reading what is known of a contact point too, whoever has it, so that a question about it is answered in full.
    #[must_use]
    pub const fn with_point(mut self, point: Option<ContactPointId>) -> Self {
        self.point = point;
        self
    }

    /// With what the host knows of the person beside what was recorded with [`Act::Describe`](crate::Act::Describe): the more
    /// restrictive counts.
    #[must_use]
    pub const fn known_as(mut self, kind: SubjectKind) -> Self {
        self.kind = kind;
        self
    }

    /// With the contact points that the host knows to be role addresses, such as `info@`, beside what was recorded with
    /// [`Act::Describe`](crate::Act::Describe).
    #[must_use]
    pub fn with_role_addresses(mut self, points: impl IntoIterator<Item = ContactPointId>) -> Self {
        self.role_addresses = points.into_iter().collect();
        self
    }

    fn person(&self, see: &Loaded) -> Result<Lookup, Halt> {
        match &self.who {
            Who::Subject(id) => Ok(Lookup { subjects: Vec::from([*id]), ..Lookup::default() }),
            Who::Alias(alias) => locate::alias(&self.settings, see, alias),
            Who::Address(address) => {
                let found = locate::coarse(&self.settings, see, address)?;
                let holder = locate::holder(see, &found.points)?;
                Ok(Lookup { subjects: holder.into_iter().collect(), ..found })
            }
        }
    }
}

impl Operation for Load {
    type Outcome = Person;

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn plan(&self, see: &Loaded) -> Result<Plan<Person>, Halt> {
        let Lookup { subjects, mut consulted, .. } = self.person(see)?;
        let mut point = None;
        if let Some(address) = &self.address {
            let found = locate::exact(&self.settings, see, address)?;
            let alike = locate::coarse(&self.settings, see, address)?;
            let own = found.points.first().copied();
            let others = alike.points.iter().filter(|other| Some(**other) != own);
            let restricted = locate::restrict_any(see, others.copied())?;
            point = own.filter(|_| !restricted);
            consulted.extend(found.consulted);
            consulted.extend(alike.consulted);
        }
        let more: Vec<_> = point.into_iter().chain(self.point).collect();
        let known =
            Subject { kind: self.kind, role_addresses: self.role_addresses.clone(), ..Subject::default() };
        let whom = Whom { named: &subjects, points: &more, ..Whom::default() };
        let gathered = gather(&self.settings, see, whom, known)?;
        gathered.is_answerable(&self.settings, see)?;
        Ok(Plan::done(Person { view: gathered.view.having_consulted(consulted), point }))
    }
}

/// A person as they were read.
pub(super) struct Gathered {
    pub(super) view: View,
    /// Every record that was read.
    kin: Vec<SubjectId>,
    /// The contact points that a record names.
    points: BTreeSet<ContactPointId>,
}

/// Whom to read.
#[derive(Clone, Copy, Default)]
pub(super) struct Whom<'a> {
    /// The records of the person; of several persons if it is not known which.
    pub(super) named: &'a [SubjectId],
    /// Other records that are read beside them.
    pub(super) beside: &'a [SubjectId],
    /// Contact points that are read whoever has them.
    pub(super) points: &'a [ContactPointId],
}

/// Reads a person: their logs, those of everybody who was ever merged with them, and those of every contact point they ever had.
pub(super) fn gather(
    settings: &Settings,
    see: &Loaded,
    whom: Whom<'_>,
    known: Subject,
) -> Result<Gathered, Halt> {
    let at = |point: &ContactPointId| see.aggregate_key(Aggregate::Point(*point));
    let subjects = whom.named.iter().chain(whom.beside);
    let subjects = subjects.map(|id| see.aggregate_key(Aggregate::Subject(*id)));
    see.want(subjects.chain(whom.points.iter().map(at)))?;
    let people = people(see, whom.named)?;
    let points = people.points(see)?;
    see.want(points.iter().map(at))?;
    let mut projection = people.logs;
    for point in points.iter().chain(whom.points) {
        if let Some(record) = see.aggregate(Aggregate::Point(*point))? {
            projection.join(&record.logs);
        }
    }
    let mut kin = people.kin;
    for id in whom.beside {
        let other = super::people::people(see, &[*id])?;
        projection.join(&other.logs);
        kin.extend(other.kin);
    }
    let Subject { ids, identity, .. } = people.subject;
    let view = View::new(&settings.policy, Subject { ids, identity, ..known }, projection)?;
    Ok(Gathered { view, kin, points })
}

impl Gathered {
    /// Takes in what was decided for others before, where it stands at a contact point that was read for this person too.
    pub(super) fn take(&mut self, policy: &Policy, whom: Whom<'_>, facts: &[Fact]) {
        let read = |fact: &&Fact| match fact.position.log.aggregate {
            Aggregate::Point(point) => self.points.contains(&point) || whom.points.contains(&point),
            Aggregate::Subject(_) => false,
        };
        // The facts are the next of their logs, and only such are made.
        let _ = self.view.apply(policy, facts.iter().filter(read));
    }

    /// Whether what was read may permit: no newer policy decided there, and no record that another names is missing.
    pub(super) fn is_answerable(&self, settings: &Settings, see: &Loaded) -> Result<(), Halt> {
        let (stored, own) = (see.newest_policy(), settings.policy.version());
        if stored > own {
            return Err(OperationError::PolicyDowngrade { stored, own }.into());
        }
        let merged = self.view.projection().merged_with().find(|id| !self.kin.contains(id));
        let merged = merged.map(Aggregate::Subject);
        let mut lost = merged;
        for point in &self.points {
            let point = Aggregate::Point(*point);
            if see.aggregate(point)?.is_none() {
                lost = lost.or(Some(point));
            }
        }
        match lost {
            Some(lost) => Err(Halt::corrupt(see.aggregate_key(lost), Corruption::Lost)),
            None => Ok(()),
        }
    }
}
