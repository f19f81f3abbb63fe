//! Purposes: why data is used, and what each asks for.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::slug::name_type;
use crate::time::Span;

mod basis;
mod catalogue;
mod class;
mod lint;
mod needs;
mod problem;
mod rules;
mod text;
mod tree;

pub use basis::LawfulBasis;
pub use catalogue::Catalogue;
pub(crate) use catalogue::OTHER_CHANNEL;
pub use class::PurposeClass;
pub use lint::CatalogueWarning;
pub use needs::{EvidenceNeed, FrequencyCap, NoticeNeed, OptOutRule};
pub use problem::{CatalogueError, CatalogueProblem};
pub(crate) use rules::PurposeRules;
pub use text::PurposeText;
pub(crate) use tree::Subtree;

name_type! {
    /// The id of a purpose in a tenant's catalogue, such as `newsletter` or `account.receipts`.
    PurposeId, 48
}

/// The dense number of a purpose in its catalogue: assigned once, never reused.
///
/// Resolve a name once with [`Catalogue::index`] and keep the index: a name costs more than a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PurposeIndex(pub(crate) u16);

/// One purpose, as its catalogue defines it.
///
/// ```
/// use consent_engine::{Channel, LawfulBasis, Purpose, PurposeClass, PurposeId};
/// let newsletter = Purpose::new(PurposeId::new("newsletter")?, PurposeClass::Marketing, LawfulBasis::Consent)
///     .with_title("Newsletter")
///     .with_frequency("once a month")
///     .with_channels([Channel::Email]);
/// assert_eq!(newsletter.id().as_str(), "newsletter");
/// # Ok::<(), consent_engine::InvalidName>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    id: PurposeId,
    #[serde(default = "first_version")]
    version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<PurposeId>,
    class: PurposeClass,
    basis: LawfulBasis,
    #[serde(default)]
    title: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    frequency: String,
    #[serde(default)]
    recipients: Vec<String>,
    #[serde(default)]
    channels: Vec<Channel>,
    #[serde(default)]
    evidence: EvidenceNeed,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    validity: Option<Span>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh: Option<Span>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opt_out: Option<OptOutRule>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cap: Option<FrequencyCap>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cool_down: Option<Span>,
    #[serde(default)]
    verified_only: bool,
    #[serde(default)]
    topic: bool,
    #[serde(default)]
    retired: bool,
}

const fn first_version() -> u32 {
    1
}

impl Purpose {
    /// A purpose without channels, evidence beyond an explicit act, or an end.
    #[must_use]
    pub fn new(id: PurposeId, class: PurposeClass, basis: LawfulBasis) -> Self {
        Self {
            id,
            version: first_version(),
            parent: None,
            class,
            basis,
            title: String::from(id.as_str()),
            description: String::new(),
            frequency: String::new(),
            recipients: Vec::new(),
            channels: Vec::new(),
            evidence: EvidenceNeed::default(),
            validity: None,
            refresh: None,
            opt_out: None,
            cap: None,
            cool_down: None,
            verified_only: false,
            topic: false,
            retired: false,
        }
    }
}

