//! Commands to be decided one after the other, and the run that settles what they leave open.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use proptest::collection::{SizeRange, vec};
use proptest::prelude::*;

use super::World;
use super::act::commands_without_view;
use super::history::openings;
use super::pick::{choose, maybe, pick};
use super::time::{EPOCH, spans};
use super::token::{ViewChoice, view_choices};
use crate::consent::{Act, Captured, Command};
use crate::evidence::{Actor, Authority, Power};
use crate::fact::{Fact, FactKind, Named, RestrictionKey, ViewToken};
use crate::id::{CommandId, RequestId};
use crate::time::{Interval, Span, Timestamp};

/// One command of a script, with what only a run can settle.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain test data, meant to be written as a literal")]
pub struct Step {
    /// How much time passes before it, for every writer. Often none.
    pub advance: Span,
    /// How far the writer's clock is behind: at most the policy's skew, mostly not at all.
    pub behind: Span,
    /// Whose view it is decided on: an index of [`World::subjects`].
    pub subject: usize,
    /// Who decides it: an index of [`World::writers`].
    pub writer: usize,
    /// What the actor had in front of them.
    pub view: ViewChoice,
    /// For `Clear`, `Release` and `Confirm`: which restriction, hold or request of the run it is about, counted from
    /// the last (0) and round; with none it stays as it is written.
    pub target: Option<u8>,
    /// The command, without a view, its instants as if it were [`EPOCH`]. [`Run::command`] makes it fit the run.
    pub command: Command,
}

/// A script in progress: its clock, the facts so far, and what everybody saw.
///
/// The loop that plays a script is in the [module documentation](super#two-kinds-of-history).
#[derive(Clone, Debug)]
pub struct Run {
    clock: Timestamp,
    now: Timestamp,
    steps: u64,
    facts: Vec<Fact>,
    seen: BTreeMap<usize, Vec<ViewToken>>,
}

impl Default for Run {
    /// Nothing happened yet; it is [`EPOCH`].
    fn default() -> Self {
        Self { clock: EPOCH, now: EPOCH, steps: 0, facts: Vec::new(), seen: BTreeMap::new() }
    }
}

impl Run {
    /// Begins a step: moves the clock, and says what time it is for the step's writer.
    pub fn advance(&mut self, step: &Step) -> Timestamp {
        self.steps = self.steps.saturating_add(1);
        self.clock = self.clock.saturating_add(step.advance);
        self.now = self.clock.saturating_sub(step.behind);
        self.now
    }

    /// What time it is for the writer of the step that [`advance`](Self::advance) began.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The id of the current step's command: the number of the step.
    #[must_use]
    pub fn command_id(&self) -> CommandId {
        CommandId::from_u128(u128::from(self.steps))
    }

    /// The command of the current step as the engine gets it: its instants moved from [`EPOCH`] to now, its view
    /// chosen among those of the subject so far, its target looked up. `current` is the token of the view that it is
    /// decided on.
    ///
    /// Dates of authority stay as they are.
    pub fn command(&mut self, step: &Step, current: ViewToken) -> Command {
        let seen = self.seen.entry(step.subject).or_default();
        seen.push(current);
        let view = step.view.token(seen);
        let mut command = step.command.clone();
        command.view = view;
        if let Captured::At(t) = command.captured {
            command.captured = Captured::At(self.moved(t));
        }
        command.act = self.settled(command.act, step.target);
        command
    }

    /// Takes in the facts that the step wrote.
    pub fn record(&mut self, facts: impl IntoIterator<Item = Fact>) {
        self.facts.extend(facts);
    }

    /// The facts so far, in the order of their recording.
    #[must_use]
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// An instant written as if it were [`EPOCH`], as of now.
    fn moved(&self, t: Timestamp) -> Timestamp {
        let by = t.unix_micros().saturating_sub(EPOCH.unix_micros());
        let bounds = (Timestamp::MIN.unix_micros(), Timestamp::MAX.unix_micros());
        let micros = self.now.unix_micros().saturating_add(by).clamp(bounds.0, bounds.1);
        Timestamp::from_unix_micros(micros).unwrap_or(t)
    }

    fn moved_interval(&self, window: Option<Interval>) -> Option<Interval> {
        let window = window?;
        let from = Interval::starting(self.moved(window.from()));
        Some(window.until().map_or(from, |until| from.ending_by(self.moved(until))))
    }

