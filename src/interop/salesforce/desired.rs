use alloc::vec::Vec;

use crate::channel::Channel;
use crate::consent::State;
use crate::evidence::Evidence;
use crate::id::{SubjectId, SystemId};
use crate::interop::{ForeignId, Loss, PurposeName};
use crate::purpose::PurposeId;
use crate::time::{Interval, Timestamp};

/// A state of this engine that Salesforce is to hold.
///
/// ```
/// use consent_engine::interop::ForeignId;
/// use consent_engine::interop::salesforce::Desired;
/// use consent_engine::{Channel, State, SubjectId};
/// let id = ForeignId::new("a@example.com")?;
/// let withdrawn = Desired::new(SubjectId::from_u128(1), 7, &id, State::Withdrawn);
/// let desired = Desired { channel: Some(Channel::Email), ..withdrawn };
/// assert_eq!(desired.version, 7);
/// # Ok::<(), consent_engine::interop::InvalidForeignId>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs, reason = "plain input, meant to be written with struct update")]
pub struct Desired<'a> {
    /// Whose state.
    pub subject: SubjectId,
    /// Its version, which only grows: it fences the echo.
    pub version: u64,
    /// How Salesforce knows them: an e-mail address or a record id for a Consent Write, the Individual for a
    /// row.
    pub id: &'a ForeignId,
    /// The purpose; all if absent.
    pub purpose: Option<PurposeId>,
    /// The channel; none for processing without contact.
    pub channel: Option<Channel>,
    /// The state.
    pub state: State,
    /// A pause above it, if one stands.
    pub pause: Option<Pause>,
    /// Whether a notice was seen.
    pub notice_seen: bool,
    /// When the grant holds.
    pub window: Option<Interval>,
    /// When the person acted.
    pub captured_at: Option<Timestamp>,
    /// How we know.
    pub evidence: Option<&'a Evidence>,
    /// The most restrictive state of whatever else shares the flag: other purposes on the channel, text
    /// messages beside calls, other people behind the address. An opt-in of one must not clear what another
    /// refused.
    pub beside: Option<State>,
}

/// A pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain input, meant to be written as a literal")]
pub struct Pause {
    /// When it ends; not by itself if absent.
    pub until: Option<Timestamp>,
}

impl<'a> Desired<'a> {
    /// A state without more: of all purposes, on no channel.
    #[must_use]
    pub const fn new(subject: SubjectId, version: u64, id: &'a ForeignId, state: State) -> Self {
        Self {
            subject,
            version,
            id,
            purpose: None,
            channel: None,
            state,
            pause: None,
            notice_seen: false,
            window: None,
            captured_at: None,
            evidence: None,
            beside: None,
        }
    }
}

/// What the projection needs to know of the Salesforce side.
///
/// ```
/// use consent_engine::interop::salesforce::TargetOrg;
/// use consent_engine::SystemId;
/// let org = TargetOrg::new(SystemId::new("salesforce")?);
/// assert!(!org.explicit_readers, "by default silence permits there");
/// # Ok::<(), consent_engine::InvalidName>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs, reason = "plain input, meant to be written with struct update")]
pub struct TargetOrg<'a> {
    /// Its name as a spoke.
    pub system: SystemId,
    /// Whether *every* reader over there asks with `policy=requireExplicitConsent`. Only then may silence
    /// stand for what is not granted; else silence permits there.
    pub explicit_readers: bool,
    /// Its data use purposes. If there are none, a purpose has the name of its id in the catalogue.
    pub purposes: &'a [PurposeName],
    /// Whether records without an Individual get one.
    pub create_individual: bool,
}

impl TargetOrg<'_> {
    /// An org in which silence permits, whose purposes have the names of the catalogue.
    #[must_use]
    pub const fn new(system: SystemId) -> Self {
        Self { system, explicit_readers: false, purposes: &[], create_individual: false }
    }
}

/// The name of a state in messages.
pub(super) const fn state_name(state: State) -> &'static str {
    match state {
        State::Unknown => "unknown",
        State::Pending => "pending",
        State::Granted => "granted",
        State::Denied => "denied",
        State::Withdrawn => "withdrawn",
        State::Expired(_) => "expired",
    }
}

/// What of the evidence has no place in Salesforce.
pub(super) fn dropped(evidence: Option<&Evidence>, losses: &mut Vec<Loss>) {
    let Some(evidence) = evidence else { return };
    let parts = [
        ("ip", evidence.ip().is_some()),
        ("user_agent", evidence.user_agent().is_some()),
        ("reason", evidence.reason().is_some()),
        ("language", evidence.language().is_some()),
        ("content_hash", evidence.content_hash().is_some()),
        ("age", evidence.age().is_some()),
        ("external_ref", evidence.external_ref().is_some()),
        ("method", evidence.method() != crate::evidence::Method::Explicit),
    ];
    let fields: Vec<_> = parts.into_iter().filter(|(_, is_there)| *is_there).map(|(name, _)| name).collect();
    if !fields.is_empty() {
        losses.push(Loss::EvidenceDropped { fields });
    }
    if evidence.notice().is_some() {
        losses.push(Loss::PolicyVersionDropped);
    }
}
