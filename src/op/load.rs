use alloc::vec::Vec;

use crate::contact::Address;
use crate::fact::SubjectKind;
use crate::id::{Aggregate, ContactPointId, SubjectId};
use crate::op::locate::Lookup;
use crate::op::{Halt, Loaded, Operation, OperationError, Plan, Settings, Who, locate};
use crate::subject::{Identity, Subject};
use crate::view::{Projection, View};
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

    /// With what the host knows of the person: a child, or somebody who died. The store does not keep it.
    #[must_use]
    pub const fn known_as(mut self, kind: SubjectKind) -> Self {
        self.kind = kind;
        self
    }

    /// With the contact points that the host knows to be role addresses, such as `info@`. The store does not keep it.
    #[must_use]
    pub fn with_role_addresses(mut self, points: impl IntoIterator<Item = ContactPointId>) -> Self {
        self.role_addresses = points.into_iter().collect();
        self
    }

    fn person(&self, see: &Loaded) -> Result<Lookup, Halt> {
        match &self.who {
            Who::Subject(id) => Ok(Lookup { subject: Some(*id), ..Lookup::default() }),
            Who::Alias(alias) => locate::alias(&self.settings, see, alias),
            Who::Address(address) => {
                let found = locate::coarse(&self.settings, see, address)?;
                Ok(Lookup { subject: locate::holder(see, &found.points)?, ..found })
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
        let Lookup { subject, mut consulted, .. } = self.person(see)?;
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
        let view = view(&self.settings, see, subject, &more, known)?.having_consulted(consulted);
        is_answerable(&self.settings, see, subject)?;
        Ok(Plan::done(Person { view, point }))
    }
}

/// The view of a person: their logs, those of every contact point they ever had, and those of `more` points.
pub(super) fn view(
    settings: &Settings,
    see: &Loaded,
    subject: Option<SubjectId>,
    more: &[ContactPointId],
    known: Subject,
) -> Result<View, Halt> {
    let mut aggregates: Vec<_> = more.iter().map(|point| Aggregate::Point(*point)).collect();
    if let Some(id) = subject {
        aggregates.push(Aggregate::Subject(id));
        see.want(aggregates.iter().map(|aggregate| see.aggregate_key(*aggregate)))?;
        let record = see.aggregate(Aggregate::Subject(id))?;
        let own = record.into_iter().flat_map(|record| &record.points);
        aggregates.extend(own.map(|point| Aggregate::Point(*point)));
    }
    see.want(aggregates.iter().map(|aggregate| see.aggregate_key(*aggregate)))?;
    let mut projection = Projection::default();
    for aggregate in aggregates {
        if let Some(record) = see.aggregate(aggregate)? {
            projection.join(&record.logs);
        }
    }
    let subject = match subject {
        Some(id) => Subject { ids: Vec::from([id]), ..known },
        None => Subject { identity: Identity::Unresolved, ..known },
    };
    Ok(View::new(&settings.policy, subject, projection)?)
}

/// Whether what was read of a person may permit: no newer policy decided there, and no record that another names is missing.
pub(super) fn is_answerable(
    settings: &Settings,
    see: &Loaded,
    subject: Option<SubjectId>,
) -> Result<(), Halt> {
    let (stored, own) = (see.newest_policy(), settings.policy.version());
    if stored > own {
        return Err(OperationError::PolicyDowngrade { stored, own }.into());
    }
    let Some(id) = subject else { return Ok(()) };
    for point in see.aggregate(Aggregate::Subject(id))?.into_iter().flat_map(|record| &record.points) {
        let point = Aggregate::Point(*point);
        if see.aggregate(point)?.is_none() {
            return Err(Halt::corrupt(see.aggregate_key(point), Corruption::Lost));
        }
    }
    Ok(())
}
