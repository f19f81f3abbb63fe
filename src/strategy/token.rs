use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use proptest::collection::vec;
use proptest::prelude::*;

use super::World;
use super::id::{index_keys, log_ids};
use super::pick::{choose, pick};
use crate::fact::{Consulted, Fact, ViewToken};
use crate::id::LogId;

/// What a reader of all these facts has seen: the last number of each log.
#[must_use]
pub fn heads(facts: &[Fact]) -> ViewToken {
    let mut heads: BTreeMap<LogId, u64> = BTreeMap::new();
    for fact in facts {
        let head = heads.entry(fact.position.log).or_default();
        *head = fact.position.seq.get().max(*head);
    }
    heads.into_iter().map(|(log, head)| (Consulted::Log(log), head)).collect()
}

/// Logs of the world, and sometimes an index key.
pub fn consulted(world: &World) -> impl Strategy<Value = Consulted> + Clone + use<> {
    choose![8 => log_ids(world).prop_map(Consulted::Log), 1 => index_keys().prop_map(Consulted::Key)]
}

/// Tokens out of the blue: up to eight entries at versions 0 to 8, and rarely at the last there is.
pub fn tokens(world: &World) -> impl Strategy<Value = ViewToken> + Clone + use<> {
    let version = choose![30 => 0u64..=8, 1 => Just(u64::MAX)];
    vec((consulted(world), version), 0..=8).prop_map(ViewToken::from_iter)
}

/// How a token relates to the heads.
#[derive(Clone, Copy, Debug)]
enum Relation {
    Nothing,
    Exact,
    Stale,
    Partial,
    Ahead,
    Zeroed,
}

/// Tokens beside given heads: nothing, exactly the heads, behind in some logs, without some logs, ahead in some
/// logs, every log at 0.
pub fn view_tokens(heads: &ViewToken) -> impl Strategy<Value = ViewToken> + Clone + use<> {
    let heads: Vec<_> = heads.iter().collect();
    let relation = pick([
        (2, Relation::Nothing),
        (5, Relation::Exact),
        (3, Relation::Stale),
        (2, Relation::Partial),
        (1, Relation::Ahead),
        (1, Relation::Zeroed),
    ]);
    (relation, vec(0u64..=3, heads.len())).prop_map(move |(relation, steps)| {
        let entries = heads.iter().zip(steps).filter_map(|((consulted, head), by)| {
            let version = match relation {
                Relation::Nothing => return None,
                Relation::Exact => *head,
                Relation::Stale => head.saturating_sub(by),
                Relation::Partial if by == 0 => return None,
                Relation::Partial => *head,
                Relation::Ahead => head.saturating_add(by),
                Relation::Zeroed => 0,
            };
            Some((*consulted, version))
        });
        entries.collect()
    })
}

/// Which view an actor had in front of them; settled while a script runs, as tokens depend on the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "test data, meant to be matched in full")]
pub enum ViewChoice {
    /// The command carries no token.
    None,
    /// The token of the view that the command is decided on.
    Current,
    /// The token of the view that many commands of the subject ago, or of the first.
    Stale(u8),
    /// A token that has seen nothing.
    Nothing,
    /// A token ahead of every log of the view by that much: from a replica that knows more, or forged.
    Ahead(u8),
}

impl ViewChoice {
    /// The token, given those that the actor had in front of them in order, the current one last.
    #[must_use]
    pub fn token(self, seen: &[ViewToken]) -> Option<ViewToken> {
        let current = || seen.last().cloned().unwrap_or_default();
        match self {
            Self::None => None,
            Self::Current => Some(current()),
            Self::Stale(steps) => {
                let at = seen.len().saturating_sub(usize::from(steps).saturating_add(1));
                Some(seen.get(at).cloned().unwrap_or_default())
            }
            Self::Nothing => Some(ViewToken::NOTHING),
            Self::Ahead(by) => {
                let ahead =
                    |(consulted, head): (Consulted, u64)| (consulted, head.saturating_add(u64::from(by)));
                Some(current().iter().map(ahead).collect())
            }
        }
    }
}

/// Every choice: the current view most often, none nearly as often, and rarely one ahead.
pub fn view_choices() -> impl Strategy<Value = ViewChoice> + Clone {
    choose![
        ViewChoice::None;
        4 => Just(ViewChoice::None),
        6 => Just(ViewChoice::Current),
        3 => (1u8..=4).prop_map(ViewChoice::Stale),
        1 => Just(ViewChoice::Nothing),
        1 => (1u8..=2).prop_map(ViewChoice::Ahead),
    ]
}
