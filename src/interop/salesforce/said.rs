//! What an echo repeats, and when something that comes back repeats it.

use alloc::format;
use alloc::string::String;

use crate::interop::Echo;
use crate::interop::salesforce::{Action, Moment, Status};

/// What was written, or is reported, in the parts that an echo is compared by.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    pub(super) action: Action,
    pub(super) status: Status,
    pub(super) from: Option<Moment>,
    pub(super) to: Option<Moment>,
    /// The purpose, by its record or name; both absent for all.
    pub(super) purpose: [Option<&'a str>; 2],
}

impl Said<'_> {
    /// The value of an echo: `action status from/to purpose`.
    pub(super) fn value(&self) -> String {
        let text = |moment: Option<Moment>| moment.map_or(String::new(), |moment| format!("{moment}"));
        let purpose = self.purpose.iter().flatten().next().copied().unwrap_or_default();
        format!("{} {} {}/{} {purpose}", self.action, self.status, text(self.from), text(self.to))
    }

    /// Whether this repeats what the echo stands for. A start that was left out was filled in over there.
    pub(super) fn repeats(&self, echo: &Echo) -> bool {
        let text = |moment: Option<Moment>| moment.map_or(String::new(), |moment| format!("{moment}"));
        let Some(parts) = Parts::of(echo) else { return false };
        parts.is_of(self.action, self.status)
            && (parts.from.is_empty() || parts.from == text(self.from))
            && parts.to == text(self.to)
            && parts.is_for(&self.purpose)
    }

    /// The same for a status that was read: the flags tell neither dates nor purpose, and rows no dates.
    pub(super) fn repeats_but_for_dates(&self, echo: &Echo) -> bool {
        let flag = self.purpose == [None, None];
        Parts::of(echo).is_some_and(|parts| {
            parts.is_of(self.action, self.status) && (flag || parts.is_for(&self.purpose))
        })
    }
}

/// The parts of the value of an echo.
struct Parts<'a> {
    action: &'a str,
    status: &'a str,
    from: &'a str,
    to: &'a str,
    purpose: &'a str,
}

impl<'a> Parts<'a> {
    fn of(echo: &'a Echo) -> Option<Self> {
        let mut words = echo.value().splitn(4, ' ');
        let (action, status) = (words.next()?, words.next()?);
        let (from, to) = words.next()?.split_once('/')?;
        Some(Self { action, status, from, to, purpose: words.next()? })
    }

    fn is_of(&self, action: Action, status: Status) -> bool {
        self.action == action.name() && self.status == status.name()
    }

    fn is_for(&self, purpose: &[Option<&str>; 2]) -> bool {
        let mut named = purpose.iter().flatten().peekable();
        if named.peek().is_none() {
            return self.purpose.is_empty();
        }
        named.any(|name| name.eq_ignore_ascii_case(self.purpose))
    }
}
