//! References between the facts of a raw history, settled once its shape is known.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use proptest::sample::Index;

use super::draft::{Aims, Capture, Draft, Lifts};
use crate::evidence::RecordedActor;
use crate::fact::{
    Consulted, Fact, FactKind, Named, Release, RestrictionKey, RestrictionReason, Version, ViewToken,
};
use crate::id::{LogId, Position, Seq};
use crate::purpose::PurposeId;

/// Gives every draft its place, dense in its log, and what it refers to.
pub(super) fn settle(drafts: Vec<Draft>) -> Vec<Fact> {
    let mut history = History::default();
    drafts.into_iter().for_each(|draft| history.add(draft));
    history.facts
}

#[derive(Default)]
struct History {
    facts: Vec<Fact>,
    /// What a reader saw after each fact.
    seen: Vec<ViewToken>,
    /// The groups of restrictions so far, with their last positions.
    groups: BTreeMap<(LogId, RestrictionKey), Seq>,
}

impl History {
    fn add(&mut self, draft: Draft) {
        let Draft { mut kind, recorded, captured, mut actor, command, evidence, writer, mut home, aims } =
            draft;
        if let Some(earlier) = self.earlier(&kind, aims.echo) {
            actor = earlier.actor;
            home.elsewhere = Some(earlier.position.log.aggregate);
            kind = echo(kind, &earlier.kind);
        }
        let kind = self.aim(kind, &aims, actor);
        let aggregate = home.elsewhere.unwrap_or_else(|| home.of(&kind));
        let position = self.next(LogId::new(aggregate, writer));
        if let FactKind::Restriction(restriction) = &kind {
            let key =
                RestrictionKey { reason: restriction.reason, by: actor.kind(), scope: restriction.scope };
            self.groups.insert((position.log, key), position.seq);
        }
        let captured_at = match captured {
            Capture::AsRecorded => Some(recorded),
            Capture::At(t) => Some(t),
            Capture::Unknown => None,
        };
        let v = Version::CURRENT;
        self.facts.push(Fact {
            v,
            position,
            recorded_at: recorded,
            captured_at,
            actor,
            command,
            evidence,
            kind,
        });
    }

    /// The next place in a log.
    fn next(&mut self, log: LogId) -> Position {
        let mut token = self.seen.last().cloned().unwrap_or_default();
        let seq = Seq::after(token.version(Consulted::Log(log)).unwrap_or(0));
        token.raise(Consulted::Log(log), seq.get());
        self.seen.push(token);
        log.at(seq)
    }

    /// An earlier fact to repeat: a restriction for a restriction, a grant or request for a grant or request.
    fn earlier(&self, kind: &FactKind, echo: Option<Index>) -> Option<&Fact> {
        let restricts = matches!(kind, FactKind::Restriction(_));
        let alike = |fact: &&Fact| match &fact.kind {
            FactKind::Restriction(_) => restricts,
            other => other.cell().is_some() && kind.cell().is_some(),
        };
        one_of(echo?, &self.facts.iter().filter(alike).collect::<Vec<_>>()).copied()
    }

    fn aim(&self, mut kind: FactKind, aims: &Aims, actor: RecordedActor) -> FactKind {
        let token = aims.sight.token(&self.seen);
        let see = |seen: &mut ViewToken| {
            if let Some(token) = &token {
                seen.clone_from(token);
            }
        };
        match &mut kind {
            FactKind::Grant(grant) | FactKind::Confirm(grant) => {
                let grant = Arc::make_mut(grant);
                self.lift(&mut grant.lifts, aims);
                see(&mut grant.read);
                if aims.by_actor {
                    grant.by = actor.kind();
                }
            }
            FactKind::Request(request) => self.lift(&mut Arc::make_mut(request).seen, aims),
            FactKind::Revocation(ended) | FactKind::Lapsed { ended, .. } => {
                see(&mut ended.unmerges);
                see(&mut ended.view);
            }
            FactKind::Reassign(reassign) => see(&mut reassign.view),
            FactKind::Restriction(restriction) => see(&mut restriction.unmerges),
            FactKind::Unmerge { ends, .. }
                if aims.target.is_some() && token.as_ref().is_none_or(ViewToken::is_empty) =>
            {
                *ends = self.merges();
            }
            FactKind::Unmerge { ends, .. } | FactKind::ContestResolved { ends, .. } => see(ends),
            FactKind::Described { instead_of, unmerges, .. } => {
                if matches!(aims.lifts, Lifts::All) {
                    see(unmerges);
                }
                see(instead_of);
            }
            FactKind::Clear(named) => *named = self.target(aims, |_| true).unwrap_or(*named),
            FactKind::Resume(named) => {
                let pause = |reason| reason == RestrictionReason::Pause;
                *named = self.target(aims, pause).unwrap_or(*named);
            }
            FactKind::Release(release) => self.release(release, aims),
            FactKind::Asked(_)
            | FactKind::Basis { .. }
            | FactKind::Hold(_)
            | FactKind::NoticeSeen { .. }
            | FactKind::Preference { .. }
            | FactKind::Relationship(_)
            | FactKind::Claim(_)
            | FactKind::Attach { .. }
            | FactKind::Verify { .. }
            | FactKind::Replace { .. }
            | FactKind::Merge { .. }
            | FactKind::Unsupported(_) => {}
        }
        kind
    }

