use serde::{Deserialize, Serialize};

use crate::consent::{State, cell_state};
use crate::decision::{Contacts, Query, evaluate};
use crate::fact::{Cell, RestrictionReason};
use crate::policy::{Policy, RegimeSet};
use crate::purpose::PurposeIndex;
use crate::time::Timestamp;
use crate::view::{EntryKind, GrantStatus, Lifts, View};

/// What a person has chosen for one row, as a form shows it.
///
/// It says what the person wants, and is no permission: an address may bounce, a law may forbid. Ask
/// [`evaluate`] before you send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "choice", rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "front ends must show every choice")]
pub enum Choice {
    /// They agreed, and it holds.
    Yes,
    /// They refused, withdrew, objected or complained. It goes before everything else.
    No,
    /// They take a break. What they had chosen before holds again afterwards.
    Paused {
        /// The first instant at which it is over; none if it goes on until they resume.
        #[serde(default)]
        until: Option<Timestamp>,
    },
    /// They were asked to confirm, and have not yet.
    Pending {
        /// The first instant at which they no longer can.
        until: Timestamp,
    },
    /// Nothing that counts was said, or what was said has ended.
    NotChosen {
        /// Whether the rules that apply to the person make a yes of that.
        receives: bool,
    },
}

impl Choice {
    /// The choice for a cell at `now`, and since when it stands; none where nobody chose.
    pub(super) fn of(
        view: &View,
        policy: &Policy,
        cell: Cell,
        regimes: RegimeSet,
        now: Timestamp,
    ) -> (Self, Option<Timestamp>) {
        let now = view.effective_now(policy, now);
        let (refused, paused) = standing(view, policy, &cell, now);
        if refused.is_some() {
            return (Self::No, refused);
        }
        if let Some((since, until)) = paused {
            return (Self::Paused { until }, Some(since));
        }
        let state = cell_state(view, cell, policy, now);
        match (state.state, state.pending) {
            (State::Granted, _) => (Self::Yes, agreed_at(view, policy, &cell, now)),
            (State::Denied | State::Withdrawn, _) => (Self::No, None),
            (_, Some(pending)) => (Self::Pending { until: pending.expires }, asked_at(view, policy, &cell)),
            (State::Unknown | State::Pending | State::Expired(_), None) => {
                let index = policy.catalogue().index(cell.purpose);
                let receives = index.is_some_and(|index| {
                    evaluate(view, &query(index, cell, regimes), policy, now).is_permit()
                });
                (Self::NotChosen { receives }, None)
            }
        }
    }
}

/// The question behind a row. How often the person was contacted of late is about when, and not about whether.
pub(super) fn query(purpose: PurposeIndex, cell: Cell, regimes: RegimeSet) -> Query {
    let query = Query::new(purpose, regimes).with_contacts(Contacts::default());
    Query { channel: cell.channel, point: cell.point, ..query }
}

/// A pause: since when, and until when.
type Paused = (Timestamp, Option<Timestamp>);

/// Since when a word of the person denies, and the pause if there is one.
fn standing(
    view: &View,
    policy: &Policy,
    cell: &Cell,
    now: Timestamp,
) -> (Option<Timestamp>, Option<Paused>) {
    let context = view.context(policy);
    let t = now.unix_micros();
    let witnessed = context.entries_of(cell).any(|entry| {
        let witness = EntryKind::Grant { status: GrantStatus::Sound, lifts: Lifts::Everything };
        entry.kind == witness && entry.from <= t && t < entry.until
    });
    let (mut refused, mut paused): (Option<Timestamp>, Option<Paused>) = (None, None);
    for (_, group) in context.standing_on(cell, |_| true) {
        let reason = group.key.reason;
        if reason.is_consent_reason() && !witnessed {
            refused = refused.max(Some(group.at));
        } else if reason == RestrictionReason::Pause && group.until.is_none_or(|until| now < until) {
            paused = Some(match paused {
                None => (group.at, group.until),
                Some((since, until)) => {
                    let last = until.zip(group.until).map(|(one, other)| one.max(other));
                    (since.max(group.at), last)
                }
            });
        }
    }
    (refused, paused)
}

/// When the latest grant that holds was given.
fn agreed_at(view: &View, policy: &Policy, cell: &Cell, now: Timestamp) -> Option<Timestamp> {
    let t = now.unix_micros();
    let sound = view.context(policy).entries_of(cell).filter(|entry| {
        matches!(entry.kind, EntryKind::Grant { status: GrantStatus::Sound, .. })
            && entry.from <= t
            && t < entry.until
    });
    sound.filter_map(|entry| Some(view.grant_at(view.position_of(entry)?)?.at)).max()
}

fn asked_at(view: &View, policy: &Policy, cell: &Cell) -> Option<Timestamp> {
    let requests = view.context(policy).entries_of(cell);
    let requests = requests.filter(|entry| matches!(entry.kind, EntryKind::Request(_)));
    requests.filter_map(|entry| Some(view.request_at(view.position_of(entry)?)?.at)).max()
}
