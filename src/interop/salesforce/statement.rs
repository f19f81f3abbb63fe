//! What a status means: the commands of an action, a purpose and a person.

use crate::channel::Channel;
use crate::consent::{Act, Captured, Command};
use crate::evidence::{Actor, Evidence, Method, Note, SourceName};
use crate::fact::{Breadth, PurposeScope, RestrictionReason, Scope, Stated};
use crate::id::ContactPointId;
use crate::interop::salesforce::action::Meaning;
use crate::interop::salesforce::{Action, Status};
use crate::interop::{Addressed, Context, ForeignId, Problem, Target};
use crate::purpose::{OptOutRule, PurposeId};
use crate::time::Interval;

/// What a status speaks of: a purpose or all, and the channel.
#[derive(Clone, Copy)]
pub(super) struct About {
    pub(super) purpose: Option<PurposeId>,
    pub(super) channel: Option<Channel>,
}

/// A purpose that was named, and whether it is narrower than what the action covers.
pub(super) struct Meant {
    pub(super) about: About,
    /// A named purpose was left out, because the flag knows none.
    pub(super) widened: bool,
}

impl About {
    /// What `action` speaks of, with a purpose by name if one is given.
    ///
    /// On a channel, no name means every purpose. An action of the Individual is a purpose by itself: a name
    /// narrows it to a purpose within, and any other name is refused for a grant and left out for an opt-out.
    pub(super) fn of(
        action: Action,
        named: Option<PurposeId>,
        status: Status,
        context: &Context<'_>,
    ) -> Result<Meant, Problem> {
        let own = match action.meaning() {
            Meaning::Channel(channel) => {
                return Ok(Meant { about: Self { purpose: named, channel: Some(channel) }, widened: false });
            }
            Meaning::Purpose(name) => context.purpose(name)?,
            Meaning::Request(_) => {
                return Ok(Meant { about: Self { purpose: None, channel: None }, widened: named.is_some() });
            }
        };
        let within = named.filter(|named| context.catalogue.is_within(*named, own));
        if named.is_some() && within.is_none() && status != Status::OptOut {
            return Err(Problem::PurposeNotOfAction { action: action.name() });
        }
        let about = Self { purpose: Some(within.unwrap_or(own)), channel: None };
        Ok(Meant { about, widened: named.is_some() && within.is_none() })
    }

    /// The scope, without a contact point: of the subject, wherever they are reached.
    pub(super) fn scope(self) -> Scope {
        let purpose = self.purpose.map_or(PurposeScope::All, PurposeScope::Subtree);
        Scope { purpose, channel: self.channel, point: None }
    }

    /// The statement of a grant: of one purpose and no other, or of all.
    fn stated(self, point: Option<ContactPointId>) -> Stated {
        let purpose = self.purpose.map_or(Breadth::All, Breadth::Exactly);
        Stated { purpose, channel: self.channel, point }
    }

    /// Refuses the opt-out of a purpose by name that takes none.
    pub(super) fn check_opt_out(self, context: &Context<'_>) -> Result<(), Problem> {
        let purpose = self.purpose.and_then(|id| context.catalogue.find(id));
        match purpose {
            Some(purpose) if purpose.opt_out() == OptOutRule::Refused => {
                Err(Problem::ImmutablePurpose { purpose: Note::lossy(purpose.id().as_str()) })
            }
            _ => Ok(()),
        }
    }
}

/// A status with everything that says how we know.
#[derive(Clone)]
pub(super) struct Statement {
    pub(super) about: About,
    pub(super) status: Status,
    pub(super) captured: Captured,
    pub(super) window: Option<Interval>,
    pub(super) evidence: Evidence,
}

impl Statement {
    /// The same, known from a record of the other system.
    pub(super) fn referring_to(mut self, record: &ForeignId) -> Self {
        self.evidence = self.evidence.with_external_ref(Note::lossy(record.expose()));
        self
    }

    /// Refuses a grant by e-mail at an address that is not known: without it, the grant would be for every
    /// address that the person has. A subject yet to be created has but this one.
    pub(super) fn check_point(
        &self,
        targets: &[Target],
        address: Option<&ForeignId>,
        context: &Context<'_>,
    ) -> Result<(), Problem> {
        let by_mail = self.status == Status::OptIn && self.about.channel == Some(Channel::Email);
        let unknown = address.is_some_and(|address| context.directory.point(address).is_none());
        let has_others = targets.iter().any(|target| *target != Target::Created);
        if by_mail && unknown && has_others { Err(Problem::ContactPointUnknown) } else { Ok(()) }
    }

    /// The command for one person; none if the status says nothing.
    ///
    /// A grant by e-mail is for the address that was named. An opt-out is of the person at whatever address;
    /// where only an address is known, it is of the address.
    pub(super) fn command(
        &self,
        target: Target,
        address: Option<&ForeignId>,
        context: &Context<'_>,
    ) -> Option<Addressed> {
        let by_mail = self.about.channel == Some(Channel::Email);
        let point = address.filter(|_| by_mail).and_then(|address| context.directory.point(address));
        let at_address = matches!(target, Target::Address(_));
        let act = match self.status {
            Status::NotSeen => return None,
            Status::Seen | Status::OptIn if at_address => return None,
            Status::Seen => Act::NoticeSeen { notice: None, scope: Some(self.about.scope()) },
            Status::OptIn => {
                Act::Grant { stated: alloc::vec![self.about.stated(point)], window: self.window }
            }
            Status::OptOut => {
                let scope = Scope { point: point.filter(|_| at_address), ..self.about.scope() };
                Act::OptOut(alloc::vec![scope])
            }
        };
        let command =
            Command::new(context.person(), act).captured(self.captured).with_evidence(self.evidence.clone());
        Some(Addressed::new(target, address.cloned(), command))
    }
}

/// A restriction that stands in for a withdrawal which could not be understood.
pub(super) fn interim(
    scope: Scope,
    target: Target,
    address: Option<ForeignId>,
    problem: &Problem,
    context: &Context<'_>,
) -> Addressed {
    let by_mail = matches!(scope.channel, None | Some(Channel::Email));
    let at_address = matches!(target, Target::Address(_)) && by_mail;
    let point = address.as_ref().filter(|_| at_address).and_then(|address| context.directory.point(address));
    let scope = Scope { point, ..scope };
    let act = Act::Restrict { reason: RestrictionReason::Interim, scope, until: None };
    let mut command = Command::new(Actor::system(context.system), act).captured(Captured::At(context.now));
    if let Ok(source) = SourceName::new(context.system.as_str()) {
        let reason = Note::lossy(problem.code());
        command = command.with_evidence(Evidence::new(Method::Unknown, source).with_reason(reason));
    }
    Addressed::new(target, address, command)
}