    /// Aims a release at a hold so far.
    fn release(&self, release: &mut Release, aims: &Aims) {
        let holds: Vec<_> = self.facts.iter().filter_map(hold_at).collect();
        if let Some((purpose, at)) = aims.target.and_then(|index| one_of(index, &holds)) {
            (release.purpose, release.log, release.upto) = (*purpose, at.log, at.seq);
        }
    }

    /// The merges so far.
    fn merges(&self) -> ViewToken {
        let merges = self.facts.iter().filter(|fact| matches!(fact.kind, FactKind::Merge { .. }));
        merges.map(|fact| (Consulted::Log(fact.position.log), fact.position.seq.get())).collect()
    }

    /// The groups so far whose reason is as asked.
    fn groups(&self, asked: impl Fn(RestrictionReason) -> bool) -> Vec<Named> {
        let groups = self.groups.iter().filter(|((_, key), _)| asked(key.reason));
        groups.map(|((log, key), upto)| Named { log: *log, key: *key, upto: *upto }).collect()
    }

    fn target(&self, aims: &Aims, asked: impl Fn(RestrictionReason) -> bool) -> Option<Named> {
        let named = *one_of(aims.target?, &self.groups(asked))?;
        Some(aims.off.apply(named))
    }

    fn lift(&self, lifts: &mut Vec<Named>, aims: &Aims) {
        let mut groups = self.groups(RestrictionReason::is_consent_reason);
        match aims.lifts {
            Lifts::Keep => return,
            Lifts::All => {}
            Lifts::AllButOne(_) if groups.is_empty() => {}
            Lifts::AllButOne(index) => {
                groups.remove(index.index(groups.len()));
            }
            Lifts::One(index) => groups = one_of(index, &groups).copied().into_iter().collect(),
        }
        *lifts = groups.into_iter().map(|named| aims.off.apply(named)).collect();
    }
}

/// The same fact about the cell or scope of an earlier one.
fn echo(mut kind: FactKind, earlier: &FactKind) -> FactKind {
    let before = match earlier {
        FactKind::Request(request) => Some((request.cell, request.stated)),
        other => other.grant().map(|grant| (grant.cell, grant.stated)),
    };
    match (&mut kind, before) {
        (FactKind::Grant(grant) | FactKind::Confirm(grant), Some(before)) => {
            let grant = Arc::make_mut(grant);
            (grant.cell, grant.stated) = before;
        }
        (FactKind::Request(request), Some(before)) => {
            let request = Arc::make_mut(request);
            (request.cell, request.stated) = before;
        }
        (FactKind::Restriction(restriction), _) => {
            if let FactKind::Restriction(earlier) = earlier {
                (restriction.reason, restriction.scope) = (earlier.reason, earlier.scope);
            }
        }
        _ => {}
    }
    kind
}

fn hold_at(fact: &Fact) -> Option<(PurposeId, Position)> {
    match &fact.kind {
        FactKind::Hold(hold) => Some((hold.purpose, fact.position)),
        _ => None,
    }
}

fn one_of<T>(index: Index, values: &[T]) -> Option<&T> {
    if values.is_empty() { None } else { values.get(index.index(values.len())) }
}
