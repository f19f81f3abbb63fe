//! What every bench of the engine shares: one person, one catalogue, one history, the same on every run.
//!
//! The person of [`Person::new`] holds 3 contact points, 4 grants and 8 restrictions of distinct scopes. The question asked
//! is about a purpose at depth 3 that uses every check there is: verified address, notice, age, evidence, validity, cap, cool-down,
//! age of the snapshot. It is a permit, so that nothing ends early. Histories are made by [`decide`], as a host would.

pub mod commands;
pub mod floor;
pub mod people;
pub mod rows;
pub mod turns;

use consent_engine::{
    Act, Actor, Aggregate, Authority, Breadth, Catalogue, Cell, Channel, Command, CommandId, ContactPointId,
    Contacts, Ctx, Evidence, EvidenceNeed, Fact, FrequencyCap, Interval, LawfulBasis, Method, Notice,
    NoticeId, NoticeNeed, PointKind, Policy, Power, Projection, Purpose, PurposeClass, PurposeId,
    PurposeIndex, Query, RegimeSet, RestrictionReason, Scope, SourceName, Span, Stated, Strength, Subject,
    SubjectId, SystemId, Timestamp, View, WriterId, decide,
};

/// The person that most benches ask about.
pub const SUBJECT: SubjectId = SubjectId::from_u128(0x8f2b_61d0_7a4e_4c11_9d3c_5e02_b7a6_f180);
/// Their e-mail address.
pub const EMAIL: ContactPointId = ContactPointId::from_u128(0x1c9e_0b7d_33f2_4a58_8e61_0f4d_92c7_5ab3);
/// Their telephone number.
pub const PHONE: ContactPointId = ContactPointId::from_u128(0x5d07_c4aa_918b_4e3f_a2d6_71be_08f3_c49e);
/// Their push token.
pub const TOKEN: ContactPointId = ContactPointId::from_u128(0xb3a8_29f6_d5c0_4b7e_8f14_e6d2_3a90_7c51);
/// The region that writes.
pub const WRITER: WriterId = WriterId::from_u128(0x2e6f_8d1a_c073_4f95_b8e2_44a7_69d0_1bfc);

const START: i64 = 1_780_000_000;

/// A name of the fixtures, which are all valid.
fn name(text: &str) -> PurposeId {
    PurposeId::new(text).expect("a valid name")
}

fn seconds(n: i64) -> Timestamp {
    Timestamp::from_unix_seconds(n).expect("an instant in range")
}

/// A person as loaded, and all that is needed to ask and to command.
#[derive(Clone, Debug)]
pub struct Person {
    /// The policy in force.
    pub policy: Policy,
    /// The person as loaded.
    pub view: View,
    /// Every fact that the view was made from, in the order in which it was decided.
    pub facts: Vec<Fact>,
    /// Now.
    pub now: Timestamp,
    commands: u128,
}

impl Person {
    /// The person of all benches, with `purposes` in the catalogue (at least 10) and `history` more facts on one scope.
    #[must_use]
    pub fn new(purposes: usize, history: usize) -> Self {
        let mut person = Self::blank(purposes, SUBJECT);
        person.settle();
        person.flip(history);
        person
    }

    /// Somebody of whom nothing is known.
    #[must_use]
    pub fn blank(purposes: usize, subject: SubjectId) -> Self {
        let policy = Policy::new(7, catalogue(purposes));
        let view =
            View::new(&policy, Subject::new(subject), Projection::default()).expect("within the limits");
        Self { policy, view, facts: Vec::new(), now: seconds(START), commands: 0 }
    }

