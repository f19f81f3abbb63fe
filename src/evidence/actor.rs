use serde::{Deserialize, Serialize};

use crate::id::SystemId;
use crate::time::{Interval, Timestamp};

/// In what role somebody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "a new role changes decisions; callers must see it")]
pub enum Role {
    /// The person.
    Subject,
    /// Somebody with parental responsibility or legal guardianship.
    Guardian,
    /// Somebody the person empowered.
    Delegate,
    /// A member of the controller's staff.
    Operator,
    /// A bulk import.
    Importer,
    /// Another controller.
    Partner,
    /// A machine that reports what it saw.
    System,
    /// Somebody at a public endpoint whom nobody authenticated: a sign-up form, an unsubscribe page. They may ask for a double opt-in
    /// and may restrict; whatever they consent to waits for a confirmation.
    Unauthenticated,
}

/// The four kinds of actor that restrictions are kept apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "the four kinds are fixed by the design")]
pub enum ActorKind {
    /// The person, a delegate, or somebody who says to be the person.
    Subject,
    /// A guardian.
    Guardian,
    /// An operator.
    Operator,
    /// A system, an importer or a partner.
    System,
}

impl Role {
    /// The kind that restrictions by this role are kept under.
    #[must_use]
    pub const fn kind(self) -> ActorKind {
        match self {
            Self::Subject | Self::Delegate | Self::Unauthenticated => ActorKind::Subject,
            Self::Guardian => ActorKind::Guardian,
            Self::Operator => ActorKind::Operator,
            Self::Importer | Self::Partner | Self::System => ActorKind::System,
        }
    }
}

/// How an act came to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "direct or reported: there is no third")]
pub enum Via {
    /// The host saw the act itself.
    Direct,
    /// Another system reports it.
    Reported(SystemId),
}

/// A right that the host checked before it built a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums, reason = "a new power changes decisions; callers must see it")]
pub enum Power {
    /// To act for a person, as guardian or delegate.
    Represent,
    /// To set and clear blocks, complaints and bad addresses.
    Block,
    /// To set and clear legal blocks and invalidations, and to hold and release.
    Legal,
    /// To revoke grants and record lawful bases on the controller's behalf.
    Controller,
    /// To erase.
    Erase,
    /// To link, attach, verify, replace, reassign and merge.
    Identity,
}

/// The rights of an actor, and when they hold.
///
/// It has no serde form: a payload can never claim authority.
///
/// ```
/// use consent_engine::{Actor, Authority, Interval, Power, Timestamp};
/// let (monday, tuesday): (Timestamp, Timestamp) = ("2026-03-02T00:00:00Z".parse()?, "2026-03-03T00:00:00Z".parse()?);
/// let for_a_day = Authority::new([Power::Identity], Interval::new(monday, Some(tuesday))?);
/// assert!(for_a_day.allows(Power::Identity, monday) && !for_a_day.allows(Power::Erase, monday));
/// assert!(!for_a_day.allows(Power::Identity, tuesday), "the end is not part of it");
/// let support = Actor::operator(for_a_day);
/// # let _ = support;
/// # Ok::<(), consent_engine::TimeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority {
    powers: u8,
    during: Interval,
}

impl Authority {
    /// The given rights during `during`.
    #[must_use]
    pub fn new(powers: impl IntoIterator<Item = Power>, during: Interval) -> Self {
        Self { powers: powers.into_iter().fold(0, |set, power| set | Self::bit(power)), during }
    }

    const fn bit(power: Power) -> u8 {
        match power {
            Power::Represent => 1,
            Power::Block => 2,
            Power::Legal => 4,
            Power::Controller => 8,
            Power::Erase => 16,
            Power::Identity => 32,
        }
    }

    /// Whether the right holds at `t`.
    #[must_use]
    pub fn allows(&self, power: Power, t: Timestamp) -> bool {
        self.powers & Self::bit(power) != 0 && self.during.contains(t)
    }
}

/// Who acts, as the host established it.
///
/// It has no serde form: a payload can never claim to be the person.
///
/// ```
/// use consent_engine::{Actor, Role, SystemId};
/// let person = Actor::subject();
/// let reported = Actor::subject().reported_by(SystemId::new("salesforce")?);
/// assert_eq!((person.role(), reported.role()), (Role::Subject, Role::Subject));
/// # Ok::<(), consent_engine::InvalidName>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    role: Role,
    via: Via,
    authority: Option<Authority>,
}

