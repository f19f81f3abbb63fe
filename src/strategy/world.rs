use alloc::vec::Vec;

use proptest::prelude::*;

use super::catalogue::default_catalogue;
use super::policy::policies;
use crate::channel::{Channel, PointKind};
use crate::fact::Cell;
use crate::id::{Aggregate, ContactPointId, LogId, SubjectId, SystemId, WriterId};
use crate::policy::Policy;
use crate::purpose::{Purpose, PurposeClass, PurposeId};

/// The little there is to draw from: a policy, a few people, addresses, writers and systems.
///
/// The fields may be changed; strategies take what they find at the time they are made.
///
/// ```
/// use consent_engine::strategy::World;
/// use consent_engine::{Catalogue, Policy};
/// let mine = World::of(Policy::new(1, Catalogue::new([], [])?));
/// assert_eq!(mine.subjects, World::default().subjects);
/// # Ok::<(), consent_engine::CatalogueError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct World {
    /// The policy. Strategies name the purposes and channels of its catalogue, and rarely others.
    pub policy: Policy,
    /// The people. The first is drawn most often.
    pub subjects: [SubjectId; 3],
    /// The addresses. The first is drawn most often, and anybody may hold any of them.
    pub points: [ContactPointId; 3],
    /// The kinds of the addresses: two of e-mail, so that one can replace the other, and a telephone.
    pub kinds: [PointKind; 3],
    /// The writers, two or three. Never empty.
    pub writers: Vec<WriterId>,
    /// The systems that report. The policies of [`worlds`] trust some of them to lift. Never empty.
    pub systems: Vec<SystemId>,
}

impl World {
    /// A world under a policy of your own, with two writers.
    #[must_use]
    pub fn of(policy: Policy) -> Self {
        Self {
            policy,
            subjects: [1, 2, 3].map(|n| SubjectId::from_u128(0xA0 | n)),
            points: [1, 2, 3].map(|n| ContactPointId::from_u128(0xB0 | n)),
            kinds: [PointKind::Email, PointKind::Email, PointKind::Phone],
            writers: [1, 2].map(|n| WriterId::from_u128(0xC0 | n)).into(),
            systems: systems(),
        }
    }

    /// The subject number `n`, counting round.
    #[must_use]
    pub fn subject(&self, n: usize) -> SubjectId {
        let [first, ..] = self.subjects;
        round(&self.subjects, n).unwrap_or(first)
    }

    /// The writer number `n`, counting round.
    #[must_use]
    pub fn writer(&self, n: usize) -> WriterId {
        round(&self.writers, n).unwrap_or(WriterId::from_u128(0xC1))
    }

    /// The kind of an address of this world; [`None`] for any other.
    #[must_use]
    pub fn kind(&self, point: ContactPointId) -> Option<PointKind> {
        self.points.iter().zip(self.kinds).find(|(own, _)| **own == point).map(|(_, kind)| kind)
    }

    /// The ids of the catalogue's purposes, in its order.
    #[must_use]
    pub fn purposes(&self) -> Vec<PurposeId> {
        self.policy.catalogue().iter().map(|(_, purpose)| purpose.id()).collect()
    }

    /// Every cell that makes sense: a purpose, a channel that it uses, an address that serves it if it needs one.
    #[must_use]
    pub fn cells(&self) -> Vec<Cell> {
        self.policy.catalogue().iter().flat_map(|(_, purpose)| self.cells_of(purpose)).collect()
    }

    /// Every log there can be: of each subject and address, by each writer.
    #[must_use]
    pub fn logs(&self) -> Vec<LogId> {
        let people = self.subjects.map(Aggregate::Subject);
        let points = self.points.map(Aggregate::Point);
        let mut logs = Vec::new();
        for aggregate in people.into_iter().chain(points) {
            logs.extend(self.writers.iter().map(|writer| LogId::new(aggregate, *writer)));
        }
        logs
    }

    /// The cells of one purpose that make sense.
    pub(super) fn cells_of(&self, purpose: &Purpose) -> Vec<Cell> {
        let purpose_id = purpose.id();
        let mut cells = Vec::new();
        if purpose.class() == PurposeClass::Processing {
            cells.push(Cell { purpose: purpose_id, channel: None, point: None });
        }
        for channel in purpose.channels() {
            let cell = Cell { purpose: purpose_id, channel: Some(*channel), point: None };
            if channel.needs_point() {
                cells.extend(self.serving(*channel).map(|point| Cell { point: Some(point), ..cell }));
            } else {
                cells.push(cell);
            }
        }
        cells
    }

    fn serving(&self, channel: Channel) -> impl Iterator<Item = ContactPointId> {
        self.points
            .into_iter()
            .zip(self.kinds)
            .filter(move |(_, kind)| channel.is_served_by(*kind))
            .map(|(point, _)| point)
    }
}

impl Default for World {
    /// Always the same world: the default policy, one system trusted to lift, and a catalogue of three levels with
    /// every class of purpose and every need of evidence.
    fn default() -> Self {
        Self::of(Policy::new(1, default_catalogue()).with_lifting_systems(systems().into_iter().take(1)))
    }
}

/// Worlds whose policy varies ([`policies`]), with two or three writers.
pub fn worlds() -> impl Strategy<Value = World> + Clone {
    (policies(), any::<bool>()).prop_map(|(policy, third)| {
        let mut world = World::of(policy);
        if third {
            world.writers.push(WriterId::from_u128(0xC3));
        }
        world
    })
}

/// The systems of every world.
#[allow(clippy::expect_used, reason = "fixed names")]
pub(super) fn systems() -> Vec<SystemId> {
    ["crm", "mailer", "import"].map(|name| SystemId::new(name).expect("a valid name")).into()
}

fn round<T: Copy>(values: &[T], n: usize) -> Option<T> {
    values.get(n.checked_rem(values.len())?).copied()
}
