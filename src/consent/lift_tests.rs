//! One test for each of the five conditions, on both sides of the line.

use alloc::vec;

use super::*;
use crate::channel::Channel;
use crate::evidence::Authority;
use crate::fact::{Breadth, Cell, Consulted, PurposeScope, RestrictionKey, Scope};
use crate::id::{Seq, SubjectId, SystemId, WriterId};
use crate::purpose::{Catalogue, LawfulBasis, Purpose, PurposeClass, PurposeId};
use crate::time::Interval;
use crate::view::Reporters;

const POINT: ContactPointId = ContactPointId::from_u128(7);
const LOG: LogId = LogId::new(Aggregate::Subject(SubjectId::from_u128(1)), WriterId::from_u128(9));
const AT_POINT: LogId = LogId::new(Aggregate::Point(POINT), WriterId::from_u128(9));

fn id(name: &str) -> PurposeId {
    PurposeId::new(name).unwrap()
}

fn t(second: i64) -> Timestamp {
    Timestamp::from_unix_seconds(1_780_000_000 + second).unwrap()
}

fn policy() -> Policy {
    let purpose = |name| Purpose::new(id(name), PurposeClass::Marketing, LawfulBasis::Consent);
    let on = [Channel::Email, Channel::Sms];
    let purposes = [
        purpose("news").with_channels(on),
        purpose("sports").with_parent(id("news")).with_channels(on),
        purpose("events").with_channels(on),
    ];
    Policy::new(1, Catalogue::new(purposes, []).unwrap())
}

fn group(reason: RestrictionReason, by: ActorKind, scope: Scope) -> Group {
    let last = Seq::new(3).unwrap();
    Group {
        key: RestrictionKey { reason, by, scope },
        unmerges: ViewToken::NOTHING,
        last,
        at: t(10),
        at_of: last,
        recorded: t(10),
        until: None,
        until_of: last,
        reporters: Reporters::Nobody,
    }
}

fn dates(group: &Group) -> NamedDates {
    NamedDates { at: group.at, recorded: group.recorded }
}

fn opt_out(scope: Scope) -> Group {
    group(RestrictionReason::OptOut, ActorKind::Subject, scope)
}

fn act() -> GrantAct<'static> {
    let cell = Cell { purpose: id("sports"), channel: Some(Channel::Email), point: Some(POINT) };
    GrantAct {
        stated: Stated::cell(cell),
        captured_at: Some(t(100)),
        sight: Sight::RecordedBy(t(95)),
        actor: Actor::subject(),
        acted_at: Some(t(100)),
        age: None,
        confirmed_at: None,
        evidenced: true,
    }
}

fn judge(act: &GrantAct<'_>, group: &Group) -> Result<Named, NotNamed> {
    names(
        act,
        Standing { log: LOG, group, dates: dates(group), scope: group.key.scope, shared: false },
        &policy(),
    )
}

#[test]
fn l02_condition_1_what_was_stated_lies_inside_the_scope() {
    let stated = |purpose, channel, point| GrantAct { stated: Stated { purpose, channel, point }, ..act() };
    let email = Some(Channel::Email);
    let exact = stated(Breadth::Exactly(id("sports")), email, Some(POINT));
    for wider in [
        Scope::EVERYTHING,
        Scope::purpose(id("news")),
        Scope::purpose(id("sports")).on(Channel::Email).at(POINT),
    ] {
        assert!(judge(&exact, &opt_out(wider)).is_ok(), "{wider:?}");
    }
    let narrow = opt_out(Scope::purpose(id("sports")).on(Channel::Email).at(POINT));
    for broad in [
        stated(Breadth::All, email, Some(POINT)),
        stated(Breadth::Subtree(id("news")), email, Some(POINT)),
        stated(Breadth::Exactly(id("sports")), None, Some(POINT)),
        stated(Breadth::Exactly(id("sports")), email, None),
        stated(Breadth::Exactly(id("events")), email, Some(POINT)),
    ] {
        assert_eq!(judge(&broad, &narrow), Err(NotNamed::Broader), "{:?}", broad.stated);
    }
    let unknown = opt_out(Scope { purpose: PurposeScope::Subtree(id("gone")), ..Scope::EVERYTHING });
    assert!(judge(&exact, &unknown).is_ok(), "an unknown purpose is read as everything");
}

#[test]
fn l03_condition_2_captured_later_ties_and_unknown_name_nothing() {
    let at = |captured_at: Option<Timestamp>| GrantAct { captured_at, ..act() };
    let group = opt_out(Scope::EVERYTHING);
    assert_eq!(judge(&at(Some(t(9))), &group), Err(NotNamed::NotLater));
    assert_eq!(judge(&at(Some(t(10))), &group), Err(NotNamed::NotLater), "l04: a tie restricts");
    assert_eq!(judge(&at(None), &group), Err(NotNamed::NotLater), "unknown");
    assert!(judge(&at(Some(t(11))), &group).is_ok());
}

