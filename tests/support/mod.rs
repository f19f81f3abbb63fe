//! A small world to test in: one person, two addresses, a tree of purposes, and a driver that commits.
#![allow(
    dead_code,
    unreachable_pub,
    missing_debug_implementations,
    reason = "each test file uses its own part"
)]
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "tests may panic")]

use consent_engine::*;

pub const PERSON: SubjectId = SubjectId::from_u128(0x51);
pub const OTHER_PERSON: SubjectId = SubjectId::from_u128(0x52);
pub const EMAIL: ContactPointId = ContactPointId::from_u128(0xe1);
pub const SECOND_EMAIL: ContactPointId = ContactPointId::from_u128(0xe2);
pub const PHONE: ContactPointId = ContactPointId::from_u128(0xf1);
pub const WRITER: WriterId = WriterId::from_u128(0xa1);
pub const OTHER_WRITER: WriterId = WriterId::from_u128(0xa2);

/// Seconds after the start of the test's time.
pub fn t(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(1_780_000_000 + seconds).unwrap()
}

pub fn id(name: &str) -> PurposeId {
    PurposeId::new(name).unwrap()
}

pub fn marketing(name: &str) -> Purpose {
    Purpose::new(id(name), PurposeClass::Marketing, LawfulBasis::Consent).with_channels([
        Channel::Email,
        Channel::Sms,
        Channel::Voice,
    ])
}

/// news > sports > football, events; receipts, outages, alerts; profiling by consent, fraud by interest.
pub fn purposes() -> Vec<Purpose> {
    let of = |name, class, basis| Purpose::new(id(name), class, basis).with_channels([Channel::Email]);
    vec![
        marketing("news"),
        marketing("sports").with_parent(id("news")),
        marketing("football").with_parent(id("sports")),
        marketing("events"),
        of("receipts", PurposeClass::Transactional, LawfulBasis::Contract),
        of("outages", PurposeClass::Service, LawfulBasis::Contract),
        of("alerts", PurposeClass::SecurityAlert, LawfulBasis::LegitimateInterests),
        of("care", PurposeClass::Relationship, LawfulBasis::LegitimateInterests),
        Purpose::new(id("profiling"), PurposeClass::Processing, LawfulBasis::Consent),
        Purpose::new(id("fraud"), PurposeClass::Processing, LawfulBasis::LegitimateInterests),
    ]
}

pub fn policy() -> Policy {
    policy_of(purposes())
}

pub fn policy_of(purposes: Vec<Purpose>) -> Policy {
    Policy::new(1, Catalogue::new(purposes, []).unwrap())
}

pub fn explicit() -> Evidence {
    Evidence::new(Method::Explicit, SourceName::new("web").unwrap())
}

pub fn every_power() -> Authority {
    use Power::{Block, Controller, Erase, Identity, Legal, Represent};
    Authority::new([Block, Controller, Erase, Identity, Legal, Represent], Interval::starting(t(-1_000_000)))
}

pub fn operator() -> Actor {
    Actor::operator(every_power())
}

pub fn system() -> Actor {
    Actor::system(SystemId::new("mailer").unwrap())
}

pub fn cell(purpose: &str, point: ContactPointId) -> Cell {
    Cell { purpose: id(purpose), channel: Some(Channel::Email), point: Some(point) }
}

pub fn stated(cell: Cell) -> Act {
    Act::Grant { stated: vec![Stated::cell(cell)], window: None }
}

/// A person's view, the facts behind it, and a clock that the test moves.
#[derive(Clone)]
pub struct Run<'a> {
    pub policy: &'a Policy,
    pub view: View,
    pub facts: Vec<Fact>,
    pub now: Timestamp,
    pub writer: WriterId,
    commands: u128,
}

impl<'a> Run<'a> {
    /// The person with both e-mail addresses and the phone number attached.
    pub fn new(policy: &'a Policy) -> Self {
        let mut run = Self::bare(policy);
        for (point, kind) in
            [(EMAIL, PointKind::Email), (SECOND_EMAIL, PointKind::Email), (PHONE, PointKind::Phone)]
        {
            run.act(operator(), Act::Attach { point, kind }).unwrap();
        }
        run.pass(3_600);
        run
    }

