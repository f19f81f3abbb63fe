//! From what a person stated to the exact cells it means today.

use alloc::vec::Vec;

use crate::channel::Channel;
use crate::consent::draft::Draft;
use crate::consent::reject::Rejection;
use crate::fact::{Breadth, Cell, Relation, RestrictionReason, Stated};
use crate::id::ContactPointId;
use crate::policy::{LimitExceeded, Limited, Policy};
use crate::purpose::{Purpose, PurposeClass, PurposeRules};
use crate::view::{View, place, places, weigh};

/// The cells of each statement; a statement that covers none, or names what is not known, is refused, and the others go on.
pub(crate) fn cells(draft: &mut Draft<'_>, stated: &[Stated]) -> Result<Vec<(Stated, Cell)>, Rejection> {
    within(Limited::Statements, stated.len(), draft.policy().limits().statements)?;
    let mut cells = Vec::new();
    for statement in stated {
        let before = cells.len();
        match add_cells(draft, statement, &mut cells) {
            Err(limit @ Rejection::LimitExceeded { .. }) => return Err(limit),
            Err(rejection) => {
                cells.truncate(before);
                draft.refuse_statement(statement, rejection);
            }
            Ok(()) => {}
        }
    }
    Ok(cells)
}

/// Adds the cells of one statement, which is refused if it covers none.
pub(crate) fn add_cells(
    draft: &Draft<'_>,
    statement: &Stated,
    cells: &mut Vec<(Stated, Cell)>,
) -> Result<(), Rejection> {
    let before = cells.len();
    for purpose in purposes(draft, statement.purpose)? {
        for channel in channels(purpose, statement.channel) {
            for point in points(draft.view, channel, statement.point)? {
                cells.push((*statement, Cell { purpose: purpose.id(), channel, point }));
                within(Limited::Cells, cells.len(), draft.policy().limits().cells)?;
            }
        }
    }
    if cells.len() == before { Err(Rejection::NothingStated) } else { Ok(()) }
}

/// Every cell that the person may choose: of the purposes in use that an opt-out can reach, in the order of their tree, on their
/// channels, at the contact points they hold.
pub(crate) fn every_choice(view: &View, policy: &Policy) -> Result<Vec<Cell>, LimitExceeded> {
    let max = policy.limits().cells;
    let catalogue = policy.catalogue();
    let is_a_choice = |index, rules: &PurposeRules| {
        let named = Relation { by_name: true, names_a_purpose: true, at_point: false };
        let mut own = places(view.compiled.records.own()).map(place);
        let applies = |record| {
            let weighed = weigh(&view.compiled, index, rules, false, record);
            RestrictionReason::OptOut.applies(weighed, named)
        };
        !rules.retired && own.any(applies)
    };
    let mut purposes: Vec<_> = catalogue
        .iter()
        .filter_map(|(index, purpose)| Some((index, catalogue.rules(index)?, purpose)))
        .filter(|(index, rules, _)| is_a_choice(*index, rules))
        .collect();
    purposes.sort_by_key(|(_, rules, _)| rules.node());
    let most = usize::try_from(max).unwrap_or(usize::MAX).saturating_add(1);
    let cells: Vec<_> =
        purposes.into_iter().flat_map(|(.., purpose)| cells_of(view, purpose)).take(most).collect();
    if cells.len() < most {
        Ok(cells)
    } else {
        Err(LimitExceeded { which: Limited::Cells, max: u64::from(max) })
    }
}

/// The cells of one purpose.
fn cells_of(view: &View, purpose: &Purpose) -> impl Iterator<Item = Cell> {
    let id = purpose.id();
    channels(purpose, None).flat_map(move |channel| {
        // Without a contact point stated, there is none that could be unknown.
        let points = points(view, channel, None).into_iter().flatten();
        points.map(move |point| Cell { purpose: id, channel, point })
    })
}

pub(crate) fn within(which: Limited, found: usize, max: u32) -> Result<(), Rejection> {
    if u32::try_from(found).is_ok_and(|found| found <= max) {
        Ok(())
    } else {
        Err(LimitExceeded { which, max: u64::from(max) }.into())
    }
}

fn purposes<'a>(
    draft: &Draft<'a>,
    breadth: Breadth,
) -> Result<impl Iterator<Item = &'a Purpose> + use<'a>, Rejection> {
    let catalogue = draft.policy().catalogue();
    let known = |id| catalogue.find(id).ok_or(Rejection::UnknownPurpose);
    let (exact, root) = match breadth {
        Breadth::All => (None, None),
        Breadth::Subtree(id) => (None, Some(known(id)?.id())),
        Breadth::Exactly(id) => (Some(known(id)?), None),
    };
    if let Some(retired) = exact.filter(|purpose| purpose.is_retired()) {
        return Err(Rejection::RetiredPurpose(retired.id()));
    }
    let live = |purpose: &&Purpose| purpose.weighs_consent() && !purpose.is_retired();
    let within = move |purpose: &&Purpose| root.is_none_or(|root| catalogue.is_within(purpose.id(), root));
    let broad = exact.is_none().then(|| catalogue.iter().map(|(_, purpose)| purpose));
    Ok(exact.into_iter().chain(broad.into_iter().flatten().filter(within).filter(live)))
}

fn channels(purpose: &Purpose, stated: Option<Channel>) -> impl Iterator<Item = Option<Channel>> + '_ {
    let processing = stated.is_none() && purpose.class() == PurposeClass::Processing;
    let meant = move |channel: &Channel| stated.is_none_or(|stated| stated == *channel);
    let offered = purpose.channels().iter().copied().filter(meant).map(Some);
    processing.then_some(None).into_iter().chain(offered)
}

fn points(
    view: &View,
    channel: Option<Channel>,
    stated: Option<ContactPointId>,
) -> Result<impl Iterator<Item = Option<ContactPointId>>, Rejection> {
    let serves = move |id| {
        let held = view.point(id).map(|(_, state)| state).filter(|state| state.is_held());
        held.map(|state| channel.is_some_and(|channel| state.is_served_by(channel)))
    };
    let exact = match (channel, stated) {
        (None, Some(_)) => None,
        (None, None) => Some(None),
        (Some(_), Some(id)) => serves(id).ok_or(Rejection::UnknownContactPoint)?.then_some(Some(id)),
        (Some(channel), None) => (!channel.needs_point()).then_some(None),
    };
    let every = stated.is_none() && channel.is_some_and(Channel::needs_point);
    let held = every.then(|| view.points().filter(move |id| serves(*id) == Some(true)).map(Some));
    Ok(exact.into_iter().chain(held.into_iter().flatten()))
}
