//! What a region knows of two records, and what follows from it by counting.

use std::collections::{BTreeMap, BTreeSet};

use std::sync::Arc;

use consent_engine::*;

use crate::digest;
use crate::support::*;

pub const ADA: SubjectId = PERSON;
pub const BOB: SubjectId = OTHER_PERSON;

/// What a region knows.
#[derive(Clone, Debug)]
pub struct Known {
    pub facts: BTreeMap<Position, Arc<Noted>>,
    pub projection: Projection,
    pub digest: u64,
}

/// A fact, and what its region knew when it was recorded, by its own count: the positions of merges and unmerges.
#[derive(Debug)]
pub struct Noted {
    pub fact: Fact,
    pub digest: u64,
    pub knew: BTreeSet<Position>,
}

impl Known {
    pub fn numbered(mut self) -> Self {
        self.digest = digest(&self.noted().map(|noted| noted.digest).collect::<Vec<_>>());
        self
    }

    pub fn join(&self, other: &Self) -> Self {
        let mut joined = self.clone();
        joined.facts.extend(other.facts.iter().map(|(position, noted)| (*position, Arc::clone(noted))));
        joined.projection.join(&other.projection);
        joined.numbered()
    }

    pub fn noted(&self) -> impl Iterator<Item = &Noted> {
        self.facts.values().map(|noted| &**noted)
    }

    pub fn merges(&self) -> impl Iterator<Item = &Noted> {
        self.noted().filter(|noted| matches!(noted.fact.kind, FactKind::Merge { .. }))
    }

    pub fn unmerges(&self) -> impl Iterator<Item = &Noted> {
        self.noted().filter(|noted| matches!(noted.fact.kind, FactKind::Unmerge { .. }))
    }

    pub fn granted(&self) -> impl Iterator<Item = (&Noted, &Grant)> {
        let grants = self.noted().filter_map(|noted| Some((noted, &**noted.fact.kind.grant()?)));
        grants.filter(|(_, grant)| !grant.attempted)
    }

    /// Whether the two records are one, by counting: some merge was not seen by any unmerge.
    pub fn is_merged(&self) -> bool {
        self.merges().any(|merge| !self.unmerges().any(|unmerge| unmerge.knew.contains(&merge.fact.position)))
    }

    /// Whether the two records were one and are no longer.
    pub fn is_parted(&self) -> bool {
        self.merges().next().is_some() && !self.is_merged()
    }

    pub fn has_opt_out_of(&self, who: SubjectId) -> bool {
        let restricts = |noted: &Noted| matches!(noted.fact.kind, FactKind::Restriction(_));
        self.noted().any(|noted| restricts(noted) && record(&noted.fact) == Some(who))
    }

    /// The opt-outs that bite on somebody, by counting: their own, and those of the other record if the two are one, or if
    /// whoever recorded it did not know of every unmerge.
    pub fn opt_outs_of(&self, who: SubjectId) -> impl Iterator<Item = Named> {
        let merged = self.is_merged();
        let ever = self.merges().next().is_some();
        self.noted().filter_map(move |noted| {
            let FactKind::Restriction(own) = &noted.fact.kind else { return None };
            let knew_all = self.unmerges().all(|unmerge| noted.knew.contains(&unmerge.fact.position));
            let key = RestrictionKey { reason: own.reason, by: noted.fact.actor.kind(), scope: own.scope };
            let named = Named { log: noted.fact.position.log, key, upto: noted.fact.position.seq };
            (record(&noted.fact) == Some(who) || merged || (ever && !knew_all)).then_some(named)
        })
    }

    /// Whether the one who has an address agreed there, and named every opt-out that bites on `who`.
    pub fn may_permit(&self, who: SubjectId, whose: SubjectId) -> bool {
        let names = |grant: &Grant, own: Named| {
            grant
                .lifts
                .iter()
                .any(|named| (named.log, named.key) == (own.log, own.key) && own.upto <= named.upto)
        };
        (who == whose || self.is_merged())
            && self.granted().any(|(noted, grant)| {
                let own = record(&noted.fact) == Some(whose) && grant.cell == at_home(whose);
                let said = [50, 51, 900, 901].map(|at| Some(t(at))).contains(&noted.fact.captured_at);
                own && said && self.opt_outs_of(who).all(|own| names(grant, own))
            })
    }
}

known_by_digest!(Known);

pub fn at_home(who: SubjectId) -> Cell {
    cell("news", if who == ADA { EMAIL } else { SECOND_EMAIL })
}

pub fn record(fact: &Fact) -> Option<SubjectId> {
    match fact.position.log.aggregate {
        Aggregate::Subject(id) => Some(id),
        Aggregate::Point(_) => None,
    }
}
