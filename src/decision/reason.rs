use core::fmt;

use serde::{Deserialize, Serialize, Serializer};

use crate::fact::RestrictionReason;

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// One failing check. An answer that is not a permit lists every one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[repr(u8)]
        #[allow(clippy::exhaustive_enums, reason = "a new reason changes decisions; callers must see it")]
        pub enum Reason {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
        }

        impl Reason {
            /// Every reason, in the order in which sets list them.
            pub const ALL: [Self; [$($code),*].len()] = [$(Self::$name),*];

            /// The stable code, as in the serde form.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }
        }
    };
}

reasons! {
    /// Nobody was found behind the alias or address.
    IdentityUnresolved = "identity_unresolved",
    /// Two live subjects claim the alias.
    IdentityContested = "identity_contested",
    /// The person has died.
    Deceased = "deceased",
    /// The preferences could not be read.
    PreferencesUnavailable = "preferences_unavailable",
    /// The view was read too long ago.
    StaleSnapshot = "stale_snapshot",
    /// The view was made under another policy version.
    PolicyChanged = "policy_changed",
    /// A fact was recorded later than now and the allowed skew: a clock is wrong.
    ClockJump = "clock_jump",
    /// A fact cannot be read by this version.
    UnsupportedFact = "unsupported_fact",
    /// A grant was decided by somebody who had read more than this view.
    ViewIncomplete = "view_incomplete",
    /// The purpose is not in the catalogue.
    PurposeUnknown = "purpose_unknown",
    /// The purpose is retired.
    PurposeRetired = "purpose_retired",
    /// The purpose does not use the channel, or the address does not serve it.
    ChannelNotAllowed = "channel_not_allowed",
    /// The channel needs an address and none was given.
    ContactPointMissing = "contact_point_missing",
    /// The address does not belong to the person.
    ContactPointUnknown = "contact_point_unknown",
    /// The address is not verified and the purpose asks for that.
    ContactPointUnverified = "contact_point_unverified",
    /// An opt-out bites.
    OptOut = "opt_out",
    /// An objection bites.
    Objection = "objection",
    /// A complaint bites.
    Complaint = "complaint",
    /// An erasure bites.
    Erasure = "erasure",
    /// The address bounces.
    Bounce = "bounce",
    /// The address cannot exist.
    InvalidAddress = "invalid_address",
    /// A do-not-contact register lists the person or address.
    Register = "register",
    /// A law or an authority forbids it.
    Legal = "legal",
    /// The controller's staff blocked it.
    OperatorBlock = "operator_block",
    /// An authority declared the consent invalid.
    Invalidation = "invalidation",
    /// Something that looked like an opt-out awaits review.
    Interim = "interim",
    /// The person asked for a break.
    Pause = "pause",
    /// No regime was given.
    NoRegime = "no_regime",
    /// Consent is needed and none was ever given.
    ConsentMissing = "consent_missing",
    /// Consent is needed and awaits confirmation.
    ConsentPending = "consent_pending",
    /// Consent is needed and its time ran out.
    ConsentExpired = "consent_expired",
    /// Consent is needed and the controller ended it.
    ConsentRevoked = "consent_revoked",
    /// The consent starts later.
    NotYetEffective = "not_yet_effective",
    /// The consent was given under a notice that no longer counts.
    NoticeSuperseded = "notice_superseded",
    /// The evidence of the consent is weaker than the purpose asks.
    EvidenceInsufficient = "evidence_insufficient",
    /// The person was too young to consent alone, or silence of a child is no consent.
    Minor = "minor",
    /// Silence of a role address is no consent.
    RoleAddress = "role_address",
    /// The person had as many contacts as the cap allows.
    FrequencyCap = "frequency_cap",
    /// The last contact was too short a time ago.
    CoolDown = "cool_down",
    /// The purpose limits contacts and the question does not count them.
    ContactsUncounted = "contacts_uncounted",
    /// Another system is more restrictive.
    ForeignMoreRestrictive = "foreign_more_restrictive",
    /// Another system said something negative that is not understood.
    UnknownForeignNegative = "unknown_foreign_negative",
}

impl From<RestrictionReason> for Reason {
    fn from(reason: RestrictionReason) -> Self {
        match reason {
            RestrictionReason::OptOut => Self::OptOut,
            RestrictionReason::Objection => Self::Objection,
            RestrictionReason::Complaint => Self::Complaint,
            RestrictionReason::Erasure => Self::Erasure,
            RestrictionReason::Bounce => Self::Bounce,
            RestrictionReason::InvalidAddress => Self::InvalidAddress,
            RestrictionReason::Register => Self::Register,
            RestrictionReason::Legal => Self::Legal,
            RestrictionReason::OperatorBlock => Self::OperatorBlock,
            RestrictionReason::Invalidation => Self::Invalidation,
            RestrictionReason::Interim => Self::Interim,
            RestrictionReason::Pause => Self::Pause,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A set of reasons in one word. The serde form is a list of codes.
///
/// ```
/// use consent_engine::{Reason, ReasonSet};
/// let set = ReasonSet::from_iter([Reason::Pause, Reason::OptOut]);
/// assert!(set.contains(Reason::OptOut) && !set.contains(Reason::Legal));
/// assert_eq!(set.iter().collect::<Vec<_>>(), [Reason::OptOut, Reason::Pause]);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReasonSet(u64);

impl ReasonSet {
    /// No reason.
    pub const EMPTY: Self = Self(0);

    const fn bit(reason: Reason) -> u64 {
        match 1u64.checked_shl(reason as u32) {
            Some(bit) => bit,
            None => 0,
        }
    }

    /// Adds a reason.
    pub const fn insert(&mut self, reason: Reason) {
        self.0 |= Self::bit(reason);
    }

    /// Whether a reason is in the set.
    #[must_use]
    pub const fn contains(self, reason: Reason) -> bool {
        self.0 & Self::bit(reason) != 0
    }

    /// Whether there is no reason.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many reasons there are.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// The reasons, in the order of [`Reason::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Reason> {
        Reason::ALL.into_iter().filter(move |reason| self.contains(*reason))
    }
}

impl FromIterator<Reason> for ReasonSet {
    fn from_iter<I: IntoIterator<Item = Reason>>(reasons: I) -> Self {
        let mut set = Self::EMPTY;
        reasons.into_iter().for_each(|reason| set.insert(reason));
        set
    }
}

impl fmt::Debug for ReasonSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for ReasonSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}
