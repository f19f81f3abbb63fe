//! The slow reference model: DESIGN.md as sets and loops, which tests hold the engine against.
//!
//! Every question walks all facts; nothing is cached, compacted or indexed. `R4` is Reading 4 of DESIGN.md.

mod address;
mod grant;
mod history;
mod identity;
mod lift;
mod restriction;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::RestrictionReason as R;
use crate::*;
use identity::Records;
use restriction::{is_consent_reason, names};

/// A person, the facts in view and the policy.
#[derive(Clone, Debug)]
pub struct Model<'a> {
    policy: &'a Policy,
    subject: Subject,
    facts: Vec<Fact>,
    heads: ViewToken,
    frozen: bool,
}

/// The answer to a [`Query`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain output, compared in tests")]
pub struct Answer {
    /// Yes, not now, or no.
    pub verdict: Verdict,
    /// What the answer rests on.
    pub standing: Standing,
    /// The lawful basis, on a permit only.
    pub basis: Option<LawfulBasis>,
    /// Every failing check.
    pub reasons: ReasonSet,
    /// The earliest instant at which time alone could change the answer.
    pub valid_until: Option<Timestamp>,
}

/// Somebody's attempt to grant a cell.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs, reason = "plain input, meant to be written as a literal")]
pub struct Attempt<'a> {
    /// The breadth in which it was stated.
    pub stated: Stated,
    /// Who acts.
    pub actor: Actor,
    /// When they acted, if known.
    pub captured_at: Option<Timestamp>,
    /// What they had in front of them, if they sent it.
    pub view: Option<&'a ViewToken>,
    /// Their age in years, if known.
    pub age: Option<u8>,
    /// Now, by the host's clock; the grant would be recorded then.
    pub now: Timestamp,
    /// The request it confirms, and the `at` of that request (none if its capture time is unknown).
    pub confirms: Option<(&'a Request, Option<Timestamp>)>,
}

/// The restrictions of one log that share reason, kind of actor and scope (R4), and knew of the same unmerges
/// (R38): `named` has their last position, `reached` the records that they reach.
#[derive(Clone)]
struct Group {
    named: Named,
    reached: Records,
    at: Timestamp,
    end: Option<Timestamp>,
    recorded: Timestamp,
}

/// A counted grant: its window, cut (R14), and what else keeps it from being effective (R22), with the
/// cause (R18).
struct Given<'m> {
    fact: &'m Fact,
    grant: &'m Grant,
    window: Interval,
    flaw: Option<(Reason, Option<ExpiryCause>)>,
}

/// Where the request of a cell stands (R19).
enum Asked {
    Alive(PendingRequest),
    Lapsed,
    Dead,
}

/// A cell, its purpose as it is for this person, and the facts about it at `t`, effective now.
struct Case<'m> {
    t: Timestamp,
    cell: Cell,
    purpose: &'m Purpose,
    promotes: bool,
    served: bool,
    basis: LawfulBasis,
    applying: Vec<Group>,
    accepted: Vec<(&'m Fact, &'m Grant)>,
    counted: Vec<Given<'m>>,
    request: Asked,
}

/// A failed check: when time ends it, and whether a fact in view gave it.
struct Check {
    reason: Reason,
    ends: Option<Timestamp>,
    fact: bool,
}

impl<'a> Model<'a> {
    /// A live view of `facts`, in any order, with repeats; of each log the dense prefix from 1 counts.
    #[must_use]
    pub fn new(policy: &'a Policy, subject: &Subject, facts: impl IntoIterator<Item = Fact>) -> Self {
        let sorted: BTreeMap<_, _> = facts.into_iter().map(|fact| (fact.position, fact)).collect();
        let (mut heads, mut dense) = (ViewToken::NOTHING, Vec::new());
        for (position, fact) in sorted {
            let log = Consulted::Log(position.log);
            if position.seq == Seq::after(heads.version(log).unwrap_or(0)) {
                heads.raise(log, position.seq.get());
                dense.push(fact);
            }
        }
        Self { policy, subject: subject.clone(), facts: dense, heads, frozen: false }
    }

