use crate::evidence::Actor;
use crate::id::{ImportId, SystemId};
use crate::policy::RegimeSet;
use crate::time::Timestamp;

/// One import: of which system's rows, as of when, and by whose authority people are made known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Import {
    pub(super) id: ImportId,
    pub(super) system: SystemId,
    pub(super) as_of: Timestamp,
    pub(super) registrar: Option<Actor>,
    pub(super) regimes: RegimeSet,
}

impl Import {
    /// An import of rows that `system` exported at `as_of`.
    ///
    /// A restriction without a date of its own counts from `as_of`: the system still held it then.
    #[must_use]
    pub const fn new(id: ImportId, system: SystemId, as_of: Timestamp) -> Self {
        Self { id, system, as_of, registrar: None, regimes: RegimeSet::OPT_IN }
    }

    /// Lets the import make people known: give addresses and aliases to whom its rows name.
    ///
    /// The actor needs [`Power::Identity`](crate::Power::Identity). Without, a row that grants for somebody unknown is rejected; what it
    /// restricts is taken all the same, at the address.
    #[must_use]
    pub const fn registering_as(mut self, registrar: Actor) -> Self {
        self.registrar = Some(registrar);
        self
    }

    /// With the regimes under which a dry run asks who becomes contactable; [`RegimeSet::OPT_IN`] by default.
    #[must_use]
    pub const fn under(mut self, regimes: RegimeSet) -> Self {
        self.regimes = regimes;
        self
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> ImportId {
        self.id
    }
}
