//! The slow reference model: DESIGN.md as sets and loops, which tests hold the engine against.
//!
//! Every question walks all facts; nothing is cached, compacted or indexed. `R4` is Reading 4 of DESIGN.md.
//!
//! [`decision`] answers from the [`cell`] that is asked about, of which [`restriction`] says what stands, [`grant`] what counts
//! and [`request`] what is still asked. [`lift`] is the naming rule. They rest on [`record`], what is known of one record,
//! [`identity`], which records are one person, and [`address`], who holds a contact point.

mod address;
mod cell;
mod decision;
mod grant;
mod identity;
mod lift;
mod reason;
mod record;
mod request;
mod restriction;
mod scope;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::*;

pub use lift::Attempt;

/// A person, the facts in view and the policy.
#[derive(Clone, Debug)]
pub struct Model<'a> {
    policy: &'a Policy,
    subject: Subject,
    facts: Vec<Fact>,
    heads: ViewToken,
    frozen: bool,
}

/// The answer to a [`Query`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain output, compared in tests")]
pub struct Answer {
    /// Yes, not now, or no.
    pub verdict: Verdict,
    /// What the answer rests on.
    pub standing: Standing,
    /// The lawful basis, on a permit only.
    pub basis: Option<LawfulBasis>,
    /// Every failing check.
    pub reasons: ReasonSet,
    /// The earliest instant at which time alone could change the answer.
    pub valid_until: Option<Timestamp>,
}

impl<'a> Model<'a> {
    /// A live view of `facts`, in any order, with repeats; of each log the dense prefix from 1 counts.
    #[must_use]
    pub fn new(policy: &'a Policy, subject: &Subject, facts: impl IntoIterator<Item = Fact>) -> Self {
        let sorted: BTreeMap<_, _> = facts.into_iter().map(|fact| (fact.position, fact)).collect();
        let (mut heads, mut dense) = (ViewToken::NOTHING, Vec::new());
        for (position, fact) in sorted {
            let log = Consulted::Log(position.log);
            if position.seq == Seq::after(heads.version(log).unwrap_or(0)) {
                heads.raise(log, position.seq.get());
                dense.push(fact);
            }
        }
        Self { policy, subject: subject.clone(), facts: dense, heads, frozen: false }
    }

    /// R3: the view made of the facts that `token` covers and whose `at` is not later than `instant`.
    #[must_use]
    pub fn as_of(mut self, token: &ViewToken, instant: Timestamp) -> Self {
        self.facts.retain(|fact| token.covers(fact.position) && fact.at() <= instant);
        self.heads = token.clone();
        self.frozen = true;
        self
    }

    /// R2: effective now, and the floor if the clock jumped.
    fn clock(&self, now: Timestamp) -> (Timestamp, Option<Timestamp>) {
        match self.facts.iter().map(|fact| fact.recorded_at).max() {
            Some(floor) if !self.frozen && floor > now.saturating_add(self.policy.skew()) => {
                (now, Some(floor))
            }
            Some(floor) if !self.frozen => (now.max(floor), None),
            _ => (now, None),
        }
    }
}
