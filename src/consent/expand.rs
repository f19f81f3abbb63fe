//! From what a person stated to the exact cells it means today.

use alloc::vec::Vec;

use crate::channel::Channel;
use crate::consent::draft::Draft;
use crate::consent::reject::Rejection;
use crate::fact::{Breadth, Cell, Stated};
use crate::id::ContactPointId;
use crate::policy::LimitExceeded;
use crate::purpose::{Purpose, PurposeClass};

/// The cells of each statement; a statement that covers none is refused.
pub(crate) fn cells(draft: &Draft<'_>, stated: &[Stated]) -> Result<Vec<(Stated, Cell)>, Rejection> {
    let limits = draft.policy().limits();
    within("statements in a command", stated.len(), limits.statements)?;
    let mut cells = Vec::new();
    for statement in stated {
        let before = cells.len();
        for purpose in purposes(draft, statement.purpose)? {
            for channel in channels(purpose, statement.channel) {
                for point in points(draft, channel, statement.point)? {
                    cells.push((*statement, Cell { purpose: purpose.id(), channel, point }));
                    within("cells in a command", cells.len(), limits.cells)?;
                }
            }
        }
        if cells.len() == before {
            return Err(Rejection::NothingStated);
        }
    }
    Ok(cells)
}

pub(crate) fn within(which: &'static str, found: usize, max: u32) -> Result<(), Rejection> {
    if u32::try_from(found).is_ok_and(|found| found <= max) {
        Ok(())
    } else {
        Err(LimitExceeded { which, max: u64::from(max) }.into())
    }
}

fn purposes<'a>(draft: &Draft<'a>, breadth: Breadth) -> Result<Vec<&'a Purpose>, Rejection> {
    let catalogue = draft.policy().catalogue();
    let live = |purpose: &&Purpose| purpose.weighs_consent() && !purpose.is_retired();
    match breadth {
        Breadth::All => Ok(catalogue.iter().map(|(_, purpose)| purpose).filter(live).collect()),
        Breadth::Subtree(id) if catalogue.find(id).is_some() => {
            let all = catalogue.iter().map(|(_, purpose)| purpose);
            Ok(all.filter(|purpose| catalogue.is_within(purpose.id(), id)).filter(live).collect())
        }
        Breadth::Exactly(id) => match catalogue.find(id) {
            None => Err(Rejection::UnknownPurpose),
            Some(purpose) if purpose.is_retired() => Err(Rejection::RetiredPurpose(id)),
            Some(purpose) => Ok(Vec::from([purpose])),
        },
        Breadth::Subtree(_) => Err(Rejection::UnknownPurpose),
    }
}

fn channels(purpose: &Purpose, stated: Option<Channel>) -> Vec<Option<Channel>> {
    match stated {
        Some(channel) if purpose.channels().contains(&channel) => Vec::from([Some(channel)]),
        Some(_) => Vec::new(),
        None => {
            let processing = (purpose.class() == PurposeClass::Processing).then_some(None);
            processing.into_iter().chain(purpose.channels().iter().copied().map(Some)).collect()
        }
    }
}

fn points(
    draft: &Draft<'_>,
    channel: Option<Channel>,
    stated: Option<ContactPointId>,
) -> Result<Vec<Option<ContactPointId>>, Rejection> {
    let Some(channel) = channel else {
        return Ok(if stated.is_none() { Vec::from([None]) } else { Vec::new() });
    };
    let serves = |id| {
        let held = draft.view.point(id).map(|(_, state)| state).filter(|state| state.held_by.is_some());
        held.map(|state| state.kind.is_some_and(|kind| channel.is_served_by(kind)))
    };
    match stated {
        Some(id) => match serves(id) {
            None => Err(Rejection::UnknownContactPoint),
            Some(true) => Ok(Vec::from([Some(id)])),
            Some(false) => Ok(Vec::new()),
        },
        None if channel.needs_point() => {
            Ok(draft.view.points().filter(|id| serves(*id) == Some(true)).map(Some).collect())
        }
        None => Ok(Vec::from([None])),
    }
}
