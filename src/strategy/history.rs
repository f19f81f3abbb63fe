use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use proptest::bool::weighted as chance;
use proptest::collection::{SizeRange, vec};
use proptest::prelude::*;
use proptest::sample::Index;

use super::World;
use super::actor::recorded_actors;
use super::draft::{Aims, Capture, Draft, Home, Lifts, Off};
use super::evidence::evidence;
use super::id::{aggregates, command_ids, subject_ids, writer_ids};
use super::kind::fact_kinds;
use super::pick::{choose, maybe, pick};
use super::reference::settle;
use super::time::{EPOCH, recorded, timestamps};
use super::token::ViewChoice;
use crate::channel::PointKind;
use crate::evidence::{RecordedActor, Role, Via};
use crate::fact::{Fact, FactKind};
use crate::id::{ContactPointId, LogId, SubjectId, WriterId};
use crate::time::Span;

/// Raw histories: dense in every log, and otherwise whatever a store could hold.
///
/// `len` counts the facts after an opening of up to eight that attach the world's addresses to its people and merge some of
/// these; who shares which varies. Positions are dense from 1 in each log, in the order of the list. Apart from that anything goes:
///
/// * most facts are in the log where they belong, one in eight elsewhere;
/// * most clocks run backwards somewhere: `recorded_at` follows the order of the list in one history of three;
/// * capture is as recorded, at any other instant (also later), or unknown;
/// * grants lift everything that stands so far, all but one, one, or anything at all; positions they name are at
///   times one too low or too high; one grant in ten is attempted;
/// * tokens are empty, current, stale, ahead, or out of the blue;
/// * about every fourth grant, request or restriction repeats the cell or scope of an earlier one.
pub fn facts<R: Into<SizeRange>>(world: &World, len: R) -> impl Strategy<Value = Vec<Fact>> + Clone + use<R> {
    let writer = world.writer(0);
    let opening = (openings(world), merged(world)).prop_map(move |(held, merged)| {
        let attaches = held.into_iter().map(|(subject, point, point_kind)| {
            opening_draft(subject, FactKind::Attach { subject, point, point_kind }, writer)
        });
        let merges = merged
            .into_iter()
            .map(|(subject, with)| opening_draft(subject, FactKind::Merge { with }, writer));
        attaches.chain(merges).collect::<Vec<_>>()
    });
    (opening, vec(drafts(world), len), chance(0.66)).prop_map(|(opening, mut drafts, any_clock)| {
        if !any_clock {
            let mut times: Vec<_> = drafts.iter().map(|draft| draft.recorded).collect();
            times.sort_unstable();
            for (draft, recorded) in drafts.iter_mut().zip(times) {
                draft.recorded = recorded;
            }
        }
        settle(opening.into_iter().chain(drafts).collect())
    })
}

/// Who holds which address at first.
pub(super) fn openings(
    world: &World,
) -> impl Strategy<Value = Vec<(SubjectId, ContactPointId, PointKind)>> + Clone + use<> {
    let [first, second, third] = world.subjects;
    let [a, b, c] = world.points;
    let [of_a, of_b, of_c] = world.kinds;
    let likely = [
        (0.95, (first, a, of_a)),
        (0.8, (first, b, of_b)),
        (0.8, (first, c, of_c)),
        (0.7, (second, b, of_b)),
        (0.4, (second, a, of_a)),
        (0.3, (third, c, of_c)),
    ];
    let drawn: Vec<_> = likely.into_iter().map(|(chance, held)| maybe(chance, Just(held))).collect();
    drawn.prop_map(|drawn| drawn.into_iter().flatten().collect())
}

/// Who is merged with whom at first.
pub(super) fn merged(world: &World) -> impl Strategy<Value = Vec<(SubjectId, SubjectId)>> + Clone + use<> {
    let [first, second, third] = world.subjects;
    let likely = [(0.4, (first, second)), (0.15, (second, third))];
    let drawn: Vec<_> = likely.into_iter().map(|(chance, pair)| maybe(chance, Just(pair))).collect();
    drawn.prop_map(|drawn| drawn.into_iter().flatten().collect())
}

fn opening_draft(subject: SubjectId, kind: FactKind, writer: WriterId) -> Draft {
    Draft {
        kind,
        recorded: EPOCH.saturating_sub(Span::days(31)),
        captured: Capture::AsRecorded,
        actor: RecordedActor { role: Role::Operator, via: Via::Direct },
        command: None,
        evidence: None,
        writer,
        home: Home { subject, at_point: true, elsewhere: None },
        aims: Aims {
            echo: None,
            lifts: Lifts::Keep,
            target: None,
            off: Off::Exact,
            sight: ViewChoice::None,
            by_actor: false,
        },
    }
}