    /// R3: the view made of the facts that `token` covers and whose `at` is not later than `instant`.
    #[must_use]
    pub fn as_of(mut self, token: &ViewToken, instant: Timestamp) -> Self {
        self.facts.retain(|fact| token.covers(fact.position) && fact.at() <= instant);
        self.heads = token.clone();
        self.frozen = true;
        self
    }

    /// The decision: every check first, then R24 to R26.
    #[must_use]
    pub fn evaluate(&self, query: &Query, now: Timestamp) -> Answer {
        let (t, jump) = self.clock(now);
        let mut checks = self.view_checks(query, now);
        let cell =
            |purpose: &Purpose| Cell { purpose: purpose.id(), channel: query.channel, point: query.point };
        let purpose = self.policy.catalogue().get(query.purpose);
        let case = purpose.and_then(|purpose| self.case(cell(purpose), query.direction, now));
        let Some(case) = case else {
            checks.push(Check::rule(Reason::PurposeUnknown));
            return Self::answer(checks, None, t, self.times(query, jump));
        };
        let limits = self.limit_checks(&case, query.contacts);
        let mut times = self.times(query, jump);
        times.extend(limits.iter().filter_map(|check| check.ends));
        times.extend(case.applying.iter().filter_map(|group| group.end));
        for own in case.counted.iter().filter(|own| own.flaw.is_none()) {
            times.push(own.window.from());
            times.extend(own.window.until());
        }
        if let Asked::Alive(pending) = case.request {
            times.push(pending.expires);
        }
        checks.extend(limits);
        checks.extend(self.contact_checks(&case));
        let biting =
            case.applying.iter().filter(|own| !(case.has_witness() && is_consent_reason(own.reason())));
        checks.extend(biting.map(|own| Check { reason: own.reason().into(), ends: own.end, fact: true }));
        checks.extend(self.consent_checks(&case, query.regimes));
        Self::answer(checks, Some(&case), t, times)
    }

    /// R18: the state of a cell. A cell of an unknown purpose is unknown.
    #[must_use]
    pub fn state(&self, cell: Cell, now: Timestamp) -> CellState {
        let Some(case) = self.case(cell, Direction::Outbound, now) else {
            return CellState { state: State::Unknown, pending: None };
        };
        let opt_outs = || case.applying.iter().filter(|group| group.reason() == R::OptOut);
        let latest = opt_outs().map(|group| group.at).max();
        let lifted = |own: &Given<'_>| opt_outs().all(|group| names(&own.grant.lifts, &group.named));
        let over = case.counted.iter().filter_map(|own| {
            let cause = own.flaw.map_or(Some(ExpiryCause::GrantLapsed), |(_, cause)| cause)?;
            (own.window.from() <= case.t).then_some((own.fact.at(), own.fact.position, cause))
        });
        let state = if latest.is_some() && !case.effective().any(lifted) {
            let before = case.accepted.iter().any(|(fact, _)| Some(fact.at()) < latest);
            if before { State::Withdrawn } else { State::Denied }
        } else if case.effective().next().is_some() {
            State::Granted
        } else if matches!(case.request, Asked::Alive(_)) {
            State::Pending
        } else if let Some((.., cause)) = over.max() {
            State::Expired(cause)
        } else if matches!(case.request, Asked::Lapsed) {
            State::Expired(ExpiryCause::RequestLapsed)
        } else {
            State::Unknown
        };
        let pending = if let Asked::Alive(pending) = case.request { Some(pending) } else { None };
        CellState { state, pending }
    }

    /// R24 to R26: the answer, from every failed check and every instant at which one could change.
    fn answer(checks: Vec<Check>, case: Option<&Case<'_>>, t: Timestamp, times: Vec<Timestamp>) -> Answer {
        let ends: Option<Vec<_>> = checks.iter().map(|check| check.ends).collect();
        let verdict = match ends.map(|ends| ends.into_iter().max()) {
            Some(None) => Verdict::Permit,
            Some(Some(until)) => Verdict::Defer { until },
            None => Verdict::Deny,
        };
        let case = case.filter(|_| verdict.is_permit());
        let consents = case.is_some_and(|case| case.asks_consent() && case.has_witness());
        let standing = if consents || checks.iter().any(|check| check.fact) {
            Standing::Explicit
        } else if verdict.is_permit() {
            Standing::Default
        } else {
            Standing::Unknown
        };
        let basis = case.map(|case| if consents { LawfulBasis::Consent } else { case.basis });
        let reasons = checks.iter().map(|check| check.reason).collect();
        let valid_until = times.into_iter().filter(|time| *time > t).min();
        Answer { verdict, standing, basis, reasons, valid_until }
    }

