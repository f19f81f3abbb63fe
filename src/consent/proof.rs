//! Whether evidence satisfies a purpose.

use crate::consent::draft::Draft;
use crate::consent::reject::{EvidenceProblem, Rejection};
use crate::evidence::{Evidence, Notice, Role, Strength};
use crate::purpose::{EvidenceNeed, Purpose};

/// The strength of a grant's evidence, if it is consent at all.
pub(crate) fn strength(draft: &Draft<'_>) -> Result<Strength, Rejection> {
    let (evidence, strength) = affirmation(draft)?;
    match draft.actor().role() {
        Role::Importer if !attests(evidence, strength, draft) => Err(problem(EvidenceProblem::NotAttested)),
        Role::Importer => Ok(strength),
        _ if draft.speaks_for_the_person() => Ok(strength),
        _ => Err(Rejection::NotAuthorized),
    }
}

/// The evidence of an act that is consent by its method, whoever acts.
pub(crate) fn affirmation<'a>(draft: &Draft<'a>) -> Result<(&'a Evidence, Strength), Rejection> {
    let evidence = draft.command.evidence.as_ref().ok_or(problem(EvidenceProblem::Missing))?;
    let strength = evidence.strength().ok_or(problem(EvidenceProblem::MethodIsNoConsent))?;
    Ok((evidence, strength))
}

/// An imported row attests an act of the person by method, time, source and notice.
fn attests(evidence: &Evidence, strength: Strength, draft: &Draft<'_>) -> bool {
    Strength::Explicit <= strength && draft.captured_at.is_some() && evidence.notice().is_some()
}

/// What a purpose asks beside strength: the notice, and the age of a person who decides alone.
pub(crate) fn notice_and_age(
    draft: &Draft<'_>,
    purpose: &Purpose,
    notice: Option<Notice>,
    age: Option<u8>,
) -> Result<(), Rejection> {
    let EvidenceNeed { notice: needed, minimum_age, .. } = purpose.evidence();
    let shown = |need: crate::purpose::NoticeNeed| {
        notice.is_some_and(|notice| notice.id == need.id && need.since <= notice.version)
    };
    if !needed.is_none_or(shown) {
        return Err(problem(EvidenceProblem::Notice));
    }
    let alone = draft.actor().role() != Role::Guardian;
    match (minimum_age.filter(|_| alone), age) {
        (Some(_), None) => Err(problem(EvidenceProblem::AgeUnknown)),
        (Some(minimum), Some(age)) if age < minimum => Err(problem(EvidenceProblem::TooYoung)),
        _ => Ok(()),
    }
}

pub(crate) const fn problem(problem: EvidenceProblem) -> Rejection {
    Rejection::EvidenceRejected(problem)
}
