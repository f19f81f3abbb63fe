//! From the projection to flat entries: everything that needs no clock and no question is worked out once.

use alloc::vec::Vec;

use crate::fact::{Consulted, Description, SubjectKind};
use crate::id::{IndexKey, Position};
use crate::policy::{LimitExceeded, Policy};
use crate::subject::{Identity, Subject};
use crate::time::Timestamp;
use crate::view::context::Context;
use crate::view::draw::Drawing;
use crate::view::loaded::Compiled;
use crate::view::points;
use crate::view::projection::{KeptDescription, LogProjection, Projection};
use crate::view::records::Records;

/// How much of a view has to be compiled again; each step holds those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Changed {
    /// Grants, requests and endings: restrictions stand as they stood.
    Consents,
    /// Also restrictions, bases and holds: people and contact points are linked as they were.
    Restrictions,
    /// Also the links between people and contact points, or the policy.
    Everything,
}

/// Compiles a projection, in the room of an older compilation of the same view.
pub(crate) fn compile(
    policy: &Policy,
    subject: &Subject,
    projection: &Projection,
    keys: &[(IndexKey, u64)],
    changed: Changed,
    mut compiled: Compiled,
) -> Result<Compiled, LimitExceeded> {
    if changed == Changed::Everything {
        compiled.records = Records::of(subject, projection)?;
        compiled.points = points::read(subject, &compiled.records, projection)?;
        describe(subject, projection, &mut compiled);
        projection.logs.iter().for_each(|log| compiled.token.raise(Consulted::Log(log.log), log.head));
    }
    for (key, version) in keys {
        compiled.token.raise(Consulted::Key(*key), *version);
    }
    (compiled.floor, compiled.floor_by) = projection.logs.iter().filter_map(floor_of).max().unzip();
    compiled.unsupported = projection.logs.iter().find_map(|log| log.unsupported.map(|seq| log.log.at(seq)));
    compiled.sound = subject.identity == Identity::Resolved
        && compiled.kind.0 != SubjectKind::Deceased
        && compiled.unsupported.is_none();
    let catalogue = policy.catalogue();
    if changed >= Changed::Restrictions {
        let context = Context { catalogue, subject, projection, compiled: &compiled, entries_hold: false };
        (compiled.bases, compiled.holds) = (context.bases(), context.holds());
    }
    let mut drawing = Drawing::over(&mut compiled, changed);
    let context = Context { catalogue, subject, projection, compiled: &compiled, entries_hold: false };
    drawing.draw(&context, changed)?;
    drawing.finish(&mut compiled);
    Ok(compiled)
}

/// What is known of the person and of the addresses besides consent.
fn describe(subject: &Subject, projection: &Projection, compiled: &mut Compiled) {
    compiled.kind = (subject.kind, None);
    for (position, what) in descriptions(&compiled.records, projection) {
        match what {
            Description::Kind(kind) if compiled.kind.0 <= kind => compiled.kind = (kind, Some(position)),
            Description::RoleAddress { point, is: true } => {
                if let Some(state) = compiled.points.iter_mut().find(|state| state.id == point) {
                    state.role_by = Some(position);
                }
            }
            Description::Kind(_) | Description::RoleAddress { .. } => {}
        }
    }
}

/// The descriptions that reach the person, and that no other of these takes the place of.
fn descriptions<'a>(
    records: &Records,
    projection: &'a Projection,
) -> impl Iterator<Item = (Position, Description)> + use<'a> {
    let all = projection.logs.iter().flat_map(|log| log.descriptions.iter().map(move |kept| (log, kept)));
    let reaches = |(log, kept): &(&LogProjection, &KeptDescription)| {
        let reached = records.reached(log.log.aggregate, |unmerge| kept.unmerges.covers(unmerge));
        reached & records.own() != 0
    };
    let all: Vec<_> = all.filter(reaches).collect();
    let replaced = |log: &LogProjection, kept: &KeptDescription| {
        let others = all.iter().filter(|(other, by)| (other.log, by.seq) != (log.log, kept.seq));
        let mut alike = others.filter(|(_, other)| other.what.point() == kept.what.point());
        alike.any(|(_, other)| other.instead_of.covers(log.log.at(kept.seq)))
    };
    let left: Vec<_> = all.iter().filter(|(log, kept)| !replaced(log, kept)).copied().collect();
    left.into_iter().map(|(log, kept)| (log.log.at(kept.seq), kept.what))
}

fn floor_of(log: &LogProjection) -> Option<(Timestamp, Position)> {
    log.latest_recorded.map(|(at, seq)| (at, log.log.at(seq)))
}