impl Actor {
    /// The person, in person.
    #[must_use]
    pub const fn subject() -> Self {
        Self { role: Role::Subject, via: Via::Direct, authority: None }
    }

    /// A guardian, with the authority the host checked.
    #[must_use]
    pub const fn guardian(authority: Authority) -> Self {
        Self { role: Role::Guardian, via: Via::Direct, authority: Some(authority) }
    }

    /// A delegate, with the authority the host checked.
    #[must_use]
    pub const fn delegate(authority: Authority) -> Self {
        Self { role: Role::Delegate, via: Via::Direct, authority: Some(authority) }
    }

    /// A member of staff, with the authority the host checked.
    #[must_use]
    pub const fn operator(authority: Authority) -> Self {
        Self { role: Role::Operator, via: Via::Direct, authority: Some(authority) }
    }

    /// A bulk import of a system's rows.
    #[must_use]
    pub const fn importer(system: SystemId) -> Self {
        Self { role: Role::Importer, via: Via::Reported(system), authority: None }
    }

    /// Another controller.
    #[must_use]
    pub const fn partner(system: SystemId) -> Self {
        Self { role: Role::Partner, via: Via::Reported(system), authority: None }
    }

    /// A machine that reports what it saw itself, such as a bounce.
    #[must_use]
    pub const fn system(system: SystemId) -> Self {
        Self { role: Role::System, via: Via::Reported(system), authority: None }
    }

    /// Somebody at a public endpoint whom nobody authenticated.
    ///
    /// ```
    /// use consent_engine::*;
    /// # let news = PurposeId::new("news")?;
    /// # let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Web]);
    /// # let policy = Policy::new(1, Catalogue::new([purpose], []).unwrap());
    /// # let mut view = View::new(&policy, Subject::new(SubjectId::from_u128(1)), Projection::default()).unwrap();
    /// # let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
    /// # let ctx = Ctx { now, writer: WriterId::from_u128(9), command: CommandId::from_u128(1), policy: &policy };
    /// let cell = Cell { purpose: news, channel: Some(Channel::Web), point: None };
    /// let yes = Act::Grant { stated: vec![Stated::cell(cell)], window: None };
    /// let evidence = Evidence::new(Method::Explicit, SourceName::new("web")?);
    /// let form = Command::new(Actor::unauthenticated(), yes).with_evidence(evidence);
    /// view.apply(&policy, &decide(&view, &form, &ctx).unwrap().facts).unwrap();
    /// assert_eq!(cell_state(&view, cell, &policy, now).state, State::Pending);
    /// # Ok::<(), InvalidName>(())
    /// ```
    #[must_use]
    pub const fn unauthenticated() -> Self {
        Self { role: Role::Unauthenticated, via: Via::Direct, authority: None }
    }

    /// The same actor, whose act another system reports.
    #[must_use]
    pub const fn reported_by(mut self, system: SystemId) -> Self {
        self.via = Via::Reported(system);
        self
    }

    /// The role.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// How the act came to us.
    #[must_use]
    pub const fn via(&self) -> Via {
        self.via
    }

    /// Whether a right of this actor holds at `t`.
    #[must_use]
    pub fn may(&self, power: Power, t: Timestamp) -> bool {
        self.authority.is_some_and(|authority| authority.allows(power, t))
    }

    /// What is written into facts: it never turns back into an [`Actor`].
    #[must_use]
    pub const fn record(&self) -> RecordedActor {
        RecordedActor { role: self.role, via: self.via }
    }
}

/// Who acted, as a fact records it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "plain stored data")]
pub struct RecordedActor {
    /// In what role.
    pub role: Role,
    /// How the act came to us.
    pub via: Via,
}

impl RecordedActor {
    /// The kind that restrictions by this actor are kept under.
    #[must_use]
    pub const fn kind(&self) -> ActorKind {
        self.role.kind()
    }

    /// The system that reported the act, if one did.
    #[must_use]
    pub const fn system(&self) -> Option<SystemId> {
        match self.via {
            Via::Direct => None,
            Via::Reported(system) => Some(system),
        }
    }
}
