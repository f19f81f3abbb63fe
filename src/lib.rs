#![no_std]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, reason = "tests may panic"))]
#![doc = include_str!("../README.md")]
//!
//! # A tour of the source
//!
//! From the lowest floor up; nothing imports from a floor above.
//!
//! | floor | what it holds | start reading at |
//! |---|---|---|
//! | `slug` `line` `id` `time` `redact` | names, texts, identifiers, instants, personal data | [`Timestamp`], [`Pii`] |
//! | `channel` `contact` `purpose` | what a statement is about | [`Channel`], [`Purpose`], [`Catalogue`] |
//! | `evidence` `fact` | what happened, and how we know | [`Evidence`], [`Fact`], [`Grant`], [`RestrictionReason`] |
//! | `policy` `subject` | what is no fact: rules, and whom we ask about | [`Policy`], [`Regime`], [`Subject`] |
//! | `view` | the fold: facts become a projection, a projection becomes a view | [`Projection`], [`View`] |
//! | `consent` | the state machine: a command becomes facts | [`decide`], [`cell_state`] |
//! | `decision` | the question and the answer | [`evaluate`], [`permits`], [`Decision`] |
//! | `preference` | what a person may choose, and a form that comes back | [`PreferenceView`], [`Submission`] |
//! | `store` `wire` | what a database must do, and what lies in it | [`store::Store`], [`writing_a_store`] |
//! | `op` | one use case, one plan; one machine for all of them | [`op`], [`op::Step`] |
//! | `op::import` | rows of exports: what they may do, each one plan too | [`op::import`] |
//! | `engine` | the plans driven to their end | [`Engine`], [`AsyncEngine`] |
//!
//! Where a withdrawal is lifted: `consent/lift.rs`. Where a state changes: `consent/table.rs`. Where it is decided
//! which reason applies: `fact/reason.rs`. What is left of a restriction, grant, request or revocation, and when it
//! counts: the file of its name in `view/`.

extern crate alloc;

mod channel;
#[cfg(feature = "conformance")]
pub mod conformance;
mod consent;
mod contact;
mod decision;
#[cfg(feature = "engine")]
mod engine;
mod evidence;
mod fact;
mod id;
#[cfg(feature = "interop")]
pub mod interop;
mod line;
#[cfg(feature = "model")]
pub mod model;
#[cfg(feature = "engine")]
pub mod op;
mod policy;
mod preference;
mod purpose;
mod redact;
mod slug;
#[cfg(feature = "engine")]
pub mod store;
#[cfg(feature = "proptest")]
pub mod strategy;
mod subject;
mod time;
mod view;
#[cfg(feature = "engine")]
mod wire;

#[doc = include_str!("../DESIGN.md")]
pub mod design {}

#[cfg(feature = "engine")]
#[doc = include_str!("store/writing_a_store.md")]
pub mod writing_a_store {}

pub use channel::{Channel, ChannelName, PointKind};
pub use consent::{
    Act, Captured, CellState, Choices, Command, Ctx, Decided, Effect, End, EvidenceProblem, ExpiryCause,
    NotNamed, Pause, PendingRequest, Rejection, Report, State, StillBites, cell_state, decide, state_table,
};
#[cfg(feature = "phone")]
pub use contact::ParsedPhone;
pub use contact::{
    Address, CoarseKey, CoarseRules, Email, InvalidAddress, InvalidEmail, InvalidPhone, LiveRules,
    NormalForm, PhoneNumber, PlusTag, ProviderRules,
};
pub use decision::{
    Contacts, DecidingFact, Decision, DecisionRecord, Direction, Due, DueKind, Duty, DutySet, Explanation,
    Foreign, MergeChange, Preferences, Query, Reason, ReasonSet, Remedy, Standing, Verdict, due, evaluate,
    permits, preview_merge, recheck,
};
#[cfg(feature = "engine")]
pub use engine::{AsyncEngine, Engine, Many};
pub use evidence::{
    Actor, ActorKind, Authority, Evidence, LanguageTag, Method, Note, NoteError, Notice, NoticeId, OneClick,
    Power, RecordedActor, Role, SourceName, Strength, Via,
};
pub use fact::{
    Breadth, Cell, Consulted, Description, Envelope, Fact, FactKind, Grant, Hold, Interest, LapseCause,
    Named, PurposeScope, Reassign, RelationshipKind, Release, Request, Restriction, RestrictionKey,
    RestrictionReason, Revocation, Scope, Stated, SubjectKind, TokenHash, Unsupported, UnsupportedVersion,
    Version, ViewToken, reason_table,
};
pub use id::{
    Aggregate, CommandId, ContactPointId, ImportId, IndexKey, LogId, Position, RequestId, Seq, SubjectId,
    SystemId, TenantId, WriterId,
};
#[cfg(feature = "engine")]
pub use op::{
    command_outcome::CommandOutcome,
    confirmation_secret::{ConfirmationSecret, SecretLength},
    confirmation_token::{ConfirmationToken, InvalidToken},
    double_opt_in::Requested,
    error::{EngineError, OperationError},
    presented::Presented,
    secret::IndexSecrets,
    settings::{Settings, Stamp},
    who::{Alias, Who},
};
pub use policy::{LimitExceeded, Limited, Limits, Policy, PolicyError, Regime, RegimeSet};
pub use preference::{
    Choice, Chosen, Happened, Happening, PreferenceForm, PreferenceRow, PreferenceView, RowWish, Showing,
    ShownRow, Submission, Wish,
};
pub use purpose::{
    Catalogue, CatalogueError, CatalogueProblem, CatalogueWarning, EvidenceNeed, FrequencyCap, LawfulBasis,
    NoticeNeed, OptOutRule, Purpose, PurposeClass, PurposeId, PurposeIndex, PurposeText,
};
pub use redact::Pii;
pub use slug::InvalidName;
pub use subject::{Identity, Subject};
pub use time::{Interval, Span, TimeError, Timestamp};
pub use view::{Applied, FoldError, Freshness, LogProjection, Projection, View};
