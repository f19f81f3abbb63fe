use consent_engine::{Actor, Authority, Interval, Power, Role, SystemId, Timestamp};
use serde::Deserialize;

use crate::fault::Fault;

/// Who acts: by default the person, in person.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "who acts, an object with `role`")]
pub(crate) struct By {
    role: Role,
    #[serde(default)]
    via: Option<SystemId>,
    #[serde(default)]
    powers: Vec<PowerSpec>,
    #[serde(default)]
    during: Option<Interval>,
}

impl Default for By {
    fn default() -> Self {
        Self { role: Role::Subject, via: None, powers: Vec::new(), during: None }
    }
}

/// A right that the host of the story checked.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case", expecting = "the name of a power")]
enum PowerSpec {
    Represent,
    Block,
    Legal,
    Controller,
    Erase,
    Identity,
}

impl From<PowerSpec> for Power {
    fn from(spec: PowerSpec) -> Self {
        match spec {
            PowerSpec::Represent => Self::Represent,
            PowerSpec::Block => Self::Block,
            PowerSpec::Legal => Self::Legal,
            PowerSpec::Controller => Self::Controller,
            PowerSpec::Erase => Self::Erase,
            PowerSpec::Identity => Self::Identity,
        }
    }
}

impl By {
    /// The actor. The scenario is the host here: it says who acts, and nobody else could.
    pub(crate) fn actor(&self) -> Result<Actor, Fault> {
        let during = self.during.unwrap_or(Interval::starting(Timestamp::MIN));
        let authority = Authority::new(self.powers.iter().copied().map(Power::from), during);
        let system =
            || self.via.ok_or_else(|| Fault::field("via", "this role acts through a system: name it"));
        let actor = match self.role {
            Role::Subject => Actor::subject(),
            Role::Guardian => Actor::guardian(authority),
            Role::Delegate => Actor::delegate(authority),
            Role::Operator => Actor::operator(authority),
            Role::Importer => Actor::importer(system()?),
            Role::Partner => Actor::partner(system()?),
            Role::System => Actor::system(system()?),
            Role::Unauthenticated => Actor::unauthenticated(),
        };
        Ok(self.via.map_or(actor, |system| actor.reported_by(system)))
    }

    /// The actor in words; nothing for the person, in person.
    pub(crate) fn words(&self) -> Option<String> {
        let role = match self.role {
            Role::Subject => None,
            Role::Guardian => Some("a guardian"),
            Role::Delegate => Some("a delegate"),
            Role::Operator => Some("an operator"),
            Role::Importer => Some("an import"),
            Role::Partner => Some("a partner"),
            Role::System => Some("a system"),
            Role::Unauthenticated => Some("somebody unknown"),
        };
        match (role, self.via) {
            (None, None) => None,
            (Some(role), None) => Some(format!("by {role}")),
            (None, Some(system)) => Some(format!("reported by {system}")),
            (Some(role), Some(system)) => Some(format!("by {role}, {system}")),
        }
    }
}