    /// R26: the instants that need no purpose: the age limit of the snapshot, and the end of a clock jump.
    fn times(&self, query: &Query, jump: Option<Timestamp>) -> Vec<Timestamp> {
        let read = query.snapshot.into_iter();
        let aged = read.flat_map(|read| {
            let stale = read.checked_add(self.policy.snapshot_age());
            stale.into_iter().chain([read.saturating_sub(self.policy.skew())])
        });
        let caught_up = jump.map(|floor| floor.saturating_sub(self.policy.skew()));
        aged.chain(caught_up).collect()
    }

    /// The checks that need no purpose.
    fn view_checks(&self, query: &Query, now: Timestamp) -> Vec<Check> {
        let ((t, jump), subject) = (self.clock(now), &self.subject);
        let stale = query.snapshot.is_some_and(|read| {
            read.checked_add(self.policy.snapshot_age()).is_none_or(|aged| t >= aged)
                || read > t.saturating_add(self.policy.skew())
        });
        let unsupported = self.facts.iter().any(|fact| matches!(fact.kind, FactKind::Unsupported(_)));
        let mut checks = Check::rules(&[
            (subject.identity == Identity::Unresolved, Reason::IdentityUnresolved),
            (subject.identity == Identity::Contested, Reason::IdentityContested),
            (query.preferences == Preferences::Unavailable, Reason::PreferencesUnavailable),
            (query.foreign == Foreign::MoreRestrictive, Reason::ForeignMoreRestrictive),
            (query.foreign == Foreign::UnknownNegative, Reason::UnknownForeignNegative),
            (stale, Reason::StaleSnapshot),
            (query.regimes.is_empty(), Reason::NoRegime),
        ]);
        checks.extend(self.is_a(SubjectKind::Deceased).map(|fact| Check::given(Reason::Deceased, fact)));
        checks.extend(jump.map(|_| Check::fact(Reason::ClockJump)));
        checks.extend(unsupported.then(|| Check::fact(Reason::UnsupportedFact)));
        checks
    }

    /// The purpose, its channels and the contact point.
    fn contact_checks(&self, case: &Case<'_>) -> Vec<Check> {
        let Cell { channel, point, .. } = case.cell;
        let allowed = match channel {
            Some(channel) => case.purpose.channels().contains(&channel) && self.knows(Some(channel)),
            None => case.purpose.class() == PurposeClass::Processing,
        };
        let held = point.filter(|point| self.holds(*point));
        let unserved = channel.zip(held).is_some_and(|(channel, point)| !self.serves(point, channel));
        let proved = |point| self.records().into_iter().any(|id| self.may_use(id, point, case.purpose));
        let unverified = held.is_some_and(|point| !proved(point));
        Check::rules(&[
            (case.purpose.is_retired(), Reason::PurposeRetired),
            (!allowed || unserved, Reason::ChannelNotAllowed),
            (point.is_none() && channel.is_some_and(Channel::needs_point), Reason::ContactPointMissing),
            (point != held, Reason::ContactPointUnknown),
            (unverified, Reason::ContactPointUnverified),
        ])
    }

    /// R10: the cap of the purpose or its nearest ancestor, and its own cool-down.
    fn limit_checks(&self, case: &Case<'_>, contacts: Option<Contacts>) -> Vec<Check> {
        let cap = self.line(case.cell.purpose).into_iter().find_map(Purpose::cap).filter(|_| !case.served);
        let cool_down = case.purpose.cool_down().filter(|_| !case.served);
        let Some(contacts) = contacts else {
            return Check::rules(&[(cap.is_some() || cool_down.is_some(), Reason::ContactsUncounted)]);
        };
        let full = cap.filter(|cap| contacts.count >= cap.max);
        let soon = case.t.saturating_add(Span::micros(1));
        let full = full.map(|cap| contacts.oldest.unwrap_or(case.t).saturating_add(cap.per).max(soon));
        let cool = cool_down.zip(contacts.latest).map(|(span, latest)| latest.saturating_add(span));
        let cool = cool.filter(|end| *end > case.t);
        let limits = [(Reason::FrequencyCap, full), (Reason::CoolDown, cool)];
        let failed = limits.into_iter().filter(|(_, ends)| ends.is_some());
        failed.map(|(reason, ends)| Check { reason, ends, fact: false }).collect()
    }

