use alloc::collections::BTreeSet;

use consent_engine::{Aggregate, Fact, Policy, Projection, Subject, SubjectId, SubjectKind, View};

use crate::fault::Fault;

/// A person of the scenario, with the view that answers for them.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) view: View,
    /// Whose logs the view is made of.
    pub(crate) reads: BTreeSet<Aggregate>,
}

impl Person {
    pub(crate) fn new(policy: &Policy, id: SubjectId, kind: SubjectKind) -> Result<Self, Fault> {
        let subject = Subject { kind, ..Subject::new(id) };
        let view = View::new(policy, subject, Projection::default())
            .map_err(|error| Fault::input(error.to_string()))?;
        Ok(Self { view, reads: BTreeSet::from([Aggregate::Subject(id)]) })
    }

    /// Takes in the facts that this view reads.
    pub(crate) fn apply<'a>(
        &mut self,
        policy: &Policy,
        facts: impl IntoIterator<Item = &'a Fact>,
    ) -> Result<(), Fault> {
        let read = facts.into_iter().filter(|fact| self.reads.contains(&fact.position.log.aggregate));
        let read: Vec<_> = read.collect();
        self.view.apply(policy, read).map(|_| ()).map_err(|error| Fault::input(error.to_string()))
    }

    /// The same view of a person of whom more is known.
    pub(crate) fn know(&mut self, policy: &Policy, change: impl FnOnce(&mut Subject)) -> Result<(), Fault> {
        let mut subject = self.view.subject().clone();
        change(&mut subject);
        self.view = View::new(policy, subject, self.view.projection().clone())
            .map_err(|error| Fault::input(error.to_string()))?;
        Ok(())
    }
}
