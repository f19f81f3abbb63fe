use alloc::format;
use alloc::string::String;

use crate::channel::Channel;
use crate::consent::{Act, Captured, Command};
use crate::evidence::{Evidence, Note};
use crate::fact::{Breadth, PurposeScope, Scope};
use crate::id::ContactPointId;
use crate::interop::{ForeignId, Target};
use crate::purpose::PurposeId;
use crate::redact::Pii;

/// A command with whom it is for and the address that the payload named.
///
/// ```
/// use consent_engine::interop::{Addressed, ForeignId, Target};
/// use consent_engine::{Act, Actor, Channel, Command, ContactPointId, PurposeScope, Scope};
/// let scope = Scope { purpose: PurposeScope::All, channel: Some(Channel::Email), point: None };
/// let address = ForeignId::new("a@example.com")?;
/// let addressed = Addressed::new(
///     Target::Address(address.clone()),
///     Some(address),
///     Command::new(Actor::subject(), Act::OptOut(vec![scope])),
/// );
/// assert_eq!(addressed.channel(), Some(Channel::Email));
/// // The host looked the address up, and writes to the log of the contact point:
/// let at_point = addressed.at(ContactPointId::from_u128(7));
/// assert_eq!(at_point.scope().and_then(|scope| scope.point), Some(ContactPointId::from_u128(7)));
/// # Ok::<(), consent_engine::interop::InvalidForeignId>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Addressed {
    /// Whom it is for.
    pub target: Target,
    /// The address that the payload named, if it named one.
    pub address: Option<ForeignId>,
    /// What to decide.
    pub command: Command,
}

impl Addressed {
    /// A command for a target.
    #[must_use]
    pub const fn new(target: Target, address: Option<ForeignId>, command: Command) -> Self {
        Self { target, address, command }
    }

    /// The same, at one contact point wherever the command names none.
    #[must_use]
    pub fn at(mut self, point: ContactPointId) -> Self {
        let narrow = |own: &mut Option<ContactPointId>| {
            own.get_or_insert(point);
        };
        match &mut self.command.act {
            Act::Grant { stated, .. } | Act::Renew { stated, .. } | Act::Request(stated) => {
                stated.iter_mut().for_each(|stated| narrow(&mut stated.point));
            }
            Act::OptOut(scopes) | Act::Object(scopes) => {
                scopes.iter_mut().for_each(|scope| narrow(&mut scope.point));
            }
            Act::Restrict { scope, .. } => narrow(&mut scope.point),
            _ => {}
        }
        self
    }

    /// When the act happened, as far as the payload says.
    #[must_use]
    pub const fn captured(&self) -> Captured {
        self.command.captured
    }

    /// How we know.
    #[must_use]
    pub const fn evidence(&self) -> Option<&Evidence> {
        self.command.evidence.as_ref()
    }

    /// What makes this act the one that it is: hash it, with a key of the tenant, to the id of the command,
    /// so that a repeated payload is the same command.
    ///
    /// It is personal data. A payload without a date of its own is dated when it came, and is another act
    /// each time: for such a one take the id of the event instead, if there is one.
    #[must_use]
    pub fn key(&self) -> Pii<String> {
        let target = match &self.target {
            Target::Subject(id) => format!("subject {id}"),
            Target::Created => String::from("created"),
            Target::Record(id) => format!("record {}", id.expose()),
            Target::Address(id) => format!("address {}", id.expose()),
        };
        let address = self.address.as_ref().map_or("", ForeignId::expose);
        let act = match self.command.act() {
            Act::Grant { window, .. } => format!("grant {window:?}"),
            Act::OptOut(_) => String::from("opt-out"),
            Act::NoticeSeen { .. } => String::from("notice seen"),
            Act::Restrict { reason, .. } => format!("restrict {reason:?}"),
            other => format!("{other:?}"),
        };
        let (scope, captured) = (self.scope(), self.command.captured);
        let reference = self.evidence().and_then(Evidence::external_ref).map_or("", Note::expose);
        Pii::new(format!("{target}\n{address}\n{act}\n{scope:?}\n{captured:?}\n{reference}"))
    }

    /// What the first statement covers, read as a scope: a dialect makes commands of one statement each.
    #[must_use]
    pub fn scope(&self) -> Option<Scope> {
        match self.command.act() {
            Act::Grant { stated, .. } | Act::Renew { stated, .. } | Act::Request(stated) => {
                stated.first().map(|stated| Scope {
                    purpose: match stated.purpose {
                        Breadth::All => PurposeScope::All,
                        Breadth::Subtree(id) | Breadth::Exactly(id) => PurposeScope::Subtree(id),
                    },
                    channel: stated.channel,
                    point: stated.point,
                })
            }
            Act::OptOut(scopes) | Act::Object(scopes) => scopes.first().copied(),
            Act::Restrict { scope, .. } | Act::Revoke(scope) | Act::Resume(scope) => Some(*scope),
            Act::NoticeSeen { scope, .. } => *scope,
            _ => None,
        }
    }

    /// The channel of the first statement.
    #[must_use]
    pub fn channel(&self) -> Option<Channel> {
        self.scope().and_then(|scope| scope.channel)
    }

    /// The purpose of the first statement; none if it speaks of all.
    #[must_use]
    pub fn purpose(&self) -> Option<PurposeId> {
        match self.scope()?.purpose {
            PurposeScope::All => None,
            PurposeScope::Subtree(id) => Some(id),
        }
    }
}