    /// R20 to R23: what the regimes make of a consent that is asked and absent.
    fn consent_checks(&self, case: &Case<'_>, regimes: RegimeSet) -> Vec<Check> {
        if regimes.is_empty() || !case.asks_consent() || case.has_witness() {
            return Vec::new();
        }
        let cell = case.cell;
        let touched = self.is_touched(cell);
        let mut checks = Vec::new();
        if regimes.contains(Regime::OptOut) && !touched && case.promotes {
            let minor = self.is_a(SubjectKind::Child).map(|fact| Check::given(Reason::Minor, fact));
            let role = cell.point.and_then(|point| self.is_role(point));
            checks.extend(minor.into_iter().chain(role.map(|fact| Check::given(Reason::RoleAddress, fact))));
        }
        if regimes.contains(Regime::OptIn) || (touched && regimes.contains(Regime::OptOut)) {
            checks.extend(self.absence(case));
        }
        checks
    }

    /// R22: why a consent that is asked is absent.
    fn absence(&self, case: &Case<'_>) -> Vec<Check> {
        let mut checks = Vec::new();
        let opens = |own: &&Given<'_>| own.flaw.is_none() && own.window.contains(own.window.from());
        let starts = case.counted.iter().filter(opens).map(|own| own.window.from());
        let start = starts.filter(|start| *start > case.t).min();
        for own in &case.counted {
            match own.flaw {
                Some((reason, _)) => checks.push(Check::fact(reason)),
                None if own.window.from() > case.t && opens(&own) => {
                    checks.push(Check { reason: Reason::NotYetEffective, ends: start, fact: true });
                }
                None if !own.window.contains(case.t) => checks.push(Check::fact(Reason::ConsentExpired)),
                None => {}
            }
        }
        match case.request {
            Asked::Alive(_) => checks.push(Check::fact(Reason::ConsentPending)),
            Asked::Lapsed => checks.push(Check::fact(Reason::ConsentExpired)),
            Asked::Dead => {}
        }
        if checks.is_empty() && case.effective().next().is_none() {
            let ended: Vec<_> = self.covering(case.cell).map(|(.., cause)| cause).collect();
            checks.push(match ended.iter().min() {
                Some(None) => Check::fact(Reason::ConsentRevoked),
                Some(Some(_)) => Check::fact(Reason::ConsentExpired),
                None if case.applying.iter().any(|group| group.reason() == R::OptOut) => return checks,
                None => Check::rule(Reason::ConsentMissing),
            });
        }
        checks
    }
}

impl Group {
    fn reason(&self) -> R {
        self.named.key.reason
    }
}

impl Check {
    fn rule(reason: Reason) -> Self {
        Self { reason, ends: None, fact: false }
    }

    fn fact(reason: Reason) -> Self {
        Self::given(reason, true)
    }

    fn given(reason: Reason, fact: bool) -> Self {
        Self { reason, ends: None, fact }
    }

    fn rules(failed: &[(bool, Reason)]) -> Vec<Self> {
        failed.iter().filter(|(failed, _)| *failed).map(|(_, reason)| Self::rule(*reason)).collect()
    }
}

impl<'m> Case<'m> {
    /// R10, R21: whether consent is asked.
    fn asks_consent(&self) -> bool {
        !self.served && (self.promotes || self.basis == LawfulBasis::Consent)
    }

    /// R14: the effective grants.
    fn effective(&self) -> impl Iterator<Item = &Given<'m>> {
        self.counted.iter().filter(|own| own.flaw.is_none() && own.window.contains(self.t))
    }

    /// The groups of the consent reasons that apply.
    fn consent_groups(&self) -> impl Iterator<Item = &Group> {
        self.applying.iter().filter(|group| is_consent_reason(group.reason()))
    }

    /// R16: whether one effective grant names every consent reason that applies.
    fn has_witness(&self) -> bool {
        self.effective().any(|own| self.consent_groups().all(|group| names(&own.grant.lifts, &group.named)))
    }
}