    /// 3 contact points, 8 restrictions of distinct scopes, 4 grants; the first grant lifts two of the restrictions.
    fn settle(&mut self) {
        let during = Interval::starting(seconds(START - 1));
        let clerk = Actor::operator(Authority::new([Power::Identity, Power::Block], during));
        let mailer = Actor::system(SystemId::new("mailer").expect("a valid name"));
        for (point, kind) in
            [(EMAIL, PointKind::Email), (PHONE, PointKind::Phone), (TOKEN, PointKind::PushToken)]
        {
            self.act(Actor::subject(), Act::Attach { point, kind });
            self.act(clerk, Act::Verify(point));
        }
        let restrict = |reason, scope, until| Act::Restrict { reason, scope, until };
        let soon = self.now.checked_add(Span::hours(1));
        self.act(Actor::subject(), Act::OptOut(vec![Scope::EVERYTHING]));
        self.act(Actor::subject(), Act::Object(vec![Scope::purpose(name("marketing"))]));
        self.act(Actor::subject(), Act::OptOut(vec![Scope::purpose(name("marketing.partners"))]));
        self.act(Actor::subject(), Act::OptOut(vec![Scope::purpose(name("marketing")).on(Channel::Voice)]));
        self.act(Actor::subject(), restrict(RestrictionReason::Pause, Scope::EVERYTHING, soon));
        self.act(mailer, restrict(RestrictionReason::Bounce, Scope::EVERYTHING.at(TOKEN), None));
        self.act(mailer, restrict(RestrictionReason::Register, Scope::EVERYTHING.on(Channel::Postal), None));
        self.act(
            clerk,
            restrict(RestrictionReason::OperatorBlock, Scope::EVERYTHING.on(Channel::Whatsapp), None),
        );
        for (purpose, channel, point) in [
            ("marketing.news.weekly", Channel::Email, EMAIL),
            ("marketing.news.weekly", Channel::Sms, PHONE),
            ("marketing.news", Channel::Email, EMAIL),
            ("marketing.events", Channel::Push, TOKEN),
        ] {
            self.act(Actor::subject(), grant(name(purpose), channel, point));
        }
        self.now = self.now.saturating_add(Span::days(1));
    }

    /// Turns one scope off and on again until `facts` more are in its log; the last is a grant if the number is even.
    pub fn flip(&mut self, facts: usize) {
        for turn in 0..facts {
            self.act(Actor::subject(), if turn % 2 == 0 { opt_out() } else { opt_in() });
        }
    }

    /// A command with evidence, as a preference centre would send it.
    #[must_use]
    pub fn command(actor: Actor, act: Act) -> Command {
        let source = SourceName::new("preference_center").expect("a valid name");
        let evidence = Evidence::new(Method::Explicit, source).with_notice(notice()).with_age(34);
        Command::new(actor, act).with_evidence(evidence)
    }

    /// Ten seconds later: decides a command, applies it, keeps the facts.
    fn act(&mut self, actor: Actor, act: Act) {
        let made = self.carry_out(&Self::command(actor, act));
        self.facts.extend(made);
    }

    /// Ten seconds later: decides a command and applies its facts.
    ///
    /// # Panics
    ///
    /// If the command is rejected: a fixture is wrong then.
    pub fn carry_out(&mut self, command: &Command) -> Vec<Fact> {
        self.now = self.now.saturating_add(Span::seconds(10));
        self.commands = self.commands.wrapping_add(1);
        let ctx = Ctx {
            now: self.now,
            writer: WRITER,
            command: CommandId::from_u128(self.commands),
            policy: &self.policy,
        };
        let decided = decide(&self.view, command, &ctx).expect("an accepted command");
        self.view.apply(&self.policy, &decided.facts).expect("the next facts of their logs");
        decided.facts
    }

    /// "May we send the weekly news to this e-mail address?" It is a permit, and every check is made.
    #[must_use]
    pub fn question(&self) -> Query {
        self.ask("marketing.news.weekly", Channel::Email, EMAIL)
    }

    /// The same question of a purpose, channel and address that several restrictions cover: a denial with reasons.
    #[must_use]
    pub fn denied_question(&self) -> Query {
        self.ask("marketing.partners", Channel::Push, TOKEN)
    }

    /// A question by e-mail that uses every check there is.
    fn asked(purpose: PurposeIndex, now: Timestamp) -> Query {
        let week_ago = Some(now.saturating_sub(Span::days(6)));
        let contacts = Contacts { count: 1, oldest: week_ago, latest: week_ago };
        let query = Query::new(purpose, RegimeSet::OPT_IN).on(Channel::Email).with_contacts(contacts);
        Query { snapshot: Some(now), ..query }
    }

    fn ask(&self, purpose: &str, channel: Channel, point: ContactPointId) -> Query {
        let index = self.policy.catalogue().index(name(purpose)).expect("a purpose of the catalogue");
        Self::asked(index, self.now).on(channel).at(point)
    }
}