/// A builder method and its getter for each field.
macro_rules! purpose_field {
    ($($(#[$doc:meta])* $with:ident($field:ident: $input:ty) => $value:expr, $(#[$get_doc:meta])* $getter:ident -> $output:ty { $get:expr })*) => {
        impl Purpose {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $with(mut self, $field: $input) -> Self {
                    self.$field = $value;
                    self
                }

                $(#[$get_doc])*
                #[must_use]
                pub fn $getter(&self) -> $output {
                    let get: fn(&Self) -> $output = $get;
                    get(self)
                }
            )*
        }
    };
}

purpose_field! {
    /// Sets the version; a change of the definition raises it.
    with_version(version: u32) => version,
    /// The version of the definition, from 1.
    version -> u32 { |p| p.version }
    /// Puts the purpose below another.
    with_parent(parent: PurposeId) => Some(parent),
    /// The purpose above, if any.
    parent -> Option<PurposeId> { |p| p.parent }
    /// Sets the title a person reads.
    with_title(title: &str) => String::from(title),
    /// The title a person reads.
    title -> &str { |p| &p.title }
    /// Sets what the person gets or what is done.
    with_description(description: &str) => String::from(description),
    /// What the person gets or what is done.
    description -> &str { |p| &p.description }
    /// Sets how often, in words.
    with_frequency(frequency: &str) => String::from(frequency),
    /// How often, in words.
    frequency -> &str { |p| &p.frequency }
    /// Sets what evidence a grant needs.
    with_evidence(evidence: EvidenceNeed) => evidence,
    /// What evidence a grant needs.
    evidence -> EvidenceNeed { |p| p.evidence }
    /// Sets how long a grant lasts from its capture.
    with_validity(validity: Span) => Some(validity),
    /// How long a grant lasts from its capture; [`None`] is without end.
    validity -> Option<Span> { |p| p.validity }
    /// Sets after how long the person should be asked again; it ends nothing.
    with_refresh(refresh: Span) => Some(refresh),
    /// After how long the person should be asked again.
    refresh -> Option<Span> { |p| p.refresh }
    /// Sets whether a person may opt out.
    with_opt_out(opt_out: OptOutRule) => Some(opt_out),
    /// Whether a person may opt out; by default as [`OptOutRule::default_for`] the class.
    opt_out -> OptOutRule { |p| p.opt_out.unwrap_or(OptOutRule::default_for(p.class)) }
    /// Limits how often a person is contacted.
    with_cap(cap: FrequencyCap) => Some(cap),
    /// The limit on contacts, if any; a purpose without one has its nearest ancestor's.
    cap -> Option<FrequencyCap> { |p| p.cap }
    /// Sets the least time between two contacts.
    with_cool_down(cool_down: Span) => Some(cool_down),
    /// The least time between two contacts.
    cool_down -> Option<Span> { |p| p.cool_down }
    /// Asks for contact points that the person proved to hold.
    with_verified_only(verified_only: bool) => verified_only,
    /// Whether only verified contact points may be used.
    is_verified_only -> bool { |p| p.verified_only }
    /// Marks the purpose as one that a preference view shows as a choice of its own. Others below a purpose have their rows too, and a
    /// front end may fold them into the one above.
    with_topic(topic: bool) => topic,
    /// Whether the purpose is a choice of its own in a preference view.
    is_topic -> bool { |p| p.topic }
    /// Retires the purpose: nothing is permitted for it, and no restriction is dropped.
    with_retired(retired: bool) => retired,
    /// Whether the purpose is retired.
    is_retired -> bool { |p| p.retired }
}

impl Purpose {
    /// Sets the channels it may use.
    #[must_use]
    pub fn with_channels(mut self, channels: impl IntoIterator<Item = Channel>) -> Self {
        self.channels = channels.into_iter().collect();
        self
    }

    /// Names who receives the data (GDPR Art. 13(1)(e)).
    #[must_use]
    pub fn with_recipients<'a>(mut self, recipients: impl IntoIterator<Item = &'a str>) -> Self {
        self.recipients = recipients.into_iter().map(String::from).collect();
        self
    }

    /// The id.
    #[must_use]
    pub const fn id(&self) -> PurposeId {
        self.id
    }

    /// The class.
    #[must_use]
    pub const fn class(&self) -> PurposeClass {
        self.class
    }

    /// The lawful basis.
    #[must_use]
    pub const fn basis(&self) -> LawfulBasis {
        self.basis
    }

    /// The channels it may use.
    #[must_use]
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }

    /// Who receives the data.
    #[must_use]
    pub fn recipients(&self) -> &[String] {
        &self.recipients
    }

    /// Whether consent can mean anything for this purpose: it promotes, or consent is its basis.
    #[must_use]
    pub fn weighs_consent(&self) -> bool {
        self.class.promotes() || self.basis == LawfulBasis::Consent
    }
}