fn drafts(world: &World) -> BoxedStrategy<Draft> {
    let capture = choose![
        Capture::AsRecorded;
        4 => Just(Capture::AsRecorded),
        5 => timestamps(world).prop_map(Capture::At),
        1 => Just(Capture::Unknown),
    ];
    let home = (subject_ids(world), chance(0.6), maybe(0.12, aggregates(world)))
        .prop_map(|(subject, at_point, elsewhere)| Home { subject, at_point, elsewhere });
    let how = (recorded_actors(world), maybe(0.6, command_ids()), maybe(0.25, evidence(world)));
    let subjects = world.subjects;
    (fact_kinds(world), recorded(world), capture, how, writer_ids(world), home, aims())
        .prop_map(move |(kind, recorded, captured, (actor, command, evidence), writer, home, aims)| Draft {
            kind: apart(kind, &home, &aims, subjects),
            recorded,
            captured,
            actor,
            command,
            evidence: evidence.map(Box::new),
            writer,
            home,
            aims,
        })
        .boxed()
}

/// Mostly a merge and an unmerge are of two.
fn apart(mut kind: FactKind, home: &Home, aims: &Aims, subjects: [SubjectId; 3]) -> FactKind {
    if let FactKind::Merge { with } | FactKind::Unmerge { with, .. } = &mut kind
        && *with == home.subject
        && matches!(aims.off, Off::Exact)
    {
        let other = subjects.into_iter().find(|own| *own != home.subject);
        *with = other.unwrap_or(*with);
    }
    kind
}

fn aims() -> impl Strategy<Value = Aims> + Clone {
    let lifts = choose![
        Lifts::Keep;
        3 => Just(Lifts::Keep),
        5 => Just(Lifts::All),
        2 => any::<Index>().prop_map(Lifts::AllButOne),
        1 => any::<Index>().prop_map(Lifts::One),
    ];
    let sight = choose![
        ViewChoice::Nothing;
        12 => Just(ViewChoice::Nothing),
        3 => Just(ViewChoice::None),
        4 => Just(ViewChoice::Current),
        2 => (0u8..6).prop_map(ViewChoice::Stale),
        1 => (1u8..3).prop_map(ViewChoice::Ahead),
    ];
    let off = pick([(8, Off::Exact), (1, Off::Low), (1, Off::High)]);
    let echo = maybe(0.25, any::<Index>());
    (echo, lifts, maybe(0.8, any::<Index>()), off, sight, chance(0.9)).prop_map(
        |(echo, lifts, target, off, sight, by_actor)| Aims { echo, lifts, target, off, sight, by_actor },
    )
}

/// The same facts in any order, some of them several times: what at-least-once delivery makes of a history.
pub fn permuted(facts: Vec<Fact>) -> impl Strategy<Value = Vec<Fact>> + Clone {
    let most = facts.len().min(8);
    vec(any::<Index>(), 0..=most)
        .prop_map(move |again| {
            let copies = again.iter().filter(|_| !facts.is_empty());
            let copies: Vec<_> = copies.map(|index| index.get(&facts).clone()).collect();
            facts.iter().cloned().chain(copies).collect::<Vec<_>>()
        })
        .prop_shuffle()
}

/// The same facts in two parts, each in the order given: what a replica knows already, which is dense in every log,
/// and what has yet to reach it.
pub fn splits(facts: Vec<Fact>) -> impl Strategy<Value = (Vec<Fact>, Vec<Fact>)> + Clone {
    let mut lengths: BTreeMap<LogId, usize> = BTreeMap::new();
    for fact in &facts {
        let length = lengths.entry(fact.position.log).or_default();
        *length = length.saturating_add(1);
    }
    vec(any::<Index>(), lengths.len()).prop_map(move |cuts| {
        let known: BTreeMap<LogId, usize> = lengths
            .iter()
            .zip(cuts)
            .map(|((log, length), cut)| (*log, cut.index(length.saturating_add(1))))
            .collect();
        facts.iter().cloned().partition(|fact| {
            let known = known.get(&fact.position.log).copied().unwrap_or(0);
            usize::try_from(fact.position.seq.get()).is_ok_and(|seq| seq <= known)
        })
    })
}
