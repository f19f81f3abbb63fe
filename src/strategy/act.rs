//! Commands: what persons, staff and machines do, each by who may do it and, at times, by who may not.

use alloc::vec::Vec;

use proptest::collection::vec;
use proptest::prelude::*;

use super::World;
use super::actor::{actors, machine_actors, person_actors, staff_actors};
use super::evidence::{evidence, notes, notices};
use super::id::{index_keys, log_ids, point_ids, request_ids, seqs, subject_ids};
use super::kind::{descriptions, interests, lapse_causes, relationship_kinds};
use super::pick::{any_of, choose, maybe};
use super::purpose::{lawful_bases, purpose_ids};
use super::scope::{cells, named, points_with_kinds, restriction_reasons, scopes, stated};
use super::time::{intervals, timestamps};
use super::token::tokens;
use crate::consent::{Act, Captured, Choices, Command, Pause};
use crate::fact::{RestrictionReason, Scope, Stated};

/// When an act happened: mostly now, else at one of [`timestamps`], rarely unknown.
pub fn captures(world: &World) -> impl Strategy<Value = Captured> + Clone + use<> {
    choose![
        Captured::Now;
        10 => Just(Captured::Now),
        5 => timestamps(world).prop_map(Captured::At),
        1 => Just(Captured::Unknown),
    ]
}

/// Acts of every kind, as often as in life: consent and its withdrawal most, a legal hold seldom.
pub fn acts(world: &World) -> impl Strategy<Value = Act> + Clone + use<> {
    choose![5 => person_acts(world), 3 => staff_acts(world), 2 => machine_acts(world)]
}

/// Commands: [`acts`], most by an actor of the sort that does such things, one in eight by anybody; mostly with
/// evidence.
///
/// Few carry a token, and that out of the blue: [`scripts`](super::scripts) choose views that fit the run.
pub fn commands(world: &World) -> impl Strategy<Value = Command> + Clone + use<> {
    (commands_without_view(world), maybe(0.1, tokens(world)))
        .prop_map(|(command, view)| Command { view, ..command })
        .boxed()
}

pub(super) fn commands_without_view(world: &World) -> BoxedStrategy<Command> {
    let [person, staff, machine] = [person_acts(world), staff_acts(world), machine_acts(world)];
    let any = choose![5 => person.clone(), 3 => staff.clone(), 2 => machine.clone()];
    let by = choose![
        35 => (person, person_actors(world)),
        21 => (staff, staff_actors(world)),
        14 => (machine, machine_actors(world)),
        10 => (any, actors(world)),
    ];
    (by, captures(world), maybe(0.85, evidence(world)))
        .prop_map(|((act, actor), captured, evidence)| Command {
            captured,
            evidence,
            ..Command::new(actor, act)
        })
        .boxed()
}

/// Mostly one statement, rarely none.
fn statements(world: &World) -> impl Strategy<Value = Vec<Stated>> + Clone + use<> {
    choose![12 => vec(stated(world), 1), 4 => vec(stated(world), 2..=3), 1 => Just(Vec::new())]
}

/// Mostly one scope, rarely none.
fn several(world: &World) -> impl Strategy<Value = Vec<Scope>> + Clone + use<> {
    choose![12 => vec(scopes(world), 1), 4 => vec(scopes(world), 2..=3), 1 => Just(Vec::new())]
}

fn grants(world: &World) -> impl Strategy<Value = Act> + Clone + use<> {
    (statements(world), maybe(0.2, intervals(world)))
        .prop_map(|(stated, window)| Act::Grant { stated, window })
}

fn restricts(
    world: &World,
    reasons: impl Strategy<Value = RestrictionReason> + 'static,
) -> BoxedStrategy<Act> {
    (reasons, scopes(world), maybe(0.4, timestamps(world)))
        .prop_map(|(reason, scope, until)| Act::Restrict { reason, scope, until })
        .boxed()
}

fn lapses(world: &World) -> impl Strategy<Value = Act> + Clone + use<> {
    (scopes(world), lapse_causes()).prop_map(|(scope, cause)| Act::Lapse { scope, cause })
}

fn replaces(world: &World) -> impl Strategy<Value = Act> + Clone + use<> {
    (point_ids(world), point_ids(world)).prop_map(|(old, new)| Act::Replace { old, new })
}

fn attaches(world: &World) -> impl Strategy<Value = Act> + Clone + use<> {
    points_with_kinds(world).prop_map(|(point, kind)| Act::Attach { point, kind })
}

