//! The decision: every check is classified once, in one place; `permits` stops at the first, `evaluate` at none.

use core::ops::ControlFlow;

use crate::channel::Channel;
use crate::decision::answer::{Answer, CLOCK, KIND, NO_SOURCE, ROLE, UNSUPPORTED};
use crate::decision::collect::{Collect, EdgeMicros as _, FirstFailure, Flow};
use crate::decision::consent::Consent;
use crate::decision::frequency::frequency;
use crate::decision::{Decision, Direction, Foreign, Preferences, Query, Reason};
use crate::fact::{RestrictionReason, SubjectKind, Weighed};
use crate::policy::{Policy, Regime};
use crate::purpose::{LawfulBasis, OTHER_CHANNEL, PurposeRules};
use crate::subject::Identity;
use crate::time::Timestamp;
use crate::view::{Bit, CellBits, Entry, EntryKind, ONE_RECORD, RecordSet, View, place, places, weigh};

/// Answers a question in full: the verdict, every failing check, the facts that decide, and until when it holds.
///
/// Pure and total: it cannot fail and allocates nothing. `now` is the host's clock; if a fact in view was
/// recorded later, within the allowed skew, that instant counts as now.
#[must_use]
pub fn evaluate<'v>(view: &'v View, query: &Query, policy: &Policy, now: Timestamp) -> Decision<'v> {
    let mut answer = Answer::default();
    let check = Check::new(view, query, policy, now);
    let _ = check.run(&mut answer);
    let ground = check.ground(&answer);
    Decision::new(view, *query, policy, check.now, ground, answer)
}

/// Whether the answer is a permit: the short form of [`evaluate`] for hot paths.
///
/// It runs the same checks and stops at the first that fails, so the two cannot disagree.
#[must_use]
pub fn permits(view: &View, query: &Query, policy: &Policy, now: Timestamp) -> bool {
    Check::new(view, query, policy, now).run(&mut FirstFailure).is_continue()
}

/// What a permit rests on.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ground {
    pub(crate) basis: Option<LawfulBasis>,
    /// A witness permits.
    pub(crate) by_consent: bool,
}

#[derive(Clone, Copy)]
struct Check<'a> {
    view: &'a View,
    query: &'a Query,
    policy: &'a Policy,
    /// What the catalogue says of the purpose, if it knows it.
    rules: Option<&'a PurposeRules>,
    /// Effective now.
    now: Timestamp,
}

// Each check is called once by each of `permits` and `evaluate`. Inlining all of them halves the instructions of a
// decision: most of what they share is then in registers.
impl<'a> Check<'a> {
    #[inline(always)]
    fn new(view: &'a View, query: &'a Query, policy: &'a Policy, now: Timestamp) -> Self {
        let rules = policy.catalogue().rules(query.purpose);
        Self { view, query, policy, rules, now: view.effective_now(policy, now) }
    }

    /// Runs every check.
    #[inline(always)]
    fn run(&self, out: &mut impl Collect) -> Flow {
        self.person(out)?;
        self.clock(out)?;
        self.surroundings(out)?;
        if self.query.regimes.is_empty() {
            out.fail(Reason::NoRegime, NO_SOURCE, None)?;
        }
        let Some(rules) = self.rules else {
            return out.fail(Reason::PurposeUnknown, NO_SOURCE, None);
        };
        if rules.retired {
            out.fail(Reason::PurposeRetired, NO_SOURCE, None)?;
        }
        let target = self.target(rules, out)?;
        out.target(target);
        let consent = Consent::read(self.view, target, self.now, out);
        let blockers = consent.witness.filter(|_| !self.is_inbound()).and_then(|witness| {
            // What is left of the restrictions was worked out when the view was compiled.
            self.view.compiled.blockers(witness)
        });
        match blockers {
            Some(blockers) => self.blockers(blockers, out)?,
            None => {
                let weighed = self.weigh(rules);
                let opted_out = self.restrictions(target, rules, weighed, consent, out)?;
                if consent.witness.is_none() && self.is_consent_asked(rules) {
                    self.consent_asked(target, consent, opted_out, out)?;
                }
            }
        }
        if !self.is_own_call(rules) {
            frequency(rules, self.query, self.now, out)?;
        }
        Flow::Continue(())
    }

    /// What a permit rests on.
    fn ground(&self, answer: &Answer) -> Ground {
        match self.rules.filter(|_| answer.reasons.is_empty()) {
            None => Ground::default(),
            Some(rules) if answer.witness != NO_SOURCE && self.is_consent_asked(rules) => {
                Ground { basis: Some(LawfulBasis::Consent), by_consent: true }
            }
            Some(rules) => Ground { basis: Some(self.weigh(rules).basis), by_consent: false },
        }
    }

