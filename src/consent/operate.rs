//! What operators, systems and the controller do: end, clear, hold, record.

use alloc::vec::Vec;

use crate::consent::draft::Draft;
use crate::consent::reject::Rejection;
use crate::consent::{give, lift};
use crate::evidence::{Evidence, Note, Notice, Power, Role};
use crate::fact::{
    FactKind, Hold, Interest, LapseCause, Named, PurposeScope, RelationshipKind, Release, RestrictionReason,
    Revocation, Scope,
};
use crate::id::{Aggregate, LogId, Seq};
use crate::purpose::{LawfulBasis, PurposeId};
use crate::view::{EndCause, Group, LogProjection, Reporters};

/// Ends grants on the controller's behalf.
pub(crate) fn revoke(draft: &mut Draft<'_>, scope: Scope) -> Result<(), Rejection> {
    draft.require(draft.may(Power::Controller))?;
    let ended = ended(draft, scope, EndCause::Revoked)?;
    draft.append_only(FactKind::Revocation(ended))
}

/// Takes a report that grants ended in another system.
pub(crate) fn lapse(draft: &mut Draft<'_>, scope: Scope, cause: LapseCause) -> Result<(), Rejection> {
    let ended = ended(draft, scope, EndCause::Lapsed(cause))?;
    draft.append_only(FactKind::Lapsed { cause, ended })
}

fn ended(draft: &Draft<'_>, scope: Scope, cause: EndCause) -> Result<Revocation, Rejection> {
    let view = draft.command.view.as_ref().unwrap_or(draft.view.token());
    let log = draft.view.projection.log(LogId::new(draft.own()?, draft.ctx.writer));
    let alike =
        log.into_iter().flat_map(|log| &log.endings).filter(|own| (own.scope, own.cause) == (scope, cause));
    let unmerges = draft.unmerges_beside(alike.map(|own| &own.unmerges));
    Ok(Revocation { scope, view: view.clone(), unmerges })
}

/// Ends a restriction that is not the person's own word.
pub(crate) fn clear(draft: &mut Draft<'_>, named: Named) -> Result<(), Rejection> {
    if draft.view.head(named.log) < named.upto.get() {
        return Err(Rejection::ViewTokenAhead);
    }
    let context = draft.context();
    let log = draft.view.projection.log(named.log).ok_or(Rejection::NothingToClear)?;
    let groups = || log.groups.iter().filter(|group| group.key == named.key);
    let stands = groups().any(|group| context.stands(log, group));
    if !stands || groups().any(|group| named.upto < group.last) {
        return Err(Rejection::NothingToClear);
    }
    draft.require(groups().all(|group| may_clear(draft, group)))?;
    draft.append(named.log.aggregate, FactKind::Clear(named));
    draft.report(crate::consent::decide::Report::of_act());
    Ok(())
}

/// Who may clear which reason.
fn may_clear(draft: &Draft<'_>, group: &Group) -> bool {
    let system =
        matches!(draft.actor().role(), Role::System).then(|| draft.actor().record().system()).flatten();
    let reported = system.is_some_and(|system| group.reporters == Reporters::One(system));
    match group.key.reason {
        RestrictionReason::OptOut
        | RestrictionReason::Objection
        | RestrictionReason::Erasure
        | RestrictionReason::Pause => false,
        RestrictionReason::Complaint | RestrictionReason::OperatorBlock => draft.may(Power::Block),
        RestrictionReason::Legal | RestrictionReason::Invalidation => draft.may(Power::Legal),
        RestrictionReason::Bounce | RestrictionReason::InvalidAddress | RestrictionReason::Interim => {
            draft.may(Power::Block) || reported
        }
        // Only whoever reads the register knows what it says by now. Where that is no one system, a person reads it.
        RestrictionReason::Register => {
            reported || (draft.may(Power::Block) && !matches!(group.reporters, Reporters::One(_)))
        }
    }
}

/// Ends every pause that lies inside a scope.
pub(crate) fn resume(draft: &mut Draft<'_>, scope: &Scope) -> Result<(), Rejection> {
    let mut pauses = resumable(draft)?;
    pauses.retain(|named| inside(draft, &named.key.scope, scope));
    if pauses.is_empty() {
        return Err(Rejection::NothingToClear);
    }
    for named in pauses {
        draft.append(named.log.aggregate, FactKind::Resume(named));
    }
    draft.report(crate::consent::decide::Report::of_act());
    Ok(())
}

