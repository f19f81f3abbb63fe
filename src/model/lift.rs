//! The naming rule of the design: which restrictions a grant would lift.

use alloc::vec::Vec;

use super::Model;
use super::cell::Case;
use super::reason::is_of_consent;
use super::restriction::Group;
use super::scope::names;
use crate::RestrictionReason as R;
use crate::*;

/// Somebody's attempt to grant a cell.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs, reason = "plain input, meant to be written as a literal")]
pub struct Attempt<'a> {
    /// The breadth in which it was stated.
    pub stated: Stated,
    /// Who acts.
    pub actor: Actor,
    /// When they acted, if known.
    pub captured_at: Option<Timestamp>,
    /// What they had in front of them, if they sent it.
    pub view: Option<&'a ViewToken>,
    /// Their age in years, if known.
    pub age: Option<u8>,
    /// Now, by the host's clock; the grant would be recorded then.
    pub now: Timestamp,
    /// The request it confirms, and the `at` of that request (none if its capture time is unknown).
    pub confirms: Option<(&'a Request, Option<Timestamp>)>,
}

impl Model<'_> {
    /// What a grant of `cell` decided now would lift, or the lowest condition that fails for the first
    /// group that
    /// it cannot name, in the order of log and key.
    ///
    /// # Errors
    ///
    /// [`NotNamed`], conditions 1 to 4.
    ///
    /// ```
    /// use consent_engine::model::{Attempt, Model};
    /// use consent_engine::*;
    /// # let (news, now) = (PurposeId::new("news")?, "2026-03-02T10:00:00Z".parse().unwrap());
    /// # let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Web]);
    /// # let policy = Policy::new(1, Catalogue::new([purpose], []).unwrap());
    /// let model = Model::new(&policy, &Subject::new(SubjectId::from_u128(7)), []);
    /// let cell = Cell { purpose: news, channel: Some(Channel::Web), point: None };
    /// let attempt = Attempt {
    ///     stated: Stated::cell(cell),
    ///     actor: Actor::subject(),
    ///     captured_at: Some(now),
    ///     view: None,
    ///     age: None,
    ///     now,
    ///     confirms: None,
    /// };
    /// assert_eq!(model.lifts(cell, &attempt), Ok(Vec::new()), "nothing bites, so there is nothing to name");
    /// # Ok::<(), InvalidName>(())
    /// ```
    pub fn lifts(&self, cell: Cell, attempt: &Attempt<'_>) -> Result<Vec<Named>, NotNamed> {
        let case = self.case(cell, Direction::Outbound, attempt.now);
        let imported = attempt.actor.role() == Role::Importer;
        let groups = case.iter().flat_map(|case| {
            let bite = case.applying.iter().filter(move |own| imported || is_of_consent(own.reason()));
            bite.map(move |group| (case, group))
        });
        groups.map(|(case, group)| self.named(case, group, attempt)).collect()
    }

    /// The naming rule of the design, for one group.
    fn named(&self, case: &Case<'_>, group: &Group, attempt: &Attempt<'_>) -> Result<Named, NotNamed> {
        let Named { log, key, upto } = group.named;
        let (actor, confirms) = (attempt.actor, attempt.confirms);
        let at = confirms.map_or(attempt.captured_at.map(|at| at.min(attempt.now)), |(_, at)| at);
        let in_person = actor.role() == Role::Subject && actor.via() == Via::Direct;
        let acted = attempt.captured_at.unwrap_or(case.t).min(case.t);
        // R38: the name reaches all of its key up to its position, whomever else these reach.
        let mut reached = self.all_groups();
        reached.retain(|own| names(&[group.named], &own.named));
        let settled =
            reached.iter().all(|own| own.recorded <= acted.saturating_sub(self.policy.conflict_window()));
        let seen = match (confirms, attempt.view) {
            (Some((request, _)), _) => names(&request.seen, &group.named),
            (None, Some(view)) => view.covers(log.at(upto)),
            (None, None) => in_person && settled,
        };
        if !self.inside(&attempt.stated, &key.scope) {
            Err(NotNamed::Broader)
        } else if at.is_none_or(|at| reached.iter().any(|own| at <= own.at)) {
            Err(NotNamed::NotLater)
        } else if !seen {
            Err(NotNamed::NotSeen)
        } else if !self.may_lift(case.cell, &group.named, attempt) {
            Err(NotNamed::NotAuthorized)
        } else {
            Ok(group.named)
        }
    }

    /// Condition 4: the actor may lift this reason, in this way.
    fn may_lift(&self, cell: Cell, named: &Named, attempt: &Attempt<'_>) -> bool {
        let (actor, by_guardian) = (attempt.actor, named.key.by == ActorKind::Guardian);
        let power = attempt.captured_at.is_some_and(|at| actor.may(Power::Represent, at));
        let actor_may = match actor.role() {
            Role::Subject => {
                !by_guardian || attempt.age.is_some_and(|age| age >= self.policy.age_of_majority())
            }
            Role::Guardian => power,
            Role::Delegate => power && !by_guardian,
            Role::Operator | Role::Importer | Role::Partner | Role::System | Role::Unauthenticated => false,
        };
        let trusted = matches!(actor.via(), Via::Direct)
            || matches!(actor.via(), Via::Reported(system) if self.policy.trusts_to_lift(system));
        let (home, alone) = match named.log.aggregate {
            Aggregate::Point(point) => (Some(point), !self.is_shared(point)),
            Aggregate::Subject(_) => (named.key.scope.point, true),
        };
        let confirmed_there = attempt.confirms.is_some() && home.is_some() && cell.point == home;
        let at_point = matches!(named.log.aggregate, Aggregate::Point(_));
        let way = match named.key.reason {
            R::Complaint => confirmed_there,
            R::Erasure => at_point && confirmed_there && self.policy.allows_return_after_erasure(),
            R::OptOut | R::Objection => alone || confirmed_there,
            _ => false,
        };
        actor_may && trusted && way
    }
}