    fn is_inbound(&self) -> bool {
        self.query.direction == Direction::Inbound
    }

    /// Whether the person called, about something that serves them.
    fn is_own_call(&self, rules: &PurposeRules) -> bool {
        self.is_inbound() && rules.class.serves_the_person()
    }

    fn is_consent_asked(&self, rules: &PurposeRules) -> bool {
        let on_consent = || self.weigh(rules).basis == LawfulBasis::Consent;
        !self.is_own_call(rules) && (rules.class.promotes() || on_consent())
    }

    #[inline(always)]
    fn weigh(&self, rules: &PurposeRules) -> Weighed {
        if self.view.compiled.records.is_one() {
            return self.weigh_in(rules, ONE_RECORD);
        }
        self.weigh_in_best(rules)
    }

    #[inline(always)]
    fn weigh_in(&self, rules: &PurposeRules, record: RecordSet) -> Weighed {
        weigh(&self.view.compiled, self.query.purpose, rules, self.is_inbound(), record)
    }

    /// In the record with the basis that asks least, of those that may use the contact point.
    #[cold]
    fn weigh_in_best(&self, rules: &PurposeRules) -> Weighed {
        let own = self.view.compiled.records.own();
        let usable = match self.query.point.and_then(|id| self.view.point(id)) {
            Some((_, state)) if state.usable(rules.verified_only) != 0 => state.usable(rules.verified_only),
            _ => own,
        };
        let all = places(usable).map(|at| self.weigh_in(rules, place(at)));
        all.max_by_key(|weighed| weighed.basis.restrictiveness()).unwrap_or_else(|| self.weigh_in(rules, 0))
    }

    /// Why a restriction applies: in the record weighed or, of several, in any that it reaches.
    #[inline(always)]
    fn applying(&self, entry: &Entry, weighed: Weighed, rules: &PurposeRules) -> Option<RestrictionReason> {
        if self.view.compiled.records.is_one() {
            return entry.applying(weighed);
        }
        self.applying_in_any(entry, rules)
    }

    #[cold]
    fn applying_in_any(&self, entry: &Entry, rules: &PurposeRules) -> Option<RestrictionReason> {
        let reached = self.view.compiled.reaches.get(usize::from(entry.source)).copied();
        let mut reached = places(reached.unwrap_or(self.view.compiled.records.own()));
        reached.find_map(|at| entry.applying(self.weigh_in(rules, place(at))))
    }

    #[inline(always)]
    fn person(&self, out: &mut impl Collect) -> Flow {
        if self.view.compiled.sound && self.view.policy_version() == self.policy.version() {
            return Flow::Continue(());
        }
        let subject = &self.view.subject;
        match subject.identity {
            Identity::Resolved => {}
            Identity::Unresolved => out.fail(Reason::IdentityUnresolved, NO_SOURCE, None)?,
            Identity::Contested => out.fail(Reason::IdentityContested, NO_SOURCE, None)?,
        }
        self.kind(SubjectKind::Deceased, Reason::Deceased, out)?;
        if self.view.policy_version() != self.policy.version() {
            out.fail(Reason::PolicyChanged, NO_SOURCE, None)?;
        }
        if self.view.compiled.incomplete {
            out.fail(Reason::ViewIncomplete, NO_SOURCE, None)?;
        }
        if self.view.compiled.unsupported.is_some() {
            out.fail(Reason::UnsupportedFact, UNSUPPORTED, None)?;
        }
        Flow::Continue(())
    }

    /// Fails if the person is of a kind.
    fn kind(&self, kind: SubjectKind, reason: Reason, out: &mut impl Collect) -> Flow {
        match self.view.compiled.kind {
            (own, _) if own != kind => Flow::Continue(()),
            (_, Some(_)) => out.fail(reason, KIND, None),
            (_, None) => out.fail(reason, NO_SOURCE, None),
        }
    }

    #[inline(always)]
    fn clock(&self, out: &mut impl Collect) -> Flow {
        if let Some(floor) = self.view.compiled.floor
            && floor > self.now
            && !self.view.as_of
        {
            // Effective now is the floor, unless the skew of the clocks does not explain it.
            out.edge(floor.saturating_sub(self.policy.skew()));
            out.fail(Reason::ClockJump, CLOCK, None)?;
        }
        Flow::Continue(())
    }

