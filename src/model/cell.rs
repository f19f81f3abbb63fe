//! A cell as the facts have it, and its state.

use alloc::vec::Vec;

use super::Model;
use super::grant::Given;
use super::reason::is_of_consent;
use super::request::Asked;
use super::restriction::Group;
use super::scope::names;
use crate::RestrictionReason as R;
use crate::*;

/// A cell, its purpose as it is for this person, and the facts about it at `t`, effective now.
pub(super) struct Case<'m> {
    pub(super) t: Timestamp,
    pub(super) cell: Cell,
    pub(super) purpose: &'m Purpose,
    pub(super) served: bool,
    pub(super) basis: LawfulBasis,
    pub(super) applying: Vec<Group>,
    pub(super) counted: Vec<Given<'m>>,
    pub(super) request: Asked,
}

impl Model<'_> {
    /// Everything about a cell, for a purpose of the catalogue.
    pub(super) fn case(&self, cell: Cell, direction: Direction, now: Timestamp) -> Option<Case<'_>> {
        let (purpose, t) = (self.policy.catalogue().find(cell.purpose)?, self.clock(now).0);
        let served = direction == Direction::Inbound && purpose.class().serves_the_person();
        let applies = |group: &Group, served| {
            let applies = |basis| self.applies(&group.named, purpose, basis, served);
            self.inside(&Stated::cell(cell), &group.named.key.scope)
                && self.bases(&group.reached, purpose).into_iter().any(applies)
        };
        let mut applying = self.groups();
        let kills = |group: &&Group| !self.is_relieved(group) && applies(group, false);
        let request = self.asked(cell, applying.iter().filter(kills), t);
        applying.retain(|group| self.stands(group, t) && applies(group, served));
        let (basis, counted) = (self.basis_of_case(cell, purpose), self.counted(purpose, cell));
        Some(Case { t, cell, purpose, served, basis, applying, counted, request })
    }

    /// R18: the state of a cell. A cell of an unknown purpose is unknown.
    #[must_use]
    pub fn state(&self, cell: Cell, now: Timestamp) -> CellState {
        let Some(case) = self.case(cell, Direction::Outbound, now) else {
            return CellState { state: State::Unknown, pending: None };
        };
        let opt_outs = || case.applying.iter().filter(|group| group.reason() == R::OptOut);
        let latest = opt_outs().map(|group| group.at).max();
        let lifted = |own: &Given<'_>| opt_outs().all(|group| names(&own.grant.lifts, &group.named));
        let over = case.counted.iter().filter(|own| own.window.from() <= case.t).filter_map(|own| {
            let cause = own.flaw.map_or(Some(ExpiryCause::GrantLapsed), |(_, cause)| cause)?;
            Some((own.fact.at(), own.fact.position, cause))
        });
        let state = if latest.is_some() && !case.effective().any(lifted) {
            let given = self.accepted(case.purpose, cell).iter().any(|(fact, _)| Some(fact.at()) < latest);
            if given { State::Withdrawn } else { State::Denied }
        } else if case.effective().next().is_some() {
            State::Granted
        } else if case.pending().is_some() {
            State::Pending
        } else if let Some((.., cause)) = over.max() {
            State::Expired(cause)
        } else if matches!(case.request, Asked::Lapsed) {
            State::Expired(ExpiryCause::RequestLapsed)
        } else {
            State::Unknown
        };
        CellState { state, pending: case.pending() }
    }
}

impl<'m> Case<'m> {
    /// R10, R21: whether consent is asked.
    pub(super) fn asks_consent(&self) -> bool {
        !self.served && (self.purpose.class().promotes() || self.basis == LawfulBasis::Consent)
    }

    /// R14: the effective grants.
    pub(super) fn effective(&self) -> impl Iterator<Item = &Given<'m>> {
        self.counted.iter().filter(|own| own.flaw.is_none() && own.window.contains(self.t))
    }

    /// The groups of the consent reasons that apply.
    pub(super) fn consent_groups(&self) -> impl Iterator<Item = &Group> {
        self.applying.iter().filter(|group| is_of_consent(group.reason()))
    }

    /// R16: whether one effective grant names every consent reason that applies.
    pub(super) fn has_witness(&self) -> bool {
        self.effective().any(|own| self.consent_groups().all(|group| names(&own.grant.lifts, &group.named)))
    }

    /// The request that is alive.
    pub(super) fn pending(&self) -> Option<PendingRequest> {
        if let Asked::Alive(pending) = self.request { Some(pending) } else { None }
    }

    /// R26: the instants at which what is said of the cell could count otherwise.
    pub(super) fn times(&self) -> Vec<Timestamp> {
        let windows = self.counted.iter().filter(|own| own.flaw.is_none()).map(|own| own.window);
        let windows = windows.flat_map(|window| window.until().into_iter().chain([window.from()]));
        let ends = self.applying.iter().filter_map(|group| group.end);
        ends.chain(windows).chain(self.pending().map(|pending| pending.expires)).collect()
    }
}
