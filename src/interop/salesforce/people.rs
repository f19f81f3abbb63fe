//! Whom a Consent Write is about: the decision table of `createIndividual`.

use alloc::vec::Vec;

use crate::evidence::Note;
use crate::interop::salesforce::{ConsentWrite, Status};
use crate::interop::{Context, Created, ForeignId, Link, Problem, Record, Target};

/// The outcome of the table.
pub(super) struct People {
    /// One for each subject, or one address.
    pub(super) targets: Vec<Target>,
    /// The subject to create.
    pub(super) created: Option<Created>,
    /// The records that belong to a subject from now on.
    pub(super) links: Vec<Link>,
    /// Records were found, but no Individual, and none may be created.
    pub(super) subject_dropped: bool,
    /// The address that the person is named by, or has.
    pub(super) address: Option<ForeignId>,
}

/// The Individuals behind an identifier, each once, in the order of the records.
pub(super) fn individuals<'a>(id: &'a ForeignId, context: &Context<'a>) -> Vec<&'a ForeignId> {
    let mut found: Vec<&ForeignId> = Vec::new();
    let own = (!id.is_address() && context.directory.subject(id).is_some()).then_some(id);
    for individual in own.into_iter().chain(context.directory.records(id).filter_map(Record::individual)) {
        if !found.iter().any(|known| known.matches(individual)) {
            found.push(individual);
        }
    }
    found
}

/// The subject an Individual is, or the Individual itself.
pub(super) fn target(individual: &ForeignId, context: &Context<'_>) -> Target {
    context.directory.subject(individual).map_or_else(|| Target::Record(individual.clone()), Target::Subject)
}

/// The address in an identifier, or the one that its records list, if they list but one.
pub(super) fn address(id: &ForeignId, context: &Context<'_>) -> Option<ForeignId> {
    if id.is_address() {
        return Some(id.clone());
    }
    let mut listed = context.directory.records(id).filter_map(|record| record.email.as_ref());
    let first = listed.next()?;
    listed.all(|other| other.matches(first)).then(|| first.clone())
}

impl People {
    fn of(targets: Vec<Target>, address: Option<ForeignId>) -> Self {
        Self { targets, created: None, links: Vec::new(), subject_dropped: false, address }
    }

    pub(super) fn find(write: &ConsentWrite, context: &Context<'_>) -> Result<Self, Problem> {
        let id = &write.id;
        let records: Vec<_> = context.directory.records(id).collect();
        let individuals = individuals(id, context);
        let address = address(id, context);
        let targets = individuals.iter().map(|individual| target(individual, context)).collect();
        match (write.create_individual, individuals.len()) {
            (true, 0) if records.is_empty() && !id.is_address() => Err(Problem::SubjectNotFound),
            (true, 0) => Ok(Self::created(write, &records, address)),
            (true, 1) => Ok(Self::linked(targets, &records, address)),
            (true, n) => Err(Problem::AmbiguousSubject { n }),
            (false, 0) if records.is_empty() => Err(Problem::SubjectNotFound),
            (false, 0) => Ok(Self::dropped(id, address)),
            (false, 1) => Ok(Self::of(targets, address)),
            (false, _) if write.status == Status::OptOut => Ok(Self::of(targets, address)),
            (false, n) => Err(Problem::AmbiguousSubject { n }),
        }
    }

    /// One Individual for all records, named as the call says or after the local part.
    fn created(write: &ConsentWrite, records: &[&Record], address: Option<ForeignId>) -> Self {
        let given = write.individual_name.clone();
        let name = given.unwrap_or_else(|| {
            let local = address.as_ref().and_then(ForeignId::local_part).unwrap_or_default();
            let end = local.char_indices().nth(ConsentWrite::MAX_INDIVIDUAL_NAME).map(|(end, _)| end);
            Note::lossy(end.and_then(|end| local.get(..end)).unwrap_or(local))
        });
        let links = links(records, &Target::Created);
        let created = Some(Created { name, address: address.clone() });
        let targets = alloc::vec![Target::Created];
        Self { targets, created, links, subject_dropped: false, address }
    }

    fn linked(targets: Vec<Target>, records: &[&Record], address: Option<ForeignId>) -> Self {
        let links = targets.first().map(|target| links(records, target)).unwrap_or_default();
        Self { links, ..Self::of(targets, address) }
    }

    /// Only the records' flags: nobody to hold a consent, but an address that can be restricted.
    fn dropped(id: &ForeignId, address: Option<ForeignId>) -> Self {
        let target = address.clone().map_or_else(|| Target::Record(id.clone()), Target::Address);
        Self { subject_dropped: true, ..Self::of(alloc::vec![target], address) }
    }
}

/// The records without an Individual, linked to a target.
fn links(records: &[&Record], target: &Target) -> Vec<Link> {
    let unlinked = records.iter().filter(|record| record.individual().is_none());
    unlinked.map(|record| Link { record: record.id.clone(), target: target.clone() }).collect()
}
