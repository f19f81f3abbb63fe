//! How a flat record comes to be: the commands that a host would have taken from this person.

use consent_engine::{
    Act, Actor, Authority, Breadth, Command, CommandId, Ctx, Evidence, Interval, LapseCause, LawfulBasis,
    Method, PointKind, Policy, Power, Projection, PurposeId, RestrictionReason, Scope, SourceName, Span,
    Stated, SubjectId, SystemId, Timestamp, View, WriterId, decide,
};

use super::{channel, instant, point, purpose};
use crate::data::{Basis, Ground, NEVER, NOW, PURPOSES, PointState, Status, Subject, Way};

/// When the story begins: recently enough for a request to be still open, long enough ago for a consent to be over.
const BEGAN: i64 = NOW - 2 * 86_400;

/// The view of a person after everything that their record says has happened.
pub(super) fn told(policy: &Policy, subject: &Subject) -> View {
    let person = consent_engine::Subject::new(SubjectId::from_u128(subject.id));
    let view = View::new(policy, person, Projection::default()).expect("within the limits");
    let mut story = Story { policy, view, now: instant(BEGAN), commands: subject.id };
    for (given, kind) in subject.points.into_iter().zip([PointKind::Email, PointKind::Phone]) {
        story.take(Actor::subject(), Act::Attach { point: point(given.id), kind });
    }
    for (name, ground) in PURPOSES.into_iter().zip(subject.grounds) {
        story.ground(purpose(name), ground, subject);
    }
    for given in subject.points {
        story.returned(Scope::EVERYTHING.at(point(given.id)), given.state);
    }
    story.silence(subject);
    story.view
}

struct Story<'a> {
    policy: &'a Policy,
    view: View,
    now: Timestamp,
    commands: u128,
}

impl Story<'_> {
    /// A minute later: decides a command and takes its facts in.
    fn take(&mut self, actor: Actor, act: Act) {
        self.now = self.now.saturating_add(Span::seconds(60));
        self.commands = self.commands.wrapping_add(1 << 32);
        let ctx = Ctx {
            now: self.now,
            writer: WriterId::from_u128(1),
            command: CommandId::from_u128(self.commands),
            policy: self.policy,
        };
        let source = SourceName::new("web-form").expect("a valid name");
        let command = Command::new(actor, act).with_evidence(Evidence::new(Method::Explicit, source));
        let decided = decide(&self.view, &command, &ctx).expect("an accepted command");
        self.view.apply(self.policy, &decided.facts).expect("the next facts of their logs");
    }

    /// What the person said of a purpose, and what the controller bases it on.
    fn ground(&mut self, id: PurposeId, ground: Ground, of: &Subject) {
        match ground.basis {
            Basis::Contract => return,
            Basis::LegitimateInterest => {
                let basis = LawfulBasis::LegitimateInterests;
                self.take(controller(), Act::RecordBasis { purpose: id, basis });
            }
            Basis::Consent => self.consent(id, ground, of),
        }
        let refused = Way::ALL.into_iter().filter(|way| ground.channels & way.bit() == 0);
        let off: Vec<_> = refused.map(|way| Scope::purpose(id).on(channel(way))).collect();
        if !off.is_empty() {
            self.take(Actor::subject(), Act::OptOut(off));
        }
    }

    fn consent(&mut self, id: PurposeId, ground: Ground, of: &Subject) {
        let purpose = Breadth::Exactly(id);
        let on = |way| Stated { purpose: purpose.clone(), channel: Some(channel(way)), point: None };
        let stated: Vec<_> = ground.ways().map(on).collect();
        if stated.is_empty() {
            return;
        }
        if ground.status == Status::Pending {
            // A request is for one contact point.
            for asked in of.points {
                let there = ground.ways().filter(|way| of.points[way.place()].id == asked.id);
                let stated: Vec<_> = there.map(|way| Stated { point: Some(point(asked.id)), ..on(way) }).collect();
                if !stated.is_empty() {
                    self.take(Actor::subject(), Act::Request(stated));
                }
            }
            return;
        }
        let until = (ground.expires_at != NEVER).then(|| instant(ground.expires_at));
        let window = Interval::new(self.now, until).expect("it ends after it begins");
        self.take(Actor::subject(), Act::Grant { stated, window: Some(window) });
        match ground.status {
            Status::Granted | Status::Pending => {}
            Status::Withdrawn => self.take(Actor::subject(), Act::OptOut(vec![Scope::purpose(id)])),
            Status::Expired => {
                let cause = LapseCause::GrantLapsed;
                self.take(mailer(), Act::Lapse { scope: Scope::purpose(id), cause });
            }
        }
    }

    /// What the mail system reports of a contact point.
    fn returned(&mut self, scope: Scope, state: PointState) {
        let reason = match state {
            PointState::Fine => return,
            PointState::Bounced => RestrictionReason::Bounce,
            PointState::Complained => RestrictionReason::Complaint,
        };
        self.take(mailer(), Act::Restrict { reason, scope, until: None });
    }

    /// The opt-out of everything, and the pause.
    fn silence(&mut self, subject: &Subject) {
        if subject.opted_out {
            self.take(Actor::subject(), Act::OptOut(vec![Scope::EVERYTHING]));
        }
        if subject.pause_until != 0 {
            let (reason, until) = (RestrictionReason::Pause, Some(instant(subject.pause_until)));
            self.take(Actor::subject(), Act::Restrict { reason, scope: Scope::EVERYTHING, until });
        }
    }
}

fn mailer() -> Actor {
    Actor::system(SystemId::new("mailer").expect("a valid name"))
}

fn controller() -> Actor {
    Actor::operator(Authority::new([Power::Controller], Interval::starting(instant(BEGAN))))
}
