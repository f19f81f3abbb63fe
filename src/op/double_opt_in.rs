//! The two commands of a double opt-in, with the token between them.

use alloc::vec::Vec;

use crate::consent::{Act, Command, Ctx, Effect, Rejection, decide};
use crate::evidence::{Actor, Evidence};
use crate::fact::{FactKind, Request, TokenHash};
use crate::id::{SubjectId, TenantId};
use crate::op::binding::Binding;
use crate::op::decide::{Decide, Task};
use crate::op::target::Target;
use crate::op::{
    CommandOutcome, ConfirmationSecret, ConfirmationToken, Halt, IndexSecrets, Loaded, OperationError,
    Presented, Settings, Stamp, Who, locate,
};
use crate::view::{KeptRequest, View};

/// What came of a request, and the token for the message that asks for the confirmation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Requested {
    /// What the command came to.
    pub outcome: CommandOutcome,
    /// The token, to be sent to the contact point of the effect [`SendConfirmation`](Effect::SendConfirmation); none if there is no such
    /// effect, because nothing had to be asked.
    pub token: Option<ConfirmationToken>,
}

impl Requested {
    /// The token that belongs to an outcome of [`Decide::request`].
    #[must_use]
    pub fn new(tenant: TenantId, outcome: CommandOutcome, secret: &ConfirmationSecret) -> Self {
        let asked = outcome.effects.iter().find_map(|effect| match effect {
            Effect::SendConfirmation { request, .. } => Some(*request),
            Effect::OpenReview { .. }
            | Effect::Propagate { .. }
            | Effect::NotifyChange { .. }
            | Effect::LimitRate { .. } => None,
        });
        let token = outcome
            .subject
            .zip(asked)
            .map(|(subject, request)| ConfirmationToken::new(tenant, subject, request, secret.clone()));
        Self { outcome, token }
    }
}

impl Decide {
    /// A command that asks for a double opt-in, or may do so: an [`Act::Request`], or an [`Act::Grant`] of what needs one.
    ///
    /// Whatever it asks for can only be confirmed with the token of this secret: [`Requested::new`] makes it from the outcome.
    #[must_use]
    pub const fn request(
        settings: Settings,
        who: Who,
        command: Command,
        secret: ConfirmationSecret,
        stamp: Stamp,
    ) -> Self {
        Self { settings, who, command, task: Task::Request(secret), stamp }
    }

    /// The confirmation of a request, by whoever has the token: who read the message is taken for the person.
    #[must_use]
    pub fn confirm(
        settings: Settings,
        token: ConfirmationToken,
        presented: Presented,
        evidence: Evidence,
        stamp: Stamp,
    ) -> Self {
        let who = Who::Subject(token.subject());
        let command = Command::new(Actor::subject(), Act::Confirm(token.request())).with_evidence(evidence);
        Self { settings, who, command, task: Task::Confirm { token, presented }, stamp }
    }

    pub(super) fn index_secrets(&self) -> Result<&IndexSecrets, Halt> {
        self.settings.secrets.as_ref().ok_or(Halt::Stop(OperationError::SecretsMissing))
    }

    /// The command with the hashes that it keeps, or that it is held against.
    pub(super) fn with_hashes(
        &self,
        see: &Loaded,
        view: &View,
        command: Command,
        ctx: &Ctx<'_>,
        target: &Target,
    ) -> Result<Command, Halt> {
        match (&self.task, target.subject()) {
            (Task::Request(secret), Some(subject)) => self.asking(view, command, ctx, subject, secret),
            (Task::Confirm { token, presented }, _) => self.confirming(see, view, command, token, presented),
            (Task::Request(_) | Task::AsItIs, _)
            | (Task::Attach(_) | Task::Replace { .. } | Task::Reassign { .. }, _)
            | (Task::Claim(_) | Task::ResolveContest(_), _) => Ok(command),
        }
    }

    /// Decides once without hashes, to learn which cells are asked for.
    fn asking(
        &self,
        view: &View,
        command: Command,
        ctx: &Ctx<'_>,
        subject: SubjectId,
        secret: &ConfirmationSecret,
    ) -> Result<Command, Halt> {
        let (secrets, tenant) = (self.index_secrets()?, self.settings.tenant);
        let decided = decide(view, &command, ctx)?;
        let mut sealed = command;
        for fact in &decided.facts {
            if let FactKind::Request(request) = &fact.kind {
                let hashes = Binding { tenant, subject, request, secret }.hashes(secrets);
                let first = hashes.first().ok_or(OperationError::SecretsMissing)?;
                sealed = sealed.with_token(request.cell, *first);
            }
        }
        Ok(sealed)
    }

    /// Works out what the token comes to for each cell of its request, under whichever secret the request was made.
    fn confirming(
        &self,
        see: &Loaded,
        view: &View,
        command: Command,
        token: &ConfirmationToken,
        presented: &Presented,
    ) -> Result<Command, Halt> {
        let (secrets, tenant) = (self.index_secrets()?, self.settings.tenant);
        if token.tenant() != tenant {
            return Err(Rejection::TokenBindingMismatch.into());
        }
        let own = view.context(self.settings.policy()).own_logs();
        let asked = own.flat_map(|log| &log.requests).filter(|kept| kept.request.id == token.request());
        let asked: Vec<_> = asked.collect();
        self.matches(see, &asked, presented)?;
        let mut command = command;
        for KeptRequest { request, .. } in asked {
            let (subject, secret) = (token.subject(), token.secret());
            let hashes = Binding { tenant, subject, request, secret }.hashes(secrets);
            let kept = |hash: &&TokenHash| request.token == Some(**hash);
            // One that fits none is held against the request all the same, and refused there.
            if let Some(hash) = hashes.iter().find(kept).or(hashes.first()) {
                command = command.with_token(request.cell, *hash);
            }
        }
        Ok(command)
    }

    /// Whether the page said what was asked for.
    fn matches(&self, see: &Loaded, asked: &[&KeptRequest], presented: &Presented) -> Result<(), Halt> {
        let Presented { point, address, purposes, notice } = presented;
        let at_address = match address {
            Some(address) => Some(locate::exact(&self.settings, see, address)?.points),
            None => None,
        };
        let matches = |request: &Request| {
            let own = request.cell.point;
            let there = |points: &Vec<_>| own.is_some_and(|own| points.contains(&own));
            (point.is_none() || *point == own)
                && at_address.as_ref().is_none_or(there)
                && (notice.is_none() || *notice == request.notice)
        };
        let whole = asked.iter().all(|kept| matches(&kept.request));
        let of = || asked.iter().map(|kept| kept.request.cell.purpose).collect();
        let complete = purposes.as_ref().is_none_or(|purposes| *purposes == of());
        if asked.is_empty() || (whole && complete) {
            Ok(())
        } else {
            Err(Rejection::TokenBindingMismatch.into())
        }
    }
}