    #[inline(always)]
    fn surroundings(&self, out: &mut impl Collect) -> Flow {
        if self.query.preferences == Preferences::Unavailable {
            out.fail(Reason::PreferencesUnavailable, NO_SOURCE, None)?;
        }
        match self.query.foreign {
            Foreign::Agrees => {}
            Foreign::MoreRestrictive => out.fail(Reason::ForeignMoreRestrictive, NO_SOURCE, None)?,
            Foreign::UnknownNegative => out.fail(Reason::UnknownForeignNegative, NO_SOURCE, None)?,
        }
        if let Some(read) = self.query.snapshot {
            let ahead = read > self.now && self.now.saturating_add(self.policy.skew()) < read;
            match read.checked_add(self.policy.snapshot_age()) {
                Some(stale_at) if self.now < stale_at && !ahead => out.edge(stale_at),
                _ => {
                    if ahead {
                        out.edge(read.saturating_sub(self.policy.skew()));
                    }
                    out.fail(Reason::StaleSnapshot, NO_SOURCE, None)?;
                }
            }
        }
        Flow::Continue(())
    }

    #[inline(always)]
    fn target(&self, rules: &PurposeRules, out: &mut impl Collect) -> ControlFlow<(), CellBits> {
        let known = self.policy.catalogue().channel_bit(self.query.channel);
        let channel = known.unwrap_or(OTHER_CHANNEL);
        let mut served = rules.channels & channel;
        let mut point = Bit::NO_POINT;
        let mut missing = None;
        if let Some(id) = self.query.point {
            match self.view.point(id) {
                Some((bit, state)) if state.is_held() => {
                    point = bit;
                    if self.query.channel.is_some() {
                        served &= state.serves;
                    }
                    if state.usable(rules.verified_only) == 0 {
                        missing = Some(Reason::ContactPointUnverified);
                    }
                }
                found => {
                    point = found.map_or(Bit::OTHER_POINT, |(bit, _)| bit);
                    missing = Some(Reason::ContactPointUnknown);
                }
            }
        } else if self.query.channel.is_some_and(Channel::needs_point) {
            missing = Some(Reason::ContactPointMissing);
        }
        if served == 0 {
            out.fail(Reason::ChannelNotAllowed, NO_SOURCE, None)?;
        }
        if let Some(reason) = missing {
            out.fail(reason, NO_SOURCE, None)?;
        }
        ControlFlow::Continue(CellBits { node: rules.node(), channel, point })
    }

    /// Weighs every restriction that a witness does not lift; the value is whether an opt-out bites.
    #[inline(always)]
    fn restrictions(
        &self,
        target: CellBits,
        rules: &PurposeRules,
        weighed: Weighed,
        consent: Consent,
        out: &mut impl Collect,
    ) -> ControlFlow<(), bool> {
        let t = self.now.unix_micros();
        let mut opted_out = false;
        let entries = self.view.compiled.restrictions(consent.witness.is_none()).iter();
        for entry in entries.filter(|entry| entry.covers(target) && t < entry.until) {
            if let Some(reason) = self.applying(entry, weighed, rules) {
                opted_out |= reason == RestrictionReason::OptOut;
                self.bite(entry, reason, out)?;
            }
        }
        ControlFlow::Continue(opted_out)
    }

    /// Weighs restrictions that apply to the cell.
    #[inline(always)]
    fn blockers<'e>(&self, blockers: impl Iterator<Item = &'e Entry>, out: &mut impl Collect) -> Flow {
        for entry in blockers.filter(|entry| self.now.unix_micros() < entry.until) {
            if let EntryKind::Restriction { reason, .. } = entry.kind {
                self.bite(entry, reason, out)?;
            }
        }
        Flow::Continue(())
    }

    /// Fails because of a restriction that applies and has not ended.
    #[inline(always)]
    fn bite(&self, entry: &Entry, reason: RestrictionReason, out: &mut impl Collect) -> Flow {
        out.edge_micros(entry.until, self.now.unix_micros());
        out.fail(reason.into(), entry.source, Timestamp::from_unix_micros(entry.until).ok())
    }

    #[inline(always)]
    fn consent_asked(
        &self,
        target: CellBits,
        consent: Consent,
        opted_out: bool,
        out: &mut impl Collect,
    ) -> Flow {
        let opt_out_denies = self.query.regimes.contains(Regime::OptOut) && consent.touched;
        if self.query.regimes.contains(Regime::OptIn) || opt_out_denies {
            consent.explain_absence(self.view.compiled.consents(target), self.now, opted_out, out)?;
        }
        if self.query.regimes.contains(Regime::OptOut) && !consent.touched {
            self.kind(SubjectKind::Child, Reason::Minor, out)?;
            if let Some(point) = self.query.point {
                let told = self.view.subject.role_addresses.contains(&point);
                if self.view.point(point).is_some_and(|(_, state)| state.role_by.is_some()) {
                    out.fail(Reason::RoleAddress, ROLE, None)?;
                } else if told {
                    out.fail(Reason::RoleAddress, NO_SOURCE, None)?;
                }
            }
        }
        Flow::Continue(())
    }
}
