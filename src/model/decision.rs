//! The decision: every check first, then R24 to R26.

use alloc::vec::Vec;

use super::cell::Case;
use super::grant::Given;
use super::reason::is_of_consent;
use super::request::Asked;
use super::{Answer, Model};
use crate::RestrictionReason as R;
use crate::*;

/// A failed check: when time ends it, and whether a fact in view gave it.
struct Check {
    reason: Reason,
    ends: Option<Timestamp>,
    fact: bool,
}

impl Check {
    fn fact(reason: Reason) -> Self {
        Self { reason, ends: None, fact: true }
    }

    /// The checks that failed, of those that no time ends.
    fn failed(all: impl IntoIterator<Item = (bool, Reason, bool)>) -> Vec<Self> {
        let failed = all.into_iter().filter(|(failed, ..)| *failed);
        failed.map(|(_, reason, fact)| Self { reason, ends: None, fact }).collect()
    }
}

impl Model<'_> {
    /// The answer to a question.
    #[must_use]
    pub fn evaluate(&self, query: &Query, now: Timestamp) -> Answer {
        let (t, floor) = self.clock(now);
        let case = self.policy.catalogue().get(query.purpose).and_then(|purpose| {
            let cell = Cell { purpose: purpose.id(), channel: query.channel, point: query.point };
            self.case(cell, query.direction, now)
        });
        let mut checks = self.view_checks(query, t, floor.is_some());
        checks.extend(match &case {
            Some(case) => self.case_checks(case, query),
            None => Check::failed([(true, Reason::PurposeUnknown, false)]),
        });
        let ends: Option<Vec<_>> = checks.iter().map(|check| check.ends).collect();
        let verdict = match ends.map(|ends| ends.into_iter().max()) {
            Some(None) => Verdict::Permit,
            Some(Some(until)) => Verdict::Defer { until },
            None => Verdict::Deny,
        };
        let mut times = self.view_times(query, floor);
        times.extend(case.iter().flat_map(Case::times).chain(checks.iter().filter_map(|check| check.ends)));
        let permitted = case.filter(|_| verdict.is_permit());
        let consents = permitted.as_ref().is_some_and(|case| case.asks_consent() && case.has_witness());
        let standing = match permitted {
            _ if consents || checks.iter().any(|check| check.fact) => Standing::Explicit,
            Some(_) => Standing::Default,
            None => Standing::Unknown,
        };
        let basis = permitted.map(|case| if consents { LawfulBasis::Consent } else { case.basis });
        let reasons = checks.iter().map(|check| check.reason).collect();
        let valid_until = times.into_iter().filter(|time| *time > t).min();
        Answer { verdict, standing, basis, reasons, valid_until }
    }

    /// R26: the instants that need no purpose: the age limit of the snapshot, and the end of a clock jump.
    fn view_times(&self, query: &Query, floor: Option<Timestamp>) -> Vec<Timestamp> {
        let aged = query.snapshot.and_then(|read| read.checked_add(self.policy.snapshot_age()));
        let ahead = query.snapshot.into_iter().chain(floor);
        aged.into_iter().chain(ahead.map(|time| time.saturating_sub(self.policy.skew()))).collect()
    }

    /// The checks that need no purpose.
    fn view_checks(&self, query: &Query, t: Timestamp, jump: bool) -> Vec<Check> {
        let stale = |read: Timestamp| {
            let aged = read.checked_add(self.policy.snapshot_age()).is_none_or(|aged| t >= aged);
            aged || read > t.saturating_add(self.policy.skew())
        };
        let deceased = self.is_a(SubjectKind::Deceased);
        let unsupported = self.facts.iter().any(|fact| matches!(fact.kind, FactKind::Unsupported(_)));
        Check::failed([
            (self.subject.identity == Identity::Unresolved, Reason::IdentityUnresolved, false),
            (self.subject.identity == Identity::Contested, Reason::IdentityContested, false),
            (query.preferences == Preferences::Unavailable, Reason::PreferencesUnavailable, false),
            (query.foreign == Foreign::MoreRestrictive, Reason::ForeignMoreRestrictive, false),
            (query.foreign == Foreign::UnknownNegative, Reason::UnknownForeignNegative, false),
            (query.snapshot.is_some_and(stale), Reason::StaleSnapshot, false),
            (query.regimes.is_empty(), Reason::NoRegime, false),
            (deceased.is_some(), Reason::Deceased, deceased == Some(true)),
            (jump, Reason::ClockJump, true),
            (unsupported, Reason::UnsupportedFact, true),
        ])
    }

    /// The checks of a purpose: its channels, the contact point, what restricts, the limits, consent.
    fn case_checks(&self, case: &Case<'_>, query: &Query) -> Vec<Check> {
        let Case { cell: Cell { channel, point, .. }, purpose, .. } = *case;
        let held = point.filter(|point| self.holds(*point));
        let allowed = match channel {
            Some(own) => purpose.channels().contains(&own) && self.knows(channel),
            None => purpose.class() == PurposeClass::Processing,
        };
        let unserved = channel.zip(held).is_some_and(|(channel, point)| !self.serves(point, channel));
        let proved = |point| self.records().into_iter().any(|id| self.may_use(id, point, purpose));
        let mut checks = Check::failed([
            (purpose.is_retired(), Reason::PurposeRetired, false),
            (!allowed || unserved, Reason::ChannelNotAllowed, false),
            (
                point.is_none() && channel.is_some_and(Channel::needs_point),
                Reason::ContactPointMissing,
                false,
            ),
            (point != held, Reason::ContactPointUnknown, false),
            (held.is_some_and(|point| !proved(point)), Reason::ContactPointUnverified, false),
        ]);
        let biting = case.applying.iter().filter(|own| !(case.has_witness() && is_of_consent(own.reason())));
        checks.extend(biting.map(|own| Check { ends: own.end, ..Check::fact(own.reason().into()) }));
        if !case.served {
            checks.extend(self.limit_checks(case, query.contacts));
        }
        if case.asks_consent() && !case.has_witness() {
            checks.extend(self.consent_checks(case, query.regimes));
        }
        checks
    }

    /// The cap of the purpose or its nearest ancestor, and its own cool-down.
    fn limit_checks(&self, case: &Case<'_>, contacts: Option<Contacts>) -> Vec<Check> {
        let cap = self.line(case.cell.purpose).into_iter().find_map(Purpose::cap);
        let cool_down = case.purpose.cool_down();
        let Some(contacts) = contacts else {
            return Check::failed([(cap.is_some() || cool_down.is_some(), Reason::ContactsUncounted, false)]);
        };
        let soon = case.t.saturating_add(Span::micros(1));
        let full = cap.filter(|cap| contacts.count >= cap.max);
        let full = full.map(|cap| contacts.oldest.unwrap_or(case.t).saturating_add(cap.per).max(soon));
        let cool = cool_down.zip(contacts.latest).map(|(span, latest)| latest.saturating_add(span));
        let limits = [(Reason::FrequencyCap, full), (Reason::CoolDown, cool.filter(|end| *end > case.t))];
        let failed = limits.into_iter().filter(|(_, ends)| ends.is_some());
        failed.map(|(reason, ends)| Check { reason, ends, fact: false }).collect()
    }

    /// R22: what the regimes make of a consent that is asked and absent.
    fn consent_checks(&self, case: &Case<'_>, regimes: RegimeSet) -> Vec<Check> {
        let (opt_out, touched) = (regimes.contains(Regime::OptOut), self.is_touched(case.cell));
        let (child, role) =
            (self.is_a(SubjectKind::Child), case.cell.point.and_then(|point| self.is_role(point)));
        let silent = opt_out && !touched;
        let mut checks = Check::failed([
            (silent && child.is_some(), Reason::Minor, child == Some(true)),
            (silent && role.is_some(), Reason::RoleAddress, role == Some(true)),
        ]);
        if regimes.contains(Regime::OptIn) || (opt_out && touched) {
            checks.extend(self.absence(case));
        }
        checks
    }

    /// R22: why a consent is absent.
    fn absence(&self, case: &Case<'_>) -> Vec<Check> {
        let later = |own: &&Given<'_>| {
            own.flaw.is_none() && case.t < own.window.from() && own.window.contains(own.window.from())
        };
        let start = case.counted.iter().filter(later).map(|own| own.window.from()).min();
        let failed = case.counted.iter().filter_map(|own| match own.flaw {
            Some((reason, _)) => Some(Check::fact(reason)),
            None if later(&own) => Some(Check { ends: start, ..Check::fact(Reason::NotYetEffective) }),
            None if own.window.contains(case.t) => None,
            None => Some(Check::fact(Reason::ConsentExpired)),
        });
        let asked = match case.request {
            Asked::Alive(_) => Some(Reason::ConsentPending),
            Asked::Lapsed => Some(Reason::ConsentExpired),
            Asked::Dead => None,
        };
        let mut checks: Vec<_> = failed.chain(asked.map(Check::fact)).collect();
        if checks.is_empty() && case.effective().next().is_none() {
            let ended = self.covering(case.cell).map(|(.., cause)| cause).min();
            let opted_out = case.applying.iter().any(|group| group.reason() == R::OptOut);
            checks = Check::failed([
                (ended == Some(None), Reason::ConsentRevoked, true),
                (matches!(ended, Some(Some(_))), Reason::ConsentExpired, true),
                (ended.is_none() && !opted_out, Reason::ConsentMissing, false),
            ]);
        }
        checks
    }
}
