//! Which status stands for a state: the part of a projection that Consent Write and rows share.

use alloc::string::String;
use alloc::vec::Vec;

use crate::consent::State;
use crate::evidence::Note;
use crate::interop::salesforce::desired::state_name;
use crate::interop::salesforce::{ConsentWrite, Desired, Moment, Status, TargetOrg};
use crate::interop::{Effect, Loss, Problem};
use crate::time::{Span, Timestamp};

/// What the target can hold.
#[derive(Clone, Copy)]
pub(super) struct Abilities {
    /// `Seen` and `NotSeen`.
    pub(super) notices: bool,
    /// An interval: without it an opt-in that does not hold now cannot be written.
    pub(super) intervals: bool,
    /// What to call it in errors.
    pub(super) name: &'static str,
}

/// A status, when it holds, and what is lost.
pub(super) struct Plan {
    pub(super) status: Status,
    pub(super) from: Option<Moment>,
    pub(super) to: Option<Moment>,
    pub(super) losses: Vec<Loss>,
    pub(super) effects: Vec<Effect>,
}

/// A plan, or an instant before which nothing may be written.
pub(super) enum Decided {
    Write(Plan),
    HoldBack(Timestamp),
}

impl Plan {
    fn of(status: Status, losses: Vec<Loss>) -> Self {
        Self { status, from: None, to: None, losses, effects: Vec::new() }
    }

    pub(super) fn decide(
        desired: &Desired<'_>,
        org: &TargetOrg<'_>,
        can: Abilities,
        now: Timestamp,
    ) -> Result<Decided, Problem> {
        let decided = Self::underlying(desired, org, can, now)?;
        let Some(pause) = desired.pause.filter(|pause| pause.until.is_none_or(|until| now < until)) else {
            return Ok(decided);
        };
        if let Decided::Write(plan) = &decided
            && plan.status == Status::OptOut
        {
            return Ok(decided);
        }
        let mut plan = Self::of(Status::OptOut, alloc::vec![Loss::PausedAsOptOut]);
        if let Some(until) = pause.until {
            // Inclusive there: it ends a moment late rather than early. No flag ends by itself.
            let end = ceil(until);
            plan.to = Some(Moment::instant(end));
            plan.precision(end != until);
            plan.effects.push(Effect::ScheduleWrite { at: until });
        }
        Ok(Decided::Write(plan))
    }

    /// The status of the state below a pause.
    fn underlying(
        desired: &Desired<'_>,
        org: &TargetOrg<'_>,
        can: Abilities,
        now: Timestamp,
    ) -> Result<Decided, Problem> {
        let unrepresentable =
            Problem::UnrepresentableState { state: state_name(desired.state), target: can.name };
        let plan = match desired.state {
            State::Denied | State::Withdrawn => {
                Self::of(Status::OptOut, alloc::vec![Loss::DeniedWithdrawnMerged])
            }
            State::Expired(_) => Self::of(Status::OptOut, alloc::vec![Loss::ExpiredAsOptOut]),
            State::Pending if org.explicit_readers && can.notices => {
                Self::of(Status::Seen, alloc::vec![Loss::PendingAsNotSet])
            }
            State::Pending => Self::of(Status::OptOut, alloc::vec![Loss::PendingAsOptOut]),
            State::Unknown if !can.notices => return Err(unrepresentable),
            State::Unknown if desired.notice_seen => Self::of(Status::Seen, Vec::new()),
            State::Unknown => Self::of(Status::NotSeen, Vec::new()),
            State::Granted if is_refused(desired.beside) => return Err(unrepresentable),
            State::Granted => return Ok(Self::granted(desired, can, now)),
        };
        Ok(Decided::Write(plan))
    }

    fn granted(desired: &Desired<'_>, can: Abilities, now: Timestamp) -> Decided {
        let mut plan = Self::of(Status::OptIn, Vec::new());
        let Some(window) = desired.window else { return Decided::Write(plan) };
        if window.until().is_some_and(|until| until <= now || until <= window.from()) {
            return Decided::Write(Self::of(Status::OptOut, alloc::vec![Loss::ExpiredAsOptOut]));
        }
        if now < window.from() && !can.intervals {
            return Decided::HoldBack(window.from());
        }
        let from = ceil(window.from());
        plan.from = Some(Moment::instant(from));
        plan.precision(from != window.from());
        if let Some(until) = window.until() {
            // The last millisecond that lies inside: through it, and not a moment longer.
            let last = floor(until.saturating_sub(Span::micros(1)));
            if last < from {
                return Decided::Write(Self::of(Status::OptOut, alloc::vec![Loss::ExpiredAsOptOut]));
            }
            let end = Moment::instant(last);
            plan.to = Some(end);
            plan.precision(end.end() != until);
            // What then has no row or flag to forbid it would be permitted there.
            plan.effects.push(Effect::ScheduleWrite { at: until });
        }
        Decided::Write(plan)
    }

    pub(super) fn precision(&mut self, lost: bool) {
        if lost && !self.losses.contains(&Loss::TimePrecisionLost) {
            self.losses.push(Loss::TimePrecisionLost);
        }
    }
}

/// Whether clearing a flag would clear something that is not granted.
const fn is_refused(beside: Option<State>) -> bool {
    match beside {
        None | Some(State::Granted | State::Unknown) => false,
        Some(State::Denied | State::Withdrawn | State::Expired(_) | State::Pending) => true,
    }
}

const MILLI: i64 = 1_000;

/// The millisecond at or before an instant.
pub(super) fn floor(at: Timestamp) -> Timestamp {
    let micros = at.unix_micros().div_euclid(MILLI).saturating_mul(MILLI);
    Timestamp::from_unix_micros(micros).unwrap_or(at)
}

/// The millisecond at or after an instant.
pub(super) fn ceil(at: Timestamp) -> Timestamp {
    let below = floor(at);
    if below == at { at } else { below.checked_add(Span::micros(1_000)).unwrap_or(below) }
}

/// The source with the token that makes its return recognised; and whether the detail had to give way.
pub(super) fn source_with_token(detail: Option<&Note>, token: &str) -> (Note, bool) {
    let detail = detail.map(Note::expose).unwrap_or_default();
    if detail.is_empty() {
        return (Note::lossy(token), false);
    }
    let mut text = String::from(detail);
    text.push(' ');
    text.push_str(token);
    if text.chars().count() > ConsentWrite::MAX_CAPTURE_SOURCE {
        return (Note::lossy(token), true);
    }
    (Note::lossy(&text), false)
}

/// The name of the purpose over there.
pub(super) fn purpose_name(desired: &Desired<'_>, org: &TargetOrg<'_>) -> Result<Option<Note>, Problem> {
    let Some(purpose) = desired.purpose else { return Ok(None) };
    if org.purposes.is_empty() {
        return Ok(Some(Note::lossy(purpose.as_str())));
    }
    let name = org.purposes.iter().find(|own| own.purpose == purpose).map(|own| own.name.as_str());
    let name = name.ok_or_else(|| Problem::UnknownPurpose { name: Note::lossy(purpose.as_str()) })?;
    match org.purposes.iter().filter(|own| own.name.eq_ignore_ascii_case(name)).count() {
        1 => Ok(Some(Note::lossy(name))),
        n => Err(Problem::AmbiguousPurpose { name: Note::lossy(name), n }),
    }
}