    pub fn bare(policy: &'a Policy) -> Self {
        let view = View::new(policy, Subject::new(PERSON), Projection::default()).unwrap();
        Self { policy, view, facts: Vec::new(), now: t(0), writer: WRITER, commands: 0 }
    }

    /// The same run under another policy.
    pub fn under<'b>(&self, policy: &'b Policy) -> Run<'b> {
        let mut view = self.view.clone();
        view.recompile(policy);
        let Self { facts, now, writer, commands, .. } = self.clone();
        Run { policy, view, facts, now, writer, commands }
    }

    pub fn pass(&mut self, seconds: u64) {
        self.now = self.now.saturating_add(Span::seconds(seconds));
    }

    pub fn last_request(&self) -> RequestId {
        let asked = self.facts.iter().rev().find_map(|fact| match &fact.kind {
            FactKind::Request(request) => Some(request.id),
            _ => None,
        });
        asked.unwrap_or(RequestId::from_u128(0))
    }

    pub fn command(&mut self, command: &Command) -> Result<Decided, Rejection> {
        self.commands += 1;
        let ctx = Ctx {
            now: self.now,
            writer: self.writer,
            command: CommandId::from_u128(self.commands),
            policy: self.policy,
        };
        let decided = decide(&self.view, command, &ctx)?;
        self.commit(&decided.facts);
        Ok(decided)
    }

    pub fn commit(&mut self, facts: &[Fact]) {
        self.view.apply(self.policy, facts).unwrap();
        self.facts.extend_from_slice(facts);
    }

    pub fn act(&mut self, actor: Actor, act: Act) -> Result<Decided, Rejection> {
        self.command(&Command::new(actor, act).with_evidence(explicit()))
    }

    pub fn person(&mut self, act: Act) -> Result<Decided, Rejection> {
        self.act(Actor::subject(), act)
    }

    /// Grants as the person and says whether the grant counts.
    pub fn grant(&mut self, cell: Cell) -> bool {
        self.person(stated(cell)).is_ok_and(|decided| decided.reports.iter().all(|r| r.end == End::Accepted))
    }

    pub fn opt_out(&mut self, scope: Scope) {
        self.person(Act::OptOut(vec![scope])).unwrap();
    }

    pub fn query(&self, cell: Cell, regimes: RegimeSet) -> Query {
        let index = self.policy.catalogue().index(cell.purpose).unwrap();
        let mut query = Query::new(index, regimes);
        query.channel = cell.channel;
        query.point = cell.point;
        query
    }

    pub fn decision(&self, cell: Cell, regimes: RegimeSet) -> Decision<'_> {
        let query = self.query(cell, regimes);
        let decision = evaluate(&self.view, &query, self.policy, self.now);
        assert_eq!(
            decision.is_permit(),
            permits(&self.view, &query, self.policy, self.now),
            "permits = evaluate"
        );
        decision
    }

    pub fn permits(&self, cell: Cell) -> bool {
        self.decision(cell, RegimeSet::OPT_IN).is_permit()
    }

    pub fn reasons(&self, cell: Cell) -> Vec<Reason> {
        self.decision(cell, RegimeSet::OPT_IN).reasons().iter().collect()
    }

    pub fn state(&self, cell: Cell) -> State {
        self.cell_state(cell).state
    }

    pub fn cell_state(&self, cell: Cell) -> CellState {
        cell_state(&self.view, cell, self.policy, self.now)
    }

    /// A raw fact at the end of a log of this run, whether or not any command could make it.
    pub fn raw(&self, aggregate: Aggregate, actor: Actor, kind: FactKind) -> Fact {
        let log = LogId::new(aggregate, self.writer);
        let head = self.facts.iter().filter(|fact| fact.position.log == log).count();
        Fact {
            v: Version::CURRENT,
            position: log.at(Seq::after(u64::try_from(head).unwrap())),
            recorded_at: self.now,
            captured_at: Some(self.now),
            actor: actor.record(),
            command: None,
            evidence: None,
            kind,
        }
    }
}