    fn settled(&self, act: Act, target: Option<u8>) -> Act {
        match act {
            Act::Grant { stated, window } => Act::Grant { stated, window: self.moved_interval(window) },
            Act::Renew { stated, window } => Act::Renew { stated, window: self.moved_interval(window) },
            Act::Restrict { reason, scope, until } => {
                Act::Restrict { reason, scope, until: until.map(|t| self.moved(t)) }
            }
            Act::Choose(mut choices) => {
                for pause in &mut choices.pause {
                    pause.until = pause.until.map(|t| self.moved(t));
                }
                Act::Choose(choices)
            }
            Act::Clear(named) => Act::Clear(self.target(target, restriction).unwrap_or(named)),
            Act::Confirm(id) => Act::Confirm(self.target(target, request).unwrap_or(id)),
            Act::Release { .. } => self.target(target, release).unwrap_or(act),
            other => other,
        }
    }

    /// What `of` makes of a fact of the run, counted from the last of which it makes something.
    fn target<T>(&self, target: Option<u8>, of: fn(&Fact) -> Option<T>) -> Option<T> {
        let mut found: Vec<T> = self.facts.iter().rev().filter_map(of).collect();
        let at = usize::from(target?).checked_rem(found.len())?;
        Some(found.swap_remove(at))
    }
}

fn restriction(fact: &Fact) -> Option<Named> {
    let FactKind::Restriction(restriction) = &fact.kind else { return None };
    let key = RestrictionKey { reason: restriction.reason, by: fact.actor.kind(), scope: restriction.scope };
    Some(Named { log: fact.position.log, key, upto: fact.position.seq })
}

fn request(fact: &Fact) -> Option<RequestId> {
    match &fact.kind {
        FactKind::Request(request) => Some(request.id),
        _ => None,
    }
}

fn release(fact: &Fact) -> Option<Act> {
    match &fact.kind {
        FactKind::Hold(hold) => {
            Some(Act::Release { purpose: hold.purpose, log: fact.position.log, upto: fact.position.seq })
        }
        _ => None,
    }
}

/// Scripts of commands.
///
/// `len` counts the steps after an opening of up to six that attach the world's addresses to its people; who shares
/// which varies. Half of the steps happen at the same instant as the one before.
pub fn scripts<R: Into<SizeRange>>(
    world: &World,
    len: R,
) -> impl Strategy<Value = Vec<Step>> + Clone + use<R> {
    let subjects = world.subjects;
    let opening = openings(world).prop_map(move |held| {
        let steps = held.into_iter().map(|(subject, point, kind)| {
            let powers = Authority::new([Power::Identity], Interval::starting(Timestamp::MIN));
            Step {
                advance: Span::ZERO,
                behind: Span::ZERO,
                subject: subjects.iter().position(|own| *own == subject).unwrap_or(0),
                writer: 0,
                view: ViewChoice::None,
                target: None,
                command: Command::new(Actor::operator(powers), Act::Attach { point, kind }),
            }
        });
        steps.collect::<Vec<_>>()
    });
    (opening, vec(steps(world), len)).prop_map(|(opening, steps)| opening.into_iter().chain(steps).collect())
}

fn steps(world: &World) -> BoxedStrategy<Step> {
    let skew = world.policy.skew();
    let writers = pick([4, 2].into_iter().chain(core::iter::repeat(1)).zip(0..world.writers.len().max(1)));
    let advance =
        choose![Span::ZERO; 10 => Just(Span::ZERO), 9 => short_spans(world), 1 => Just(Span::days(1))];
    let behind = pick([(12, Span::ZERO), (1, skew), (1, skew.min(Span::micros(1)))]);
    let time = (advance, behind);
    let who = (pick([(5, 0usize), (2, 1), (1, 2)]), writers);
    (time, who, view_choices(), maybe(0.85, 0u8..6), commands_without_view(world))
        .prop_map(|((advance, behind), (subject, writer), view, target, command)| Step {
            advance,
            behind,
            subject,
            writer,
            view,
            target,
            command,
        })
        .boxed()
}

/// [`spans`] of at most thirty days: scripts must not run into the end of time.
fn short_spans(world: &World) -> impl Strategy<Value = Span> + Clone + use<> {
    spans(world).prop_map(|span| span.min(Span::days(30)))
}