/// The purposes: a tree of depth 3 among 10 of every class, and fillers in front of it, below it and behind it.
fn catalogue(purposes: usize) -> Catalogue {
    let all =
        [Channel::Email, Channel::Sms, Channel::Voice, Channel::Push, Channel::Whatsapp, Channel::Postal];
    let purpose = |id: &str, class, basis| Purpose::new(name(id), class, basis).with_channels(all);
    let marketing = |id: &str, parent: &str| {
        purpose(id, PurposeClass::Marketing, LawfulBasis::Consent).with_parent(name(parent))
    };
    let need = EvidenceNeed {
        strength: Strength::Explicit,
        notice: Some(NoticeNeed { id: notice().id, since: 2 }),
        minimum_age: Some(16),
    };
    let weekly = marketing("marketing.news.weekly", "marketing.news")
        .with_evidence(need)
        .with_validity(Span::days(730))
        .with_cap(FrequencyCap { max: 4, per: Span::days(30) })
        .with_cool_down(Span::days(5))
        .with_verified_only(true);
    let own = [
        purpose("marketing", PurposeClass::Marketing, LawfulBasis::Consent),
        marketing("marketing.news", "marketing"),
        weekly,
        marketing("marketing.events", "marketing"),
        marketing("marketing.partners", "marketing"),
        purpose("reviews", PurposeClass::Relationship, LawfulBasis::LegitimateInterests),
        purpose("receipts", PurposeClass::Transactional, LawfulBasis::Contract),
        purpose("outages", PurposeClass::Service, LawfulBasis::Contract),
        purpose("alerts", PurposeClass::SecurityAlert, LawfulBasis::LegitimateInterests),
        purpose("profiling", PurposeClass::Processing, LawfulBasis::Consent),
    ];
    let fillers = purposes.saturating_sub(own.len());
    let filler = |number: usize| {
        let id = format!("filler.{number}");
        match number % 3 {
            0 => purpose(&id, PurposeClass::Marketing, LawfulBasis::Consent),
            1 => marketing(&id, "marketing.news"),
            _ => marketing(&id, &format!("filler.{}", number - 1)),
        }
    };
    let front = (0..fillers / 2).map(filler);
    let behind = (fillers / 2..fillers).map(filler);
    Catalogue::new(front.chain(own).chain(behind), []).expect("a valid catalogue")
}

fn notice() -> Notice {
    Notice { id: NoticeId::new("privacy").expect("a valid name"), version: 3 }
}

fn grant(purpose: PurposeId, channel: Channel, point: ContactPointId) -> Act {
    let cell = Cell { purpose, channel: Some(channel), point: Some(point) };
    Act::Grant { stated: vec![Stated::cell(cell)], window: None }
}

/// The person turns the weekly e-mail off.
#[must_use]
pub fn opt_out() -> Act {
    Act::OptOut(vec![Scope::purpose(name("marketing.news.weekly")).on(Channel::Email)])
}

/// The person turns the weekly e-mail on.
#[must_use]
pub fn opt_in() -> Act {
    grant(name("marketing.news.weekly"), Channel::Email, EMAIL)
}

/// The person asks for the weekly e-mail, and all e-mail below marketing, wherever they can be reached.
#[must_use]
pub fn broad_opt_in() -> Act {
    let stated = Stated { purpose: Breadth::Subtree(name("marketing")), channel: None, point: None };
    Act::Grant { stated: vec![stated], window: None }
}

/// The facts of many people, each with a history of `facts` facts on one scope.
#[must_use]
pub fn crowd(people: u128, facts: usize) -> Vec<Fact> {
    let mut one = Person::blank(10, SUBJECT);
    one.act(Actor::subject(), Act::Attach { point: EMAIL, kind: PointKind::Email });
    one.flip(facts.saturating_sub(1));
    let own = |fact: &&Fact| fact.position.log.aggregate == Aggregate::Subject(SUBJECT);
    let own: Vec<Fact> = one.facts.iter().filter(own).cloned().collect();
    let copy = |number: u128| {
        let aggregate = Aggregate::Subject(SubjectId::from_u128(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        own.iter().cloned().map(move |mut fact| {
            fact.position.log.aggregate = aggregate;
            fact
        })
    };
    (1..=people).flat_map(copy).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use consent_engine::{Reason, evaluate, permits};

    #[test]
    fn the_questions_are_what_the_benches_say() {
        for (purposes, facts) in [(10, 10), (10, 1_000), (1_000, 10)] {
            let person = Person::new(purposes, facts);
            let (asked, denied) = (person.question(), person.denied_question());
            assert!(permits(&person.view, &asked, &person.policy, person.now));
            let reasons = evaluate(&person.view, &denied, &person.policy, person.now).reasons();
            assert!(reasons.iter().eq([Reason::OptOut, Reason::Objection, Reason::Bounce]), "{reasons:?}");
            assert_eq!(person.view.points().count(), 3);
            assert_eq!(person.policy.catalogue().iter().count(), purposes);
        }
        assert_eq!(crowd(3, 10).len(), 30);
    }
}
