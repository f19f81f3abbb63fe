//! What a person chose on a form, decided as one command: what restricts first, and never held up by the rest.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use serde::Serialize;

use crate::consent::decide::{Decided, Effect, End, Report};
use crate::consent::draft::Draft;
use crate::consent::expand::{every_choice, within};
use crate::consent::reject::Rejection;
use crate::consent::{give, operate, restrict};
use crate::fact::{Cell, FactKind, Interest, Named, PurposeScope, RestrictionReason, Scope};
use crate::id::SubjectId;
use crate::policy::Limited;
use crate::purpose::{Purpose, PurposeId};
use crate::time::Timestamp;

/// What a person chose on a form. Each part stands for itself: one that is refused holds up no other.
///
/// What restricts (`no`, `pause`) is taken whatever the view, the clock or the token say, and is recorded first. What may permit (`yes`,
/// `resume`) is decided on what that left, and needs what every grant needs. A preference form makes this from what was changed in it,
/// see [`Submission`](crate::Submission).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(clippy::exhaustive_structs, reason = "plain input, meant to be written as a literal")]
pub struct Choices {
    /// For whom the form was made. Another person's form is refused as a whole.
    pub subject: SubjectId,
    /// Consent to these cells, and to no others.
    pub yes: Vec<Cell>,
    /// Opt out of these.
    pub no: Vec<Scope>,
    /// Take a break from these.
    pub pause: Vec<Pause>,
    /// End the pauses that cover these cells, as far as they cover no others.
    pub resume: Vec<Cell>,
    /// Say what is relevant. It decides nothing.
    pub interests: Vec<(PurposeId, Interest)>,
}

/// A break from something that promotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[allow(clippy::exhaustive_structs, reason = "plain input, meant to be written as a literal")]
pub struct Pause {
    /// What is paused.
    pub scope: Scope,
    /// The first instant at which it is over by itself. Without one, or with one that has passed, it is refused as
    /// [`PauseWithoutEnd`](Rejection::PauseWithoutEnd).
    pub until: Option<Timestamp>,
}

impl Choices {
    /// Nothing chosen yet, on a form that was made for this person.
    #[must_use]
    pub const fn of(subject: SubjectId) -> Self {
        Self {
            subject,
            yes: Vec::new(),
            no: Vec::new(),
            pause: Vec::new(),
            resume: Vec::new(),
            interests: Vec::new(),
        }
    }

    /// Whether nothing is chosen.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        !self.restricts_in_part() && self.only_restricts()
    }

    pub(crate) const fn only_restricts(&self) -> bool {
        self.yes.is_empty() && self.resume.is_empty() && self.interests.is_empty()
    }

    pub(crate) const fn restricts_in_part(&self) -> bool {
        !self.no.is_empty() || !self.pause.is_empty()
    }

    /// What became of everything that does not restrict, if it is refused.
    fn refused(&self, rejection: Rejection) -> Vec<Report> {
        let end = End::Refused { rejection };
        let interests = self.interests.iter().map(|_| Report::of_part(end.clone()));
        let cells = self.resume.iter().chain(&self.yes).map(|cell| Report::of_cell(*cell, end.clone()));
        interests.chain(cells).collect()
    }
}

#[cfg(feature = "engine")]
impl crate::consent::Act {
    /// Whether a part of the act is taken whatever the view, the clock or the token say.
    pub(crate) const fn restricts_in_part(&self) -> bool {
        match self {
            Self::Choose(choices) => choices.restricts_in_part(),
            other => other.restricts(),
        }
    }

    /// Only what restricts of choices that also permit, with the reports of the rest, which is refused.
    pub(crate) fn restricting_part(&self, rejection: Rejection) -> Option<(Self, Vec<Report>)> {
        let Self::Choose(choices) = self else { return None };
        let Choices { subject, no, pause, .. } = choices;
        let kept = Choices { no: no.clone(), pause: pause.clone(), ..Choices::of(*subject) };
        let some = choices.restricts_in_part() && !choices.only_restricts();
        some.then(|| (Self::Choose(kept), choices.refused(rejection)))
    }
}

/// Decides choices. `draft` takes what restricts.
pub(crate) fn choose(mut draft: Draft<'_>, choices: &Choices) -> Result<Decided, Rejection> {
    let (view, command, ctx) = (draft.view, draft.command, draft.ctx);
    if !view.subject.ids.contains(&choices.subject) {
        return Err(Rejection::ForeignForm);
    }
    restrict::each(&mut draft, RestrictionReason::OptOut, &choices.no)?;
    pause(&mut draft, &choices.pause)?;
    let (subject, at) = (choices.subject, draft.now);
    let mut all = draft.into_decided();
    match Draft::permitting(view, command, ctx) {
        Err(rejection) => all.reports.extend(choices.refused(rejection)),
        Ok(draft) if all.facts.is_empty() => all.join(permit(draft, choices)),
        Ok(_) => {
            let mut left = view.clone();
            // The facts are the next of their logs.
            let _ = left.apply(ctx.policy, &all.facts);
            all.join(permit(Draft::restricting(&left, command, ctx), choices));
        }
    }
    if all.facts.iter().any(|fact| changes_a_choice(&fact.kind)) {
        all.effects.push(Effect::NotifyChange { subject, at });
    }
    all.checked()
}