fn notices_seen(world: &World) -> impl Strategy<Value = Act> + Clone + use<> {
    (maybe(0.7, notices(world)), maybe(0.5, scopes(world)))
        .prop_map(|(notice, scope)| Act::NoticeSeen { notice, scope })
}

/// A few of each; about half of them on a form of somebody else than the step is about.
fn choices(world: &World) -> impl Strategy<Value = Act> + Clone + use<> {
    let some = |most| vec(cells(world), 0..=most);
    let pauses = (scopes(world), maybe(0.9, timestamps(world)));
    let pauses = pauses.prop_map(|(scope, until)| Pause { scope, until });
    let interests = vec((purpose_ids(world), interests()), 0..=1);
    let restricting = (vec(scopes(world), 0..=2), vec(pauses, 0..=2));
    (subject_ids(world), some(3), restricting, some(2), interests)
        .prop_map(|(subject, yes, (no, pause), resume, interests)| {
            Act::Choose(Choices { subject, yes, no, pause, resume, interests })
        })
        .boxed()
}

fn person_acts(world: &World) -> BoxedStrategy<Act> {
    let renew = (statements(world), maybe(0.2, intervals(world)));
    let rest = choose![
        3 => scopes(world).prop_map(Act::Resume),
        3 => restricts(world, any_of([RestrictionReason::Pause, RestrictionReason::Complaint])),
        1 => notices_seen(world),
        1 => (purpose_ids(world), interests(), maybe(0.5, notes()))
            .prop_map(|(purpose, interest, note)| Act::Preference { purpose, interest, note }),
        1 => relationship_kinds().prop_map(Act::Relationship),
        1 => point_ids(world).prop_map(Act::Verify),
        2 => replaces(world),
        1 => Just(Act::Erase),
    ];
    choose![
        10 => grants(world),
        9 => several(world).prop_map(Act::OptOut),
        5 => statements(world).prop_map(Act::Request),
        5 => request_ids().prop_map(Act::Confirm),
        3 => renew.prop_map(|(stated, window)| Act::Renew { stated, window }),
        3 => several(world).prop_map(Act::Object),
        4 => choices(world),
        7 => rest,
    ]
    .boxed()
}

fn staff_acts(world: &World) -> BoxedStrategy<Act> {
    use RestrictionReason::{Invalidation, Legal, OperatorBlock};
    let reasons = choose![3 => any_of([OperatorBlock, Legal, Invalidation]), 1 => restriction_reasons()];
    let release = (purpose_ids(world), log_ids(world), seqs());
    let reassign = (point_ids(world), subject_ids(world), maybe(0.7, subject_ids(world)));
    let grounds = choose![
        2 => (purpose_ids(world), lawful_bases())
            .prop_map(|(purpose, basis)| Act::RecordBasis { purpose, basis }),
        2 => purpose_ids(world).prop_map(Act::Hold),
        2 => release.prop_map(|(purpose, log, upto)| Act::Release { purpose, log, upto }),
    ];
    let links = choose![
        2 => attaches(world),
        1 => point_ids(world).prop_map(Act::Verify),
        1 => replaces(world),
        3 => reassign.prop_map(|(point, from, to)| Act::Reassign { point, from, to }),
        1 => Just(Act::Erase),
    ];
    let identities = choose![
        4 => subject_ids(world).prop_map(Act::Merge),
        3 => subject_ids(world).prop_map(Act::Unmerge),
        2 => descriptions(world).prop_map(Act::Describe),
        1 => index_keys().prop_map(Act::Claim),
        1 => (vec(index_keys(), 1..=2), subject_ids(world))
            .prop_map(|(aliases, owner)| Act::ResolveContest { aliases, owner }),
    ];
    choose![
        5 => identities,
        5 => named(world).prop_map(Act::Clear),
        4 => restricts(world, reasons),
        4 => scopes(world).prop_map(Act::Revoke),
        6 => grounds,
        6 => links,
        1 => lapses(world),
        2 => several(world).prop_map(Act::OptOut),
        1 => grants(world),
    ]
    .boxed()
}

fn machine_acts(world: &World) -> BoxedStrategy<Act> {
    use RestrictionReason::{Bounce, Complaint, Interim, InvalidAddress, Register};
    let reasons = any_of([Bounce, Complaint, InvalidAddress, Register, Interim]);
    choose![
        6 => restricts(world, reasons),
        4 => several(world).prop_map(Act::OptOut),
        4 => grants(world),
        3 => lapses(world),
        2 => named(world).prop_map(Act::Clear),
        1 => relationship_kinds().prop_map(Act::Relationship),
        1 => attaches(world),
        1 => notices_seen(world),
    ]
    .boxed()
}