#[test]
fn l03_condition_3_seen_never_by_clock_alone() {
    let group = opt_out(Scope::EVERYTHING);
    let judge = |sight: Sight<'_>| judge(&GrantAct { sight, ..act() }, &group);
    let token = |head| ViewToken::from_iter([(Consulted::Log(LOG), head)]);
    assert!(judge(Sight::Token(&token(3))).is_ok());
    assert_eq!(judge(Sight::Token(&token(2))), Err(NotNamed::NotSeen));
    assert_eq!(judge(Sight::Token(&ViewToken::NOTHING)), Err(NotNamed::NotSeen));
    assert!(judge(Sight::RecordedBy(t(10))).is_ok());
    assert_eq!(judge(Sight::RecordedBy(t(9))), Err(NotNamed::NotSeen));
    assert_eq!(judge(Sight::Nothing), Err(NotNamed::NotSeen));
    let seen = |upto| vec![Named { log: LOG, key: group.key, upto: Seq::new(upto).unwrap() }];
    assert!(judge(Sight::Request(&seen(3))).is_ok());
    assert_eq!(judge(Sight::Request(&seen(2))), Err(NotNamed::NotSeen));
}

#[test]
fn l33_condition_4_the_reason_and_who_may_lift_it() {
    let forever = Interval::starting(t(0));
    let represent = Authority::new([Power::Represent], forever);
    let expired = Authority::new([Power::Represent], Interval::new(t(0), Some(t(100))).unwrap());
    let by = |actor| GrantAct { actor, ..act() };
    let system = SystemId::new("crm").unwrap();
    let own = opt_out(Scope::EVERYTHING);
    for (actor, allowed) in [
        (Actor::subject(), true),
        (Actor::guardian(represent), true),
        (Actor::delegate(represent), true),
        (Actor::guardian(expired), false),
        (Actor::delegate(expired), false),
        (Actor::subject().reported_by(system), false),
        (Actor::operator(represent), false),
        (Actor::importer(system), false),
        (Actor::partner(system), false),
        (Actor::system(system), false),
    ] {
        assert_eq!(judge(&by(actor), &own).is_ok(), allowed, "{actor:?}");
    }
    let trusting = policy().with_lifting_systems([system]);
    let standing =
        Standing { log: LOG, group: &own, dates: dates(&own), scope: own.key.scope, shared: false };
    assert!(names(&by(Actor::subject().reported_by(system)), standing, &trusting).is_ok());
    assert!(names(&by(Actor::importer(system)), standing, &trusting).is_err(), "imports name nothing");

    let guarded = group(RestrictionReason::OptOut, ActorKind::Guardian, Scope::EVERYTHING);
    let aged = |age| GrantAct { age, ..act() };
    assert!(judge(&aged(None), &guarded).is_err());
    assert!(judge(&aged(Some(17)), &guarded).is_err());
    assert!(judge(&aged(Some(18)), &guarded).is_ok());
    assert!(judge(&by(Actor::guardian(represent)), &guarded).is_ok());
    assert!(judge(&GrantAct { age: Some(40), ..by(Actor::delegate(represent)) }, &guarded).is_err());

    for reason in RestrictionReason::ALL {
        let named = judge(&act(), &group(reason, ActorKind::Subject, Scope::EVERYTHING)).is_ok();
        let liftable = matches!(reason, RestrictionReason::OptOut | RestrictionReason::Objection);
        assert_eq!(named, liftable, "{reason:?} by a plain grant");
    }
}

#[test]
fn l33_condition_4_complaints_erasures_and_shared_points_need_a_confirmation_there() {
    let confirmed = |confirmed_at| GrantAct { confirmed_at, ..act() };
    let here = Scope::EVERYTHING.at(POINT);
    let complaint = group(RestrictionReason::Complaint, ActorKind::System, here);
    let elsewhere = ContactPointId::from_u128(8);
    let at_point = |act: &GrantAct<'_>, group: &Group, shared, policy: &Policy| {
        names(
            act,
            Standing { log: AT_POINT, group, dates: dates(group), scope: group.key.scope, shared },
            policy,
        )
        .is_ok()
    };
    let strict = policy();
    for shared in [false, true] {
        assert!(at_point(&confirmed(Some(POINT)), &complaint, shared, &strict));
        assert!(!at_point(&confirmed(Some(elsewhere)), &complaint, shared, &strict));
        assert!(!at_point(&confirmed(None), &complaint, shared, &strict));
    }
    let own = opt_out(here);
    assert!(at_point(&confirmed(None), &own, false, &strict), "the only holder");
    assert!(!at_point(&confirmed(None), &own, true, &strict), "one of several");
    assert!(at_point(&confirmed(Some(POINT)), &own, true, &strict), "one of several, confirmed there");

    let erased = group(RestrictionReason::Erasure, ActorKind::Subject, here);
    let lenient = policy().with_return_after_erasure(true);
    assert!(!at_point(&confirmed(Some(POINT)), &erased, false, &strict));
    assert!(at_point(&confirmed(Some(POINT)), &erased, false, &lenient));
    assert!(!at_point(&confirmed(None), &erased, false, &lenient));
    let subject_erased = group(RestrictionReason::Erasure, ActorKind::Subject, Scope::EVERYTHING);
    let standing = Standing {
        log: LOG,
        group: &subject_erased,
        dates: dates(&subject_erased),
        scope: subject_erased.key.scope,
        shared: false,
    };
    assert!(names(&confirmed(Some(POINT)), standing, &lenient).is_err(), "the erased subject never returns");
}

#[test]
fn l38_condition_5_the_evidence_satisfies_the_purpose() {
    let group = opt_out(Scope::EVERYTHING);
    assert_eq!(judge(&GrantAct { evidenced: false, ..act() }, &group), Err(NotNamed::Evidence));
    assert!(judge(&act(), &group).is_ok());
}