/// Whether the person should hear of a fact: not of an attempt, nor of a request, which has a message of its own.
fn changes_a_choice(kind: &FactKind) -> bool {
    match kind {
        FactKind::Request(_) | FactKind::Asked(_) | FactKind::Preference { .. } => false,
        other => other.grant().is_none_or(|grant| !grant.attempted),
    }
}

/// Records breaks; more of them than can be kept apart are one from everything, until the last end.
fn pause(draft: &mut Draft<'_>, pauses: &[Pause]) -> Result<(), Rejection> {
    let mut ending: BTreeSet<(Scope, Timestamp)> = BTreeSet::new();
    for Pause { scope, until } in pauses {
        match until.filter(|until| draft.now < *until) {
            Some(until) => drop(ending.insert((*scope, until))),
            None => draft.refuse_scope(*scope, Rejection::PauseWithoutEnd),
        }
    }
    let max = draft.policy().limits().statements;
    let last = ending.iter().map(|(_, until)| *until).max();
    if let (Err(_), Some(last)) = (within(Limited::Statements, ending.len(), max), last) {
        draft.effect(Effect::OpenReview { scope: Scope::EVERYTHING });
        ending = BTreeSet::from([(Scope::EVERYTHING, last)]);
    }
    for (scope, until) in ending {
        match pausable(draft, &scope) {
            Ok(()) => restrict::other(draft, RestrictionReason::Pause, scope, Some(until))?,
            Err(rejection) => draft.refuse_scope(scope, rejection),
        }
    }
    Ok(())
}

/// Whether a pause of the scope could mean anything.
fn pausable(draft: &Draft<'_>, scope: &Scope) -> Result<(), Rejection> {
    let PurposeScope::Subtree(id) = scope.purpose else { return Ok(()) };
    let catalogue = draft.policy().catalogue();
    let below = |purpose: &Purpose| purpose.class().promotes() && catalogue.is_within(purpose.id(), id);
    let means_something =
        catalogue.index(id).is_none() || catalogue.iter().any(|(_, purpose)| below(purpose));
    if means_something { Ok(()) } else { Err(Rejection::NotPausable(id)) }
}

/// Decides what may permit.
fn permit(mut draft: Draft<'_>, choices: &Choices) -> Decided {
    let max = draft.policy().limits().statements;
    let interests: BTreeSet<_> = choices.interests.iter().copied().collect();
    let few = within(Limited::Statements, interests.len(), max);
    for (purpose, interest) in interests {
        let said = few.and_then(|()| operate::preference(&mut draft, purpose, interest, None));
        if let Err(rejection) = said {
            draft.report(Report::of_part(End::Refused { rejection }));
        }
    }
    for (cells, decide) in [(&choices.resume, resume as Part), (&choices.yes, agree)] {
        let cells: BTreeSet<Cell> = cells.iter().copied().collect();
        let decided = within(Limited::Statements, cells.len(), max).and_then(|()| decide(&mut draft, &cells));
        if let Err(rejection) = decided {
            cells.into_iter().for_each(|cell| draft.refuse(cell, rejection));
        }
    }
    draft.into_decided()
}

/// What decides some cells, or refuses them all.
type Part = fn(&mut Draft<'_>, &BTreeSet<Cell>) -> Result<(), Rejection>;

/// Ends the pauses that cover these cells and no others.
fn resume(draft: &mut Draft<'_>, cells: &BTreeSet<Cell>) -> Result<(), Rejection> {
    if cells.is_empty() {
        return Ok(());
    }
    let resumable = operate::resumable(draft)?;
    let (context, now) = (draft.context(), draft.now);
    let pauses_of = |cell: &Cell| -> BTreeSet<Named> {
        let pauses = context.standing_on(cell, |reason| reason == RestrictionReason::Pause);
        let lasting = pauses.filter(|(_, group)| group.until.is_none_or(|until| now < until));
        lasting.map(|(log, group)| Named { log: log.log(), key: group.key, upto: group.last }).collect()
    };
    let others = every_choice(draft.view, draft.policy())?.into_iter().filter(|cell| !cells.contains(cell));
    let needed: BTreeSet<Named> = others.flat_map(|cell| pauses_of(&cell)).collect();
    let mut ended: BTreeSet<Named> = BTreeSet::new();
    for cell in cells {
        let pauses = pauses_of(cell);
        if !pauses.is_disjoint(&needed) {
            draft.refuse(*cell, Rejection::PauseCoversMore);
        } else if pauses.is_empty() || !pauses.iter().all(|pause| resumable.contains(pause)) {
            draft.refuse(*cell, Rejection::NothingToClear);
        } else {
            ended.extend(pauses);
            draft.report(Report::of_cell(*cell, End::Accepted));
        }
    }
    for named in ended {
        draft.append(named.log.aggregate, FactKind::Resume(named));
    }
    Ok(())
}

/// Consents to these cells, each stated as narrowly as it is.
fn agree(draft: &mut Draft<'_>, cells: &BTreeSet<Cell>) -> Result<(), Rejection> {
    for cell in cells {
        if let Err(rejection) = give::grant_exactly(draft, *cell) {
            draft.refuse(*cell, rejection);
        }
    }
    Ok(())
}
