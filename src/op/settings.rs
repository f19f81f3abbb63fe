use alloc::sync::Arc;

use crate::id::{CommandId, TenantId, WriterId};
use crate::op::IndexSecrets;
use crate::policy::Policy;
use crate::time::{Span, Timestamp};

/// What an engine is set up with: for whom it decides, in whose logs it writes, under which policy.
///
/// Cloning is cheap; clones share the policy.
///
/// ```
/// use consent_engine::{Catalogue, IndexSecrets, Policy, Settings, Span, TenantId, WriterId};
/// let policy = Policy::new(1, Catalogue::new([], [])?);
/// let settings = Settings::new(TenantId::from_u128(1), WriterId::from_u128(1), policy)
///     .with_index_secrets(IndexSecrets::new([7; 32]))
///     .with_retention(Span::days(90));
/// assert_eq!(settings.policy().version(), 1);
/// # Ok::<(), consent_engine::CatalogueError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    pub(crate) tenant: TenantId,
    pub(crate) writer: WriterId,
    pub(crate) policy: Arc<Policy>,
    pub(crate) secrets: Option<IndexSecrets>,
    pub(crate) retention: Span,
    pub(crate) attempts: u32,
}

impl Settings {
    /// Settings with the defaults: commands are remembered for 30 days and tried up to 8 times.
    ///
    /// `writer` names this incarnation of this region: two regions that write for one tenant, or one before and after it was
    /// restored from a backup, are different writers.
    #[must_use]
    pub fn new(tenant: TenantId, writer: WriterId, policy: impl Into<Arc<Policy>>) -> Self {
        Self { tenant, writer, policy: policy.into(), secrets: None, retention: Span::days(30), attempts: 8 }
    }

    /// With the secrets under which addresses and aliases are looked up, and confirmation tokens are kept.
    #[must_use]
    pub fn with_index_secrets(mut self, secrets: IndexSecrets) -> Self {
        self.secrets = Some(secrets);
        self
    }

    /// With how long a command id is remembered. A command that is delivered again later counts again if it restricts.
    #[must_use]
    pub const fn with_retention(mut self, retention: Span) -> Self {
        self.retention = retention;
        self
    }

    /// With how often a command is tried while others change the same records; at least once.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// With another policy.
    #[must_use]
    pub fn with_policy(mut self, policy: impl Into<Arc<Policy>>) -> Self {
        self.policy = policy.into();
        self
    }

    /// The tenant.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The writer.
    #[must_use]
    pub const fn writer(&self) -> WriterId {
        self.writer
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }
}

/// When a command is carried out, and its id: both come from the host.
///
/// Repeat the id when you repeat a command, and only then.
///
/// ```
/// use consent_engine::{CommandId, Stamp};
/// let stamp = Stamp::new("2026-03-02T10:00:00Z".parse()?, CommandId::from_u128(0x71));
/// # let _ = stamp;
/// # Ok::<(), consent_engine::TimeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs, reason = "plain input, meant to be written as a literal")]
pub struct Stamp {
    /// Now, by the host's clock.
    pub now: Timestamp,
    /// The id of the command.
    pub command: CommandId,
}

impl Stamp {
    /// A command with this id, now.
    #[must_use]
    pub const fn new(now: Timestamp, command: CommandId) -> Self {
        Self { now, command }
    }
}
