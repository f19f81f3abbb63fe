use alloc::collections::{BTreeMap, BTreeSet};

use consent_engine::interop::{Directory, ForeignId, Record};
use consent_engine::{ContactPointId, Pii, PointKind, SubjectId, SystemId};

use crate::fault::Fault;

/// Who is behind an alias or an address: what a host's identity store answers.
#[derive(Debug, Default)]
pub(crate) struct Index {
    aliases: BTreeMap<(SystemId, Pii<String>), SubjectId>,
    addresses: BTreeMap<Pii<String>, ContactPointId>,
    kinds: BTreeMap<ContactPointId, PointKind>,
    records: Vec<(SystemId, Record)>,
    holders: BTreeMap<ContactPointId, BTreeSet<SubjectId>>,
    /// Points that the engine finds by their address.
    found: BTreeSet<ContactPointId>,
}

impl Index {
    pub(crate) fn claim(
        &mut self,
        system: SystemId,
        value: &Pii<String>,
        who: SubjectId,
    ) -> Result<(), Fault> {
        match self.aliases.insert((system, value.clone()), who) {
            Some(before) if before != who => {
                Err(Fault::field("aliases", "another person has one of them: an alias is of one person"))
            }
            _ => Ok(()),
        }
    }

    /// Takes in a record of another system.
    pub(crate) fn record(&mut self, system: SystemId, record: Record) {
        self.records.push((system, record));
    }

    /// Links a record without an Individual to one.
    pub(crate) fn link(&mut self, system: SystemId, record: &ForeignId, individual: &ForeignId) {
        let own = self.records.iter_mut().filter(|(of, own)| *of == system && own.id.matches(record));
        for (_, own) in own {
            own.individual.get_or_insert_with(|| individual.clone());
        }
    }

    /// What a mapping may know of the people of a system.
    pub(crate) fn directory(&self, system: SystemId) -> Directory {
        let mut directory = Directory::new();
        for (_, record) in self.records.iter().filter(|(of, _)| *of == system) {
            directory = directory.with_record(record.clone());
        }
        for ((_, value), subject) in self.aliases.iter().filter(|((of, _), _)| *of == system) {
            if let Ok(individual) = ForeignId::new(value.expose()) {
                directory = directory.with_subject(individual, *subject);
            }
        }
        for (address, point) in &self.addresses {
            if let Ok(address) = ForeignId::new(address.expose()) {
                directory = directory.with_point(address, *point);
            }
        }
        directory
    }

    /// Takes in a contact point: one kind and one address for ever.
    pub(crate) fn know(
        &mut self,
        point: ContactPointId,
        kind: PointKind,
        address: Option<&Pii<String>>,
    ) -> Result<(), Fault> {
        if *self.kinds.entry(point).or_insert(kind) != kind {
            return Err(Fault::field(
                "kind",
                "the contact point had another before: keep that, or choose another `point`",
            ));
        }
        if let Some(address) = address {
            let key = Pii::new(normal(address.expose()));
            if *self.addresses.entry(key).or_insert(point) != point {
                return Err(Fault::field(
                    "address",
                    "it belongs to a contact point of another name: use that as `point`",
                ));
            }
        }
        Ok(())
    }

    pub(crate) fn knows(&self, point: ContactPointId) -> bool {
        self.kinds.contains_key(&point)
    }

    pub(crate) fn point_at(&self, address: &str) -> Option<ContactPointId> {
        self.addresses.get(&Pii::new(normal(address))).copied()
    }

    /// Notes that the engine finds a contact point by its address.
    pub(crate) fn find(&mut self, point: ContactPointId) {
        self.found.insert(point);
    }

    /// Whether the engine finds a contact point by its address.
    pub(crate) fn is_found(&self, point: ContactPointId) -> bool {
        self.found.contains(&point)
    }

    /// Notes that somebody has a contact point, or had it.
    pub(crate) fn hold(&mut self, point: ContactPointId, by: SubjectId) {
        self.holders.entry(point).or_default().insert(by);
    }

    /// Who has a contact point, or had it.
    pub(crate) fn holders(&self, point: ContactPointId) -> impl Iterator<Item = SubjectId> {
        self.holders.get(&point).into_iter().flatten().copied()
    }
}

/// One spelling of an address. A real host uses the normal forms of the library's `contact` module.
fn normal(address: &str) -> String {
    address.trim().to_lowercase()
}
