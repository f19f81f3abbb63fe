use consent_engine::{
    Captured, Channel, Evidence, LapseCause, LawfulBasis, Notice, PurposeId, RelationshipKind,
    RestrictionReason, SubjectKind, Timestamp, Wish,
};
use serde::Deserialize;

use crate::format::{By, PointSpec, ScopeSpec, StatedSpec};
use crate::label::Label;

/// A command: who does what, when, on what evidence, having seen what.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an act, an object with `person` and `do`")]
pub(crate) struct Deed {
    pub(crate) person: Label,
    #[serde(default)]
    pub(crate) by: By,
    #[serde(default)]
    pub(crate) writer: Option<Label>,
    #[serde(default)]
    pub(crate) captured: CapturedSpec,
    #[serde(default)]
    pub(crate) view: Seen,
    #[serde(default)]
    pub(crate) evidence: Option<Evidence>,
    /// What to call the link of the message that asks for a confirmation.
    #[serde(default)]
    pub(crate) link: Option<Label>,
    #[serde(rename = "do")]
    pub(crate) act: ActSpec,
}

/// When it was captured: `now`, `unknown`, or an instant.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct CapturedSpec(pub(crate) Captured);

impl TryFrom<String> for CapturedSpec {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.as_str() {
            "now" => Ok(Self(Captured::Now)),
            "unknown" => Ok(Self(Captured::Unknown)),
            instant => instant
                .parse::<Timestamp>()
                .map(|at| Self(Captured::At(at)))
                .map_err(|_| "`captured`: `now`, `unknown`, or an RFC 3339 date-time with a zone"),
        }
    }
}

/// What the actor had in front of them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case", expecting = "a view: `none`, `nothing`, `current`, or `{\"step\": …}`")]
pub(crate) enum Seen {
    /// The command carries no view token.
    #[default]
    None,
    /// A token that covers nothing.
    Nothing,
    /// A token of everything there is.
    Current,
    /// A token of what there was right after a step: a form that was loaded then.
    Step(Label),
}

/// One of the restrictions or holds that a step wrote, by its number among them, from 0.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `step`")]
pub(crate) struct StepRef {
    pub(crate) step: Label,
    #[serde(default)]
    pub(crate) nth: usize,
}

/// The acts of the engine, with names instead of ids.
#[derive(Debug, Deserialize)]
#[serde(
    rename_all = "snake_case",
    deny_unknown_fields,
    expecting = "an act, such as `{\"opt_out\": [{}]}` or `\"erase\"`"
)]
pub(crate) enum ActSpec {
    Request(Vec<StatedSpec>),
    Confirm {
        step: Label,
    },
    Grant {
        stated: Vec<StatedSpec>,
        #[serde(default)]
        window: Option<consent_engine::Interval>,
    },
    Renew {
        stated: Vec<StatedSpec>,
        #[serde(default)]
        window: Option<consent_engine::Interval>,
    },
    OptOut(Vec<ScopeSpec>),
    Object(Vec<ScopeSpec>),
    Revoke(ScopeSpec),
    Lapse {
        scope: ScopeSpec,
        cause: LapseCause,
    },
    Restrict {
        reason: RestrictionReason,
        scope: ScopeSpec,
        #[serde(default)]
        until: Option<Timestamp>,
    },
    Clear(StepRef),
    Resume(ScopeSpec),
    RecordBasis {
        purpose: PurposeId,
        basis: LawfulBasis,
    },
    Hold(PurposeId),
    Release(StepRef),
    NoticeSeen {
        #[serde(default)]
        notice: Option<Notice>,
        #[serde(default)]
        scope: Option<ScopeSpec>,
    },
    Preference {
        purpose: PurposeId,
        #[serde(default)]
        interest: consent_engine::Interest,
        #[serde(default)]
        note: Option<consent_engine::Note>,
    },
    Relationship(RelationshipKind),
    Attach(PointSpec),
    Verify(Label),
    Replace {
        old: Label,
        new: Label,
    },
    Reassign {
        point: Label,
        from: Label,
        #[serde(default)]
        to: Option<Label>,
    },
    Merge(Label),
    Unmerge(Label),
    Describe(DescriptionSpec),
    /// A preference form comes back that was loaded right after a step.
    Submit {
        form: Label,
        choices: Vec<ChoiceSpec>,
    },
    Erase,
}

/// What a preference form says of one row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a row of the form, an object with `purpose` and `wish`")]
pub(crate) struct ChoiceSpec {
    pub(crate) purpose: PurposeId,
    #[serde(default)]
    pub(crate) channel: Option<Channel>,
    #[serde(default)]
    pub(crate) point: Option<Label>,
    pub(crate) wish: Wish,
}

/// What is known of a person, or of a contact point, besides consent.
#[derive(Debug, Deserialize)]
#[serde(
    rename_all = "snake_case",
    deny_unknown_fields,
    expecting = "`{\"kind\": …}` or `{\"role_address\": …}`"
)]
pub(crate) enum DescriptionSpec {
    Kind(SubjectKind),
    RoleAddress { point: Label, is: bool },
}

impl ActSpec {
    /// The act in words.
    pub(crate) const fn verb(&self) -> &'static str {
        match self {
            Self::Request(_) => "is asked for a double opt-in",
            Self::Confirm { .. } => "confirms",
            Self::Grant { .. } => "consents",
            Self::Renew { .. } => "renews a consent",
            Self::OptOut(_) => "opts out",
            Self::Object(_) => "objects",
            Self::Revoke(_) => "loses grants, ended by the controller",
            Self::Lapse { .. } => "has grants that lapsed elsewhere",
            Self::Restrict { reason, .. } => restricted(*reason),
            Self::Clear(_) => "is cleared of a restriction",
            Self::Resume(_) => "ends a pause",
            Self::RecordBasis { .. } => "gets a lawful basis recorded",
            Self::Hold(_) => "comes under a legal hold",
            Self::Release(_) => "is released from a legal hold",
            Self::NoticeSeen { .. } => "sees a notice",
            Self::Preference { .. } => "states a preference",
            Self::Relationship(_) => "enters a relationship",
            Self::Attach(_) => "gets a contact point",
            Self::Verify(_) => "is verified at a contact point",
            Self::Replace { .. } => "replaces a contact point",
            Self::Reassign { .. } => "sees a contact point go from one holder to another",
            Self::Merge(_) => "is found to be one person with another record",
            Self::Unmerge(_) => "is found to be another person than a record that was merged",
            Self::Describe(_) => "is described",
            Self::Submit { .. } => "saves a preference form",
            Self::Erase => "is erased",
        }
    }
}

const fn restricted(reason: RestrictionReason) -> &'static str {
    match reason {
        RestrictionReason::Complaint => "complains",
        RestrictionReason::Bounce => "has an address that bounces",
        RestrictionReason::InvalidAddress => "has an address that cannot exist",
        RestrictionReason::Register => "is listed in a do-not-contact register",
        RestrictionReason::Legal => "is under a legal block",
        RestrictionReason::OperatorBlock => "is blocked by staff",
        RestrictionReason::Invalidation => "has a consent declared invalid",
        RestrictionReason::Interim => "may have opted out, unclear, in review",
        RestrictionReason::Pause => "asks for a break",
        RestrictionReason::OptOut | RestrictionReason::Objection | RestrictionReason::Erasure => {
            "is restricted"
        }
    }
}