/// The pauses that stand and that whoever acts may end.
pub(crate) fn resumable(draft: &Draft<'_>) -> Result<Vec<Named>, Rejection> {
    draft.require(draft.speaks_for_the_person())?;
    if let Some(system) = draft.actor().record().system() {
        draft.require(draft.policy().trusts_to_lift(system))?;
    }
    let context = draft.context();
    let (sight, acted_at) = (give::sight(draft), draft.captured_at);
    let age = draft.command.evidence.as_ref().and_then(Evidence::age).copied();
    let may_end = |log: &LogProjection, group: &Group| {
        let alone = match log.log().aggregate {
            // It may be the word of somebody who was taken for the person once.
            Aggregate::Subject(id) => draft.view.subject.ids.contains(&id),
            Aggregate::Point(id) => draft.view.point(id).is_some_and(|(_, point)| !point.shared),
        };
        group.key.reason == RestrictionReason::Pause
            && alone
            && acted_at.is_some_and(|at| log.dates_of_name(group).at < at.min(draft.now))
            && lift::saw(sight, log.log(), group, log.dates_of_name(group))
            && lift::speaks_for(draft.actor(), acted_at, age, group.key.by, draft.policy())
    };
    let pauses = context.groups().filter(|(log, group)| may_end(log, group) && context.stands(log, group));
    Ok(pauses.map(|(log, group)| Named { log: log.log(), key: group.key, upto: group.last }).collect())
}

fn inside(draft: &Draft<'_>, inner: &Scope, outer: &Scope) -> bool {
    let purpose = match (inner.purpose, outer.purpose) {
        (_, PurposeScope::All) => true,
        (PurposeScope::All, PurposeScope::Subtree(_)) => false,
        (PurposeScope::Subtree(inner), PurposeScope::Subtree(outer)) => {
            draft.policy().catalogue().is_within(inner, outer)
        }
    };
    let channel = outer.channel.is_none() || outer.channel == inner.channel;
    purpose && channel && (outer.point.is_none() || outer.point == inner.point)
}

/// Records the lawful basis of a purpose for this person.
pub(crate) fn basis(draft: &mut Draft<'_>, purpose: PurposeId, basis: LawfulBasis) -> Result<(), Rejection> {
    draft.require(draft.may(Power::Controller))?;
    known(draft, purpose)?;
    draft.append_only(FactKind::Basis { purpose, basis })
}

fn known(draft: &Draft<'_>, purpose: PurposeId) -> Result<(), Rejection> {
    draft.policy().catalogue().index(purpose).map(|_| ()).ok_or(Rejection::UnknownPurpose)
}

/// Begins a legal hold.
pub(crate) fn hold(draft: &mut Draft<'_>, purpose: PurposeId) -> Result<(), Rejection> {
    draft.require(draft.may(Power::Legal))?;
    let found = draft.policy().catalogue().find(purpose).ok_or(Rejection::UnknownPurpose)?;
    if found.class().promotes() {
        return Err(Rejection::HoldOnPromotion(purpose));
    }
    draft.append_only(FactKind::Hold(Hold { purpose }))
}

/// Ends legal holds, in the record in whose log they stand: in another it would end nothing.
pub(crate) fn release(
    draft: &mut Draft<'_>,
    purpose: PurposeId,
    log: LogId,
    upto: Seq,
) -> Result<(), Rejection> {
    draft.require(draft.may(Power::Legal))?;
    if draft.view.head(log) < upto.get() {
        return Err(Rejection::ViewTokenAhead);
    }
    match log.aggregate {
        Aggregate::Subject(record) if draft.view.subject.ids.contains(&record) => {
            draft.append_of(record, FactKind::Release(Release { purpose, log, upto }))
        }
        Aggregate::Subject(_) | Aggregate::Point(_) => Err(Rejection::NothingToClear),
    }
}

/// Records that a notice was seen.
pub(crate) fn notice_seen(
    draft: &mut Draft<'_>,
    notice: Option<Notice>,
    scope: Option<Scope>,
) -> Result<(), Rejection> {
    draft.append_only(FactKind::NoticeSeen { notice, scope })
}

/// Records what interests the person.
pub(crate) fn preference(
    draft: &mut Draft<'_>,
    purpose: PurposeId,
    interest: Interest,
    note: Option<&Note>,
) -> Result<(), Rejection> {
    known(draft, purpose)?;
    draft.append_only(FactKind::Preference { purpose, interest, note: note.cloned() })
}

/// Records a purchase, contract or inquiry.
pub(crate) fn relationship(draft: &mut Draft<'_>, kind: RelationshipKind) -> Result<(), Rejection> {
    draft.require(draft.may(Power::Controller) || draft.actor().role() == Role::System)?;
    draft.append_only(FactKind::Relationship(kind))
}
